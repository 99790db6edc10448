"""What AWS said of sending itself: kept for ever, and what of it is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from core.db.bulk import insert_rows
from core.db.engine import Reader
from core.db.rows import Record, from_instant, to_instant
from core.db.schema import digests
from core.db.schema.coverage import SEALED
from core.db.schema.feed import account_notices
from core.model.feed import AccountNotice, NoticeKind
from core.rules.monitoring.incidents import in_force
from core.rules.search.text import storable

_LATEST_EMAILS = 200


def store(connection: Connection, notices: Sequence[tuple[AccountNotice, str]]) -> None:
    """Keep (notice, raw text) pairs; the same notice is kept once."""
    columns = (*SEALED["account_notices"], "digest")
    rows = [
        (
            notice.kind.value,
            storable(notice.subject),
            to_instant(notice.at),
            int(notice.is_open),
            storable(notice.words),
            storable(raw),
        )
        for notice, raw in notices
    ]
    insert_rows(connection, account_notices, columns, [(*row, digests.of(row)) for row in rows])


_NOTICE: Final = Record(AccountNotice, reads={"kind": NoticeKind})


def current(reader: Reader) -> tuple[AccountNotice, ...]:
    """Return what is in force, oldest first.

    EventBridge may lose the word that a pause is over: an email that SES took afterwards says so,
    too.
    """
    found = in_force(
        map(_NOTICE.of, reader.rows(f"SELECT {_NOTICE.columns} FROM account_notices", {}))
    )
    if not any(notice.kind is NoticeKind.SENDING for notice in found):
        return found
    rows = reader.rows(
        "SELECT max(x.accepted_at) FROM (SELECT accepted_at FROM deliveries"
        " ORDER BY id DESC LIMIT :latest) x",
        {"latest": _LATEST_EMAILS},
    )
    taken_at = from_instant(rows[0][0] or 0)
    return tuple(
        notice
        for notice in found
        if notice.kind is not NoticeKind.SENDING or taken_at is None or taken_at <= notice.at
    )
