"""What every program of ours on a terminal does: takes any byte and any paste, ends with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.events import Event, Paste
from textual.widgets import Input

from tui.runtime.driver_choice import of_browser
from tui.runtime.exits import EndsInWords
from tui.runtime.terminal_input import reads_any_byte
from tui.widgets.text_field import Field, take_one_line

if TYPE_CHECKING:
    from textual.driver import Driver

R = TypeVar("R")


class TerminalApp(EndsInWords, App[R]):
    """Reads whatever a terminal sends. A paste on a list is searched for, and no key."""

    def get_driver_class(self) -> type[Driver]:
        return of_browser(reads_any_byte(super().get_driver_class()))

    async def on_event(self, event: Event) -> None:
        """Textual's own field, in its list of commands, has one line as well."""
        if isinstance(event, Paste) and not event.is_forwarded and self._is_foreign(self.focused):
            take_one_line(event, self)
        await super().on_event(event)

    def _is_foreign(self, focused: object) -> bool:
        return isinstance(focused, Input) and not isinstance(focused, Field)

    def on_paste(self, event: Paste) -> None:
        """No field has the focus: search for it where one can search, elsewhere say so."""
        if not event.text.strip():
            return
        search: Any = getattr(self.screen, "command_search", None)
        if search is None:
            self.notify("Nothing was pasted: the cursor is in no field.", markup=False)
            return
        search()
        _ = self.call_later(self._paste_again, event.text)  # the focus moves a moment later, too

    def _paste_again(self, text: str) -> None:
        if isinstance(self.focused, Field):
            self.focused.select_all()
            _ = self.focused.post_message(Paste(text))
