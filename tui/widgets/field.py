"""One-line fields to type into. Pasted text is foreign, too: no control character gets in."""

from __future__ import annotations

import re
from typing import Final

from textual import events
from textual.widgets import Input

from tui.motion import settle


def harmless(text: str, *, lines: bool = False) -> str:
    """Return ``text`` without control, bidi and invisible characters; blanks stay blanks.

    Unlike ``tui.text.cell`` it leaves blanks at the edges alone: one may be still typing. Most
    terminals end the lines of a paste with CR; what joins emoji stays.
    """
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
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


def pasted_path(text: str) -> str:
    """Return the path in what a terminal inserts for a dragged file; empty where it is none.

    Terminals quote it, escape its blanks or write it as a URL.
    """
    from urllib.parse import unquote, urlsplit  # only for a paste

    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) > 1 and line[0] == line[-1] and line[0] in "'\"":
        line = line[1:-1]
    elif line.startswith("file://"):
        line = unquote(urlsplit(line).path)
    else:
        line = _ESCAPED.sub(r"\1", line)
    return line if _PATH.match(line) else ""


_JOINER: Final = "\u200d"
#: A joined emoji may have a sign of its look, or of a colour, before the joiner.
_AFTER_EMOJI: Final = "\ufe0f"
_ESCAPED: Final = re.compile(r"\\([ '\"()&\[\]!$`;\\])")
_PATH: Final = re.compile(r"/|~|[A-Za-z]:[\\/]")


class Field(Input):
    """One line without borders."""

    def __init__(self, value: str = "", *, placeholder: str = "", name: str) -> None:
        super().__init__(
            value, placeholder=placeholder, id=name, compact=True, select_on_focus=False
        )

    def on_mount(self) -> None:
        settle(self)

    def validate_value(self, value: str) -> str:
        """Textual asks this for every new value, typed, pasted or set."""
        return harmless(value)

    def _on_paste(self, event: events.Paste) -> None:
        """Take the first line. Textual calls the method of every class: the next one inserts it."""
        lines = [line for line in event.text.splitlines() if line.strip()]
        if lines:
            event.text = lines[0]
        if len(lines) > 1:
            more = "1 more line was" if len(lines) == 2 else f"{len(lines) - 1:,} more lines were"
            self.app.notify(f"This field takes one line; {more} left out.", markup=False)


class PathField(Field):
    """One line for the path of a file; one that is pasted or dragged in takes its place."""

    def _on_paste(self, event: events.Paste) -> None:
        path = pasted_path(event.text)
        if path:
            event.text = path
            self.select_all()
