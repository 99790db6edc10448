"""The bottom line: the keys of the focused place, as many as fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from tui.commands.dispatch import BY_ID, SIGNS, carry_out, key_label, keys_of

if TYPE_CHECKING:
    from tui.commands.dispatch import Host
    from tui.commands.registry import Command

_ALWAYS = 90
"""From this footer order on a key is shown however narrow the screen is."""
_GAP = 3
_NARROW_GAP = 2


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: a key that works here and now, or is off."""

    command: Command
    key: str
    label: str
    is_off: bool
    host: Any

    @property
    def width(self) -> int:
        return len(self.key) + 2 + 1 + len(self.label)


def choose(keys: list[Key], width: int) -> tuple[list[Key], int]:
    """Return the keys that fit into ``width`` cells, in order, and the gap between them."""
    ordered = sorted(keys, key=lambda key: key.command.footer)
    for gap in (_GAP, _NARROW_GAP):
        if sum(key.width for key in ordered) + gap * (len(ordered) - 1) <= width:
            return ordered, gap
    chosen = [key for key in ordered if key.command.footer >= _ALWAYS]
    used = sum(key.width + _NARROW_GAP for key in chosen)
    for key in ordered:
        if key.command.footer < _ALWAYS and used + key.width <= width:
            chosen.append(key)
            used += key.width + _NARROW_GAP
    return sorted(chosen, key=lambda key: key.command.footer), _NARROW_GAP


class KeyBar(Widget):
    """Shows what ``Screen.active_bindings`` offers; a click does what the key does."""

    DEFAULT_CSS = "KeyBar { height: 1; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, Key]] = []
        self._shown: list[Key] = []
        self._is_due = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._look_again())

    def _look_again(self) -> None:
        """After the paint that is due: a cursor on its way must not wait for the bottom line."""
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._compare)

    def _compare(self) -> None:
        self._is_due = False
        if self.is_attached and self.keys() != self._shown:  # its screen may be gone by now
            self.refresh()

    def keys(self) -> list[Key]:
        """Every command of the bottom line that has a key which reaches it now."""
        found: dict[str, Key] = {}
        focused = self.screen.focused
        for active in self.screen.active_bindings.values():
            command = BY_ID.get(active.binding.id or "")
            if command is None or not command.footer or command.id in found or _is_enter(command):
                continue
            keys = (active.binding.key, *keys_of(command))
            free = [key for key in keys if not _is_typed(focused, key, command)]
            if not free:
                continue
            host: Any = active.node
            is_off = bool(host.why_not(command.id))
            if is_off and command.place == "app":
                continue  # one is there already
            if host.is_quiet(command.id):
                continue
            label = host.label_of(command)
            found[command.id] = Key(command, key_label(free[0]), label, is_off, host)
        if "app.back" in found:
            found.pop("app.quit", None)  # one way out is enough for the bottom line
        return [*self._enter(), *found.values()]

    def _enter(self) -> list[Key]:
        """What Enter does where a table or a field has taken the key for itself."""
        host: Any = self.screen
        command_id = host.enter_command()
        if command_id is None:
            return []
        command = BY_ID[command_id]
        label = host.label_of(command)
        return [Key(command, key_label("enter"), label, bool(host.why_not(command_id)), host)]

    def render(self) -> RenderResult:
        self._shown = self.keys()
        chosen, gap = choose(self._shown, self.size.width - 2)
        self._places = []
        parts: list[Content | str | tuple[str, str]] = [" "]
        at = 1
        for key in chosen:
            self._places.append((at, at + key.width, key))
            style = "$muted on $boost" if key.is_off else "bold $key-text on $key"
            parts.append((f" {key.key} ", style))
            parts.append((f" {key.label}", "$muted" if key.is_off else ""))
            parts.append(" " * gap)
            at += key.width + gap
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        for start, end, key in self._places:
            if start <= event.x < end:
                host: Host = key.host
                carry_out(host, key.command.id)
                return


def _is_typed(focused: Widget | None, key: str, command: Command) -> bool:
    """Whether ``key`` would go into the focused text field instead."""
    if focused is None or command.priority:
        return False
    character = " " if key == "space" else SIGNS.get(key, key)
    return focused.check_consume_key(key, character if len(character) == 1 else None)


def _is_enter(command: Command) -> bool:
    return keys_of(command) == ("enter",)
