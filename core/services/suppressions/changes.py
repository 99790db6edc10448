"""Changes to both suppression lists: each audited, read back, and honest about what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from core.db.engine import Database, Reader
from core.db.reads import addresses, gate
from core.db.writes import suppressions as table
from core.imports import suppressions as files
from core.model.enums import address_key
from core.model.errors import NeedsConfirmationError, NotFoundError, ServiceError, UsageError
from core.model.ports import Clock
from core.model.reports import ImportReport, Rejection
from core.model.suppressions import AuditEntry, ListOutcome, Suppression, SuppressionChange
from core.services.sending.gate_facts import as_sent, syntax_problem
from core.services.suppressions.ses_list_cache import SesListCache

_STILL_THERE: Final = "SES took the call, but the entry is still there."
_NOT_THERE: Final = "SES took the call, but the entry is not there."


@dataclass(frozen=True)
class ListChanges:
    """What a person may change. Every call that names SES may take seconds."""

    database: Database
    kept: SesListCache
    clock: Clock
    operator: str

    def add(self, address: str, reason: str, *, ses_reason: str = "") -> SuppressionChange:
        """Put an address on our own list, or with ``ses_reason`` on SES's instead.

        Raises:
            UsageError: no address that could be mailed, or no reason.
        """
        reason = _required(reason)
        if problem := syntax_problem(address.strip()):
            raise UsageError(f"{address.strip() or 'Nothing'} is not an email address.", problem)
        address = as_sent(address)
        part = self._add_to_ses(address, reason, ses_reason) if ses_reason else None
        return SuppressionChange(address, "added", (part or self._add_to_own(address, reason),))

    def _add_to_own(self, address: str, reason: str) -> ListOutcome:
        entry = Suppression(address, reason, self.clock(), "own")
        with self.database.transaction() as connection:
            new = table.add(connection, [entry], self.operator)
            if new:
                table.write_audit(connection, [self._audit(address, "own", "added", reason)])
        return ListOutcome("own", address, "done" if new else "unchanged")

    def _add_to_ses(self, address: str, reason: str, ses_reason: str) -> ListOutcome:
        there, problem = ask(self.database.reader, self.kept, address)
        if there:
            return ListOutcome("ses", there[0].address, "unchanged")
        call = lambda: self.kept.book().put(address, ses_reason)  # noqa: E731
        outcome = self._on_ses(address, "added", reason, problem, call, wanted=True)
        if outcome.outcome == "done":
            self.kept.remember(Suppression(address, ses_reason, self.clock(), "ses"))
        return outcome

    def remove(self, address: str, reason: str, *, typed: str = "") -> SuppressionChange:
        """Take an address off both lists, in every spelling, and read back that it is gone.

        What fails on SES's side is said in the outcome; what was done on ours stays done. Trying
        again does the rest.

        Raises:
            UsageError: no reason.
            NotFoundError: it is on neither list.
            NeedsConfirmationError: they complained, and ``typed`` is not the address.
        """
        reason = _required(reason)
        there, problem = ask(self.database.reader, self.kept, address)
        own = addresses.entries_of(self.database.reader, [address])
        stored = self.kept.stored(address) if problem else ()
        entries = [*there, *stored, *own.values()]
        if not entries and problem is None:
            raise NotFoundError(f"{address.strip()} is on neither list.", "Nothing was changed.")
        self._confirmed(entries, address, typed)
        parts: list[ListOutcome] = []
        parts += [self._remove_from_own(entry.address, reason) for entry in own.values()]
        for spelling in dict.fromkeys(e.address for e in there):
            call = lambda s=spelling: self.kept.book().delete(s)  # noqa: E731
            outcome = self._on_ses(spelling, "removed", reason, None, call, wanted=False)
            parts.append(outcome)
            if outcome.outcome == "done":
                self.kept.forget(spelling)
        if problem is not None:
            wanted = [e.address for e in stored] or [address.strip()]
            left = [s for s in dict.fromkeys(wanted) if s not in {e.address for e in there}]
            parts += [
                self._on_ses(s, "removed", reason, problem, _nothing, wanted=False) for s in left
            ]
        return SuppressionChange(address.strip(), "removed", tuple(parts))

    def _confirmed(self, entries: Sequence[Suppression], address: str, typed: str) -> None:
        complained = any(entry.is_complaint for entry in entries)
        if complained and address_key(typed) != address_key(address):
            raise NeedsConfirmationError(
                f"{address.strip()} marked our email as spam.",
                "Remove it only if they asked for our emails; type the address to confirm.",
            )

    def _remove_from_own(self, address: str, reason: str) -> ListOutcome:
        with self.database.transaction() as connection:
            if table.remove(connection, address):
                table.write_audit(connection, [self._audit(address, "own", "removed", reason)])
        is_there = bool(addresses.entries_of(self.database.reader, [address]))
        detail = "Somebody put it back at the same moment." if is_there else ""
        return ListOutcome("own", address, "failed" if is_there else "done", detail)

    def _on_ses(
        self,
        address: str,
        action: str,
        reason: str,
        problem: ServiceError | None,
        call: Callable[[], None],
        *,
        wanted: bool,
    ) -> ListOutcome:
        """Write down what is about to be done, do it, read it back, write down how it ended."""
        begun = replace(self._audit(address, "ses", action, reason), outcome="begun")
        with self.database.transaction() as connection:
            audit_id = table.begin_audit(connection, begun)
        try:
            if problem is not None:
                raise problem
            failed = ""
            try:
                call()
            except ServiceError as error:
                failed = str(error)
            is_there = self.kept.book().get(address) is not None
            is_done = is_there is wanted
            detail = "" if is_done else failed or (_NOT_THERE if wanted else _STILL_THERE)
        except ServiceError as error:
            is_done, detail = False, str(error)
        outcome = "done" if is_done else "failed"
        with self.database.transaction() as connection:
            table.settle_audit(connection, audit_id, outcome, detail)
        return ListOutcome("ses", address, outcome, detail)

    def _audit(self, address: str, name: str, action: str, reason: str) -> AuditEntry:
        return AuditEntry(self.clock(), address, name, action, reason, self.operator, "done")

    # ----------------------------------------------------------------- files

    def import_file(self, path: Path, reason: str = "", *, dry_run: bool = False) -> ImportReport:
        """Put the addresses of a file on our own list, in one transaction.

        Bad lines are reported and left out; who is there already keeps the entry as it is.
        ``reason`` is for lines that have none.

        Raises:
            InputError: the file cannot be read at all.
        """
        parsed = files.read(path)
        given = reason.strip() or f"imported from {path.name}"
        good: list[Suppression] = []
        rejected = list(parsed.rejected)
        for entry, line in zip(parsed.entries, parsed.lines, strict=True):
            if problem := syntax_problem(entry.address):
                rejected.append(Rejection(line, "address", f"{entry.address[:60]!r}: {problem}"))
                continue
            since = entry.since or self.clock()
            address = as_sent(entry.address)
            good.append(replace(entry, address=address, since=since, reason=entry.reason or given))
        with self.database.transaction(commit=not dry_run) as connection:
            new = table.add(connection, good, self.operator)
            audit = [self._audit(e.address, "own", "added", e.reason) for e in new]
            table.write_audit(connection, audit)
        return ImportReport(
            file=str(path),
            dialect="plain",
            kind="suppressions",
            read=parsed.read,
            created=len(new),
            updated=0,
            unchanged=len(good) - len(new),
            rejected=tuple(sorted(rejected, key=lambda each: each.line)),
        )


def _required(reason: str) -> str:
    if not reason.strip():
        raise UsageError("A reason is needed.", "Say in a few words why; it is kept for ever.")
    return " ".join(reason.split())


def _nothing() -> None:
    """There is nothing to call where SES could not even be asked."""


def ask(
    reader: Reader, kept: SesListCache, address: str
) -> tuple[list[Suppression], ServiceError | None]:
    """Ask SES for every spelling that anybody knows; an error says what kept us from it."""
    typed = address.strip()
    known = gate.spellings(reader, [typed])
    return kept.every([typed, *(s for several in known.values() for s in several)])
