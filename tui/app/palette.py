"""Saved views in the command palette, by their names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.format.text import cell
from tui.runtime.saved_state import View
from tui.screens.filtered_screen import NarrowedScreen


class ViewProvider(Provider):
    """Names and lines are foreign text: they go in as content, which nobody reads as markup."""

    def _views(self) -> Iterator[tuple[NarrowedScreen, View, str]]:
        screen = self.screen
        if isinstance(screen, NarrowedScreen):
            for view in screen.saved:
                yield screen, view, f"View: {cell(view.name, 60)}"

    async def discover(self) -> Hits:
        for screen, view, title in self._views():
            yield DiscoveryHit(_shown(title, view), partial(screen.show_view, view), text=title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for screen, view, title in self._views():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, _shown(title, view), partial(screen.show_view, view), text=title)


def _shown(title: str, view: View) -> Content:
    return Content.assemble(title, (f"  {cell(view.line, 80)}", "$muted"))
