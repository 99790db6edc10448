"""Pure: spans → Content, in the variables of ``tui.themes``; needs no widget to resolve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.badges import badge, content, style

if TYPE_CHECKING:
    from core.model import Word

__all__ = ["content", "sign", "style", "toned"]


def toned(text: str, word: Word) -> Content:
    """Return ``text`` as letters in the colour of ``word``."""
    return Content.styled(text, style(badge(word).tone))


def sign(text: str, word: Word) -> Content:
    """Return `` ✖ text `` on the ground of ``word``'s badge."""
    look = badge(word)
    return Content.styled(f" {look.glyph} {text} ", style(look.style))
