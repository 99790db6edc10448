"""Pure: settings and a person's own keys as rows of a table, and the words about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.settings.editing import InForce, Survey
from core.settings.loading import SettingOrigin
from core.settings.schema import Setting
from tui.commands.keymap import resolve_lines
from tui.format.badges import Span
from tui.format.text import cell
from tui.widgets.data_table.column import Cell, Column, Context

KEYS: Final = "keys."
_NEW_KEYS: Final = "The keys of this command, separated by commas."


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of the table."""

    id: int
    key: str
    value: str
    written: str
    """What stands in the file, for an editor to begin with; empty: nothing."""
    origin: SettingOrigin
    where: str
    about: str
    setting: Setting | None = None
    """``None``: a line of ``[keys]``."""
    problem: str = ""
    waits: bool = False
    """In force from the next start on."""


def rows(found: Survey) -> tuple[SettingRow, ...]:
    """Return every setting, then every line of ``[keys]``, those that cannot be followed first."""
    settings = [
        SettingRow(
            id=0,
            key=row.setting.key,
            value=row.value,
            written=row.value if row.origin.line and not row.origin.variable else "",
            origin=row.origin,
            where=_where(row.origin),
            about=_about(row),
            setting=row.setting,
            waits=row.waits and not row.setting.at_once,
        )
        for row in found.rows
    ]
    problems = {each.command: each.words for each in resolve_lines(found.keys).problems}
    keys = [
        SettingRow(
            id=0,
            key=KEYS + line.command,
            value=line.written,
            written=line.written if line.is_text else "",
            origin=SettingOrigin(line=line.line),
            where=_where(SettingOrigin(line=line.line)),
            about=problems.get(line.command, _NEW_KEYS),
            problem=problems.get(line.command, ""),
        )
        for line in found.keys
    ]
    ordered = [*settings, *sorted(keys, key=lambda row: not row.problem)]
    return tuple(_numbered(row, number) for number, row in enumerate(ordered, 1))


def _numbered(row: SettingRow, number: int) -> SettingRow:
    return replace(row, id=number)


def _where(origin: SettingOrigin) -> str:
    if origin.variable:
        return origin.variable
    return f"line {origin.line}" if origin.line else "default"


def _about(row: InForce) -> str:
    parts = [row.setting.help]
    if row.origin.variable:
        beside = f" over line {row.origin.line} of the file" if row.origin.line else ""
        parts.append(f"{row.origin.variable} is set and wins{beside}.")
    if row.waits and not row.setting.at_once:
        now = row.running or "nothing"
        parts.append(f"From the next start on; now {now} is in force.")
    return " ".join(parts)


class SettingSource:
    """Read whole with every look: file and environment are short."""

    def __init__(self, look: Callable[[], Survey]) -> None:
        self._look = look
        self._rows: Sequence[SettingRow] = ()

    def count(self) -> int:
        self._rows = rows(self._look())
        return len(self._rows)

    def page(self, offset: int, limit: int) -> Sequence[SettingRow]:
        return self._rows[offset : offset + limit]

    def position(self, key: int) -> int | None:
        return key - 1 if 1 <= key <= len(self._rows) else None

    def key(self, row: SettingRow) -> int:
        return row.id


def _key(row: SettingRow, _: Context) -> Cell:
    name = cell(row.key.removeprefix(KEYS))
    if row.problem:
        return (Span(f"✖ {name}", "ink--bad"),)
    return (Span(name, "ink--strong"),)


def _value(row: SettingRow, _: Context) -> Cell:
    if row.problem:
        return (Span(f"{cell(row.value)}  {cell(row.problem)}", "ink--bad"),)
    return (Span(cell(row.value)),) if row.value else (Span("not set", "ink--dim"),)


def _from(row: SettingRow, _: Context) -> Cell:
    later = (Span(" · next start", "ink--warning"),) if row.waits else ()
    return (Span(cell(row.where), "ink--dim"), *later)


SETTING_COLUMNS: Final[tuple[Column[SettingRow], ...]] = (
    Column("setting", "Setting", 22, _key, ideal=24),
    Column("value", "Value", 18, _value, ideal=34, weight=3),
    Column("from", "From", 20, _from, ideal=25),
)
