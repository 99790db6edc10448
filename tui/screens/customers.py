"""The first screen: type to find a customer; those who need attention come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from core.model.documents import (
    CustomerFilter,
    CustomerOrder,
    CustomerRow,
    CustomerSort,
    DocumentView,
)
from tui.commands.dispatch import bindings, clears_the_search, key_of
from tui.format.badges import ChipItem, never_reached
from tui.format.text import cell
from tui.screens.base_table_screen import TablePlace
from tui.tables.customers import CUSTOMER_COLUMNS
from tui.tables.intents import ChaseWanted
from tui.tables.sources import CustomerSource, PickSource
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable
from tui.widgets.search_field import Search

if TYPE_CHECKING:
    from core.model.documents import Overview
    from core.model.feed import FeedStatus
    from core.rules.search.ranking import Typed
    from tui.runtime.context import AppContext
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet


NOTHING_YET = (
    "No customers yet.\n"
    "outtray import FILE…   reads the exports of your accounting program\n"
    "outtray demo           shows Outtray on a generated company"
)
_ALL = ChipItem("all", "All")
_SORTED = {
    CustomerOrder.ATTENTION: "what needs attention",
    CustomerOrder.NAME: "name",
    CustomerOrder.DOCUMENTS: "number of documents",
    CustomerOrder.LAST_SENT: "when something was sent last",
}


def typed_as(text: str) -> Typed | None:
    """Return what was typed as rows are compared with it."""
    if not text:
        return None
    from core.rules.search.ranking import Typed  # not for the first paint

    return Typed.of(text)


def _sign(row: CustomerRow) -> tuple[int, ...]:
    return row.bounced, row.complained, row.dropped, row.failed, row.unconfirmed


class CustomersScreen(TablePlace):
    """Search, two filters, the list."""

    BINDINGS = bindings("customers")
    AUTO_FOCUS = "#search"
    columns_key = "columns.customers"
    table_columns = CUSTOMER_COLUMNS

    class Opened(Message):
        """Show this customer's documents; ``None``: everybody's, filtered by ``chip``."""

        def __init__(
            self, customer: CustomerRow | None, chip: DocumentView = DocumentView.ALL
        ) -> None:
            super().__init__()
            self.customer = customer
            self.chip = chip

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed)
        self._where = CustomerFilter()
        self._overview: Overview | None = None
        self._picked: PickSource | None = None
        # held, not queried: an answer may come while the screen is being taken down
        self.search = Search("› name, address or document number")
        self.chips = Chips([_ALL])
        self._found = Static("", id="found", markup=False)
        self._lost = Static("", id="lost", markup=False)
        self._table: WindowTable[CustomerRow] = WindowTable(
            CUSTOMER_COLUMNS,
            app_context.background_calls,
            empty="",
            clock=app_context.clock,
            id="customers",
        )

        self.follow(self._table, "customers", _sign)

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers",)

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="search-line"):
            yield self.search
            yield self._found
        with Horizontal(id="filter-line"):
            yield self.chips
            yield self._lost
        yield self._table

    def on_mount(self) -> None:
        self._load()
        self.show_overview()
        self.remember_columns()

    # ------------------------------------------------------------------ order

    @property
    def table(self) -> WindowTable[CustomerRow]:
        return self._table

    @property
    def sorted_by(self) -> tuple[str, bool]:
        return self._where.sort.column.value, self._where.sort.descending

    def sort_by(self, order: str, *, descending: bool) -> None:
        column = CustomerOrder(order)
        if self._where.text:
            self.notify("While something is typed the best match is first.", markup=False)
            return
        if column is CustomerOrder.ATTENTION and not descending:
            self.notify(
                "Whoever needs most attention is always first.",
                title="Not reversed",
                markup=False,
            )
            return
        self._where = replace(self._where, sort=CustomerSort(column, descending))
        self._table.sort = self.sorted_by
        source = CustomerSource(self.app_context.backend, self._where)
        self._table.load(source, cursor_key=self._table.cursor_key, same_rows=True)
        self._show_found()

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        where, backend = self._where, self.app_context.backend
        self._picked = PickSource(backend, where) if where.text else None
        self._table.empty = self._nothing()
        self._table.typed = typed_as(where.text)
        self._table.sort = None if where.text else self.sorted_by  # what is typed ranks
        self._table.load(self._picked or CustomerSource(backend, where))

    def _nothing(self) -> str:
        if self._where.text:
            return f"No customer matches “{cell(self._where.text, 40)}”.\n{clears_the_search()}"
        return "Nobody needs attention." if self._where.attention else NOTHING_YET

    def show_overview(self) -> None:
        self.read("overview", self.app_context.backend.overview, self._show_overview)

    def _show_overview(self, overview: Overview) -> None:
        self._overview = overview
        self.app_context.board.unlinked = overview.unlinked
        self.refresh_bindings()
        items = [
            ChipItem("all", "All", overview.customers),
            ChipItem("attention", "Needs attention", overview.attention),
        ]
        if overview.bounced:
            items.append(ChipItem("bounced", "Bounced", overview.bounced, "✖", "tone--bounced"))
        self.chips.show(items, "attention" if self._where.attention else "all")
        self._show_found()

    def _show_found(self) -> None:
        total = self._overview.customers if self._overview else self._table.row_count
        more, alike, order = "", "", f"    sorted by {_SORTED[self._where.sort.column]}"
        found = self._picked.found if self._picked else None
        if found is not None:
            more, count = "+" * found.has_more, found.alike
            alike, order = f" · {count} spelt alike" * (count > 0), "    the best match first"
        said = f"{self._table.row_count:,}{more} of {total:,} customers{alike}"
        said += self._to_link() or ("" if self._is_narrow else order)
        self._found.update(Content.styled(said, "$muted"))
        self._lost.update(self._lost_money())

    def _to_link(self) -> str:
        count = self._overview.unlinked if self._overview else 0
        if not count:
            return ""
        if self._is_narrow:
            return f"   {count:,} to link: {key_of('app.unlinked')}"
        what = "1 email waits" if count == 1 else f"{count:,} emails wait"
        return f"    {what} to be linked: {key_of('app.unlinked')}"

    @property
    def _is_narrow(self) -> bool:
        return self.size.width < 100

    def _lost_money(self) -> Content:
        if self._overview is None:
            return Content("")
        count = self._overview.never_reached_documents
        where = f" on {count:,} document{'' if count == 1 else 's'}"
        return never_reached(self._overview.never_reached, "" if self._is_narrow else where)

    def on_resize(self) -> None:
        self._show_found()

    def show_again(self) -> None:
        self._table.reload()
        self.show_overview()

    # ------------------------------------------------------------------ what the person does

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        if event.value.strip() != self._where.text:
            self._where = replace(self._where, text=event.value.strip())
            self._load()

    @on(Input.Submitted, "#search")
    def _open_first(self) -> None:
        self._table.focus()
        self._table.action_choose()

    @on(Search.Left)
    def _leave_search(self) -> None:
        self._table.focus()

    @on(WindowTable.Loaded, "#customers")
    def _loaded(self) -> None:
        picked = self._picked
        if picked and picked.found and picked.found.may_look_alike and not picked.alike:
            picked.alike = True  # what is spelt like that is on screen before the look for slips
            self._table.reload()
        self._show_found()
        self.refresh_bindings()

    @on(WindowTable.Chosen, "#customers")
    def _open(self, event: WindowTable.Chosen) -> None:
        if isinstance(event.row, CustomerRow):
            self.post_message(self.Opened(event.row))

    @on(Chips.Picked)
    def _filter(self, event: Chips.Picked) -> None:
        if event.key == "bounced":
            self.chips.show(self.chips.items, "attention" if self._where.attention else "all")
            self.command_bounced()
            return
        self._where = replace(self._where, attention=event.key == "attention")
        self._load()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id in ("customers.open", "customers.snooze") and not self._table.row_count:
            return "There is no customer here."
        return self.no_row_to_act_on(command_id)

    def enter_command(self) -> str | None:
        return "customers.open"

    def command_open(self) -> None:
        self._table.action_choose()

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        if row is None:
            return "", ()
        return cell(row.name, 60), (*copy_items.of_customer(row), *self.whole_row(self._table, row))

    def sheet(self) -> Sheet[Any] | None:
        from tui.format import records
        from tui.tables import export_file

        source = self._picked or CustomerSource(self.app_context.backend, self._where)
        return self.sheet_of(
            self._table, "customers", records.customer, lambda: export_file.pages(source)
        )

    def command_snooze(self) -> None:
        row = self._table.cursor_row
        if row is not None:
            self.post_message(ChaseWanted("snooze", row))

    def command_attention(self) -> None:
        self.chips.pick("all" if self._where.attention else "attention")

    def command_bounced(self) -> None:
        self.post_message(self.Opened(None, DocumentView.BOUNCED))

    def command_search(self) -> None:
        self.search.focus()

    def command_next_chip(self) -> None:
        self.command_attention()

    def command_previous_chip(self) -> None:
        self.command_attention()

    def close_something(self) -> bool:
        if self.search.value:
            self.search.value = ""
        elif self.search.has_focus:
            self._table.focus()
        elif self._where.attention:
            self.chips.pick("all")
        return True  # Escape never leaves the program
