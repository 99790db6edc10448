"""Pure: why nothing leaves, as the doctor says it."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.outbox import BRAKE, OutboxHold
from core.rules.doctor.checks import Check, Result
from core.rules.monitoring.send_rate import hold_words


def judge_outbox(waiting: int, holds: Sequence[OutboxHold]) -> Check:
    """Return what holds the outbox back, since when, when it goes on, and what a person may do."""
    details: dict[str, object] = {
        "waiting": waiting,
        "holds": [
            {
                "name": hold.name,
                "since": hold.since.isoformat().replace("+00:00", "Z"),
                "retry_at": hold.retry_at.isoformat().replace("+00:00", "Z")
                if hold.retry_at
                else None,
            }
            for hold in holds
        ],
    }
    count = "1 email waits" if waiting == 1 else f"{waiting:,} emails wait"
    if not holds:
        words = f"{count}; nothing holds them back." if waiting else "Nothing waits."
        return Check("outbox", Result.OK, words, details=details)
    told = " ".join(map(hold_words, holds))
    is_broken = any(hold.name == BRAKE for hold in holds)
    todo = "outtray outbox resume lets it go on."
    if is_broken:
        todo = "outtray outbox resume tries one now; outtray outbox settle closes the unconfirmed."
    return Check(
        "outbox", Result.FAIL if is_broken else Result.WARN, f"{told} {count}.", todo, details
    )
