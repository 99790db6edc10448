"""Collects the facts that the gate judges: from the database, and from SES live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from core.attaching import FileFacts, PdfFacts
from core.db import gatefacts, history
from core.db.engine import Reader
from core.errors import ServiceError, UnansweredError
from core.gate import GateFacts, RecentEmail, RecipientFacts
from core.message import sender_address
from core.model import DocumentRow, Draft, Health, Suppression, address_key
from core.ports import SuppressionList
from core.trouble import ProviderTrouble, extent, headline

Troubles = Callable[[Sequence[str]], Mapping[str, ProviderTrouble]]
"""Whose provider, of the addresses given, turns us away at the moment."""


def gather(
    reader: Reader,
    suppression_list: SuppressionList,
    draft: Draft,
    document: DocumentRow,
    *,
    sender: str,
    operator: str,
    now: datetime,
    troubles: Troubles = lambda _: {},
) -> GateFacts:
    """Return what is known now. A look-up that fails becomes a fact, never an exception."""
    addresses = list(dict.fromkeys(map(_as_asked, (*draft.to, *draft.cc, *draft.bcc))))
    contacts = history.contacts(reader, document.customer_id)
    health = history.health(reader, addresses)
    own = gatefacts.own_suppressions(reader, [*addresses, *(c.address for c in contacts)])
    spellings = gatefacts.spellings(reader, addresses)
    trouble = {a: (headline(t, now), extent(t)) for a, t in troubles(addresses).items()}
    recipients = tuple(
        _with_suppression(
            reader,
            suppression_list,
            RecipientFacts(
                address=address,
                syntax_problem=syntax_problem(address),
                own=own.get(address_key(address)),
                provider_trouble=trouble.get(address, ("", ""))[0],
                provider_extent=trouble.get(address, ("", ""))[1],
                health=_local(health.get(address_key(address), Health())),
            ),
            spellings[address_key(address)],
        )
        for address in addresses
    )
    used = {address_key(address) for address in addresses}
    return GateFacts(
        kind=draft.kind,
        document_kind=document.kind,
        number=document.number,
        document_status=document.status,
        operator=operator,
        sender_problem=syntax_problem(sender_address(sender)) if sender else "It is not set.",
        recipients=recipients if draft.to else (),
        today=tuple(
            _recent(email, document)
            for email in gatefacts.emails_since(reader, document.customer_id, _today(now))
        ),
        unsettled=tuple(
            _recent(email, document) for email in gatefacts.unsettled_emails(reader, document.id)
        ),
        alternatives=tuple(
            contact.address
            for contact in contacts
            if address_key(contact.address) not in used
            and address_key(contact.address) not in own
            and not contact.health.is_bad
        ),
        pdf=_pdf(draft, document),
        body=draft.body,
        files=tuple(FileFacts(file.name, len(file.content)) for file in draft.attachments),
    )


def _pdf(draft: Draft, document: DocumentRow) -> PdfFacts:
    path = document.pdf
    name = draft.expected_pdf or Path(path).name
    return PdfFacts(document.number, name, path, bool(path) and Path(path).is_file())


def syntax_problem(address: str) -> str:
    """Return why SES would not take this address; empty when it would.

    SES takes no non-ASCII local part (no SMTPUTF8); other domains travel as Punycode.
    """
    if "=?" in address:
        return "It could be read as an encoded word, and then as another address."
    try:
        validate_email(address, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return ""


def as_sent(address: str) -> str:
    """Return a valid address as it goes to SES: blanks removed, the domain in ASCII."""
    valid = validate_email(address.strip(), allow_smtputf8=False, check_deliverability=False)
    return valid.ascii_email or valid.normalized


def _as_asked(address: str) -> str:
    """The address that SES would get: lists and history know it in this form only."""
    return address if syntax_problem(address.strip()) else as_sent(address)


def _with_suppression(
    reader: Reader,
    suppression_list: SuppressionList,
    facts: RecipientFacts,
    spellings: Sequence[str],
) -> RecipientFacts:
    if facts.syntax_problem:
        return facts
    try:
        for spelling in spellings:
            found = suppression_list.look_up(spelling)
            if found is not None:
                return replace(facts, suppression=_with_cause(reader, found))
    except UnansweredError as error:
        return replace(facts, lookup_problem=error.title)  # its hint is about calls that change
    except ServiceError as error:
        return replace(facts, lookup_problem=str(error))
    return facts


def _with_cause(reader: Reader, found: Suppression) -> Suppression:
    """Name the very email that caused it, where it is ours."""
    cause = history.email_by_message_id(reader, found.ses_message_id)
    found = replace(found, since=found.since.astimezone() if found.since else None)
    if cause is None:
        return found
    return replace(found, email_subject=cause[0], document_number=cause[1])


def _local(health: Health) -> Health:
    return replace(health, at=health.at.astimezone() if health.at else None)


def _today(now: datetime) -> datetime:
    """The last local midnight: *today* is the operator's."""
    local = now.astimezone()
    return datetime.combine(local.date(), time.min).astimezone()


def _recent(email: gatefacts.EarlierEmail, document: DocumentRow) -> RecentEmail:
    return RecentEmail(
        number=email.number,
        same_document=email.document_id == document.id,
        sent_by=email.sent_by,
        at=email.at.astimezone(),
        word=email.word,
    )
