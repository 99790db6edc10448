"""The line in compose that offers to save a corrected address to the customer."""

from __future__ import annotations

from core.model.email import Draft
from tui.commands.dispatch import key_of
from tui.format.text import cell
from tui.widgets.checkbox_line import Tick


class KeepAddress(Tick):
    """Shown only while the first *To* stands in for an address that failed."""

    def __init__(self, customer: str) -> None:
        super().__init__("", is_ticked=False, id="keep-address")
        self._customer = cell(customer, 30)
        self.display = False

    def follow(self, draft: Draft) -> None:
        """Fit the line to what is in To."""
        self.display = draft.replaces is not None and bool(draft.to)
        if draft.replaces is not None and draft.to:
            failed = cell(draft.replaces, 40)
            saves = f"{key_of('compose.save_address')} save it"
            self.label = f"{saves} to {self._customer} in the place of {failed}"

    @property
    def is_wanted(self) -> bool:
        return bool(self.display) and self.is_ticked

    @property
    def why_not(self) -> str:
        return "" if self.display else "There is no failed address that this one replaces."
