"""Looking at the outbox, and what a person may decide about it; every decision keeps its author."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import history, outbox
from core.db.writes import outbox_decisions
from core.db.writes.summaries import lock_documents_of
from core.mail.mime import attachments_of, one_line, reply_to_of, thread_of
from core.model.documents import DocumentRow
from core.model.email import Composition, Draft, Finding, Verdict, Weight
from core.model.enums import EmailKind, Role
from core.model.errors import NotFoundError, OuttrayError, UsageError
from core.model.outbox import (
    Approval,
    BulkItem,
    Enqueued,
    OutboxEntry,
    OutboxHold,
    OutboxOverview,
    Progress,
    WorkReport,
)
from core.model.ports import Clock
from core.services.sending.dispatch import Dispatch
from core.services.sending.outbox_worker import Worker

PAUSE: Final = "pause"
_LEAVES_WITHIN: Final = 5.0
"""Seconds that leaving waits for the answers of calls that are on their way."""


class Outbox:
    """The outbox of one database, as ``operator`` sees it; ``worker`` sends from this program."""

    def __init__(
        self, database: Database, dispatch: Dispatch, worker: Worker, clock: Clock, operator: str
    ) -> None:
        self._database, self._dispatch, self._worker = database, dispatch, worker
        self._clock, self._operator = clock, operator

    # ----------------------------------------------------------------- putting in

    def approve(self, draft: Draft) -> Approval:
        """Ask the gate about a draft that is to be enqueued; SES's list is asked live."""
        return self._dispatch.approve(draft)

    def enqueue(
        self,
        drafts: Sequence[Draft | Approval],
        *,
        confirmed: bool,
        again: bool = False,
        batch_id: str = "",
    ) -> Enqueued:
        """Put many in at once; ``work`` in any program sends them. See ``Dispatch.enqueue``."""
        return self._dispatch.enqueue(drafts, confirmed=confirmed, again=again, batch_id=batch_id)

    # ----------------------------------------------------------------- looking

    def overview(self) -> OutboxOverview:
        """Return how far everything is that has not ended, and why nothing goes on."""
        reader, now = self._database.reader, self._clock()
        batches = outbox.open_batches(reader)
        progress = outbox.open_singly(reader, batches)
        for batch in batches:
            progress += batch.progress
        holds = tuple(hold for hold in outbox_decisions.holds(reader) if hold.stands(now))
        at = outbox.next_at(reader, now)
        return OutboxOverview(progress, holds, batches, at)

    def waiting(self) -> int:
        """Count what waits or is being handed over."""
        return outbox.count_waiting(self._database.reader)

    def entries(self) -> tuple[OutboxEntry, ...]:
        """Return what is going, what nobody knows of, what failed, and what waits."""
        return outbox.entries(self._database.reader, self._clock())

    def progress(self, batch_id: str) -> Progress:
        """Return how far a batch has come."""
        return outbox.progress(self._database.reader, batch_id)

    def deliveries(self, email_ids: Sequence[int]) -> tuple[OutboxEntry, ...]:
        """Return every delivery of emails, whatever became of it."""
        return outbox.deliveries_of(self._database.reader, email_ids)

    @property
    def per_second(self) -> float:
        """The rate that this program keeps to at the moment."""
        return self._worker.per_second

    # ----------------------------------------------------------------- working

    def work(self) -> WorkReport:
        """Send until nothing more may be sent at the moment; one thread at a time."""
        return self._worker.work()

    def wait(self, seconds: float) -> bool:
        """Wait that long, or until this program stops working; return whether it does."""
        return self._worker.wait(seconds)

    def stop(self) -> None:
        """Take nothing more from the outbox in this program; what is being called is recorded."""
        self._worker.stop()

    def leave(self) -> None:
        """Stop, and wait a little for the answers to what is being called."""
        self._worker.stop()
        self._worker.is_done(_LEAVES_WITHIN)

    # ----------------------------------------------------------------- deciding

    def pause(self, note: str = "") -> None:
        """Let no program send from this database until somebody resumes."""
        hold = OutboxHold(PAUSE, self._operator, self._clock(), None, one_line(note))
        with self._database.transaction() as connection:
            outbox_decisions.hold_back(connection, hold)

    def resume(self) -> bool:
        """Let it go on, whatever held it; false when nothing did.

        Where SES did not answer, one email is tried at once, and the rest waits for its answer.
        """
        with self._database.transaction() as connection:
            lifted = [outbox_decisions.lift(connection, each.name) for each in self._holds()]
            lifted.append(self._dispatch.ses_sender.brake.try_at_once(connection))
        return any(lifted)

    def _holds(self) -> Sequence[OutboxHold]:
        return outbox_decisions.holds(self._database.reader)

    def cancel(self, delivery_ids: Sequence[int]) -> int:
        """Take out what only waits; return how many deliveries that were."""
        with self._database.transaction() as connection:
            return len(
                outbox_decisions.cancel(connection, delivery_ids, self._operator, self._clock())
            )

    def cancel_batch(self, batch_id: str) -> int:
        """Take out what still waits of a batch; return how many deliveries that were."""
        with self._database.transaction() as connection:
            waiting = outbox_decisions.waiting_of(connection, batch_id)
            return len(outbox_decisions.cancel(connection, waiting, self._operator, self._clock()))

    def settle(self, delivery_id: int, *, was_sent: bool, note: str) -> None:
        """Say what became of a delivery of which nobody knew; see ``settle_all``.

        Raises:
            NotFoundError: it is not, or no longer, unknown.
        """
        if not self.settle_all([delivery_id], was_sent=was_sent, note=note):
            raise NotFoundError(
                "That delivery is not unconfirmed.",
                "SES may have reported it meanwhile; look again.",
            )

    def settle_all(self, delivery_ids: Sequence[int], *, was_sent: bool, note: str) -> int:
        """Say it of several at once, with one note; return how many were still unknown.

        A later report of SES still wins.

        Raises:
            UsageError: without a note nobody can check later why.
        """
        note = one_line(note)
        if not note:
            raise UsageError("Say how you know: the note is kept with your decision.")
        at = self._clock()
        said = "Sent" if was_sent else "Not sent"
        words = f"{said}, says {self._operator} ({at:%d %b %Y, %H:%M} UTC): {note}"
        with self._database.transaction() as connection:
            lock_documents_of(connection, delivery_ids)  # in one order, however many
            return sum(
                outbox_decisions.settle(connection, each, was_sent, words, self._operator, at, note)
                for each in sorted(set(delivery_ids))
            )

    def unsettled(self, document_id: int) -> tuple[OutboxEntry, ...]:
        """Return the deliveries of a document of which nobody knows whether they were sent."""
        return outbox.unsettled_of(self._database.reader, self._clock(), document_id)

    def again(self, delivery_id: int) -> Composition:
        """Return the same message as a draft, to this recipient, to go through the gate again."""
        reader = self._database.reader
        entry = outbox.entry(reader, self._clock(), delivery_id)
        source = outbox.source_of(reader, delivery_id)
        document = documents.document(reader, entry.document_id) if entry is not None else None
        if entry is None or source is None or document is None:
            raise NotFoundError("That email is no longer in the database.")
        mime = history.sent_bytes(reader, entry.email_id)
        parent, thread = thread_of(mime) if mime else ("", ())
        draft = Draft(
            document_id=entry.document_id,
            kind=entry.kind if entry.kind is not EmailKind.EXTERNAL else EmailKind.ORIGINAL,
            to=(entry.address,),
            subject=entry.subject,
            body=source["body"],
            attachments=attachments_of(mime) if mime else (),
            replaces=source["replaces"] if source["role"] == Role.TO else None,
            in_reply_to=parent,
            references=thread,
            reply_to=reply_to_of(mime) if mime else "",
        )
        emails = history.emails_of(reader, document.id)
        return Composition(draft, document, history.contacts(reader, document.customer_id), emails)


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
