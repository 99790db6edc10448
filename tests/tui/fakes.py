"""A backend in memory that behaves: real filters, real roll-ups, a gate with a suppression list.

Everything a row shows is derived from facts by ``core.rules.delivery.status``, as in the program.
Failures are switched on per method with ``fail``; ``hold`` keeps a method from answering until
``release``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.model.chase_state import CallEntry, ChaseState, Scope
from core.model.chasing import Call, Hold, HoldKind
from core.model.conditions import Condition
from core.model.database import DatabaseLook
from core.model.delivery import DeliveryEvent
from core.model.documents import (
    Amount,
    CustomerFilter,
    CustomerOrder,
    CustomerRow,
    DocumentFilter,
    DocumentOrder,
    DocumentRow,
    DocumentView,
    Found,
    Overview,
)
from core.model.email import (
    Composition,
    Decision,
    Draft,
    Finding,
    RecipientOutcome,
    SendOutcome,
    Verdict,
    Weight,
)
from core.model.enums import BEST_TO_WORST, DisplayStatus, EmailKind, address_key
from core.model.feed import FeedState, FeedStatus
from core.model.history import CustomerHeader, DocumentLog
from core.model.outbox import Batch, OutboxEntry, OutboxHold, OutboxOverview, Progress, WorkReport
from core.model.reports import Exported, IngestReport
from core.model.suppressions import ListState
from core.rules.chasing.call_reminders import in_force, is_ahead, needs_call
from core.rules.delivery.status import FAILURES
from core.rules.monitoring.delivery_latency import late_document
from core.rules.monitoring.feed_health import is_stuck
from core.rules.monitoring.incidents import Trouble
from core.rules.search.ranking import Rank, Typed, ranked
from core.settings.loading import Settings
from tests.answering import answers
from tests.tui.company import NOW, Company
from tests.tui.fake_composing import FakeComposing
from tests.tui.fake_linking import FakeLinking
from tests.tui.fake_lists import FakeLists
from tests.tui.fake_overviews import FakeAttention, FakeCounting
from tests.tui.fake_upkeep import FakeUpkeep

_CHIP_WORDS = {
    DocumentView.BOUNCED: {DisplayStatus.BOUNCED, DisplayStatus.SOFT_BOUNCED},
    DocumentView.COMPLAINED: {DisplayStatus.COMPLAINED},
    DocumentView.DROPPED: {DisplayStatus.DROPPED},
    DocumentView.FAILED: {DisplayStatus.FAILED},
}


class FakePreferences:
    """What a person's screens remember, for as long as a test lasts."""

    def __init__(self, enter: Callable[[str], None]) -> None:
        self.kept: dict[str, str] = {}
        self._enter = enter

    def get(self, key: str) -> str | None:
        self._enter("preferences")
        return self.kept.get(key)

    def put(self, key: str, value: str) -> None:
        self._enter("preferences")
        self.kept[key] = value
        if not value:
            del self.kept[key]


