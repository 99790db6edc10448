"""The arguments of the commands about one's own office: its set-up, its keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Add = Callable[[Commands, str, str, str], argparse.ArgumentParser]


def add_office(commands: Commands, add: Add) -> None:
    """Add ``keys`` and ``setup``."""
    add(commands, "keys", "keys.keys", "print the keys in force, and what is wrong with one's own")
