"""What one event means for the delivery it is about, and when two of them are the same event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from core.model.delivery import DeliveryEvent, Effect
from core.model.enums import Engagement, Status
from core.rules.delivery.addresses import bare_address, position_of

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
    match event_type(fact.type):
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
    if is_list(fact.subtype):
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
    if is_list(subtype):
        return "stopped by a suppression list"
    return "hard bounce" if letters(subtype.partition("/")[0]) == "permanent" else "soft bounce"


def _is_explained(fact: DeliveryEvent) -> bool:
    return any(words.strip() for words in (fact.action, fact.enhanced_status, fact.diagnostic))


def _complaint(fact: DeliveryEvent) -> Effect:
    if is_list(fact.subtype):
        return Effect(Status.DROPPED)  # an echo of an older complaint; nobody complained again
    if letters(fact.subtype) == "notspam":
        return Effect(note=NOT_SPAM)
    return Effect(Status.COMPLAINED)


# --------------------------------------------------------------------------- the same event


def natural_key(fact: DeliveryEvent) -> tuple[str, str, str, datetime, str]:
    """The same event has the same key, by whatever envelope and however often it came."""
    kind = event_type(fact.type)
    if kind in ("Open", "Click"):
        discriminator = "|".join((fact.link, fact.ip, fact.user_agent))
    else:
        discriminator = fact.feedback_id or "/".join(map(letters, fact.subtype.split("/")))
    return (
        message_id(fact.message_id),
        kind,
        bare_address(fact.recipient),
        fact.at,
        discriminator,
    )


def in_normal_form(fact: DeliveryEvent) -> DeliveryEvent:
    """Return ``fact`` in SES's own words, whatever case it came in."""
    words = (
        event_type(fact.type),
        message_id(fact.message_id),
        detail(fact.subtype),
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that a fact may be about."""

    delivery_id: int
    tag: str
    ses_message_id: str
    """Empty while we do not know it: the answer to our call may have been lost."""
    address: str


@dataclass(frozen=True, slots=True)
class Match:
    delivery_id: int
    counts: bool
    """False: of several recipients it names none, and so it is a note, never a status."""


def match(fact: DeliveryEvent, candidates: Sequence[Candidate]) -> Match | None:
    """Return the delivery ``fact`` belongs to, ``None`` while nothing fits: it may come later.

    An email of ours has one recipient, and so a fact with its tag or its id is about that delivery,
    whatever address it names. Only of another program's email can there be several.
    """
    group = [c for c in candidates if fact.tag and c.tag == fact.tag]
    group = group or [
        c for c in candidates if fact.message_id and c.ses_message_id == fact.message_id
    ]
    if not group:
        return None
    ordered = sorted(set(group), key=lambda c: c.delivery_id)  # one may be found in two ways
    if len(ordered) == 1:
        return Match(ordered[0].delivery_id, counts=True)
    position = position_of(fact.recipient, [each.address for each in ordered])
    if position is None:
        return Match(ordered[0].delivery_id, counts=False)
    return Match(ordered[position].delivery_id, counts=True)


_TYPES: Final = (
    "Send",
    "Delivery",
    "DeliveryDelay",
    "Bounce",
    "Complaint",
    "Open",
    "Click",
    "Reject",
    "Rendering Failure",
    "Subscription",
)
#: Sub-types of bounces (and of complaints) that say *nothing was sent*: some list stopped it.
#: Source: the guide's notification-contents page; the last three are of 2026.
STOPPED_BY_A_LIST: Final = (
    "Suppressed",
    "OnAccountSuppressionList",
    "OnTenantSuppressionList",
    "EmailValidationSuppressed",
    "UnsubscribedRecipient",
)
_DETAILS: Final = (
    *STOPPED_BY_A_LIST,
    # bounces
    "Permanent",
    "Transient",
    "Undetermined",
    "General",
    "NoEmail",
    "MailboxFull",
    "MessageTooLarge",
    "ContentRejected",
    "AttachmentRejected",
    "CustomTimeoutExceeded",
    # complaints
    "abuse",
    "auth-failure",
    "fraud",
    "not-spam",
    "other",
    "virus",
    # delays
    "InternalFailure",
    "SpamDetected",
    "RecipientServerError",
    "IPFailure",
    "TransientCommunicationFailure",
    "BYOIPHostNameLookupUnavailable",
    "SendingDeferral",
)
_WIRE_ID: Final = re.compile(r"<?\s*([^<>@\s]+)@[a-z0-9.-]*\bamazonses\.com\s*>?", re.IGNORECASE)


@lru_cache(maxsize=1_000)
def letters(word: str) -> str:
    """``not-spam``, ``Not_Spam`` and ``NOT SPAM`` are one word."""
    return "".join(char for char in word.casefold() if char.isalnum())


_TYPE_OF: Final = {letters(word): word for word in _TYPES}
_DETAIL_OF: Final = {letters(word): word for word in _DETAILS}
_OF_LISTS: Final = frozenset(letters(word) for word in STOPPED_BY_A_LIST)


def event_type(written: str) -> str:
    """Return SES's own spelling of a type; one that is not known yet stays as it is."""
    return _TYPE_OF.get(letters(written), written)


def detail(written: str) -> str:
    """Return SES's own spelling of a sub-type: of each part of ``Permanent/General``."""
    return "/".join(_DETAIL_OF.get(letters(part), part) for part in written.split("/"))


def is_list(subtype: str) -> bool:
    """Whether ``Permanent/Suppressed`` … says that a list stopped the email."""
    return letters(subtype.rpartition("/")[2]) in _OF_LISTS


def message_id(written: str) -> str:
    """Return SES's id as SendEmail returned it; on the wire it is ``<id@region.amazonses.com>``."""
    found = _WIRE_ID.fullmatch(written.strip())
    return found[1] if found else written.strip()
