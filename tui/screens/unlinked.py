"""Emails of other programs that wait for a person to say which document they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from core.model.feed import FeedStatus
from core.model.reports import MailSeen
from core.rules.delivery.external_email import Unlinked
from tui.commands.dispatch import bindings, key_of, with_keys
from tui.commands.registry import Command
from tui.format.badges import ChipItem
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.screens.base_table_screen import HandyScreen
from tui.tables.unlinked import COLUMNS, UnlinkedSource
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable

if TYPE_CHECKING:
    from core.model.reports import LinkedByHand
    from tui.tables.copy_items import Item

_WAITING: Final = "waiting"
_ALL: Final = "all"
#: What this list is for, in words, where there is nothing to show it by.
NOTHING_WAITS: Final = (
    "Nothing waits to be linked.\n"
    "Emails of other programs, sent through the same SES configuration set,\n"
    "find their document by themselves where a tag, or a number and the\n"
    "customer's address, make it certain. Those that only point to one\n"
    "wait here until you say which it is.\n"
    "{unlinked.next_chip} also shows what points to nothing, and what was hidden."
)
NOTHING_AT_ALL: Final = (
    "SES has reported no email of another program that hangs on no document.\n"
    "{unlinked.previous_chip} goes back to those that wait."
)


class UnlinkedScreen(HandyScreen):
    """Two filters, the list, and a line about the email under the cursor."""

    BINDINGS = bindings("unlinked")
    AUTO_FOCUS = "#unlinked"

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed, name="unlinked")
        self._everything = False
        self.chips = Chips(_chips())
        self._about = Static("", id="about", markup=False)
        self._table: WindowTable[Unlinked] = WindowTable(
            COLUMNS, app_context.background_calls, empty="", clock=app_context.clock, id="unlinked"
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Customers", "Unlinked emails")

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield self.chips
        yield self._table
        yield self._about

    def on_mount(self) -> None:
        self._load()
        self._count()

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        self._table.empty = with_keys(NOTHING_AT_ALL if self._everything else NOTHING_WAITS)
        self._table.load(UnlinkedSource(self.app_context.backend, self._everything))

    def _count(self) -> None:
        linking = self.app_context.backend

        def counts() -> tuple[int, int]:
            return linking.linking.count(), linking.linking.count(everything=True)

        self.read("counts", counts, self._show_counts)

    def _show_counts(self, counts: tuple[int, int]) -> None:
        self.app_context.board.unlinked = counts[0]
        chosen = _ALL if self._everything else _WAITING
        self.chips.show(_chips(*counts), chosen)

    def show_again(self) -> None:
        self._table.reload()
        self._count()

    @on(WindowTable.Highlighted, "#unlinked")
    def _follow_cursor(self, event: WindowTable.Highlighted) -> None:
        row = event.row
        self._about.update(about(row.mail) if isinstance(row, Unlinked) else "")
        self.refresh_bindings()

    @on(WindowTable.Loaded, "#unlinked")
    def _loaded(self) -> None:
        self.refresh_bindings()

    # ------------------------------------------------------------------ what the person does

    @on(Chips.Picked)
    def _filter(self, event: Chips.Picked) -> None:
        self._everything = event.key == _ALL
        self._load()
        self._count()

    @on(WindowTable.Chosen, "#unlinked")
    def _open_dialog(self, event: WindowTable.Chosen) -> None:
        from tui.dialogs.link import LinkDialog  # not for the first paint

        if reason := self.why_not("unlinked.link"):  # Enter comes from the table itself
            self._tell(reason, "Link is off")
        elif isinstance(event.row, Unlinked):
            _ = self.app.push_screen(LinkDialog(self.app_context, event.row), self._linked)

    def _linked(self, done: LinkedByHand | None) -> None:
        if done is None:
            return
        reports = "1 report" if done.applied == 1 else f"{done.applied} reports"
        document = f"{cell(done.document.number, 40)} of {cell(done.document.customer, 60)}"
        self._tell(f"Linked to {document}; {reports} of SES came along.", "Linked")
        self.show_again()

    def _dismissed(self, mail: MailSeen) -> None:
        what = cell(mail.subject, 60) or "The email"
        self._tell(
            f"{what}: about no document. {key_of('unlinked.next_chip')} shows it;"
            f" there {key_of('unlinked.dismiss')} takes that back.",
            "Hidden",
        )
        self.show_again()

    def _restored(self, mail: MailSeen) -> None:
        self._tell(f"{cell(mail.subject, 60) or 'The email'} waits again.", "Taken back")
        self.show_again()

    def _tell(self, text: str, title: str) -> None:
        self.notify(text, title=title, timeout=6, markup=False)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        row = self._table.cursor_row
        if command_id in ("unlinked.link", "unlinked.dismiss") and row is None:
            return "There is no email under the cursor."
        if command_id == "unlinked.link" and row and not row.mail.addressees:
            return "SES named no recipient of this email, so it cannot be linked."
        return self.no_row_to_act_on(command_id)

    def label_of(self, command: Command) -> str:
        row = self._table.cursor_row
        if command.id == "unlinked.dismiss" and row and row.dismissed_at is not None:
            return "Take back"
        if command.id == "unlinked.next_chip":
            return "Waiting only" if self._everything else "Show all"
        return command.label

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        if row is None:
            return "", ()
        items = copy_items.of_unlinked(row.mail)
        return cell(row.mail.subject, 60), (*items, *self.whole_row(self._table, row))

    def command_link(self) -> None:
        self._table.action_choose()

    def command_dismiss(self) -> None:
        row = self._table.cursor_row
        if row is None:
            return
        linking, message_id = self.app_context.backend, row.mail.message_id
        if row.dismissed_at is None:
            self.app_context.background_calls.start(
                None, lambda: linking.linking.dismiss(message_id), self._dismissed, self.report
            )
        else:
            self.app_context.background_calls.start(
                None, lambda: linking.linking.restore(message_id), self._restored, self.report
            )

    def command_next_chip(self) -> None:
        self.chips.step(1)

    def command_previous_chip(self) -> None:
        self.chips.step(-1)


def _chips(waiting: int | None = None, everything: int | None = None) -> list[ChipItem]:
    return [
        ChipItem(_WAITING, "Waiting", waiting, "⋯", "tone--deferred"),
        ChipItem(_ALL, "All without a document", everything),
    ]


def about(mail: MailSeen) -> Content:
    """Everything the columns may have cut, on two lines."""
    to = ", ".join(cell(addressee.address, 80) for addressee in mail.addressees)
    return Content.assemble(
        ("subject ", "$muted"), cell(mail.subject, 200) or "none", "\n",
        ("from ", "$muted"), cell(mail.source, 120), ("  to ", "$muted"), to or "nobody named",
    )  # fmt: skip
