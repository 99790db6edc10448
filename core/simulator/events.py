"""SES's event JSON, field for field: pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any, Final

from core.simulator.outcomes import SimulatedEvent
from core.simulator.state import Reason, Sent, SentMail, Suppressed, bare

SUBJECT: Final = "Amazon SES Email Event Notification"
VALIDATED: Final = "Successfully validated SNS topic for Amazon SES event publishing."

_MAX_HEADER_BYTES: Final = 10 * 1024
_API_NAMES: Final = {"DeliveryDelay": "DELIVERY_DELAY", "Rendering Failure": "RENDERING_FAILURE"}
_OBJECTS: Final = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}
_RETRY_WINDOW: Final = timedelta(minutes=840)
_MTA_ADDRESS: Final = "192.0.2.25"


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from the acceptance of a message to each report; all zero means at once."""

    send: float = 0.0
    delay: float = 0.0
    delivery: float = 0.0
    bounce: float = 0.0
    reply: float = 0.0
    complaint: float = 0.0
    open: float = 0.0
    click: float = 0.0

    @classmethod
    def paced(cls, delivery: float) -> Delays:
        """Return delays that look natural when a delivery takes that many seconds."""
        return cls(
            send=delivery / 8,
            delay=delivery / 2,
            delivery=delivery,
            bounce=delivery * 1.25,
            reply=delivery * 1.5,
            complaint=delivery * 3,
            open=delivery * 5,  # in the demo long enough after the delivery for a person
            click=delivery * 6.5,
        )

    def __post_init__(self) -> None:
        for each in fields(self):
            if not 0 <= getattr(self, each.name) < float("inf"):
                raise ValueError(f"The delay {each.name!r} is a number of seconds, zero or more.")


@dataclass(frozen=True, slots=True)
class Report:
    """One event, ready to publish ``after`` seconds; the same text however often it is sent."""

    after: float
    event_type: str
    """Upper snake case, as in ``MatchingEventTypes``."""
    configuration_set: str
    text: str
    suppress: tuple[Suppressed, ...] = ()


def reports(
    sent: Sent, steps: Sequence[SimulatedEvent], origin: SentMail, delays: Delays
) -> tuple[Report, ...]:
    """Return what SES publishes about one accepted message: ``Send``, then each step.

    Times go strictly up for one message, so that the natural order can be told from the JSON.
    """
    made = [
        _report(sent, SimulatedEvent("Send", "send", sent.recipients), origin, delays.send, sent.at)
    ]
    after, at = delays.send, sent.at
    for step in steps:
        if not _is_tracked(sent, step):
            continue
        after = max(after, getattr(delays, step.pace))
        at = max(at + timedelta(milliseconds=1), sent.at + timedelta(seconds=after + step.later))
        made.append(_report(sent, step, origin, after, at))
    return tuple(made)


def _is_tracked(sent: Sent, step: SimulatedEvent) -> bool:
    return {"Open": sent.track_opens, "Click": sent.track_clicks}.get(step.event, True)


def _report(
    sent: Sent, step: SimulatedEvent, origin: SentMail, after: float, at: datetime
) -> Report:
    feedback_id = origin.new_id(at)
    name = _OBJECTS.get(step.event, step.event.lower())
    mail = mail_object(sent, origin, is_outgoing=step.event == "Delivery")
    body = {name: event_object(sent, step, at, feedback_id, origin), "mail": mail}
    if step.event not in ("Bounce", "Complaint"):
        body = dict(reversed(body.items()))
    text = json.dumps({"eventType": step.event, **body}, separators=(",", ":"))
    return Report(
        after=after,
        event_type=_API_NAMES.get(step.event, step.event.upper()),
        configuration_set=sent.configuration_set,
        text=text + "\n",
        suppress=_entries(sent, step, step.suppress, at, feedback_id),
    )


def _entries(
    sent: Sent, step: SimulatedEvent, reason: Reason | None, at: datetime, feedback_id: str
) -> tuple[Suppressed, ...]:
    if reason is None:
        return ()
    return tuple(
        Suppressed(bare(address), reason, at, sent.message_id, feedback_id)
        for address in step.recipients
    )


