"""What the use cases need of the world outside; adapters and tests implement it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.model.email import MailRoute
    from core.model.outbox import Quota
    from core.model.suppressions import Suppression


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One ``SendEmail`` call: one envelope recipient, the whole message as it shall leave."""

    sender: str
    recipient: str
    mime: bytes = field(repr=False)
    tag: str
    """Our delivery's opaque id, ``[A-Za-z0-9_-]{1,255}``."""
    configuration_set: str


class Mailer(Protocol):
    """Hands one message to SES, once."""

    @property
    def region(self) -> str:
        """The sending Region, needed for the Message-ID that SES puts on the wire."""
        ...

    def send(self, outgoing: Outgoing) -> str:
        """Return SES's message id.

        Raises:
            ThrottledError, RefusedError, CredentialsError, UnreachableError: nothing was sent.
            UnansweredError: nobody knows.
        """
        ...


class Account(Protocol):
    """The account that sends."""

    def quota(self) -> Quota:
        """Return what it may do now.

        Raises:
            ServiceError: it could not be asked.
        """
        ...


class SuppressionList(Protocol):
    """SES's account suppression list in the sending Region."""

    def look_up(self, address: str) -> Suppression | None:
        """Return the entry that stops mail to ``address``, in whatever case it is stored.

        Raises:
            ServiceError: the list could not be asked; that says nothing about the address.
        """
        ...

    def listed(self, address: str) -> Sequence[Suppression]:
        """Return what a copy of the list names for ``address``, in whatever case it is stored.

        The copy is at most a minute old: one question serves all addresses. So does an answer of
        ``look_up`` about this one that is younger. Some entries may stop nothing.

        Raises:
            NotPermittedError: the list may not be read at all.
            ServiceError: the copy could not be brought up to date.
        """
        ...


class MailRoutes(Protocol):
    """The DNS, asked whether mail to a domain can get anywhere."""

    def ask(self, domains: Collection[str]) -> Callable[[], Mapping[str, MailRoute]]:
        """Begin to ask, in other threads; the answer, when called for, is there within 2 seconds.

        A domain of which nothing is known by then is UNKNOWN or left out. Raises nothing.
        """
        ...


@dataclass(frozen=True, slots=True)
class EffectiveReasons:
    """For which reasons an entry of SES's list stops mail."""

    reasons: frozenset[str]
    chosen_by: str
    """``configuration set outtray`` or ``the account``."""


@dataclass(frozen=True, slots=True)
class ListPage:
    entries: Sequence[Suppression]
    next_token: str
    """Empty: this was the last one."""


class SuppressionBook(Protocol):
    """The same list at SES, to be read whole and changed. Case matters in all of it.

    Every method may raise ``ServiceError``.
    """

    def since(self, at: datetime) -> Sequence[Suppression]:
        """Return the entries that were added or renewed since then; some may stop nothing."""
        ...

    def get(self, address: str) -> Suppression | None: ...

    def page(self, token: str = "") -> ListPage:
        """Return a page of the whole list, from the beginning or from where another ended."""
        ...

    def put(self, address: str, reason: str) -> None:
        """Add or replace an entry; ``reason`` is ``BOUNCE`` or ``COMPLAINT``."""
        ...

    def delete(self, address: str) -> None:
        """Remove an entry; one that is not there is no error."""
        ...

    def effective_reasons(self, configuration_set: str) -> EffectiveReasons: ...


class KnownEntries(Protocol):
    """What is remembered of the list; asks nobody and never waits."""

    def stored(self, address: str) -> tuple[Suppression, ...]:
        """Return the entries for ``address`` in whatever case they are stored."""
        ...

    def problem(self) -> str:
        """Return why other spellings could not be looked for; empty: they were."""
        ...


class NothingKnown:
    """Implements ``KnownEntries`` where nothing is remembered."""

    def stored(self, address: str) -> tuple[Suppression, ...]:
        del address
        return ()

    def problem(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """One body from the queue; ``receipt`` is needed to delete it and is good for this receive."""

    receipt: str
    body: str = field(repr=False)


class Feed(Protocol):
    """The queue that SES's reports arrive in."""

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        """Long-poll for up to ten messages; an empty answer is normal.

        Raises:
            ServiceError: with the cause (credentials, queue gone, network) in words.
        """
        ...

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Delete messages whose facts are committed. What is not deleted comes again."""
        ...

    def waiting(self) -> int | None:
        """About how many messages wait in the queue, or ``None`` where nobody can say."""
        ...

    def dead_letters(self) -> int | None:
        """About how many messages its dead-letter queue holds; ``None``: none there, or unknown."""
        ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        ...
