"""A small company whose documents went through everything that can happen to an email."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.mail.templates.wording import Occasion, Office, versions
from core.model.chasing import Call, Hold
from core.model.delivery import DeliveryEvent, DeliveryView, DocumentSummary
from core.model.documents import Amount, Awaited, CustomerRow, DocumentRow
from core.model.email import Change, Changes, Composition, Draft, KnownAddress, Version
from core.model.enums import (
    STATUSES,
    DisplayStatus,
    DocumentKind,
    EmailKind,
    Role,
    Status,
    address_key,
)
from core.model.history import Contact, DocumentLog, EmailEntry, Health, RecipientEntry
from core.model.suppressions import Suppression
from core.rules.chasing.call_reminders import needs_call, newest, summarise
from core.rules.delivery.bot_engagement import doubt
from core.rules.delivery.settling import settle
from core.rules.delivery.status import FAILURES, summarise_email
from core.rules.search.ranking import Candidate, Typed, number_rank
from core.rules.search.text import search_key

NOW = datetime(2026, 11, 20, 16, 3, 20, tzinfo=UTC)


@dataclass
class Customer:
    id: int
    name: str
    addresses: list[str]
    phone: str = ""


@dataclass
class Delivery:
    id: int
    address: str
    role: Role
    replaces: str | None = None
    facts: list[DeliveryEvent] = field(default_factory=list)
    accepted_at: datetime | None = None
    local: Status = Status.SENT


@dataclass
class Email:
    id: int
    document_id: int
    kind: EmailKind
    subject: str
    body: str
    at: datetime
    by: str
    deliveries: list[Delivery]


@dataclass
class Document:
    id: int
    customer_id: int
    kind: DocumentKind
    number: str
    status: str
    total: Decimal
    balance: Decimal
    due_on: date | None = None
    currency: str = "USD"
    pdf: str = ""


class Company:
    """Everything is derived from documents, emails and facts."""

    def __init__(self) -> None:
        self.customers: dict[int, Customer] = {}
        self.documents: dict[int, Document] = {}
        self.emails: dict[int, Email] = {}
        self.suppressed: dict[str, tuple[str, str]] = {}
        self.awaited: dict[int, Awaited] = {}
        self.holds: list[tuple[int, int | None, Hold]] = []
        self.calls: dict[int, list[Call]] = {}
        self.listed: dict[str, Suppression] = {}
        self._deliveries = 0

    # ------------------------------------------------------------------ building

    def customer(self, name: str, *addresses: str) -> Customer:
        made = Customer(len(self.customers) + 1, name, list(addresses))
        self.customers[made.id] = made
        return made

    def document(
        self,
        customer: Customer,
        number: str,
        status: str,
        total: str,
        balance: str,
        *,
        due_on: date | None = None,
    ) -> Document:
        made = Document(
            id=len(self.documents) + 1,
            customer_id=customer.id,
            kind=DocumentKind.ESTIMATE if number.startswith("EST") else DocumentKind.INVOICE,
            number=number,
            status=status,
            total=Decimal(total),
            balance=Decimal(balance),
            due_on=due_on,
        )
        self.documents[made.id] = made
        return made

    def email(
        self,
        document: Document,
        kind: EmailKind,
        subject: str,
        at: datetime,
        by: str,
        *recipients: tuple[str, list[DeliveryEvent]],
        body: str = "",
        cc: tuple[tuple[str, list[DeliveryEvent]], ...] = (),
    ) -> Email:
        deliveries = [
            self._delivery(address, role, facts, at)
            for role, given in ((Role.TO, recipients), (Role.CC, cc))
            for address, facts in given
        ]
        made = Email(len(self.emails) + 1, document.id, kind, subject, body, at, by, deliveries)
        self.emails[made.id] = made
        return made

    def _delivery(
        self, address: str, role: Role, facts: list[DeliveryEvent], at: datetime
    ) -> Delivery:
        self._deliveries += 1
        return Delivery(self._deliveries, address, role, None, list(facts), at)

    def add_email(self, draft: Draft, at: datetime, by: str) -> int:
        document = self.documents[draft.document_id]
        recipients = tuple((address, list[DeliveryEvent]()) for address in draft.to)
        copies = tuple((address, list[DeliveryEvent]()) for address in draft.cc)
        made = self.email(
            document, draft.kind, draft.subject, at, by, *recipients, body=draft.body, cc=copies
        )
        made.deliveries[0].replaces = draft.replaces
        return made.id

    def apply(self, document_id: int, fact: DeliveryEvent) -> None:
        """Give ``fact`` to the newest email of a document."""
        newest = self._of(document_id)[-1]
        for delivery in newest.deliveries:
            if not fact.recipient or address_key(fact.recipient) == address_key(delivery.address):
                delivery.facts.append(fact)

    def find(self, number: str) -> Document:
        return next(d for d in self.documents.values() if d.number == number)

    # ------------------------------------------------------------------ deriving

    def _of(self, document_id: int) -> list[Email]:
        mine = (email for email in self.emails.values() if email.document_id == document_id)
        return sorted(mine, key=lambda email: (email.at, email.id))

    def _views(self, email: Email) -> list[DeliveryView]:
        return [
            DeliveryView(
                email_id=email.id,
                created_at=email.at,
                role=delivery.role,
                address=delivery.address,
                replaces=delivery.replaces,
                state=settle(delivery.local, delivery.facts, delivery.accepted_at),
            )
            for delivery in email.deliveries
        ]

    def _summary(self, document: Document) -> DocumentSummary:
        views = [view for email in self._of(document.id) for view in self._views(email)]
        return summarise(views, document.balance, document.kind)

    def row(self, document_id: int) -> DocumentRow:
        document = self.documents[document_id]
        return DocumentRow(
            id=document.id,
            customer_id=document.customer_id,
            customer=self.customers[document.customer_id].name,
            kind=document.kind,
            number=document.number,
            status=document.status,
            currency=document.currency,
            total=document.total,
            balance_due=document.balance,
            issued_on=None,
            due_on=document.due_on,
            pdf=document.pdf,
            summary=self._summary(document),
            awaited=self.awaited.get(document.id),
            held_until=max(
                (
                    hold.resumes_at
                    for hold in newest(self.holds_about(document.customer_id, document_id))
                    if hold.resumes_at
                ),
                default=None,
            ),
            quiet_until=max(
                (call.at + timedelta(days=7) for call in self.calls.get(document_id, [])),
                default=None,
            ),
        )

    def holds_about(self, customer_id: int, document_id: int | None) -> tuple[Hold, ...]:
        """Newest first; a document's include its customer's."""
        return tuple(
            hold
            for whose, about, hold in reversed(self.holds)
            if whose == customer_id and about in (None, document_id)
        )

    def rows(self) -> list[DocumentRow]:
        return [self.row(document_id) for document_id in self.documents]

    def customer_rows(self) -> list[CustomerRow]:
        rows = self.rows()
        return [
            self._customer_row(c, [r for r in rows if r.customer_id == c.id])
            for c in self.customers.values()
        ]

    def entry(self, row: CustomerRow, typed: Typed, *, needs_attention: bool) -> Candidate:
        """Return the customer as a search may find it."""
        key = search_key(row.name)
        search = search_key(" ".join([row.name, *self.customers[row.id].addresses]))
        numbers = (d.number for d in self.rows() if d.customer_id == row.id and typed.key)
        ranks = [number_rank(typed.key, search_key(number)) for number in numbers]
        number = min((rank for rank in ranks if rank is not None), default=None)
        return Candidate(row.id, key, search, needs_attention, number)

    def _customer_row(self, customer: Customer, rows: list[DocumentRow]) -> CustomerRow:
        open_ = sum((row.balance_due for row in rows), Decimal(0))
        failed = [row.summary.unresolved for row in rows]
        times = [row.summary.last_sent_at for row in rows if row.summary.last_sent_at]
        return CustomerRow(
            id=customer.id,
            name=customer.name,
            address=customer.addresses[0] if customer.addresses else "",
            open_balance=(Amount(open_, "USD"),) if open_ else (),
            documents=len(rows),
            last_sent_at=max(times, default=None),
            bounced=sum(
                bool(f & {DisplayStatus.BOUNCED, DisplayStatus.SOFT_BOUNCED}) for f in failed
            ),
            complained=sum(DisplayStatus.COMPLAINED in f for f in failed),
            dropped=sum(DisplayStatus.DROPPED in f for f in failed),
            failed=sum(DisplayStatus.FAILED in f for f in failed),
            never_reached=sum(
                row.summary.never_reached and row.summary.send_count > 0 for row in rows
            ),
            needs_call=sum(bool(needs_call(row, NOW)) for row in rows),
            held_until=next(
                (hold.resumes_at for hold in newest(self.holds_about(customer.id, None))), None
            ),
        )

    def customer_matches(self, customer_id: int, text: str) -> bool:
        customer = self.customers[customer_id]
        return any(text in part.casefold() for part in (customer.name, *customer.addresses)) or any(
            document.number.casefold().startswith(text)
            for document in self.documents.values()
            if document.customer_id == customer_id
        )

    def contacts(self, customer_id: int) -> tuple[Contact, ...]:
        addresses = self.customers[customer_id].addresses
        return tuple(
            Contact(
                "",
                address,
                primary=index == 0,
                health=self._health(address),
                suppression=self.listed.get(address_key(address)),
            )
            for index, address in enumerate(addresses)
        )

    def _health(self, address: str) -> Health:
        newest: tuple[datetime, Email, DeliveryView] | None = None
        for email in self.emails.values():
            for view in self._views(email):
                if address_key(view.address) != address_key(address):
                    continue
                if newest is None or email.at > newest[0]:
                    newest = (email.at, email, view)
        if newest is None:
            return Health()
        _, email, view = newest
        state = view.state
        at = state.complained_at or state.bounced_at or state.dropped_at or state.delivered_at
        number = self.documents[email.document_id].number
        return Health(
            state.word,
            at or state.sent_at,
            soft_streak=int(state.word is DisplayStatus.SOFT_BOUNCED),
            diagnostic=state.diagnostic,
            email_id=email.id,
            document_number=number,
            subject=email.subject,
        )

    def log(self, document_id: int, as_of: datetime | None = None) -> DocumentLog:
        known = self if as_of is None else self._then(as_of)
        emails = tuple(known._entry(email) for email in reversed(known._of(document_id)))
        row = known.row(document_id)
        return DocumentLog(
            row,
            emails,
            self._moments(document_id),
            as_of,
            calls=tuple(reversed(known.calls.get(document_id, []))),
            holds=known.holds_about(row.customer_id, document_id),
            phone=self.customers[row.customer_id].phone,
        )

    def _then(self, as_of: datetime) -> Company:
        """The company as it was; here every fact is received when it happens."""
        past = deepcopy(self)
        past.emails = {key: email for key, email in past.emails.items() if email.at <= as_of}
        past.holds = [each for each in past.holds if each[2].at <= as_of]
        past.calls = {
            key: [call for call in calls if call.logged_at <= as_of]
            for key, calls in past.calls.items()
        }
        for email in past.emails.values():
            for delivery in email.deliveries:
                delivery.facts = [fact for fact in delivery.facts if fact.at <= as_of]
        return past

    def _moments(self, document_id: int) -> tuple[datetime, ...]:
        emails = self._of(document_id)
        facts = [f for email in emails for each in email.deliveries for f in each.facts]
        return tuple(sorted({*(email.at for email in emails), *(fact.at for fact in facts)}))

    def _entry(self, email: Email) -> EmailEntry:
        views = self._views(email)
        recipients = tuple(
            RecipientEntry(
                delivery_id=delivery.id,
                address=delivery.address,
                role=delivery.role,
                state=view.state,
                ses_message_id=f"0100-{delivery.id}",
                error="",
                opens=sum(fact.type == "Open" for fact in delivery.facts),
                clicks=sum(fact.type == "Click" for fact in delivery.facts),
                notes=(),
                open_doubt=doubt(delivery.facts, "Open", view.state.sent_at),
                click_doubt=doubt(delivery.facts, "Click", view.state.sent_at),
                cause="userunknown" if view.state.word in FAILURES else "",
                advice=STATUSES[view.state.word].advice,
            )
            for delivery, view in zip(email.deliveries, views, strict=True)
        )
        return EmailEntry(
            id=email.id,
            kind=email.kind,
            subject=email.subject,
            body=email.body,
            created_at=email.at,
            sent_by=email.by,
            attachments=(),
            recipients=recipients,
            summary=summarise_email(views),
        )

    def composition(self, kind: EmailKind, document_id: int) -> Composition:
        row = self.row(document_id)
        history = self.log(document_id).emails
        contacts = self.contacts(row.customer_id)
        last = row.summary.last_recipient
        to = (last,) if last else tuple(c.address for c in contacts[:1])
        if kind is EmailKind.RESEND and not history:
            kind = EmailKind.ORIGINAL
        wanted = kind if kind is EmailKind.FOLLOW_UP else EmailKind.ORIGINAL
        occasion = Occasion(row, contacts, history, NOW.date())
        texts, chosen = versions(Office("anna"), wanted, occasion, attached=False)
        changes = None
        if kind is EmailKind.RESEND:
            sent = next((e for e in history if e.kind is not EmailKind.FOLLOW_UP), history[0])
            as_sent = Version("as sent", sent.subject, sent.body or "Please find it attached.")
            texts, chosen = (as_sent, replace(texts[0], name="current document")), 0
            changes = Changes(sent.created_at, True, (Change("balance", "100 USD", "40 USD"),))
        draft = Draft(document_id, kind, to, texts[chosen].subject, texts[chosen].body)
        return Composition(
            draft,
            row,
            contacts,
            history,
            versions=texts,
            chosen=chosen,
            changes=changes,
            known=tuple(KnownAddress(contact, "contact") for contact in contacts),
        )
