"""Which document is this email about? Candidates first, then any document, as one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.model.documents import DocumentFilter, DocumentRow
from core.model.enums import DocumentKind
from core.model.errors import OuttrayError
from core.rules.delivery.external_email import Listed, Unlinked
from tui.commands.dispatch import CommandHost, bindings, with_keys
from tui.format.text import ago, cell, money
from tui.runtime.context import AppContext
from tui.widgets.text_field import Field

if TYPE_CHECKING:
    from core.model.reports import LinkedByHand

_MOST: Final = 12
_MARKED: Final = Content("▌ ")
_UNMARKED: Final = Content("  ")


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """A document that the email may be linked to."""

    document_id: int
    words: Content


class LinkDialog(CommandHost, ModalScreen["LinkedByHand | None"]):
    """Stays open, and says why, when the link could not be made."""

    BINDINGS = bindings("link")
    AUTO_FOCUS = "#document"

    def __init__(self, app_context: AppContext, email: Unlinked) -> None:
        super().__init__()
        self.app_context = app_context
        self.email = email
        # held, not queried: an answer may come while the dialog is being taken down
        self.field = Field(placeholder="number or customer", name="document")
        self.heading = Static("", id="link-heading", markup=False)
        self.list = OptionList(id="link-choices", compact=True)
        self.list.can_focus = False
        self.said = Static("", id="link-said", markup=False)
        self._choices: tuple[LinkChoice, ...] = ()
        self._is_linking = False
        self._choose_next = False
        self._shown_for: str | None = None
        self._marked: int | None = None

    def compose(self) -> ComposeResult:
        mail, now = self.email.mail, self.app_context.clock()
        to = ", ".join(cell(addressee.address, 80) for addressee in mail.addressees)
        with Vertical(id="link"):
            yield Static("Which document is this email about?", id="link-title")
            yield _line("Subject", cell(mail.subject, 200) or "none")
            yield _line("From", cell(mail.source, 120))
            yield _line("To", to or "nobody named")
            yield _line("Sent", ago(mail.at, now))
            with Horizontal(classes="field", id="link-search"):
                yield Static("Search", classes="label")
                yield self.field
            yield self.heading
            yield self.list
            yield self.said
            yield Static(
                with_keys("{link.choose} link   {link.up} {link.down} choose   {link.close} close"),
                id="link-keys",
            )

    def on_mount(self) -> None:
        self._show_candidates()

    # ------------------------------------------------------------------ what can be chosen

    @on(Input.Changed, "#document")
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        self._choose_next = False
        if not text:
            self.app_context.background_calls.drop("link.search")
            self._show_candidates()
            return
        backend, where = self.app_context.backend, DocumentFilter(text=text)
        self.app_context.background_calls.start(
            "link.search",
            lambda: backend.documents.page(where, 0, _MOST + 1),
            lambda rows: self._found(text, rows),
            self._failed,
        )

    def _show_candidates(self) -> None:
        found = self.email.candidates
        heading = "Something in it points to" if found else "Nothing in it points to a document."
        self._show("", heading, [LinkChoice(d.document_id, listed_words(d)) for d in found])

    def _found(self, text: str, rows: Sequence[DocumentRow]) -> None:
        if not self.is_mounted:
            return
        more = f" (the first {_MOST}; type more)" if len(rows) > _MOST else ""
        heading = f"Documents found{more}" if rows else f"No document matches “{cell(text, 40)}”."
        now = self.app_context.clock()
        width = 32 if self.app.size.width >= 100 else 20
        choices = [LinkChoice(row.id, row_words(row, now, width)) for row in rows[:_MOST]]
        choose, self._choose_next = self._choose_next, False
        self._show(text, heading, choices)
        if choose:
            self.command_choose()

    def _show(self, text: str, heading: str, choices: Sequence[LinkChoice]) -> None:
        self._shown_for, self._choices = text, tuple(choices)
        self.heading.update(Content.styled(heading, "$muted"))
        self.said.update("")
        self.list.clear_options()
        self.list.add_options([Option(_UNMARKED + choice.words) for choice in choices])
        self.list.highlighted = 0 if choices else None
        self._marked = None
        self._mark(self.list.highlighted)

    def _mark(self, at: int | None) -> None:
        """The one that Enter takes has the table's mark: it can be seen without colour."""
        for index, mark in ((self._marked, _UNMARKED), (at, _MARKED)):
            if index is not None and index < len(self._choices):
                self.list.replace_option_prompt_at_index(index, mark + self._choices[index].words)
        self._marked = at

    def _failed(self, error: OuttrayError) -> None:
        self._is_linking = False
        if self.is_mounted:
            told = " ".join(cell(part, 300) for part in (error.title, error.hint) if part)
            self.said.update(Content.styled(f"✖ {told}", "$tone-bounced"))

    # ------------------------------------------------------------------ commands

    def command_up(self) -> None:
        self.list.action_cursor_up()
        self._mark(self.list.highlighted)

    def command_down(self) -> None:
        self.list.action_cursor_down()
        self._mark(self.list.highlighted)

    @on(Input.Submitted, "#document")
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.command_choose()

    @on(OptionList.OptionSelected, "#link-choices")
    def _click(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._link(self._choices[event.option_index])

    def command_choose(self) -> None:
        """Link to what is highlighted; what is typed but not found yet is waited for."""
        at = self.list.highlighted
        if self._shown_for != self.field.value.strip():
            self._choose_next = True
        elif at is not None:
            self._link(self._choices[at])

    def command_close(self) -> None:
        if self.field.value:
            self.field.value = ""
        else:
            _ = self.dismiss(None)

    def _link(self, choice: LinkChoice) -> None:
        if self._is_linking:
            return
        self._is_linking = True
        self.said.update(Content.styled("Linking …", "$muted"))
        linking, message_id = self.app_context.backend, self.email.mail.message_id
        self.app_context.background_calls.start(
            None,
            lambda: linking.linking.link_to(message_id, choice.document_id),
            self._linked,
            self._failed,
        )

    def _linked(self, done: LinkedByHand) -> None:
        if self.is_mounted:
            _ = self.dismiss(done)


def _line(label: str, text: str) -> Horizontal:
    words = Static(text, classes="link-words", markup=False)
    return Horizontal(Static(label, classes="label"), words, classes="field")


def listed_words(document: Listed) -> Content:
    """``INV-0042   invoice   Krajcik & Sons``."""
    return _words(document.number, document.kind, document.customer, "")


def row_words(row: DocumentRow, now: datetime, width: int = 32) -> Content:
    """The same, with what helps to tell documents apart."""
    sent = f"sent {ago(row.summary.last_sent_at, now)}" if row.summary.send_count else "never sent"
    total = f"{money(row.total, row.currency)} {cell(row.currency, 3)}"
    return _words(row.number, row.kind, row.customer, f"{total}  {sent}", width)


def _words(number: str, kind: DocumentKind, customer: str, more: str, width: int = 32) -> Content:
    return Content.assemble(
        (f"{cell(number, 24):<12}", "bold"),
        (f"  {kind.value:<8}  ", "$muted"),
        f"{cell(customer, width):<{width}}",
        (f"  {more}" if more else "", "$muted"),
    )
