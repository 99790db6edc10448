"""The message of an email. Apart from the other fields: the first paint does not need it."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea

from tui.runtime.motion import settle
from tui.widgets.text_field import harmless


class MessageField(TextArea):
    """Several lines; Tab goes on to the next field."""

    def __init__(self, text: str, *, name: str) -> None:
        super().__init__(harmless(text, lines=True), id=name, compact=True, tab_behavior="focus")

    def on_mount(self) -> None:
        settle(self)

    async def _on_paste(self, event: events.Paste) -> None:
        """Textual calls the method of every class in turn: the next one inserts the text."""
        event.text = harmless(event.text, lines=True)
        event.stop()  # the application would give it to the focused field once more

    def action_paste(self) -> None:
        """What was copied in here is no better than what comes from elsewhere."""
        self.post_message(events.Paste(self.app.clipboard))
