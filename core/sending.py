"""Send, follow up, resend: written before the call, answered after it, never repeated blindly."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from core.changes import snapshot_of
from core.db import drafts, history, outbox, reads
from core.db.engine import Database
from core.drafting import replaced_by, threaded
from core.errors import (
    InputError,
    NotFoundError,
    ServiceError,
    ThrottledError,
    UnansweredError,
)
from core.gate import GateFacts, judge, judge_test
from core.message import compose, one_line, sender_address
from core.model import (
    Decision,
    DocumentRow,
    Draft,
    Preview,
    RecipientOutcome,
    Role,
    SendOutcome,
    Status,
    TestOutcome,
    Verdict,
    Word,
    address_key,
)
from core.ports import Clock, Mailer, Outgoing, SuppressionList
from core.previewing import preview
from core.screening import Troubles, as_sent, gather

#: Pauses between tries of a call that SES documents as *not accepted*; then it is FAILED.
_THROTTLE_PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
#: What is older than this and still in flight belongs to a program that has stopped.
LEASE: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Dispatch:
    """Everything an act of sending needs; tests give fakes for what is outside."""

    database: Database
    mailer: Mailer
    suppression_list: SuppressionList
    clock: Clock
    sender: str
    operator: str
    configuration_set: str
    pause: Callable[[float], None] = field(default=time.sleep)
    troubles: Troubles = field(default=lambda _: {})

    def check(self, draft: Draft) -> Verdict:
        """Ask the gate; SES's suppression list is asked live for every recipient."""
        return self._judge(draft, self._document(draft.document_id))

    def send(self, draft: Draft, *, confirmed: bool) -> SendOutcome:
        """Send ``draft`` once, if the gate lets it; ``confirmed`` answers what the gate asks.

        Every recipient is one SES call; what becomes of one does not stop the others. What somebody
        else wrote about the document while the gate was asked was not confirmed: it is asked again.
        """
        recorded = None
        while recorded is None:
            document = self._document(draft.document_id)
            newest = self._newest_email(document.id)
            verdict = self._judge(draft, document)
            asks = verdict.decision is Decision.ASK and not confirmed
            if verdict.decision is Decision.REFUSE or asks:
                return SendOutcome(document.number, None, verdict)
            email = self._compose(draft, document)
            recorded = self._write_down(email, newest)
            confirmed = False
        for delivery_id, delivery in zip(recorded.delivery_ids, email.deliveries, strict=True):
            self._hand_over(delivery_id, delivery, email)
        return SendOutcome(
            document.number, recorded.email_id, verdict, self._outcomes(recorded, email)
        )

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
        email = self._compose(test, document)
        (delivery,) = email.deliveries
        sent = self._call(
            Outgoing(
                sender=sender_address(self.sender),
                recipient=delivery.address,
                mime=email.mime or b"",
                tag=f"test-{delivery.tag}",
                configuration_set="",
            )
        )
        return TestOutcome(delivery.address, subject, ses_message_id=sent)

    def recover(self) -> int:
        """Close what stopped programs left in flight; return how many deliveries that were."""
        with self.database.transaction() as connection:
            return outbox.recover(connection, self.clock() - LEASE)

    # ----------------------------------------------------------------- steps

    def _document(self, document_id: int) -> DocumentRow:
        document = reads.document(self.database.reader, document_id)
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
        )

    def _newest_email(self, document_id: int) -> int:
        with self.database.transaction() as connection:
            return outbox.newest_email(connection, document_id)

    def _write_down(self, email: outbox.NewEmail, newest: int) -> outbox.Recorded | None:
        """Write the email, unless there is another since ``newest`` that the gate did not see."""
        with self.database.transaction() as connection:
            if outbox.newest_email(connection, email.document_id) != newest:
                return None
            drafts.discard(connection, email.document_id, email.kind, self.operator)
            return outbox.record(connection, email)

    def _compose(self, draft: Draft, document: DocumentRow) -> outbox.NewEmail:
        """Compose the exact bytes and name every delivery, before anything is sent."""
        to, cc, bcc = _once_each(draft.to, draft.cc, draft.bcc)
        ready = replace(draft, to=to, cc=cc, bcc=bcc, subject=one_line(draft.subject))
        ready = threaded(self.database.reader, ready)
        now = self.clock()
        domain = sender_address(self.sender).rpartition("@")[2]
        message_id = f"<{uuid.uuid4().hex}@{domain}>"
        return outbox.NewEmail(
            document_id=ready.document_id,
            kind=ready.kind,
            subject=ready.subject,
            body=ready.body,
            sender=self.sender,
            sent_by=self.operator,
            created_at=now,
            message_id=message_id,
            mime=compose(ready, self.sender, message_id, now, self._foreign(document)),
            attachments=ready.attachments,
            deliveries=_deliveries(ready),
            snapshot=snapshot_of(document),
        )

    def _foreign(self, document: DocumentRow) -> tuple[str, ...]:
        """What strangers named: in a message it is never read as Markdown."""
        contacts = history.contacts(self.database.reader, document.customer_id)
        names = (part for c in contacts for part in (c.name, c.address))
        return (document.number, document.customer, document.status, *names)

    def _hand_over(
        self, delivery_id: int, delivery: outbox.NewDelivery, email: outbox.NewEmail
    ) -> None:
        with self.database.transaction() as connection:
            if not outbox.claim(connection, delivery_id, self.clock()):
                return  # somebody else has it
        outgoing = Outgoing(
            sender=sender_address(self.sender),  # SES takes no name in it that is not ASCII
            recipient=delivery.address,
            mime=email.mime or b"",
            tag=delivery.tag,
            configuration_set=self.configuration_set,
        )
        try:
            ses_message_id = self._call(outgoing)
        except UnansweredError as error:
            self._note_unanswered(delivery_id, str(error))
        except ServiceError as error:
            with self.database.transaction() as connection:
                outbox.not_sent(connection, delivery_id, str(error))
        except BaseException:
            # Interrupted in the middle of the call: whether SES has it is not known.
            self._note_unanswered(delivery_id, outbox.STOPPED_MID_CALL)
            raise
        else:
            with self.database.transaction() as connection:
                outbox.accepted(
                    connection, delivery_id, ses_message_id, self.mailer.region, self.clock()
                )

    def _call(self, outgoing: Outgoing) -> str:
        """Call SES; only its documented *not accepted, slow down* is tried again."""
        for pause in _THROTTLE_PAUSES:
            try:
                return self.mailer.send(outgoing)
            except ThrottledError:
                self.pause(pause)
        return self.mailer.send(outgoing)

    def _note_unanswered(self, delivery_id: int, words: str) -> None:
        with self.database.transaction() as connection:
            outbox.unanswered(connection, delivery_id, words)

    def _outcomes(
        self, recorded: outbox.Recorded, email: outbox.NewEmail
    ) -> tuple[RecipientOutcome, ...]:
        with self.database.transaction() as connection:
            found = outbox.statuses(connection, recorded.delivery_ids)
        outcomes = []
        for delivery_id, delivery in zip(recorded.delivery_ids, email.deliveries, strict=True):
            status, ses_message_id, error = found[delivery_id]
            word = Word[Status(status).name]
            outcomes.append(RecipientOutcome(delivery.address, word, ses_message_id, error))
        return tuple(outcomes)


def _once_each(*lists: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every address as it goes to SES, and once over all lists: nobody gets an email twice."""
    seen: set[str] = set()
    for addresses in lists:
        kept = []
        for address in map(as_sent, addresses):
            if address_key(address) not in seen:
                seen.add(address_key(address))
                kept.append(address)
        yield tuple(kept)


def _deliveries(draft: Draft) -> tuple[outbox.NewDelivery, ...]:
    """One an address, in the order To, Cc, Bcc."""
    by_role = ((Role.TO, draft.to), (Role.CC, draft.cc), (Role.BCC, draft.bcc))
    return tuple(
        outbox.NewDelivery(role, address, uuid.uuid4().hex, replaced_by(draft, address))
        for role, addresses in by_role
        for address in addresses
    )
