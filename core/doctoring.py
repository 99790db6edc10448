"""Goes along every leg between an email and its status, and says which one is broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from core.db import account_notices, feedreads, inspect, outbox_acts, outbox_lists, reads
from core.db.engine import Database
from core.errors import NotPermittedError, OuttrayError
from core.examination import (
    AccountFacts,
    Check,
    IdentityFacts,
    Result,
    SettingsFacts,
    failed,
    judge_credentials,
    judge_database,
    judge_feed,
    judge_identity,
    judge_notices,
    judge_quarantine,
    judge_sending,
    judge_settings,
    skipped,
)
from core.examination_feed import (
    ConfigurationSetFacts,
    Destination,
    Subscription,
    judge_configuration_set,
    judge_destinations,
    judge_subscription,
    judge_suppression,
    usable_destinations,
)
from core.examination_outbox import judge_outbox
from core.examination_queue import (
    QueueFacts,
    judge_dead_letters,
    judge_encryption,
    judge_policy,
    judge_queue,
    judge_visibility,
)
from core.ports import Clock
from core.regular_expressions.number_search import NumberSearch
from core.rules.mailbox import is_address, parse_mailbox
from core.settings import Settings

LEGS: Final = (
    "settings",
    "database",
    "credentials",
    "sending",
    "identity",
    "configuration_set",
    "suppression",
    "event_destinations",
    "subscription",
    "queue_policy",
    "queue",
    "visibility",
    "encryption",
    "dead_letters",
    "feed",
    "quarantine",
    "notices",
    "outbox",
)
"""In the order in which they are looked at: an email's way, then its events' way back."""

_KNOWN_LEGS: Final = ("feed", "quarantine", "notices", "outbox")
"""What the database alone knows."""


class Inspector(Protocol):
    """Looks at the AWS side; what kept it from looking is returned, never raised."""

    def account(self) -> AccountFacts | OuttrayError: ...
    def identity(self, address: str) -> IdentityFacts | OuttrayError | None: ...
    def configuration_set(self, name: str) -> ConfigurationSetFacts | OuttrayError: ...
    def subscriptions(self, topics: tuple[str, ...]) -> tuple[Subscription, ...] | OuttrayError: ...
    def queue(self, url: str) -> QueueFacts | OuttrayError: ...


def examine(
    settings: Settings, database: Database, aws: Inspector, clock: Clock
) -> tuple[Check, ...]:
    """Return one check a leg, in the order of ``LEGS``; changes nothing and raises nothing."""
    typed = parse_mailbox(settings.sender).address
    address = typed if is_address(typed) else ""
    source = str(settings.source or "")
    problem = NumberSearch(settings.number_pattern).problem() if settings.number_pattern else ""
    checks = [judge_settings(SettingsFacts(source, settings.sender, address, problem))]
    checks.append(_database(settings, database))
    queue = aws.queue(settings.queue_url) if settings.queue_url else None
    checks += _ses(settings, address, queue, aws)
    checks.append(judge_queue(queue))
    if isinstance(queue, QueueFacts):
        checks += [judge_visibility(queue), judge_encryption(queue), judge_dead_letters(queue)]
    else:
        why = "The queue could not be looked at."
        checks += [skipped(leg, why) for leg in ("visibility", "encryption", "dead_letters")]
    has_tables = checks[1].result is not Result.FAIL and checks[1].details.get("version")
    checks += _past(database, settings.configuration_set, clock(), can_read=bool(has_tables))
    return tuple(checks)


def unsettled(error: OuttrayError) -> tuple[Check, ...]:
    """Return the checks where the settings cannot be read: without them nothing can be."""
    why = "The settings could not be read."
    return (failed("settings", error), *(skipped(leg, why) for leg in LEGS[1:]))


def _database(settings: Settings, database: Database) -> Check:
    try:
        return judge_database(inspect.inspect(database, settings.database_label))
    except OuttrayError as error:
        return failed("database", error)


def _ses(
    settings: Settings, address: str, queue: QueueFacts | OuttrayError | None, aws: Inspector
) -> list[Check]:
    account = aws.account()
    checks = [judge_credentials(account)]
    if isinstance(account, AccountFacts):
        checks.append(judge_sending(account))
    elif isinstance(account, NotPermittedError):
        checks.append(failed("sending", account, "ses:GetAccount"))
    else:  # one question that waited for nothing is enough
        rest = LEGS[LEGS.index("sending") : LEGS.index("queue")]
        return [*checks, *(skipped(leg, "SES could not be asked.") for leg in rest)]
    identity = aws.identity(address) if address else None
    if address:
        checks.append(judge_identity(identity, address))
    else:
        checks.append(skipped("identity", "There is no From address."))
    default = identity.configuration_set if isinstance(identity, IdentityFacts) else ""
    name = settings.configuration_set or default
    chosen = aws.configuration_set(name) if name else None
    is_default = not settings.configuration_set
    checks.append(judge_configuration_set(chosen, is_default=is_default))
    reasons = account.suppressed_reasons if isinstance(account, AccountFacts) else account
    checks.append(judge_suppression(reasons, chosen))
    checks += _way_to_queue(chosen, queue, aws)
    return checks


def _way_to_queue(
    chosen: ConfigurationSetFacts | OuttrayError | None,
    queue: QueueFacts | OuttrayError | None,
    aws: Inspector,
) -> list[Check]:
    why = "The configuration set could not be looked at."
    if not isinstance(chosen, ConfigurationSetFacts):
        return [skipped("event_destinations", why), *_no_way(why)]
    checks = [judge_destinations(chosen.destinations, chosen.name)]
    if isinstance(chosen.destinations, OuttrayError):
        return [*checks, *_no_way("The event destinations could not be looked at.")]
    usable = usable_destinations(chosen.destinations)
    if not usable:
        return [*checks, *_no_way("There is no destination to follow.")]
    if not isinstance(queue, QueueFacts):
        return [*checks, *_no_way("The queue could not be looked at.")]
    return [*checks, *_last_steps(usable, queue, aws)]


def _no_way(why: str) -> list[Check]:
    return [skipped("subscription", why), skipped("queue_policy", why)]


def _last_steps(
    usable: Sequence[Destination], queue: QueueFacts, aws: Inspector
) -> tuple[Check, Check]:
    """From the topic into the queue: who is subscribed, and who is let in."""
    topics = tuple(each.topic for each in usable if each.topic)
    found = aws.subscriptions(topics) if topics else ()
    bus = next((each.bus for each in usable if each.bus), "")
    subscribed = topics
    if not isinstance(found, OuttrayError):
        ours = {each.topic for each in found if each.endpoint == queue.arn}
        subscribed = tuple(topic for topic in topics if topic in ours) or topics
    return (
        judge_subscription(found, queue.arn, bus=bus),
        judge_policy(queue, subscribed, bus=bus),
    )


def _past(
    database: Database, configuration_set: str, now: datetime, *, can_read: bool
) -> list[Check]:
    """What the database knows of the feed and of the outbox."""
    why = "The database could not be read."
    if not can_read:
        return [skipped(leg, why) for leg in _KNOWN_LEGS]
    try:
        reader = database.reader
        last_event_at = reads.last_received(reader)
        heard = feedreads.heard(reader, now, last_event_at)
        return [
            judge_feed(heard, last_event_at),
            judge_quarantine(feedreads.quarantined_count(reader)),
            judge_notices(account_notices.current(reader), configuration_set, now),
            judge_outbox(
                outbox_lists.count_waiting(reader),
                tuple(hold for hold in outbox_acts.holds(reader) if hold.stands(now)),
            ),
        ]
    except OuttrayError:
        return [skipped(leg, why) for leg in _KNOWN_LEGS]
