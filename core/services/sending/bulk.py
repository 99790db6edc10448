"""One act about many documents: every draft through the gate, then all at once into the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from core.model.documents import DocumentRow
from core.model.email import Composition, Draft, Finding, Verdict, Weight
from core.model.enums import EmailKind
from core.model.errors import OuttrayError
from core.model.outbox import Approval, BulkItem, Enqueued

MOST_AT_ONCE: Final = 1_000
"""Drafts of one act: their attachments are in memory until they are written down."""

Compose = Callable[[EmailKind, int], Composition]
Approve = Callable[[Draft], Approval]
Enqueue = Callable[[Sequence[Approval]], Enqueued]
Tell = Callable[[int], bool]
"""Told how many documents are judged; false stops it."""


class Bulk:
    """Judges many drafts, shows what the gate says, and sends those that a person has chosen.

    What is sent is what was judged: the same drafts, and none about which somebody else has written
    meanwhile (``Dispatch.enqueue`` leaves those out).
    """

    def __init__(
        self, kind: EmailKind, compose: Compose, approve: Approve, enqueue: Enqueue
    ) -> None:
        self.kind = kind
        self._compose, self._approve, self._enqueue = compose, approve, enqueue
        self._approvals: dict[int, Approval] = {}

    def judge(
        self, rows: Sequence[DocumentRow], tell: Tell = lambda _: True
    ) -> tuple[BulkItem, ...]:
        """Write a draft for each document and ask the gate; nothing is sent or written down.

        A document whose draft cannot be written is refused, with the reason; the others go on.
        """
        items = []
        for done, row in enumerate(rows, 1):
            items.append(self._judge(row))
            if not tell(done):
                break
        return tuple(items)

    def send(self, document_ids: Iterable[int]) -> Enqueued:
        """Put the chosen ones into the outbox, all or none; what the gate asks is answered *yes*.

        Raises:
            DatabaseError: nothing was written, nothing will be sent.
        """
        chosen = [self._approvals[key] for key in document_ids if key in self._approvals]
        return self._enqueue(chosen)

    def _judge(self, row: DocumentRow) -> BulkItem:
        try:
            draft = self._compose(self.kind, row.id).draft
            approval = self._approve(draft)
        except OuttrayError as error:
            finding = Finding(Weight.REFUSE, "not_written", error.title, next=error.hint)
            return BulkItem(row, (), "", Verdict((finding,)))
        self._approvals[row.id] = approval
        recipients = (*draft.to, *draft.cc, *draft.bcc)
        return BulkItem(row, recipients, draft.subject, approval.verdict)
