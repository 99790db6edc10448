"""Single fields of an SES event, read leniently: a wrong type is the same as no value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from typing import Final

from core.aws.events.envelopes import storable
from core.model.delivery import DeliveryEvent
from core.model.enums import Role
from core.model.reports import Addressee, MailSeen
from core.rules.delivery import events
from core.rules.delivery.addresses import bare_address
from core.rules.delivery.external_email import DOCUMENT_TAG

#: The name of our message tag; its value is the opaque id of a delivery.
OUR_TAG: Final = "outtray"
_ISP_TAG: Final = "ses:recipient-isp"

#: Types whose object has no timestamp of its own: they happen when SES takes the message.
TIMED_BY_MAIL: Final = frozenset({"Send", "Reject", "Rendering Failure"})
#: Types that must have one: ``mail.timestamp`` says when SES took the message, not when it bounced.
_TIMED_BY_THEMSELVES: Final = frozenset(
    {"Bounce", "Complaint", "Delivery", "DeliveryDelay", "Open", "Click", "Subscription"}
)

_SHORT: Final = 1_000
_YEAR_OF_SES: Final = 2010
#: Room for any answer of a server and any link; the whole stays in the raw text.
LONG: Final = 16_000
_ZONE_APART: Final = re.compile(r"(?<!\s)\s+(?=(?:[+-]\d\d:?\d\d|Z)$)")
_UTC_IN_WORDS: Final = re.compile(r"(?<!\s)\s*+(?:UTC|GMT|Z)$", re.IGNORECASE)
_INSTANT: Final = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d", re.IGNORECASE)
_EPOCH: Final = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_MILLISECONDS: Final = 100_000_000_000
"""A number from here on counts milliseconds: in seconds it would be the year 5138."""


def text(value: object, limit: int = _SHORT) -> str:
    """Return a trimmed string that any database can hold; empty for whatever is not a string."""
    return storable(value[: limit * 2].strip()[:limit]) if isinstance(value, str) else ""


def items(value: object) -> list[object]:
    """Return the entries of a list; a single one may stand without its list."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | dict) else []


def address(item: object) -> str:
    """Return the bare address of ``a@b``, ``"Name" <a@b>`` or ``{"emailAddress": …}``."""
    written = text(item.get("emailAddress") if isinstance(item, dict) else item)
    if written.endswith(">") and "<" in written:
        return written[written.rindex("<") + 1 : -1].strip()
    return written


def instant(value: object) -> datetime | None:
    """Return an aware time in UTC; one without a zone is taken as UTC.

    ISO 8601 in the spellings that were seen, RFC 5322, and seconds or milliseconds since 1970,
    as a number or in digits.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(value)
    written = _UTC_IN_WORDS.sub("Z", _ZONE_APART.sub("", text(value)))
    if _EPOCH.fullmatch(written):
        return _since_1970(float(written))
    if not _INSTANT.match(written):
        return _in_words(text(value))  # a date alone is no time of an event
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _since_1970(value: float) -> datetime | None:
    try:
        seconds = value / 1_000 if value >= _MILLISECONDS else value
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.year > _YEAR_OF_SES else None  # a small number counts something else


def _in_words(written: str) -> datetime | None:
    """``Fri, 20 Nov 2026 14:00:00 +0000``, as emails have it."""
    if written.count(":") < 1:
        return None
    try:
        at = parsedate_to_datetime(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def time_of(
    kind: str, details: Mapping[str, object], mail: Mapping[str, object]
) -> datetime | None:
    """Return when the event happened, from its own object wherever its type has a time there."""
    if kind in TIMED_BY_MAIL:
        return instant(mail.get("timestamp"))
    own = instant(details.get("timestamp"))
    if own is None and kind not in _TIMED_BY_THEMSELVES:
        return instant(mail.get("timestamp"))  # a type not known yet
    return own


def our_tag(tags: object) -> str | None:
    """Return the value of our tag; SES writes a list of values, others a plain string."""
    if not isinstance(tags, dict):
        return None
    values = (text(value) for value in items(tags.get(OUR_TAG)))
    return next((value for value in values if value), None)


def provider(details: Mapping[str, object], mail: Mapping[str, object]) -> str:
    """Return whom SES names as the recipient's provider, or else the host that reported."""
    tags = mail.get("tags")
    named = items(tags.get(_ISP_TAG)) if isinstance(tags, dict) else []
    isp = next((text(value) for value in named), "")
    host = text(details.get("reportingMTA")).rpartition(";")[2].strip()
    return isp or ("" if host.endswith("amazonses.com") else host)  # its own says nothing


