"""Help: the keys of the focused place first, then what every status means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.model.enums import FORWARD_FAILED, STATUSES
from tui.commands.dispatch import key_label, keys_of, of_places, with_keys
from tui.commands.registry import Command
from tui.format.badges import block, content

_TITLES: Final = {
    "log": "The log",
    "documents": "Documents",
    "customers": "Customers",
    "unlinked": "Unlinked emails",
    "link": "Linking one of them",
    "suppressions": "Suppressions",
    "search": "The search",
    "line": "The search line",
    "views": "Saved views",
    "outbox": "The outbox",
    "attention": "What needs attention",
    "insights": "Insights",
    "settings": "Feed and settings",
    "quarantine": "Reports that could not be read",
}
_WRITING: Final = ("compose", "attachments", "version", "prompt", "preview")
_TABLE: Final = (
    ("↑ ↓  J K", "One row"),
    ("PgUp PgDn", "One page"),
    ("Home End", "The first row, the last row"),
)
#: Braces name the key in force of a command.
_SIGNS: Final = (
    ("⟵ BOUNCED", "An earlier email of the document failed, and nothing made it good yet."),
    ("! 1/2", "A Cc or Bcc failed; one of two recipients was reached."),
    ("BOUNCED forward", FORWARD_FAILED),
    (
        "SENT ?",
        (
            "No word for a day: it may be stuck, or the feed is broken. "
            "{documents.previous_chip} {documents.next_chip} filters them."
        ),
    ),
    (
        "◔ SENT late",
        (
            "The domain confirms sooner as a rule; the log tells how much. Nothing failed yet: "
            "wait, or call. After a day without word it becomes SENT ?."
        ),
    ),
    (
        "zz 5 Dec",
        (
            "Nobody is to chase before that day: promised, disputed, put off. "
            "{documents.snooze} changes it."
        ),
    ),
    ("☎", "Emails will not do any more: call. The log says why, and the number."),
    (
        "✎ 3 d ago",
        (
            "Somebody wrote an email about it that is not sent yet: "
            "{documents.follow_up} or {documents.resend} opens it."
        ),
    ),
    ("as of 09:12", "The feed is down: statuses are of then, and their badges are dimmed."),
    ("•", "Changed since you last looked at the row; the cursor on it takes the mark away."),
    (
        "OPENED ?",
        (
            "Maybe a program: images fetched in advance, seconds after delivery, or several links "
            "at once. It says that the email arrived, and no more."
        ),
    ),
)
Line = tuple[Content, str]


class HelpDialog(ModalScreen[None]):
    """Scrolls with the arrow keys; Esc, q or ? closes it."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close"),
        Binding("down,j", "scroll('down')", show=False),
        Binding("up,k", "scroll('up')", show=False),
    ]

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Static(
                Content.assemble(("Help", "bold"), ("   Esc closes · ↑ ↓ scroll", "$muted")),
                id="help-title",
            )
            with VerticalScroll(id="help-text"):
                for title, lines in sections(self._places):
                    yield Static(Content.styled(title, "bold $accent"), classes="help-heading")
                    for sign, text in lines:
                        with Horizontal(classes="help-line"):
                            yield Static(sign, classes="help-sign")
                            yield Static(Content(text), classes="help-words")

    def on_mount(self) -> None:
        self.query_one("#help-text").focus()


def sections(places: Collection[str]) -> Iterator[tuple[str, list[Line]]]:
    """The keys of ``places`` in that order, what works everywhere, and what is on the screen."""
    if "compose" in places:
        yield from _writing()
    if "line" in places:
        from tui.format.chips import FILTERS

        yield "The search line", [_line(command) for command in of_places(["line"])]
        yield "Filters", [(Content.styled(sign, "bold"), text) for sign, text in FILTERS]
    for place in places:
        if place not in ("app", "screen", "chase", "reason", "line", *_WRITING):
            yield _TITLES.get(place, place), [_line(command) for command in of_places([place])]
    yield "The table", [(Content.styled(keys, "bold"), text) for keys, text in _TABLE]
    yield "Everywhere", [_line(command) for command in of_places(["app", "screen"])]
    yield (
        "What a status means",
        [(content([block(word)]), entry.advice) for word, entry in STATUSES.items()],
    )
    yield (
        "Signs beside a badge",
        [(Content.styled(sign, "bold"), with_keys(text)) for sign, text in _SIGNS],
    )
    yield "Copy and open", [_line(command) for command in of_places(["pick"])]
    yield "Snooze, call, evidence, export", [_line(command) for command in of_places(["chase"])]
    if "compose" not in places:
        yield from _writing()


def _writing() -> Iterator[tuple[str, list[Line]]]:
    titles = ("Writing an email", "Its attachments", "Its text")
    for title, place in zip(titles, _WRITING[:3], strict=True):
        yield title, [_line(command) for command in of_places([place])]


def _line(command: Command) -> Line:
    keys = "  ".join(dict.fromkeys(key_label(each) for each in keys_of(command)))
    return Content.styled(keys, "bold"), with_keys(command.help)