class FakeOutbox:
    """An outbox in memory: entries stay where a test puts them, until somebody decides."""

    per_second = 14.0

    def __init__(self, backend: FakeBackend) -> None:
        self._backend = backend
        self.listed: list[OutboxEntry] = []
        self.sent = 0
        self.holds: tuple[OutboxHold, ...] = ()
        self.acts: list[tuple[object, ...]] = []
        self.is_working = False
        self.why = ""

    def _count(self, word: DisplayStatus, batch_id: str | None = None) -> int:
        mine = (e for e in self.listed if batch_id in (None, e.batch_id))
        return sum(e.word is word for e in mine)

    def _progress(self, batch_id: str | None = None) -> Progress:
        return Progress(
            waiting=self._count(DisplayStatus.QUEUED, batch_id),
            going=self._count(DisplayStatus.SENDING, batch_id),
            sent=self.sent,
            failed=self._count(DisplayStatus.FAILED, batch_id),
            unconfirmed=self._count(DisplayStatus.UNCONFIRMED, batch_id),
        )

    def overview(self) -> OutboxOverview:
        ids = dict.fromkeys(e.batch_id for e in self.listed if e.batch_id)
        batches = tuple(Batch(i, NOW, "anna", self._progress(i)) for i in ids)
        return OutboxOverview(self._progress(), self.holds, batches)

    def entries(self) -> tuple[OutboxEntry, ...]:
        return tuple(self.listed)

    def work(self) -> WorkReport:
        if self.is_working and not self.holds:
            gone = [e for e in self.listed if e.word is DisplayStatus.QUEUED]
            self._change([e for e in self.listed if e not in gone])
            self.sent += len(gone)
        return WorkReport(waiting=self._count(DisplayStatus.QUEUED), words=self.why)

    def pause(self, note: str = "") -> None:
        self.holds = (OutboxHold("pause", "anna", NOW, None, note),)
        self._change(self.listed)

    def resume(self) -> bool:
        self.holds = ()
        self._change(self.listed)
        return True

    def cancel(self, delivery_ids: Sequence[int]) -> int:
        self.acts.append(("cancel", *delivery_ids))
        self._change([e for e in self.listed if e.delivery_id not in delivery_ids])
        return len(delivery_ids)

    def cancel_batch(self, batch_id: str) -> int:
        self.acts.append(("cancel_batch", batch_id))
        self._change([e for e in self.listed if e.batch_id != batch_id])
        return 1

    def settle_all(self, delivery_ids: Sequence[int], *, was_sent: bool, note: str) -> int:
        for each in delivery_ids:
            self._settle(each, was_sent=was_sent, note=note)
        return len(delivery_ids)

    def _settle(self, delivery_id: int, *, was_sent: bool, note: str) -> None:
        self.acts.append(("settle", delivery_id, was_sent, note))
        self._change([e for e in self.listed if e.delivery_id != delivery_id])

    def again(self, delivery_id: int) -> Composition:
        self.acts.append(("again", delivery_id))
        (entry,) = [e for e in self.listed if e.delivery_id == delivery_id]
        return self._backend.compose(entry.kind, entry.document_id)

    def _change(self, listed: Sequence[OutboxEntry]) -> None:
        self.listed = list(listed)
        self._backend._revision += 1


