"""What needs a person, and what was done: snoozes, promises, calls; nothing is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.db.engine import Database
from core.db.lists import documents
from core.db.lists import documents as reads
from core.db.reads import attention
from core.db.reads import chasing as chase_reads
from core.model.attention import MOST, AttentionChip, AttentionRow, Failure
from core.model.chase_state import CallEntry, ChaseState, Scope
from core.model.chasing import Call, HoldKind, Outcome
from core.model.documents import DocumentRow
from core.model.errors import NotFoundError, UsageError
from core.model.ports import Clock
from core.rules.chasing.attention import days_overdue, has_news, signs, what_is_wrong
from core.rules.chasing.call_reminders import in_force
from core.services.delivery_latency import Paces

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_NOTE: Final = 2_000
#: What a call leaves behind when a day was agreed on.
_HOLDS: Final = {Outcome.PROMISED: HoldKind.PROMISE, Outcome.DISPUTED: HoldKind.DISPUTE}
_AHEAD: Final = timedelta(minutes=1)
"""Clocks differ a little between computers."""


@dataclass(frozen=True)
class Chasing:
    """Who asked whom not to chase, and who was called."""

    database: Database
    clock: Clock
    operator: str
    quiet: timedelta
    """A call puts the need of the next one off for so long."""

    def standing(self, scope: Scope) -> ChaseState:
        """Return what is known now; raises ``NotFoundError`` for a customer who is gone."""
        from core.db.reads.history import contacts

        reader = self.database.reader
        found = chase_reads.customer(reader, scope.customer_id)
        if found is None:
            raise NotFoundError("That customer is no longer in the database.")
        if scope.document_id is None:
            holds = chase_reads.holds_of_customer(reader, scope.customer_id)
        else:
            holds = chase_reads.chase_of(reader, scope.document_id, scope.customer_id).holds
        people = (contact.name for contact in contacts(reader, scope.customer_id))
        return ChaseState(
            name=found[0],
            phone=found[1],
            holds=holds,
            in_force=tuple(in_force(holds, self.clock())),
            contacts=tuple(dict.fromkeys(filter(None, people))),
        )

    def find_customer(self, name: str) -> Scope:
        """Return the one customer of that name, or the only one with ``name`` in theirs.

        Raises:
            NotFoundError: there is none, or there are several.
        """
        found = chase_reads.customers_like(self.database.reader, name) if name.strip() else []
        if len(found) == 1:
            return Scope(found[0][0])
        if not found:
            raise NotFoundError(
                f"There is no customer like {name!r}.", "outtray customers TEXT finds them."
            )
        names = ", ".join(each for _, each in found[:5])
        raise NotFoundError(f"Several customers are like {name!r}: {names}.", "Name one in full.")

    def hold(self, scope: Scope, kind: HoldKind, until: date, note: str = "") -> ChaseState:
        """Let nobody chase before ``until``, in place of what was in force for this scope.

        Raises:
            UsageError: the day is not to come, or the note is a letter.
        """
        self._check_day(until)
        self._write_hold(scope, kind, until, _checked(note))
        return self.standing(scope)

    def lift(self, scope: Scope, note: str = "") -> ChaseState:
        """Let everybody chase again.

        Raises:
            NotFoundError: nothing is in force for this scope.
        """
        standing = self.standing(scope)
        whole = scope.document_id is None
        mine = [hold for hold in standing.in_force if hold.whole_customer is whole]
        if not mine:
            others = "The whole customer is held: lift that." if standing.in_force else ""
            raise NotFoundError("Nothing holds back chasing here.", others)
        self._write_hold(scope, mine[0].kind, None, _checked(note))
        return self.standing(scope)

    def log_call(self, document_id: int, entry: CallEntry) -> Call:
        """Write a call down; what was promised in it holds the document back from then on.

        Raises:
            NotFoundError: the document is gone.
            UsageError: it has yet to take place, or the day promised has passed.
        """
        now = self.clock()
        at = entry.at or now
        if at > now + _AHEAD:
            raise UsageError("The call has yet to take place.", "Log it when it is over.")
        kind = _HOLDS.get(entry.outcome)
        if entry.hold_until is not None:
            if kind is None:
                raise UsageError(
                    "Only a promise or a dispute holds chasing back.",
                    "Choose the outcome promised or disputed, or leave the day out.",
                )
            self._check_day(entry.hold_until)
        document = documents.document(self.database.reader, document_id)
        if document is None:
            raise NotFoundError("That document is no longer in the database.")
        from core.db.writes import chasing

        new = chasing.NewCall(
            document_id,
            at,
            self.operator,
            _checked(entry.contact),
            entry.outcome,
            _checked(entry.note),
            now,
            at + self.quiet,
        )
        with self.database.transaction() as connection:
            call_id = chasing.put_call(connection, new)
            if entry.hold_until is not None and kind is not None:
                self._put_hold(
                    connection, Scope.of(document), kind, entry.hold_until, _checked(entry.note)
                )
        return Call(call_id, at, self.operator, new.contact, new.outcome, new.note, now)

    # ------------------------------------------------------------------ steps

    def _write_hold(self, scope: Scope, kind: HoldKind, until: date | None, note: str) -> None:
        with self.database.transaction() as connection:
            self._put_hold(connection, scope, kind, until, note)

    def _put_hold(
        self, connection: Connection, scope: Scope, kind: HoldKind, until: date | None, note: str
    ) -> None:
        from core.db.writes import chasing

        chasing.put_hold(
            connection,
            chasing.NewHold(
                scope.customer_id,
                scope.document_id,
                kind,
                until,
                _beginning(until),
                note,
                self.operator,
                self.clock(),
            ),
        )

    def _check_day(self, until: date) -> None:
        if until <= self.clock().astimezone().date():
            raise UsageError(f"{until.isoformat()} is not to come.", "Name a day after today.")


def _beginning(day: date | None) -> datetime | None:
    """Midnight where the person is: the promise is about their day."""
    return None if day is None else datetime.combine(day, time()).astimezone(UTC)


def _checked(note: str) -> str:
    text = " ".join(note.split())
    if len(text) > LONGEST_NOTE:
        raise UsageError(
            f"The note has {len(text):,} characters.", f"At most {LONGEST_NOTE:,} are kept."
        )
    return text


class Attention:
    """One per program; safe for several threads.

    Each operator can say of one that they have seen it. It stays away from their list, and from
    nobody else's, until something else goes wrong with the document.
    """

    def __init__(self, database: Database, clock: Clock, operator: str, paces: Paces) -> None:
        self._database = database
        self._clock = clock
        self._operator = operator
        self._paces = paces

    def counts(self) -> Mapping[AttentionChip, int]:
        """Return the number behind every filter."""
        return attention.count(self._database.reader, self._clock(), self._acknowledged())

    def ids(self, chip: AttentionChip = AttentionChip.OPEN, limit: int = MOST) -> tuple[int, ...]:
        """Return the documents behind a filter, the most urgent first."""
        now = self._clock()
        return attention.ordered(
            self._database.reader,
            now,
            now.astimezone().date(),
            chip,
            self._acknowledged(),
            min(limit, MOST),
        )

    def rows(self, document_ids: Sequence[int]) -> tuple[AttentionRow, ...]:
        """Return documents in the order of the ids; those that are gone are left out."""
        reader = self._database.reader
        documents = self._paces.marked(reads.documents(reader, document_ids))
        failures = attention.failures(reader, document_ids, self._clock())
        seen = attention.acknowledged_by(reader, self._operator, self._clock())
        return tuple(
            self._row(each, failures.get(each.id, []), seen.get(each.id)) for each in documents
        )

    def _row(
        self, document: DocumentRow, failures: Sequence[Failure], seen: attention.Seen | None
    ) -> AttentionRow:
        now = self._clock()
        wrong = what_is_wrong(document, failures, now)
        found = signs(failures, document, now)
        return AttentionRow(
            document=document,
            word=wrong.word,
            words=wrong.words,
            address=wrong.address,
            since=wrong.since,
            days_overdue=days_overdue(document.due_on, now.astimezone().date()),
            next=wrong.next,
            is_forward=wrong.is_forward,
            seen=found,
            acknowledged_at=seen.at if seen and not has_news(seen.signs, found) else None,
        )

    def _acknowledged(self) -> frozenset[int]:
        """Return the documents with nothing wrong that this operator has not seen."""
        reader, now = self._database.reader, self._clock()
        seen = attention.acknowledged_by(reader, self._operator, now)
        ids = sorted(seen)
        failures = attention.failures(reader, ids, now)
        return frozenset(
            each.id
            for each in reads.documents(reader, ids)
            if not has_news(seen[each.id].signs, signs(failures.get(each.id, []), each, now))
        )

    # ----------------------------------------------------------------- changes

    def acknowledge(self, document_id: int, seen: Collection[str]) -> None:
        """Hide a document from this operator; ``seen`` is what stood in the row they looked at.

        Raises:
            NotFoundError: the document is gone.
        """
        if not reads.documents(self._database.reader, [document_id]):
            raise NotFoundError("That document is no longer in the database.")
        with self._database.transaction() as connection:
            attention.acknowledge(connection, document_id, self._operator, self._clock(), seen)

    def bring_back(self, document_id: int) -> bool:
        """Take an acknowledgement back; false where there was none."""
        with self._database.transaction() as connection:
            return bool(attention.undo(connection, document_id, self._operator, self._clock()))
