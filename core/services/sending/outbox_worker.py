"""Works the outbox: takes what waits, calls SES, records; as fast as it may.

Any number of programs may do this on one database at once. One that is killed at any moment loses
and doubles nothing: see ``core.db.writes.leases``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from core.db.engine import Database
from core.db.reads import outbox as outbox_lists
from core.db.writes import leases, outbox, outbox_decisions
from core.db.writes.leases import Taken
from core.model.enums import Status
from core.model.errors import DatabaseError, UnrecordedError
from core.model.outbox import BRAKE, WorkReport
from core.model.ports import Clock
from core.rules.monitoring import send_rate
from core.services.sending.ses_handover import SesSender

_log: Final = logging.getLogger(__name__)

LANES: Final = 4
"""Threads that call at once: at more than one a second, slow answers must not be waited for."""
_TURN: Final = 0.25
"""Seconds between two looks whether the call of another is answered."""
_NO_BYTES: Final = "The message itself is not kept here, so it cannot be sent; write it again."


class Worker:
    """Sends what waits in ``database``; ``by`` names this program in the rows it has in hand."""

    def __init__(
        self,
        database: Database,
        ses_sender: SesSender,
        clock: Clock,
        by: str,
        *,
        lanes: int = LANES,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._database, self._ses_sender = database, ses_sender
        self._allowance, self._clock, self.by = ses_sender.allowance, clock, by
        self._lanes = lanes
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._working = threading.Lock()

    # ----------------------------------------------------------------- outside

    @property
    def per_second(self) -> float:
        """The rate that this program keeps to at the moment."""
        return self._allowance.per_second

    def stop(self) -> None:
        """Take nothing more; what is being called is answered and recorded."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, unless stopped; return whether it was."""
        return self._stopped.wait(seconds)

    def is_done(self, seconds: float) -> bool:
        """Wait at most that long until nothing is in our hands any more."""
        if not self._working.acquire(timeout=seconds):
            return False
        self._working.release()
        return True

    def work(self) -> WorkReport:
        """Send until nothing more may be sent at the moment.

        Raises:
            DatabaseError: what was being sent is answered and recorded, or found by its lease.
            UnrecordedError: SES has answered, and that is still to be written.
        """
        with self._working:
            self._ses_sender.records.flush()  # nothing more is sent before that is written
            self.close_abandoned()
            if outbox_lists.count_waiting(self._database.reader):
                self._ses_sender.brake.heed(self._ses_sender.configuration_set)
                self._ses_sender.brake.look(self._allowance.ask)
            if not self._is_due(self._clock()) or self.why_not():
                return self.outlook()
            with self._ses_sender.renewing(self.by):
                try:
                    return self._in_lanes() + self.outlook()
                finally:  # what cannot be given back is when its lease is over
                    with suppress(DatabaseError), self._database.transaction() as connection:
                        leases.release(connection, self.by)

    def step(self, limit: int = 1) -> WorkReport:
        """Take up to ``limit`` deliveries and send them one after the other."""
        self.close_abandoned()
        if self.why_not():
            return WorkReport()
        now, report = self._clock(), WorkReport()
        if not self._is_due(now):
            return report
        if self._ses_sender.brake.must_wait():
            self._sleep(_TURN)
            return WorkReport(later=1)
        with self._database.transaction() as connection:
            mine = leases.reserve(connection, self._ses_sender.lease(self.by), now, limit)
        for position, taken in enumerate(mine):
            if not self._may_send():
                left = [each.delivery_id for each in mine[position:]]
                with self._database.transaction() as connection:
                    leases.release(connection, self.by, left)  # other lanes keep what is theirs
                break
            report += self._send(taken)
        return report

    def close_abandoned(self) -> int:
        """Find what programs that are gone were sending; return how many deliveries."""
        now = self._clock()
        if not outbox_lists.has_abandoned(self._database.reader, now):
            return 0
        with self._database.transaction() as connection:
            return leases.expire(connection, now)

    def why_not(self) -> str:
        """Return why nothing may leave at the moment, in words; empty: it may."""
        now = self._clock()
        for hold in outbox_decisions.holds(self._database.reader):
            if hold.stands(now) and not hold.is_trying:
                return send_rate.hold_words(hold)
        if (rests_until := self._allowance.rests_until) is not None:
            why = self._allowance.rests_because or "SES could not be used from here."
            return f"{why} Trying again at {send_rate.hour(rests_until)}."
        quota = self._allowance.quota()
        if not quota.is_sending_enabled:
            return "SES has paused sending for this account; ask AWS support why."
        if quota.is_used_up:
            words = f"The {quota.per_day:,.0f} emails of 24 hours are used up."
            until = self._ses_sender.hold_for_quota(words)
            return f"{words} Trying again at {send_rate.hour(until)}."
        return ""

    def outlook(self) -> WorkReport:
        """Return what waits, when it may go, and why it does not go now."""
        waiting = outbox_lists.count_waiting(self._database.reader)
        if not waiting:  # what was spent last may have pulled the brake
            held = [h for h in outbox_decisions.holds(self._database.reader) if h.name == BRAKE]
            return WorkReport(words=send_rate.hold_words(held[0]) if held else "")
        now = self._clock()
        at = outbox_lists.next_at(self._database.reader, now)
        return WorkReport(waiting=waiting, next_at=at, words=self.why_not())

    # ----------------------------------------------------------------- inside

    def _in_lanes(self) -> WorkReport:
        """Several threads take turns; nobody waits for a slow answer but its own thread."""
        reports: list[WorkReport] = []
        failures: list[BaseException] = []

        def lane() -> None:
            try:
                while not self._stopped.is_set() and not failures:
                    done = self.step()
                    if done == WorkReport():
                        return
                    reports.append(done)
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                failures.append(error)
                if len(failures) > 1:  # one is raised, and told by whoever asked
                    _log.warning("Another lane failed, too", exc_info=error)

        waiting = outbox_lists.count_waiting(self._database.reader)
        lanes = [
            threading.Thread(target=lane, name=f"outtray-lane-{n}", daemon=True)
            for n in range(min(self._lanes, waiting) - 1)
        ]
        for each in lanes:
            each.start()
        lane()
        for each in lanes:
            each.join()
        if failures:
            raise _gravest(failures)
        return sum(reports, WorkReport())

    def _is_due(self, now: datetime) -> bool:
        at = outbox_lists.next_at(self._database.reader, now)
        return at is not None and at <= now

    def _may_send(self) -> bool:
        """Wait for our turn; false when it does not come: stopped, or paused meanwhile."""
        has_waited = False
        while not self._stopped.is_set():
            wait = self._allowance.take()
            if not wait:
                return not has_waited or not self.why_not()
            self._sleep(min(wait, 1.0))
            has_waited = True
        return False

    def _send(self, taken: Taken) -> WorkReport:
        if taken.mime is None:
            return self._fail(taken, _NO_BYTES)
        status = self._ses_sender.hand_over(taken, self.by)
        return _REPORTS[status] if status is not None else WorkReport(later=1)

    def _fail(self, taken: Taken, words: str) -> WorkReport:
        with self._database.transaction() as connection:
            lease = self._ses_sender.lease(self.by)
            if not outbox.claim(connection, taken.delivery_id, self._clock(), lease):
                return WorkReport(later=1)  # somebody else has it
            outbox.not_sent(connection, taken.delivery_id, words)
        return WorkReport(failed=1)


def _gravest(failures: Sequence[BaseException]) -> BaseException:
    """What SES has and the database has not is told first."""
    unrecorded = (each for each in failures if isinstance(each, UnrecordedError))
    return next(unrecorded, failures[0])


_REPORTS: Final = {
    Status.SENT: WorkReport(sent=1),
    Status.FAILED: WorkReport(failed=1),
    Status.UNCONFIRMED: WorkReport(unconfirmed=1),
    Status.QUEUED: WorkReport(later=1),
}
