"""Which providers turn us away, from the deliveries of the last hours. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.model.enums import Status
from core.rules.diagnosis import Diagnosis, explain
from core.rules.monitoring.incidents import ProviderTrouble
from core.rules.monitoring.mailbox_providers import provider_of

#: What many customers of one provider must share to be more than chance.
TOGETHER: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(hours=15)
"""SES gives up after 14 hours; what was sent before is settled."""
FEWEST_CUSTOMERS: Final = 3
_LEAST_SHARE: Final = 0.3
#: About one mailbox or one message, whoever's server says it.
_NOT_THE_PROVIDER: Final = frozenset({"address", "mailbox_full", "too_big"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery of the last hours."""

    customer_id: int
    domain: str
    status: Status
    sent_at: datetime
    deferred_at: datetime | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    diagnostic: str = ""
    enhanced_status: str = ""
    subtype: str = ""
    isp: str = ""


@dataclass(frozen=True, slots=True)
class _Sign:
    attempt: Attempt
    at: datetime
    blames_us: bool


def provider_troubles(attempts: Iterable[Attempt], now: datetime) -> tuple[ProviderTrouble, ...]:
    """Return the providers that many customers at once cannot be reached at.

    A delivery speaks against its provider while it is deferred, and for an hour after it bounced;
    a full mailbox or an unknown address does not. Three customers within an hour make a trouble, if
    the provider has not taken most of what else it got since then.
    """
    known = list(attempts)
    providers = _providers(known)
    groups: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in known:
        groups[providers[attempt.domain]].append(attempt)
    found = [t for name in groups if (t := _trouble(name, groups[name], now)) is not None]
    return tuple(sorted(found, key=lambda t: (-t.customers, t.provider)))


def _providers(attempts: Sequence[Attempt]) -> dict[str, str]:
    """What one server of a domain says of itself holds for the whole domain."""
    told: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for attempt in attempts:
        told[attempt.domain] |= {(0, attempt.isp), (1, attempt.diagnostic)}
    return {
        domain: provider_of(domain, (words for _, words in sorted(said)))
        for domain, said in told.items()
    }


def _trouble(name: str, attempts: Sequence[Attempt], now: datetime) -> ProviderTrouble | None:
    signs = sorted((s for a in attempts if (s := _sign(a, now))), key=lambda s: s.at)
    since = _beginning(signs)
    if since is None:
        return None
    signs = [sign for sign in signs if sign.at >= since]
    taken = sum(a.delivered_at is not None and a.delivered_at >= since for a in attempts)
    if len(signs) < _LEAST_SHARE * (len(signs) + taken):
        return None
    bounced = sum(sign.attempt.status is not Status.DEFERRED for sign in signs)
    return ProviderTrouble(
        provider=name,
        since=since,
        deferred=len(signs) - bounced,
        bounced=bounced,
        customers=len({sign.attempt.customer_id for sign in signs}),
        deliveries=len(signs) + taken,
        blames_us=2 * sum(sign.blames_us for sign in signs) > len(signs),
    )


def _sign(attempt: Attempt, now: datetime) -> _Sign | None:
    """Return what a delivery says against its provider, if it does."""
    deferred = attempt.status is Status.DEFERRED
    at = attempt.deferred_at if deferred else attempt.bounced_at
    if at is None or at > now or not (deferred or attempt.status in _BOUNCED):
        return None
    if not deferred and now - at > TOGETHER:
        return None
    found = explain(attempt.diagnostic, attempt.enhanced_status, attempt.subtype)
    if not _is_providers(attempt.status, found):
        return None
    return _Sign(attempt, at, found.fault == "our_reputation")


_BOUNCED: Final = (Status.SOFT_BOUNCED, Status.BOUNCED)


def _is_providers(status: Status, found: Diagnosis) -> bool:
    if status is Status.BOUNCED:
        return found.class_ == "blocked"
    return found.class_ not in _NOT_THE_PROVIDER


def _beginning(signs: Sequence[_Sign]) -> datetime | None:
    """Return when the first hour began in which enough customers were turned away."""
    for position, first in enumerate(signs):
        within = [s for s in signs[position:] if s.at - first.at <= TOGETHER]
        if len({s.attempt.customer_id for s in within}) >= FEWEST_CUSTOMERS:
            return first.at
    return None
