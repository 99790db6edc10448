"""Send, follow up, resend: through the gate, written down, then handed over, or left to wait."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from core.db.engine import Database
from core.db.lists import documents
from core.db.rows import chunks
from core.db.writes import leases, outbox, outbox_decisions
from core.db.writes.drafts import discard
from core.db.writes.leases import Taken
from core.db.writes.summaries import lock_documents
from core.mail.mime import one_line
from core.mail.preview import preview
from core.model.documents import DocumentRow
from core.model.email import (
    Decision,
    Draft,
    Preview,
    RecipientOutcome,
    SendOutcome,
    TestOutcome,
    Verdict,
)
from core.model.enums import DisplayStatus, Status
from core.model.errors import DatabaseError, InputError, NotFoundError, UnrecordedError
from core.model.outbox import Approval, Enqueued, LeftOut
from core.model.ports import Clock, KnownEntries, MailRoutes, NothingKnown, SuppressionList
from core.rules.gate.gate import GateFacts, judge, judge_test
from core.rules.monitoring.send_rate import hold_words
from core.services.sending.drafts import write
from core.services.sending.gate_facts import Troubles, gather
from core.services.sending.ses_handover import SesSender

_log: Final = logging.getLogger(__name__)

_AT_ONCE: Final = 25
"""Emails whose bytes are in memory at the same time."""
_RECORDS_WITHIN: Final = 2.0
"""Seconds that somebody waits for a database which fails to take SES's answer after all."""


