"""Both suppression lists as one table: why nothing is sent, since when, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from core.model.documents import CustomerRow
from core.model.feed import FeedStatus
from core.model.history import CustomerHeader
from core.model.suppressions import (
    ListPhase,
    ListState,
    SuppressedAddress,
    SuppressionChange,
    SuppressionChip,
    SuppressionDetails,
    SuppressionFilter,
)
from core.rules.gate.suppression_list import GLOBAL_LIST
from tui.commands.dispatch import bindings, key_of
from tui.commands.registry import Command
from tui.format.chips import nothing_suppressed, suppression_items
from tui.format.suppressions import change_words, state_words
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.screens.base_table_screen import HandyScreen
from tui.tables.sources import SuppressionSource
from tui.tables.suppressions import SUPPRESSION_COLUMNS
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable
from tui.widgets.search_field import Search
from tui.widgets.suppression_panel import SuppressionPanel

if TYPE_CHECKING:
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet

POLL_SECONDS = 0.4
"""How often one looks how far SES's list has come while it is read."""


class SuppressionsScreen(HandyScreen):
    """Filters, how SES's list fares, the table, and the details of the address under the cursor."""

    BINDINGS = bindings("suppressions")
    AUTO_FOCUS = "#suppressions"

    class DocumentWanted(Message):
        """Show the document whose email caused an entry."""

        def __init__(self, customer: CustomerRow, document_id: int) -> None:
            super().__init__()
            self.customer = customer
            self.document_id = document_id

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed)
        self.id = "suppressions-screen"
        self._where = SuppressionFilter()
        self._state = ListState(ListPhase.READING)
        # held, not queried: an answer may come while the screen is being taken down
        self.chips = Chips(suppression_items({}))
        self.search = Search("/ search")
        self.panel = SuppressionPanel()
        self._said = Static("", id="list-state", markup=False)
        self._timer: Timer | None = None
        self._table: WindowTable[SuppressedAddress] = WindowTable(
            SUPPRESSION_COLUMNS,
            app_context.background_calls,
            empty="",
            clock=app_context.clock,
            id="suppressions",
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers", "Suppressions")

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield self.chips
            yield self.search
        yield self._said
        yield self._table
        yield self.panel

    def on_mount(self) -> None:
        self._load()
        self._read_list(force=False)

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        self._table.empty = nothing_suppressed(self._where, self._state)
        self._table.load(SuppressionSource(self.app_context.backend, self._where))
        self._show_counts()

    def _show_counts(self) -> None:
        lists, where = self.app_context.backend, self._where
        self.read("counts", lambda: lists.suppressions.counts(where), self._counted)

    def _counted(self, counts: Mapping[SuppressionChip, int]) -> None:
        self.chips.show(suppression_items(counts), self._where.chip)

    def _read_list(self, *, force: bool) -> None:
        """Have SES's list read in a thread, and look meanwhile how far it has come."""
        backend = self.app_context.backend
        self.read("list", lambda: backend.suppressions.refresh(force=force), self._list_read)
        if self._timer is None:
            self._timer = self.set_interval(POLL_SECONDS, self._look)

    def _look(self) -> None:
        backend = self.app_context.backend
        self.read("state", lambda: backend.suppressions.state, self._show_state)

    def _list_read(self, state: ListState) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._show_state(state)

    def _show_state(self, state: ListState) -> None:
        is_newer = state.version != self._state.version or state.phase != self._state.phase
        self._state = state
        said, is_fine = state_words(state, self.app_context.clock())
        is_failed = state.phase is ListPhase.FAILED
        text = f"{said} {key_of('app.reload')} tries again." if is_failed else said
        self._said.update(Content.styled(text, "$muted" if is_fine else "$tone-deferred"))
        self._table.empty = nothing_suppressed(self._where, state)
        if is_newer:
            self._table.reload()
            self._show_counts()

    def show_again(self) -> None:
        self._table.reload()
        self._show_counts()
        self._look()

    def read_again(self) -> None:
        self._read_list(force=True)
        self._read_details(self._table.cursor_row)

    def _read_details(self, row: SuppressedAddress | None) -> None:
        if row is None or not self.panel.display:
            return
        backend = self.app_context.backend
        self.panel.wait_for(row)
        self.read("details", lambda: backend.suppressions.details(row.address), self._show_details)

    def _show_details(self, details: SuppressionDetails) -> None:
        if self.panel.display:
            self.panel.show(details, self.app_context.clock())

    # ------------------------------------------------------------------ what the person does

    def _filter(self, where: SuppressionFilter) -> None:
        if where != self._where:
            self._where = where
            self._load()

    @on(Chips.Picked)
    def _pick_chip(self, event: Chips.Picked) -> None:
        self._filter(replace(self._where, chip=SuppressionChip(event.key)))

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._filter(replace(self._where, text=event.value.strip()))

    @on(Input.Submitted, "#search")
    @on(Search.Left)
    def _leave_search(self) -> None:
        self._table.focus()

    @on(WindowTable.Loaded, "#suppressions")
    def _loaded(self) -> None:
        self.refresh_bindings()

    @on(WindowTable.Highlighted, "#suppressions")
    def _follow_cursor(self, event: WindowTable.Highlighted) -> None:
        self.refresh_bindings()
        if event.key is None:
            self.panel.display = False
        elif event.row is not None and event.row.address != self.panel.address:
            self._read_details(event.row)

    @on(WindowTable.Chosen, "#suppressions")
    def _toggle_details(self, event: WindowTable.Chosen) -> None:
        self.panel.display = not self.panel.display
        self._read_details(event.row)
        self.refresh_bindings()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        row = self._table.cursor_row
        needs_row = ("suppressions.details", "suppressions.remove", "suppressions.document")
        if command_id in needs_row and row is None:
            return "There is no address under the cursor."
        if command_id == "suppressions.document" and row and row.cause is None:
            return "No document of ours is known to have caused it."
        return self.no_row_to_act_on(command_id)

    def label_of(self, command: Command) -> str:
        if command.id == "suppressions.details" and self.panel.display:
            return "Hide details"
        return command.label

    def enter_command(self) -> str | None:
        return "suppressions.details" if self._table.has_focus else None

    def command_details(self) -> None:
        self._table.action_choose()

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        if row is None:
            return "", ()
        items = copy_items.of_suppression(row)
        return cell(row.address, 60), (*items, *self.whole_row(self._table, row))

    def sheet(self) -> Sheet[Any] | None:
        from tui.format.records import suppression_row
        from tui.tables import export_file

        source = SuppressionSource(self.app_context.backend, self._where)
        return self.sheet_of(
            self._table, "suppressions", suppression_row, lambda: export_file.pages(source)
        )

    def command_remove(self) -> None:
        from tui.dialogs.suppression import ReleaseDialog  # not for the first paint

        row = self._table.cursor_row
        if row is not None:
            _ = self.app.push_screen(ReleaseDialog(self.app_context, row), self._changed)

    def command_add(self) -> None:
        from tui.dialogs.suppression import AddDialog

        _ = self.app.push_screen(AddDialog(self.app_context), self._changed)

    def _changed(self, change: SuppressionChange | None) -> None:
        if change is None:
            return
        self.show_again()
        self._read_details(self._table.cursor_row)
        warning = f"\n{GLOBAL_LIST}" if change.action == "removed" and change.is_done else ""
        self.notify(
            change_words(change, f"{key_of('suppressions.remove')} tries again") + warning,
            title=cell(change.address, 60),
            severity="information" if change.is_done else "warning",
            timeout=12,
            markup=False,
        )

    def command_document(self) -> None:
        row, backend = self._table.cursor_row, self.app_context.backend
        if row is None or row.cause is None:
            return
        cause = row.cause

        def open_it(header: CustomerHeader) -> None:
            self.post_message(self.DocumentWanted(customer_of(header), cause.document_id))

        self.read("document", lambda: backend.customers.header(cause.customer_id), open_it)

    def command_search(self) -> None:
        self.search.focus()

    def command_next_chip(self) -> None:
        self.chips.step(1)

    def command_previous_chip(self) -> None:
        self.chips.step(-1)

    def close_something(self) -> bool:
        if self.search.has_focus:
            self.search.value = ""
            self._table.focus()
        elif self.panel.display:
            self._table.focus()
            self.panel.display = False
            self.refresh_bindings()
        elif self.search.value:
            self.search.value = ""
        else:
            return False
        return True


def customer_of(header: CustomerHeader) -> CustomerRow:
    """What the communications screen needs of a customer."""
    return CustomerRow(
        id=header.id,
        name=header.name,
        address=header.contacts[0].address if header.contacts else "",
        open_balance=header.open_balance,
        documents=header.documents,
        last_sent_at=None,
        bounced=0,
        complained=0,
        dropped=0,
        failed=0,
        never_reached=0,
    )
