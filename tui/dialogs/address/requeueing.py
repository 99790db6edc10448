"""Sends many documents again, one after the other; the one place to point at an outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.model.corrections import Waiting
from core.model.errors import OuttrayError
from core.model.sending import SendOutcome
from tui.runtime.background import BackgroundCalls

Told = Callable[[Waiting, SendOutcome | OuttrayError], bool]
"""Hears what became of one; false stops before the next."""


def send_one_after_another(
    jobs: BackgroundCalls,
    documents: Sequence[Waiting],
    send: Callable[[Waiting], SendOutcome],
    told: Told,
    finished: Callable[[], object],
) -> None:
    """Call ``send`` in a thread for each; what fails does not stop the others."""
    if not documents:
        finished()
        return
    first, *others = documents

    def answered(answer: SendOutcome | OuttrayError) -> None:
        remaining = others if told(first, answer) else []
        send_one_after_another(jobs, remaining, send, told, finished)

    jobs.start(None, lambda: send(first), answered, answered)
