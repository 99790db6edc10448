"""Who is subscribed to the topics, and which reports a filter policy lets through.

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

from core.model.errors import OuttrayError
from core.rules.doctor.checks import (
    NEEDED,
    WANTED,
    Check,
    Result,
    failed,
    in_words,
    is_missing,
    skipped,
)

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


_LEG: Final = "subscription"


@dataclass(frozen=True, slots=True)
class Subscription:
    topic: str
    protocol: str
    endpoint: str
    is_confirmed: bool
    is_raw: bool | None = None
    """Without SNS's envelope around each event; ``None``: not known."""
    filter: Filter | OuttrayError = field(default_factory=Filter)
    arn: str = ""


def judge_subscription(
    found: Sequence[Subscription] | OuttrayError,
    queue_arn: str,
    *,
    bus: str,
    kinds: Mapping[str, frozenset[str]] | None = None,
) -> Check:
    """``bus`` is the EventBridge bus that is used instead of a topic, if one is.

    ``kinds``: topic → the types of report that are published to it.
    """
    if isinstance(found, OuttrayError):
        if is_missing(found):
            return Check(
                _LEG, Result.FAIL, f"The topic is gone: {found.title}",
                "Create it again, or name another in the event destination.",
            )  # fmt: skip
        return failed(_LEG, found, "sns:ListSubscriptionsByTopic")
    mine = [each for each in found if each.endpoint == queue_arn]
    if confirmed := [each for each in mine if each.is_confirmed]:
        return _judge_confirmed(confirmed, kinds or {}, bus)
    if mine:
        return Check(
            _LEG, Result.FAIL, "The queue's subscription to the topic waits for confirmation.",
            "Confirm it, or subscribe the queue from its own account.",
        )  # fmt: skip
    if bus:
        return skipped(
            _LEG, "Events may come through EventBridge, whose rules are not read.",
            "Look for a rule of source aws.ses with the queue as its target.",
        )  # fmt: skip
    return Check(
        _LEG, Result.FAIL, "The queue is not subscribed to the topic.",
        "Subscribe it: aws sns subscribe --protocol sqs.", {"subscriptions": len(found)},
    )  # fmt: skip


def _judge_confirmed(
    confirmed: Sequence[Subscription], kinds: Mapping[str, frozenset[str]], bus: str
) -> Check:
    raw = confirmed[0].is_raw
    details: dict[str, object] = {"raw": raw}
    arrive, depend = _arriving(confirmed, kinds)
    published = frozenset[str]().union(*kinds.values())
    lost = [each for each in published if each not in arrive | depend]
    filtered = [each for each in confirmed if _has_filter(each)]
    if filtered:
        details["filter_policy"] = [
            each.filter.policy for each in filtered if isinstance(each.filter, Filter)
        ]
    if not bus and (gone := _ordered(lost)):
        return _lost(gone, filtered, kinds, confirmed, details)
    if some := _ordered(depend - arrive):
        return Check(
            _LEG, Result.WARN,
            f"The subscription's filter policy lets only some reports through ({in_words(some)});"
            " which ones depends on what they say.",
            _unfilter(filtered), details,
        )  # fmt: skip
    if unread := [each.filter for each in confirmed if isinstance(each.filter, OuttrayError)]:
        check = failed(_LEG, unread[0], "sns:GetSubscriptionAttributes")
        title = f"Whether a filter policy drops reports is not known. {check.title}"
        return Check(_LEG, Result.WARN, title, check.next, details, is_known=False)
    how = {True: "raw", False: "in SNS's envelope", None: "raw or not is not known"}[raw]
    title = f"The topic publishes into the queue, {how}; both can be read."
    return Check(_LEG, Result.OK, title, details=details)


def _arriving(
    confirmed: Sequence[Subscription], kinds: Mapping[str, frozenset[str]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the types that certainly arrive, and those of which it is not known."""
    arrive, depend = set[str](), set[str]()
    for each in confirmed:
        published = kinds.get(each.topic, frozenset())
        passage = each.filter.passage(published) if isinstance(each.filter, Filter) else Passage()
        arrive |= published - set(passage.dropped) - set(passage.depends)
        depend |= set(passage.depends)
    return frozenset(arrive), frozenset(depend)


def _lost(
    gone: Sequence[str],
    filtered: Sequence[Subscription],
    kinds: Mapping[str, frozenset[str]],
    confirmed: Sequence[Subscription],
    details: Mapping[str, object],
) -> Check:
    result = Result.FAIL if set(gone) & set(NEEDED) else Result.WARN
    published = _ordered(frozenset[str]().union(*kinds.values()))
    what = "every report" if list(gone) == published else in_words(gone)
    if filtered:
        title = f"The subscription's filter policy drops {what}."
        if _looks_at_attributes(filtered):
            title += " It compares message attributes, and SES sends none."
        return Check(_LEG, result, title, _unfilter(filtered), details)
    topics = [topic for topic in kinds if topic not in {each.topic for each in confirmed}]
    title = f"The queue is not subscribed to {', '.join(topics)}, which gets {what}."
    todo = f"Subscribe it: aws sns subscribe --protocol sqs --topic-arn {topics[0]}."
    return Check(_LEG, result, title, todo, details)


def _looks_at_attributes(filtered: Sequence[Subscription]) -> bool:
    return any(isinstance(each.filter, Filter) and not each.filter.is_of_body for each in filtered)


def _unfilter(filtered: Sequence[Subscription]) -> str:
    arn = filtered[0].arn if filtered else "ARN"
    return (
        "Take the filter policy off: aws sns set-subscription-attributes --subscription-arn"
        f" {arn} --attribute-name FilterPolicy --attribute-value '{{}}'."
    )


def _has_filter(each: Subscription) -> bool:
    return isinstance(each.filter, Filter) and each.filter.policy.strip() not in ("", "{}")


def _ordered(kinds: Iterable[str]) -> list[str]:
    """Return those that matter, the needed ones first."""
    found = set(kinds)
    return [each for each in (*NEEDED, *WANTED) if each in found]