class FakeBackend(FakeUpkeep):
    """See the module. ``calls`` counts every method by name."""

    def __init__(self, company: Company, now: datetime, settings: Settings | None = None) -> None:
        self.company = company
        self.now = now
        self.outbox = FakeOutbox(self)
        self.settings = settings or Settings(
            database_url="sqlite:////srv/outtray.db",
            operator="anna",
            sender="billing@acme.example",
        )
        self.linking = FakeLinking(company, now, self._enter)
        self.current_trouble = Trouble()
        self.look: DatabaseLook | None = None
        self.on_wait: Callable[[], object] = lambda: None
        self.calls: dict[str, int] = {}
        self.sent: list[Draft] = []
        self.exported: list[tuple[int, Path | None]] = []
        self.status = FeedStatus(FeedState.LIVE, last_answer_at=now, waiting=0)
        self._revision = 1
        self._failures: dict[str, Exception] = {}
        self._gates: dict[str, threading.Event] = {}
        self._lock = threading.RLock()
        self._pending: list[tuple[int, DeliveryEvent]] = []
        self._has_pending = threading.Event()
        self._send_answer: SendOutcome | None = None
        self.customers = SimpleNamespace(
            count=self._count_customers,
            page=self._page_customers,
            find=self._find_customers,
            rows=self._customer_rows,
            position=self._customer_position,
            header=self._customer_header,
        )
        self.documents = SimpleNamespace(
            count=self._count_documents,
            page=self._page_documents,
            rows=self._document_rows,
            ids=self._document_ids,
            position=self._document_position,
            chip_counts=self._chip_counts,
            log=self._document_log,
            count_failed=self._count_failed,
        )
        self.composing = FakeComposing(self)
        self.attention = FakeAttention(company, now, self._enter)
        self.insights = FakeCounting(now, self._enter)
        self.preferences = FakePreferences(self._enter)
        self.suppressions = FakeLists(self._enter, now, self.settings.operator)

    # ------------------------------------------------------------------ for tests

    def fail(self, method: str, error: Exception | None) -> None:
        """Make ``method`` raise ``error`` from now on (``None``: work again)."""
        if error is None:
            self._failures.pop(method, None)
        else:
            self._failures[method] = error

    def hold(self, method: str) -> None:
        """Let ``method`` answer nobody until ``release``."""
        self._gates[method] = threading.Event()

    def release(self, method: str) -> None:
        self._gates.pop(method).set()

    def report(self, document_id: int, fact: DeliveryEvent) -> None:
        """SES reports ``fact`` about the newest email of a document; the next pull applies it."""
        with self._lock:
            self._pending.append((document_id, fact))
        self._has_pending.set()

    def answer_send(self, outcome: SendOutcome) -> None:
        """Let ``send`` answer this, as SES's mood may have it."""
        self._send_answer = outcome

    def change_elsewhere(self) -> None:
        """Another desk changed the database."""
        self._revision += 1

    def _enter(self, method: str) -> None:
        with self._lock:
            self.calls[method] = self.calls.get(method, 0) + 1
        gate = self._gates.get(method)
        if gate is not None:
            gate.wait(10)
        if method in self._failures:
            raise self._failures[method]

    # ------------------------------------------------------------------ customers

    def overview(self) -> Overview:
        self._enter("overview")
        documents = self.company.rows()
        lost = [row for row in documents if row.summary.never_reached and row.summary.send_count]
        return Overview(
            customers=len(self.company.customers),
            documents=len(documents),
            attention=sum(_needs_attention(row) for row in self.company.customer_rows()),
            bounced=sum(_has_chip(row, DocumentView.BOUNCED) for row in documents),
            never_reached=_total(lost),
            never_reached_documents=len(lost),
            unlinked=len(self.linking._shown(everything=False)),
        )

    def _customers(self, where: CustomerFilter) -> list[CustomerRow]:
        rows = [
            row
            for row in self.company.customer_rows()
            if (not where.attention or _needs_attention(row))
            and self.company.customer_matches(row.id, where.text.casefold())
        ]
        if where.sort.column is CustomerOrder.ATTENTION:
            return sorted(rows, key=lambda row: (not _needs_attention(row), -row.bounced, row.name))
        keys: dict[CustomerOrder, Callable[[CustomerRow], Any]] = {
            CustomerOrder.NAME: lambda row: row.name.casefold(),
            CustomerOrder.DOCUMENTS: lambda row: row.documents,
            CustomerOrder.LAST_SENT: lambda row: row.last_sent_at or _never(self.now),
        }
        key = keys[where.sort.column]
        return sorted(rows, key=lambda row: (key(row), row.id), reverse=where.sort.descending)

    def _count_customers(self, where: CustomerFilter) -> int:
        self._enter("count_customers")
        return len(self._customers(where))

    def _page_customers(
        self, where: CustomerFilter, offset: int, limit: int
    ) -> tuple[CustomerRow, ...]:
        self._enter("page_customers")
        return tuple(self._customers(where)[offset : offset + limit])

    def _find_customers(self, where: CustomerFilter, *, alike: bool = False) -> Found:
        self._enter("find_customers")
        typed = Typed.of(where.text)
        entries = [
            self.company.entry(row, typed, needs_attention=_needs_attention(row))
            for row in self.company.customer_rows()
            if not where.attention or _needs_attention(row)
        ]
        exact = ranked(typed, entries)
        places = ranked(typed, entries, alike=True) if alike or not exact else exact
        slips = sum(place.rank is Rank.ALIKE for place in places)
        few = len(exact) < 5 and not alike
        return Found(tuple(place.id for place in places), False, slips, few and bool(exact))

    def _customer_rows(self, customer_ids: Sequence[int]) -> tuple[CustomerRow, ...]:
        self._enter("customers")
        rows = {row.id: row for row in self.company.customer_rows()}
        return tuple(rows[key] for key in customer_ids if key in rows)

    def _customer_position(self, where: CustomerFilter, customer_id: int) -> int | None:
        self._enter("customer_position")
        ids = [row.id for row in self._customers(where)]
        return ids.index(customer_id) if customer_id in ids else None

    def _customer_header(self, customer_id: int) -> CustomerHeader:
        self._enter("customer_header")
        documents = [row for row in self.company.rows() if row.customer_id == customer_id]
        emails = [email for row in documents for email in self.company.log(row.id).emails]
        customer = self.company.customers[customer_id]
        return CustomerHeader(
            id=customer_id,
            name=customer.name,
            contacts=self.company.contacts(customer_id),
            open_balance=_total(row for row in documents if row.balance_due),
            documents=len(documents),
            emails=len(emails),
            follow_ups=sum(email.kind is EmailKind.FOLLOW_UP for email in emails),
            never_reached=_total(
                row for row in documents if row.summary.never_reached and row.summary.send_count
            ),
        )

    # ------------------------------------------------------------------ documents

    def _documents(self, where: DocumentFilter) -> list[DocumentRow]:
        rows = [
            row
            for row in self.company.rows()
            if (where.customer_id is None or row.customer_id == where.customer_id)
            and _has_chip(row, where.chip)
            and all(self._answers(row, condition) for condition in where.conditions)
            and all(
                part in f"{row.number} {row.customer} {row.summary.last_recipient}".casefold()
                for part in where.text.casefold().split()
            )
        ]
        keys: dict[DocumentOrder, Callable[[DocumentRow], Any]] = {
            DocumentOrder.LAST_SENT: lambda row: row.summary.last_sent_at or _never(self.now),
            DocumentOrder.NUMBER: lambda row: row.number.casefold(),
            DocumentOrder.CUSTOMER: lambda row: (row.customer.casefold(), row.customer_id),
            DocumentOrder.TOTAL: lambda row: row.total,
            DocumentOrder.BALANCE: lambda row: row.balance_due,
            DocumentOrder.SENDS: lambda row: row.summary.send_count,
            DocumentOrder.LAST_RECIPIENT: lambda row: row.summary.last_recipient,
            DocumentOrder.DELIVERY: lambda row: BEST_TO_WORST.index(row.summary.word),
        }

        def by_text(row: DocumentRow) -> Any:
            return str(getattr(row, where.sort.column))

        key = keys.get(where.sort.column, by_text)
        return sorted(rows, key=lambda row: (key(row), row.id), reverse=where.sort.descending)

    def _answers(self, row: DocumentRow, condition: Condition) -> bool:
        latest = next(iter(self.company.log(row.id).emails), None)
        return answers(
            row,
            condition,
            as_of=self.now,
            has_chip=_has_chip,
            sent_by=latest.sent_by if latest else "",
            addresses=tuple(self.company.customers[row.customer_id].addresses),
        )

    def _count_documents(self, where: DocumentFilter) -> int:
        self._enter("count_documents")
        return len(self._documents(where))

    def _page_documents(
        self, where: DocumentFilter, offset: int, limit: int
    ) -> tuple[DocumentRow, ...]:
        self._enter("page_documents")
        return tuple(self._documents(where)[offset : offset + limit])

    def _document_position(self, where: DocumentFilter, document_id: int) -> int | None:
        self._enter("document_position")
        ids = [row.id for row in self._documents(where)]
        return ids.index(document_id) if document_id in ids else None

    def _document_ids(self, where: DocumentFilter, limit: int) -> tuple[int, ...]:
        self._enter("document_ids")
        return tuple(row.id for row in self._documents(where)[:limit])

    def _document_rows(self, document_ids: Sequence[int]) -> tuple[DocumentRow, ...]:
        self._enter("documents")
        rows = {row.id: row for row in self.company.rows()}
        return tuple(rows[each] for each in document_ids if each in rows)

    def _chip_counts(self, where: DocumentFilter) -> Mapping[DocumentView, int]:
        self._enter("chip_counts")
        return {chip: len(self._documents(replace(where, chip=chip))) for chip in DocumentView}

    def _document_log(self, document_id: int, as_of: datetime | None = None) -> DocumentLog:
        self._enter("document_log")
        return self.company.log(document_id, as_of)

    # ------------------------------------------------------------------ sending

    def compose(self, kind: EmailKind, document_id: int) -> Composition:
        self._enter("compose")
        return self.composing.with_kept(self.company.composition(kind, document_id))

    def check(self, draft: Draft) -> Verdict:
        self._enter("check")
        return self._verdict(draft)

    def _verdict(self, draft: Draft) -> Verdict:
        findings: list[Finding] = []
        row = self.company.row(draft.document_id)
        for address in draft.to:
            if "@" not in address:
                findings.append(
                    Finding(Weight.REFUSE, "syntax", f"{address} is not an email address.")
                )
            elif address_key(address) in self.company.suppressed:
                reason, detail = self.company.suppressed[address_key(address)]
                findings.append(
                    Finding(Weight.REFUSE, "suppressed", reason, detail, "Use another address.")
                )
        if not draft.to:
            findings.append(Finding(Weight.REFUSE, "no_address", "There is no address."))
        if row.status == "PAID" and draft.kind is EmailKind.FOLLOW_UP:
            findings.append(
                Finding(Weight.ASK, "document_paid", "This invoice is paid.", "Paid on 3 Nov.")
            )
        return Verdict(tuple(findings))

    def recover(self) -> int:
        return 0

    def outbox_waiting(self) -> int:
        return self.outbox.overview().progress.waiting

    def send(self, draft: Draft, confirmed: bool, again: bool = False) -> SendOutcome:
        self._enter("send")
        if self._send_answer is not None:
            return self._send_answer
        verdict = self._verdict(draft)
        number = self.company.row(draft.document_id).number
        stopped = verdict.decision is Decision.REFUSE or (
            verdict.decision is Decision.ASK and not confirmed
        )
        if stopped:
            return SendOutcome(number, None, verdict)
        with self._lock:
            self.sent.append(draft)
            self.composing.kept.pop((draft.document_id, draft.kind), None)
            email_id = self.company.add_email(draft, self.now, self.settings.operator)
            self._revision += 1
        sent = tuple(RecipientOutcome(address, DisplayStatus.SENT, "0100") for address in draft.to)
        return SendOutcome(number, email_id, verdict, sent)

    # ------------------------------------------------------------------ feed

    def pull(self, wait_seconds: int) -> IngestReport:
        self._enter("pull")
        self._has_pending.wait(min(wait_seconds, 0.05))
        with self._lock:
            pending, self._pending = self._pending, []
            self._has_pending.clear()
            for document_id, fact in pending:
                self.company.apply(document_id, fact)
                self._revision += 1
        return IngestReport(read=len(pending), applied=len(pending))

    def feed_status(self) -> FeedStatus:
        self._enter("feed_status")
        return self.status

    def trouble(self) -> Trouble:
        self._enter("trouble")
        return self.current_trouble

    def read_suppressions(self) -> ListState:
        return self.suppressions.state

    def _count_failed(self) -> int:
        self._enter("count_failed")
        chips = (DocumentView.BOUNCED, DocumentView.COMPLAINED, DocumentView.DROPPED)
        return sum(_has_chip(row, chip) for row in self.company.rows() for chip in chips)

    def revision(self) -> int:
        self._enter("revision")
        return self._revision

    def database_look(self) -> DatabaseLook | None:
        return self.look

    def when_a_change_waits(self, call: Callable[[], object]) -> None:
        self.on_wait = call

    def close(self) -> None:
        self._enter("close")

    # ------------------------------------------------------------------ chasing

    @property
    def chasing(self) -> FakeChasing:
        return FakeChasing(self)

    def export_evidence(self, document_id: int, to: Path | None = None) -> Exported:
        self._enter("export_evidence")
        self.exported.append((document_id, to))
        return Exported(to or Path("evidence"), 7, 3, 12_000)


