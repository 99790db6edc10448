"""Many documents in one act: what the gate says of each before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.sending import MAY_DOUBLE

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.sending import Decision, Finding, Verdict


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One document of many, with the email it would get and what the gate says of it."""

    document: DocumentRow
    recipients: tuple[str, ...]
    """To, Cc and Bcc, as they stand in the draft."""
    subject: str
    verdict: Verdict

    @property
    def decision(self) -> Decision:
        return self.verdict.decision

    @property
    def reason(self) -> Finding | None:
        """The weightiest finding, the first of several; ``None``: nothing speaks against it.

        That it may be mailed twice comes first among the questions: who ticks it must have seen it.
        """
        return max(
            self.verdict.findings,
            key=lambda finding: (finding.weight, finding.code == MAY_DOUBLE),
            default=None,
        )