def subtype(kind: str, details: Mapping[str, object]) -> str:
    """Return ``Permanent/General``, the complaint's subtype or feedback type, or the delay type."""
    match kind:
        case "Bounce":
            parts = (text(details.get("bounceType")), text(details.get("bounceSubType")))
            return events.detail("/".join(parts)) if any(parts) else ""
        case "Complaint":
            subtype = text(details.get("complaintSubType"))
            feedback = text(details.get("complaintFeedbackType"))
            is_telling = events.is_list(subtype) or not feedback
            return events.detail(subtype if is_telling else feedback)
        case "DeliveryDelay":
            return events.detail(text(details.get("delayType")))
    return ""


def diagnostic(kind: str, details: Mapping[str, object]) -> str:
    """Return the words about the whole message; a recipient's own words take precedence."""
    key = {"Delivery": "smtpResponse", "Reject": "reason", "Rendering Failure": "errorMessage"}
    return text(details.get(key.get(kind, "")), LONG)


_MOST_ADDRESSEES: Final = 50
"""What one message of SES may have."""


def seen_in(event: object, facts: Sequence[DeliveryEvent]) -> MailSeen | None:
    """Return what ``event`` tells of its email, ``None`` for one of ours.

    Its ``facts`` stand in for what the mail object lacks.

    Only asked for where the event carries no tag of ours: our own emails are known already.
    """
    if not facts or facts[0].tag is not None or not isinstance(event, dict):
        return None
    mail = event.get("mail")
    return _mail_seen(event, mail, facts) if isinstance(mail, dict) else None


def _mail_seen(
    event: Mapping[str, object], mail: Mapping[str, object], facts: Sequence[DeliveryEvent]
) -> MailSeen:
    common = mail.get("commonHeaders")
    headers: Mapping[str, object] = common if isinstance(common, dict) else {}
    tags = mail.get("tags")
    values = items(tags.get(DOCUMENT_TAG)) if isinstance(tags, dict) else []
    return MailSeen(
        message_id=facts[0].message_id,
        at=instant(mail.get("timestamp")) or min(fact.at for fact in facts),
        source=text(mail.get("source")),
        subject=_subject(mail, headers),
        addressees=_addressees(mail, headers)
        or tuple(Addressee(to) for to in sorted({f.recipient for f in facts if f.recipient})),
        documents=tuple(sorted({value for item in values if (value := text(item))})),
        region=_region(text(mail.get("sourceArn"))),
        header_id=text(headers.get("messageId")),
        published=isinstance(event.get("eventType"), str) and event["eventType"] != "",
    )


def _subject(mail: Mapping[str, object], headers: Mapping[str, object]) -> str:
    """The common headers have it decoded; the plain ones as it was on the wire."""
    subject = text(headers.get("subject"))
    if not subject:
        for item in items(mail.get("headers")):
            if isinstance(item, dict) and text(item.get("name")).lower() == "subject":
                subject = text(item.get("value"))
    return _decoded(subject) if "=?" in subject else subject


def _decoded(subject: str) -> str:
    try:
        return text(storable(str(make_header(decode_header(subject)))))
    except (HeaderParseError, LookupError, ValueError):
        return subject


def _addressees(mail: Mapping[str, object], headers: Mapping[str, object]) -> tuple[Addressee, ...]:
    """The envelope's recipients; the headers tell their roles, and who is in neither is a Bcc."""
    role_of: dict[str, Role] = {}
    for name, role in (("cc", Role.CC), ("to", Role.TO)):
        role_of.update((bare_address(address(item)), role) for item in items(headers.get(name)))
    found: dict[str, Addressee] = {}
    for item in items(mail.get("destination"))[:_MOST_ADDRESSEES]:
        bare = address(item)
        key = bare_address(bare)
        if bare and key not in found:
            found[key] = Addressee(bare, role_of.get(key, Role.BCC) if role_of else None)
    return tuple(found[key] for key in sorted(found))


def _region(arn: str) -> str:
    """``arn:aws:ses:eu-west-1:123456789012:identity/outtray.example``"""
    parts = arn.split(":")
    return parts[3] if len(parts) > 4 and parts[2] == "ses" else ""
