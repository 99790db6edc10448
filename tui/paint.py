"""Pure: spans → Content, in the variables of ``tui.themes``; needs no widget to resolve them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.content import Content

from core.model import Word
from tui.badges import Span, badge

_INKS: Final = {
    "ink--dim": "$muted",
    "ink--strong": "bold",
    "ink--bad": "$tone-bounced",
    "ink--warning": "$tone-deferred",
}


def style(name: str) -> str:
    """Return the style of a component class of ``tui.badges``: ``badge--bounced`` …"""
    family, _, word = name.partition("--")
    if family == "badge":
        return f"bold $badge-{word}-text on $badge-{word}"
    if family == "tone":
        return f"$tone-{word}"
    return _INKS.get(name, "")


def content(spans: Iterable[Span]) -> Content:
    """Return ``spans`` as Content."""
    return Content.assemble(*((span.text, style(span.style)) for span in spans))


def toned(text: str, word: Word) -> Content:
    """Return ``text`` as letters in the colour of ``word``."""
    return Content.styled(text, style(badge(word).tone))


def sign(text: str, word: Word) -> Content:
    """Return `` ✖ text `` on the ground of ``word``'s badge."""
    look = badge(word)
    return Content.styled(f" {look.glyph} {text} ", style(look.style))
