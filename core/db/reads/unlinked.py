"""Other programs' emails that hang on no document, for the screens. Only ``Reader`` is needed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core.db.lists.counters import condition
from core.db.lists.filter_sql import numbered
from core.db.rows import Record, chunks, from_instant
from core.model.enums import DocumentKind, Role, address_key
from core.model.reports import Addressee, MailSeen
from core.rules.delivery.external_email import Listed, Unlinked, decide, wanted_keys
from core.rules.search.text import storable

if TYPE_CHECKING:
    from core.db.engine import Reader
    from core.rules.delivery.external_email import Link, NumberSearch

Rows = Callable[[str, Collection[str]], Iterable[Sequence[Any]]]
"""Runs a SELECT whose ``{among}`` is a comparison with the values given."""

_ALL: Final = 2**31 - 1
_MAIL: Final = Record(
    MailSeen,
    "m",
    {"header_id": ""},
    {
        "addressees": lambda written: tuple(
            Addressee(address, Role(role) if role else None)
            for address, role in json.loads(written)
        ),
        "documents": lambda written: tuple(json.loads(written)),
    },
)
_COLUMNS: Final = f"{_MAIL.columns}, m.email_id, m.is_pointed, m.dismissed_by, m.dismissed_at"
_NEWEST_FIRST: Final = "m.at DESC, m.message_id"


@dataclass(frozen=True, slots=True)
class Known:
    """An email as it is stored; ``email_id`` once it is linked."""

    mail: MailSeen
    email_id: int | None
    is_pointed: bool = False
    is_dismissed: bool = False


def page(
    reader: Reader,
    search: NumberSearch | None,
    *,
    everything: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[Unlinked, ...]:
    """Return other programs' emails that hang on no document, newest first.

    Those that point to some document and were not dismissed; with ``everything`` all of them.
    """
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM external_mails m WHERE {condition(everything=everything)}"
        f" ORDER BY {_NEWEST_FIRST} LIMIT :limit OFFSET :offset",
        {"limit": limit or _ALL, "offset": offset},
    )
    mails = list(map(_MAIL.of, rows))
    links = links_of(reading(reader), mails, search)
    return tuple(
        Unlinked(mail, link.candidates, by, from_instant(at))
        for mail, link, (*_, by, at) in zip(mails, links, rows, strict=True)
    )


def position(reader: Reader, message_id: str, *, everything: bool = False) -> int | None:
    """Return how many stand before this one, ``None`` when it is not among them."""
    these, values = condition(everything=everything), {"id": storable(message_id)}
    here = reader.rows(
        f"SELECT m.at FROM external_mails m WHERE {these} AND m.message_id = :id", values
    )
    if not here:
        return None
    before = reader.rows(
        f"SELECT count(*) FROM external_mails m WHERE {these}"
        " AND (m.at > :at OR (m.at = :at AND m.message_id < :id))",
        {**values, "at": here[0][0]},
    )
    return int(before[0][0])


def reading(reader: Reader) -> Rows:
    """Read without one."""

    def rows(sql: str, values: Collection[str]) -> Iterable[Sequence[Any]]:
        for some in chunks(sorted(values)):
            among, named = numbered("v", some)
            yield from reader.rows(sql.replace("{among}", f"IN {among}"), named)

    return rows


def stored(rows: Rows, message_ids: Collection[str]) -> dict[str, Known]:
    """Return what is known of emails, by SES's id."""
    sql = f"SELECT {_COLUMNS} FROM external_mails m WHERE m.message_id {{among}}"
    found = [(_MAIL.of(row), *row[-4:]) for row in rows(sql, message_ids)]
    return {
        mail.message_id: Known(mail, email_id, bool(is_pointed), bool(dismissed_at))
        for mail, email_id, is_pointed, _, dismissed_at in found
    }


def ours_among(rows: Rows, message_ids: Collection[str]) -> set[str]:
    """Return those that a delivery of ours has, or that ever came with our tag."""
    found: set[str] = set()
    for sql in _OURS:
        found.update(row[0] for row in rows(sql, message_ids))
    return found


def links_of(rows: Rows, mails: Sequence[MailSeen], search: NumberSearch | None) -> list[Link]:
    """Decide about each of ``mails``, with all that is known now."""
    documents: dict[str, list[Listed]] = defaultdict(list)
    keys = {storable(key) for mail in mails for key in wanted_keys(mail, search)}
    for key, document_id, customer_id, kind, *said in rows(_DOCUMENTS, keys):
        documents[key].append(Listed(document_id, customer_id, DocumentKind(kind), *said))
    customers: dict[str, set[int]] = defaultdict(set)
    addresses = {address_key(a.address) for mail in mails for a in mail.addressees}
    for key, customer_id in rows(_CUSTOMERS, addresses):
        customers[key].add(customer_id)
    return [decide(mail, documents, customers, search) for mail in mails]


_OURS: Final = (
    "SELECT ses_message_id FROM deliveries WHERE ses_message_id {among}",
    "SELECT message_id FROM events WHERE message_id {among} AND tag IS NOT NULL",
    "SELECT message_id FROM external_mails WHERE message_id {among} AND is_ours = 1",
)
_DOCUMENTS: Final = (
    "SELECT d.mention_key, d.id, d.customer_id, d.kind, d.number, c.name FROM documents d"
    " JOIN customers c ON c.id = d.customer_id WHERE d.mention_key {among} ORDER BY d.id"
)
_CUSTOMERS: Final = "SELECT address_key, customer_id FROM contacts WHERE address_key {among}"
