"""Where one delivery stands: a pure function of the set of its events.

Any order, any doubling, any batching gives the same answer. The status can go down when more
becomes known (a soft bounce, then a Delivery), so it is always worked out from all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.model.delivery import DeliveryState, Note
from core.model.enums import STATUSES, DisplayStatus, Engagement, Status
from core.rules.delivery.addresses import is_same_address
from core.rules.delivery.bot_engagement import machine_marks
from core.rules.delivery.events import bounce_words, distinct, effect, fullness, natural_key

if TYPE_CHECKING:
    from core.model.delivery import DeliveryEvent, Effect

#: A soft bounce has its time only while it is what the badge says: see ``_times``.
_TIME_OF_STATUS: Final[Mapping[Status, str]] = {
    status: STATUSES[DisplayStatus[status.name]].time
    for status in Status
    if status is not Status.SOFT_BOUNCED and STATUSES[DisplayStatus[status.name]].time
}
_TIME_OF_ENGAGEMENT: Final = {
    engagement: STATUSES[DisplayStatus[engagement.name]].time
    for engagement in Engagement
    if engagement
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """An event and what it means beside all the others."""

    fact: DeliveryEvent
    effect: Effect
    other: str
    """The address that it names, where that is not the one we sent to."""
    is_overtaken: bool
    """A soft bounce of our own address before its newest Delivery."""


def _read(facts: Iterable[DeliveryEvent], address: str) -> list[_Reading]:
    told = distinct(facts)
    delivered_at = max((fact.at for fact in told if fact.type == "Delivery"), default=None)
    readings = []
    for fact in told:
        is_other = bool(address) and not is_same_address(fact.recipient, address)
        what = effect(fact, was_delivered=delivered_at is not None, is_about_another=is_other)
        readings.append(_Reading(fact, what, fact.recipient if is_other else "", False))
    bounced_at = max((each.fact.at for each in readings if _is_own_soft(each)), default=None)
    if delivered_at is None or bounced_at is None or bounced_at >= delivered_at:
        return readings
    return [replace(each, is_overtaken=_is_own_soft(each)) for each in readings]


def _is_own_soft(reading: _Reading) -> bool:
    return reading.effect.status is Status.SOFT_BOUNCED and not reading.effect.is_forward


def settle(
    local: Status,
    facts: Iterable[DeliveryEvent],
    accepted_at: datetime | None = None,
    address: str = "",
) -> DeliveryState:
    """Return the state of a delivery from what we did (``local``) and the events about it.

    ``accepted_at`` is when SES took the message from us; it bounds ``sent_at`` like a Send event.
    ``address`` is whom it was sent to; without one, every event counts as being about it. More
    events can also lower a status: a soft bounce, then a Delivery.
    """
    readings = [each for each in _read(facts, address) if not each.is_overtaken]
    counted = [each for each in readings if each.effect.status is not None]
    status = max([local, *(s for each in counted if (s := each.effect.status) is not None)])
    shown = _shown(counted, status)
    words = max((each.fact for each in shown), key=_telling, default=None)
    told = [each.fact for each in readings]
    engagement = max((each.effect.engagement for each in counted), default=Engagement.NONE)
    return DeliveryState(
        status=status,
        engagement=engagement,
        by_person=_by_person(told, accepted_at) if engagement else Engagement.NONE,
        diagnostic=words.diagnostic if words else "",
        enhanced_status=words.enhanced_status if words else "",
        subtype=_subtype(words) if words else "",
        is_forward=bool(shown) and all(each.effect.is_forward for each in shown),
        **_times(counted, shown, status, accepted_at),
    )


def _shown(counted: Sequence[_Reading], status: Status) -> list[_Reading]:
    """The events that the badge speaks of: our own address's before those of a forward."""
    mine = [
        each
        for each in counted
        if each.effect.status is status and each.effect.engagement is Engagement.NONE
    ]
    return [each for each in mine if not each.effect.is_forward] or mine


