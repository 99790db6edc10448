"""A ``SendEmail`` request becomes one message with an envelope, or a refusal: pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Any, Final

from core.simulator.service import SesError, bad_request
from core.simulator.state import bare

_MAX_RECIPIENTS: Final = 50
_MAX_MESSAGE_BYTES: Final = 40 * 1024 * 1024
_MAX_LINE_BYTES: Final = 1000
_MAX_TAG_LENGTH: Final = 255
_TAG_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_TAG_VALUE: Final = re.compile(r"[A-Za-z0-9_.@-]+")
_SINGLE_HEADERS: Final = frozenset(
    {
        *("from", "sender", "reply-to", "to", "cc", "subject", "date"),
        *("message-id", "mime-version", "content-type"),
    }
)
# The start of the EICAR test file, plain and in base64: enough to know it, not the file itself.
_VIRUS_MARKS: Final = (rb"X5O!P%@AP[4\PZX54", b"WDVPIVAlQEFQWzRcUFpYNTQ")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was asked for, checked in form; whether the account may send it is another matter."""

    source: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    configuration_set: str
    is_raw: bool
    raw: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    track_opens: bool = True
    track_clicks: bool = True

    @property
    def recipients(self) -> tuple[str, ...]:
        return (*self.to, *self.cc, *self.bcc)

    @property
    def has_virus(self) -> bool:
        return any(mark in self.raw for mark in _VIRUS_MARKS)


def read_request(body: Mapping[str, Any]) -> Draft:
    """Read the JSON of ``SendEmail``.

    Raises:
        SesError: the request is malformed; nothing was accepted.
    """
    content = body.get("Content") or {}
    is_raw = "Raw" in content
    raw = _raw(content["Raw"]) if is_raw else _simple(body, content)
    headers = read_headers(raw)
    if is_raw:
        _check_headers(headers)
    source = body.get("FromEmailAddress") or _first(headers, "from")
    if not source:
        raise bad_request("Missing required header 'From'.")
    to, cc, bcc = _envelope(body, headers)
    _check_recipients((*to, *cc, *bcc))
    tracking = (body.get("ConfigurationOverrides") or {}).get("Tracking") or {}
    return Draft(
        source=source,
        to=to,
        cc=cc,
        bcc=bcc,
        tags=_tags(body, headers),
        configuration_set=body.get("ConfigurationSetName")
        or _first(headers, "x-ses-configuration-set"),
        is_raw=is_raw,
        raw=raw,
        headers=headers,
        track_opens=tracking.get("OpenTrackingEnabled", "ENABLED") == "ENABLED",
        track_clicks=tracking.get("ClickTrackingEnabled", "ENABLED") == "ENABLED",
    )


