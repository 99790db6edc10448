"""Writes a sheet into a file: under another name first, so that no half of one is ever left."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core.files import protected_files
from core.model.errors import InputError
from core.rules.export.tabular import Form, csv_pieces, header, json_pieces, markdown_pieces
from tui.format.text import cell
from tui.widgets.data_table.column import Column, Context
from tui.widgets.data_table.pages import RowSource

if TYPE_CHECKING:
    from core.backend import Backend
    from core.model.documents import DocumentFilter


@dataclass(frozen=True, slots=True)
class Written:
    path: Path
    rows: int


def suggested(name: str, form: Form, now: datetime) -> Path:
    """Return a name that is free, in the folder for downloads where there is one."""
    downloads = Path.home() / "Downloads"
    folder = downloads if downloads.is_dir() else Path.cwd()
    return free_name(folder, name, form, now)


def free_name(folder: Path, name: str, form: str, now: datetime) -> Path:
    """Return ``outtray-documents-2026-11-25-1412.csv`` in ``folder``, or with a number behind."""
    stem = f"outtray-{name}-{now.astimezone():%Y-%m-%d-%H%M}"
    path, copy = folder / f"{stem}.{form}", 1
    while path.exists():
        copy += 1
        path = folder / f"{stem}-{copy}.{form}"
    return path


def write(
    sheet: Sheet[Any], form: Form, path: Path, tell: Callable[[int, int], bool]
) -> Written | None:
    """Write all rows; ``None``: ``tell`` said stop, and nothing is left of it.

    Raises:
        InputError: ``path`` is there already or cannot be written.
    """
    target = path.expanduser().absolute()
    protected_files.refuse(target)
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} is there already.", "Choose another name; none is replaced.")
    try:
        handle, name = tempfile.mkstemp(prefix=".outtray-", suffix=".part", dir=target.parent)
    except OSError as error:
        raise InputError(
            f"{target.parent} cannot be written to: {error.strerror}.", "Choose another folder."
        ) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            count = _fill(file.write, sheet, form, tell)
            if count is not None:
                file.flush()
                os.fsync(file.fileno())
        if count is None:
            return None
        _move(part, target)
    except OSError as error:
        raise InputError(
            f"{target} cannot be written: {error.strerror}.", "Nothing was kept of it."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return Written(target, count)


def _move(part: Path, target: Path) -> None:
    """Give the file its name, unless somebody else has taken it meanwhile."""
    try:
        target.hardlink_to(part)
    except FileExistsError as error:
        raise InputError(f"{target} is there already.", "Choose another name.") from error
    except OSError:  # a file system without links
        if target.exists():
            raise InputError(f"{target} is there already.", "Choose another name.") from None
        part.rename(target)


class _Stopped(Exception):  # noqa: N818 - nothing went wrong
    pass


def _fill(
    put: Callable[[str], object],
    sheet: Sheet[Any],
    form: Form,
    tell: Callable[[int, int], bool],
) -> int | None:
    count = 0

    def rows() -> Iterator[Any]:
        nonlocal count
        total, chunks = sheet.read()
        for chunk in chunks:
            if not tell(count, total):
                raise _Stopped
            yield from chunk
            count += len(chunk)

    try:
        for piece in _pieces(sheet, form, rows()):
            put(piece)
    except _Stopped:
        return None
    tell(count, count)
    return count


def _pieces(sheet: Sheet[Any], form: Form, rows: Iterator[Any]) -> Iterator[str]:
    titles = [column.title for column in sheet.columns]
    match form:
        case Form.JSON:
            return json_pieces(map(sheet.record, rows))
        case Form.MARKDOWN:
            right = [column.align == "right" for column in sheet.columns]
            return markdown_pieces(titles, right, map(sheet.shown, rows))
        case Form.CSV:
            return _csv(sheet, titles, rows)


def _csv(sheet: Sheet[Any], titles: Sequence[str], rows: Iterator[Any]) -> Iterator[str]:
    first = next(rows, None)
    if first is None:
        return csv_pieces(titles, ())
    keys = list(sheet.record(first))
    lines = (
        [*sheet.shown(row), *_values(sheet.record(row), keys)] for row in chain((first,), rows)
    )
    return csv_pieces(header(titles, keys), lines)


def _values(record: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    return [_word(record[key]) for key in keys]


def _word(value: Any) -> str:
    """One cell: what has parts gives them in a row, lists with semicolons between."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Mapping():
            return " ".join(filter(None, map(_word, value.values())))
        case list():
            return "; ".join(map(_word, value))
        case _:
            return cell(str(value))


T = TypeVar("T")
Rows = tuple[int, Iterator[Sequence[T]]]
CHUNK = 500
"""Rows that are in memory at a time."""
MOST = 10_000_000


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """Everything that the filter lets through, not only the rows on screen."""

    name: str
    """For the file: ``documents``."""
    columns: tuple[Column[T], ...]
    """Those that are on screen."""
    context: Context
    record: Callable[[T], dict[str, Any]]
    """The row as the command line's ``--json`` has it."""
    read: Callable[[], Rows[T]]
    """How many rows there are, and the rows; called in a thread."""

    def shown(self, row: T) -> list[str]:
        """The cells of ``row`` as on screen, never cut."""
        return [
            " ".join("".join(span.text for span in column.value(row, self.context)).split())
            for column in self.columns
        ]


def documents(backend: Backend, where: DocumentFilter) -> Rows[Any]:
    """All ids at once, then their rows: what changes meanwhile neither doubles nor loses a row."""
    ids = backend.documents.ids(where, MOST)
    chunks = (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
    return len(ids), (backend.documents.rows(chunk) for chunk in chunks)


def pages(source: RowSource[T]) -> Rows[T]:
    """Page by page, for lists that are short or in memory."""
    count = source.count()
    return count, (source.page(at, CHUNK) for at in range(0, count, CHUNK))
