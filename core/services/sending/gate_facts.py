"""Collects the facts that the gate judges: from the database, and from SES live."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from email_validator import EmailNotValidError, validate_email

from core.db.engine import Reader
from core.db.reads import addresses as suppressions
from core.db.reads import chasing, gate, history
from core.mail.mime import one_line, sender_address, size_of
from core.model.documents import DocumentRow
from core.model.email import Draft, MailRoute
from core.model.enums import address_key, domain_of
from core.model.errors import ServiceError, UnansweredError
from core.model.history import Health
from core.model.ports import KnownEntries, MailRoutes, NothingKnown, SuppressionList
from core.model.suppressions import Release, Suppression
from core.rules.chasing.call_reminders import in_force
from core.rules.delivery.addresses import LONGEST_LOCAL_PART, is_too_long
from core.rules.gate.document_rules import FileFacts, PdfFacts
from core.rules.gate.domain_typos import candidates, meant, meant_of_ours
from core.rules.gate.gate import GateFacts, RecentEmail, RecipientFacts
from core.rules.monitoring.incidents import ProviderTrouble, extent, headline

Troubles = Callable[[Sequence[str]], Mapping[str, ProviderTrouble]]
"""Whose provider, of the addresses given, turns us away at the moment."""
_NOTHING_KNOWN: Final = NothingKnown()

SAME_WITHIN: Final = timedelta(days=7)
"""How long the same content to the same address is worth a question."""


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
    routes: MailRoutes | None = None,
    is_unreported: bool = False,
    known: KnownEntries = _NOTHING_KNOWN,
) -> GateFacts:
    """Return what is known now. A look-up that fails becomes a fact, never an exception."""
    addresses = (*draft.to, *draft.cc, *draft.bcc)
    recipients = look_at(
        reader, suppression_list, addresses, now=now, troubles=troubles, routes=routes
    )
    same = _same_content(reader, draft, recipients, document, now)
    recipients = tuple(
        replace(each, same=same.get(address_key(each.address))) for each in recipients
    )
    contacts = history.contacts(reader, document.customer_id)
    own = gate.own_suppressions(reader, [contact.address for contact in contacts])
    used = {address_key(each.address) for each in recipients}
    return GateFacts(
        kind=draft.kind,
        document_kind=document.kind,
        number=document.number,
        document_status=document.status,
        operator=operator,
        sender_problem=syntax_problem(sender_address(sender)) if sender else "It is not set.",
        recipients=recipients if draft.to else (),
        size=size_of(draft),
        today=tuple(
            _recent(email, document)
            for email in gate.emails_since(reader, document.customer_id, _today(now))
        ),
        holds=tuple(
            replace(hold, at=hold.at.astimezone())
            for hold in in_force(
                chasing.chase_of(reader, document.id, document.customer_id).holds, now
            )
        ),
        unsettled=tuple(
            _recent(email, document) for email in gate.unsettled_emails(reader, document.id)
        ),
        alternatives=tuple(
            contact.address
            for contact in contacts
            if address_key(contact.address) not in used
            and address_key(contact.address) not in own
            and not contact.health.is_bad
            and not any(not entry.ignored_by for entry in known.stored(contact.address))
        ),
        is_unreported=is_unreported,
        pdf=_pdf(draft, document),
        files=tuple(FileFacts(file.name) for file in draft.attachments),
        list_problem=known.problem(),
        reply_to_problem=mailbox_problem(draft.reply_to),
        missing=tuple(
            part
            for part, text in (("subject", one_line(draft.subject)), ("message", draft.body))
            if not text.strip()
        ),
    )


def _pdf(draft: Draft, document: DocumentRow) -> PdfFacts:
    path = document.pdf
    name = draft.expected_pdf or Path(path).name
    return PdfFacts(document.number, name, path, bool(path) and Path(path).is_file())


def look_at(
    reader: Reader,
    suppression_list: SuppressionList,
    asked: Sequence[str],
    *,
    now: datetime,
    troubles: Troubles = lambda _: {},
    routes: MailRoutes | None = None,
) -> tuple[RecipientFacts, ...]:
    """Return what is known of addresses, whatever is sent to them; each once, as SES gets it."""
    addresses = list(dict.fromkeys(map(_as_asked, asked)))
    problems = {address: syntax_problem(address) for address in addresses}
    well = [address for address in addresses if not problems[address]]
    dns = routes.ask({domain_of(address) for address in well}) if routes else dict[str, MailRoute]
    health = history.health(reader, addresses)
    own = suppressions.entries_of(reader, addresses)
    released = suppressions.releases(reader, addresses)
    spellings = gate.spellings(reader, addresses)
    trouble = {a: (headline(t, now), extent(t)) for a, t in troubles(addresses).items()}
    better = intended(reader, well)
    recipients = [
        _with_suppression(
            reader,
            suppression_list,
            RecipientFacts(
                address=address,
                syntax_problem=problems[address],
                meant=better.get(address, ""),
                own=_local_entry(own.get(address_key(address))),
                provider_trouble=trouble.get(address, ("", ""))[0],
                provider_extent=trouble.get(address, ("", ""))[1],
                health=_local(health.get(address_key(address), Health())),
                released=_local_release(released.get(address_key(address))),
            ),
            spellings[address_key(address)],
        )
        for address in addresses
    ]
    routed = dns()  # last: it was asked while everything else was
    return tuple(
        replace(each, route=routed.get(domain_of(each.address), MailRoute.UNKNOWN))
        for each in recipients
    )


def intended(reader: Reader, addresses: Sequence[str]) -> dict[str, str]:
    """Return the address that each was probably meant to be; without those that look right.

    ``addresses`` are valid ones.
    """
    near = {domain: candidates(domain) for domain in map(domain_of, addresses)}
    known = gate.delivered_addresses(reader, {*near, *(d for n in near.values() for d in n)})
    found: dict[str, str] = {}
    for address in addresses:
        domain = domain_of(address)
        better = "" if known.get(domain) else meant(domain) or meant_of_ours(domain, known)
        if better:
            found[address] = f"{address.rpartition('@')[0]}@{better}"
    return found


def _same_content(
    reader: Reader,
    draft: Draft,
    recipients: Sequence[RecipientFacts],
    document: DocumentRow,
    now: datetime,
) -> dict[str, RecentEmail]:
    earlier = gate.same_content(
        reader,
        [each.address for each in recipients],
        one_line(draft.subject),
        draft.body,
        [hashlib.sha256(file.content).hexdigest() for file in draft.attachments],
        now - SAME_WITHIN,
    )
    return {key: _recent(email, document) for key, email in earlier.items()}


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
    if is_too_long(address):
        return f"The part before the @ is longer than {LONGEST_LOCAL_PART} characters."
    return ""


def mailbox_problem(text: str) -> str:
    """Return why ``text``, with or without a name, is no place for answers; empty when it is."""
    return syntax_problem(sender_address(text)) if text.strip() else ""


def as_sent(address: str) -> str:
    """Return a valid address as it goes to SES: blanks removed, the domain in ASCII."""
    valid = validate_email(address.strip(), allow_smtputf8=False, check_deliverability=False)
    return valid.ascii_email or valid.normalized


def sender_as_sent(sender: str) -> str:
    """Return a From value as it goes to SES: a domain in other letters becomes Punycode.

    Others stay as they are, case included: SES knows senders by their exact letters. So does what
    is no address; the gate has words for that.
    """
    bare = sender_address(sender)
    if bare.isascii() or syntax_problem(bare):
        return sender
    return f"{sender.rpartition(bare)[0]}{as_sent(bare)}{sender.rpartition(bare)[2]}"


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
    ignored: Suppression | None = None
    try:
        for spelling in spellings:
            found = suppression_list.look_up(spelling)
            if found is not None and not found.ignored_by:
                return replace(facts, suppression=_with_cause(reader, found))
            ignored = ignored or found
    except UnansweredError as error:
        return replace(facts, lookup_problem=error.title)  # its hint is about calls that change
    except ServiceError as error:
        return replace(facts, lookup_problem=str(error))
    return facts if ignored is None else replace(facts, suppression=_with_cause(reader, ignored))


def _with_cause(reader: Reader, found: Suppression) -> Suppression:
    """Name the very email that caused it, where it is ours."""
    cause = history.email_by_message_id(reader, found.ses_message_id)
    found = replace(found, since=found.since.astimezone() if found.since else None)
    if cause is None:
        return found
    return replace(found, email_subject=cause[0], document_number=cause[1])


def _local_entry(entry: Suppression | None) -> Suppression | None:
    if entry is None or entry.since is None:
        return entry
    return replace(entry, since=entry.since.astimezone())


def _local_release(release: Release | None) -> Release | None:
    return None if release is None else replace(release, at=release.at.astimezone())


def _local(health: Health) -> Health:
    return replace(health, at=health.at.astimezone() if health.at else None)


def _today(now: datetime) -> datetime:
    """The last local midnight: *today* is the operator's."""
    local = now.astimezone()
    return datetime.combine(local.date(), time.min).astimezone()


def _recent(email: gate.EarlierEmail, document: DocumentRow) -> RecentEmail:
    return RecentEmail(
        number=email.number,
        same_document=email.document_id == document.id,
        sent_by=email.sent_by,
        at=email.at.astimezone(),
        word=email.word,
    )
