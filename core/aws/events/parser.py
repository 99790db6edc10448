"""One text body from the feed → the events in it. Pure, and nothing in a body makes it raise.

Source of the fields: the guide's pages on event publishing (``eventType``) and on identity
notifications (``notificationType``). What an event *means* is decided by
``core.rules.delivery.status``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from core.aws.events import mail_reports
from core.aws.events.envelopes import Message, open_envelopes, storable
from core.aws.events.fields import (
    LONG,
    OUR_TAG,
    TIMED_BY_MAIL,
    address,
    diagnostic,
    instant,
    items,
    our_tag,
    provider,
    seen_in,
    subtype,
    text,
    time_of,
)
from core.aws.events.files import split_bodies
from core.model.delivery import DeliveryEvent
from core.model.feed import AccountNotice, NoticeKind
from core.model.reports import BodyOutcome, Parsed
from core.rules.delivery import events as event_words
from core.rules.monitoring.incidents import ACCOUNT

__all__ = ["OUR_TAG", "BodyOutcome", "Parsed", "parse", "parse_all", "split_bodies"]

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
_EMAIL: Final = "email"
_RECEIVED: Final = "an inbound receipt notification, not about an email we sent"
type_of_fact = Callable[..., DeliveryEvent]
"""Makes a fact of what is known already and what is still named."""


class _UnreadableError(Exception):
    """The message has to be quarantined; the text says why."""


def parse_all(body: str) -> tuple[Parsed, ...]:
    """Return what each message in ``body`` says; at least one, and never raises."""
    if mail_reports.is_email(body):
        return _read_email(body)
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
    order = (BodyOutcome.QUARANTINED, BodyOutcome.FACTS, BodyOutcome.SETUP)
    return Parsed(
        envelope=parts[0].envelope,
        outcome=next(outcome for outcome in order if outcome in outcomes),
        facts=tuple(fact for part in parts for fact in part.facts),
        raw=storable(body),
        reason="; ".join(sorted({part.reason for part in parts if part.reason})),
    )


def _read_email(body: str) -> tuple[Parsed, ...]:
    """A bounce or a complaint that came as an email; each of its recipients is a message."""
    raw = storable(body)
    try:
        events = mail_reports.read(body)
    except mail_reports.ReportError as error:
        told = mail_reports.notification_in(body)
        if told:
            return tuple(
                _read(replace(m, envelope=(_EMAIL, *m.envelope), raw=raw))
                for m in open_envelopes(told)
            )
        return (Parsed(_EMAIL, BodyOutcome.QUARANTINED, (), raw, storable(str(error))),)
    return tuple(_read(Message((_EMAIL,), event, raw)) for event in events)


# --------------------------------------------------------------------------- one message


def _read(message: Message) -> Parsed:
    envelope = "+".join(message.envelope)
    if is_notice(message.content):
        return _read_notice(message, envelope)
    set_up = _set_up(message)
    if set_up:
        return Parsed(envelope, BodyOutcome.SETUP, (), message.raw, set_up)
    try:
        facts = _facts(message)
    except _UnreadableError as error:
        return Parsed(envelope, BodyOutcome.QUARANTINED, (), message.raw, storable(str(error)))
    mail = seen_in(message.content, facts)
    return Parsed(envelope, BodyOutcome.FACTS, facts, message.raw, mail=mail)


def _read_notice(message: Message, envelope: str) -> Parsed:
    notice = read_notice(message.content)
    if notice is None:
        reason = "a word about the account without a time that can be read"
        return Parsed(envelope, BodyOutcome.QUARANTINED, (), message.raw, reason)
    reason = f"about {notice.subject}: {notice.kind.value} {'open' if notice.is_open else 'over'}"
    return Parsed(envelope, BodyOutcome.SETUP, (), message.raw, reason, notice=notice)


def _set_up(message: Message) -> str:
    """Return what the message says about the feed itself; empty for any other message."""
    content = message.content
    if isinstance(content, dict) and "mail" in content and "eventType" in content:
        return ""  # nearly always; looked at first because it is the quickest
    match content:
        case str(words) if words[:100].lower().startswith(_VALIDATION_TEXT):
            return "SES checked that it may publish to the topic"
        case {"notificationType": "AmazonSnsSubscriptionSucceeded"}:
            return "SES subscribed the topic to the notifications of an identity"
        case {"Type": "SubscriptionConfirmation"}:
            return "SNS asks to confirm a subscription"
        case {"Type": "UnsubscribeConfirmation"}:
            return "SNS confirms that a subscription was ended"
    return ""


def _facts(message: Message) -> tuple[DeliveryEvent, ...]:
    if message.fault:
        raise _UnreadableError(message.fault)
    if not isinstance(message.content, dict):
        raise _UnreadableError("JSON, but not an object")
    event: dict[str, object] = message.content
    kind = event_words.event_type(
        text(event.get("eventType")) or text(event.get("notificationType"))
    )
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
    message_id = event_words.message_id(text(mail.get("messageId")))
    tag = our_tag(mail.get("tags"))
    if not message_id and tag is None:
        raise _UnreadableError(f"{kind} without mail.messageId and without our tag")
    common = partial(  # what is the same for every recipient
        DeliveryEvent,
        type=kind,
        at=at,
        message_id=message_id,
        subtype=subtype(kind, details),
        tag=tag,
        feedback_id=text(details.get("feedbackId")),
        diagnostic=diagnostic(kind, details),
        user_agent=text(details.get("userAgent")),
        ip=text(details.get("ipAddress")),
        link=text(details.get("link"), LONG),
        isp=provider(details, mail),
    )
    return tuple(_per_recipient(kind, common, details, mail))


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
    kind: str, common: type_of_fact, details: Mapping[str, object], mail: Mapping[str, object]
) -> Iterator[DeliveryEvent]:
    if kind in _RECIPIENTS:
        told = [
            (item, to)
            for item in items(details.get(_RECIPIENTS[kind]))
            if (to := address(item)) or isinstance(item, dict)
        ]
        for item, to in told:
            yield _of_recipient(common, item, to)
        if not told:
            yield common()  # it names nobody; its tag or its id still tells which email it is about
        return
    destination = [to for item in items(mail.get("destination")) if (to := address(item))]
    if kind in TIMED_BY_MAIL:
        for to in destination or [""]:
            yield common(recipient=to)
    else:  # opens, clicks and the like name nobody; only a single destination leaves no doubt
        yield common(recipient=destination[0] if len(destination) == 1 else "")


def _of_recipient(common: type_of_fact, item: object, recipient: str) -> DeliveryEvent:
    if not isinstance(item, dict):
        return common(recipient=recipient)
    words = text(item.get("diagnosticCode"), LONG)
    return common(
        recipient=recipient,
        action=text(item.get("action")),
        enhanced_status=text(item.get("status")),
        **({"diagnostic": words} if words else {}),
    )


#: detail-type in small letters → what it says. Its end is *Resolved* or *Closed*, by the page.
_SAYS: Final = {
    "sending status disabled": (NoticeKind.SENDING, True),
    "sending status enabled": (NoticeKind.SENDING, False),
    "advisor recommendation status open": (NoticeKind.ADVICE, True),
    "advisor recommendation status resolved": (NoticeKind.ADVICE, False),
    "advisor recommendation status closed": (NoticeKind.ADVICE, False),
}
#: Part of an ARN → how it is called, the narrowest first.
_SUBJECTS: Final = (
    ("tenant", "tenant"),
    ("configuration-set", "configuration set"),
    ("identity", "identity"),
)


def is_notice(content: object) -> bool:
    """Whether a message is about sending itself.

    The shape is that of the guide's page on tenants and of the EventBridge reference: ``resources``
    says whom it concerns, ``detail.data`` what for, ``time`` when.
    """
    return (
        isinstance(content, dict)
        and content.get("source") == "aws.ses"
        and text(content.get("detail-type")).lower() in _SAYS
    )


def read_notice(content: object) -> AccountNotice | None:
    """Return what ``is_notice`` has found; ``None`` where it says not when."""
    if not isinstance(content, dict):
        return None
    at = instant(content.get("time"))
    if at is None:
        return None
    kind, is_open = _SAYS[text(content.get("detail-type")).lower()]
    detail = content.get("detail")
    found: dict[str, object] = detail if isinstance(detail, dict) else {}
    subject = _subject(content.get("resources"))
    if kind is NoticeKind.ADVICE:
        about = _first(found, ("metadata", "type"), ("data", "type"), ("type",)).lower()
        subject = f"{subject} ({about})" if about else subject
    words = _first(
        found,
        ("data", "record", "cause"),
        ("data", "cause"),
        ("data", "description"),
        ("data",),
        ("cause",),
    )
    return AccountNotice(kind, subject, at, is_open=is_open, words=words)


def _subject(resources: object) -> str:
    arns = [text(arn) for arn in resources] if isinstance(resources, list) else [text(resources)]
    for part, name in _SUBJECTS:
        for found in _named(arns, part):
            return f"{name} {found}"
    return ACCOUNT


def _named(arns: list[str], part: str) -> Iterator[str]:
    """``acme`` of ``arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1``."""
    for arn in arns:
        pieces = arn.rpartition(":")[2].split("/")
        if len(pieces) > 1 and pieces[0] == part and pieces[1]:
            yield pieces[1]


def _first(detail: dict[str, object], *paths: tuple[str, ...]) -> str:
    for path in paths:
        value: object = detail
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if found := text(value):
            return found.rstrip(".")
    return ""
