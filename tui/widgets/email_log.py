"""The emails of one document, newest first; the newest one open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from core.model.chasing import Call
from core.rules.delivery.status import FAILURES
from core.rules.export.document_url import url_of
from tui.commands.dispatch import CommandHost, bindings
from tui.format.chasing import call_content, chase_lines, newest_first
from tui.format.email import banner, head, story
from tui.format.moments import earlier, later
from tui.format.text import cell
from tui.widgets.as_of_prompt import PastPrompt

if TYPE_CHECKING:
    from core.model.history import DocumentLog, EmailEntry

#: A document is not sent this often; the command line shows the rest.
MOST_EMAILS = 100


class EmailHead(Widget):
    """The line of an email that is always there."""

    DEFAULT_CSS = "EmailHead { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, email: EmailEntry, now: datetime, as_of: datetime | None) -> None:
        super().__init__()
        self.email = email
        self.now = now
        self.as_of = as_of
        self.is_open = False

    def render(self) -> RenderResult:
        return head(
            self.email,
            is_open=self.is_open,
            width=self.content_size.width,
            now=self.now,
            as_of=self.as_of,
        )


class EmailStory(Static):
    """What an open email tells."""

    DEFAULT_CSS = "EmailStory { height: auto; }"


class EmailItem(Vertical):
    """One email: its line, and its story while it is open."""

    DEFAULT_CSS = "EmailItem { height: auto; }"

    def __init__(
        self, email: EmailEntry, now: datetime, as_of: datetime | None, *, is_open: bool
    ) -> None:
        super().__init__()
        self.email = email
        self.is_open = is_open
        self._head = EmailHead(email, now, as_of)
        self._story = EmailStory(story(email, now, as_of) if is_open else "", markup=False)

    def compose(self) -> ComposeResult:
        self._head.is_open = self._story.display = self.is_open
        yield self._head
        yield self._story

    def show(self, email: EmailEntry, now: datetime, as_of: datetime | None) -> None:
        """Show other facts about the same email."""
        self.email = email
        self._head.email, self._head.now, self._head.as_of = email, now, as_of
        self._head.refresh()
        if self.is_open:
            self._story.update(story(email, now, as_of))

    def toggle(self) -> None:
        """Open it, or close it."""
        self.is_open = not self.is_open
        self._head.is_open = self._story.display = self.is_open
        self._head.refresh()
        if self.is_open:
            self._story.update(story(self.email, self._head.now, self._head.as_of))


class CallItem(Static):
    """A phone call among the emails: one line, longer where more was said."""

    DEFAULT_CSS = "CallItem { height: auto; padding: 0 2; }"

    def __init__(self, call: Call, now: datetime) -> None:
        super().__init__(call_content(call, now), markup=False)


class EmailLog(CommandHost, VerticalScroll, can_focus=True):
    """The panel below a table: up and down choose an email, Enter opens and closes it."""

    BINDINGS = bindings("log")

    @dataclass
    class Closed(Message):
        """The person is done with the log."""

        log: EmailLog

    @dataclass
    class PastWanted(Message):
        """The person wants to see what was known at a moment; ``None`` is now."""

        document_id: int
        as_of: datetime | None

    def __init__(self, clock: Callable[[], datetime], links: str = "") -> None:
        """``links`` is the URL of documents' pages; see ``core.rules.export.document_url``."""
        super().__init__(id="log")
        self._links = links
        self.as_of: datetime | None = None
        """The moment that was asked for; the answer may still be on its way."""
        self._log: DocumentLog | None = None
        self._cursor = 0
        self._title = Static("", id="log-title", markup=False)
        self._banner = Static("", id="log-past", markup=False)
        self._banner.display = False
        self._chase = Static("", id="log-chase", markup=False)
        self._calls: tuple[Call, ...] = ()
        self._prompt = PastPrompt(clock)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._banner
        yield self._prompt
        yield self._chase

    @property
    def document_id(self) -> int | None:
        return None if self._log is None else self._log.document.id

    @property
    def failed_address(self) -> str:
        """The first address that the email under the cursor failed on; empty for none."""
        items = self.items
        recipients = items[self._cursor].email.recipients if items else ()
        failed = (r.address for r in recipients if r.state.word in FAILURES)
        return next(failed, "")

    @property
    def number(self) -> str:
        return "" if self._log is None else self._log.document.number

    @property
    def email_here(self) -> EmailEntry | None:
        """The email under the cursor."""
        items = self.items
        return items[self._cursor].email if items else None

    @property
    def items(self) -> list[EmailItem]:
        return list(self.query(EmailItem))

    async def show(self, log: DocumentLog, now: datetime) -> None:
        """Show ``log``; the same emails keep what is open and where the cursor is."""
        if log.document.id != self.document_id:
            self._prompt.display = False
        self._log = log
        self._banner.display = log.as_of is not None
        self._banner.update(banner(log, now))
        self.refresh_bindings()
        emails = log.emails[:MOST_EMAILS]
        self._title.update(_title(log, self._links))
        chase = chase_lines(log, now)
        self._chase.display = bool(chase)
        self._chase.update(chase)
        items = self.items
        same = self._calls == log.calls and bool(items)
        if same and [item.email.id for item in items] == [email.id for email in emails]:
            for item, email in zip(items, emails, strict=True):
                item.show(email, now, log.as_of)
            return
        with self.app.batch_update():
            self._calls = log.calls
            await self.query("EmailItem, CallItem").remove()
            newest = emails[0].id if emails else None
            await self.mount_all(
                CallItem(entry, now)
                if isinstance(entry, Call)
                else EmailItem(entry, now, log.as_of, is_open=entry.id == newest)
                for entry in newest_first(emails, log.calls)
            )
        self._cursor = 0
        self._mark()
        self.scroll_home(animate=False)

    def why_not(self, command_id: str, /) -> str:
        moments = self._log.moments if self._log else ()
        if command_id in ("log.as_of", "log.earlier", "log.later"):
            if not moments:
                return "Nothing was sent yet."
            if command_id == "log.earlier" and earlier(moments, self.as_of) is None:
                return "Nothing was known before that."
            if command_id == "log.later" and self.as_of is None:
                return "This is what is known now."
            return ""
        return "" if self.items else "Nothing was sent yet."

    def command_up(self) -> None:
        self._move(-1)

    def command_down(self) -> None:
        self._move(1)

    def command_toggle(self) -> None:
        item = self.items[self._cursor]
        item.toggle()
        self.call_after_refresh(item.scroll_visible, animate=False)

    # ------------------------------------------------------------------ the past

    def command_as_of(self) -> None:
        self._prompt.ask()

    def command_earlier(self) -> None:
        if self._log is not None:
            self._want(earlier(self._log.moments, self.as_of))

    def command_later(self) -> None:
        if self._log is not None and self.as_of is not None:
            self._want(later(self._log.moments, self.as_of))

    @on(PastPrompt.Answered)
    def _answered(self, event: PastPrompt.Answered) -> None:
        event.stop()
        self._close_prompt()
        self._want(event.at)

    def _want(self, as_of: datetime | None) -> None:
        if self._log is not None:
            self.post_message(self.PastWanted(self._log.document.id, as_of))

    def _close_prompt(self) -> None:
        self._prompt.display = False
        self.focus()

    def close_something(self) -> bool:
        """Close the prompt, or return to now; false when neither is open."""
        if self._prompt.display:
            self._close_prompt()
        elif self.as_of is not None:
            self._want(None)
        else:
            return False
        return True

    # ------------------------------------------------------------------ the cursor

    def move_to(self, place: int) -> None:
        """Put the cursor on that email."""
        self._move(place - self._cursor)

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


def _title(log: DocumentLog, links: str) -> Content:
    count = len(log.emails)
    said = {0: "nothing was sent yet", 1: "1 email"}.get(count, f"{count} emails, newest first")
    if count > MOST_EMAILS:
        said += f"; the newest {MOST_EMAILS} of them here"
    document = log.document
    url = url_of(links, document.kind, document.number)
    number = Content.styled(cell(document.number, 40), Style(bold=True, link=url or None))
    return Content.assemble(number, (f"   {said}", "$muted"))
