"""Which columns a table has, in which order, how wide; the table behind shows it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands.dispatch import CommandHost, bindings
from tui.widgets.data_table.column import Layout, is_shown, moved, ordered, resized, toggled
from tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.widgets.data_table.column import Column
    from tui.widgets.data_table.table import WindowTable


class ColumnsDialog(CommandHost, ModalScreen[Layout | None]):
    """Answers with the layout to keep, or ``None``; ``preview`` is told of every change."""

    BINDINGS = bindings("columns")

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        layout: Layout,
        preview: Callable[[Layout], object],
        table: WindowTable[Any],
    ) -> None:
        super().__init__()
        self._columns, self._layout, self._preview = columns, layout, preview
        self._table = table
        self._place = 0
        self._list = Static("", id="columns-list", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="columns"):
            yield Static("Columns", id="columns-title", markup=False)
            yield self._list
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        every = ordered(self._columns, self._layout)
        fitted = {column.id: width for column, width in self._table.fitted}
        lines = []
        for place, column in enumerate(every):
            mark = "✓" if is_shown(column, self._layout) else " "
            width = fitted.get(column.id)
            wide = f"{width:>3}" if width is not None else "  –" if mark == "✓" else "   "
            cursor = "▌" if place == self._place else " "
            look = "bold" if place == self._place else "" if mark == "✓" else "$muted"
            lines.append(Content.styled(f"{cursor} {mark} {column.title:<18}{wide}", look))
        if any(is_shown(column, self._layout) and column.id not in fitted for column in every):
            lines.append(Content.styled("\n– there is no room for it now", "$muted"))
        self._list.update(Content("\n").join(lines))

    @property
    def _column(self) -> str:
        return ordered(self._columns, self._layout)[self._place].id

    def _change(self, layout: Layout) -> None:
        self._layout = layout
        self._preview(layout)
        self._show()

    def enter_command(self) -> str | None:
        return "columns.keep"

    def command_up(self) -> None:
        self._step(-1)

    def command_down(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        self._place = (self._place + by) % len(self._columns)
        self._show()

    def command_toggle(self) -> None:
        self._change(toggled(self._columns, self._layout, self._column))

    def command_wider(self) -> None:
        self._resize(1)

    def command_narrower(self) -> None:
        self._resize(-1)

    def _resize(self, by: int) -> None:
        name = self._column
        known = dict(self._layout.widths) | {c.id: width for c, width in self._table.fitted}
        now = known.get(name, next(c.wanted for c in self._columns if c.id == name))
        self._change(resized(self._layout, name, now + by))

    def command_earlier(self) -> None:
        self._move(-1)

    def command_later(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        name = self._column
        self._layout = moved(self._columns, self._layout, name, by)
        self._place = [c.id for c in ordered(self._columns, self._layout)].index(name)
        self._change(self._layout)

    def command_reset(self) -> None:
        self._change(Layout())

    def command_keep(self) -> None:
        _ = self.dismiss(self._layout)

    def command_close(self) -> None:
        _ = self.dismiss(None)
