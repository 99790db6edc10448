"""Emails of other programs in memory: linked, dismissed and taken back as in the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.model.errors import NotFoundError
from core.model.reports import Addressee, LinkedByHand, MailSeen
from core.rules.delivery.external_email import Listed, Unlinked
from tests.tui.company import Company


class FakeLinking:
    """``enter`` counts the calls and makes them fail, as ``FakeBackend`` does."""

    def __init__(self, company: Company, now: datetime, enter: Callable[[str], None]) -> None:
        self._company = company
        self._now = now
        self._enter = enter
        self.emails: list[Unlinked] = []
        self.links: list[tuple[str, int]] = []

    def add(self, message_id: str, subject: str, to: str, *numbers: str, source: str = "") -> None:
        """An email that points to documents, or to none."""
        documents = [self._company.find(number) for number in numbers]
        found = tuple(
            Listed(d.id, d.customer_id, d.kind, d.number, self._company.row(d.id).customer)
            for d in documents
        )
        mail = MailSeen(
            message_id,
            self._now,
            source or "Pay <pay@acme.example>",
            subject,
            (Addressee(to),) if to else (),
        )
        self.emails.append(Unlinked(mail, found))

    def _shown(self, *, everything: bool) -> list[Unlinked]:
        return [
            each
            for each in self.emails
            if everything or (each.candidates and each.dismissed_at is None)
        ]

    def count(self, *, everything: bool = False) -> int:
        self._enter("linking.count")
        return len(self._shown(everything=everything))

    def page(
        self, *, everything: bool = False, offset: int = 0, limit: int | None = None
    ) -> tuple[Unlinked, ...]:
        self._enter("linking.page")
        return tuple(self._shown(everything=everything)[offset:][:limit])

    def position(self, message_id: str, *, everything: bool = False) -> int | None:
        ids = [each.mail.message_id for each in self._shown(everything=everything)]
        return ids.index(message_id) if message_id in ids else None

    def link_to(self, message_id: str, document_id: int) -> LinkedByHand:
        self._enter("linking.link_to")
        self._take(message_id)
        self.links.append((message_id, document_id))
        return LinkedByHand(self._company.row(document_id), 1, 2)

    def _take(self, message_id: str) -> Unlinked:
        found = next((e for e in self.emails if e.mail.message_id == message_id), None)
        if found is None:
            raise NotFoundError("No email of another program has that id.")
        self.emails.remove(found)
        return found

    def dismiss(self, message_id: str) -> MailSeen:
        self._enter("linking.dismiss")
        found = self._take(message_id)
        self.emails.append(replace(found, dismissed_by="anna", dismissed_at=self._now))
        return found.mail

    def restore(self, message_id: str) -> MailSeen:
        self._enter("linking.restore")
        found = self._take(message_id)
        self.emails.append(replace(found, dismissed_by="", dismissed_at=None))
        return found.mail