class FakeChasing:
    """Keeps holds and calls in the company; the rules are the program's."""

    def __init__(self, backend: FakeBackend) -> None:
        self._backend = backend
        self._company = backend.company

    def standing(self, scope: Scope) -> ChaseState:
        self._backend._enter("standing")
        customer = self._company.customers[scope.customer_id]
        holds = self._company.holds_about(scope.customer_id, scope.document_id)
        force = tuple(in_force(holds, self._backend.now))
        return ChaseState(customer.name, customer.phone, holds, force, ("Ada Nord",))

    def _put(self, scope: Scope, kind: HoldKind, until: date | None, note: str) -> ChaseState:
        resumes = None if until is None else datetime.combine(until, time()).astimezone(UTC)
        now = self._backend.now + timedelta(microseconds=len(self._company.holds))
        whole = scope.document_id is None
        hold = Hold(kind, until, resumes, note, self._backend.settings.operator, now, whole)
        self._company.holds.append((scope.customer_id, scope.document_id, hold))
        self._backend._revision += 1
        return self.standing(scope)

    def hold(self, scope: Scope, kind: HoldKind, until: date, note: str = "") -> ChaseState:
        self._backend._enter("hold")
        return self._put(scope, kind, until, note)

    def lift(self, scope: Scope, note: str = "") -> ChaseState:
        self._backend._enter("lift")
        return self._put(scope, self.standing(scope).in_force[0].kind, None, note)

    def log_call(self, document_id: int, entry: CallEntry) -> Call:
        self._backend._enter("log_call")
        now, by = self._backend.now, self._backend.settings.operator
        calls = self._company.calls.setdefault(document_id, [])
        call = Call(
            len(calls) + 1, entry.at or now, by, entry.contact, entry.outcome, entry.note, now
        )
        calls.append(call)
        if entry.hold_until is not None:
            row = self._company.row(document_id)
            self._put(Scope.of(row), HoldKind.PROMISE, entry.hold_until, entry.note)
        self._backend._revision += 1
        return call


