"""One delivery to SES: taken, called once, answered; whatever happens in between is known after."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.db.engine import Database, UnstorableError
from core.db.reads import outbox as outbox_lists
from core.db.writes import leases, outbox, outbox_decisions
from core.db.writes.leases import Taken
from core.db.writes.outbox import Lease, NewDelivery, NewEmail
from core.logs.setup import log_fault, logged
from core.mail.mime import sender_address
from core.model.enums import Status
from core.model.errors import (
    CredentialsError,
    DatabaseError,
    NotPermittedError,
    QuotaUsedUpError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
    UnrecordedError,
)
from core.model.outbox import OutboxHold
from core.model.ports import Clock, Mailer, Outgoing
from core.rules.monitoring import send_rate
from core.rules.sending.brake import Pauses
from core.services.sending.brake import ITS_TURN, SharedBrake
from core.services.sending.gate_facts import sender_as_sent
from core.services.sending.pending_records import PendingRecords
from core.services.sending.rate_limiter import Allowance
from core.services.sending.suppression_recheck import Recheck

if TYPE_CHECKING:
    from sqlalchemy import Connection

QUOTA: Final = "quota"
_DAY: Final = timedelta(hours=24)
_TRIES_WATCHED: Final = 4
"""How often a send that a person is watching is tried: for seven seconds at most."""

_NOT_TOLD: Final = "What SES answered could not be told to the other programs"
_NOT_KEPT: Final = "What is being sent could not be kept in hand"
_SES_HAS_IT: Final = "SES has it."
_SES_MAY_HAVE_IT: Final = "SES may have it."
_NO_ID: Final = "SES has it, and answered with something that is no id."
_DO_NOT_REPEAT: Final = (
    "Do not send it again: it is recorded as soon as the database works, or when SES reports it."
)
_MAY_BE_OUT: Final = (Status.SENT, Status.UNCONFIRMED)
#: A no, but one that SES itself has told: it answers.
_TOLD_BY_SES: Final = (ThrottledError, NotPermittedError, SendingStoppedError)


class _NotItsTurnError(Exception):
    """Nothing may be called now, or another call is awaited first; the claim is taken back."""


class _NotNowError(Exception):
    """It is not to be called; ``left``: how it stands, ``None`` where somebody else has it."""

    def __init__(self, left: Status | None) -> None:
        super().__init__()
        self.left = left


@dataclass(frozen=True, slots=True)
class SesSender:
    """Everything that one call to SES needs and changes."""

    database: Database
    mailer: Mailer
    clock: Clock
    configuration_set: str
    allowance: Allowance
    recheck: Recheck
    """The last look at both suppression lists."""
    lease_length: timedelta = timedelta(seconds=60)
    """Who has said nothing for that long is gone; it is renewed three times as often."""
    spread: Callable[[], float] = field(default=random.random)
    pause: Callable[[float], None] = field(default=time.sleep)
    pauses: Pauses = field(default_factory=Pauses)
    records: PendingRecords = field(init=False)
    """Answers of SES that could not be written yet."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", PendingRecords(self.database, self.pause))

    @property
    def brake(self) -> SharedBrake:
        return SharedBrake(self.database, self.clock, self.pauses)

    def lease(self, by: str) -> Lease:
        return Lease(by, self.clock() + self.lease_length)

    @contextmanager
    def renewing(self, by: str) -> Iterator[None]:
        """Keep what ``by`` has in hand for as long as this goes on."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(self.lease_length.total_seconds() / 3):
                with logged(_NOT_KEPT, DatabaseError), self.database.transaction() as connection:
                    leases.renew(connection, self.lease(by))

        threading.Thread(target=renew, name="outtray-lease", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def hand_over(self, taken: Taken, by: str) -> Status | None:
        """Call SES for what ``by`` has taken; ``None`` where somebody else has it now.

        Both lists are looked at first. What SES certainly did not take waits in the outbox,
        whoever sent it.

        Raises:
            UnrecordedError: SES has answered, and that is written as soon as it can be.
            DatabaseError: any other is from before the call: SES was not called.
        """
        try:
            epoch = self._claimed(taken, by, self.recheck.on_the_list_of_ses(taken.address))
        except _NotNowError as reason:
            return reason.left
        except ServiceError as error:
            return self._unseen(taken, by, error)
        except _NotItsTurnError:
            return self._put_back(taken, by, ITS_TURN, self.clock())
        try:
            ses_message_id = self.mailer.send(self._outgoing(taken))
        except UnansweredError as error:
            return self._unanswered(taken, error)
        except (ThrottledError, UnreachableError, CredentialsError, SendingStoppedError) as error:
            return self._not_taken(taken, by, error, epoch)
        except ServiceError as error:
            return self._refused(taken, error, epoch)
        except Exception as error:  # noqa: BLE001 - SES may have it, and the others are to go on
            log_fault(f"The call of SES for delivery {taken.delivery_id} failed", error)
            return self._unanswered(
                taken, UnansweredError(f"Outtray failed while it called SES: {error!r}.")
            )
        except BaseException:
            # Interrupted in the middle of the call: whether SES has it is not known.
            self._stopped_mid_call(taken)
            raise
        return self._accepted(taken, ses_message_id, epoch)

    def _stopped_mid_call(self, taken: Taken) -> None:
        def write(connection: Connection) -> Status:
            outbox.unanswered(connection, taken.delivery_id, outbox.STOPPED_MID_CALL)
            return Status.UNCONFIRMED

        self._record(taken, Status.UNCONFIRMED, _SES_MAY_HAVE_IT, write)

    def _claimed(self, taken: Taken, by: str, listed: str) -> int:
        """Take it for sending; return the brake's epoch. ``listed``: why SES's list stops it.

        Raises:
            _NotNowError: it is not to be called, and this is how it is left.
            _NotItsTurnError: nothing has changed.
        """
        with self.database.transaction() as connection:
            words = listed or self.recheck.on_our_own_list(connection, taken.address)
            if not outbox.claim(connection, taken.delivery_id, self.clock(), self.lease(by)):
                raise _NotNowError(None)
            if not words:
                epoch = self.brake.admit(connection, taken.delivery_id)
                if epoch is None:
                    raise _NotItsTurnError
                return epoch
            outbox.not_sent(connection, taken.delivery_id, words)
        raise _NotNowError(Status.FAILED)

    def _unseen(self, taken: Taken, by: str, error: ServiceError) -> Status:
        """SES's list could not be asked: not sent unseen, and not given up either."""
        words = f"{error.title} It waits until SES's suppression list can be asked."
        self.allowance.rest(words)
        return self._put_back(taken, by, words, self.allowance.rests_until or self.clock())

    def _put_back(self, taken: Taken, by: str, words: str, until: datetime) -> Status:
        with self.database.transaction() as connection:
            leases.postpone(connection, taken.delivery_id, by, words, until)
        return Status.QUEUED

    def call_unrecorded(self, email: NewEmail, delivery: NewDelivery) -> str:
        """Call SES for an email that is written down nowhere; return SES's message id.

        Its tag is no delivery's and no configuration set is named, so that nothing SES reports
        about it is taken for a report about a document. Throttling is waited for, a few times:
        somebody is looking on.

        Raises:
            ServiceError: it was not sent, or nobody knows (``UnansweredError``); the words say.
        """
        outgoing = Outgoing(
            sender=sender_address(sender_as_sent(email.sender)),
            recipient=delivery.address,
            mime=email.mime or b"",
            tag=f"test-{delivery.tag}",
            configuration_set="",
        )
        epoch = self.brake.admit_unrecorded()
        if epoch is None:
            raise UnreachableError(f"It was not sent. {ITS_TURN}", "Try again in a minute.")
        try:
            ses_message_id = self._call_patiently(outgoing)
        except UnansweredError as error:
            told = error
            with logged(_NOT_TOLD, DatabaseError):  # what SES said is told all the same
                self.records.write(lambda c: self.brake.unanswered(c, 0, told))
            raise
        with logged(_NOT_TOLD, DatabaseError):
            self.records.write(lambda c: self.brake.answered(c, 0, epoch))
        return ses_message_id

    def _call_patiently(self, outgoing: Outgoing) -> str:
        for tries in range(1, _TRIES_WATCHED):
            self.allowance.spend()
            try:
                return self.mailer.send(outgoing)
            except QuotaUsedUpError:
                raise
            except ThrottledError:
                self.allowance.slow_down()
                self.pause(send_rate.pause_before(tries, self.spread()))
        self.allowance.spend()
        return self.mailer.send(outgoing)

    def _outgoing(self, taken: Taken) -> Outgoing:
        return Outgoing(
            # SES takes no name in it that is not ASCII
            sender=sender_address(sender_as_sent(taken.sender)),
            recipient=taken.address,
            mime=taken.mime or b"",
            tag=taken.tag,
            configuration_set=self.configuration_set,
        )

    # ----------------------------------------------------------------- answers

    def _accepted(self, taken: Taken, ses_message_id: str, epoch: int) -> Status:
        self.allowance.works()
        region, at = self.mailer.region, self.clock()

        def write(connection: Connection) -> Status:
            outbox.accepted(connection, taken.delivery_id, ses_message_id, region, at)
            self.brake.answered(connection, taken.delivery_id, epoch)
            return Status.SENT

        try:
            return self._record(taken, Status.SENT, _SES_HAS_IT, write)
        except UnstorableError:
            return self._unanswered(taken, UnansweredError(_NO_ID))

    def _refused(self, taken: Taken, error: ServiceError, epoch: int) -> Status:
        self.allowance.works()

        def write(connection: Connection) -> Status:
            outbox.not_sent(connection, taken.delivery_id, str(error))
            self.brake.answered(connection, taken.delivery_id, epoch)
            return Status.FAILED

        return self._record(taken, Status.FAILED, str(error), write)

    def _unanswered(self, taken: Taken, error: UnansweredError) -> Status:
        def write(connection: Connection) -> Status:
            if leases.is_being_sent(connection, taken.delivery_id):  # counts once
                self.brake.unanswered(connection, taken.delivery_id, error)
            outbox.unanswered(connection, taken.delivery_id, str(error))
            return Status.UNCONFIRMED

        return self._record(taken, Status.UNCONFIRMED, _SES_MAY_HAVE_IT, write)

    def _not_taken(self, taken: Taken, by: str, error: ServiceError, epoch: int) -> Status:
        """Certainly not sent: it waits and is tried again, at growing distances, for ever."""
        now, tries = self.clock(), taken.tries + 1
        if isinstance(error, QuotaUsedUpError):
            until = self.hold_for_quota(error.title)
        else:
            until = now + timedelta(seconds=send_rate.pause_before(tries, self.spread()))
            self.allowance.slow_down() if isinstance(
                error, ThrottledError
            ) else self.allowance.rest(str(error))
        words = f"{error.title} It stays in the outbox and is tried again."

        def write(connection: Connection) -> Status:
            if not leases.is_at(connection, taken.delivery_id, taken.tries):
                return Status.QUEUED  # written already by a commit that seemed to fail
            left = leases.not_taken(connection, taken.delivery_id, by, words, until, now)
            if isinstance(error, _TOLD_BY_SES):
                self.brake.answered(connection, taken.delivery_id, epoch)
            else:
                self.brake.not_reached(connection, taken.delivery_id)
            return left

        return self._record(taken, Status.QUEUED, words, write)

    def hold_for_quota(self, words: str) -> datetime:
        """Let no program send until the account may have room again; return when that is."""
        now = self.clock()
        self.allowance.forget_quota()
        oldest = outbox_lists.oldest_accepted(self.database.reader, now - _DAY)
        until = send_rate.opens_again(oldest, now)
        hold = OutboxHold(QUOTA, "SES", now, until, words)
        self.records.write(lambda c: outbox_decisions.hold_back(c, hold))
        return until

    def _record(
        self, taken: Taken, status: Status, words: str, write: Callable[[Connection], Status]
    ) -> Status:
        """Write what SES answered; ``words`` say it where the database cannot take it."""

        def to_its_own(connection: Connection) -> Status:
            if not leases.is_the_same(connection, taken.delivery_id, taken.tag):
                return status  # another database was put in the place of this one
            return write(connection)

        try:
            return self.records.write(to_its_own)
        except UnstorableError:
            raise
        except DatabaseError as error:
            self.records.keep(to_its_own)
            raise UnrecordedError(
                f"{taken.address}: {words} The record could not be kept: {error.title}",
                _DO_NOT_REPEAT if status in _MAY_BE_OUT else "",
                status,
            ) from error
