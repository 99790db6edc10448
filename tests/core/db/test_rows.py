"""The list of a document's fields agrees with the table, the values, and with what is sealed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from core.db.rows import (
    DOCUMENT_COLUMNS,
    IMPORTED_FIELDS,
    SUMMARY_COLUMNS,
    SUMMARY_FIELDS,
    document_columns,
    document_of,
)
from core.db.schema import documents
from core.db.schema.coverage import SEALED
from core.db.writes.imported_records import DocumentEntry
from core.model.chasing import CallNeed, CallReason
from core.model.delivery import DocumentSummary
from core.model.documents import DocumentRow
from core.model.enums import FLAGS, DisplayStatus, DocumentKind

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SHOWN = DocumentRow(
    id=1, customer_id=2, customer="Ada", kind=DocumentKind.ESTIMATE, number="E-3", status="OPEN",
    currency="EUR", total=Decimal("4.50"), balance_due=Decimal("5.125"),
    issued_on=date(2026, 11, 6), due_on=None, pdf="7.pdf",
    summary=DocumentSummary(
        DisplayStatus.SENT, True, 8, 9, 10, NOW, "ada@example.org", 11,
        frozenset({DisplayStatus.BOUNCED, DisplayStatus.FAILED}), True, False, True, False,
        CallNeed(next(iter(CallReason)), NOW, 12, NOW),
    ),
    has_draft=True, held_until=NOW, quiet_until=None,
)  # fmt: skip


def test_every_field_comes_back_as_it_was_written() -> None:
    """By name, whatever the order: two columns that change places would change the value."""
    kept = {
        **{name: getattr(SHOWN, name) for name in ("id", "customer_id", "number", "has_draft")},
        **{name: each.column(getattr(SHOWN, name)) for name, each in IMPORTED_FIELDS.items()},
        **document_columns(SHOWN.summary),
        "kind": SHOWN.kind.value,
        "name": SHOWN.customer,
        "held_until": int(NOW.timestamp()) * 1_000_000,
        "quiet_until": 0,
    }
    columns = DOCUMENT_COLUMNS.replace(", d.", "|d.").replace(", c.", "|c.").replace(", EX", "|EX")
    names = [column.partition(".")[2] for column in columns.split("|")]
    names = ["has_draft" if "document_id" in name else name for name in names]
    assert document_of([kept[name] for name in names]) == SHOWN


def test_what_nobody_remembers_is_nothing() -> None:
    calm = replace(SHOWN.summary, unresolved=frozenset(), call=None)
    columns = document_columns(calm)
    assert tuple(columns) == SUMMARY_COLUMNS
    assert [columns[name] for name in (*FLAGS, "call_at")] == [0] * (len(FLAGS) + 1)


def test_the_list_has_what_the_values_and_the_table_have() -> None:
    imported, shown = set(IMPORTED_FIELDS), {each.name for each in fields(DocumentRow)}
    assert imported <= shown
    assert imported <= {each.name for each in fields(DocumentEntry)}
    assert imported <= set(SEALED["documents"])
    assert imported | set(SUMMARY_COLUMNS) <= set(documents.c.keys())
    summary = {each.name for each in fields(DocumentSummary)}
    assert set(SUMMARY_FIELDS) == summary - {"unresolved", "call"}
