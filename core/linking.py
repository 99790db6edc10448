"""Other programs' emails and the documents they are about: what waits, by hand, once more."""

from __future__ import annotations

from dataclasses import dataclass

from core import history
from core.db import external, external_rows
from core.db.engine import Database
from core.db.external import Relinked
from core.external import Unlinked
from core.model import DocumentRow, Kind
from core.ports import Clock

__all__ = ["LinkedByHand", "Linking", "Relinked", "Unlinked"]


@dataclass(frozen=True, slots=True)
class LinkedByHand:
    document: DocumentRow
    email_id: int
    applied: int
    """Facts that have found their delivery."""


@dataclass(frozen=True)
class Linking:
    """The list of emails that wait for a document, and the two ways out of it."""

    database: Database
    clock: Clock
    operator: str
    pattern: str

    def waiting(
        self, *, everything: bool = False, limit: int | None = None
    ) -> tuple[Unlinked, ...]:
        """Return emails that something in them ties to a document of ours, newest first.

        With ``everything`` also those that nothing does.
        """
        return external_rows.unlinked(
            self.database.reader, self.pattern, everything=everything, limit=limit
        )

    def link(
        self, message_id: str, number: str, customer: str = "", kind: Kind | None = None
    ) -> LinkedByHand:
        """Link an email to a document, or to another one than before; who did it is kept.

        Raises:
            NotFoundError: there is no such email, or not exactly one such document.
        """
        document = history.find_document(self.database.reader, number, customer, kind)
        with self.database.transaction() as connection:
            email_id, applied = external.link_by_hand(
                connection, message_id, document.id, self.operator, self.clock()
            )
        return LinkedByHand(document, email_id, applied)

    def again(self) -> Relinked:
        """Look again at everything that waits: documents, addresses or the pattern may be new."""
        return external.relink(self.database, self.pattern)
