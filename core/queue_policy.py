"""Pure: does a queue's policy let this topic send into it? A small reading of IAM's language.

What is not understood (an unknown condition, ``NotPrincipal``) makes the answer *not known*: a
doctor who guesses is worse than one who says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

_SEND: Final = "sqs:sendmessage"
_TEXT_OPERATORS: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})
_INVERTED: Final = ("NotPrincipal", "NotAction", "NotResource")


class Verdict(StrEnum):
    ALLOWED = "allowed"
    OPEN = "open"
    """Allowed, and so is every other topic, or anybody."""
    DENIED = "denied"
    NOT_ALLOWED = "not_allowed"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    verdict: Verdict
    others: tuple[str, ...] = ()
    """Sources that are allowed instead."""


@dataclass(frozen=True, slots=True)
class _Source:
    service: str
    arn: str
    queue_arn: str

    @property
    def account(self) -> str:
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""


def may_send(policy: str, topic_arn: str, queue_arn: str) -> Reading:
    """Read whether SNS may send what is published to ``topic_arn`` into the queue."""
    return _read(policy, _Source("sns.amazonaws.com", topic_arn, queue_arn))


def bus_may_send(policy: str, queue_arn: str) -> Reading:
    """Read whether EventBridge may; the rule is not known, so any rule's ARN is as good."""
    region, account = (queue_arn.split(":") + [""] * 6)[3:5]
    rule = f"arn:aws:events:{region}:{account}:rule/*"
    return _read(policy, _Source("events.amazonaws.com", rule, queue_arn))


def _read(policy: str, source: _Source) -> Reading:
    if not policy.strip():
        return Reading(Verdict.NOT_ALLOWED)
    try:
        document = json.loads(policy)
        statements = _listed(document["Statement"])
    except (ValueError, TypeError, KeyError):
        return Reading(Verdict.UNREADABLE)
    if not all(isinstance(each, dict) for each in statements):
        return Reading(Verdict.UNREADABLE)
    return _judge(statements, source)


def _judge(statements: Sequence[Mapping[str, Any]], source: _Source) -> Reading:
    """Explicit denials win; ``None`` stands for what is not understood."""
    allows = [each for each in statements if each.get("Effect") == "Allow"]
    denials = [_applies(each, source) for each in statements if each.get("Effect") == "Deny"]
    if True in denials:
        return Reading(Verdict.DENIED)
    matching = [each for each in allows if _applies(each, source)]
    if matching and None not in denials:
        is_closed = all(_names_source(each) for each in matching)
        return Reading(Verdict.ALLOWED if is_closed else Verdict.OPEN)
    if matching or any(_applies(each, source) is None for each in allows):
        return Reading(Verdict.UNKNOWN)
    return Reading(Verdict.NOT_ALLOWED, tuple(dict.fromkeys(_sources(allows))))


def _applies(statement: Mapping[str, Any], source: _Source) -> bool | None:
    if any(name in statement for name in _INVERTED):
        return None
    if not _is_for(statement.get("Principal"), source.service):
        return False
    actions = [str(each).lower() for each in _listed(statement.get("Action"))]
    if not any(fnmatchcase(_SEND, each) for each in actions):
        return False
    resources = [str(each) for each in _listed(statement.get("Resource", "*"))]
    if not any(fnmatchcase(source.queue_arn, each) for each in resources):
        return False
    return _all_hold(statement.get("Condition") or {}, source)


def _is_for(principal: object, service: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    named = [str(each) for each in _listed(principal.get("Service"))]
    return service in named or "*" in named or "*" in _listed(principal.get("AWS"))


def _all_hold(conditions: Any, source: _Source) -> bool | None:
    if not isinstance(conditions, dict):
        return None
    found = [
        _holds(str(operator), str(key), [str(each) for each in _listed(values)], source)
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, dict) else [("", [])])
    ]
    return False if False in found else (None if None in found else True)


def _holds(operator: str, key: str, values: Sequence[str], source: _Source) -> bool | None:
    operator = operator.lower().removesuffix("ifexists").rpartition(":")[2]
    if operator == "bool" and key.lower() == "aws:securetransport":
        return "true" in [value.lower() for value in values]  # AWS's own services use TLS
    actual = {"aws:sourcearn": source.arn, "aws:sourceaccount": source.account}.get(key.lower())
    if actual is None or operator not in _TEXT_OPERATORS:
        return None
    if actual.endswith("rule/*"):
        prefix = actual.removesuffix("*")
        return any(value.startswith(prefix) or fnmatchcase(prefix, value) for value in values)
    if operator == "stringequals":
        return actual in values
    return any(fnmatchcase(actual, value) for value in values)


def _names_source(statement: Mapping[str, Any]) -> bool:
    conditions = statement.get("Condition") or {}
    keys = {str(key).lower() for each in conditions.values() for key in each}
    return bool(keys & {"aws:sourcearn", "aws:sourceaccount"})


def _sources(statements: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for statement in statements:
        conditions = statement.get("Condition") or {}
        for keys in conditions.values() if isinstance(conditions, dict) else ():
            for key, values in keys.items() if isinstance(keys, dict) else ():
                if key.lower() == "aws:sourcearn":
                    yield from (str(each) for each in _listed(values))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
