"""The arguments of the commands about one's own office: its set-up, its keys, its page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    class Add(Protocol):
        def __call__(
            self, commands: Commands, name: str, action: str, text: str, *, json: bool = True
        ) -> argparse.ArgumentParser: ...


_HIGHEST_PORT: Final = 65_535


def add_office(commands: Commands, add: Add) -> None:
    """Add ``keys`` and ``setup``."""
    setup = add(
        commands, "setup", "programs.setup", "ask who one is, queue and database", json=False
    )
    setup.epilog = "Nothing is written over silently: comments and everything else stay."
    add(commands, "keys", "keys.keys", "print the keys in force, and what is wrong with one's own")


def add_serve(commands: Commands, add: Add) -> argparse.ArgumentParser:
    """Add ``serve`` and return it."""
    serve = add(
        commands,
        "serve",
        "serve.serve",
        "open the UI in a browser: print its address and serve it until stopped",
        json=False,
    )
    serve.add_argument("--port", type=_port, default=0, metavar="N", help="default: any free port")
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen (default: 127.0.0.1, this computer alone; 0.0.0.0: for others, too)",
    )
    serve.add_argument(
        "--demo", action="store_true", help="the generated company, as outtray demo has it"
    )
    return serve


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 0 to {_HIGHEST_PORT}")
    return int(text)
