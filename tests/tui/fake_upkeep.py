"""What keeps the program in order, in memory: the doctor, and bodies that could not be read."""

from __future__ import annotations

from core.model.errors import NeedsConfirmationError
from core.model.reports import IngestReport, QuarantinedBody
from core.rules.doctor.checks import Check, Result
from core.services.feed.quarantine import RetryReport


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

    def quarantined(self) -> tuple[QuarantinedBody, ...]:
        self._enter("quarantined")
        return self.bodies

    def dismiss_quarantined(self, wanted: str, note: str) -> QuarantinedBody:
        self._enter("dismiss_quarantined")
        if not note.strip():
            raise NeedsConfirmationError("A note is required to dismiss a report.")
        (body,) = [body for body in self.bodies if body.id == wanted]
        self.bodies = tuple(each for each in self.bodies if each is not body)
        self.dismissed = (*self.dismissed, (wanted, note))
        return body

    def retry_quarantined(self, wanted: str = "") -> RetryReport:
        self._enter("retry_quarantined")
        tried = [body for body in self.bodies if body.id.startswith(wanted)]
        released = [body for body in tried if body.id in self.readable]
        self.bodies = tuple(body for body in self.bodies if body not in released)
        kept = tuple(body for body in tried if body not in released)
        return RetryReport(len(released), kept, IngestReport(applied=len(released)))
