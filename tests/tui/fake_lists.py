"""Both suppression lists in memory, merged and filtered by the program's own rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from core.model.enums import address_key
from core.model.errors import NeedsConfirmationError
from core.model.suppressions import (
    AuditEntry,
    Cause,
    ListOutcome,
    ListPhase,
    ListState,
    SuppressedAddress,
    Suppression,
    SuppressionChange,
    SuppressionChip,
    SuppressionDetails,
    SuppressionFilter,
)
from core.rules.gate import suppression_list


class FakeLists:
    """``enter`` counts and may hold or fail, as for every method of ``FakeBackend``."""

    def __init__(self, enter: Callable[[str], None], now: datetime, operator: str) -> None:
        self._enter, self._now, self._operator = enter, now, operator
        self.entries: list[Suppression] = []
        self.causes: dict[str, Cause] = {}
        self.audit: list[AuditEntry] = []
        self.state = ListState(ListPhase.READY, 0, now)
        self.next_state: ListState | None = None
        """What a refresh comes to; ``None``: as it is."""
        self.refusal = ""
        """Why SES refuses changes."""
        self.changes = self

    def refresh(self, *, force: bool = False) -> ListState:
        self._enter("refresh_forced" if force else "refresh")
        if self.next_state is not None:
            self.state = replace(self.next_state, version=self.state.version + 1)
        return self.state

    def _rows(self, where: SuppressionFilter) -> tuple[SuppressedAddress, ...]:
        ses = [entry for entry in self.entries if entry.source == "ses"]
        own = [entry for entry in self.entries if entry.source == "own"]
        if self.state.phase is ListPhase.FAILED and self.state.read_at is None:
            ses = []
        rows = suppression_list.chosen(suppression_list.merge(ses, own), where)
        return tuple(replace(row, cause=self.causes.get(row.key)) for row in rows)

    def count(self, where: SuppressionFilter) -> int:
        self._enter("count_suppressions")
        return len(self._rows(where))

    def page(
        self, where: SuppressionFilter, offset: int, limit: int
    ) -> tuple[SuppressedAddress, ...]:
        self._enter("page_suppressions")
        return self._rows(where)[offset : offset + limit]

    def position(self, where: SuppressionFilter, row_id: int) -> int | None:
        ids = [row.id for row in self._rows(where)]
        return ids.index(row_id) if row_id in ids else None

    def counts(self, where: SuppressionFilter) -> Mapping[SuppressionChip, int]:
        return suppression_list.counts(self._rows(SuppressionFilter()), where.text)

    def details(self, address: str) -> SuppressionDetails:
        self._enter("details")
        key = address_key(address)
        row = next((row for row in self._rows(SuppressionFilter()) if row.key == key), None)
        audit = [entry for entry in self.audit if address_key(entry.address) == key]
        return SuppressionDetails(row, tuple(reversed(audit)))

    def add(self, address: str, reason: str, *, ses_reason: str = "") -> SuppressionChange:
        self._enter("add_suppression")
        source = "ses" if ses_reason else "own"
        self.entries.append(
            Suppression(address, ses_reason or reason, self._now, source, added_by=self._operator)
        )
        self._note(address, source, "added", reason, "done")
        return SuppressionChange(address, "added", (ListOutcome(source, address, "done"),))

    def remove(self, address: str, reason: str, *, typed: str = "") -> SuppressionChange:
        self._enter("remove_suppression")
        mine = [e for e in self.entries if address_key(e.address) == address_key(address)]
        if any(e.is_complaint for e in mine) and address_key(typed) != address_key(address):
            raise NeedsConfirmationError("They complained.", "Type the address.")
        parts = []
        for entry in mine:
            refused = self.refusal if entry.source == "ses" else ""
            outcome = "failed" if refused else "done"
            self._note(entry.address, entry.source, "removed", reason, outcome)
            parts.append(ListOutcome(entry.source, entry.address, outcome, refused))
            if not refused:
                self.entries.remove(entry)
        return SuppressionChange(address, "removed", tuple(parts))

    def _note(self, address: str, source: str, action: str, reason: str, outcome: str) -> None:
        self.audit.append(
            AuditEntry(
                self._now, address, source, action, reason, self._operator, outcome, self.refusal
            )
        )
