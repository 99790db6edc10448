"""From the registry: bindings, the names of keys, and the one way to carry out a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel

from tui.commands.command import IN_SENTENCE
from tui.commands.registry import COMMANDS

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from tui.commands.registry import Command

BY_ID: Final = {command.id: command for command in COMMANDS}
#: What a person's own table of keys changed; one process shows one program.
_in_force: dict[str, tuple[str, ...]] = {}


def use_keys(keys: Mapping[str, tuple[str, ...]]) -> None:
    """From now on these are the keys of commands; those that are missing have their own."""
    _in_force.clear()
    _in_force.update(keys)


def keys_of(command: Command) -> tuple[str, ...]:
    """The keys in force; the first is the one that is shown."""
    return _in_force.get(command.id, command.keys)


def key_of(command_id: str) -> str:
    """The key in force as sentences name it: ``press {key_of('app.reload')}``."""
    return key_label(keys_of(BY_ID[command_id])[0])


def of_places(places: Iterable[str]) -> Iterator[Command]:
    """The commands of ``places``, in the order of the registry."""
    wanted = tuple(f"{place}." for place in places)
    return (command for command in COMMANDS if command.id.startswith(wanted))


#: Commands of a screen that one has to go to first: how a sentence that stands elsewhere says so.
_ON_THE_WAY: Final = {
    "suppressions.remove": "{app.suppressions} on any screen",
    "outbox.settle": "{app.outbox}",
    "outbox.why": "{app.outbox}",
}


def with_keys(text: str, place: str = "") -> str:
    """Return one of our own sentences with ``{app.reload}`` as the key in force.

    Where ``place`` has a command of the same verb, its key is said: ``{compose.use_1}`` while an
    address is edited.
    """

    def said(found: re.Match[str]) -> str:
        command_id = found[1]
        if command_id in _ON_THE_WAY:
            return with_keys(_ON_THE_WAY[command_id])
        here = f"{place}.{command_id.partition('.')[2]}"
        command = BY_ID.get(here) or BY_ID.get(command_id)
        return found[0] if command is None else key_of(command.id)

    return IN_SENTENCE.sub(said, text)


def another_filter(place: str) -> str:
    """The sentence that ends an empty list: which keys choose another filter."""
    return with_keys(f"{{{place}.previous_chip}} and {{{place}.next_chip}} choose another filter.")


def clears_the_search() -> str:
    """The sentence that ends a list in which nothing was found."""
    return with_keys("{screen.close} clears the search.")


def bindings(*places: str) -> list[BindingType]:
    """Textual's bindings for ``places``; each calls the one action ``command`` with its id.

    They carry the registry's own keys: other ones are laid over them by the app's keymap.
    """
    return [
        Binding(
            ",".join(command.keys),
            f"command('{command.id}')",
            command.label,
            id=command.id,
            priority=command.priority,
        )
        for command in of_places(places)
    ]


class Host(Protocol):
    """An app, screen or widget that carries out commands: ``command_VERB`` does it."""

    def why_not(self, command_id: str, /) -> str:
        """Return why the command cannot be used now, in words; empty: it can."""
        ...

    def label_of(self, command: Command, /) -> str: ...

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None: ...


class CommandHost:
    """What is the same in whoever carries out commands; a base beside Textual's own class."""

    def why_not(self, _: str, /) -> str:
        """See ``Host``."""
        return ""

    def label_of(self, command: Command) -> str:
        """What the bottom line calls ``command`` here and now."""
        return command.label

    def is_quiet(self, _: str, /) -> bool:
        """Whether the bottom line leaves the command out."""
        return False

    def enter_command(self) -> str | None:
        """The command that Enter means with the focus where it is."""
        return None

    def action_command(self: Host, command_id: str) -> None:
        carry_out(self, command_id)


def carry_out(host: Host, command_id: str) -> None:
    """Do the command, or say why it cannot be done."""
    command = BY_ID[command_id]
    reason = host.why_not(command_id)
    if reason:
        host.notify(reason, title=f"{command.label} is off", severity="warning", markup=False)
    else:
        getattr(host, f"command_{command.verb}")()


# fmt: off
#: Textual's names of the keys that write a sign, and the sign.
SIGNS: Final = {
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
    "plus": "+", "minus": "-", "asterisk": "*", "equals_sign": "=", "underscore": "_",
    "comma": ",", "full_stop": ".", "colon": ":", "semicolon": ";", "exclamation_mark": "!",
    "less_than_sign": "<", "greater_than_sign": ">", "number_sign": "#", "at": "@",
    "vertical_line": "|",
}
_KEY_NAMES: Final = SIGNS | {
    "enter": "⏎", "escape": "Esc", "space": "Space", "tab": "Tab", "delete": "Del",
    "backspace": "Backspace",
    "left": "←", "right": "→", "up": "↑", "down": "↓",
}
# fmt: on


def key_label(key: str) -> str:
    """How a key is written for a person: ``ctrl+s`` → ``^S``, ``f`` → ``F``."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    modifiers, _, last = key.rpartition("+")
    name = _KEY_NAMES.get(last, last.upper())
    if modifiers == "ctrl":
        return f"^{name}"
    return "+".join([*(part.capitalize() for part in modifiers.split("+") if part), name])
