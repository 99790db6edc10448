"""Needs attention: what failed over all customers, the most urgent first, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.model.attention import AttentionChip, AttentionRow
from core.model.documents import CustomerRow, DocumentRow
from core.model.enums import EmailKind
from core.model.feed import FeedStatus
from core.model.history import CustomerHeader
from tui.commands.dispatch import bindings, key_of
from tui.commands.registry import Command
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.screens.base_table_screen import HandyScreen
from tui.screens.communications import CommunicationsScreen
from tui.screens.suppressions import customer_of
from tui.tables.attention import ATTENTION_COLUMNS, AttentionSource, chip_items, nothing
from tui.tables.intents import ChaseWanted
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable

_ORDER = "balance × days overdue, the most first"
_FREE = ("k", "space")
_FREE_OF_ROW = ("_chip", ".export")

if TYPE_CHECKING:
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet


def _without(keys: tuple[str, ...]) -> list[BindingType]:
    """The table's own keys but for those that the screen takes."""
    made: list[BindingType] = []
    for binding in WindowTable.BINDINGS:
        assert isinstance(binding, Binding)  # noqa: S101 (for the type checker)
        left = [key for key in binding.key.split(",") if key not in keys]
        if left:
            made.append(Binding(",".join(left), binding.action, binding.description, show=False))
    return made


class AttentionTable(WindowTable[AttentionRow], inherit_bindings=False):
    """Space and K acknowledge here: they neither select a row nor go up."""

    BINDINGS: ClassVar[list[BindingType]] = _without(_FREE)

    def mark(self, keys: frozenset[int]) -> None:
        """Nothing here acts on several rows, so a click beside one selects none."""


