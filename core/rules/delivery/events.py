"""What one event means for the delivery it is about, and when two of them are the same event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.model.delivery import DeliveryEvent, Effect
from core.model.enums import Engagement, Status
from core.rules.delivery import event_words
from core.rules.delivery.addresses import bare_address
from core.rules.delivery.event_words import letters

AUTOMATIC_REPLY: Final = "automatic reply (out of office): the email was delivered"
DELAYED: Final = "their server delays it and keeps trying"
NOT_SPAM: Final = "told their provider that this is not spam"

#: Sub-types of a bounce that can be an automatic reply, where no server explained it.
_UNEXPLAINED: Final = frozenset({"", "general", "undetermined"})


def effect(
    fact: DeliveryEvent, *, was_delivered: bool = False, is_about_another: bool = False
) -> Effect:
    """Return what ``fact`` does to its delivery, given what else is known of it.

    ``was_delivered``: there is a Delivery among its events. ``is_about_another``: the event names
    an address that is not the one we sent to.
    """
    match event_words.event_type(fact.type):
        case "Send":
            return Effect(Status.SENT)
        case "DeliveryDelay":
            return Effect(Status.DEFERRED)
        case "Delivery":
            return Effect(Status.DELIVERED)
        case "Bounce":
            return _bounce(fact, was_delivered=was_delivered, is_about_another=is_about_another)
        case "Complaint":
            return _complaint(fact)
        case "Reject" | "Rendering Failure":
            return Effect(Status.DROPPED)
        case "Open":
            return Effect(Status.DELIVERED, Engagement.OPENED)
        case "Click":
            return Effect(Status.DELIVERED, Engagement.CLICKED)
        case "Subscription":
            return Effect(note="changed their mailing-list preferences")
        case _:
            return Effect(note=f"an event of a kind not known yet: {fact.type}")


def _bounce(fact: DeliveryEvent, *, was_delivered: bool, is_about_another: bool) -> Effect:
    if event_words.is_list(fact.subtype):
        return Effect(Status.DROPPED)
    kind, _, subtype = map(letters, fact.subtype.partition("/"))
    if kind != "permanent":
        if not _is_explained(fact) and (
            (kind, subtype) == ("transient", "general")
            or (was_delivered and subtype in _UNEXPLAINED)
        ):
            return Effect(note=AUTOMATIC_REPLY)
        if letters(fact.action) == "delayed":
            return Effect(note=DELAYED)
    if was_delivered and is_about_another:
        return Effect(Status.SOFT_BOUNCED, is_forward=True)
    return Effect(Status.BOUNCED if kind == "permanent" else Status.SOFT_BOUNCED)


def bounce_words(subtype: str) -> str:
    """``hard bounce``, ``soft bounce``, or that a list stopped the email."""
    if event_words.is_list(subtype):
        return "stopped by a suppression list"
    return "hard bounce" if letters(subtype.partition("/")[0]) == "permanent" else "soft bounce"


def _is_explained(fact: DeliveryEvent) -> bool:
    return any(words.strip() for words in (fact.action, fact.enhanced_status, fact.diagnostic))


def _complaint(fact: DeliveryEvent) -> Effect:
    if event_words.is_list(fact.subtype):
        return Effect(Status.DROPPED)  # an echo of an older complaint; nobody complained again
    if letters(fact.subtype) == "notspam":
        return Effect(note=NOT_SPAM)
    return Effect(Status.COMPLAINED)


# --------------------------------------------------------------------------- the same event


def natural_key(fact: DeliveryEvent) -> tuple[str, str, str, datetime, str]:
    """The same event has the same key, by whatever envelope and however often it came."""
    kind = event_words.event_type(fact.type)
    if kind in ("Open", "Click"):
        discriminator = "|".join((fact.link, fact.ip, fact.user_agent))
    else:
        discriminator = fact.feedback_id or "/".join(map(letters, fact.subtype.split("/")))
    return (
        event_words.message_id(fact.message_id),
        kind,
        bare_address(fact.recipient),
        fact.at,
        discriminator,
    )


def in_normal_form(fact: DeliveryEvent) -> DeliveryEvent:
    """Return ``fact`` in SES's own words, whatever case it came in."""
    words = (
        event_words.event_type(fact.type),
        event_words.message_id(fact.message_id),
        event_words.detail(fact.subtype),
    )
    if words == (fact.type, fact.message_id, fact.subtype):
        return fact  # nearly always
    return replace(fact, type=words[0], message_id=words[1], subtype=words[2])


def distinct(facts: Iterable[DeliveryEvent]) -> tuple[DeliveryEvent, ...]:
    """Return every event once, in its fullest telling: the same in every order."""
    found: dict[tuple[object, ...], DeliveryEvent] = {}
    for fact in map(in_normal_form, facts):
        key = natural_key(fact)
        known = found.get(key)
        if known is None or fullness(fact) > fullness(known):
            found[key] = fact
    return tuple(found[key] for key in sorted(found))


def fullness(fact: DeliveryEvent) -> tuple[object, ...]:
    """How much a telling of an event says; a total order, so that no order of arrival matters."""
    said = (fact.diagnostic, fact.enhanced_status, fact.action)
    return (
        *map(bool, said),
        *said,
        fact.subtype,
        fact.recipient,
        fact.link,
        fact.user_agent,
        fact.ip,
        fact.isp,
        fact.tag or "",
    )
