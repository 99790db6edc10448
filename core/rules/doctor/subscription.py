"""From the topics into the queue: who is subscribed, and what a filter lets through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.model.errors import OuttrayError
from core.rules.doctor.checks import Check, Result, failed, is_missing, skipped
from core.rules.doctor.filters import Filter, Passage
from core.rules.doctor.reports import NEEDED, WANTED, in_words

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
