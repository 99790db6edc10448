"""A file into records and rejections. The only module here that touches the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.files import protected_files
from core.imports.assembly import join_customers, join_documents
from core.imports.csv_table import NotTextError, Record, decode, records, split_lines
from core.imports.dialects import Dialect
from core.imports.header import Header, UnknownHeaderError, recognise
from core.imports.records import CustomerRecord, DocumentRecord, ParsedFile, Progress
from core.imports.rows import ROW, Layout, Row
from core.imports.values import day_comes_first
from core.model.errors import InputError
from core.model.reports import Rejection

_STRIDE: Final = 1000
_DAYS: Final = ("issued_on", "due_on")


def read(path: Path, progress: Progress | None = None) -> ParsedFile:
    """Return what ``path`` says. A bad row is reported and costs only itself.

    Raises:
        InputError: the file cannot be opened, is not text, is empty, or has no known header.
    """
    data = _load(path)
    try:
        text, encoding = decode(data)
        lines = split_lines(text)
        header = recognise(lines)
    except NotTextError as error:
        raise InputError(f"{path} cannot be imported: {error}.") from error
    except UnknownHeaderError as error:
        raise InputError(f"{path} cannot be imported: {error.title}.", error.hint) from error
    found = _Found(header.dialect)
    rows = [r for r in records(lines, header.delimiter, header.next_line, header.width) if _any(r)]
    layout = _layout(header, rows)
    for count, record in enumerate(rows):
        if progress is not None and count % _STRIDE == 0:
            progress(len(data) * record.line // (len(lines) + 1), len(data))
        found.add(record, layout)
    if progress is not None:
        progress(len(data), len(data))
    return found.parsed(str(path), encoding, len(rows), layout)


def _load(path: Path) -> bytes:
    try:
        return protected_files.read_bytes(path)
    except IsADirectoryError as error:
        raise InputError(f"{path} cannot be imported: it is a folder.") from error
    except FileNotFoundError as error:
        raise InputError(f"{path} cannot be imported: there is no such file.") from error
    except PermissionError as error:
        raise InputError(
            f"{path} cannot be imported: you are not allowed to read it.", "Check its permissions."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be imported: {reason}.") from error


def _any(record: Record) -> bool:
    return bool(record.fault) or any(cell.strip() for cell in record.cells)


def _layout(header: Header, rows: list[Record]) -> Layout:
    """Settle what one cell cannot tell: which way round the file's dates are written."""
    positions = [header.positions[name] for name in _DAYS if name in header.positions]
    ways = {
        day_comes_first(record.cells[position])
        for record in rows
        if not record.fault
        for position in positions
    }
    return Layout(
        header.positions,
        header.headings,
        day_first=True in ways and False not in ways,
        comma_decimals=header.delimiter == ";",
    )


@dataclass(slots=True)
class _Found:
    """What the rows gave so far."""

    dialect: Dialect
    customers: list[CustomerRecord] = field(default_factory=list)
    documents: list[DocumentRecord] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    """Numbers of documents with a row that could not be read."""
    remarked: set[tuple[str, str]] = field(default_factory=set)

    def add(self, record: Record, layout: Layout) -> None:
        row = Row(record.line, record.cells, layout)
        if record.fault:
            row.problems.append((ROW, record.fault))
        else:
            self._keep(row, self.dialect.build(row))
        if row.problems:
            self.rejected.append(_rejection(row))
            self.incomplete.add(row.text("number"))

    def _keep(self, row: Row, built: CustomerRecord | DocumentRecord) -> None:
        if row.problems:
            return
        if isinstance(built, CustomerRecord):
            self.customers.append(built)
        else:
            self.documents.append(built)
        for remark in row.remarks:
            if isinstance(built, DocumentRecord) and remark in self.remarked:
                continue  # once is enough: every document of the customer repeats it
            self.remarked.add(remark)
            self.rejected.append(Rejection(row.line, *remark))

    def parsed(self, file: str, encoding: str, rows: int, layout: Layout) -> ParsedFile:
        customers = join_customers(self.customers, layout)
        documents = join_documents(
            self.documents, layout, self.dialect.lines, frozenset(self.incomplete)
        )
        rejected = [*self.rejected, *customers.rejected, *documents.rejected]
        return ParsedFile(
            file=file,
            dialect=self.dialect.name,
            kind=self.dialect.kind,
            encoding=encoding,
            read=rows,
            customers=tuple(customers.records),
            documents=tuple(documents.records),
            rejected=tuple(sorted(rejected, key=lambda r: r.line)),
        )


def _rejection(row: Row) -> Rejection:
    """One rejection a row, so that they count rows; it names everything that is wrong."""
    heading, reason = row.problems[0]
    others = "".join(f"; also {other}: {why}" for other, why in row.problems[1:])
    return Rejection(row.line, heading, reason + others)
