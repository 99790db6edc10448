"""Other programs of this computer: the editor for a long text, the opener of a file.

Both are given arguments only, never a line for a shell.

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

from core.files.protected_files import is_protected
from core.model.documents import DocumentRow
from core.model.errors import InputError
from core.rules.export.document_url import EXAMPLE, url_of

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
