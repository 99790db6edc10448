"""A scroll view whose lines are made without Textual's borders, and written only if they changed.

Over a slow line the bytes are what one waits for: a whole table is 12 kB, one changed row 400.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.scroll_view import ScrollView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.strip import Strip


class LeanLines(ScrollView):
    """``render_line`` must be cheap for a line that it made before."""

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
