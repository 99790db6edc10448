"""Nothing moves by itself where a person wants it so: no sliding, no blinking cursor, no spinner.

Textual's own spinners and bars keep still by ``animation_level``, too.
"""

from __future__ import annotations

from typing import Any, Protocol

from textual.app import App


class _Blinking(Protocol):
    cursor_blink: Any

    @property
    def app(self) -> App[Any]: ...


def steady(app: App[Any], *, is_still: bool) -> None:
    """Keep everything on ``app`` still from now on, or let it move again."""
    app.animation_level = "none" if is_still else "full"
    for screen in app.screen_stack:
        for field in screen.query("Input, TextArea"):  # by name: TextArea is slow to import
            setattr(field, "cursor_blink", not is_still)  # noqa: B010


def settle(field: _Blinking) -> None:
    """Let a text field that comes up later do as the others; called when it is mounted."""
    if field.app.animation_level == "none":
        field.cursor_blink = False
