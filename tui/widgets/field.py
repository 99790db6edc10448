"""One-line fields to type into. Pasted text is foreign, too: no control character gets in."""

from __future__ import annotations

from textual.widgets import Input

from tui.motion import settle


def harmless(text: str, *, lines: bool = False) -> str:
    """Return ``text`` without control, bidi and invisible characters; blanks stay blanks.

    Unlike ``tui.text.cell`` it leaves blanks at the edges alone: one may be still typing.
    """
    return "".join(
        letter if letter.isprintable() or (lines and letter == "\n") else " " * letter.isspace()
        for letter in (text.replace("\r\n", "\n") if lines else text)
    )


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
