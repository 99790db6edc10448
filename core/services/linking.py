"""Other programs' emails and the documents they are about: what waits, by hand, once more.

Looking needs no SQLAlchemy, which is imported with the first change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.db.engine import Database
from core.db.lists import counters, documents
from core.db.reads import unlinked
from core.model.documents import DocumentRow
from core.model.enums import DocumentKind
from core.model.errors import NotFoundError
from core.model.ports import Clock
from core.model.reports import LinkedByHand, MailSeen
from core.rules.delivery.external_email import NumberSearch, Relinked, Unlinked, given_up
from core.services import history

__all__ = ["LinkedByHand", "Linking", "Relinked", "Unlinked"]


@dataclass(frozen=True)
class Linking:
    """The list of emails that wait for a document, and the ways out of it."""

    database: Database
    clock: Clock
    operator: str
    search: NumberSearch | None

    def count(self, *, everything: bool = False) -> int:
        return counters.count(self.database.reader, everything=everything)

    def page(
        self, *, everything: bool = False, offset: int = 0, limit: int | None = None
    ) -> tuple[Unlinked, ...]:
        """Return emails that something in them ties to a document of ours, newest first.

        With ``everything`` also those that nothing does, and those that were dismissed.
        """
        return unlinked.page(
            self.database.reader, self.search, everything=everything, offset=offset, limit=limit
        )

    def position(self, message_id: str, *, everything: bool = False) -> int | None:
        """Return how many stand before this one, ``None`` when it is not among them."""
        return unlinked.position(self.database.reader, message_id, everything=everything)

    def link(
        self, message_id: str, number: str, customer: str = "", kind: DocumentKind | None = None
    ) -> LinkedByHand:
        """Link an email to a document, or to another one than before; who did it is kept.

        Raises:
            NotFoundError: there is no such email, or not exactly one such document.
        """
        document = history.find_document(self.database.reader, number, customer, kind)
        return self._link(message_id, document)

    def link_to(self, message_id: str, document_id: int) -> LinkedByHand:
        """Do the same for a document that was chosen from a list."""
        document = documents.document(self.database.reader, document_id)
        if document is None:
            raise NotFoundError("That document is no longer in the database.")
        return self._link(message_id, document)

    def _link(self, message_id: str, document: DocumentRow) -> LinkedByHand:
        from core.db.writes import external_email

        with self.database.transaction() as connection:
            email_id, applied = external_email.link_by_hand(
                connection, message_id, document.id, self.operator, self.clock()
            )
        return LinkedByHand(document, email_id, applied)

    def dismiss(self, message_id: str) -> MailSeen:
        """Say that an email is about no document; raises ``NotFoundError``."""
        from core.db.writes import external_email

        with self.database.transaction() as connection:
            return external_email.dismiss(connection, message_id, self.operator, self.clock())

    def restore(self, message_id: str) -> MailSeen:
        """Take that back; raises ``NotFoundError``."""
        from core.db.writes import external_email

        with self.database.transaction() as connection:
            return external_email.restore(connection, message_id)

    def again(self) -> Relinked:
        """Look again at everything that waits: documents, addresses or the pattern may be new."""
        from core.db.writes import external_email

        before = given_up(self.search)
        found = external_email.relink(self.database, self.search)
        return replace(found, unsearched=given_up(self.search) - before)
