"""What a command is; all of them are in ``tui.commands.registry``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do."""

    id: str
    """``place.verb``; stable, because people's keymaps name it."""
    keys: tuple[str, ...]
    """Textual's key names; the first is the one that is shown."""
    label: str
    """At most two or three words, for the bottom line."""
    help: str
    """One sentence for the help screen and the palette."""
    group: str = ""
    """Heading in the help screen."""
    footer: int = 0
    """Order in the bottom line, 1 first; 0: not shown there."""
    danger: bool = False
    """Something leaves the house, or is lost."""
    priority: bool = False
    """Works even while a text field has the focus."""
    palette: bool = True

    @property
    def place(self) -> str:
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.id.partition(".")[2]
