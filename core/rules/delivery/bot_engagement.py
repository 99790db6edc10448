"""Which opens and clicks were probably a program's: pure, from the whole set of facts.

Privacy proxies fetch every image, scanners follow every link, both before any person looks. A mark
takes nothing away: the email was delivered and images were loaded. It only says by whom, maybe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.model.delivery import DeliveryEvent


class Mark(StrEnum):
    """Why it may have been a program, in the words a person reads."""

    PREFETCH = "a mail service fetching images in advance"
    AT_ONCE = "seconds after delivery"
    EVERY_LINK = "several links at once"


#: Agents that fetch images before any person looks. Apple Mail Privacy Protection sends exactly
#: ``Mozilla/5.0`` (Mailgun on bot detection, ClickDimensions); Gmail's prefetch names a browser
#: that nobody runs any more (Bird, ``gmail-prefetching-images``).
PREFETCH_AGENTS: Final = frozenset(
    {
        "Mozilla/5.0",
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
        ),
    }
)

#: No person finds, opens and follows a new email this fast. A prefetch that SES reported came
#: 1.4 s after the send; SendGrid describes scanners' clicks as coming at the time of delivery.
AT_ONCE: Final = timedelta(seconds=5)

#: Between two links that one reader follows lies at least the page that opened.
BETWEEN_LINKS: Final = timedelta(seconds=2)


def machine_marks(
    facts: Iterable[DeliveryEvent], accepted_at: datetime | None = None
) -> dict[DeliveryEvent, Mark]:
    """Return the opens and clicks of one delivery that were probably a program's, each with why.

    A fact that comes later can set a mark or take one away: the Delivery tells how soon an open
    was, a second click that both were a scanner's. ``accepted_at`` stands in for a missing Send.
    """
    told = set(facts)
    engaged = [fact for fact in told if fact.type in ("Open", "Click")]
    if not engaged:
        return {}
    arrived_at = _arrived_at(told, accepted_at)
    bursts = _bursts(engaged)
    marks: dict[DeliveryEvent, Mark] = {}
    for fact in engaged:
        if fact.user_agent.strip() in PREFETCH_AGENTS:
            marks[fact] = Mark.PREFETCH
        elif fact in bursts:
            marks[fact] = Mark.EVERY_LINK
        elif arrived_at is not None and fact.at <= arrived_at + AT_ONCE:
            marks[fact] = Mark.AT_ONCE
    return marks


def doubt(facts: Iterable[DeliveryEvent], kind: str, sent_at: datetime | None) -> str:
    """Return why the facts of ``kind`` (``Open``, ``Click``) were a program's, as they all were.

    Empty where one was a person's. The reason is that of the earliest: its time is the one shown.
    """
    told = list(facts)
    marks = machine_marks(told, sent_at)
    mine = {fact for fact in told if fact.type == kind}
    if not mine or mine - marks.keys():
        return ""
    return marks[min(mine, key=lambda fact: (fact.at, marks[fact]))]


def _arrived_at(facts: Iterable[DeliveryEvent], accepted_at: datetime | None) -> datetime | None:
    """When a server took it; where SES has not said yet, when SES took it from us."""
    sent = [] if accepted_at is None else [accepted_at]
    delivered = []
    for fact in facts:
        if fact.type == "Delivery":
            delivered.append(fact.at)
        elif fact.type == "Send":
            sent.append(fact.at)
    return min(delivered, default=None) or min(sent, default=None)


def _bursts(engaged: Iterable[DeliveryEvent]) -> set[DeliveryEvent]:
    """What one agent at one address did in one go, where it followed two links or more."""
    by_agent: dict[tuple[str, str], list[DeliveryEvent]] = defaultdict(list)
    for fact in engaged:
        by_agent[fact.ip, fact.user_agent].append(fact)
    return {
        fact
        for mine in by_agent.values()
        for burst in _runs(sorted(mine, key=lambda fact: fact.at))
        if len({fact.link for fact in burst if fact.type == "Click"}) > 1
        for fact in burst
    }


def _runs(ordered: Sequence[DeliveryEvent]) -> Iterator[list[DeliveryEvent]]:
    """Cut where more time passes than between the links of a scanner."""
    run = list(ordered[:1])
    for before, fact in pairwise(ordered):
        if fact.at - before.at > BETWEEN_LINKS:
            yield run
            run = []
        run.append(fact)
    yield run
