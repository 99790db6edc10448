"""Notifications of an identity carry no tag; the Message-ID that we wrote may stand in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from core.db.bulk import rows_among, update_rows
from core.db.codec import storable
from core.db.schema import deliveries, digests
from core.model.enums import address_key
from core.rules.delivery.external_email import MailSeen


def recognise(connection: Connection, mails: Iterable[MailSeen]) -> None:
    """Learn SES's id of emails whose answer was lost, from our own id in their headers.

    SES gives the headers back where the identity says so. Every recipient of an email got the same
    ones, in a call of his own: only a notification about one recipient says which delivery it is.
    """
    told = {
        (storable(mail.header_id), storable(address_key(mail.addressees[0].address))): mail
        for mail in mails
        if mail.header_id and mail.message_id and len(mail.addressees) == 1
    }
    rows = rows_among(connection, _UNANSWERED, {header_id for header_id, _ in told})
    learned = [
        (storable(told[key].message_id), row[0])
        for row in rows
        if (key := (row[1], row[2])) in told
    ]
    update_rows(connection, deliveries, ("ses_message_id",), learned)
    digests.seal(connection, deliveries, [delivery_id for _, delivery_id in learned])


#: What is in flight is little, and has an index of its own.
_UNANSWERED: Final = (
    "SELECT x.id, m.message_id, x.address_key FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " WHERE x.local_status < 35 AND x.local_status >= 20 AND x.ses_message_id = ''"
    " AND m.message_id {among}"
)
