"""Which of SES's reports does the filter policy of a subscription let through?

A filter compares message attributes, of which SES sets none, or what stands in the message, of
which only a part is known before it comes. So the answer for one type of report is yes, no, or
``None``: *it depends on the report*, or *not understood here*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

BODY: Final = "MessageBody"
"""The ``FilterPolicyScope`` that looks into the message; the other, the default, at attributes."""

_EVENT_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "SEND": ("Send", "send"),
    "REJECT": ("Reject", "reject"),
    "BOUNCE": ("Bounce", "bounce"),
    "COMPLAINT": ("Complaint", "complaint"),
    "DELIVERY": ("Delivery", "delivery"),
    "OPEN": ("Open", "open"),
    "CLICK": ("Click", "click"),
    "RENDERING_FAILURE": ("Rendering Failure", "failure"),
    "DELIVERY_DELAY": ("DeliveryDelay", "deliveryDelay"),
    "SUBSCRIPTION": ("Subscription", "subscription"),
}
"""Name in the API → ``eventType`` and the object named after it, in the message."""
_OF_MAIL: Final = ("timestamp", "source", "sendingAccountId", "messageId", "destination", "tags")
_OR: Final = "$or"


class _Is(Enum):
    """What is known of a member of the message before it comes."""

    ABSENT = auto()
    PRESENT = auto()
    """It is there, with any value."""
    UNKNOWN = auto()


_Known = _Is | tuple[str, ...] | Mapping[str, Any]
"""Texts: it is one of a list of these, of which one has to fit."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of each type of report."""

    dropped: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    """Not known before they come, or not understood here."""


@dataclass(frozen=True, slots=True)
class Filter:
    """As SNS keeps it on a subscription."""

    policy: str = ""
    """JSON; empty: everything comes through."""
    scope: str = ""
    configuration_set: str = field(default="", compare=False)
    account: str = field(default="", compare=False)

    @property
    def is_of_body(self) -> bool:
        return self.scope == BODY

    def passage(self, kinds: Iterable[str]) -> Passage:
        """Say what becomes of ``kinds``, in the words of the API: ``DELIVERY``."""
        found = {kind: self._lets(kind) for kind in kinds}
        return Passage(
            tuple(kind for kind, lets in found.items() if lets is False),
            tuple(kind for kind, lets in found.items() if lets is None),
        )

    def _lets(self, kind: str) -> bool | None:
        if not self.policy.strip():
            return True
        try:
            policy = json.loads(self.policy)
        except ValueError:
            return None
        if not isinstance(policy, dict) or kind not in _EVENT_TYPES:
            return None
        message = self._message(kind) if self.is_of_body else {}
        return _all(_member(key, wanted, message) for key, wanted in policy.items())

    def _message(self, kind: str) -> Mapping[str, Any]:
        event_type, name = _EVENT_TYPES[kind]
        tags: dict[str, _Known] = {}
        if self.configuration_set:
            tags["ses:configuration-set"] = (self.configuration_set,)
        mail: dict[str, _Known] = {
            **dict.fromkeys(_OF_MAIL, _Is.PRESENT),
            "tags": tags,
        }
        if self.account:
            mail["sendingAccountId"] = (self.account,)
        return {"eventType": (event_type,), "mail": mail, name: {}}


def _member(key: str, wanted: Any, message: Mapping[str, Any], *, inner: bool = False) -> Any:
    if key == _OR and isinstance(wanted, list) and all(isinstance(each, dict) for each in wanted):
        choices = [
            _all(_member(k, w, message, inner=inner) for k, w in each.items()) for each in wanted
        ]
        return _any(choices)
    # AWS adds members below the top as it likes; what is at the top is the report's own shape.
    found: _Known = message.get(key, _Is.UNKNOWN if inner else _Is.ABSENT)
    if isinstance(wanted, dict):
        return _nested(wanted, found)
    if not isinstance(wanted, list):
        return None
    return _any(_fits(rule, found) for rule in wanted)


def _nested(wanted: Mapping[str, Any], found: _Known) -> bool | None:
    if isinstance(found, Mapping):
        return _all(_member(key, value, found, inner=True) for key, value in wanted.items())
    if found is _Is.ABSENT:
        answers = [_member(key, value, {}) for key, value in wanted.items()]
        return None if all(answer is not False for answer in answers) else False
    return None


def _fits(rule: Any, found: _Known) -> bool | None:
    exists = rule.get("exists") if isinstance(rule, dict) and len(rule) == 1 else None
    if isinstance(exists, bool):
        return None if found is _Is.UNKNOWN else (found is not _Is.ABSENT) is exists
    if found is _Is.ABSENT:
        return False
    if not isinstance(found, tuple):
        return None
    return _any(_compares(rule, value) for value in found)


def _compares(rule: Any, value: str) -> bool | None:
    if not isinstance(rule, dict):
        return isinstance(rule, str) and rule == value
    if len(rule) != 1:
        return None
    ((operator, wanted),) = rule.items()
    if operator == "anything-but":
        return _is_other(wanted, value)
    if operator == "numeric":
        return False
    if not isinstance(wanted, str):
        return None
    match operator:
        case "prefix":
            return value.startswith(wanted)
        case "suffix":
            return value.endswith(wanted)
        case "equals-ignore-case":
            return value.lower() == wanted.lower()
    return None


def _is_other(wanted: Any, value: str) -> bool | None:
    if isinstance(wanted, dict):
        inner = _compares(wanted, value)
        return None if inner is None else not inner
    return value not in (wanted if isinstance(wanted, list) else [wanted])


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else (None if None in found else True)


def _any(answers: Iterable[bool | None]) -> bool | None:
    found: Sequence[bool | None] = list(answers)
    return True if True in found else (None if None in found else False)
