"""The lines on top: where one is, how the feed fares, and what goes wrong beyond one email."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from core.model.errors import OuttrayError
from core.model.feed import FeedState, FeedStatus
from core.rules.monitoring.incidents import Trouble, extent, headline, reputation_words
from core.rules.monitoring.incidents import notice_headline as notice_words
from tui.format.badges import Span, content
from tui.format.feed import feed_words, tooltip_lines
from tui.format.text import cell, cut

if TYPE_CHECKING:
    from core.model.database import DatabaseLook


#: Reversed, it is a block in every theme and without colour.
_NAME: Final = Span(" Outtray ", "bold reverse $primary")
#: Where one is keeps at least this many cells, before the right side gives way.
_CRUMBS: Final = 24


def right_sides(
    status: FeedStatus,
    now: datetime,
    database: str,
    operator: str,
    waiting: int = 0,
    *,
    is_held: bool = False,
) -> tuple[tuple[Span, ...], ...]:
    """Return what may stand on the right, in the order in which it gives way.

    ``waiting`` counts what is in the outbox; it is said as long as anything is; ``is_held``: none
    of it leaves at the moment.
    """
    how = "on hold" if is_held else "waiting"
    going = (Span(f"↑ {waiting:,} {how}   ", "ink--strong"),) if waiting else ()
    most, full, dated, light = ((*going, *words) for words in feed_words(status, now))
    where = Span(f"   {database}", "ink--dim")
    who = (Span(" · ", "ink--dim"), Span(operator, "ink--strong"))
    alone = Span(f"   {operator}", "ink--strong")
    return (
        (*most, where, *who),
        (*full, where, *who),
        (*dated, where, *who),
        (*dated, alone),
        (*light, alone),
        light,
        (),
    )


def crumb_spans(crumbs: Sequence[str], width: int) -> list[Span]:
    """Return the way here; where it is too long its beginning goes first."""
    names = [cell(name) for name in crumbs]
    while len(names) > 1 and sum(map(cell_len, names)) + 3 * (len(names) - 1) > width:
        names.pop(0)
    spans: list[Span] = []
    for place, name in enumerate(names):
        last = place == len(names) - 1
        spans.append(
            Span(cut(name, width) if last else name, "ink--strong" if last else "ink--dim")
        )
        if not last:
            spans.append(Span(" › ", "ink--dim"))
            width -= cell_len(name) + 3
    return spans


def line(left: Sequence[str], rights: Sequence[tuple[Span, ...]], width: int) -> list[Span]:
    """Return one line of ``width`` cells: as much of the right side as leaves room for the left."""
    wanted = min(_CRUMBS, sum(map(cell_len, left)) + 3 * max(0, len(left) - 1))
    room = width - cell_len(_NAME.text) - 2 - 1
    right = next((right for right in rights if _length(right) + 2 + wanted <= room), ())
    crumbs = crumb_spans(left, max(0, room - _length(right) - (2 if right else 0)))
    used = _length((_NAME, *crumbs, *right)) + 2 + 1
    return [_NAME, Span("  "), *crumbs, Span(" " * max(0, width - used)), *right, Span(" ")]


def _length(spans: Sequence[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


class FeedBar(Widget):
    """One line; it never wraps, and on narrow screens the less needed parts leave first."""

    DEFAULT_CSS = """
    FeedBar {
        dock: top;
        height: 1;
        background: $panel;
        text-wrap: nowrap;
    }
    """

    crumbs: reactive[tuple[str, ...]] = reactive(())
    """The way to the screen one is on; foreign text is welcome."""
    status: reactive[FeedStatus] = reactive(FeedStatus(FeedState.STARTING))
    waiting: reactive[int] = reactive(0)
    is_held: reactive[bool] = reactive(False)
    """Nothing of what waits leaves at the moment; the outbox says why."""

    def __init__(
        self,
        *,
        database: str,
        operator: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        id: str | None = None,  # noqa: A002 - the name Textual gives it
    ) -> None:
        super().__init__(id=id)
        self._database = cell(database, 24)
        self._operator = cell(operator, 16)
        self._clock = clock
        self._shown: list[Span] = []

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        """Paint what has become another text; Textual paints all screens for one below the top."""
        if self.screen.is_current and self._line() != self._shown:
            self.refresh()

    def watch_status(self, status: FeedStatus) -> None:
        words = tooltip_lines(status, self._clock())
        self.tooltip = Content("\n".join(words)) if words else None

    def render(self) -> Content:
        """Return the line for the width there is."""
        self._shown = self._line()
        return content(self._shown)

    def _line(self) -> list[Span]:
        rights = right_sides(
            self.status,
            self._clock(),
            self._database,
            self._operator,
            self.waiting,
            is_held=self.is_held,
        )
        return line(self.crumbs, rights, self.size.width)


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
