"""How fast may be sent, and when to try again: pure, the clock is given.

SES allows an account so many messages a second, shared by all its programs, and tells nobody how
many are left. Each program therefore begins at the account's rate, halves its own when SES says
*slow down*, and grows back little by little (AIMD): several programs end up sharing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.outbox import BRAKE, Quota

if TYPE_CHECKING:
    from core.model.outbox import OutboxHold

#: Of the ceiling, a second: from half the rate to the whole takes half a minute.
_GROWTH: Final = 1 / 60
_SLOWEST: Final = 0.1
#: Several threads are told to slow down by one and the same rush.
_ONE_RUSH: Final = timedelta(seconds=1)

_LONGEST_PAUSE: Final = 600.0
"""Seconds; SES's own advice is to back off for up to ten minutes."""

_NEXT_LOOK: Final = timedelta(hours=1)
_DAY: Final = timedelta(hours=24)


#: What every account may do at least, for as long as SES does not tell.
MODEST: Final = Quota(per_second=1.0)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens to send with: one a message."""

    ceiling: float
    """Messages a second that the account allows; positive."""
    rate: float
    """Those that we allow ourselves at the moment."""
    tokens: float
    """Negative after what could not wait for one."""
    at: datetime
    slowed_at: datetime | None = None

    @property
    def burst(self) -> float:
        """The most that is saved up: half a second's worth, and always one message."""
        return max(1.0, self.rate / 2)


def full(ceiling: float, now: datetime) -> Bucket:
    """Return a bucket at its ceiling, with one message to send at once."""
    ceiling = max(ceiling, _SLOWEST)
    return Bucket(ceiling, ceiling, 1.0, now)


def filled(bucket: Bucket, now: datetime) -> Bucket:
    """Return ``bucket`` as it is now; a clock that was set back fills nothing."""
    seconds = max(0.0, (now - bucket.at).total_seconds())
    tokens = bucket.tokens + seconds * bucket.rate
    rate = min(bucket.ceiling, bucket.rate + seconds * bucket.ceiling * _GROWTH)
    grown = replace(bucket, rate=rate, at=now)
    return replace(grown, tokens=min(tokens, grown.burst))


def take(bucket: Bucket, now: datetime) -> tuple[Bucket, float]:
    """Take a token; return the bucket, and how many seconds to wait where there is none (0: taken).

    Whoever has waited asks again: another may have been quicker.
    """
    current = filled(bucket, now)
    if current.tokens >= 1.0:
        return replace(current, tokens=current.tokens - 1.0), 0.0
    return current, (1.0 - current.tokens) / current.rate


def spend(bucket: Bucket, now: datetime) -> Bucket:
    """Take a token that may not be there: somebody pressed a key, and the others wait for it."""
    current = filled(bucket, now)
    return replace(current, tokens=max(current.tokens - 1.0, -current.burst))


def slowed(bucket: Bucket, now: datetime) -> Bucket:
    """Return ``bucket`` after SES said *slow down*: half the rate, nothing saved up."""
    current = filled(bucket, now)
    if current.slowed_at is not None and now - current.slowed_at < _ONE_RUSH:
        return replace(current, tokens=min(current.tokens, 0.0))
    rate = max(current.rate / 2, min(_SLOWEST, current.ceiling))
    return replace(current, rate=rate, tokens=min(current.tokens, 0.0), slowed_at=now)


def with_ceiling(bucket: Bucket, ceiling: float, now: datetime) -> Bucket:
    """Return ``bucket`` under another ceiling; one that was never slowed goes right up to it."""
    current, ceiling = filled(bucket, now), max(ceiling, _SLOWEST)
    rate = ceiling if current.rate >= current.ceiling else min(current.rate, ceiling)
    return replace(current, ceiling=ceiling, rate=rate)


def pause_before(tries: int, spread: float) -> float:
    """Return the seconds until the next try: 1, 2, 4 … 600, half of it by chance.

    ``spread`` in 0..1 is the chance: what was refused together does not come back together.
    """
    whole = min(_LONGEST_PAUSE, 2.0 ** min(max(tries, 1) - 1, 20))
    return whole * (0.5 + spread / 2)


def opens_again(oldest_sent: datetime | None, now: datetime) -> datetime:
    """Return when a quota of 24 rolling hours may have room again, as far as we can know.

    ``oldest_sent`` is the first of what we sent in the last 24 hours. Others may have sent as well,
    and AWS may raise the quota: it is looked at again within the hour.
    """
    at = oldest_sent + _DAY if oldest_sent is not None else now + _NEXT_LOOK
    return min(max(at, now + timedelta(minutes=1)), now + _NEXT_LOOK)


def hold_words(hold: OutboxHold) -> str:
    """Say who holds the outbox back, why, and for how long; times are the reader's."""
    if hold.name == BRAKE:
        return _brake_words(hold)
    if hold.until is not None:
        return f"{hold.words} Trying again at {hour(hold.until)}."
    note = f": {hold.words}" if hold.words else "."
    return f"Paused by {hold.by} since {hold.since.astimezone():%d %b, %H:%M}{note}"


def _brake_words(hold: OutboxHold) -> str:
    """Say why nothing leaves, since when, and when it goes on."""
    count = f"the last {hold.failures} emails" if hold.failures > 1 else "the last email"
    why = f"nobody knows whether SES took {count}. " if hold.failures else ""
    head = f"Sending is on hold since {hold.since.astimezone():%d %b, %H:%M}: {why}{hold.words}"
    if hold.retry_at is None:
        return f"{head} One email is being tried now."
    return f"{head} Trying one more at {hour(hold.retry_at)}; Resume tries it at once."


def hour(at: datetime) -> str:
    """Say when, to somebody who looks at it on that day."""
    return f"{at.astimezone():%H:%M}"
