"""Both suppression lists as one: what is on them, and what speaks against an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.db.engine import Database, Reader
from core.db.lists import documents
from core.db.reads import addresses
from core.model.email import Verdict
from core.model.enums import address_key
from core.model.history import Contact
from core.model.ports import Clock, KnownEntries, MailRoutes
from core.model.suppressions import (
    ListState,
    SuppressedAddress,
    Suppression,
    SuppressionChip,
    SuppressionDetails,
    SuppressionFilter,
)
from core.rules.gate import suppression_list
from core.rules.gate.gate import judge_address
from core.rules.gate.suppression_list import weightiest
from core.services.sending.gate_facts import Troubles, look_at
from core.services.suppressions.changes import ListChanges, ask
from core.services.suppressions.ses_list_cache import SesListCache


@dataclass
class Suppressions:
    """What a person sees of the lists. ``details``, ``check`` and ``refresh`` ask SES."""

    database: Database
    kept: SesListCache
    clock: Clock
    changes: ListChanges
    """Adding, removing, importing."""
    troubles: Troubles = field(default=lambda _: {})
    routes: MailRoutes | None = None
    _merged: tuple[tuple[int, int], tuple[SuppressedAddress, ...]] | None = None
    _chosen: tuple[tuple[int, int], SuppressionFilter, tuple[SuppressedAddress, ...]] | None = None

    # ----------------------------------------------------------------- looking

    def refresh(self, *, force: bool = False) -> ListState:
        """Read SES's list if the copy is old; what keeps it from being read is in the state."""
        return self.kept.refresh(force=force)

    @property
    def state(self) -> ListState:
        """How the copy of SES's list fares; costs nothing."""
        return self.kept.state

    def rows(self, where: SuppressionFilter) -> tuple[SuppressedAddress, ...]:
        """Return what is known of both lists, newest first, without asking SES."""
        everything, versions = self._all()
        kept = self._chosen
        if kept is None or kept[:2] != (versions, where):
            kept = self._chosen = (versions, where, suppression_list.chosen(everything, where))
        return kept[2]

    def _all(self) -> tuple[tuple[SuppressedAddress, ...], tuple[int, int]]:
        versions = (self.kept.state.version, documents.revision(self.database.reader))
        merged = self._merged
        if merged is None or merged[0] != versions:
            own = addresses.entries(self.database.reader)
            merged = self._merged = (versions, suppression_list.merge(self.kept.entries(), own))
        return merged[1], versions

    def count(self, where: SuppressionFilter) -> int:
        return len(self.rows(where))

    def page(
        self, where: SuppressionFilter, offset: int = 0, limit: int | None = None
    ) -> tuple[SuppressedAddress, ...]:
        """Return rows with the emails that caused them, as far as our history tells."""
        rows = self.rows(where)
        return self._told(rows[offset:] if limit is None else rows[offset : offset + limit])

    def position(self, where: SuppressionFilter, row_id: int) -> int | None:
        return next((i for i, row in enumerate(self.rows(where)) if row.id == row_id), None)

    def counts(self, where: SuppressionFilter) -> Mapping[SuppressionChip, int]:
        return suppression_list.counts(self._all()[0], where.text)

    def _told(self, rows: Sequence[SuppressedAddress]) -> tuple[SuppressedAddress, ...]:
        """Add causes, and who put an address on SES's list through Outtray."""
        reader, keys = self.database.reader, {row.key for row in rows}
        named = {e.ses_message_id for row in rows for e in row.entries if e.ses_message_id}
        failures: dict[str, list[suppression_list.Failure]] = {}
        for failure in addresses.failures(reader, keys, named):
            failures.setdefault(failure.address_key, []).append(failure)
            failures.setdefault(failure.ses_message_id, []).append(failure)
        adders = addresses.added_by(reader, keys)
        return tuple(_told(row, failures, adders.get(row.key, "SES")) for row in rows)

    def details(self, address: str) -> SuppressionDetails:
        """Ask SES about one address, and tell what was done to it before."""
        reader = self.database.reader
        audit = addresses.audit(reader, address)
        entries, problem = ask(reader, self.kept, address)
        if problem is not None:
            entries = list(self.kept.stored(address))
        entries += addresses.entries_of(reader, [address]).values()
        told = self._told([SuppressedAddress(tuple(entries))]) if entries else (None,)
        return SuppressionDetails(told[0], audit, str(problem.title) if problem else "")

    def check(self, address: str) -> Verdict:
        """Return what the gate says about an address by itself, with SES asked live."""
        (facts,) = look_at(
            self.database.reader,
            self.kept,
            [address],
            now=self.clock(),
            troubles=self.troubles,
            routes=self.routes,
        )
        return judge_address(facts)


def _told(
    row: SuppressedAddress, failures: Mapping[str, Sequence[suppression_list.Failure]], adder: str
) -> SuppressedAddress:
    entries = tuple(
        replace(e, added_by=adder) if e.source == "ses" and not e.added_by else e
        for e in row.entries
    )
    mine = [f for e in entries if e.ses_message_id for f in failures.get(e.ses_message_id, ())]
    mine += failures.get(row.key, ())
    return replace(row, entries=entries, cause=suppression_list.cause_of(row, mine))


def on_lists(
    reader: Reader, known: KnownEntries, contacts: Sequence[Contact]
) -> tuple[Contact, ...]:
    """Return contacts with what is known to stop mail to them; asks nobody."""
    own = addresses.entries_of(reader, [contact.address for contact in contacts])
    return tuple(
        replace(contact, suppression=_stops(known.stored(contact.address), own, contact.address))
        for contact in contacts
    )


def _stops(
    stored: Sequence[Suppression], own: Mapping[str, Suppression], address: str
) -> Suppression | None:
    ours = own.get(address_key(address))
    entries = (*stored, *((ours,) if ours else ()))
    return weightiest(entry for entry in entries if not entry.ignored_by)
