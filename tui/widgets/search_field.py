"""A search line: Tab leaves it for the table below, arrows move in that while one types."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from tui.commands.dispatch import CommandHost, bindings
from tui.widgets.data_table.table import WindowTable
from tui.widgets.text_field import Field


class Search(CommandHost, Field):
    """Printable keys are typed; everything else behaves as on the rest of the screen."""

    BINDINGS = bindings("search")

    @dataclass
    class Left(Message):
        """The person goes on to what was found."""

        search: Search

        @property
        def control(self) -> Search:
            return self.search

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, name="search")

    def command_down(self) -> None:
        if self.value:
            self._move(1)
        else:
            self.command_leave()  # nothing is being searched: on to the list

    def command_up(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        """Move the cursor of the list below; one goes on typing."""
        for table in self.screen.query(WindowTable):
            table.move_to(table.cursor_index + by)

    def command_leave(self) -> None:
        self.post_message(self.Left(self))
