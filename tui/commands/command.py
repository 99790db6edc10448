"""What a command is; all of them are in ``tui.commands.registry``."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

DANGER: Final = 1
"""Something leaves the house, or is lost."""
PRIORITY: Final = 2
"""Works even while a text field has the focus."""
HIDDEN: Final = 4
"""Not in the palette."""
#: A command's id in one of our own sentences; inside an address it is somebody's name.
IN_SENTENCE: Final = re.compile(r"(?<![\w@.+-])\{([a-z_]+\.[a-z_0-9]+)\}(?![\w@])")


class Command(NamedTuple):
    """One thing a person can do."""

    id: str
    """``place.verb``; stable, because people's keymaps name it."""
    keys: tuple[str, ...]
    """Textual's key names; the first is the one that is shown."""
    label: str
    """At most two or three words, for the bottom line."""
    group: str
    """Heading in the help screen."""
    footer: int
    """Order in the bottom line, 1 first; 0: not shown there."""
    flags: int
    """``DANGER``, ``PRIORITY`` and ``HIDDEN``, or 0."""
    help: str
    """One sentence for the help screen and the palette; other commands are named by their ids."""

    @property
    def place(self) -> str:
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.id.partition(".")[2]

    @property
    def danger(self) -> bool:
        return bool(self.flags & DANGER)

    @property
    def priority(self) -> bool:
        return bool(self.flags & PRIORITY)

    @property
    def palette(self) -> bool:
        return not self.flags & HIDDEN
