"""The account's rate as this program keeps to it: one for all its threads."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from core.model.errors import ServiceError
from core.model.outbox import Quota
from core.model.ports import Account, Clock
from core.rules.monitoring import send_rate
from core.rules.monitoring.send_rate import MODEST

_log: Final = logging.getLogger(__name__)
_KEPT: Final = timedelta(minutes=5)
_KEPT_AFTER_AN_ERROR: Final = timedelta(minutes=1)
_LONGEST_REST: Final = 60.0


class Allowance:
    """Safe to use from several threads; ``account`` ``None`` is a modest rate for ever."""

    def __init__(self, account: Account | None, clock: Clock) -> None:
        self._account, self._clock = account, clock
        self._lock = threading.Lock()
        self._bucket = send_rate.full(MODEST.per_second, clock())
        self._quota = MODEST
        self._good_until: datetime | None = None
        self._rests_until: datetime | None = None
        self._rest = 0.0
        self._why = ""

    @property
    def per_second(self) -> float:
        """The rate at this moment."""
        with self._lock:
            return send_rate.filled(self._bucket, self._clock()).rate

    def quota(self) -> Quota:
        """Return what the account may do, asked now and then; the last known where nobody says."""
        now = self._clock()
        with self._lock:
            if self._account is None or (self._good_until and now < self._good_until):
                return self._quota
            self._good_until = now + _KEPT_AFTER_AN_ERROR  # the other threads go on meanwhile
        try:
            quota = self._account.quota()
        except ServiceError as error:
            _log.warning("SES did not say what the account may do", exc_info=error)
            return self._quota
        with self._lock:
            self._good_until = now + _KEPT
            self._quota = quota
            self._bucket = send_rate.with_ceiling(self._bucket, quota.per_second, now)
        return quota

    def ask(self) -> None:
        """Ask the account now, whatever is known; raises ``ServiceError``."""
        if self._account is None:
            return
        quota, now = self._account.quota(), self._clock()
        with self._lock:
            self._good_until, self._quota = now + _KEPT, quota
            self._bucket = send_rate.with_ceiling(self._bucket, quota.per_second, now)

    def forget_quota(self) -> None:
        """Ask again before the next message: SES has just said something else."""
        with self._lock:
            self._good_until = None

    def take(self) -> float:
        """Take leave to send one; or return how many seconds to wait before asking again."""
        with self._lock:
            self._bucket, wait = send_rate.take(self._bucket, self._clock())
            return wait

    def spend(self) -> None:
        """Send one at once: a person waits for it, and what waits in the outbox makes room."""
        with self._lock:
            self._bucket = send_rate.spend(self._bucket, self._clock())

    def slow_down(self) -> None:
        """SES was asked too fast."""
        with self._lock:
            self._bucket = send_rate.slowed(self._bucket, self._clock())

    def rest(self, why: str = "") -> None:
        """Nothing can be sent from here, whatever it is: try less and less often."""
        with self._lock:
            self._why = why
            if self._rests_until is not None and self._clock() < self._rests_until:
                return  # several threads have met one and the same
            self._rest = min(max(1.0, self._rest * 2), _LONGEST_REST)
            self._rests_until = self._clock() + timedelta(seconds=self._rest)

    def works(self) -> None:
        """SES has answered."""
        with self._lock:
            self._rest, self._rests_until, self._why = 0.0, None, ""

    @property
    def rests_because(self) -> str:
        """What the last try met."""
        with self._lock:
            return self._why

    @property
    def rests_until(self) -> datetime | None:
        """When to try again; ``None``: now."""
        with self._lock:
            at = self._rests_until
            return at if at is not None and at > self._clock() else None
