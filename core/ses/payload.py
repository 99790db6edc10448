"""One text body from the feed → the facts in it. Pure, and nothing in a body makes it raise.

Source of the fields: the guide's pages on event publishing (``eventType``) and on identity
notifications (``notificationType``). What an event *means* is decided by ``core.status``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from core.model import Fact
from core.ses.bodies import split_bodies
from core.ses.envelopes import Message, open_envelopes, storable
from core.ses.fields import (
    LONG,
    OUR_TAG,
    TIMED_BY_MAIL,
    address,
    diagnostic,
    items,
    our_tag,
    subtype,
    text,
    time_of,
)

__all__ = ["OUR_TAG", "Outcome", "Parsed", "parse", "parse_all", "split_bodies"]

#: Where each type keeps its own object.
_OBJECTS: Final = {
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Delivery": "delivery",
    "DeliveryDelay": "deliveryDelay",
    "Open": "open",
    "Click": "click",
    "Subscription": "subscription",
    "Send": "send",
    "Reject": "reject",
    "Rendering Failure": "failure",
}
#: Types that name their recipients, and where.
_RECIPIENTS: Final = {
    "Bounce": "bouncedRecipients",
    "Complaint": "complainedRecipients",
    "Delivery": "recipients",
    "DeliveryDelay": "delayedRecipients",
}

_VALIDATION_TEXT: Final = "successfully validated sns topic"
_ACCOUNT_EVENTS: Final = ("Sending Status", "Advisor Recommendation Status")
_RECEIVED: Final = "an inbound receipt notification, not about an email we sent"


class Outcome(StrEnum):
    FACTS = "facts"
    SETUP = "setup"
    """A message about the feed itself: acknowledged and dropped."""
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one message says; ``reason`` is for people, and empty for facts."""

    envelope: str
    """The wrappings, outermost first, joined by ``+``."""
    outcome: Outcome
    facts: tuple[Fact, ...]
    raw: str
    """The text to keep; it can be parsed again by itself, and any database can hold it."""
    reason: str = ""


class _UnreadableError(Exception):
    """The message has to be quarantined; the text says why."""


def parse_all(body: str) -> tuple[Parsed, ...]:
    """Return what each message in ``body`` says; at least one, and never raises."""
    return tuple(_read(message) for message in open_envelopes(body))


def parse(body: str) -> Parsed:
    """Return what ``body`` says as a whole; never raises.

    Where it holds several messages, it has the facts of all of them, and is quarantined as soon as
    one of them is. ``parse_all`` keeps them apart.
    """
    parts = parse_all(body)
    if len(parts) == 1:
        return parts[0]
    outcomes = {part.outcome for part in parts}
    order = (Outcome.QUARANTINED, Outcome.FACTS, Outcome.SETUP)
    return Parsed(
        envelope=parts[0].envelope,
        outcome=next(outcome for outcome in order if outcome in outcomes),
        facts=tuple(fact for part in parts for fact in part.facts),
        raw=storable(body),
        reason="; ".join(sorted({part.reason for part in parts if part.reason})),
    )


# --------------------------------------------------------------------------- one message


def _read(message: Message) -> Parsed:
    envelope = "+".join(message.envelope)
    set_up = _set_up(message)
    if set_up:
        return Parsed(envelope, Outcome.SETUP, (), message.raw, set_up)
    try:
        facts = _facts(message)
    except _UnreadableError as error:
        return Parsed(envelope, Outcome.QUARANTINED, (), message.raw, storable(str(error)))
    return Parsed(envelope, Outcome.FACTS, facts, message.raw)


def _set_up(message: Message) -> str:
    """Return what the message says about the feed itself; empty for any other message."""
    match message.content:
        case str(words) if words[:100].lower().startswith(_VALIDATION_TEXT):
            return "SES checked that it may publish to the topic"
        case {"notificationType": "AmazonSnsSubscriptionSucceeded"}:
            return "SES subscribed the topic to the notifications of an identity"
        case {"Type": "SubscriptionConfirmation"}:
            return "SNS asks to confirm a subscription"
        case {"Type": "UnsubscribeConfirmation"}:
            return "SNS confirms that a subscription was ended"
        case {"source": "aws.ses", "detail-type": str(kind)} if kind.startswith(_ACCOUNT_EVENTS):
            return f"about the account: {text(kind)}"
    return ""


def _facts(message: Message) -> tuple[Fact, ...]:
    if message.fault:
        raise _UnreadableError(message.fault)
    if not isinstance(message.content, dict):
        raise _UnreadableError("JSON, but not an object")
    event: dict[str, object] = message.content
    kind = text(event.get("eventType")) or text(event.get("notificationType"))
    if not kind:
        raise _UnreadableError(_stranger(event))
    if kind == "Received":
        raise _UnreadableError(_RECEIVED)
    mail = event.get("mail")
    if not isinstance(mail, dict):
        raise _UnreadableError(f"{kind} without a mail object")
    details = _own_object(kind, event)
    at = time_of(kind, details, mail)
    if at is None:
        raise _UnreadableError(f"{kind} without a time that can be read")
    common = Fact(
        type=kind,
        at=at,
        message_id=text(mail.get("messageId")),
        subtype=subtype(kind, details),
        tag=our_tag(mail.get("tags")),
        feedback_id=text(details.get("feedbackId")),
        diagnostic=diagnostic(kind, details),
        user_agent=text(details.get("userAgent")),
        ip=text(details.get("ipAddress")),
        link=text(details.get("link"), LONG),
    )
    if not common.message_id and common.tag is None:
        raise _UnreadableError(f"{kind} without mail.messageId and without our tag")
    return _per_recipient(common, details, mail)


def _own_object(kind: str, event: Mapping[str, object]) -> Mapping[str, object]:
    """Return the object named after the type; for a type not known yet the only one beside mail."""
    if kind in _OBJECTS:
        found = event.get(_OBJECTS[kind])
        return found if isinstance(found, dict) else {}
    others = [value for key, value in event.items() if isinstance(value, dict) and key != "mail"]
    return others[0] if len(others) == 1 else {}


def _stranger(event: Mapping[str, object]) -> str:
    if "detail-type" in event:
        source = text(event.get("source")) or "an unnamed source"
        return f"an EventBridge event of {source}, not about an email"
    for key in ("eventType", "notificationType"):
        if key in event:
            return f"{key} is not a word"
    return "neither eventType nor notificationType: not a message of SES"


def _per_recipient(
    common: Fact, details: Mapping[str, object], mail: Mapping[str, object]
) -> tuple[Fact, ...]:
    destination = [to for item in items(mail.get("destination")) if (to := address(item))]
    if common.type in _RECIPIENTS:
        named = [
            _of_recipient(common, item, to)
            for item in items(details.get(_RECIPIENTS[common.type]))
            if (to := address(item))
        ]
        return tuple(named) or (replace(common, reports_nobody=True),)
    if common.type in TIMED_BY_MAIL:
        return tuple(replace(common, recipient=to) for to in destination or [""])
    # Opens, clicks and the like name nobody; only a single destination leaves no doubt.
    return (replace(common, recipient=destination[0] if len(destination) == 1 else ""),)


def _of_recipient(common: Fact, item: object, recipient: str) -> Fact:
    own: Mapping[str, object] = item if isinstance(item, dict) else {}
    return replace(
        common,
        recipient=recipient,
        action=text(own.get("action")),
        enhanced_status=text(own.get("status")),
        diagnostic=text(own.get("diagnosticCode"), LONG) or common.diagnostic,
    )
