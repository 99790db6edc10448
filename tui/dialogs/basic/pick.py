"""A few things to choose one of; the key that opened it, pressed again, takes the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.commands.dispatch import BY_ID, CommandHost, bindings, key_label, key_of, keys_of
from tui.format.text import cell

_WIDTH: Final = 300
"""No terminal is wider; the list itself cuts at its edge."""


class PickDialog(CommandHost, ModalScreen[int | None]):
    """Ends with the place of what was picked. 1 to 9 pick at once."""

    BINDINGS = bindings("pick")
    AUTO_FOCUS = "#pick-list"

    def __init__(self, title: str, lines: Sequence[tuple[str, str]], does: str) -> None:
        """``title`` is harmless already; ``does`` says what Enter does: ``copies``."""
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._does = does
        self.list = OptionList(id="pick-list", compact=True, markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield Static(self._title, id="pick-title", markup=False)
            yield self.list
            yield Static(self._hints(), id="pick-keys", markup=False)

    def on_mount(self) -> None:
        width = max(len(label) for label, _ in self._lines)
        self.list.add_options(
            [
                Content.assemble(
                    (f"{place if place < 10 else ' '} ", "bold $accent"),
                    (f"{label:{width}}  ", "$muted"),
                    cell(text, _WIDTH),
                )
                for place, (label, text) in enumerate(self._lines, 1)
            ]
        )
        self.list.highlighted = 0

    def _hints(self) -> Content:
        digits = f"1–{min(len(self._lines), 9)}" if len(self._lines) > 1 else "1"
        parts = (
            (f"⏎ {self._again()}".rstrip(), self._does),
            (digits, f"{self._does} at once"),
            (key_of("pick.close"), "closes"),
        )
        return Content.assemble(
            *(
                part
                for key, what in parts
                for part in ((f" {key} ", "bold $key-text on $key"), f" {what}   ")
            )
        )

    def _again(self) -> str:
        """Beside Enter, the key that opened the dialog, where it takes what is marked as well."""
        opened = "documents.copy" if self._does == "copies" else "documents.open_file"
        takes = [key_label(key) for key in keys_of(BY_ID["pick.take"]) if key != "enter"]
        return key_of(opened) if key_of(opened) in takes else next(iter(takes), "")

    def on_key(self, event: events.Key) -> None:
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._lines):
            event.stop()
            _ = self.dismiss(int(event.key) - 1)

    @on(OptionList.OptionSelected, "#pick-list")
    def _picked(self, event: OptionList.OptionSelected) -> None:
        _ = self.dismiss(event.option_index)

    def command_take(self) -> None:
        _ = self.dismiss(self.list.highlighted or 0)

    def command_close(self) -> None:
        _ = self.dismiss(None)
