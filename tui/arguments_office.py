"""The arguments of the commands about one's own office: its set-up, its keys."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    class Add(Protocol):
        def __call__(
            self, commands: Commands, name: str, action: str, text: str, *, json: bool = True
        ) -> argparse.ArgumentParser: ...


def add_office(commands: Commands, add: Add) -> None:
    """Add ``keys`` and ``setup``."""
    setup = add(
        commands, "setup", "programs.setup", "ask who one is, queue and database", json=False
    )
    setup.epilog = "Nothing is written over silently: comments and everything else stay."
    add(commands, "keys", "keys.keys", "print the keys in force, and what is wrong with one's own")
