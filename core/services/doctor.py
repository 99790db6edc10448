"""Goes along every leg between an email and its status, and says which one is broken."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import inspect
from core.db.reads import feed, outbox
from core.db.writes import account_notices, outbox_decisions
from core.model.errors import (
    BetweenError,
    CredentialsError,
    NotPermittedError,
    OuttrayError,
    RegionError,
    UnreachableError,
)
from core.model.ports import Clock
from core.rules.delivery.addresses import is_address, parse_mailbox
from core.rules.doctor.aws_plan import Found, Names, SetUp, SetUpStep, plan
from core.rules.doctor.checks import Check, Result, failed, judge_outbox, skipped
from core.rules.doctor.destination_checks import judge_suppression
from core.rules.doctor.office_checks import (
    AccountFacts,
    IdentityFacts,
    SettingsFacts,
    judge_credentials,
    judge_database,
    judge_feed,
    judge_identity,
    judge_notices,
    judge_quarantine,
    judge_sending,
    judge_settings,
)
from core.rules.doctor.report_path import (
    WayFacts,
    judge_publishing,
    judge_queues,
    judge_set,
    judge_way,
)
from core.settings.loading import Settings
from core.settings.number_search import NumberSearch

_KNOWN_LEGS: Final = ("feed", "quarantine", "notices", "outbox")
"""What the database alone knows."""


class Inspector(Protocol):
    """Looks at the AWS side; what kept it from looking is returned, never raised."""

    def has_credentials(self) -> bool: ...
    def account(self) -> AccountFacts | OuttrayError: ...
    def identity(self, address: str) -> IdentityFacts | OuttrayError | None: ...
    def way(self, name: str, queue_given: str, *, asks_ses: bool = True) -> WayFacts: ...


def examine(
    settings: Settings, database: Database, aws: Inspector, clock: Clock
) -> tuple[Check, ...]:
    """Return one check a leg, in the order of ``LEGS``; changes nothing and raises nothing."""
    typed = parse_mailbox(settings.sender).address
    address = typed if is_address(typed) else ""
    source = str(settings.source or "")
    problem = NumberSearch(settings.number_pattern).problem() if settings.number_pattern else ""
    database_check = _database(settings, database)
    has_tables = database_check.result is not Result.FAIL and database_check.details.get("version")
    checks = [
        judge_settings(SettingsFacts(source, settings.sender, address, problem)),
        database_check,
        *_aws(settings, address, aws),
        *_past(database, settings.configuration_set, clock(), can_read=bool(has_tables)),
    ]
    return tuple(checks)


def _database(settings: Settings, database: Database) -> Check:
    try:
        return judge_database(inspect.inspect(database, settings.database_label))
    except OuttrayError as error:
        return failed("database", error)


def _aws(settings: Settings, address: str, aws: Inspector) -> list[Check]:
    """Ask SES, SNS and SQS; what one of them does not tell keeps nobody from asking the others."""
    account = aws.account()
    asks_ses = not _is_out_of_reach(account)
    identity = aws.identity(address) if address and asks_ses else None
    default = identity.configuration_set if isinstance(identity, IdentityFacts) else ""
    name = settings.configuration_set or default
    way = aws.way(name, settings.queue_url, asks_ses=asks_ses)
    heard = [account] if way.queue is None else [account, way.queue]
    return [
        judge_credentials(heard, aws.has_credentials),
        _sending(account),
        _identity(identity, address, asks_ses=asks_ses),
        judge_set(way, is_default=not settings.configuration_set),
        _suppression(account, way),
        *judge_publishing(way),
        *judge_queues(way),
    ]


def _is_out_of_reach(account: AccountFacts | OuttrayError) -> bool:
    """Whether SES need not be asked again: one question that waited for nothing is enough."""
    if isinstance(account, NotPermittedError | BetweenError):
        return False
    return isinstance(account, CredentialsError | UnreachableError)


def _sending(account: AccountFacts | OuttrayError) -> Check:
    if isinstance(account, AccountFacts):
        return judge_sending(account)
    is_keys = isinstance(account, CredentialsError)
    if is_keys and not isinstance(account, NotPermittedError | RegionError):
        return skipped("sending", _NOT_ASKED)
    return failed("sending", account, "ses:GetAccount")


def _identity(
    identity: IdentityFacts | OuttrayError | None, address: str, *, asks_ses: bool
) -> Check:
    if not address:
        return skipped("identity", "There is no From address.")
    if not asks_ses:
        return skipped("identity", _NOT_ASKED)
    return judge_identity(identity, address)


def _suppression(account: AccountFacts | OuttrayError, way: WayFacts) -> Check:
    if _is_out_of_reach(account):
        return skipped("suppression", _NOT_ASKED)
    reasons = account.suppressed_reasons if isinstance(account, AccountFacts) else account
    return judge_suppression(reasons, way.chosen)


_NOT_ASKED: Final = "SES could not be asked."


def _past(
    database: Database, configuration_set: str, now: datetime, *, can_read: bool
) -> list[Check]:
    """What the database knows of the feed and of the outbox."""
    why = "The database could not be read."
    if not can_read:
        return [skipped(leg, why) for leg in _KNOWN_LEGS]
    try:
        reader = database.reader
        last_event_at = documents.last_received(reader)
        heard = feed.heard(reader, now, last_event_at)
        return [
            judge_feed(heard, last_event_at),
            judge_quarantine(feed.quarantined_count(reader)),
            judge_notices(account_notices.current(reader), configuration_set, now),
            judge_outbox(
                outbox.count_waiting(reader),
                tuple(hold for hold in outbox_decisions.holds(reader) if hold.stands(now)),
            ),
        ]
    except OuttrayError:
        return [skipped(leg, why) for leg in _KNOWN_LEGS]


class Builder(Protocol):
    """Every method may raise ``ServiceError``."""

    def look(self, names: Names) -> Found: ...
    def make(self, step: SetUpStep) -> None: ...
    def queue_url(self, name: str) -> str: ...
    def way(self, name: str, queue_url: str) -> WayFacts: ...


def survey(names: Names, aws: Builder) -> SetUp:
    """Look, and change nothing."""
    found = aws.look(names)
    steps = plan(names, found)
    left = _by_hand(names, found.queue_url, steps, aws)
    return SetUp((), steps, names.configuration_set, found.queue_url, by_hand=left)


def _by_hand(
    names: Names, queue_url: str, steps: tuple[SetUpStep, ...], aws: Builder
) -> tuple[Check, ...]:
    """Judge as the doctor does, and leave out what the steps will mend."""
    mended = {leg for step in steps for leg in step.legs}
    return tuple(
        check
        for check in judge_way(aws.way(names.configuration_set, queue_url))
        if check.result in (Result.FAIL, Result.WARN) and check.leg not in mended
    )


def apply(names: Names, aws: Builder) -> SetUp:
    """Make what is missing, step by step; a second time there is nothing left to do.

    One looks again after the first step: only what is there tells the account's number, which all
    the others need.
    """
    done: list[SetUpStep] = []
    found = aws.look(names)
    steps = plan(names, found)
    try:
        if steps and not found.account:
            aws.make(steps[0])
            done.append(steps[0])
            steps = plan(names, aws.look(names))
        while steps:
            aws.make(steps[0])
            done.append(steps[0])
            steps = steps[1:]
    except OuttrayError as error:
        return SetUp(tuple(done), steps, names.configuration_set, "", error)
    url = aws.queue_url(names.events)
    left = _by_hand(names, url, (), aws)
    return SetUp(tuple(done), (), names.configuration_set, url, by_hand=left)