class AttentionScreen(HandyScreen):
    """Filters, and the table."""

    BINDINGS = bindings("attention")
    AUTO_FOCUS = "#attention"

    class DocumentWanted(Message):
        """Show the document with its log."""

        def __init__(self, customer: CustomerRow, document_id: int) -> None:
            super().__init__()
            self.customer = customer
            self.document_id = document_id

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed, name="attention")
        self._chip = AttentionChip.OPEN
        self._counts: Mapping[AttentionChip, int] = {}
        self._acknowledged: list[tuple[int, str]] = []
        # held, not queried: an answer may come while the screen is being taken down
        self.chips = Chips(chip_items({}))
        self._order = Static(Content.styled(_ORDER, "$muted"), id="attention-order")
        self._table = AttentionTable(
            ATTENTION_COLUMNS,
            app_context.background_calls,
            empty="",
            clock=app_context.clock,
            id="attention",
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers", "Needs attention")

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield self.chips
            yield self._order
        yield self._table

    def on_mount(self) -> None:
        self._load()

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        self._table.empty = nothing(self._chip, self._counts.get(AttentionChip.ACKNOWLEDGED, 0))
        self._table.load(AttentionSource(self.app_context.backend, self._chip))
        self._show_counts()

    def _show_counts(self) -> None:
        backend = self.app_context.backend
        self.read("counts", lambda: backend.attention.counts(), self._counted)

    def _counted(self, counts: Mapping[AttentionChip, int]) -> None:
        self._counts = counts
        self.chips.show(chip_items(counts), self._chip)
        empty = nothing(self._chip, counts[AttentionChip.ACKNOWLEDGED])
        if empty != self._table.empty:
            self._table.empty = empty
            self._table.refresh()
        shown, there = self._table.row_count, counts[self._chip]
        words = f"the first {shown:,} of {there:,}, by balance" if there > shown > 0 else _ORDER
        self._order.update(Content.styled(words, "$muted"))

    def show_again(self) -> None:
        self._table.reload()
        self._show_counts()

    @on(WindowTable.Loaded, "#attention")
    def _loaded(self) -> None:
        self.refresh_bindings()

    @on(WindowTable.Highlighted, "#attention")
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(Chips.Picked)
    def _pick(self, event: Chips.Picked) -> None:
        self._chip = AttentionChip(event.key)
        self._load()

    @on(WindowTable.Chosen, "#attention")
    def _open(self, event: WindowTable.Chosen) -> None:
        row, backend = event.row, self.app_context.backend

        def show(header: CustomerHeader) -> None:
            self.post_message(self.DocumentWanted(customer_of(header), row.id))

        self.read("customer", lambda: backend.customers.header(row.document.customer_id), show)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "attention.undo":
            return "" if self._acknowledged else "You acknowledged nothing just now."
        is_about_a_row = command_id.startswith("attention.") and not command_id.endswith(
            _FREE_OF_ROW
        )
        row = self._table.cursor_row
        if is_about_a_row and row is None:
            return "There is no document under the cursor."
        if command_id == "attention.edit_address" and row is not None and not row.address:
            return "No address failed here."
        return self.no_row_to_act_on(command_id)

    def label_of(self, command: Command) -> str:
        is_seen = self._chip is AttentionChip.ACKNOWLEDGED
        if command.id == "attention.acknowledge" and is_seen:
            return "Bring back"
        return command.label

    def enter_command(self) -> str | None:
        return "attention.open"

    def command_open(self) -> None:
        self._table.action_choose()

    def command_acknowledge(self) -> None:
        row, attention = self._row, self.app_context.backend.attention
        number = cell(row.document.number, 30)
        if row.acknowledged_at is not None:
            self._bring_back(row.id, number)
            return
        self._acknowledged.append((row.id, number))
        self._do(
            lambda: attention.acknowledge(row.id, row.seen),
            f"{number} is hidden from your list until something else goes wrong with it. "
            f"{key_of('attention.undo')} undoes it.",
        )

    def command_undo(self) -> None:
        self._bring_back(*self._acknowledged.pop())

    def _bring_back(self, document_id: int, number: str) -> None:
        attention = self.app_context.backend.attention
        self._acknowledged = [each for each in self._acknowledged if each[0] != document_id]
        self._do(lambda: attention.bring_back(document_id), f"{number} is in your list again.")

    def _do(self, call: Callable[[], object], said: str) -> None:
        def done(_: object) -> None:
            self.notify(said, timeout=4, markup=False)
            if self.is_mounted:
                self.show_again()
                self.refresh_bindings()

        self.app_context.background_calls.start(None, call, done, self.report)

    def command_edit_address(self) -> None:
        row = self._row
        self.post_message(CommunicationsScreen.EditWanted(row.document, row.address))

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        if row is None:
            return "", ()
        items = copy_items.of_attention(row, self.app_context.backend.settings.document_url)
        return cell(row.document.number, 60), (*items, *self.whole_row(self._table, row))

    def document_here(self) -> DocumentRow | None:
        row = self._table.cursor_row
        return None if row is None else row.document

    def sheet(self) -> Sheet[Any] | None:
        from tui.format.records import attention_row
        from tui.tables import export_file

        source = AttentionSource(self.app_context.backend, self._chip)
        return self.sheet_of(
            self._table, "attention", attention_row, lambda: export_file.pages(source)
        )

    def command_resend(self) -> None:
        self.post_message(CommunicationsScreen.SendWanted(EmailKind.RESEND, self._row.document))

    def command_follow_up(self) -> None:
        self.post_message(CommunicationsScreen.SendWanted(EmailKind.FOLLOW_UP, self._row.document))

    def command_snooze(self) -> None:
        self.post_message(ChaseWanted("snooze", self._row.document))

    def command_call(self) -> None:
        self.post_message(ChaseWanted("call", self._row.document))

    @property
    def _row(self) -> AttentionRow:
        """The row that the command is about; ``why_not`` has seen that there is one."""
        row = self._table.cursor_row
        assert row is not None  # noqa: S101 (for the type checker)
        return row

    def command_next_chip(self) -> None:
        self.chips.step(1)

    def command_previous_chip(self) -> None:
        self.chips.step(-1)

    def close_something(self) -> bool:
        if self._chip is AttentionChip.OPEN:
            return False
        self.chips.pick(AttentionChip.OPEN)
        return True
