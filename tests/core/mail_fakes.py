"""The world outside of sending, as tests want it: SES's answers, its list, its account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from core.db.engine import Database
from core.model.enums import address_key
from core.model.errors import ServiceError
from core.model.outbox import Quota
from core.model.ports import Outgoing
from core.model.suppressions import Suppression
from core.services.sending.dispatch import Dispatch
from core.services.sending.outbox import Outbox
from core.services.sending.outbox_worker import Worker
from core.services.sending.rate_limiter import Allowance
from core.services.sending.ses_handover import SesSender
from core.services.sending.suppression_recheck import Recheck
from tests.conftest import Clock

FAST = Quota(per_second=1_000.0)


class FakeMailer:
    """Answers as told, one answer a call, and remembers what it was given."""

    region = "eu-west-1"

    def __init__(self, *answers: BaseException | Callable[[Outgoing], None]) -> None:
        self.answers = list(answers)
        self.calls: list[Outgoing] = []
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> str:
        with self._lock:
            self.calls.append(outgoing)
            number = len(self.calls)
            answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None:
            answer(outgoing)
        return f"ses-{number}"

    @property
    def recipients(self) -> list[str]:
        return [call.recipient for call in self.calls]


class FakeList:
    """SES's suppression list, spelling by spelling; it may fail, or do something meanwhile."""

    def __init__(self, *entries: Suppression) -> None:
        self.entries = {each.address: each for each in entries}
        self.failure: ServiceError | None = None
        self.list_failure: ServiceError | None = None
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] | None = None

    def look_up(self, address: str) -> Suppression | None:
        self.asked.append(address)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if self.failure:
            raise self.failure
        return self.entries.get(address)

    def listed(self, address: str) -> Sequence[Suppression]:
        if failure := self.list_failure or self.failure:
            raise failure
        key = address_key(address)
        return [each for each in self.entries.values() if address_key(each.address) == key]


class FakeAccount:
    """Tells what it is told to tell."""

    def __init__(self, answer: Quota | ServiceError = FAST) -> None:
        self.answer = answer
        self.asked = 0

    def quota(self) -> Quota:
        self.asked += 1
        if isinstance(self.answer, ServiceError):
            raise self.answer
        return self.answer


def office(
    database: Database,
    clock: Clock,
    mailer: FakeMailer | None = None,
    suppressions: FakeList | None = None,
    *,
    account: FakeAccount | None = None,
    by: str = "one",
    **changes: Any,
) -> Outbox:
    """A whole program on ``database``: its outbox, gate and worker."""
    listed = suppressions or FakeList()
    ses_sender = SesSender(
        database,
        mailer or FakeMailer(),
        clock,
        "outtray",
        Allowance(account or FakeAccount(), clock),
        Recheck(database, listed),
        spread=lambda: 1.0,
        pause=lambda _: None,
    )
    dispatch = Dispatch(
        database=database,
        suppression_list=listed,
        clock=clock,
        sender="Outtray <billing@outtray.example>",
        operator=changes.pop("operator", "anna"),
        ses_sender=ses_sender,
    )
    worker = Worker(
        database,
        ses_sender,
        clock,
        by,
        sleep=lambda seconds: clock.advance(seconds=seconds),
        **changes,
    )
    return Outbox(database, dispatch, worker, clock, dispatch.operator)


def ses_sender(
    database: Database,
    mailer: FakeMailer,
    clock: Clock,
    configuration_set: str = "outtray",
    suppressions: FakeList | None = None,
) -> SesSender:
    """The way to SES alone, for what sends at once."""
    return SesSender(
        database,
        mailer,
        clock,
        configuration_set,
        Allowance(FakeAccount(), clock),
        Recheck(database, suppressions or FakeList()),
        lease_length=timedelta(seconds=60),
        spread=lambda: 1.0,
        pause=lambda _: None,
    )
