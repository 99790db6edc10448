"""Pure: spans → Content, in the variables of the themes; needs no widget to resolve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from core.model.enums import DisplayStatus
from tui.format.badges import badge, content, style
from tui.format.text import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.documents import Amount

__all__ = ["content", "never_reached", "sign", "style", "toned"]


def toned(text: str, word: DisplayStatus) -> Content:
    """Return ``text`` as letters in the colour of ``word``."""
    return Content.styled(text, style(badge(word).tone))


def sign(text: str, word: DisplayStatus) -> Content:
    """Return `` ✖ text `` on the ground of ``word``'s badge."""
    look = badge(word)
    return Content.styled(f" {look.glyph} {text} ", style(look.style))


def never_reached(lost: Sequence[Amount], where: str = "") -> Content:
    """What is owed on documents that reached nobody; empty for nothing."""
    if not lost:
        return Content("")
    return toned(f"{amounts(tuple(lost))}{where} has never reached anyone", DisplayStatus.DEFERRED)
