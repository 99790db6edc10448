"""Insights: how sending went over the last days, with plots."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core.model.errors import OuttrayError
from core.model.feed import FeedStatus
from core.model.insights import Insights
from tui.commands.dispatch import bindings, key_of
from tui.format import insights
from tui.format.badges import ChipItem
from tui.format.text import cell, clock_time
from tui.runtime.context import AppContext
from tui.screens.base_screen import PlaceScreen
from tui.widgets.chips import Chips

_CHIPS = tuple(ChipItem(str(days), f"{days} days") for days in (7, 30, 90))
_LEFT, _RIGHT = ("rates", "days", "follow-ups"), ("causes", "times")
_COUNTING = "Counting …"


class Section(Static):
    """One plot; it draws itself for the width it has."""

    def __init__(self, name: str) -> None:
        super().__init__("", id=f"insights-{name}", classes="insights-section")
        self._which = name
        self._found: Insights | None = None

    def show(self, found: Insights) -> None:
        self._found = found
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._found is not None and self.size.width:
            self.update(insights.section(self._which, self._found, self.size.width))


class InsightsScreen(PlaceScreen):
    """Days to choose from, and the sections."""

    BINDINGS = bindings("insights")
    AUTO_FOCUS = "#insights-body"

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed, name="insights")
        self._days = 30
        self._found: Insights | None = None
        # held, not queried: an answer may come while the screen is being taken down
        self.chips = Chips(_CHIPS)
        self.chips.show(_CHIPS, str(self._days))
        self._said = Static(Content.styled(_COUNTING, "$muted"), id="insights-said")
        self._empty = Static("", id="insights-empty")
        self._body = VerticalScroll(id="insights-body")
        self._sections = [Section(name) for name in (*_LEFT, *_RIGHT, "domains")]

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers", "Insights")

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield self.chips
            yield self._said
        yield self._empty
        with self._body:
            with Horizontal(id="insights-columns"):
                with Vertical(classes="insights-column"):
                    yield from self._sections[: len(_LEFT)]
                with Vertical(classes="insights-column"):
                    yield from self._sections[len(_LEFT) : -1]
            yield self._sections[-1]

    def on_mount(self) -> None:
        self._empty.display = False
        self._count()

    # ------------------------------------------------------------------ reading

    def _count(self, *, again: bool = False) -> None:
        backend, days = self.app_context.backend, self._days
        if self._found is None or self._found.days != days or again:
            self._said.update(Content.styled(_COUNTING, "$muted"))
        self.read("count", lambda: backend.insights.over(days, again=again), self._show)

    def _show(self, found: Insights) -> None:
        self._found = found
        has_any = bool(found.total.sent)
        self._empty.display = not has_any
        self._empty.update(Content("") if has_any else insights.nothing(found))
        self._body.display = has_any
        if has_any:
            self._body.focus()
        self._said.update(Content.styled(f"counted {clock_time(found.counted_at)}", "$muted"))
        for each in self._sections:
            each.show(found)

    def report(self, error: OuttrayError) -> None:
        words = f"✖ {cell(error.title, 60)}  {key_of('app.reload')} tries again"
        self._said.update(Content.styled(words, "$tone-failed"))
        super().report(error)

    def show_again(self) -> None:
        self._count()

    def read_again(self) -> None:
        self._count(again=True)

    # ------------------------------------------------------------------ what the person does

    @on(Chips.Picked)
    def _pick(self, event: Chips.Picked) -> None:
        self._days = int(event.key)
        self._count()

    def command_next_chip(self) -> None:
        self.chips.step(1)

    def command_previous_chip(self) -> None:
        self.chips.step(-1)
