"""Reports that came as emails: delivery status notifications (RFC 3464), abuse reports (RFC 5965).

Where neither SNS nor event publishing is set, SES sends bounces and complaints as emails to the
sender; a person may have kept them as ``.eml``. Each becomes what SES would have published, so that
one reader serves both. Pure; raises nothing but ``ReportError``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from email import message_from_string
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

_FIELD: Final = r"[A-Za-z][A-Za-z0-9_.-]*:.*\n(?:[ \t].*\n)*"
_HEAD: Final = re.compile(rf"(?:>?From \S.*\n)?((?:{_FIELD}){{2,}})")
#: A log has lines like fields, but none of these.
_OF_EMAILS: Final = re.compile(
    r"^(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|Content-Type):", re.I | re.M
)
_LOOKED_AT: Final = 16_000
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_REPLY_CODE: Final = re.compile(r"\b([245])\d\d[ -]")
_SES_ID: Final = re.compile(r"<?([^<>@\s]+)@(?:[a-z0-9-]+\.)?amazonses\.com>?", re.IGNORECASE)
#: Words of SES itself about its lists, for which events have a subtype.
_LISTS: Final = (
    ("suppression list for your account", "OnAccountSuppressionList"),
    ("suppression list for your tenant", "OnTenantSuppressionList"),
    ("amazon ses has suppressed sending to this address", "Suppressed"),
)
_BOUNCE_TYPES: Final = {"5": "Permanent", "4": "Transient"}
_DECODER: Final = json.JSONDecoder(strict=False)
_DELIVERED: Final = ("delivered", "relayed", "expanded")

type_of_event = dict[str, object]


class ReportError(Exception):
    """It is an email, but no report that can be read; the text says why."""


def is_email(text: str) -> bool:
    """Whether ``text`` begins like the source of an email."""
    head = _HEAD.match(_unix(text[:_LOOKED_AT]))
    return head is not None and _OF_EMAILS.search(head[1]) is not None


def read(text: str) -> tuple[type_of_event, ...]:
    """Return the events that an email reports, as event publishing would have written them.

    Raises:
        ReportError: it reports nothing, or says not when.
    """
    try:
        message = message_from_string(_unix(text))
        found = _read(message, list(message.walk()))
    except (MessageError, LookupError, ValueError, RecursionError) as error:
        raise ReportError(f"an email that cannot be read: {error}") from error
    if not found:
        raise ReportError("an email, but no report about one")
    return found


def notification_in(text: str) -> str:
    """Return what SNS sent to an address that subscribed to a topic; empty where it is nothing.

    Below it SNS writes how to unsubscribe.
    """
    try:
        message = message_from_string(_unix(text))
        parts = [part for part in message.walk() if part.get_content_type() == "text/plain"]
        contents = [part.get_payload(decode=True) for part in parts]
    except (MessageError, LookupError, ValueError, RecursionError):
        return ""
    for content in contents:
        words = content.decode("utf-8", "replace").lstrip() if isinstance(content, bytes) else ""
        if words.startswith("{"):
            with suppress(ValueError, RecursionError):
                return words[: _DECODER.raw_decode(words)[1]]
    return ""


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n")


def _read(message: Message, parts: Sequence[Message]) -> tuple[type_of_event, ...]:
    mail = _mail(parts)
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return tuple(_statuses(message, part, mail))
        if kind == "message/feedback-report":
            return (_complaint(message, part, mail),)
    return ()


# --------------------------------------------------------------------------- delivery status


def _statuses(message: Message, part: Message, mail: type_of_event) -> Iterator[type_of_event]:
    """One event a recipient: each has its own action, and may have its own time."""
    blocks = [block for block in _blocks(part) if block.keys()]
    if not blocks:
        return
    reporter = _value(blocks[0], "Reporting-MTA")
    for block in blocks[1:] or blocks:
        at = _time(block, "Last-Attempt-Date") or _time(message, "Date")
        if not at:
            raise ReportError("a delivery report without a time that can be read")
        common = {"timestamp": at, "reportingMTA": reporter}
        yield {"mail": mail, **_status(block, common, _text(message, "Message-ID"))}


def _blocks(part: Message) -> Sequence[Message]:
    payload = part.get_payload()
    several = payload if isinstance(payload, list) else []
    return [each for each in several if isinstance(each, Message)]


def _status(block: Message, common: Mapping[str, object], report_id: str) -> type_of_event:
    action = _text(block, "Action").lower()
    address = _value(block, "Final-Recipient") or _value(block, "Original-Recipient")
    words = _text(block, "Diagnostic-Code")
    status = _STATUS.search(_text(block, "Status"))
    recipient = {
        "emailAddress": address,
        "action": action,
        "status": status[0] if status else "",
        "diagnosticCode": words,
    }
    if action in _DELIVERED:
        delivery = {**common, "recipients": [address], "smtpResponse": words}
        return {"eventType": "Delivery", "delivery": delivery}
    if action == "delayed":
        delay = {**common, "delayType": "General", "delayedRecipients": [recipient]}
        return {"eventType": "DeliveryDelay", "deliveryDelay": delay}
    bounce = {
        **common,
        "bounceType": _bounce_type(recipient["status"], words),
        "bounceSubType": _subtype(words),
        "bouncedRecipients": [recipient],
        "feedbackId": report_id,
    }
    return {"eventType": "Bounce", "bounce": bounce}


def _bounce_type(status: str, words: str) -> str:
    if _subtype(words) != "General":
        return "Permanent"  # a list stopped it
    code = _REPLY_CODE.search(words)
    return _BOUNCE_TYPES.get(status[:1] or (code[1] if code else ""), "Undetermined")


def _subtype(words: str) -> str:
    folded = " ".join(words.lower().split())
    return next((subtype for phrase, subtype in _LISTS if phrase in folded), "General")


# --------------------------------------------------------------------------- abuse


def _complaint(message: Message, part: Message, mail: type_of_event) -> type_of_event:
    report = next(iter(_blocks(part)), part)
    at = _time(message, "Date") or _time(report, "Arrival-Date", "Received-Date")
    if not at:
        raise ReportError("an abuse report without a time that can be read")
    named = [_bare(value) for value in report.get_all("Original-Rcpt-To", [])]
    destination = mail.get("destination")
    everybody = destination if isinstance(destination, list) else []
    complaint = {
        "timestamp": at,
        "complaintFeedbackType": _text(report, "Feedback-Type").lower(),
        "userAgent": _text(report, "User-Agent"),
        "complainedRecipients": [{"emailAddress": each} for each in named or everybody],
        "feedbackId": _text(message, "Message-ID"),
    }
    return {"eventType": "Complaint", "complaint": complaint, "mail": mail}


# --------------------------------------------------------------------------- the email it is about


def _mail(parts: Sequence[Message]) -> type_of_event:
    """What the report repeats of the email that it is about, as SES's mail object has it."""
    original = next(filter(None, map(_original, parts)), None)
    if original is None:
        return {"messageId": ""}
    headers: list[str] = [*original.get_all("To", []), *original.get_all("Cc", [])]
    return {
        "messageId": _message_id(_text(original, "Message-ID")),
        "timestamp": _time(original, "Date"),
        "source": _text(original, "From"),
        "destination": [address for _, address in getaddresses(list(map(str, headers))) if address],
        "commonHeaders": {"subject": _decoded(_text(original, "Subject"))},
    }


def _original(part: Message) -> Message | None:
    if part.get_content_type() == "message/rfc822":
        return next(iter(_blocks(part)), None)
    if part.get_content_type() == "text/rfc822-headers":
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return message_from_string(content.decode("utf-8", "replace"))
    return None


def _message_id(header: str) -> str:
    """SES's own id as its events have it; of an email that did not go through SES, the header's."""
    found = _SES_ID.fullmatch(header.strip())
    return found[1] if found else header.strip().strip("<>")


# --------------------------------------------------------------------------- fields


def _text(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _value(message: Message, name: str) -> str:
    """What follows the type of ``rfc822; ann@customer.example``."""
    before, semicolon, after = _text(message, name).partition(";")
    return _bare(after if semicolon else before)


def _bare(value: object) -> str:
    return str(value).strip().strip("<>").strip()


def _decoded(subject: str) -> str:
    try:
        return str(make_header(decode_header(subject)))
    except (LookupError, ValueError, MessageError):
        return subject


def _time(message: Message, *names: str) -> str:
    for name in names:
        try:
            return parsedate_to_datetime(_text(message, name)).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ""
