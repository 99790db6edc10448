"""One line below the top line, there only while something goes wrong beyond single emails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from core.model.errors import OuttrayError
from core.rules.monitoring.account_notices import headline as notice_words
from core.rules.monitoring.incidents import Trouble, extent, headline, reputation_words
from tui.format.badges import Span
from tui.format.content import content
from tui.format.text import cell, cut

if TYPE_CHECKING:
    from core.model.database import DatabaseLook

_GLYPH: Final = "▲"
_LONGEST_NAME: Final = 200


def sentences(
    trouble: Trouble,
    now: datetime,
    problem: OuttrayError | None = None,
    look: DatabaseLook | None = None,
) -> tuple[str, ...]:
    """Return what a person has to know, the most urgent first; harmless whatever it names."""
    if look is not None:
        return (look_words(look),)
    if problem is not None:
        return (f"{cell(problem.title, _LONGEST_NAME).rstrip('.')}; Outtray goes on trying",)
    notices = [cell(notice_words(n, now), _LONGEST_NAME) for n in trouble.notices]
    providers = [
        f"{cell(headline(t, now), _LONGEST_NAME)}; do not resend" for t in trouble.providers
    ]
    return (*notices, *providers, *reputation_words(trouble.reputation))


def look_words(look: DatabaseLook) -> str:
    """Say why changes wait and for how long, or why there are none any more."""
    if look.damage:
        return "Database damaged, no changes. Next: outtray db backup, then db restore FILE"
    part = f", {look.part:.0%}" if look.part else ""
    return f"Checking the database after a crash … {look.seconds:.0f} s{part}; your changes wait"


def trouble_spans(
    trouble: Trouble,
    now: datetime,
    width: int,
    problem: OuttrayError | None = None,
    look: DatabaseLook | None = None,
) -> list[Span]:
    """Return one line of at most ``width`` cells; what finds no room is counted."""
    said = sentences(trouble, now, problem, look)
    shown = len(said)
    while shown > 1 and cell_len(_joined(said, shown)) > width:
        shown -= 1
    return [Span(cut(_joined(said, shown), width), "ink--warning")] if said else []


def _joined(said: tuple[str, ...], shown: int) -> str:
    more = f" · {len(said) - shown} more" if shown < len(said) else ""
    return f" {_GLYPH} " + " · ".join(said[:shown]) + more


class TroubleLine(Widget):
    """Hidden while all is well; the whole of it is in the tooltip."""

    DEFAULT_CSS = """
    TroubleLine {
        dock: top;
        height: 1;
        margin-top: 1;
        background: $panel;
        text-wrap: nowrap;
        display: none;
    }
    """

    trouble: reactive[Trouble] = reactive(Trouble(), layout=True)
    problem: reactive[OuttrayError | None] = reactive(None, layout=True)
    """Why nothing can be read at all; it hides everything else."""
    look: reactive[DatabaseLook | None] = reactive(None)
    """What changes wait for, or the damage that is the cause of every other problem."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._clock = clock

    def watch_problem(self) -> None:
        self.watch_trouble(self.trouble)

    def watch_look(self) -> None:
        self.watch_trouble(self.trouble)

    def watch_trouble(self, trouble: Trouble) -> None:
        now = self._clock()
        said = sentences(trouble, now, self.problem, self.look)
        self.display = bool(said)
        if self.look is not None and self.look.damage:
            self.tooltip = Content(cell(self.look.damage, 400))
            return
        if self.problem is not None:
            kept = "What is shown is of before."
            self.tooltip = Content(f"{cell(str(self.problem), 400)}\n{kept}")
            return
        details = [f"{cell(t.provider, 60)}: {extent(t)}" for t in trouble.providers]
        self.tooltip = Content("\n".join((*said, *details))) if said else None

    def render(self) -> Content:
        """Return the line for the width there is."""
        return content(
            trouble_spans(self.trouble, self._clock(), self.size.width, self.problem, self.look)
        )
