"""Documents for the screens, page by page. Only ``Reader`` is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.db.codec import from_date, from_instant, from_money, known_instant
from core.db.customer_reads import count_customers as count_customers
from core.db.customer_reads import customer_position as customer_position
from core.db.customer_reads import never_reached_amounts as never_reached_amounts
from core.db.customer_reads import open_balances as open_balances
from core.db.customer_reads import overview as overview
from core.db.customer_reads import page_customers as page_customers
from core.db.engine import Reader, SqliteReader
from core.db.queries import (
    CHIPS,
    NEWEST_FIRST,
    document_conditions,
    in_chunks,
    numbered,
    times_of,
)
from core.model import (
    CallNeed,
    CallReason,
    Chip,
    DocumentFilter,
    DocumentRow,
    DocumentSummary,
    Kind,
    Word,
)

if TYPE_CHECKING:
    from core.model import QuarantinedBody

_ALL: Final = 2**31 - 1

_DOCUMENT_COLUMNS: Final = (
    "d.id, d.customer_id, c.name, d.kind, d.number, d.status, d.currency, d.total, d.balance_due,"
    " d.issued_on, d.due_on, d.pdf, d.word, d.other_failed, d.delivered, d.recipients,"
    " d.send_count, d.last_sent_at, d.last_recipient, d.last_email_id, d.open_bounce,"
    " d.open_complaint, d.open_drop, d.open_failure, d.ever_delivered, d.never_reached,"
    " d.by_program, d.call_at, d.call_reason, d.call_emails, d.call_since, d.quiet_until,"
    " d.held_until, EXISTS (SELECT 1 FROM drafts w WHERE w.document_id = d.id)"
)

_CUSTOMER_COLUMNS: Final = (
    "c.id, c.name, c.documents, c.last_sent_at, c.bounced, c.complained, c.dropped,"
    " c.failed, c.never_reached, c.unconfirmed, c.held_until"
)

# --------------------------------------------------------------------------- documents


def count_documents(reader: Reader, where: DocumentFilter) -> int:
    clause, values = document_conditions(where)
    return int(reader.rows("SELECT count(*) FROM documents d" + clause, values)[0][0])


def page_documents(
    reader: Reader, where: DocumentFilter, offset: int = 0, limit: int | None = None
) -> tuple[DocumentRow, ...]:
    """Return documents, newest sent first, never sent last; ``limit`` ``None`` is all of them.

    Two steps in one statement: the ids come from a covering index, only they are joined.
    """
    clause, values = document_conditions(where)
    rows = reader.rows(
        f"SELECT {_DOCUMENT_COLUMNS} FROM documents d JOIN customers c ON c.id = d.customer_id"
        f" WHERE d.id IN (SELECT d.id FROM documents d{clause} ORDER BY {NEWEST_FIRST}"
        f" LIMIT :limit OFFSET :offset) ORDER BY {NEWEST_FIRST}",
        {**values, "limit": _ALL if limit is None else limit, "offset": offset},
    )
    return tuple(map(_document, rows))


def document(reader: Reader, document_id: int) -> DocumentRow | None:
    rows = reader.rows(
        f"SELECT {_DOCUMENT_COLUMNS} FROM documents d JOIN customers c ON c.id = d.customer_id"
        " WHERE d.id = :id",
        {"id": document_id},
    )
    return _document(rows[0]) if rows else None


def documents(reader: Reader, document_ids: Sequence[int]) -> tuple[DocumentRow, ...]:
    """Return documents in the order of the ids; those that are gone are left out."""
    found: dict[int, DocumentRow] = {}
    for some in in_chunks(document_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            f"SELECT {_DOCUMENT_COLUMNS} FROM documents d"
            f" JOIN customers c ON c.id = d.customer_id WHERE d.id IN {among}",
            values,
        )
        found |= {row[0]: _document(row) for row in rows}
    return tuple(found[key] for key in document_ids if key in found)


def document_ids(reader: Reader, where: DocumentFilter, limit: int) -> tuple[int, ...]:
    """Return the first ids that answer to a filter, newest sent first."""
    clause, values = document_conditions(where)
    sql = f"SELECT d.id FROM documents d{clause} ORDER BY {NEWEST_FIRST} LIMIT :limit"
    return tuple(row[0] for row in reader.rows(sql, {**values, "limit": limit}))


def document_position(reader: Reader, where: DocumentFilter, document_id: int) -> int | None:
    """Return how many documents stand before this one, ``None`` when it is not among them."""
    clause, values = document_conditions(where)
    here = reader.rows(
        f"SELECT d.last_sent_at FROM documents d{clause}"
        f"{' AND' if clause else ' WHERE'} d.id = :id",
        {**values, "id": document_id},
    )
    if not here:
        return None
    before = reader.rows(
        f"SELECT count(*) FROM documents d{clause}{' AND' if clause else ' WHERE'}"
        " (d.last_sent_at > :at OR (d.last_sent_at = :at AND d.id > :id))",
        {**values, "id": document_id, "at": here[0][0]},
    )
    return int(before[0][0])


def chip_counts(reader: Reader, where: DocumentFilter) -> Mapping[Chip, int]:
    """Return the number behind every chip, whatever chip ``where`` itself has."""
    clause, values = document_conditions(replace(where, chip=Chip.ALL))
    chips = list(CHIPS)
    sums = ", ".join(f"sum(CASE WHEN {CHIPS[chip]} THEN 1 ELSE 0 END)" for chip in chips)
    values |= times_of(where.as_of)
    row = reader.rows(f"SELECT count(*), {sums} FROM documents d{clause}", values)[0]
    counts = {chip: int(count or 0) for chip, count in zip(chips, row[1:], strict=True)}
    late = count_documents(reader, replace(where, chip=Chip.LATE))  # a few, found by their index
    return {Chip.ALL: int(row[0]), Chip.LATE: late, **counts}


def _document(row: Sequence[Any]) -> DocumentRow:
    unresolved = {
        Word.SOFT_BOUNCED: row[20] & 1,
        Word.BOUNCED: row[20] & 2,
        Word.COMPLAINED: row[21],
        Word.DROPPED: row[22],
        Word.FAILED: row[23],
    }
    return DocumentRow(
        id=row[0],
        customer_id=row[1],
        customer=row[2],
        kind=Kind(row[3]),
        number=row[4],
        status=row[5],
        currency=row[6],
        total=from_money(row[7]),
        balance_due=from_money(row[8]),
        issued_on=from_date(row[9]),
        due_on=from_date(row[10]),
        pdf=row[11],
        summary=DocumentSummary(
            word=Word(row[12]),
            other_failed=bool(row[13]),
            delivered=row[14],
            recipients=row[15],
            send_count=row[16],
            last_sent_at=from_instant(row[17]),
            last_recipient=row[18],
            last_email_id=row[19],
            unresolved=frozenset(word for word, is_open in unresolved.items() if is_open),
            ever_delivered=bool(row[24]),
            never_reached=bool(row[25]),
            by_program=bool(row[26]),
            call=_call_need(row[27:31]),
        ),
        quiet_until=from_instant(row[31]),
        held_until=from_instant(row[32]),
        has_draft=bool(row[33]),
    )


def _call_need(row: Sequence[Any]) -> CallNeed | None:
    at, why, emails, since = row
    if not at:
        return None
    return CallNeed(CallReason(why), known_instant(at), emails, known_instant(since))


<<<<<<< HEAD
# --------------------------------------------------------------------------- customers


def count_customers(reader: Reader, where: CustomerFilter) -> int:
    clause, values = customer_conditions(where)
    return int(reader.rows("SELECT count(*) FROM customers c" + clause, values)[0][0])


def page_customers(
    reader: Reader, where: CustomerFilter, offset: int = 0, limit: int | None = None
) -> tuple[CustomerRow, ...]:
    """Return customers, those that need attention first, then by name."""
    clause, values = customer_conditions(where)
    rows = reader.rows(
        f"SELECT {_CUSTOMER_COLUMNS} FROM customers c{clause} ORDER BY {ATTENTION_FIRST}"
        " LIMIT :limit OFFSET :offset",
        {
            **values,
            **times_of(where.as_of),
            "limit": _ALL if limit is None else limit,
            "offset": offset,
        },
    )
    return _customers(reader, rows, where.as_of)


def customers(
    reader: Reader, customer_ids: Sequence[int], as_of: datetime | None
) -> tuple[CustomerRow, ...]:
    """Return customers in the order of the ids; those that are gone are left out."""
    rows: list[Sequence[Any]] = []
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        rows += reader.rows(
            f"SELECT {_CUSTOMER_COLUMNS} FROM customers c WHERE c.id IN {among}", values
        )
    found = {row.id: row for row in _customers(reader, rows, as_of)}
    return tuple(found[key] for key in customer_ids if key in found)


def _customers(
    reader: Reader, rows: Sequence[Sequence[Any]], as_of: datetime | None
) -> tuple[CustomerRow, ...]:
    ids = [row[0] for row in rows]
    chases = _chases(reader, ids, as_of)
    balances = open_balances(reader, ids)
    addresses = _primary_addresses(reader, ids)
    return tuple(
        CustomerRow(
            id=row[0],
            name=row[1],
            address=addresses.get(row[0], ""),
            open_balance=balances.get(row[0], ()),
            documents=row[2],
            last_sent_at=from_instant(row[3]),
            bounced=row[4],
            complained=row[5],
            dropped=row[6],
            failed=row[7],
            never_reached=row[8] - chases.get(row[0], (0, 0))[1],
            unconfirmed=row[9],
            needs_call=chases.get(row[0], (0, 0))[0],
            held_until=from_instant(row[10]),
        )
        for row in rows
    )


def customer_position(reader: Reader, where: CustomerFilter, customer_id: int) -> int | None:
    """Return how many customers stand before this one, ``None`` when it is not among them."""
    clause, values = customer_conditions(where)
    also = " AND" if clause else " WHERE"
    values |= times_of(where.as_of)
    here = reader.rows(
        f"SELECT c.attention, c.name_key, {CALLS} FROM customers c{clause}{also} c.id = :id",
        {**values, "id": customer_id},
    )
    if not here:
        return None
    before = reader.rows(
        f"SELECT count(*) FROM customers c{clause}{also} (c.attention > :attention"
        f" OR (c.attention = :attention AND ({CALLS} > :calls OR ({CALLS} = :calls"
        " AND (c.name_key < :name OR (c.name_key = :name AND c.id < :id))))))",
        {
            **values,
            "id": customer_id,
            "attention": here[0][0],
            "name": here[0][1],
            "calls": here[0][2],
        },
    )
    return int(before[0][0])


def open_balances(reader: Reader, customer_ids: list[int]) -> dict[int, tuple[Amount, ...]]:
    """Return what each customer owes on invoices, one amount a currency."""
    return _amounts(reader, customer_ids, "d.kind = 'invoice' AND d.balance_due > 0")


def never_reached_amounts(reader: Reader, customer_ids: list[int]) -> dict[int, tuple[Amount, ...]]:
    """Return the open money on documents that were sent and reached nobody."""
    return _amounts(reader, customer_ids, REACHED_NOBODY)


def _amounts(
    reader: Reader, customer_ids: list[int], condition: str
) -> dict[int, tuple[Amount, ...]]:
    found: dict[int, list[Amount]] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        for customer_id, currency, total in reader.rows(
            "SELECT d.customer_id, d.currency, sum(d.balance_due) FROM documents d"
            f" WHERE d.customer_id IN {among} AND {condition}"
            " GROUP BY d.customer_id, d.currency ORDER BY 3 DESC, 2",
            values,
        ):
            found.setdefault(customer_id, []).append(Amount(from_money(int(total)), currency))
    return {customer_id: tuple(amounts) for customer_id, amounts in found.items()}


def _chases(
    reader: Reader, customer_ids: list[int], as_of: datetime | None
) -> dict[int, tuple[int, int]]:
    """Return how many documents of each customer call for the phone, and how many of those that
    reached nobody are held back: nobody is to chase them now."""
    found: dict[int, tuple[int, int]] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            f"SELECT d.customer_id, sum(CASE WHEN {CALL_DUE} THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN {REACHED_NOBODY} AND {HELD} THEN 1 ELSE 0 END) FROM documents d"
            f" WHERE d.customer_id IN {among} AND (d.call_at > 0 OR d.never_reached > 0)"
            " GROUP BY d.customer_id",
            {**values, **times_of(as_of)},
        )
        found.update((row[0], (int(row[1]), int(row[2]))) for row in rows)
    return found


def _primary_addresses(reader: Reader, customer_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            "SELECT customer_id, address FROM contacts"
            f" WHERE customer_id IN {among} AND is_primary > 0 ORDER BY id",
            values,
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def overview(reader: Reader, as_of: datetime | None = None) -> Overview:
    """Return the totals over all customers; who needs a call depends on the time."""
    customers, attention = reader.rows(
        f"SELECT count(*), coalesce(sum(CASE WHEN {CUSTOMER_NEEDS_ATTENTION} THEN 1 ELSE 0 END), 0)"
        " FROM customers c",
        times_of(as_of),
    )[0]
    documents = reader.rows("SELECT count(*) FROM documents", {})[0][0]
    bounced = reader.rows("SELECT count(*) FROM documents d WHERE d.open_bounce > 0", {})[0][0]
    unreached = reader.rows(
        "SELECT d.currency, sum(d.balance_due), count(*) FROM documents d"
        f" WHERE {REACHED_NOBODY} GROUP BY d.currency ORDER BY 2 DESC, 1",
        {},
    )
    return Overview(
        customers=int(customers),
        documents=int(documents),
        attention=int(attention),
        bounced=int(bounced),
        never_reached=tuple(Amount(from_money(int(r[1])), r[0]) for r in unreached),
        never_reached_documents=sum(int(r[2]) for r in unreached),
        unlinked=unlinked.count(reader),
    )


=======
>>>>>>> main
def last_received(reader: Reader) -> datetime | None:
    """Return when the newest fact was stored."""
    rows = reader.rows("SELECT received_at FROM payloads ORDER BY id DESC LIMIT 1", {})
    return known_instant(rows[0][0]) if rows else None


def quarantined(reader: Reader) -> tuple[QuarantinedBody, ...]:
    """Return the bodies that could not be read, newest first."""
    rows = reader.rows(
        "SELECT sha256, received_at, source, reason, raw FROM quarantine"
        " ORDER BY received_at DESC, sha256",
        {},
    )
    from core.model import QuarantinedBody  # not for the first paint

    return tuple(QuarantinedBody(r[0], known_instant(r[1]), r[2], r[3], r[4]) for r in rows)


def revision(reader: Reader) -> int:
    """Return a number that changes with the data; what it is says nothing."""
    if isinstance(reader, SqliteReader):
        return reader.revision()
    # PostgreSQL: the snapshot is another one as soon as any transaction has changed anything.
    snapshot = "SELECT hashtextextended(CAST(pg_current_snapshot() AS text), 0)"
    return int(reader.rows(snapshot, {})[0][0])
