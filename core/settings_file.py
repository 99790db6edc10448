"""The settings file: read with its lines, and changed so that all the rest stays as it is.

tomlkit writes it, because it keeps comments, order and the way each value is written, also in
inline tables and texts of several lines, where an edit line by line would guess. It is imported
only to write. What it made is read back with ``tomllib``, which is what reads it at the next start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core import protected_files
from core.errors import InputError, SettingsError
from core.settings_table import BY_KEY, TRUE, Kind, check

_SECTION: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_ASSIGNMENT: Final = re.compile(r"\s*([\w\"'.\s-]+?)\s*=")
_KEYS: Final = "keys."


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of ``[keys]``: which command, and what is written for it."""

    command: str
    written: str
    line: int
    is_text: bool = True
    """Keys are written as a text in quotes."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a file says; ``lines`` where."""

    values: Mapping[str, str]
    lines: Mapping[str, int]
    keys: tuple[KeyLine, ...] = ()


def read(path: Path) -> FileSettings:
    """Return what a settings file says.

    Raises:
        SettingsError: it cannot be read, has an unknown key or a value of the wrong type.
    """
    text = _text(path)
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    keys: list[KeyLine] = []
    for key, value in _flatten(_parsed(text, path)):
        line = _line_of(text, key)
        if key.startswith(_KEYS):
            command = key.removeprefix(_KEYS)
            keys.append(KeyLine(command, str(value), line, isinstance(value, str)))
        else:
            place = f"{path}, line {line}: "
            values[key] = _as_text(key, value, place)
            lines[key] = line
            if BY_KEY[key].kind is not Kind.SWITCH and values[key]:
                check(key, values[key], place + key)
    return FileSettings(values, lines, tuple(keys))


def _text(path: Path) -> str:
    try:
        return protected_files.read_bytes(path).decode("utf-8")
    except (InputError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    import tomllib  # only where there is a file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}.", "Correct the line and start again.") from error


def _as_text(key: str, value: object, place: str) -> str:
    setting = BY_KEY.get(key)
    if setting is None:
        known = ", ".join([*BY_KEY, "and [keys]"])
        raise SettingsError(f"{place}unknown key {key!r}.", f"Known keys: {known}.")
    is_switch = setting.kind is Kind.SWITCH
    if setting.kind is Kind.NUMBER and type(value) is int:
        return str(value)
    if not isinstance(value, bool if is_switch else str):
        raise SettingsError(
            f"{place}{key} is {value!r}.",
            "Expected true or false." if is_switch else "Expected a text in quotes.",
        )
    return str(value).lower() if is_switch else str(value)


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _line_of(text: str, key: str) -> int:
    """The line that assigns ``key``, or the inline table it stands in; 1 if neither is found."""
    section, around = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if found := _SECTION.match(line):
            section = _dotted(found[1]) + "."
        elif found := _ASSIGNMENT.match(line):
            assigned = section + _dotted(found[1])
            if assigned == key:
                return number
            if key.startswith(assigned + "."):
                around = number
    return around


def _dotted(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


# --------------------------------------------------------------------------- changing it


def change(path: Path, changes: Mapping[str, str]) -> None:
    """Write ``changes`` (key → value; empty: the key goes) into the file, or into a new one.

    Comments, order and everything else stay. The file is replaced in one step, for nobody else's
    eyes; where it is a link, the file that it points to is.

    Raises:
        SettingsError: it cannot be read or written; it is as it was.
    """
    target = path.resolve()
    text = _text(target) if target.exists() else ""
    _parsed(text, target)
    _replace(target, edited(text, changes))


def edited(text: str, changes: Mapping[str, str]) -> str:
    """Return the TOML ``text`` with ``changes``; raises ``SettingsError`` rather than guess."""
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted = dict(_flatten(tomllib.loads(text)))
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            if value:
                wanted[key] = _typed(key, value)
                _set(document, key, wanted[key])
            elif wanted.pop(key, None) is not None:
                _unset(document, key)
        made = tomlkit.dumps(document)
        found = dict(_flatten(tomllib.loads(made)))
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise _unwritable(changes) from error
    if found != wanted:
        raise _unwritable(changes)
    return made


def _unwritable(changes: Mapping[str, str]) -> SettingsError:
    return SettingsError(
        f"Outtray cannot write {', '.join(changes)} without touching other lines.",
        "The file is as it was; change the line in an editor.",
    )


def _typed(key: str, value: str) -> str | bool | int:
    kind = BY_KEY[key].kind if key in BY_KEY else Kind.TEXT
    if kind is Kind.SWITCH:
        return value.lower() == TRUE
    return int(value) if kind is Kind.NUMBER else value


def _set(document: Any, key: str, value: object) -> None:
    import tomlkit

    found = _find(document, key)
    if found is not None:
        container, name = found
        container[name] = value
        return
    section, _, name = key.partition(".")
    if not name:
        document[section] = value
        return
    if section not in document:
        document[section] = tomlkit.table()
    document[section][name] = value


def _unset(document: Any, key: str) -> None:
    found = _find(document, key)
    if found is not None:
        container, name = found
        del container[name]


def _find(container: Any, key: str) -> tuple[Any, str] | None:
    """Return the table that holds ``key``, whichever way its dots are written, and its name."""
    for name, value in container.items():
        if name == key:
            return container, name
        if isinstance(value, Mapping) and key.startswith(f"{name}."):
            found = _find(value, key[len(name) + 1 :])
            if found is not None:
                return found
    return None


def _replace(path: Path, text: str) -> None:
    from tempfile import mkstemp

    made = ""
    try:
        protected_files.refuse(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, made = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # ours alone: 0600
        with os.fdopen(number, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
    except InputError as error:
        raise SettingsError(error.title, "Name another settings file.") from error
    except OSError as error:
        with suppress(OSError):
            Path(made).unlink(missing_ok=True)
        raise SettingsError(
            f"The settings file {path} cannot be written: {error.strerror}.",
            "It is as it was. Check the rights of file and folder.",
        ) from error
