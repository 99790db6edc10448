"""A long text in the person's own editor: out into a private file, and back without a loss.

The editor has the terminal for itself meanwhile. It runs without a shell.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from textual.app import App, SuspendNotSupported

from core.model.errors import InputError

MOST_BYTES: Final = 1_000_000
"""More is no email's text; it would be a wrong file."""
_WHAT_TO_SET: Final = 'Set VISUAL or EDITOR, or editor = "…" under [ui] in the settings.'


@dataclass(frozen=True, slots=True)
class Edited:
    """What came back."""

    text: str
    is_changed: bool


def command(named: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the editor's command: the settings' own, else ``VISUAL``, else ``EDITOR``.

    Raises:
        InputError: none is named, or it is not installed.
    """
    written = named or environment.get("VISUAL", "").strip() or environment.get("EDITOR", "")
    try:
        words = shlex.split(written, posix=os.name == "posix")
    except ValueError as error:
        raise InputError(
            f"The editor {written!r} cannot be read: {error}.", _WHAT_TO_SET
        ) from error
    if not words:
        raise InputError("No editor is named.", _WHAT_TO_SET)
    path = shutil.which(str(Path(words[0]).expanduser()))
    if path is None:
        raise InputError(f"The editor {words[0]} is not installed.", _WHAT_TO_SET)
    return (path, *words[1:])


def edit(app: App[Any], editor: tuple[str, ...], text: str) -> Edited:
    """Let the person edit ``text``; blocks until the editor has ended.

    Raises:
        InputError: the text stays as it was. Where the file holds something, it is kept and named.
    """
    path = _written(text)
    try:
        with app.suspend():  # nothing may be raised in here: the screen would not come back
            code, problem = _run([*editor, str(path)])
    except SuspendNotSupported:
        _remove(path)
        raise InputError(
            "This terminal cannot be handed to another program.", "Edit the text here."
        ) from None
    if problem:
        _remove(path)
        raise InputError(f"{editor[0]} cannot be run: {problem}.", _WHAT_TO_SET)
    edited = read_back(path, text, code)
    _remove(path)
    return edited


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Return the exit code, or what kept the editor from being run."""
    try:
        with _signals_for_the_editor():
            return subprocess.call(words), ""  # noqa: S603 (no shell)
    except OSError as error:
        return -1, error.strerror or str(error)


def _written(text: str) -> Path:
    """Write ``text`` into a file that nobody else can read, in a folder of its own."""
    try:
        path = Path(tempfile.mkdtemp(prefix="outtray-")) / "message.md"
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(_as_file(text))
    except OSError as error:
        raise InputError(f"No file for the editor can be written: {error.strerror}.") from error
    return path


def _as_file(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def read_back(path: Path, before: str, code: int) -> Edited:
    """Return what the editor left in ``path``.

    Raises:
        InputError: it failed, or left nothing that can be read in; ``path`` stays.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"The file of the editor cannot be read: {error.strerror}.", "The text stays as it was."
        ) from error
    kept = f"The text stays as it was. What the editor wrote is kept in {path}."
    if code:
        if data == _as_file(before).encode():  # nothing to keep
            _remove(path)
            kept = "The text stays as it was."
        ended = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise InputError(f"The editor did not end well ({ended}).", kept)
    if len(data) > MOST_BYTES:
        raise InputError("What the editor wrote is too long for an email.", kept)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("What the editor wrote is not UTF-8.", kept) from error
    if not text.strip():
        _remove(path)
        raise InputError("The file came back empty.", "The text stays as it was.")
    text = text.replace("\r\n", "\n")
    if not before.endswith("\n"):
        text = text.removesuffix("\n")  # editors end the last line; it had no end
    return Edited(text, text != before)


def _remove(path: Path) -> None:
    """Remove the folder with whatever the editor left beside the file."""
    shutil.rmtree(path.parent, ignore_errors=True)


@contextmanager
def _signals_for_the_editor() -> Iterator[None]:
    """Ctrl-C is for the editor; Ctrl-Z stops it together with us, and ``fg`` goes on with it.

    Handlers, not ``SIG_IGN``: what is ignored stays ignored in a program that is started.
    """
    before: dict[signal.Signals, Any] = {}
    wanted: dict[str, Callable[..., None] | signal.Handlers] = {"SIGINT": _nothing}
    if sys.platform != "win32":
        wanted |= {
            "SIGQUIT": _nothing,
            "SIGTSTP": signal.SIG_DFL,
            "SIGCONT": signal.SIG_DFL,
        }
    for name, handler in wanted.items():
        number = signal.Signals[name]
        before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            _ = signal.signal(number, handler)


def _nothing(*_: object) -> None:
    pass