def program_name() -> str:
    """Return a name that no other running program has: who, where, which."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


@dataclass(frozen=True, slots=True)
class Known:
    """What this program knows of a delivery, whatever the database holds by now."""

    status: Status
    words: str = ""
    is_recorded: bool = True


_WAITS: Final = Known(Status.QUEUED)


@dataclass(frozen=True)
class Dispatch:
    """Everything an act of sending needs; tests give fakes for what is outside."""

    database: Database
    suppression_list: SuppressionList
    clock: Clock
    sender: str
    operator: str
    ses_sender: SesSender
    program: str = field(default_factory=program_name)
    """Names this program in the rows that it has in hand."""
    troubles: Troubles = field(default=lambda _: {})
    routes: MailRoutes | None = None
    """The DNS; ``None``: it is not asked."""
    known: KnownEntries = field(default_factory=NothingKnown)

    def check(self, draft: Draft) -> Verdict:
        """Ask the gate; SES's suppression list is asked live for every recipient."""
        return self._judge(draft, self._document(draft.document_id))

    def send(self, draft: Draft, *, confirmed: bool, again: bool = False) -> SendOutcome:
        """Send ``draft`` once, if the gate lets it; ``confirmed`` answers what the gate asks.

        Only ``again`` answers that an earlier email about the document may still be on its way.

        Every recipient is one SES call; what becomes of one does not stop the others. What somebody
        else wrote about the document while the gate was asked was not confirmed: it is asked again.
        What SES does not take for now, or what a paused outbox holds back, waits there: QUEUED.
        """
        by = f"{self.program}/{uuid.uuid4().hex[:8]}"
        held = self._held()
        recorded = None
        while recorded is None:
            document = self._document(draft.document_id)
            newest = self._newest_email(document.id)
            verdict = self._judge(draft, document)
            if not verdict.is_answered(confirmed=confirmed, again=again):
                return SendOutcome(document.number, None, verdict)
            email = self._compose(draft, document)
            recorded = self._write_down(email, newest, None if held else self.ses_sender.lease(by))
            confirmed = again = False
        known = {} if held else self._hand_over(recorded, email, by)
        outcomes = self._outcomes(recorded, email, held, known)
        return SendOutcome(document.number, recorded.email_id, verdict, outcomes)

    def approve(self, draft: Draft) -> Approval:
        """Ask the gate about a draft that is to be enqueued; SES's list is asked live."""
        document = self._document(draft.document_id)
        newest = self._newest_email(document.id)
        return Approval(draft, document, self._judge(draft, document), newest)

    def enqueue(
        self,
        drafts: Sequence[Draft | Approval],
        *,
        confirmed: bool,
        again: bool = False,
        batch_id: str = "",
    ) -> Enqueued:
        """Put many into the outbox in one transaction, all or none; whoever works it sends them.

        A draft that was not approved before is judged here, one after the other. Left out is what
        the gate refuses, what it asks about unless ``confirmed``, and what somebody else has
        written about since the gate was asked.
        """
        batch_id = batch_id or uuid.uuid4().hex[:12]
        asked = [d if isinstance(d, Approval) else self.approve(d) for d in drafts]
        wanted = [e for e in asked if e.verdict.is_answered(confirmed=confirmed, again=again)]
        left_out = [
            LeftOut(each.draft.document_id, each.verdict) for each in asked if each not in wanted
        ]
        written: list[int] = []
        with self.database.transaction() as connection:
            lock_documents(connection, {each.draft.document_id for each in wanted})
            for some in chunks(wanted, _AT_ONCE):
                emails: list[outbox.NewEmail] = []
                for each in some:
                    document_id = each.draft.document_id
                    overtaken = outbox.newest_email(connection, document_id) != each.newest_email
                    if overtaken or document_id in {email.document_id for email in emails}:
                        left_out.append(LeftOut(document_id, each.verdict, is_overtaken=True))
                    else:
                        email = self._compose(each.draft, each.document)
                        emails.append(replace(email, batch_id=batch_id))
                        discard(connection, document_id, email.kind, self.operator)
                written += [each.email_id for each in outbox.record_all(connection, emails)]
        return Enqueued(batch_id, tuple(written), tuple(left_out))

    def preview(self, draft: Draft) -> Preview:
        """Return what would leave, read from the message composed as for sending.

        Raises:
            InputError: there is no address, or one is none, so there is no message.
        """
        if not draft.to:
            raise InputError("There is nothing to show yet: no address.", "Type one in To.")
        try:
            email = self._compose(draft, self._document(draft.document_id))
        except ValueError as error:
            raise InputError(f"There is nothing to show yet: {error}.", "Correct To.") from error
        return preview(email.mime or b"", [(d.role, d.address) for d in email.deliveries])

    def send_test(self, draft: Draft, address: str) -> TestOutcome:
        """Send ``draft`` to ``address`` alone, marked ``[test]``; nothing of it is written down.

        It carries a tag that no delivery has and names no configuration set, so that no report
        about it is taken for one about the document. Raises ``ServiceError``.
        """
        document = self._document(draft.document_id)
        subject = f"[test] {one_line(draft.subject)}"
        test = replace(draft, to=(address.strip(),), cc=(), bcc=(), subject=subject, replaces=None)
        verdict = judge_test(self._facts(test, document))
        if verdict.decision is not Decision.ALLOW:
            worst = max(verdict.findings, key=lambda finding: finding.weight)
            told = " ".join(part for part in (f"{worst.title}.", worst.detail) if part)
            return TestOutcome(address, subject, stopped_by=told)
        held = self._held()  # nothing leaves while somebody holds the outbox, a test neither
        if held:
            return TestOutcome(address, subject, stopped_by=held)
        email = self._compose(test, document)
        (delivery,) = email.deliveries
        sent = self.ses_sender.call_unrecorded(email, delivery)
        return TestOutcome(delivery.address, subject, ses_message_id=sent)

    def recover(self) -> int:
        """Close what stopped programs were sending; return how many deliveries that were.

        What they had only queued goes on waiting for whoever works the outbox.
        """
        with self.database.transaction() as connection:
            return leases.expire(connection, self.clock())

    # ----------------------------------------------------------------- steps

    def _document(self, document_id: int) -> DocumentRow:
        document = documents.document(self.database.reader, document_id)
        if document is None:
            raise NotFoundError("That document is no longer in the database.")
        return document

    def _judge(self, draft: Draft, document: DocumentRow) -> Verdict:
        return judge(self._facts(draft, document))

    def _facts(self, draft: Draft, document: DocumentRow) -> GateFacts:
        return gather(
            self.database.reader,
            self.suppression_list,
            draft,
            document,
            sender=self.sender,
            operator=self.operator,
            now=self.clock(),
            troubles=self.troubles,
            routes=self.routes,
            is_unreported=not self.ses_sender.configuration_set,
            known=self.known,
        )

    def _newest_email(self, document_id: int) -> int:
        with self.database.transaction() as connection:
            return outbox.newest_email(connection, document_id)

    def _held(self) -> str:
        """Why nothing may leave at the moment, in words."""
        self.ses_sender.brake.heed(self.ses_sender.configuration_set)
        found = outbox_decisions.holds(self.database.reader)
        return next((hold_words(each) for each in found if each.stands(self.clock())), "")

    def _write_down(
        self, email: outbox.NewEmail, newest: int, lease: outbox.Lease | None
    ) -> outbox.Recorded | None:
        """Write the email, unless there is another since ``newest`` that the gate did not see."""
        with self.database.transaction() as connection:
            if outbox.newest_email(connection, email.document_id) != newest:
                return None
            discard(connection, email.document_id, email.kind, self.operator)
            return outbox.record(connection, email, lease)

    def _compose(self, draft: Draft, document: DocumentRow) -> outbox.NewEmail:
        return write(
            self.database.reader,
            draft,
            document,
            sender=self.sender,
            operator=self.operator,
            at=self.clock(),
        )

    def _hand_over(
        self, recorded: outbox.Recorded, email: outbox.NewEmail, by: str
    ) -> dict[int, Known]:
        """Call SES for one recipient after the other; what it takes none of now waits.

        Return what is known of those that were tried, whether or not it could be written.
        """
        known: dict[int, Known] = {}
        try:
            with self.ses_sender.renewing(by):
                for taken in _taken(recorded, email):
                    self.ses_sender.allowance.spend()
                    try:
                        status = self.ses_sender.hand_over(taken, by)
                    except UnrecordedError as error:
                        known[taken.delivery_id] = Known(error.status, str(error), False)
                        self.ses_sender.records.wait(_RECORDS_WITHIN)
                        break  # what cannot be written down is not sent
                    except DatabaseError as error:
                        _log.warning("Delivery %s waits", taken.delivery_id, exc_info=error)
                        known[taken.delivery_id] = Known(Status.QUEUED, error.title)
                        break
                    if status is not None:
                        known[taken.delivery_id] = Known(status)
                    if status is Status.QUEUED:
                        break
        finally:  # what cannot be given back is when its lease is over
            with suppress(DatabaseError), self.database.transaction() as connection:
                leases.release(connection, by)
        return known

    def _outcomes(
        self,
        recorded: outbox.Recorded,
        email: outbox.NewEmail,
        held: str,
        known: Mapping[int, Known],
    ) -> tuple[RecipientOutcome, ...]:
        found: dict[int, tuple[int, str, str]] = {}
        with suppress(DatabaseError), self.database.transaction() as connection:
            found = outbox.statuses(connection, recorded.delivery_ids)
        outcomes = []
        for delivery_id, delivery in zip(recorded.delivery_ids, email.deliveries, strict=True):
            told = known.get(delivery_id, _WAITS)
            status, ses_message_id, error = found.get(delivery_id, (told.status, "", told.words))
            is_open = delivery_id not in found or status < Status.FAILED
            if is_open and not told.is_recorded:
                outcomes.append(_unrecorded(delivery.address, told))
                continue
            word = DisplayStatus[Status(status).name]
            error = error or (held or told.words if word is DisplayStatus.QUEUED else "")
            outcomes.append(RecipientOutcome(delivery.address, word, ses_message_id, error))
        return tuple(outcomes)


def _unrecorded(address: str, told: Known) -> RecipientOutcome:
    """What SES may have counts as unknown until it is written: nobody else can see it before."""
    status = Status.UNCONFIRMED if told.status is Status.SENT else told.status
    words = told.words.removeprefix(f"{address}: ")
    return RecipientOutcome(address, DisplayStatus[status.name], error=words, is_recorded=False)


def _taken(recorded: outbox.Recorded, email: outbox.NewEmail) -> Iterator[Taken]:
    for delivery_id, delivery in zip(recorded.delivery_ids, email.deliveries, strict=True):
        yield Taken(
            delivery_id, delivery.address, delivery.tag, email.sender, email.created_at, email.mime
        )
