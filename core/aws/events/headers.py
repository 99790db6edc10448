"""What an event of SES says about the email itself: who sent what to whom. Pure, lenient.

Only asked for where the event carries no tag of ours: our own emails are known already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Final

from core.aws.events.envelopes import storable
from core.aws.events.fields import address, instant, items, text
from core.model.delivery import DeliveryEvent
from core.model.enums import Role
from core.model.parsed_events import Addressee, MailSeen
from core.rules.delivery.addresses import bare_address
from core.rules.delivery.external_email import DOCUMENT_TAG

_MOST_ADDRESSEES: Final = 50
"""What one message of SES may have."""


def seen_in(event: object, facts: Sequence[DeliveryEvent]) -> MailSeen | None:
    """Return what ``event`` tells of its email, ``None`` for one of ours.

    Its ``facts`` stand in for what the mail object lacks.
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