def event_object(
    sent: Sent, step: SimulatedEvent, at: datetime, feedback_id: str, origin: SentMail
) -> dict[str, Any]:
    """Return the object named after the event's type."""
    detail, when = dict(step.detail), iso(at)
    mta = f"a4-10.smtp-out.{origin.region}.amazonses.com"
    if step.event == "Delivery":
        return {
            "timestamp": when,
            "processingTimeMillis": round((at - sent.at) / timedelta(milliseconds=1)),
            "recipients": [bare(each) for each in step.recipients],
            **detail,
            "remoteMtaIp": _MTA_ADDRESS,
            "reportingMTA": mta,
        }
    if step.event == "Bounce":
        made = {**detail, "timestamp": when, "feedbackId": feedback_id}
        if any("diagnosticCode" in each for each in detail["bouncedRecipients"]):
            made.setdefault("reportingMTA", f"dns; {mta}")
        return made
    if step.event == "Complaint":
        return _complaint(sent, detail, at, feedback_id)
    if step.event == "DeliveryDelay":
        expires = iso(sent.at + _RETRY_WINDOW)
        return {"timestamp": when, **detail, "expirationTime": expires, "reportingMTA": mta}
    if step.event in ("Open", "Click"):
        return {"timestamp": when, **detail}
    return detail  # Send is empty; Reject has a reason and no time


def _complaint(
    sent: Sent, detail: dict[str, Any], at: datetime, feedback_id: str
) -> dict[str, Any]:
    """Providers hide who complained: SES names everybody of that domain."""
    made = {**detail, "timestamp": iso(at), "feedbackId": feedback_id}
    if detail["complaintSubType"] is None:
        domain = _domain(detail["complainedRecipients"][0]["emailAddress"])
        everybody = [bare(each) for each in sent.recipients if _domain(each) == domain]
        made["complainedRecipients"] = [{"emailAddress": each} for each in everybody]
        made["arrivalDate"] = iso(at)
    return made


def _domain(address: str) -> str:
    return bare(address).rpartition("@")[2].lower()


def mail_object(sent: Sent, origin: SentMail, *, is_outgoing: bool = False) -> dict[str, Any]:
    """Return the ``mail`` object, the same in every event but for the Delivery's own tags."""
    headers, is_truncated = _within_limit(sent.headers)
    return {
        "timestamp": iso(sent.at),
        "source": sent.source,
        "sourceArn": sent.source_arn,
        "sendingAccountId": origin.account_id,
        "messageId": sent.message_id,
        "destination": list(sent.recipients),
        "headersTruncated": is_truncated,
        "headers": [{"name": name, "value": value} for name, value in headers],
        "commonHeaders": common_headers(sent),
        "tags": tags(sent, is_outgoing=is_outgoing),
    }


def tags(sent: Sent, *, is_outgoing: bool) -> dict[str, list[str]]:
    made = {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": [sent.operation],
        "ses:configuration-set": [sent.configuration_set],
        "ses:source-ip": [sent.source_ip],
        "ses:from-domain": [_domain(sent.source)],
        "ses:caller-identity": ["outtray-simulator"],
    }
    if is_outgoing:
        made["ses:outgoing-ip"] = ["192.0.2.10"]
        made["ses:outgoing-tls-version"] = ["TLSv1.3"]
    for name, value in sent.tags:
        made.setdefault(name, []).append(value)
    return made


def common_headers(sent: Sent) -> dict[str, Any]:
    """Return what SES calls a list and sends as an object.

    ``messageId`` is the message's own header for raw mail, and SES's id otherwise.
    """
    first: dict[str, str] = {}
    for name, value in sent.headers:
        first.setdefault(name.lower(), value)
    made: dict[str, Any] = {}
    for header, key in (("from", "from"), ("reply-to", "replyTo"), ("to", "to"), ("cc", "cc")):
        if header in first:
            made[key] = _addresses(first[header])
    if "date" in first:
        made["date"] = first["date"]
    made["messageId"] = first.get("message-id") or sent.message_id
    if "subject" in first:
        made["subject"] = _decoded(first["subject"])
    return made


def _addresses(value: str) -> list[str]:
    return [
        f"{_decoded(name)} <{address}>" if name else address
        for name, address in getaddresses([value])
    ]


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):
        return value


def _within_limit(
    headers: Sequence[tuple[str, str]],
) -> tuple[list[tuple[str, str]], bool]:
    size = 0
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        size += len(name.encode()) + len(value.encode()) + 4
        if size > _MAX_HEADER_BYTES:
            return kept, True
        kept.append((name, value))
    return kept, False


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
