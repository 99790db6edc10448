"""What a table shows, as something to export: its columns, and all its rows in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tui.widgets.data_table.column import Column, Context
from tui.widgets.data_table.pages import RowSource

if TYPE_CHECKING:
    from core.backend import Backend
    from core.model.documents import DocumentFilter

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
