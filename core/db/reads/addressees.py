"""Who an email about a document may be meant for, and who has had one."""

from __future__ import annotations

from core.db.engine import Reader
from core.db.reads import gate, history
from core.model.email import KnownAddress
from core.model.enums import address_key, domain_of
from core.model.history import Contact, Health

_MOST_COLLEAGUES = 50


def addresses(reader: Reader, customer_id: int, our_domain: str) -> tuple[KnownAddress, ...]:
    """Return whom one may mean: contacts, whom this customer's documents went to, colleagues.

    Addresses of other customers are none of this customer's business and never offered.
    """
    contacts = history.contacts(reader, customer_id)
    found = {address_key(contact.address): (contact, "contact") for contact in contacts}
    mailed = reader.rows(
        "SELECT x.address, max(x.id) FROM deliveries x JOIN documents d ON d.id = x.document_id"
        " WHERE d.customer_id = :customer GROUP BY x.address ORDER BY 2 DESC",
        {"customer": customer_id},
    )
    colleagues = reader.rows(
        "SELECT x.address, max(x.id) FROM deliveries x WHERE x.domain = :domain"
        " GROUP BY x.address ORDER BY 2 DESC LIMIT :most",
        {"domain": domain_of(f"x@{our_domain}") if our_domain else "", "most": _MOST_COLLEAGUES},
    )
    for rows, origin in ((mailed, "mailed"), (colleagues, "colleague")):
        for address, _ in rows:
            bare = Contact("", address, primary=False, health=Health())
            found.setdefault(address_key(address), (bare, origin))
    healths = history.health(reader, list(found))
    blocked = gate.own_suppressions(reader, list(found))
    return tuple(
        KnownAddress(
            Contact(c.name, c.address, c.primary, healths.get(key, Health())),
            origin,
            blocked[key].reason if key in blocked else "",
        )
        for key, (c, origin) in found.items()
    )


def wire_ids_to(reader: Reader, document_id: int) -> list[tuple[str, str, str]]:
    """Return (SES message id, Region, ``address_key``) of what SES took, oldest first."""
    return [
        (row[0], row[1], row[2])
        for row in reader.rows(
            "SELECT x.ses_message_id, x.region, x.address_key FROM deliveries x"
            " JOIN emails m ON m.id = x.email_id"
            " WHERE x.document_id = :id AND x.ses_message_id <> '' ORDER BY m.created_at, x.id",
            {"id": document_id},
        )
    ]