def read_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Return the headers in their order, unfolded, as text that JSON can carry."""
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
    return tuple((name, _text(str(value))) for name, value in parsed.items())


def _text(value: str) -> str:
    unfolded = value.replace("\r", "").replace("\n", "")
    return unfolded.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _first(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _raw(raw: Mapping[str, Any]) -> bytes:
    data = _decoded(raw.get("Data"))
    if len(data) > _MAX_MESSAGE_BYTES:
        raise SesError(
            "MessageRejected",
            f"Message length is more than {_MAX_MESSAGE_BYTES} bytes long: '{len(data)}'.",
        )
    if any(len(line) > _MAX_LINE_BYTES for line in data.split(b"\n")):
        # The limit is documented; AWS's own words for it are in no capture.
        raise bad_request(f"A line of the raw message exceeds {_MAX_LINE_BYTES} characters.")
    return data


def _decoded(data: object) -> bytes:
    if not isinstance(data, str) or not data:
        raise bad_request("Missing required field: Data.")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request("Data is not base64.") from error


def _check_headers(headers: Sequence[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for name, _ in headers:
        lower = name.lower()
        if lower in seen and lower in _SINGLE_HEADERS:
            raise bad_request(f"Duplicate header '{name}'.")
        seen.add(lower)
    if "from" not in seen:
        raise bad_request("Missing required header 'From'.")


def _simple(body: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    """Write the message that SES would make of ``Content.Simple``."""
    if "Template" in content:
        raise bad_request("The local stand-in sends Raw and Simple content, no templates.")
    simple = content.get("Simple")
    if not simple or not simple.get("Subject") or not simple.get("Body"):
        raise bad_request("Missing required field: Content.")
    destination = body.get("Destination") or {}
    message = EmailMessage(policy=policy.SMTP)
    try:
        message["From"] = body.get("FromEmailAddress") or ""
        for header, key in (("To", "ToAddresses"), ("Cc", "CcAddresses")):
            if destination.get(key):
                message[header] = ", ".join(destination[key])
        if body.get("ReplyToAddresses"):
            message["Reply-To"] = ", ".join(body["ReplyToAddresses"])
        message["Subject"] = simple["Subject"]["Data"]
        for header in simple.get("Headers") or ():
            message[header["Name"]] = header["Value"]
        _write_body(message, simple["Body"])
        for attachment in simple.get("Attachments") or ():
            _attach(message, attachment)
        return message.as_bytes()
    except (ValueError, KeyError, TypeError, MessageError) as error:
        raise bad_request(f"Invalid content: {error}") from error


def _write_body(message: EmailMessage, body: Mapping[str, Any]) -> None:
    text, html = body.get("Text"), body.get("Html")
    if text:
        message.set_content(text["Data"])
    if html and text:
        message.add_alternative(html["Data"], subtype="html")
    elif html:
        message.set_content(html["Data"], subtype="html")
    if not text and not html:
        raise bad_request("Missing required field: Body.")


def _attach(message: EmailMessage, attachment: Mapping[str, Any]) -> None:
    kind = attachment.get("ContentType") or "application/octet-stream"
    main, _, sub = kind.partition(";")[0].strip().partition("/")
    content_id = attachment.get("ContentId")
    message.add_attachment(
        _decoded(attachment.get("RawContent")),
        maintype=main,
        subtype=sub or "octet-stream",
        filename=attachment["FileName"],
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        cid=f"<{content_id}>" if content_id else None,
    )


def _envelope(
    body: Mapping[str, Any], headers: Sequence[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return To, Cc and Bcc: the request's ``Destination`` if given, else the message's own."""
    destination = body.get("Destination") or {}
    to, cc, bcc = (
        tuple(destination.get(key) or ()) for key in ("ToAddresses", "CcAddresses", "BccAddresses")
    )
    if not (to or cc or bcc):
        to, cc, bcc = (_header_addresses(headers, name) for name in ("to", "cc", "bcc"))
    return to, cc, bcc


def _header_addresses(headers: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    values = [value for key, value in headers if key.lower() == name]
    return tuple(address for _, address in getaddresses(values) if address)


def _check_recipients(recipients: Sequence[str]) -> None:
    if not recipients:
        raise bad_request("Destination has no recipient.")
    if len(recipients) > _MAX_RECIPIENTS:
        raise bad_request(f"Recipient count exceeds {_MAX_RECIPIENTS}.")
    for recipient in recipients:
        if problem := _address_problem(recipient):
            raise bad_request(problem)


def _address_problem(recipient: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in recipient):
        return "Address contains a control character."
    local, at, domain = bare(recipient).rpartition("@")
    if not at or not domain:
        return "Missing final '@domain'"
    if domain.startswith("."):
        return "Domain starts with dot"
    if not recipient.isascii():
        return "Address contains non-ASCII characters"
    if not local or re.search(r"[\s]", local):
        return "Local address contains control or whitespace"
    return ""


def _tags(
    body: Mapping[str, Any], headers: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Return the request's tags, or else the header's: SES does not merge them."""
    given = [(tag.get("Name", ""), tag.get("Value", "")) for tag in body.get("EmailTags") or ()]
    if not given and (header := _first(headers, "x-ses-message-tags")):
        pairs = (pair.partition("=") for pair in header.split(",") if pair.strip())
        given = [(name.strip(), value.strip()) for name, _, value in pairs]
    for name, value in given:
        _check_tag("name", name, _TAG_NAME, "'_', '-'")
        _check_tag("value", value, _TAG_VALUE, "'_', '-', '.', '@'")
    return tuple(given)


def _check_tag(part: str, text: str, allowed: re.Pattern[str], marks: str) -> None:
    if not text:
        raise bad_request(f"The tag {part} must be specified.")
    if len(text) > _MAX_TAG_LENGTH:
        raise bad_request(f"Tag {part} cannot exceed {_MAX_TAG_LENGTH} characters.")
    if not allowed.fullmatch(text):
        raise bad_request(
            f"Invalid tag {part} <{text}>: only alphanumeric ASCII characters, {marks} are allowed."
        )
