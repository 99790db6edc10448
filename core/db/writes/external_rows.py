"""Writing what SES told of other programs' emails."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from core.db.bulk import change_among, rows_among
from core.db.reads.unlinked import Rows, ours_among
from core.db.rows import to_instant
from core.db.schema import digests, external_mails
from core.model.reports import MailSeen
from core.rules.delivery.external_email import Link
from core.rules.search.text import storable


def through(connection: Connection) -> Rows:
    """Read inside a transaction."""
    return partial(rows_among, connection)


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
    seal(connection, [row["message_id"] for row in rows])


def seal(connection: Connection, message_ids: Collection[str]) -> None:
    """Write the digests of rows that have changed."""
    digests.seal(connection, external_mails, message_ids, "message_id")


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


def _mark_ours(connection: Connection, message_ids: Collection[str]) -> None:
    """An identity's notification came first, and could not tell that the email is ours."""
    change_among(connection, _MARK_OURS, message_ids)
    seal(connection, message_ids)


def _remember_ours(connection: Connection, mails: Sequence[MailSeen]) -> None:
    """Told twice at once, with our tag and without it: the fact that is kept may have none."""
    known = ours_among(through(connection), {storable(mail.message_id) for mail in mails})
    new = [mail for mail in mails if storable(mail.message_id) not in known]
    upsert(connection, [{**row_of(mail, Link()), "is_ours": 1} for mail in new])


_MARK_OURS: Final = (
    "UPDATE external_mails SET is_ours = 1"
    " WHERE message_id {among} AND email_id IS NULL AND is_ours = 0"
)
