"""Holds all programs back when nobody knows any more what becomes of what is handed to SES.

The decisions are ``core.rules.sending.brake``'s; here they meet the database and GetAccount.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.db.engine import Database
from core.db.writes import account_notices
from core.db.writes import brake as state
from core.model.errors import FalseAnswerError, NotPermittedError, ServiceError, ThrottledError
from core.model.ports import Clock
from core.rules.monitoring.incidents import PAUSED, concerns, notice_headline
from core.rules.sending import brake as rules
from core.rules.sending.brake import Brake, Pauses, Phase
from core.services.sending.rate_limiter import _log

if TYPE_CHECKING:
    from sqlalchemy import Connection


ITS_TURN: Final = "SES did not answer clearly just now, so one email goes at a time."


@dataclass(frozen=True, slots=True)
class SharedBrake:
    database: Database
    clock: Clock
    pauses: Pauses

    # ----------------------------------------------------------------- before a call

    def admit(self, connection: Connection, delivery_id: int) -> int | None:
        """Return the epoch in which this claimed delivery may be called; ``None``: not now.

        It is to be rolled back with the claim.
        """
        found = state.peek(connection)
        if found.phase is Phase.CLEAR:
            return found.epoch
        found = self._current(connection)
        others = state.others_call(connection, delivery_id, self.clock())
        admitted = rules.admit(found, delivery_id, others_call=others)
        if admitted is not None and admitted != found:
            state.write(connection, admitted)
        return admitted.epoch if admitted is not None else None

    def admit_unrecorded(self) -> int | None:
        """The same for a call that no delivery stands for; it is never the one that is tried."""
        with self.database.transaction() as connection:
            found = state.peek(connection)
            if found.phase is Phase.CLEAR:
                return found.epoch
            others = state.others_call(connection, 0, self.clock())
            return found.epoch if found.phase is Phase.CAREFUL and not others else None

    def must_wait(self) -> bool:
        """Whether somebody else's call is to be awaited; light, and no promise."""
        found = state.read(self.database.reader)
        if found.phase in (Phase.CLEAR, Phase.PULLED):
            return False
        if found.phase is Phase.TRYING:
            with self.database.transaction() as connection:
                return self._current(connection).phase is Phase.TRYING
        return state.calls_now(self.database.reader, self.clock()) > 0

    # ----------------------------------------------------------------- after it

    def unanswered(self, connection: Connection, delivery_id: int, error: ServiceError) -> None:
        """Nobody knows what became of a call."""
        is_false = isinstance(error, FalseAnswerError)
        found = state.locked(connection)
        now = self.clock()
        failed = rules.unanswered(
            found, delivery_id, error.title, now, self.pauses, is_false=is_false
        )
        state.write(connection, failed)

    def answered(self, connection: Connection, delivery_id: int, epoch: int) -> None:
        """SES itself has answered a call."""
        if state.peek(connection).phase is not Phase.CLEAR:
            found = state.locked(connection)
            state.write(connection, rules.answered(found, delivery_id, epoch))

    def not_reached(self, connection: Connection, delivery_id: int) -> None:
        """A call did not get as far as SES."""
        if state.peek(connection).phase is not Phase.CLEAR:
            found = state.locked(connection)
            given_back = rules.not_reached(found, delivery_id, self.clock(), self.pauses)
            state.write(connection, given_back)

    def heed(self, configuration_set: str) -> None:
        """Pull it where AWS says that it has paused us; let one go when AWS takes that back."""
        reader, now = self.database.reader, self.clock()
        notices = account_notices.current(reader)
        stops = [each for each in notices if concerns(each, configuration_set)]
        known = state.read(reader)
        is_ours = known.words.startswith(PAUSED)
        if stops and not known.holds and known.phase is not Phase.TRIAL:
            words = f"{notice_headline(stops[-1], now)}."
            with self.database.transaction() as connection:
                found = state.locked(connection)
                state.write(connection, rules.paused(found, words, now, self.pauses))
        elif not stops and known.holds and is_ours:
            with self.database.transaction() as connection:
                self.try_at_once(connection)

    # ----------------------------------------------------------------- letting go

    def look(self, ask: Callable[[], object]) -> None:
        """Ask GetAccount where it is time, and let one email go if it answers.

        ``ask`` raises ``ServiceError``. That we may not ask, or ask too often, is an answer, too.
        """
        found = state.read(self.database.reader)
        if found.phase is not Phase.PULLED or rules.probe(found, self.clock(), self.pauses) is None:
            return
        with self.database.transaction() as connection:
            probing = rules.probe(state.locked(connection), self.clock(), self.pauses)
            if probing is None:
                return  # another program asks
            state.write(connection, probing)
        try:
            ask()
        except (NotPermittedError, ThrottledError):
            pass
        except ServiceError as error:
            _log.warning("SES still does not answer", exc_info=error)
            return
        with self.database.transaction() as connection:
            found = state.locked(connection)
            state.write(connection, rules.probe_answered(found, probing.epoch))

    def try_at_once(self, connection: Connection) -> bool:
        """A person does not want to wait; false where it holds nothing back."""
        found = self._current(connection)
        if not found.holds:
            return False
        state.write(connection, rules.tried_at_once(found))
        return True

    def _current(self, connection: Connection) -> Brake:
        """Return the locked state; one who tried and is gone has not come back with an answer."""
        found, now = state.locked(connection), self.clock()
        if found.phase is Phase.TRYING and not state.is_called(connection, found.trial_id, now):
            found = rules.abandoned(found, now, self.pauses)
            state.write(connection, found)
        return found
