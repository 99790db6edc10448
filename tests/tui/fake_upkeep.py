"""What keeps the program in order, in memory: the doctor, and bodies that could not be read."""

from __future__ import annotations

from core.model.errors import NeedsConfirmationError
from core.model.reports import IngestReport, QuarantinedBody, RetryReport
from core.rules.doctor.checks import Check, Result


class FakeUpkeep:
    """``checks`` and ``bodies`` are what a test puts there; ``readable`` can be read by now."""

    checks: tuple[Check, ...] = (
        Check("settings", Result.OK, "From billing@acme.example (config.toml)."),
        Check("queue", Result.FAIL, "The queue is gone.", "Check OUTTRAY_QUEUE_URL."),
        Check("dead_letters", Result.WARN, "3 messages are dead.", "Look at them."),
        Check("visibility", Result.SKIPPED, "The queue could not be looked at."),
    )
    bodies: tuple[QuarantinedBody, ...] = ()
    readable: frozenset[str] = frozenset()
    dismissed: tuple[tuple[str, str], ...] = ()

    def _enter(self, method: str) -> None:
        raise NotImplementedError

    def examine(self) -> tuple[Check, ...]:
        self._enter("examine")
        return self.checks

    @property
    def quarantine(self) -> FakeQuarantine:
        return FakeQuarantine(self)


class FakeQuarantine:
    """The bodies of ``FakeUpkeep``."""

    def __init__(self, upkeep: FakeUpkeep) -> None:
        self._upkeep = upkeep

    def waiting(self) -> tuple[QuarantinedBody, ...]:
        self._upkeep._enter("quarantined")
        return self._upkeep.bodies

    def dismiss(self, wanted: str, note: str) -> QuarantinedBody:
        self._upkeep._enter("dismiss_quarantined")
        if not note.strip():
            raise NeedsConfirmationError("A note is required to dismiss a report.")
        (body,) = [body for body in self._upkeep.bodies if body.id == wanted]
        self._upkeep.bodies = tuple(each for each in self._upkeep.bodies if each is not body)
        self._upkeep.dismissed = (*self._upkeep.dismissed, (wanted, note))
        return body

    def retry(self, wanted: str = "") -> RetryReport:
        self._upkeep._enter("retry_quarantined")
        tried = [body for body in self._upkeep.bodies if body.id.startswith(wanted)]
        released = [body for body in tried if body.id in self._upkeep.readable]
        self._upkeep.bodies = tuple(body for body in self._upkeep.bodies if body not in released)
        kept = tuple(body for body in tried if body not in released)
        return RetryReport(len(released), kept, IngestReport(applied=len(released)))
