"""Does the policy of a topic, a queue or a key let an AWS service do what it must?

A small reading of IAM's language: an explicit denial wins, and then somebody has to allow it. What
is not understood makes the answer *not known*.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

SES: Final = "ses.amazonaws.com"
SNS: Final = "sns.amazonaws.com"
EVENTBRIDGE: Final = "events.amazonaws.com"
KEY_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service needs of a key, to write into what is encrypted with it."""
_PAIRS: Final = (
    ("Principal", "NotPrincipal"),
    ("Action", "NotAction"),
    ("Resource", "NotResource"),
)
_SOURCES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceowner"})


class Verdict(StrEnum):
    ALLOWED = "allowed"
    OPEN = "open"
    """Allowed, and so is every other source, or anybody."""
    DENIED = "denied"
    NOT_ALLOWED = "not_allowed"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"

    @property
    def lets_in(self) -> bool:
        return self in (Verdict.ALLOWED, Verdict.OPEN)


@dataclass(frozen=True, slots=True)
class Reading:
    verdict: Verdict
    others: tuple[str, ...] = ()
    """Sources that are allowed instead."""
    is_for_anybody: bool = False
    """Whether it is open to whoever asks, and not to one service only."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a service does, for whom: *SNS sends into the queue, for this topic*."""

    service: str
    action: str
    resource: str
    source: str
    """The ARN on whose behalf it calls."""

    @property
    def _context(self) -> Mapping[str, str]:
        account = account_of(self.source) or account_of(self.resource)
        return {
            "aws:sourcearn": self.source,
            "aws:sourceaccount": account,
            "aws:sourceowner": account,  # SNS's older name of it, in every topic's first policy
            "aws:securetransport": "true",  # AWS's own services use TLS
            "aws:principalisawsservice": "true",
            "aws:principalservicename": self.service,
            "aws:viaawsservice": "false",
        }

    def holds(self, conditions: object) -> bool | None:
        return all_hold(conditions, self._context)


def account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= 5 else ""


def may_send(policy: str, topic_arn: str, queue_arn: str) -> Reading:
    """Read whether SNS may send what is published to ``topic_arn`` into the queue."""
    return read(policy, Call(SNS, "sqs:SendMessage", queue_arn, topic_arn))


def bus_may_send(policy: str, queue_arn: str) -> Reading:
    """Read whether EventBridge may, for any rule that the policy itself names: none is known."""
    region, account = (queue_arn.split(":") + [""] * 6)[3:5]
    prefix = f"arn:aws:events:{region}:{account}:rule/"
    named = [each for each in sources_in(policy) if like(f"{prefix}*", each)] or [f"{prefix}any"]
    call = Call(EVENTBRIDGE, "sqs:SendMessage", queue_arn, "")
    readings = [read(policy, replace(call, source=each)) for each in named]
    return next((each for each in readings if each.verdict.lets_in), readings[0])


def may_publish(policy: str, topic_arn: str, set_arn: str) -> Reading:
    """Read whether SES may publish the events of a configuration set to the topic."""
    return read(policy, Call(SES, "sns:Publish", topic_arn, set_arn))


def may_use_key(policy: str, service: str, key_arn: str, source_arn: str) -> Reading:
    """Read whether the service may encrypt with the key; the worse of the two calls counts."""
    readings = [read(policy, Call(service, action, key_arn, source_arn)) for action in KEY_ACTIONS]
    return min(readings, key=lambda each: GRAVITY.index(each.verdict))


GRAVITY: Final = (
    Verdict.DENIED,
    Verdict.UNREADABLE,
    Verdict.NOT_ALLOWED,
    Verdict.UNKNOWN,
    Verdict.OPEN,
    Verdict.ALLOWED,
)
"""The worst first."""


def read(policy: str, call: Call) -> Reading:
    """Read what a policy says to this one call."""
    if not policy.strip():
        return Reading(Verdict.NOT_ALLOWED)
    statements = _statements(policy)
    return Reading(Verdict.UNREADABLE) if statements is None else _judge(statements, call)


def is_first_of_sns(policy: str) -> bool:
    """Whether it is what SNS gives a new topic, and nobody has changed: it names no service."""
    found = _statements(policy) or []
    return bool(found) and all(each.get("Sid") == "__default_statement_ID" for each in found)


def sources_in(policy: str) -> tuple[str, ...]:
    """Return the ARNs for which services are let in, in the order of the policy."""
    allows = [each for each in _statements(policy) or () if each.get("Effect") == "Allow"]
    return tuple(dict.fromkeys(_sources(allows)))


def _statements(policy: str) -> list[Mapping[str, Any]] | None:
    try:
        found = json.loads(policy)["Statement"]
    except (ValueError, TypeError, KeyError):
        return None
    listed = found if isinstance(found, list) else [found]
    return listed if all(isinstance(each, dict) for each in listed) else None


def _judge(statements: Sequence[Mapping[str, Any]], call: Call) -> Reading:
    """Explicit denials win; ``None`` stands for what is not understood."""
    allows = [each for each in statements if each.get("Effect") == "Allow"]
    denials = [_applies(each, call) for each in statements if each.get("Effect") == "Deny"]
    if True in denials:
        return Reading(Verdict.DENIED)
    matching = [each for each in allows if _applies(each, call)]
    if matching and None not in denials:
        wide = [each for each in matching if not keys_of(each.get("Condition")) & _SOURCES]
        if not wide:
            return Reading(Verdict.ALLOWED)
        return Reading(Verdict.OPEN, is_for_anybody=any(map(_is_for_anybody, wide)))
    if matching or any(_applies(each, call) is None for each in allows):
        return Reading(Verdict.UNKNOWN)
    return Reading(Verdict.NOT_ALLOWED, tuple(dict.fromkeys(_sources(allows))))


def _applies(statement: Mapping[str, Any], call: Call) -> bool | None:
    if any(plain in statement and inverted in statement for plain, inverted in _PAIRS):
        return None  # AWS takes no such statement
    action = call.action.lower()
    found = (
        _either(statement, "Principal", lambda named: _is_for(named, call.service)),
        _either(
            statement,
            "Action",
            lambda named: any(like(each.lower(), action) for each in texts(named)),
        ),
        _either(
            statement,
            "Resource",
            lambda named: any(like(each, call.resource) for each in texts(named or "*")),
        ),
    )
    return all(found) and call.holds(statement.get("Condition"))


def _either(statement: Mapping[str, Any], name: str, fits: Any) -> bool:
    """Read ``Action`` or ``NotAction``; the same of principals and resources."""
    if f"Not{name}" in statement:
        return not fits(statement[f"Not{name}"])
    return bool(fits(statement.get(name)))


def _is_for(principal: object, service: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    named = texts(principal.get("Service"))
    return service in named or "*" in named or "*" in texts(principal.get("AWS"))


def _is_for_anybody(statement: Mapping[str, Any]) -> bool:
    return _is_for(statement.get("Principal"), "") or "NotPrincipal" in statement


def _sources(statements: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for statement in statements:
        conditions = statement.get("Condition") or {}
        for keys in conditions.values() if isinstance(conditions, dict) else ():
            for key, values in keys.items() if isinstance(keys, dict) else ():
                if key.lower() == "aws:sourcearn":
                    yield from texts(values)


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
    """Whether every condition holds; ``context`` is what the call carries, keys in lower case.

    Every answer may be ``None``: *not known*. IAM has more keys and operators than a doctor can
    know, and one who guesses is worse than one who says so.
    """
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