def _times(
    counted: Sequence[_Reading],
    shown: Sequence[_Reading],
    status: Status,
    accepted_at: datetime | None,
) -> dict[str, datetime]:
    times = {} if accepted_at is None else {"sent_at": accepted_at}
    for each in counted:
        name = _name_of_time(each.effect)
        if name:
            times[name] = min(times.get(name, each.fact.at), each.fact.at)
    if status is Status.SOFT_BOUNCED:  # of any other status it is a note, and no time of it
        times["bounced_at"] = max(each.fact.at for each in shown)
    return times


def _name_of_time(what: Effect) -> str:
    if what.engagement is not Engagement.NONE:
        return _TIME_OF_ENGAGEMENT[what.engagement]
    return _TIME_OF_STATUS.get(what.status or Status.QUEUED, "")


def _subtype(fact: DeliveryEvent) -> str:
    is_stopped = fact.type in ("Reject", "Rendering Failure")
    return fact.subtype or (fact.type if is_stopped else "")


def _by_person(facts: Sequence[DeliveryEvent], accepted_at: datetime | None) -> Engagement:
    by_program = machine_marks(facts, accepted_at)
    engaged = (effect(fact).engagement for fact in facts if fact not in by_program)
    return max(engaged, default=Engagement.NONE)


def _telling(fact: DeliveryEvent) -> tuple[object, ...]:
    """The newest event speaks; a total order, so that two at once give the same answer."""
    return (fact.at, fullness(fact), natural_key(fact))


# --------------------------------------------------------------------------- notes

#: Types that say themselves which address they are about.
_ABOUT_AN_ADDRESS: Final = frozenset({"Bounce", "Complaint", "Delivery", "DeliveryDelay"})


def notes(
    state: DeliveryState, facts: Iterable[DeliveryEvent], address: str = ""
) -> tuple[Note, ...]:
    """Return what ``facts`` tell beside the status, and which other addresses they name."""
    found = {
        Note(each.fact.at, text, each.fact.diagnostic)
        for each in _read(facts, address)
        if (text := _noted(each, state))
    }
    return tuple(sorted(found, key=lambda note: (note.at, note.text, note.diagnostic)))


def _noted(reading: _Reading, state: DeliveryState) -> str:
    what, kind = reading.effect, reading.fact.type
    about = f" reported for {reading.other}" if reading.other else ""
    if what.note:
        return what.note + (about and f", {about.strip()}")
    if what.is_forward:
        return f"delivered, then a forward to {reading.other} failed"
    if reading.is_overtaken:
        return f"soft bounce{about}; a later attempt was delivered"
    if what.status is Status.SOFT_BOUNCED and state.status is not Status.SOFT_BOUNCED:
        return f"soft bounce{about}, which does not count"
    return _called(reading.fact) + about if about and kind in _ABOUT_AN_ADDRESS else ""


def _called(fact: DeliveryEvent) -> str:
    if fact.type == "Bounce":
        return bounce_words(fact.subtype)
    return "delay" if fact.type == "DeliveryDelay" else fact.type.lower()


def stray_note(fact: DeliveryEvent) -> Note:
    """Return what an event tells of an email to several people, none of whom it names."""
    said = effect(fact).note or _called(fact)
    about = f"for {fact.recipient}" if fact.recipient else "without saying for whom"
    return Note(fact.at, f"{said} reported {about}", fact.diagnostic)


def shared_complaints(complaints: Iterable[Iterable[DeliveryEvent]]) -> tuple[Note, ...]:
    """Return what is to be said of complaints that name several recipients of one email.

    Providers hide who complained: SES names everybody it may have been.
    """
    counts = Counter(each for mine in complaints for each in {(f.at, f.feedback_id) for f in mine})
    return tuple(
        Note(at, f"the complaint names {count} recipients: it may be any of them")
        for (at, _), count in counts.items()
        if count > 1
    )
