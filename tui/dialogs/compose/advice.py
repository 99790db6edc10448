"""Below To: what the gate says, other addresses to use instead, and whether to keep a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.dialogs.compose import view as view
from tui.dialogs.compose.keep_address import KeepAddress
from tui.dialogs.compose.offers import Offer


class Advice(Vertical):
    """The verdict, and the offers with a key each."""

    def __init__(self, clock: Callable[[], datetime], keep: KeepAddress) -> None:
        super().__init__(id="advice")
        self._clock = clock
        self._keep = keep
        self._verdict = Static("", id="verdict", markup=False)
        self._others = OptionList(id="others", compact=True)
        self.offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        yield self._verdict
        yield self._others
        yield self._keep

    def say(self, words: Content) -> None:
        self._verdict.update(words)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Show what was probably meant, then other addresses, those that work first."""
        self.offers = list(offers)
        now = self._clock()
        options = [
            Option(view.offer(position, offer.contact, now))
            for position, offer in enumerate(self.offers, 1)
        ]
        self._others.clear_options().add_options(options)
        self._others.highlighted = 0 if options else None
        self._others.display = bool(options)
