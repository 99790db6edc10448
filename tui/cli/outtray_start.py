"""The very first lines of the program: is what will be loaded really Outtray?

``core`` and ``tui`` are names that other programs use as well, and one of those may lie in front of
ours (PYTHONPATH). This file is installed beside both, as ``outtray_start``: a name that nobody else
has, so that it can tell. It imports nothing of ours before it has looked, and can be read by a
Python that is too old for the rest.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from typing import NoReturn

_OLDEST = (3, 11)
_WRONG_USAGE = 2
_OURS = os.path.join("runtime", "exits.py")  # noqa: PTH118 - pathlib would come too early
"""By what our ``tui`` is known."""


def main() -> None:
    """Run the program; what the command ``outtray`` calls."""
    try:
        refuse_old_python()
        refuse_others()
        from tui.__main__ import main as start

        start()
    except KeyboardInterrupt:
        end("Stopped.", "", 1)


def refuse_old_python() -> None:
    """End in words where this Python cannot read the rest of the program."""
    if sys.version_info < _OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        wanted = ".".join(map(str, _OLDEST))
        end(
            f"Outtray needs Python {wanted} or newer; this is {found}.",
            f"It was started with {sys.executable}; install it with a newer one.",
        )


def refuse_others() -> None:
    """End in words where a package would be another program's; nothing of that is run."""
    from importlib.util import find_spec

    tui, core = _place(find_spec("tui")), _place(find_spec("core"))
    if not os.path.isfile(os.path.join(tui, _OURS)):  # noqa: PTH113, PTH118
        _end_with_the_other("tui", tui)
    if core != os.path.join(os.path.dirname(tui), "core"):  # noqa: PTH118, PTH120
        _end_with_the_other("core", core)


def _place(spec: ModuleSpec | None) -> str:
    if spec is None:
        return ""
    for folder in spec.submodule_search_locations or ():
        return os.path.abspath(folder)  # noqa: PTH100
    return os.path.abspath(spec.origin or "")  # noqa: PTH100


def _end_with_the_other(name: str, found: str) -> NoReturn:
    if not found:
        end(f"A part of Outtray is missing: {name}.", "Install Outtray again.")
    folder = os.path.dirname(found)  # noqa: PTH120
    said = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    end(
        f"Another program's {name} was found in place of Outtray's: {found}",
        f"Take {folder} out of PYTHONPATH, then start outtray again."
        if folder in [os.path.abspath(each) for each in said]  # noqa: PTH100
        else f"Move it out of {folder}, or install Outtray in an environment of its own.",
    )


def end(title: str, hint: str, code: int = _WRONG_USAGE) -> NoReturn:
    """Say what is wrong and what to do, and leave."""
    if sys.stderr is not None:
        sys.stderr.write(f"outtray: {title}\n")
        sys.stderr.write(f"         {hint}\n" if hint else "")
    sys.exit(code)
