"""What the gate asks the database about a document and its recipients."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.db.engine import Reader
from core.db.lists.filter_sql import numbered
from core.db.reads import addresses as suppressions
from core.db.rows import chunks, known_instant, to_instant, word_of
from core.model.enums import DisplayStatus, Status, address_key
from core.model.suppressions import Suppression
from core.rules.gate.domain_typos import MANY
from core.rules.search.text import storable

_ENOUGH: Final = 40 * MANY
"""Deliveries to a domain that are looked at to count its addresses."""


@dataclass(frozen=True, slots=True)
class EarlierEmail:
    """An email to this customer, as the gate needs it."""

    document_id: int
    number: str
    sent_by: str
    at: datetime
    word: DisplayStatus


def own_suppressions(reader: Reader, addresses: Sequence[str]) -> dict[str, Suppression]:
    """Return the entries of our own list, by ``address_key``."""
    return suppressions.entries_of(reader, addresses)


def spellings(reader: Reader, addresses: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return by ``address_key`` the address as given, then as contacts and SES have written it.

    SES keeps its list in the case that it heard, and finds an entry by that case only.
    """
    found: dict[str, dict[str, None]] = {address_key(a): {a: None} for a in addresses}
    among, values = numbered("a", sorted(found))
    for (written,) in reader.rows(
        f"SELECT c.address FROM contacts c WHERE c.address_key IN {among}"
        f" UNION SELECT x.address FROM deliveries x WHERE x.address_key IN {among}"
        " UNION SELECT v.recipient FROM events v JOIN deliveries x ON x.id = v.delivery_id"
        f" WHERE x.address_key IN {among} AND v.counts > 0",
        values,
    ):
        if address_key(written) in found:
            found[address_key(written)][written] = None
    return {key: tuple(written) for key, written in found.items()}


def emails_since(reader: Reader, customer_id: int, since: datetime) -> tuple[EarlierEmail, ...]:
    """Return what this customer was sent since then; refused and cancelled ones were not sent.

    Refused is what still stands so: a report of SES about it is believed over our reading.
    """
    rows = reader.rows(
        "SELECT d.id, d.number, m.sent_by, m.created_at, min(x.status) FROM documents d"
        " JOIN emails m ON m.document_id = d.id JOIN deliveries x ON x.email_id = m.id"
        " WHERE d.customer_id = :customer AND m.created_at >= :since"
        " AND x.status NOT IN (35, 36) GROUP BY d.id, d.number, m.id, m.sent_by, m.created_at"
        " ORDER BY m.created_at DESC",
        {"customer": customer_id, "since": to_instant(since)},
    )
    return tuple(_earlier(row) for row in rows)


def unsettled_emails(reader: Reader, document_id: int) -> tuple[EarlierEmail, ...]:
    """Return emails about a document of which nobody knows whether SES has them."""
    rows = reader.rows(
        "SELECT d.id, d.number, m.sent_by, m.created_at, min(x.status) FROM deliveries x"
        " JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = m.document_id"
        " WHERE d.id = :id AND x.status < 35"
        " GROUP BY d.id, d.number, m.id, m.sent_by, m.created_at ORDER BY m.created_at DESC",
        {"id": document_id},
    )
    return tuple(_earlier(row) for row in rows)


def delivered_addresses(reader: Reader, domains: Collection[str]) -> dict[str, int]:
    """Return how many addresses of each domain were ever delivered to; those without are left out.

    Counts stop early: what matters is none, some or many. One look into the index a domain, however
    many deliveries there are.
    """
    found: dict[str, int] = {}
    for some in chunks(sorted(domains)):
        values = {f"d{position}": domain for position, domain in enumerate(some)}
        listed = ", ".join(f"(:{name})" for name in values)
        rows = reader.rows(
            f"WITH near(domain) AS (VALUES {listed}) SELECT n.domain,"
            " (SELECT count(DISTINCT y.address_key) FROM (SELECT x.address_key FROM deliveries x"
            f" WHERE x.domain = n.domain AND x.delivered_at > 0 LIMIT {_ENOUGH}) y)"
            " FROM near n WHERE EXISTS (SELECT 1 FROM deliveries x"
            " WHERE x.domain = n.domain AND x.delivered_at > 0)",
            values,
        )
        found |= {row[0]: int(row[1]) for row in rows}
    return found


def same_content(
    reader: Reader,
    addresses: Sequence[str],
    subject: str,
    body: str,
    attached: Sequence[str],
    since: datetime,
) -> dict[str, EarlierEmail]:
    """Return by ``address_key`` the newest email since then with exactly this content.

    ``attached`` are the SHA-256 of the files. What did not arrive does not count.
    """
    among, values = numbered("a", sorted({address_key(address) for address in addresses}))
    rows = reader.rows(
        "SELECT d.id, d.number, m.sent_by, m.created_at, x.status, x.address_key, m.id"
        " FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " JOIN documents d ON d.id = m.document_id"
        f" WHERE x.address_key IN {among} AND m.created_at >= :since AND m.subject = :subject"
        f" AND m.body = :body AND x.status NOT IN {_DID_NOT_ARRIVE} ORDER BY m.created_at, m.id",
        {
            **values,
            "since": to_instant(since),
            "subject": storable(subject),
            "body": storable(body),
        },
    )
    files = _attached(reader, sorted({row[-1] for row in rows}))
    wanted = sorted(attached)
    return {row[-2]: _earlier(row) for row in rows if files.get(row[-1], []) == wanted}


_DID_NOT_ARRIVE: Final = "({})".format(
    ", ".join(
        str(int(status))
        for status in (Status.FAILED, Status.SOFT_BOUNCED, Status.DROPPED, Status.BOUNCED)
    )
)


def _attached(reader: Reader, email_ids: Sequence[int]) -> dict[int, list[str]]:
    among, values = numbered("e", email_ids)
    found: dict[int, list[str]] = {}
    for email_id, sha256 in reader.rows(
        f"SELECT email_id, sha256 FROM attachments WHERE email_id IN {among} ORDER BY sha256",
        values,
    ):
        found.setdefault(email_id, []).append(sha256)
    return found


def _earlier(row: Sequence[Any]) -> EarlierEmail:
    document_id, number, sent_by, at, status = row[:5]
    return EarlierEmail(document_id, number, sent_by, known_instant(at), word_of(status))
