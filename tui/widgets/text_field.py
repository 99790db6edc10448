"""One-line fields to type into. Pasted text is foreign, too: no control character gets in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.widgets import Input

from tui.runtime.themes import settle

if TYPE_CHECKING:
    from textual.app import App

LONGEST: Final = 10_000
"""Characters in a field of one line: more was pasted by mistake, and painting it takes seconds."""


def harmless(text: str, *, lines: bool = False) -> str:
    """Return ``text`` without control, bidi and invisible characters; blanks stay blanks.

    Unlike ``tui.format.text.cell`` it leaves blanks at the edges alone: one may be still typing.
    Most terminals end the lines of a paste with CR; what joins emoji stays.
    """
    if lines:
        text = _BREAKS.sub("\n", text)
    return "".join(
        letter
        if letter.isprintable() or (lines and letter == "\n") or _joins(text, position)
        else " " * letter.isspace()
        for position, letter in enumerate(text)
    )


def _joins(text: str, position: int) -> bool:
    """Whether a joiner stands between two emoji, as in a family."""
    if text[position] != _JOINER or not 0 < position < len(text) - 1:
        return False
    import unicodedata  # only for a paste: the first paint does not need it

    before = text[position - 1]
    is_emoji = before in _AFTER_EMOJI or unicodedata.category(before) in ("So", "Sk")
    return is_emoji and unicodedata.category(text[position + 1]) == "So"


def pasted_paths(text: str) -> list[str]:
    """Return the paths in what a terminal inserts for dragged files; none where it is no path.

    Terminals quote them, escape their blanks or write them as URLs; several come with blanks
    between them, or one a line.
    """
    found: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        paths = _paths_of(line)
        if not paths:
            return []
        found += paths
    return found


def _paths_of(line: str) -> list[str]:
    import shlex  # only for a paste

    if _WINDOWS.match(line.strip("\"'")):
        return [line.strip("\"'")]  # there a backslash escapes nothing
    try:
        words = shlex.split(line)
    except ValueError:
        words = [line]
    if not all(map(_PATH.match, words)):
        words = [line]  # blanks that nobody quoted
    return [_plain_path(word) for word in words if _PATH.match(word)]


def _plain_path(word: str) -> str:
    from urllib.parse import unquote, urlsplit  # only for a paste

    if not word.startswith("file://"):
        return word
    path = unquote(urlsplit(word).path)
    return path[1:] if _WINDOWS.match(path[1:]) else path


_JOINER: Final = "\u200d"
#: A joined emoji may have a sign of its look, or of a colour, before the joiner.
_AFTER_EMOJI: Final = "\ufe0f"
_PATH: Final = re.compile(r"/|~|file://")
_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]")
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


class Field(Input):
    """One line without borders. Every field of one line is one: it takes any paste."""

    def __init__(
        self, value: str = "", *, placeholder: str = "", name: str, max_length: int = LONGEST
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            id=name,
            compact=True,
            select_on_focus=False,
            max_length=max_length,
        )

    def on_mount(self) -> None:
        settle(self)

    def validate_value(self, value: str) -> str:
        """Textual asks this for every new value, typed, pasted or set."""
        return harmless(value)

    def action_paste(self) -> None:
        """What was copied in here is no better than what comes from elsewhere."""
        self.post_message(events.Paste(self.app.clipboard))

    def _on_paste(self, event: events.Paste) -> None:
        """Take the first line. Textual calls the method of every class: the next one inserts it."""
        room = (self.max_length or LONGEST) - len(self.value) + len(self.selected_text)
        take_one_line(event, self.app, room)


def take_one_line(event: events.Paste, app: App[Any], room: int = LONGEST) -> None:
    """Leave the first line of a paste, at most ``room`` characters of it, and say what is gone."""
    lines = [line for line in event.text.splitlines() if line.strip()]
    first = harmless(lines[0]) if lines else ""
    event.text = first[: max(room, 0)]
    if len(first) > room:
        app.notify("The end of it was left out: this field is full.", markup=False)
    if len(lines) > 1:
        more = "1 more line was" if len(lines) == 2 else f"{len(lines) - 1:,} more lines were"
        app.notify(f"This field takes one line; {more} left out.", markup=False)


class PathField(Field):
    """One line for the path of a file; one that is pasted or dragged in takes its place."""

    def _on_paste(self, event: events.Paste) -> None:
        paths = pasted_paths(event.text)
        if paths:
            event.text = paths[0]
            self.select_all()
        if len(paths) > 1:
            more = "1 more file was" if len(paths) == 2 else f"{len(paths) - 1:,} more files were"
            self.app.notify(f"This field takes one file; {more} left out.", markup=False)
