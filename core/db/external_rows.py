"""What is stored of other programs' emails, and what a decision about them needs to know."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from core.db.bulk import rows_among
from core.db.codec import known_instant, storable, to_instant
from core.db.engine import Reader
from core.db.queries import in_chunks, numbered
from core.db.tables import external_mails
from core.external import Addressee, Link, Listed, MailSeen, Unlinked, decide, wanted_keys
from core.model import Kind, Role, address_key

Rows = Callable[[str, Collection[str]], Iterable[Sequence[Any]]]
"""Runs a SELECT whose ``{among}`` is a comparison with the values given."""

_ALL: Final = 2**31 - 1
_COLUMNS: Final = (
    "m.message_id, m.at, m.source, m.subject, m.addressees, m.documents, m.region, m.published,"
    " m.email_id, m.is_pointed"
)


@dataclass(frozen=True, slots=True)
class Known:
    """An email as it is stored; ``email_id`` once it is linked."""

    mail: MailSeen
    email_id: int | None
    is_pointed: bool = False


def through(connection: Connection) -> Rows:
    """Read inside a transaction."""
    return partial(rows_among, connection)


def reading(reader: Reader) -> Rows:
    """Read without one."""

    def rows(sql: str, values: Collection[str]) -> Iterable[Sequence[Any]]:
        for some in in_chunks(sorted(values)):
            among, named = numbered("v", some)
            yield from reader.rows(sql.replace("{among}", f"IN {among}"), named)

    return rows


def stored(rows: Rows, message_ids: Collection[str]) -> dict[str, Known]:
    """Return what is known of emails, by SES's id."""
    sql = f"SELECT {_COLUMNS} FROM external_mails m WHERE m.message_id {{among}}"
    return {row[0]: Known(_mail_of(row), row[8], bool(row[9])) for row in rows(sql, message_ids)}


def ours_among(rows: Rows, message_ids: Collection[str]) -> set[str]:
    """Return those that a delivery of ours has, or that ever came with our tag."""
    found: set[str] = set()
    for sql in _OURS:
        found.update(row[0] for row in rows(sql, message_ids))
    return found


def links_of(rows: Rows, mails: Sequence[MailSeen], pattern: str) -> list[Link]:
    """Decide about each of ``mails``, with all that is known now."""
    documents: dict[str, list[Listed]] = defaultdict(list)
    keys = {storable(key) for mail in mails for key in wanted_keys(mail, pattern)}
    for row in rows(_DOCUMENTS, keys):
        documents[row[0]].append(Listed(row[1], row[2], Kind(row[3]), row[4], row[5]))
    customers: dict[str, set[int]] = defaultdict(set)
    addresses = {address_key(a.address) for mail in mails for a in mail.addressees}
    for key, customer_id in rows(_CUSTOMERS, addresses):
        customers[key].add(customer_id)
    return [decide(mail, documents, customers, pattern) for mail in mails]


def unlinked(
    reader: Reader, pattern: str, *, everything: bool, limit: int | None
) -> tuple[Unlinked, ...]:
    """Return other programs' emails that hang on no document, newest first.

    Those that point to some document; with ``everything`` all the others as well.
    """
    found = reader.rows(
        f"SELECT {_COLUMNS} FROM external_mails m WHERE m.email_id IS NULL AND m.is_ours = 0"
        f"{'' if everything else ' AND m.is_pointed = 1'}"
        " AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.ses_message_id = m.message_id)"
        " AND NOT EXISTS"
        " (SELECT 1 FROM events v WHERE v.message_id = m.message_id AND v.tag IS NOT NULL)"
        " ORDER BY m.at DESC, m.message_id LIMIT :limit",
        {"limit": limit or _ALL},
    )
    mails = [_mail_of(row) for row in found]
    links = links_of(reading(reader), mails, pattern)
    return tuple(Unlinked(mail, link.candidates) for mail, link in zip(mails, links, strict=True))


def upsert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of ``row_of``; the link of an email that has one stays."""
    if not rows:
        return
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(external_mails)
    told = {name: statement.excluded[name] for name in rows[0] if name != "message_id"}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["message_id"], set_=told), list(rows)
    )


def row_of(mail: MailSeen, link: Link) -> dict[str, Any]:
    """Return the columns of an email, without its link."""
    addressees = [[a.address, a.role.value if a.role else None] for a in mail.addressees]
    return {
        "message_id": storable(mail.message_id),
        "at": to_instant(mail.at),
        "source": storable(mail.source),
        "subject": storable(mail.subject),
        "addressees": json.dumps(addressees),
        "documents": json.dumps(mail.documents),
        "region": storable(mail.region),
        "published": int(mail.published),
        "is_pointed": int(bool(link.candidates) or link.document_id is not None),
    }


def _mail_of(row: Sequence[Any]) -> MailSeen:
    return MailSeen(
        message_id=row[0],
        at=known_instant(row[1]),
        source=row[2],
        subject=row[3],
        addressees=tuple(
            Addressee(address, Role(role) if role else None) for address, role in json.loads(row[4])
        ),
        documents=tuple(json.loads(row[5])),
        region=row[6],
        published=bool(row[7]),
    )


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
