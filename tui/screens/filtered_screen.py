"""A screen of documents that chips, the search line and saved views narrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from core.model.documents import DocumentFilter, DocumentView
from core.model.feed import FeedStatus
from core.rules.filters import Line, read
from tui.commands.registry import Command
from tui.format.chips import chip_items
from tui.runtime import saved_state
from tui.runtime.context import AppContext
from tui.runtime.saved_state import View
from tui.screens.base_screen import PlaceScreen
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable
from tui.widgets.filter_line import FilterLine


class SearchHint(Static):
    """Where the search line opens; a click does what the key does."""

    def __init__(self) -> None:
        super().__init__("/ search", id="search-hint", markup=False)

    def on_click(self) -> None:
        self.screen.query_one(FilterLine).open()


class NarrowedScreen(PlaceScreen):
    """``load_rows`` and ``show_surroundings`` read what ``_where`` lets through."""

    def __init__(
        self,
        app_context: AppContext,
        feed: FeedStatus,
        where: DocumentFilter,
        name: str | None = None,
    ) -> None:
        super().__init__(app_context, feed, name)
        self._where = where
        self.chips = Chips(chip_items({}, where.chip))
        self.line = FilterLine()
        self.saved: tuple[View, ...] = ()
        """The saved views, as they were when somebody last looked: the palette cannot wait."""
        self._counts_next = False

    def on_mount(self) -> None:
        self._look_for_views()

    def _look_for_views(self) -> None:
        kept = self.app_context.backend.preferences
        self.app_context.background_calls.start(
            f"{type(self).__name__}.views",
            lambda: saved_state.views_of(kept.get(saved_state.VIEWS)),
            partial(setattr, self, "saved"),
            self.log.warning,  # V says it to whoever wants one
        )

    def compose_filters(self) -> ComposeResult:
        """The chips, and the line below them while there is one."""
        with Horizontal(id="filter-line"):
            yield self.chips
            yield SearchHint()
        yield self.line

    def load_rows(self) -> None:
        """Read the rows of ``_where`` into the table."""

    def show_surroundings(self) -> None:
        """Read what stands around the table, the counts of the chips among it."""

    def leave_line(self) -> None:
        """Focus the table."""

    def count_chips(self) -> None:
        backend, where = self.app_context.backend, self._where
        self.read("chips", lambda: backend.documents.chip_counts(where), self._show_counts)

    def _show_counts(self, counts: Mapping[DocumentView, int]) -> None:
        self.chips.show(chip_items(counts, self._where.chip), self._where.chip)

    # ------------------------------------------------------------------ narrowing

    def _filter(self, where: DocumentFilter) -> None:
        if where != self._where:
            is_other_chip = where == replace(self._where, chip=where.chip)
            self._where = where
            self.load_rows()
            # each chip counts without the others: to choose one changes none of the counts
            self._counts_next = self._counts_next or not is_other_chip

    @on(WindowTable.Loaded, "#documents")
    def _surround(self) -> None:
        """Read what stands around the rows when they are there, not beside them."""
        if self._counts_next:
            self._counts_next = False
            self.show_surroundings()

    @on(Chips.Picked)
    def _pick_chip(self, event: Chips.Picked) -> None:
        self._filter(replace(self._where, chip=DocumentView(event.key)))

    @on(FilterLine.Meant)
    def _mean(self, event: FilterLine.Meant) -> None:
        """Narrow to what the line says.

        What may be half typed narrows only when it finds something: else ``boun`` would empty the
        table on the way to ``bounced``.
        """
        line = event.line
        self.app_context.background_calls.drop(f"{type(self).__name__}.line")
        if event.is_whole or line.tail is None:
            self._narrow(line)
            return
        backend, whole = self.app_context.backend, self._narrowed(line)
        decide = partial(self._narrow_if_found, event.value, line)
        self.read("line", lambda: backend.documents.count(whole), decide)

    def _narrow_if_found(self, value: str, line: Line, count: int) -> None:
        if count or line.tail is None:
            self._narrow(line)
        else:
            self._narrow(read(value[: line.tail]))
            self.line.told.leave_out(value[line.tail :])

    def _narrow(self, line: Line) -> None:
        self._filter(self._narrowed(line))

    def _narrowed(self, line: Line) -> DocumentFilter:
        return replace(self._where, text=line.text, conditions=line.conditions)

    # ------------------------------------------------------------------ what is remembered

    @on(FilterLine.Left)
    def _leave(self, event: FilterLine.Left) -> None:
        self.leave_line()
        if event.value.strip():
            kept = self.app_context.backend.preferences
            value = event.value

            def remember() -> None:
                kept.put(
                    saved_state.LINES, saved_state.with_line(kept.get(saved_state.LINES), value)
                )

            # that a line is not kept is no reason to disturb anybody
            self.app_context.background_calls.start(None, remember, on_error=self.log.warning)

    def command_search(self) -> None:
        self.line.open()
        kept = self.app_context.backend.preferences
        self.read(
            "lines",
            lambda: saved_state.lines_of(kept.get(saved_state.LINES)),
            partial(setattr, self.line.field, "past"),
        )

    def command_views(self) -> None:
        from tui.dialogs.views import ViewsDialog  # not for the first paint

        now = View("", self.line.field.value.strip(), self._where.chip)
        _ = self.app.push_screen(ViewsDialog(self.app_context, now), self.show_view)

    def show_view(self, view: View | None) -> None:
        """Narrow as a saved view does; ``None``: nothing was chosen."""
        self._look_for_views()
        if view is None:
            return
        line = read(view.line)
        self.chips.show(self.chips.items, view.chip)
        self._filter(replace(self._narrowed(line), chip=view.chip))
        self.line.put(view.line)
        self.leave_line()

    # ------------------------------------------------------------------ commands

    def label_of(self, command: Command) -> str:
        if command.id == "documents.bounced" and self._where.chip is DocumentView.BOUNCED:
            return "Show all"
        return super().label_of(command)

    def command_bounced(self) -> None:
        self.chips.pick(
            DocumentView.ALL if self._where.chip is DocumentView.BOUNCED else DocumentView.BOUNCED
        )

    def command_next_chip(self) -> None:
        self.chips.step(1)

    def command_previous_chip(self) -> None:
        self.chips.step(-1)

    def close_line(self) -> bool:
        """Clear the line while it is being typed; false when it is not."""
        if not self.line.field.has_focus:
            return False
        self.line.put("")
        self.leave_line()
        return True

    def clear_line(self) -> bool:
        """Take back what was searched; false when nothing was."""
        if not self.line.field.value:
            return False
        self.line.put("")
        return True
