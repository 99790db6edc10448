"""Every document of a customer, or of all of them, what became of it, and its emails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult

from core.model.documents import DocumentFilter, DocumentOrder, DocumentSort, DocumentView
from core.model.enums import DisplayStatus
from tui.commands.dispatch import bindings
from tui.format.chips import nothing_found
from tui.format.text import cell
from tui.screens.document_wants import DocumentWants
from tui.screens.filtered_screen import NarrowedScreen
from tui.tables.documents import ALL_DOCUMENT_COLUMNS, DOCUMENT_COLUMNS
from tui.tables.sources import DocumentSource
from tui.widgets.customer_card import CustomerCard
from tui.widgets.data_table.table import WindowTable
from tui.widgets.email_log import EmailLog

if TYPE_CHECKING:
    from core.model.documents import CustomerRow, DocumentRow, Overview
    from core.model.feed import FeedStatus
    from core.model.history import CustomerHeader, DocumentLog
    from tui.commands.registry import Command
    from tui.runtime.context import AppContext
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet

MOST_SELECTED = 1_000
"""Of one act: their drafts are in memory until they are written down."""
_ON_A_ROW = frozenset(
    f"documents.{verb}" for verb in ("edit_address", "log", "select", "snooze", "call", "evidence")
)
_ON_ROWS = frozenset({"documents.follow_up", "documents.resend"})


def _sign(row: DocumentRow) -> tuple[object, ...]:
    summary = row.summary
    return summary.word, summary.other_failed, summary.unresolved, summary.is_forward


def _is_own_doing(row: DocumentRow) -> bool:
    return row.summary.word in (DisplayStatus.QUEUED, DisplayStatus.SENDING, DisplayStatus.SENT)


class CommunicationsScreen(NarrowedScreen, DocumentWants):
    """Card, filters, table and, opened with Enter, the log of the document under the cursor."""

    BINDINGS = bindings("documents")
    AUTO_FOCUS = "#documents"

    def __init__(
        self,
        app_context: AppContext,
        feed: FeedStatus,
        customer: CustomerRow | None = None,
        chip: DocumentView = DocumentView.ALL,
        document_id: int | None = None,
    ) -> None:
        where = DocumentFilter(customer_id=customer.id if customer else None, chip=chip)
        super().__init__(app_context, feed, where, name="documents")
        self.customer = customer
        self._first = document_id
        """The document to stand on, with its log open, when the screen has opened."""
        self.columns_key = "columns.customer" if customer else "columns.documents"
        self.table_columns = DOCUMENT_COLUMNS if customer else ALL_DOCUMENT_COLUMNS
        # held, not queried: an answer may come while the screen is being taken down
        self.card = CustomerCard(classes="" if customer else "-overview")
        self.log_panel = EmailLog(app_context.clock, app_context.backend.settings.document_url)
        self.log_panel.display = False
        self._table: WindowTable[DocumentRow] = WindowTable(
            self.table_columns,
            app_context.background_calls,
            empty="",
            currency=customer.open_balance[0].currency
            if customer and customer.open_balance
            else "",
            clock=app_context.clock,
            id="documents",
        )

        self.follow(self._table, "documents", _sign, _is_own_doing)

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers", self.customer.name if self.customer else "All customers")

    def compose_place(self) -> ComposeResult:
        yield self.card
        yield from self.compose_filters()
        yield self._table
        yield self.log_panel

    def on_mount(self) -> None:
        self.load_rows()
        self.show_surroundings()
        self.remember_columns()

    # ------------------------------------------------------------------ order

    @property
    def table(self) -> WindowTable[DocumentRow]:
        return self._table

    @property
    def sorted_by(self) -> tuple[str, bool]:
        return self._where.sort.column.value, self._where.sort.descending

    def sort_by(self, order: str, *, descending: bool) -> None:
        self._where = replace(self._where, sort=DocumentSort(DocumentOrder(order), descending))
        self._table.sort = self.sorted_by
        source = DocumentSource(self.app_context.backend, self._where)
        self._table.load(source, cursor_key=self._table.cursor_key, same_rows=True)

    # ------------------------------------------------------------------ reading

    def load_rows(self) -> None:
        self._table.empty = nothing_found(self._where)
        self._table.load(
            DocumentSource(self.app_context.backend, self._where), cursor_key=self._first
        )
        self.refresh_bindings()

    def show_surroundings(self) -> None:
        self.count_chips()
        backend = self.app_context.backend
        customer = self.customer
        if customer is None:
            self.read("card", backend.overview, self._show_card)
        else:
            self.read("card", lambda: backend.customers.header(customer.id), self._show_card)

    def _show_card(self, shown: CustomerHeader | Overview) -> None:
        self.card.now = self.app_context.clock()
        self.card.shown = shown

    def show_again(self) -> None:
        self._table.reload()
        self.show_surroundings()
        if self.log_panel.display and self.log_panel.document_id is not None:
            self._read_log(self.log_panel.document_id, self.log_panel.as_of)

    def _read_log(self, document_id: int, as_of: datetime | None = None) -> None:
        backend = self.app_context.backend
        self.log_panel.as_of = as_of
        self.read("log", lambda: backend.documents.log(document_id, as_of), self._show_log)

    @on(EmailLog.PastWanted)
    def _show_past(self, event: EmailLog.PastWanted) -> None:
        self._read_log(event.document_id, event.as_of)

    def _show_log(self, log: DocumentLog) -> None:
        if self.log_panel.display and self.log_panel.is_attached:
            self.call_next(self.log_panel.show, log, self.app_context.clock())

    # ------------------------------------------------------------------ what the person does

    @on(WindowTable.Highlighted, "#documents")
    def _follow_cursor(self, event: WindowTable.Highlighted) -> None:
        self.refresh_bindings()
        if not self.log_panel.display:
            return
        if event.key is None:
            self._close_log()
        elif event.key != self.log_panel.document_id:
            self._read_log(event.key)

    @on(WindowTable.Loaded, "#documents")
    def _loaded(self) -> None:
        first, self._first = self._first, None
        if first is not None and self._table.cursor_key == first:
            self._table.action_choose()
        self.refresh_bindings()

    @on(WindowTable.Chosen, "#documents")
    def _toggle_log(self, event: WindowTable.Chosen) -> None:
        if self.log_panel.display and self.log_panel.document_id == event.key:
            self._close_log()
        else:
            self.log_panel.display = True
            self._read_log(event.key)
        self.refresh_bindings()

    def _close_log(self) -> None:
        if self.log_panel.has_focus_within:
            self._table.focus()
        self.log_panel.display = False
        self.refresh_bindings()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        row = self._table.cursor_row
        needs_row = _ON_A_ROW if self._table.marked else _ON_A_ROW | _ON_ROWS
        if command_id in needs_row and row is None:
            return "There is no document under the cursor."
        return self.no_row_to_act_on(command_id)

    def enter_command(self) -> str | None:
        return "documents.log" if self._table.has_focus else None

    def leave_line(self) -> None:
        self._table.focus()

    def label_of(self, command: Command) -> str:
        if command.id == "documents.log" and self.log_panel.display:
            return "Close log"
        row, selected = self._table.cursor_row, len(self._table.marked)
        if selected and command.id in ("documents.follow_up", "documents.resend"):
            return f"{command.label} {selected:,}"
        if command.id == "documents.resend" and row and not row.summary.send_count:
            return "Send"
        return super().label_of(command)

    def command_select(self) -> None:
        self._table.action_mark()

    def command_select_all(self) -> None:
        backend, where = self.app_context.backend, self._where
        self.read("select", lambda: backend.documents.ids(where, MOST_SELECTED), self._select)

    def _select(self, document_ids: tuple[int, ...]) -> None:
        """Select these alone: what another filter showed is not in sight any more."""
        shown = frozenset(document_ids)
        self._table.mark(frozenset() if shown == self._table.marked else shown)
        if len(self._table.marked) == MOST_SELECTED < self._table.row_count:
            self.notify(f"The first {MOST_SELECTED:,} are selected.", markup=False)

    def forget_marks(self) -> None:
        """Select nothing: what was selected has been dealt with."""
        self._table.clear_marks()

    @on(WindowTable.SelectionChanged, "#documents")
    def _selected(self) -> None:
        self.refresh_bindings()

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        email = self.log_panel.email_here if self.log_panel.has_focus_within else None
        if email is not None:
            number = self.log_panel.number
            return f"{cell(email.subject, 60)}", copy_items.of_email(email, number)
        if row is None:
            return "", ()
        items = copy_items.of_document(row, self.app_context.backend.settings.document_url)
        return cell(row.number, 60), (*items, *self.whole_row(self._table, row))

    def document_here(self) -> DocumentRow | None:
        return self._table.cursor_row

    def sheet(self) -> Sheet[Any] | None:
        from tui.format import records
        from tui.tables import export_file

        backend, where = self.app_context.backend, self._where
        return self.sheet_of(
            self._table,
            "documents",
            records.document,
            lambda: export_file.documents(backend, where),
        )

    def command_log(self) -> None:
        self._table.action_choose()

    def close_something(self) -> bool:
        if self.close_line():
            return True
        if self.log_panel.display:
            if not self.log_panel.close_something():
                self._close_log()
        elif self._table.marked:
            self._table.clear_marks()
        else:
            return self.clear_line()
        return True
