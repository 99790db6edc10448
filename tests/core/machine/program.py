"""One program at the database, which can be stopped or overtaken at every moment that matters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core.aws.clients import Clients
from core.aws.mailer import SesAccount, SesMailer
from core.aws.suppression_list import SesSuppressionList
from core.backend import Backend
from core.model.ports import Outgoing, QueueMessage
from core.settings.loading import Settings
from tests.core.machine.post import Post


class Killed(BaseException):
    """The program is gone in the middle of what it did; nothing of it cleans up."""


class Moments:
    """The moments between two effects: before and after a commit, a call, a deletion.

    What is planned for one of them happens there, once: another program acts, or this one ends.
    After its end every further moment ends whatever thread comes to it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = 0
        self._act: Callable[[], None] | None = None
        self.is_dead = False

    def kill_at(self, number: int) -> None:
        self._left, self._act = number + 1, None

    def interrupt_at(self, number: int, act: Callable[[], None]) -> None:
        self._left, self._act = number + 1, act

    def forget(self) -> None:
        self._left, self._act = 0, None

    def come(self, *, is_in_transaction: bool = False) -> None:
        with self._lock:
            if self.is_dead:
                raise Killed
            if self._act is not None and is_in_transaction:
                return  # nobody else can write now; SQLite would make us wait for ourselves
            if not self._left:
                return
            self._left -= 1
            if self._left:
                return
            act, self._act = self._act, None
            self.is_dead = act is None
        if act is None:
            raise Killed
        act()


class WatchedMailer:
    """The real way to SES; every call is told."""

    def __init__(self, mailer: SesMailer, moments: Moments, called: Callable[[str], None]) -> None:
        self._mailer, self._moments, self._called = mailer, moments, called

    @property
    def region(self) -> str:
        return self._mailer.region

    def send(self, outgoing: Outgoing) -> str:
        self._moments.come()
        self._called(outgoing.tag)
        answer = self._mailer.send(outgoing)
        self._moments.come()
        return answer


class WatchedFeed:
    """Gives out what the post has for this program, and lets it die before it says thank you."""

    def __init__(self, post: Post, moments: Moments) -> None:
        self._post, self._moments = post, moments

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        return self._post.take()

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        self._moments.come()
        self._post.delivered(messages)

    def waiting(self) -> int | None:
        return None

    def dead_letters(self) -> int | None:
        return None


class Program:
    """A front door of its own, as another process on the same database has it."""

    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        clock: Any,
        post: Post,
        called: Callable[[str], None],
    ) -> None:
        self.moments = Moments()
        self.backend = Backend(
            settings,
            clock=clock,
            mailer=WatchedMailer(SesMailer(clients), self.moments, called),
            suppression_book=SesSuppressionList(clients),
            feed=WatchedFeed(post, self.moments),
            account=SesAccount(clients),
        )
        self.backend.open()
        _watch_transactions(self.backend, self.moments)

    def close(self) -> None:
        self.backend.close()


def _watch_transactions(backend: Backend, moments: Moments) -> None:
    """Make the moments around every commit visible; what was not committed is rolled back."""
    database: Any = backend._database
    begin = database.transaction

    @contextmanager
    def transaction(**options: Any) -> Iterator[Any]:
        moments.come()
        with begin(**options) as connection:
            yield connection
            moments.come(is_in_transaction=True)
        moments.come()

    database.transaction = transaction
