"""The conditions of a policy's statement, for a call that an AWS service makes.

Every answer may be ``None``: *not known*. IAM has more keys and operators than a doctor can know,
and one who guesses is worse than one who says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

#: What a call of an AWS service never carries: it has no network, no user and no organisation.
_ABSENT: Final = frozenset(
    {
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principaltype",
        "aws:username",
        "aws:multifactorauthpresent",
    }
)
_SETS: Final = ("foranyvalue", "forallvalues")


def all_hold(conditions: object, context: Mapping[str, str]) -> bool | None:
    """Whether every condition holds; ``context`` is what the call carries, keys in lower case."""
    if not conditions:
        return True
    if not isinstance(conditions, dict):
        return None
    found = [
        _holds(str(operator), str(key).lower(), texts(values), context)
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, dict) else [("", [])])
    ]
    return False if False in found else (None if None in found else True)


def _holds(
    operator: str, key: str, values: Sequence[str], context: Mapping[str, str]
) -> bool | None:
    operator = operator.lower()
    quantifier, _, operator = operator.rpartition(":")
    may_be_missing = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    is_absent = key in _ABSENT
    if any("${" in value for value in values) or not (is_absent or key in context):
        return None
    if operator == "null":
        return is_absent is ("true" in [value.lower() for value in values])
    is_negated, matches = _OPERATORS.get(operator, (False, None))
    if matches is None or (quantifier and quantifier not in _SETS):
        return None
    if is_absent:
        return may_be_missing or is_negated or quantifier == "forallvalues"
    return any(matches(value, context[key]) for value in values) is not is_negated


def texts(value: object) -> list[str]:
    """Return what stands for a list in a policy: one text, or several."""
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in found]


def like(pattern: str, actual: str) -> bool:
    """Compare as IAM does: ``*`` and ``?`` are the only wildcards."""
    return _pattern(pattern).fullmatch(actual) is not None


def _like_arn(pattern: str, actual: str) -> bool:
    """Each of the six parts of an ARN is compared on its own, so that no ``*`` crosses a colon.

    A pattern of fewer parts is compared as a text.
    """
    wanted, found = pattern.split(":", 5), actual.split(":", 5)
    if len(wanted) != len(found):
        return like(pattern, actual)
    return all(like(*each) for each in zip(wanted, found, strict=True))


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(each) or re.escape(each) for each in text), re.DOTALL)


def _same(wanted: str, actual: str) -> bool:
    return wanted == actual


def _same_in_any_case(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


_Match = Callable[[str, str], bool]
_OPERATORS: Final[Mapping[str, tuple[bool, _Match]]] = {
    "stringequals": (False, _same),
    "stringnotequals": (True, _same),
    "stringequalsignorecase": (False, _same_in_any_case),
    "stringnotequalsignorecase": (True, _same_in_any_case),
    "stringlike": (False, like),
    "stringnotlike": (True, like),
    "arnequals": (False, _like_arn),
    "arnlike": (False, _like_arn),
    "arnnotequals": (True, _like_arn),
    "arnnotlike": (True, _like_arn),
    "bool": (False, _same_in_any_case),
}


def keys_of(conditions: Any) -> frozenset[str]:
    """Return the keys that are asked about, in lower case."""
    found = conditions.values() if isinstance(conditions, dict) else ()
    return frozenset(str(key).lower() for each in found if isinstance(each, dict) for key in each)
