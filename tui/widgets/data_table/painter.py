"""From a row to a line on screen: cells cut and padded, styles looked up, strips remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.format.badges import MATCH, Span
from tui.format.text import cut
from tui.widgets.data_table.column import GAP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.widgets.data_table.column import Cell, Column, Context


#: The mark of the cursor and the mark of a selected row: both can be seen without colour.
CURSOR: Final = "▌"
MARKED: Final = "✓"
#: In the same place: the row changed since the person last looked at it.
NEWS: Final = "•"
GUTTER: Final = 2
_GAP: Final = Span(" " * GAP)

HEADER_CLASS: Final = "window-table--header"
CURSOR_CLASS: Final = "window-table--cursor"
MARK_CLASS: Final = "window-table--mark"
PLACEHOLDER_CLASS: Final = "window-table--placeholder"
ROW_CLASSES: Final = ("window-table--row", "window-table--row-odd")
CLASSES: Final = frozenset(
    {HEADER_CLASS, CURSOR_CLASS, MARK_CLASS, PLACEHOLDER_CLASS, *ROW_CLASSES}
)


def fill(cell: Cell, width: int, align: Literal["left", "right"]) -> list[Span]:
    """Return ``cell`` as spans of exactly ``width`` cells: short forms first, then cut with …."""
    left = width - sum(cell_len(span.text) for span in cell)
    spans = list(cell) if left >= 0 else _shortened(cell, width, -left)
    if left < 0:
        left = width - sum(cell_len(span.text) for span in spans)
    if left:
        spans.insert(0 if align == "right" else len(spans), Span(" " * left))
    return spans


def _shortened(cell: Cell, width: int, excess: int) -> list[Span]:
    texts = [span.text for span in cell]
    for place, span in enumerate(cell):
        if excess > 0 and span.short is not None:
            excess -= cell_len(span.text) - cell_len(span.short)
            texts[place] = span.short
    spans: list[Span] = []
    for text, span in zip(texts, cell, strict=True):
        shown = cut(text, width)
        width -= cell_len(shown)
        spans.append(Span(shown, span.style))
        if shown != text:
            break
    return spans


@lru_cache(maxsize=512)
def _on_one_ground(style: Style, other: Style) -> bool:
    """Whether a blank looks the same in both."""
    return style.bgcolor == other.bgcolor and not any(
        each.underline or each.reverse or each.strike for each in (style, other)
    )


@dataclass(frozen=True, slots=True)
class Look:
    """How a row stands out."""

    cursor: bool = False
    marked: bool = False
    odd: bool = False
    news: bool = False


def _sign_of(look: Look) -> str:
    return MARKED if look.marked else NEWS if look.news else " "


class Painter:
    """Makes lines and remembers them until ``forget``: new rows, another width, theme or time.

    ``style_of`` gives the whole style of a component class, ``ink_of`` only what the class itself
    says, to be laid over the style of its row.
    """

    def __init__(self, style_of: Callable[[str], Style], ink_of: Callable[[str], Style]) -> None:
        self._style_of = style_of
        self._ink_of = ink_of
        self._fitted: Sequence[tuple[Column[Any], int]] = ()
        self._width = 0
        self._styles: dict[tuple[str, str], Style] = {}
        self._strips: LRUCache[tuple[int, Look], Strip] = LRUCache(512)

    def forget(self) -> None:
        """Paint everything anew."""
        self._styles.clear()
        self._strips.clear()

    def fit(self, fitted: Sequence[tuple[Column[Any], int]], width: int) -> None:
        """Paint in these columns from now on; ``width`` is that of the whole line."""
        self._fitted, self._width = fitted, width
        self.forget()

    def header(self, sort: str = "", arrow: str = "") -> Strip:
        """Return the line of titles; the column that sorts has an ``arrow``, however narrow."""
        titles = [
            (Span(cut(column.title, width - 2)), Span(f" {arrow}"))
            if arrow and column.sort and column.sort == sort
            else (Span(column.title),)
            for column, width in self._fitted
        ]
        return self._strip(self._line(" " * GUTTER, titles), HEADER_CLASS)

    @property
    def fitted(self) -> Sequence[tuple[Column[Any], int]]:
        """The columns on screen with their widths."""
        return self._fitted

    def column_at(self, x: int) -> tuple[Column[Any] | None, bool]:
        """Return the column at ``x`` of a line, and whether that is its right border."""
        left = GUTTER
        for column, width in self._fitted:
            if left <= x < left + width:
                return column, False
            if left + width <= x < left + width + GAP:
                return column, True
            left += width + GAP
        return None, False

    def row(self, index: int, row: object, look: Look, context: Context) -> Strip:
        """Return the line of ``row``; remembered by ``index``."""
        strip = self._strips.get((index, look))
        if strip is None:
            strip = self._strip(self._spans(row, look, context), self._row_class(look))
            self._strips[index, look] = strip
        return strip

    def placeholder(self, look: Look) -> Strip:
        """Return the quiet line of a row that is on its way."""
        mark = CURSOR if look.cursor else " "
        spans = [Span(f"{mark} ", MARK_CLASS), Span("…", PLACEHOLDER_CLASS)]
        return self._strip(spans, self._row_class(look))

    def words(self, text: str) -> Strip:
        """Return a line that says something in place of rows."""
        return self._strip([Span(" " * GUTTER), Span(text, PLACEHOLDER_CLASS)], ROW_CLASSES[0])

    def _spans(self, row: object, look: Look, context: Context) -> list[Span]:
        marks = f"{CURSOR if look.cursor else ' '}{_sign_of(look)}"
        return self._line(marks, [column.value(row, context) for column, _ in self._fitted])

    def _line(self, marks: str, cells: Sequence[Cell]) -> list[Span]:
        spans = [Span(marks, MARK_CLASS)]
        for place, ((column, width), cell) in enumerate(zip(self._fitted, cells, strict=True)):
            if place:
                spans.append(_GAP)
            spans += fill(cell, width, column.align)
        return spans

    def _row_class(self, look: Look) -> str:
        return CURSOR_CLASS if look.cursor else ROW_CLASSES[look.odd]

    def _strip(self, spans: Sequence[Span], ground: str) -> Strip:
        left = self._width - sum(cell_len(span.text) for span in spans)
        segments: list[Segment] = []
        text, style = "", self._style(ground, "")
        for span in (*spans, Span(" " * left)):
            other = self._style(ground, span.style)
            if other is not style and other != style:  # every segment costs bytes and time
                is_blank = _on_one_ground(style, other)
                if is_blank and not text.strip(" "):
                    style = other
                elif not (is_blank and not span.text.strip(" ")):
                    segments.append(Segment(text, style))
                    text, style = "", other
            text += span.text
        if left < 0 and text.endswith(" " * -left):
            text, left = text[:left], 0
        if left < 0:
            return Strip([*segments, Segment(text, style)]).crop(0, self._width)
        return Strip([*segments, Segment(text, style)], self._width)

    def _style(self, ground: str, ink: str) -> Style:
        style = self._styles.get((ground, ink))
        if style is None:
            style = self._style_of(ground)
            if style.reverse:  # the cursor where there are few colours or none: inks would be
                style = self._style_of(ROW_CLASSES[0]) + Style(bold=True, reverse=True)  # grounds
                style += Style(underline=ink == MATCH)
            elif ink:
                style += self._ink_of(ink)
            self._styles[ground, ink] = style
        return style


class LeanLines(ScrollView):
    """``render_line`` must be cheap for a line that it made before.

    Over a slow line the bytes are what one waits for: a whole table is 12 kB, one changed row 400.
    """

    _painted: dict[int, Strip]
    """What was painted last, by line."""

    def refresh_changed(self) -> None:
        """Paint the lines that look different from what was painted last."""
        width, height = self.size
        painted = getattr(self, "_painted", {})
        if len(painted) < height or not height:
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1) for y in range(height) if painted[y] != self.render_line(y)
        ]
        if changed:
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines within ``crop``."""
        if not self._is_plain:
            self._painted = {}
            return super().render_lines(crop)
        made = {y: self.render_line(y) for y in crop.line_range}
        self._painted = {**getattr(self, "_painted", {}), **made}
        strips = self.seen(made.values())
        left, right = crop.column_span
        if left > 0 or any(right < strip.cell_length for strip in strips):
            strips = [strip.crop(left, right) for strip in strips]
        return strips

    def seen(self, strips: Iterable[Strip]) -> list[Strip]:
        """Return ``strips`` as they are written in this terminal's colours; each remembers it."""
        background, found = self.background_colors[1], list(strips)
        for each in self.get_line_filters():
            found = [strip.apply_filter(each, background) for strip in found]
        return found

    @property
    def _is_plain(self) -> bool:
        """There is nothing around the lines, nor laid over them."""
        styles = self.styles
        return (
            not any(styles.gutter)
            and self.opacity == 1.0
            and styles.text_opacity == 1.0
            and not styles.tint.a
            and not any(edge for edge, _ in styles.outline)
            and not styles.has_rule("hatch")
        )
