"""Foreign text with the letters in it that were typed: underlined, so that it needs no colour."""

from __future__ import annotations

from core.rules.search.ranking import Typed, marks
from tui.format.badges import MATCH, Span


def marked(text: str, typed: Typed | None, style: str = "", *, alike: bool = False) -> list[Span]:
    """Return harmless ``text`` in pieces; the typed ones are in the style of a match."""
    spans: list[Span] = []
    place = 0
    for start, end in marks(typed, text, alike=alike) if typed else ():
        if place < start:
            spans.append(Span(text[place:start], style))
        spans.append(Span(text[start:end], MATCH))
        place = end
    if place < len(text) or not spans:
        spans.append(Span(text[place:], style))
    return spans
