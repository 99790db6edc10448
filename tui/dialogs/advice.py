"""Below To: what the gate says, and this customer's other addresses to use instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.model import Contact
from tui.dialogs import compose_view as view


class Advice(Vertical):
    """The verdict, and the offers with a key each."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(id="advice")
        self._clock = clock
        self._verdict = Static("", id="verdict", markup=False)
        self._others = OptionList(id="others", compact=True)
        self.offers: list[Contact] = []

    def compose(self) -> ComposeResult:
        yield self._verdict
        yield self._others

    def say(self, words: Content) -> None:
        self._verdict.update(words)

    def offer(self, contacts: Sequence[Contact]) -> None:
        """Show other addresses, those that work first."""
        self.offers = list(contacts)
        now = self._clock()
        options = [
            Option(view.offer(position, contact, now))
            for position, contact in enumerate(self.offers, 1)
        ]
        self._others.clear_options().add_options(options)
        self._others.highlighted = 0 if options else None
        self._others.display = bool(options)
