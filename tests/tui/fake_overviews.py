"""Needs attention and Insights in memory, over the company of the tests; the rules are real."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from core.model.attention import AttentionChip, AttentionRow, Failure
from core.model.documents import DocumentRow
from core.model.enums import DisplayStatus
from core.model.insights import CauseCount, DomainCount, FollowUps, Insights, Tally
from core.rules.chasing.attention import days_overdue, has_news, score, signs, what_is_wrong
from core.rules.chasing.call_reminders import is_ahead, needs_call
from core.rules.delivery.status import FAILURES
from core.rules.monitoring.deliverability import added, by_day, first_day, median, times
from tests.tui.company import Company


class FakeAttention:
    """Acknowledgements of one person; ``acts`` remembers what was asked."""

    def __init__(self, company: Company, now: datetime, enter: Callable[[str], None]) -> None:
        self._company, self._now, self._enter = company, now, enter
        self.seen: dict[int, frozenset[str]] = {}

    def _failures(self, document_id: int) -> list[Failure]:
        return [
            Failure(
                r.delivery_id,
                r.state.word,
                r.address,
                r.state.bounced_at
                or r.state.complained_at
                or r.state.dropped_at
                or email.created_at,
                r.state.diagnostic,
                r.state.enhanced_status,
                r.state.subtype,
            )
            for email in self._company.log(document_id).emails
            for r in email.recipients
            if r.state.word in FAILURES | {DisplayStatus.UNCONFIRMED}
        ]

    def _row(self, document: DocumentRow) -> AttentionRow:
        failures = self._failures(document.id)
        wrong = what_is_wrong(document, failures, self._now)
        found = signs(failures, document, self._now)
        before = self.seen.get(document.id)
        return AttentionRow(
            document,
            wrong.word,
            wrong.words,
            wrong.address,
            wrong.since,
            days_overdue(document.due_on, self._now.date()),
            wrong.next,
            found,
            self._now if before is not None and not has_news(before, found) else None,
        )

    def _all(self, chip: AttentionChip) -> list[AttentionRow]:
        found = []
        for document in self._company.rows():
            is_wrong = bool(document.summary.unresolved & FAILURES)
            is_unknown = document.summary.word is DisplayStatus.UNCONFIRMED
            calls = bool(needs_call(document, self._now))
            if not (is_wrong or is_unknown or calls):
                continue
            row = self._row(document)
            held = is_ahead(document.held_until, self._now)
            where = {
                AttentionChip.ACKNOWLEDGED: row.acknowledged_at is not None,
                AttentionChip.SNOOZED: held and row.acknowledged_at is None,
            }
            is_open = not held and row.acknowledged_at is None
            where[AttentionChip.OPEN] = is_open
            where[AttentionChip.FAILURES] = is_open and (is_wrong or is_unknown)
            where[AttentionChip.CALLS] = is_open and calls
            if where[chip]:
                found.append(row)
        return sorted(
            found,
            key=lambda row: (
                score(row.document.kind, row.document.balance_due, row.days_overdue),
                row.document.balance_due,
                row.id,
            ),
            reverse=True,
        )

    def counts(self) -> Mapping[AttentionChip, int]:
        self._enter("attention_counts")
        return {chip: len(self._all(chip)) for chip in AttentionChip}

    def ids(self, chip: AttentionChip) -> tuple[int, ...]:
        self._enter("attention_ids")
        return tuple(row.id for row in self._all(chip))

    def rows(self, document_ids: Sequence[int]) -> tuple[AttentionRow, ...]:
        self._enter("attention_rows")
        return tuple(self._row(self._company.row(key)) for key in document_ids)

    def acknowledge(self, document_id: int, seen: Collection[str]) -> None:
        self._enter("acknowledge")
        self.seen[document_id] = frozenset(seen)

    def bring_back(self, document_id: int) -> bool:
        self._enter("bring_back")
        return self.seen.pop(document_id, None) is not None


class FakeCounting:
    """``per_day`` emails a day, of which one in fifty bounces; 0: nothing was ever sent."""

    def __init__(self, now: datetime, enter: Callable[[str], None]) -> None:
        self._now, self._enter = now, enter
        self.per_day = 50
        self.asked: list[tuple[int, bool]] = []
        self.domain = "acme.example"

    def over(self, days: int, *, again: bool = False) -> Insights:
        self._enter("insights")
        self.asked.append((days, again))
        n = self.per_day
        quarters = [
            (self._now - timedelta(days=back), Tally(n, n * 48 // 50, n // 50, n // 50))
            for back in range(days)
        ]
        total = added(tally for _, tally in quarters)
        took = [(15, total.delivered // 2), (80, total.delivered // 2), (9_000, 3)] if n else []
        return Insights(
            days=days,
            since=first_day(days, self._now),
            counted_at=self._now,
            total=total,
            by_day=by_day(quarters, first_day(days, self._now), self._now, None),
            causes=(CauseCount("userunknown", "The mailbox does not exist", "recipient", days),)
            if n
            else (),
            failures_read=2 * days if n else 0,
            domains=(DomainCount(self.domain, total.sent, total.delivered, 2 * days, 4.2),)
            if n
            else (),
            times=times(took),
            usual_seconds=median(took),
            follow_ups=FollowUps(40, 20, 30, 12) if n else FollowUps(),
        )
