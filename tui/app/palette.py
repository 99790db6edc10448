"""What the command palette lists: the commands of where one is, and saved views by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.commands.dispatch import carry_out, key_of, with_keys
from tui.commands.registry import COMMANDS
from tui.format.text import cell
from tui.runtime.saved_state import View
from tui.screens.filtered_screen import NarrowedScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.commands.dispatch import Host

SET_UP: Final = "Who you are, the From address, the queue, the database."


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


def commands_of(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Every command of ``screen``, with its key."""
    hosts: dict[str, Any] = {
        active.binding.id: active.node
        for active in screen.active_bindings.values()
        if active.binding.id
    }
    for command in COMMANDS:
        host = hosts.get(command.id)
        if host is not None and command.palette:
            yield SystemCommand(
                f"{command.label}  ({key_of(command.id)})",
                host.why_not(command.id) or with_keys(command.help),
                _doing(host, command.id),
            )


def _doing(host: Host, command_id: str) -> Callable[[], None]:
    return lambda: carry_out(host, command_id)
