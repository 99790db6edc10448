"""Correct an address once, and send again whatever failed on the old one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import addresses
from core.db.reads import history as stored
from core.db.writes import contacts as contacts
from core.model.corrections import AddressOrigin, Correctable, Corrected, Proposal, Waiting
from core.model.delivery import DeliveryState
from core.model.email import Draft, SendOutcome, Verdict
from core.model.enums import EmailKind, address_key
from core.model.errors import InputError, NotFoundError
from core.model.history import Contact, EmailEntry, Health, RecipientEntry
from core.model.ports import Clock, SuppressionList
from core.model.suppressions import Suppression
from core.rules.chasing.attention import open_failure, repaired, verdict_on
from core.rules.delivery.status import FAILURES, is_reached
from core.rules.gate.gate import judge_address
from core.services import history
from core.services.sending.dispatch import Dispatch
from core.services.sending.drafts import draft
from core.services.sending.gate_facts import as_sent, intended, look_at, syntax_problem


@dataclass(frozen=True)
class Correcting:
    """From an address that failed to everything that waits for a better one."""

    database: Database
    dispatch: Dispatch
    clock: Clock
    operator: str

    # ----------------------------------------------------------------- looking

    def look(
        self, customer_id: int, document_id: int | None = None, address: str = ""
    ) -> Correctable:
        """Return the address to correct and what is known about better ones.

        It is ``address``; or the one that the document failed on; or the customer's primary one.

        Raises:
            NotFoundError: the customer is gone.
        """
        reader = self.database.reader
        name = addresses.customer_name(reader, customer_id)
        if name is None:
            raise NotFoundError("That customer is no longer in the database.")
        emails = stored.emails_of(reader, document_id) if document_id is not None else ()
        document = documents.document(reader, document_id) if document_id is not None else None
        known = stored.contacts(reader, customer_id)
        failed = _failed(emails, address)
        wrong = address or (failed.address if failed else _primary(known))
        health = stored.health(reader, [wrong]).get(address_key(wrong), Health())
        told = failed or self._told_by(health, wrong)
        others = addresses.customers_with(reader, wrong) if wrong else []
        return Correctable(
            customer_id=customer_id,
            customer=name,
            address=wrong,
            word=told.state.word if told else health.word,
            at=_failed_at(failed.state) if failed else health.at,
            diagnostic=told.state.diagnostic if told else health.diagnostic,
            cause=told.cause if told else "",
            advice=told.advice if told else "",
            document_number=document.number if failed and document else health.document_number,
            proposals=tuple(self._proposals(customer_id, wrong, known)),
            others=tuple(other for i, other in others if i != customer_id),
        )

    def _told_by(self, health: Health, address: str) -> RecipientEntry | None:
        """What the email that told last about the address says, where that was a failure."""
        if health.email_id is None or health.word not in FAILURES:
            return None
        email = stored.email(self.database.reader, health.email_id)
        return _failed([email], address) if email else None

    def _proposals(
        self, customer_id: int, wrong: str, known: Sequence[Contact]
    ) -> Iterator[Proposal]:
        """What was meant, contacts that were reached, what was reached before, other contacts."""
        reader = self.database.reader
        reached = addresses.reached_addresses(reader, customer_id)
        when = {address_key(address): at for address, at in reached}
        health = stored.health(reader, [*when, *(contact.address for contact in known)])
        bad = {key for key, each in health.items() if each.is_bad}
        spelling = {address_key(c.address): c.address for c in known}
        meant = [] if syntax_problem(wrong) else list(intended(reader, [as_sent(wrong)]).values())
        candidates = [
            *((address, AddressOrigin.MEANT) for address in meant),
            *((spelling[key], AddressOrigin.CONTACT) for key in when if key in spelling),
            *((address, AddressOrigin.EARLIER) for address, _ in reached),
            *((contact.address, AddressOrigin.CONTACT) for contact in known),
        ]
        seen = {address_key(wrong)} | bad
        for address, origin in candidates:
            if address_key(address) not in seen:
                seen.add(address_key(address))
                yield Proposal(address, origin, when.get(address_key(address)))

    def check(self, address: str) -> Verdict:
        """Return what speaks against an address, whatever is sent to it; SES's list asked live."""
        facts = look_at(
            self.database.reader,
            self.dispatch.suppression_list,
            [address],
            now=self.clock(),
            troubles=self.dispatch.troubles,
            routes=self.dispatch.routes,
        )
        return judge_address(facts[0])

    def customers_with(self, address: str, name: str = "") -> list[tuple[int, str]]:
        """Return customers with the address, or not reached there; ``name`` is a part of theirs."""
        return addresses.customers_with(self.database.reader, address, name)

    # ----------------------------------------------------------------- changing

    def save(self, old: str, new: str, customer_ids: Sequence[int]) -> Corrected:
        """Put ``new`` in the place of ``old``; who did it, when and what it was are kept.

        Raises:
            InputError: ``new`` is no address.
        """
        problem = syntax_problem(new.strip())
        if problem:
            raise InputError(f"{new!r} is not an email address.", problem)
        with self.database.transaction() as connection:
            names = contacts.correct(
                connection, customer_ids, old, as_sent(new), self.operator, self.clock()
            )
        return Corrected(old, as_sent(new), tuple(names))

    # ----------------------------------------------------------------- sending again

    def waiting(
        self, old: str, new: str, customer_ids: Sequence[int] | None = None
    ) -> tuple[Waiting, ...]:
        """Return what failed on ``old`` and nobody has mended, with the gate's verdict on ``new``.

        ``customer_ids`` of ``None`` is every customer. SES's list is asked once for all of them.
        """
        reader = self.database.reader
        ids = addresses.failed_documents(reader, old, customer_ids)
        deliveries = addresses.deliveries_of(reader, ids)
        judging = replace(
            self.dispatch, suppression_list=_AskedOnce(self.dispatch.suppression_list)
        )
        found = []
        for document_id in ids:
            failure = open_failure(old, deliveries[document_id])
            document = documents.document(reader, document_id)
            if failure is None or document is None:
                continue
            again = self._again(document_id, old, new)
            verdict = verdict_on(again, document, judging.check(again))
            at = _failed_at(failure.state) or failure.created_at
            found.append(Waiting(document, failure.state.word, at, verdict))
        return tuple(found)

    def resend(
        self, document_id: int, old: str, new: str, confirmed: bool, again: bool = False
    ) -> SendOutcome:
        """Send a document's email again, to ``new`` alone, if the gate lets it."""
        made = self._again(document_id, old, new)
        return self.dispatch.send(made, confirmed=confirmed, again=again)

    def _again(self, document_id: int, old: str, new: str) -> Draft:
        made = draft(self.database.reader, EmailKind.RESEND, document_id).draft
        return repaired(made, old, new)


class _AskedOnce:
    """SES's list as it answered within this look at many documents; each send asks it anew."""

    def __init__(self, asked: SuppressionList) -> None:
        self._asked = asked
        self._answers: dict[str, Suppression | None] = {}

    def look_up(self, address: str) -> Suppression | None:
        if address not in self._answers:
            self._answers[address] = self._asked.look_up(address)
        return self._answers[address]

    def listed(self, address: str) -> Sequence[Suppression]:
        return self._asked.listed(address)


def _failed_at(state: DeliveryState) -> datetime | None:
    return state.bounced_at or state.complained_at or state.dropped_at


def _primary(known: Sequence[Contact]) -> str:
    return known[0].address if known else ""


def _failed(emails: Sequence[EmailEntry], address: str) -> RecipientEntry | None:
    """The newest failure of a document, at ``address`` where one is given."""
    wanted = address_key(address)
    reached: set[str] = set()
    for email in emails:
        for entry in email.recipients:
            key = address_key(entry.address)
            if entry.state.word in FAILURES and key not in reached and wanted in ("", key):
                return history.explained(entry)
            if is_reached(entry.state):
                reached.add(key)
    return None
