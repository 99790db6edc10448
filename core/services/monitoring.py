"""Looks ahead of single emails: incidents and insights; answers are kept for a while.

Answers are kept for a while: they change slowly, and the gate and the screens ask often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from core.db.engine import Database
from core.db.reads import monitoring
from core.db.writes import account_notices
from core.model.documents import Late
from core.model.enums import Status, domain_of
from core.model.history import RecipientEntry
from core.model.insights import Insights
from core.model.ports import Clock
from core.rules.monitoring.deliverability import added, by_day, causes, first_day, median, times
from core.rules.monitoring.delivery_latency import lateness
from core.rules.monitoring.incidents import ProviderTrouble, Reputation, Trouble
from core.rules.monitoring.mailbox_providers import provider_of
from core.rules.monitoring.provider_incidents import provider_troubles
from core.services.delivery_latency import KeptAnswers, Paces

_TROUBLE_KEPT: Final = timedelta(seconds=50)
_REPUTATION_KEPT: Final = timedelta(minutes=5)
_UNCONFIRMED: Final = (Status.SENT, Status.DEFERRED)


class IncidentWatch:
    """One per program; safe for several threads, which at worst ask the database twice."""

    def __init__(self, database: Database, clock: Clock, paces: Paces | None = None) -> None:
        self._database = database
        self._clock = clock
        self._paces = paces or Paces(database, clock)
        self._troubles = KeptAnswers(clock, _TROUBLE_KEPT, self._ask_troubles)
        self._reputation = KeptAnswers(clock, _REPUTATION_KEPT, self._ask_reputation)

    def trouble(self) -> Trouble:
        """Return what goes wrong now; all empty where nothing does."""
        return Trouble(
            self._troubles.of(None),
            self._reputation.of(None),
            account_notices.current(self._database.reader),
        )

    def of(self, addresses: Sequence[str]) -> dict[str, ProviderTrouble]:
        """Return the trouble each address would run into."""
        troubles = {trouble.provider: trouble for trouble in self._troubles.of(None)}
        if not troubles:
            return {}
        domains = {domain_of(address) for address in addresses}
        told = monitoring.told_by(self._database.reader, domains)
        providers = {domain: provider_of(domain, told[domain]) for domain in domains}
        found = {a: troubles.get(providers[domain_of(a)]) for a in addresses}
        return {address: trouble for address, trouble in found.items() if trouble is not None}

    def late(self, entry: RecipientEntry, as_of: datetime | None = None) -> Late | None:
        """Return what makes a delivery late, ``None`` for one that is confirmed or not yet late."""
        sent_at = entry.state.sent_at
        if entry.state.status not in _UNCONFIRMED or sent_at is None:
            return None
        domain = domain_of(entry.address)
        return lateness(domain, self._paces.of(domain), (as_of or self._clock()) - sent_at)

    def _ask_troubles(self, _: None, now: datetime) -> tuple[ProviderTrouble, ...]:
        return provider_troubles(monitoring.attempts(self._database.reader, now), now)

    def _ask_reputation(self, _: None, now: datetime) -> Reputation:
        return monitoring.reputation(self._database.reader, now)


DAYS: Final = (7, 30, 90)
_INSIGHTS_KEPT: Final = timedelta(minutes=1)


class Counting:
    """One per program; safe for several threads, which at worst count twice."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._known = KeptAnswers(clock, _INSIGHTS_KEPT, self._count)

    def over(self, days: int, *, again: bool = False) -> Insights:
        """Return the figures of so many days, today included; ``again``: count them anew."""
        return self._known.of(days, again=again)

    def _count(self, days: int, now: datetime) -> Insights:
        reader = self._database.reader
        since = first_day(days, now)
        quarters = monitoring.by_quarter(reader, since)
        said = monitoring.diagnostics(reader, since)
        took = monitoring.times(reader, since)
        return Insights(
            days=days,
            since=since,
            counted_at=now,
            total=added(tally for _, tally in quarters),
            by_day=by_day(quarters, since, now, None),
            causes=causes(said),
            failures_read=sum(each[3] for each in said),
            domains=monitoring.domains(reader, since),
            times=times(took),
            usual_seconds=median(took),
            follow_ups=monitoring.follow_ups(reader, since),
        )