def _needs_attention(row: CustomerRow) -> bool:
    return bool(row.bounced or row.complained or row.dropped or row.failed or row.never_reached)


def _has_chip(row: DocumentRow, chip: DocumentView) -> bool:
    summary = row.summary
    if chip is DocumentView.ALL:
        return True
    if chip is DocumentView.ATTENTION:
        return bool(summary.unresolved & FAILURES)
    if chip is DocumentView.LATE:
        return late_document(row, NOW) is not None
    if chip is DocumentView.NEEDS_CALL:
        return bool(needs_call(row, NOW))
    if chip is DocumentView.SNOOZED:
        return is_ahead(row.held_until, NOW)
    if chip is DocumentView.STUCK:
        return is_stuck(summary.word, summary.last_sent_at, NOW)
    if chip is DocumentView.NEVER_REACHED:
        return summary.never_reached and bool(summary.send_count)
    if chip in _CHIP_WORDS:
        return bool(summary.unresolved & _CHIP_WORDS[chip])
    return summary.word.value.lower() == chip.value


def _total(rows: object) -> tuple[Amount, ...]:
    totals: dict[str, Amount] = {}
    for row in rows:  # type: ignore[attr-defined]
        before = totals.get(row.currency)
        value = row.balance_due + (before.value if before else 0)
        totals[row.currency] = Amount(value, row.currency)
    return tuple(totals.values())


def _never(now: datetime) -> datetime:
    return datetime.min.replace(tzinfo=now.tzinfo)


def as_backend(fake: FakeBackend) -> Any:
    """The fake where the program wants its backend; it has only the part that screens call."""
    return fake
