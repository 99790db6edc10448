"""When nothing more may be handed to SES because nobody knows what became of the last. Pure.

::

    CLEAR ──nobody knows──▶ CAREFUL ──third in a row, or a false yes──▶ PULLED
      ▲                       │                                        │  ▲
      └──── SES answered ─────┘                GetAccount answered, or │  │ nobody knows:
      ▲                                        a person tries it       ▼  │ an hour
      └──────────────── SES answered ──────────────── TRYING ◀─taken─ TRIAL

``TRIAL`` lets one email go, ``TRYING`` waits for what becomes of it. All programs on a database
share one state, and every decision here is made while that state is locked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

IN_A_ROW: Final = 3


class Phase(StrEnum):
    CLEAR = "clear"
    CAREFUL = "careful"
    """All programs together call one at a time."""
    PULLED = "pulled"
    TRIAL = "trial"
    """One email may go."""
    TRYING = "trying"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long one waits; proofs that have no hours give shorter ones."""

    first_probe: timedelta = timedelta(minutes=1)
    longest_probe: timedelta = timedelta(minutes=10)
    after_trial: timedelta = timedelta(hours=1)

    @classmethod
    def of(cls, minute: timedelta) -> Pauses:
        """Return the pauses where a minute lasts that long."""
        return cls(minute, 10 * minute, 60 * minute)


@dataclass(frozen=True, slots=True)
class Brake:
    phase: Phase = Phase.CLEAR
    failures: int = 0
    """Calls in a row of which nobody knows what became."""
    epoch: int = 0
    """Counts those calls. An answer to a call that began in an earlier epoch proves nothing now."""
    since: datetime | None = None
    """When the first of them failed."""
    retry_at: datetime | None = None
    probes: int = 0
    """Questions since it was pulled that were not answered."""
    trial_id: int = 0
    """The delivery that is being tried."""
    words: str = ""
    """What the last of them said."""

    @property
    def holds(self) -> bool:
        """Whether nothing may leave."""
        return self.phase in (Phase.PULLED, Phase.TRYING)


CLEAR: Final = Brake()


def admit(brake: Brake, delivery_id: int, *, others_call: bool) -> Brake | None:
    """Return the state in which ``delivery_id`` may be called; ``None``: it may not, now.

    ``others_call``: another delivery is being handed to SES at this moment, by any program.
    """
    if brake.phase is Phase.CLEAR:
        return brake
    if brake.holds or others_call:
        return None
    if brake.phase is Phase.TRIAL:
        return replace(brake, phase=Phase.TRYING, trial_id=delivery_id)
    return brake


def unanswered(
    brake: Brake,
    delivery_id: int,
    words: str,
    now: datetime,
    pauses: Pauses,
    *,
    is_false: bool = False,
) -> Brake:
    """Nobody knows what became of a call; ``is_false``: something said yes that was not SES."""
    failed = replace(
        brake,
        failures=brake.failures + 1,
        epoch=brake.epoch + 1,
        since=brake.since or now,
        words=words,
    )
    if brake.phase is Phase.TRYING and brake.trial_id == delivery_id:
        return _pulled(failed, now + pauses.after_trial)
    if brake.holds or brake.phase is Phase.TRIAL:
        return failed  # it had begun before; when to look again is decided already
    if is_false or failed.failures >= IN_A_ROW:
        return _pulled(failed, now + pauses.first_probe)
    return replace(failed, phase=Phase.CAREFUL)


def paused(brake: Brake, words: str, now: datetime, pauses: Pauses) -> Brake:
    """AWS itself says that nothing may leave; whether that is still so is found out as ever."""
    if brake.holds or brake.phase is Phase.TRIAL:
        return brake
    stopped = replace(brake, failures=0, epoch=brake.epoch + 1, since=now, words=words)
    return _pulled(stopped, now + pauses.first_probe)


def answered(brake: Brake, delivery_id: int, epoch: int) -> Brake:
    """SES itself has said something to a call that began in ``epoch``: yes, no, or slow down."""
    is_the_trial = brake.phase is Phase.TRYING and brake.trial_id == delivery_id
    is_newest = brake.phase is Phase.CAREFUL and brake.epoch == epoch
    return replace(CLEAR, epoch=brake.epoch) if is_the_trial or is_newest else brake


def not_reached(brake: Brake, delivery_id: int, now: datetime, pauses: Pauses) -> Brake:
    """A call did not get as far as SES: nothing is spent, and nothing is proved either."""
    if brake.phase is Phase.TRYING and brake.trial_id == delivery_id:
        return _probed(brake, now, pauses)
    return brake


def abandoned(brake: Brake, now: datetime, pauses: Pauses) -> Brake:
    """The program that tried is gone, and nobody knows whether SES has the email."""
    return _pulled(brake, now + pauses.after_trial) if brake.phase is Phase.TRYING else brake


def probe(brake: Brake, now: datetime, pauses: Pauses) -> Brake | None:
    """Return the state of whoever asks GetAccount now; ``None``: nobody is to ask yet.

    The next time is set before the question, so that one program asks, and a death does not harm.
    """
    is_due = brake.phase is Phase.PULLED and brake.retry_at is not None and brake.retry_at <= now
    return _probed(brake, now, pauses) if is_due else None


def probe_answered(brake: Brake, epoch: int) -> Brake:
    """GetAccount answered somebody who asked in ``epoch``: one email may be tried."""
    if brake.phase is not Phase.PULLED or brake.epoch != epoch:
        return brake
    return replace(brake, phase=Phase.TRIAL, retry_at=None, probes=0)


def tried_at_once(brake: Brake) -> Brake:
    """A person wants it tried without waiting; while one is being tried that is awaited."""
    return probe_answered(brake, brake.epoch)


def _pulled(brake: Brake, retry_at: datetime) -> Brake:
    return replace(brake, phase=Phase.PULLED, retry_at=retry_at, probes=0, trial_id=0)


def _probed(brake: Brake, now: datetime, pauses: Pauses) -> Brake:
    probes = brake.probes + 1
    pause = min(pauses.first_probe * 2 ** min(probes, 10), pauses.longest_probe)
    pulled = _pulled(brake, now + pause)
    return replace(pulled, probes=probes)
