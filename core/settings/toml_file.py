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

from core.files import protected_files
from core.model.errors import InputError, SettingsError
from core.settings.schema import BY_KEY, SettingKind, check

_NAME: Final = re.compile(r"[\w\"'.\s-]+")
_KEYS: Final = "keys."
_LARGEST: Final = 100_000
"""Bytes; a file of all settings, with a comment for each, has a twentieth of that."""
_MOST_DOTS: Final = 1_000
"""In a line: the time that ``tomllib`` takes grows with the square of them."""
_DEEPEST: Final = 20
_MOST_SHOWN: Final = 60
_CORRECT: Final = "Correct the line and start again."


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
    places = _Places(text)
    for key, value in _flatten(_parsed(text, path)):
        line = places.line_of(key)
        if key.startswith(_KEYS):
            command = key.removeprefix(_KEYS)
            keys.append(KeyLine(command, str(value), line, isinstance(value, str)))
        else:
            place = f"{path}, line {line}: "
            values[key] = _as_text(key, value, place)
            lines[key] = line
            if BY_KEY[key].kind is not SettingKind.SWITCH and values[key]:
                check(key, values[key], place + key)
    return FileSettings(values, lines, tuple(keys))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError(
                f"The settings file {path} is larger than {_LARGEST // 1000} kB.",
                "Leave out what is not a setting, or name another file in OUTTRAY_CONFIG.",
            )
        return protected_files.read_bytes(path).decode("utf-8")
    except (InputError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    import tomllib  # only where there is a file

    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise SettingsError(f"{path}, line {number}: too many dots.", _CORRECT)
    try:
        found = tomllib.loads(text)
        _ = list(_flatten(found))
    except RecursionError as error:
        raise SettingsError(f"{path}: it is nested too deeply.", _CORRECT) from error
    except ValueError as error:  # also a number of more digits than Python reads
        is_syntax = isinstance(error, tomllib.TOMLDecodeError)
        reason = f"{error}" if is_syntax else "a number has too many digits"
        raise SettingsError(f"{path}: {reason}.", _CORRECT) from error
    return found


def _brief(value: object) -> str:
    """A value as it can be shown in a message, however long or deep it is."""
    if isinstance(value, str | bool | float):
        return repr(value[:_MOST_SHOWN] if isinstance(value, str) else value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_MOST_SHOWN else "a very long number"
    return "a list" if isinstance(value, list) else "a date or time"


def _as_text(key: str, value: object, place: str) -> str:
    setting = BY_KEY.get(key)
    if setting is None:
        known = ", ".join([*BY_KEY, "and [keys]"])
        raise SettingsError(f"{place}unknown key {key[:_MOST_SHOWN]!r}.", f"Known keys: {known}.")
    is_switch = setting.kind is SettingKind.SWITCH
    if setting.kind is SettingKind.NUMBER and type(value) is int:
        return _brief(value)
    if not isinstance(value, bool if is_switch else str):
        raise SettingsError(
            f"{place}{key} is {_brief(value)}.",
            "Expected true or false." if is_switch else "Expected a text in quotes.",
        )
    return str(value).lower() if is_switch else str(value)


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    if prefix.count(".") > _DEEPEST:
        raise RecursionError
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


class _Places:
    """Which line assigns a key; each line is looked at once."""

    def __init__(self, text: str) -> None:
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        section = ""
        for number, line in enumerate(text.splitlines(), 1):
            name, sign, _ = line.partition("=")
            if (table := _table(line)) is not None:
                section = _dotted(table) + "."
            elif sign and _NAME.fullmatch(name):
                assigned = section + _dotted(name.strip())
                self._first.setdefault(assigned, number)
                self._last[assigned] = number

    def line_of(self, key: str) -> int:
        """The line that assigns ``key``, or the inline table it stands in; 1: neither is found."""
        if key in self._first:
            return self._first[key]
        parts = key.split(".")
        around = (".".join(parts[:n]) for n in range(1, len(parts)))
        return max((self._last.get(name, 1) for name in around), default=1)


def _table(line: str) -> str | None:
    """The name in ``[name]``; ``None``: the line begins no table."""
    if not line.lstrip().startswith("["):
        return None
    name, bracket, _ = line.lstrip()[1:].partition("]")
    return name.strip() if bracket and name.strip() and "[" not in name else None


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

    try:
        wanted = dict(_flatten(tomllib.loads(text)))
        document = tomlkit.parse(text)
        for key, value in changes.items():
            if value:
                wanted[key] = BY_KEY[key].typed(value) if key in BY_KEY else value
                _set(document, key, wanted[key])
            elif wanted.pop(key, None) is not None:
                _unset(document, key)
        made = tomlkit.dumps(document)
        found = dict(_flatten(tomllib.loads(made)))
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError, RecursionError) as error:
        raise _unwritable(changes) from error
    if found != wanted:
        raise _unwritable(changes)
    return made


def _unwritable(changes: Mapping[str, str]) -> SettingsError:
    return SettingsError(
        f"Outtray cannot write {', '.join(changes)} without touching other lines.",
        "The file is as it was; change the line in an editor.",
    )


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
