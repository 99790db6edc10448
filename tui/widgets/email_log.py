"""The emails of one document, newest first; the newest one open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from core.model import DocumentLog, EmailEntry
from tui.commands import bindings, carry_out
from tui.text import cell
from tui.widgets.email_story import head, story

#: A document is not sent this often; the command line shows the rest.
MOST_EMAILS = 100


class EmailHead(Widget):
    """The line of an email that is always there."""

    DEFAULT_CSS = "EmailHead { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, email: EmailEntry, now: datetime) -> None:
        super().__init__()
        self.email = email
        self.now = now
        self.is_open = False

    def render(self) -> RenderResult:
        return head(self.email, is_open=self.is_open, width=self.content_size.width, now=self.now)


class EmailStory(Static):
    """What an open email tells."""

    DEFAULT_CSS = "EmailStory { height: auto; }"


class EmailItem(Vertical):
    """One email: its line, and its story while it is open."""

    DEFAULT_CSS = "EmailItem { height: auto; }"

    def __init__(self, email: EmailEntry, now: datetime, *, is_open: bool) -> None:
        super().__init__()
        self.email = email
        self.is_open = is_open
        self._head = EmailHead(email, now)
        self._story = EmailStory(story(email, now) if is_open else "", markup=False)

    def compose(self) -> ComposeResult:
        self._head.is_open = self._story.display = self.is_open
        yield self._head
        yield self._story

    def show(self, email: EmailEntry, now: datetime) -> None:
        """Show newer facts about the same email."""
        self.email = email
        self._head.email, self._head.now = email, now
        self._head.refresh()
        if self.is_open:
            self._story.update(story(email, now))

    def toggle(self) -> None:
        """Open it, or close it."""
        self.is_open = not self.is_open
        self._head.is_open = self._story.display = self.is_open
        self._head.refresh()
        if self.is_open:
            self._story.update(story(self.email, self._head.now))


class EmailLog(VerticalScroll, can_focus=True):
    """The panel below a table: up and down choose an email, Enter opens and closes it."""

    BINDINGS = bindings("log")

    @dataclass
    class Closed(Message):
        """The person is done with the log."""

        log: EmailLog

    def __init__(self) -> None:
        super().__init__(id="log")
        self._log: DocumentLog | None = None
        self._cursor = 0
        self._title = Static("", id="log-title", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title

    @property
    def document_id(self) -> int | None:
        return None if self._log is None else self._log.document.id

    @property
    def items(self) -> list[EmailItem]:
        return list(self.query(EmailItem))

    async def show(self, log: DocumentLog, now: datetime) -> None:
        """Show ``log``; the same emails keep what is open and where the cursor is."""
        self._log = log
        emails = log.emails[:MOST_EMAILS]
        self._title.update(_title(log))
        items = self.items
        if [item.email.id for item in items] == [email.id for email in emails]:
            for item, email in zip(items, emails, strict=True):
                item.show(email, now)
            return
        with self.app.batch_update():
            await self.query(EmailItem).remove()
            await self.mount_all(
                EmailItem(email, now, is_open=position == 0)
                for position, email in enumerate(emails)
            )
        self._cursor = 0
        self._mark()
        self.scroll_home(animate=False)

    def why_not(self, _: str, /) -> str:
        return "" if self.items else "Nothing was sent yet."

    def action_command(self, command_id: str) -> None:
        carry_out(self, command_id)

    def command_up(self) -> None:
        self._move(-1)

    def command_down(self) -> None:
        self._move(1)

    def command_toggle(self) -> None:
        item = self.items[self._cursor]
        item.toggle()
        self.call_after_refresh(item.scroll_visible, animate=False)

    def _move(self, by: int) -> None:
        target = self._cursor + by
        if 0 <= target < len(self.items):
            self._cursor = target
            self._mark()
            self.items[target].scroll_visible(animate=False)
        else:
            self.scroll_relative(y=by, animate=False)

    def _mark(self) -> None:
        for position, item in enumerate(self.items):
            item.set_class(position == self._cursor, "-cursor")

    def on_click(self, event: events.Click) -> None:
        for position, item in enumerate(self.items):
            if event.widget is not None and item in event.widget.ancestors_with_self:
                self._cursor = position
                self._mark()
                if isinstance(event.widget, EmailHead):
                    item.toggle()
                return


def _title(log: DocumentLog) -> Content:
    count = len(log.emails)
    said = {0: "nothing was sent yet", 1: "1 email"}.get(count, f"{count} emails, newest first")
    if count > MOST_EMAILS:
        said += f"; the newest {MOST_EMAILS} of them here"
    return Content.assemble((cell(log.document.number, 40), "bold"), (f"   {said}", "$muted"))
