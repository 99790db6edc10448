"""A document's PDF or page, and the system's opener for it: arguments only, never a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.files.protected_files import is_protected
from core.model.documents import DocumentRow
from core.model.errors import InputError
from core.rules.export.document_url import EXAMPLE, url_of

PATIENCE: Final = 3.0
"""Seconds in which an opener has failed, if it does; some stay as long as what they opened."""
_HEAD: Final = 1024
NOTHING_TO_OPEN: Final = (
    "Import a path to its PDF (column pdf), or set url under [documents] in the settings, "
    f"like {EXAMPLE}."
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something the system can open."""

    label: str
    where: str
    """An absolute path or a URL; foreign text where it is a path."""


def targets(row: DocumentRow, template: str) -> tuple[Target, ...]:
    """Return what there is to open, the PDF first; reads from the disk.

    Raises:
        InputError: there is nothing, and why.
    """
    found: list[Target] = []
    reason = ""
    if row.pdf:
        path = Path(row.pdf).absolute()
        reason = _why_no_pdf(path)
        if not reason:
            found.append(Target("PDF", str(path)))
    url = url_of(template, row.kind, row.number)
    if url:
        found.append(Target("Page", url))
    if not found and reason:
        raise InputError(f"{path} {reason}.", "Put the file back, or import its new place.")
    if not found:
        raise InputError("Nothing is known that could be opened for it.", NOTHING_TO_OPEN)
    return tuple(found)


def _why_no_pdf(path: Path) -> str:
    """Say why the system should not be asked to open ``path``: some files it would run."""
    try:
        if not path.is_file():
            return "is not there"
        if is_protected(path):
            return "belongs to Outtray's own database"
        with path.open("rb") as file:
            is_pdf = b"%PDF-" in file.read(_HEAD)
    except (OSError, ValueError):
        return "cannot be read"
    return "" if is_pdf and path.suffix.lower() == ".pdf" else "is no PDF"


def opener(
    environment: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[str, ...] | None:
    """Return the command that opens things in windows; ``None``: there are none to open.

    Without a display ``xdg-open`` would start a browser in our own terminal. Windows' own opener
    is no command: the empty one stands for it.
    """
    if platform == "win32":
        return ()
    if platform == "darwin":
        name, has_windows = "open", "SSH_CONNECTION" not in environment
    else:
        name = "xdg-open"
        has_windows = bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    path = which(name)
    return (path,) if path and has_windows else None


def launch(command: tuple[str, ...], where: str) -> None:
    """Have ``where`` opened.

    Raises:
        InputError: the opener said no, or cannot be run.
    """
    try:
        if not command:  # a PDF or a page, never a program
            os.startfile(where)  # type: ignore[attr-defined,unused-ignore]  # noqa: S606
            return
        process = subprocess.Popen(  # noqa: S603 (no shell; what is opened is one argument)
            [*command, where],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        name = Path(command[0]).name if command else "The opener"
        raise InputError(f"{name} cannot be run: {error.strerror}.") from error
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return
    if code:
        raise InputError(f"{Path(command[0]).name} could not open it (exit code {code}).")
