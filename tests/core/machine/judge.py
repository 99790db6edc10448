"""What must hold whatever happened; the stand-in's own record of what it accepted is the judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.lists import documents
from core.db.rows import from_instant
from core.model.enums import Status
from core.services import integrity_check
from tests.core.machine import reports
from tests.core.machine.known import Listed
from tests.core.machine.office import Office

#: The row owns up to a mail that SES has.
_SAYS_SO: Final = (Status.SENDING, Status.UNCONFIRMED)
_ENDED: Final = (Status.UNCONFIRMED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True)
class Row:
    tag: str
    address_key: str
    status: Status
    claimed_at: datetime | None


class Judge:
    """Looks after every step; keeps what had ended before the next."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ended: set[str] = set()
        self._checked: int | None = None

    def look(self) -> None:
        """Raise ``AssertionError`` with everything that is wrong."""
        office = self._office
        wrong = list(office.wrong)
        rows = {row.tag: row for row in self.rows()}
        accepted = office.accepted()
        for tag, times in accepted.items():
            row = rows.get(tag)
            if times > 1:
                wrong.append(f"{tag} was mailed {times} times; it is {row}")
            if row is None:
                if tag not in office.unheard:
                    wrong.append(f"{tag} was mailed, and no row knows of it")
                continue
            if tag not in office.misjudged and not _owns_up(row.status):
                wrong.append(f"{tag} was mailed, and the row says {row.status.name}")
            if self._was_listed(row):
                wrong.append(f"{tag} was mailed although {row.address_key} was on our own list")
        called, office.called[:] = set(office.called), []
        again = called & self._ended
        wrong += [f"{tag} had ended, and SES was called for it again" for tag in again]
        self._ended = {tag for tag, row in rows.items() if row.status in _ENDED}
        wrong += self._lost_reports()
        revision = documents.revision(office.database.reader)
        if revision != self._checked:
            wrong += map(str, integrity_check.check(office.database).differences)
            self._checked = revision
        assert not wrong, "\n".join(wrong)

    def rows(self) -> list[Row]:
        found = self._office.database.reader.rows(
            "SELECT tag, address_key, status, claimed_at FROM deliveries", {}
        )
        return [Row(r[0], r[1], Status(r[2]), from_instant(r[3])) for r in found]

    def _was_listed(self, row: Row) -> bool:
        at = row.claimed_at
        entries = self._office.listed.get(row.address_key, [])
        return at is not None and any(_covers(entry, at) for entry in entries)

    def _lost_reports(self) -> list[str]:
        """Everything that a program has deleted from the queue is stored."""
        stored = reports.stored(self._office.database)
        return [
            f"a report was deleted from the queue and is not stored: {body}"
            for body in self._office.post.told
            if not reports.keys_of(body) <= stored
        ]


def _owns_up(status: Status) -> bool:
    return status in _SAYS_SO or status >= Status.SENT


def _covers(entry: Listed, at: datetime) -> bool:
    return entry.since < at and (entry.until is None or at < entry.until)
