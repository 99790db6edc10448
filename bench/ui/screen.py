"""What a terminal shows, as text and colours, from the bytes that a program writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pyte

#: What pyte would print as letters or a real terminal answers; everything else is pyte's business.
_SPECIAL: Final = re.compile(
    rb"\x1b\[\?2026(?P<sync>[hl])"
    rb"|\x1b\[\?(?P<mode>\d+)\$p"
    rb"|\x1b\[(?P<private>[<=>][0-9;]*[A-Za-z]|\?[0-9;]*u|[0-9;]*t)"
    rb"|\x1b\](?P<colour>1[01]);\?(?:\x07|\x1b\\)"
    rb"|\x1b(?P<string>[P_^X])[^\x1b\x07]*(?:\x07|\x1b\\)"
)
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[<=>?0-9;:$ ]*|[\]P_^X][^\x07\x1b]*\x1b?)?\Z")


class Screen:
    """A screen model; ``reply`` gets what a terminal answers to a program's questions."""

    def __init__(self, columns: int, rows: int, reply: Callable[[bytes], object]) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._reply = reply
        self._rest = b""
        self.in_update = False
        """Within a synchronised update: a terminal shows nothing of it before its end."""

    def feed(self, data: bytes) -> None:
        """Take what the program wrote; a sequence may come in pieces."""
        data = self._rest + data
        unfinished = _UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        data, self._rest = data[:end], data[end:]
        place = 0
        for match in _SPECIAL.finditer(data):
            self._stream.feed(data[place : match.start()])
            place = match.end()
            if match["sync"]:
                self.in_update = match["sync"] == b"h"
            elif match["mode"]:
                self._reply(
                    b"\x1b[?%s;%d$y" % (match["mode"], 2 if match["mode"] == b"2026" else 0)
                )
            elif match["colour"]:
                self._reply(b"\x1b]%s;rgb:1111/1111/1111\x1b\\" % match["colour"])
        self._stream.feed(data[place:])

    @property
    def lines(self) -> list[str]:
        """The lines, without the blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def looks(self) -> int:
        """A number that is another one when any letter or colour is."""
        shown = self._screen.buffer
        return hash(
            tuple(
                (y, x, cell.data, cell.fg, cell.bg, cell.bold, cell.reverse)
                for y in range(self._screen.lines)
                for x, cell in sorted(shown[y].items())
            )
        )

    @property
    def cursor_line(self) -> str:
        """The line that a table's cursor is on, by its mark or by its ground; empty if none is."""
        for line in self.lines:
            if line.startswith("▌"):
                return line
        return self._lit_line()

    def _lit_line(self) -> str:
        """The one line most of whose letters stand on a ground that no other line has."""
        grounds: dict[str, list[int]] = {}
        for y in range(self._screen.lines):
            row = [self._screen.buffer[y][x].bg for x in range(24)]
            most = max(set(row), key=row.count)
            if row.count(most) >= 12:
                grounds.setdefault(most, []).append(y)
        alone = [ys[0] for ys in grounds.values() if len(ys) == 1 and ys[0] > 0]
        return self.lines[alone[0]] if alone else ""
