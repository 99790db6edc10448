"""Everything that can go wrong, in words a person can act on.

::

    OuttrayError
    ├── UsageError            the command line or a file was not as expected (exit 2)
    ├── SettingsError         a configuration value: which file, key, line
    ├── InputError            a file that cannot be read at all
    ├── NotFoundError         no such document or customer; or more than one
    ├── DatabaseError
    │   ├── DatabaseBusyError     another program holds it; trying again can help
    │   ├── DatabaseGoneError     its file was taken away; it may come back
    │   ├── DatabaseDamagedError  its file is damaged; every change is refused
    │   ├── UncertainCommitError  it failed while saving: maybe saved, maybe not
    │   ├── UnrecordedError       SES has answered, and that could not be written down
    │   └── DatabaseVersionError  newer than the program, or not ours
    ├── ServiceError          AWS answered no, or not at all
    │   ├── CredentialsError      no credentials, expired ones, not allowed
    │   │   ├── NotPermittedError     AWS knows us, but does not let us do this
    │   │   └── RegionError           no Region, or an endpoint that is none: nobody was asked
    │   ├── UnreachableError      the call never arrived: nothing was sent
    │   │   └── BetweenError          a proxy or a log-in page answered in the place of AWS
    │   ├── SendingStoppedError   the account may not send for now: nothing was sent
    │   ├── RefusedError          a definite no: nothing was sent
    │   │   ├── QueueGoneError        there is no such queue
    │   │   └── NoSuchThingError      SES has no identity, set or entry of that name
    │   ├── ThrottledError        a definite no for now: nothing was sent, trying again can help
    │   │   └── QuotaUsedUpError      the account's messages of 24 hours are used up
    │   └── UnansweredError       nobody knows whether it was done: never repeat blindly
    │       └── FalseAnswerError      a yes that cannot be AWS's
    ├── NeedsConfirmationError  a person must say more first; nothing was done (exit 3)
    └── MissingExtraError     an optional part is not installed (exit 2)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.model.enums import Status


class OuttrayError(Exception):
    """``title`` says what happened; ``hint`` what to do next."""

    can_retry = False
    """Whether the same thing, tried again unchanged, can succeed."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title} {self.hint}".strip()


class UsageError(OuttrayError):
    """The words of the command do not fit."""


class SettingsError(OuttrayError):
    """A setting is wrong; the title names file, key and line."""


class InputError(OuttrayError):
    """A file cannot be read at all; nothing of it was kept."""


class NotFoundError(OuttrayError):
    """No document or customer answers to that name, or several do."""


class DatabaseError(OuttrayError):
    """The database did not do what was asked; what it had saved before stays saved."""


class DatabaseBusyError(DatabaseError):
    """Another program holds the database."""

    can_retry = True


class DatabaseGoneError(DatabaseError):
    """The file of the database was deleted or moved while the program used it."""

    can_retry = True


class DatabaseDamagedError(DatabaseError):
    """The file of the database is damaged: reading may go on, no change does."""


class UncertainCommitError(DatabaseError):
    """Disk or connection failed during the commit: nobody knows whether it was kept.

    Never say that nothing was written, and never repeat what must not happen twice.
    """


class UnrecordedError(DatabaseError):
    """SES has answered a call, and the database could not take the answer.

    ``status`` is what the delivery becomes as soon as it can be written.
    """

    def __init__(self, title: str, hint: str, status: Status) -> None:
        super().__init__(title, hint)
        self.status = status


class DatabaseVersionError(DatabaseError):
    """The database was written by a newer Outtray, or is not Outtray's."""


class ServiceError(OuttrayError):
    """AWS answered no, or not at all."""


class CredentialsError(ServiceError):
    """AWS does not know us, or does not let us."""


class NotPermittedError(CredentialsError):
    """AWS knows us, but our policy does not allow this one call."""


class RegionError(CredentialsError):
    """Whom to ask is not known: no Region is set, or the endpoint is none."""


class UnreachableError(ServiceError):
    """The call did not get as far as AWS, so it cannot have had an effect."""

    can_retry = True


class BetweenError(UnreachableError):
    """Something between us and AWS answered: a proxy, a log-in page; AWS never had the call."""


class SendingStoppedError(ServiceError):
    """SES does not send for this account or configuration set at the moment."""

    can_retry = True


class RefusedError(ServiceError):
    """A definite no; the request had no effect."""


class QueueGoneError(RefusedError):
    """The queue does not exist: deleted, misspelt, or in another Region."""


class NoSuchThingError(RefusedError):
    """SES or SNS has nothing of that name in this Region."""


class ThrottledError(ServiceError):
    """SES's documented *not accepted, slow down*; the request had no effect."""

    can_retry = True


class QuotaUsedUpError(ThrottledError):
    """The account has sent what it may in 24 hours; the request had no effect."""


class UnansweredError(ServiceError):
    """The request may or may not have had its effect. Never repeat it blindly."""


class FalseAnswerError(UnansweredError):
    """Something said yes that cannot have been AWS, so that nobody knows who has the request."""


class NeedsConfirmationError(OuttrayError):
    """A person must confirm it in the way the hint says; nothing was done."""


class MissingExtraError(OuttrayError):
    """An optional part of Outtray is not installed."""


@dataclass(frozen=True, slots=True)
class FailedImport:
    """A file of which nothing was kept."""

    file: str
    error: OuttrayError
