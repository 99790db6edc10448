"""How sending went: rates against AWS's limits, days, causes and times. Pure.

The limits and what counts are those of ``core.rules.monitoring.incidents``; source: SES's guide,
*bounce rate* and *complaint rate* (review at 5 % and 0.1 %, pause at 10 % and 0.5 %). The count is
our own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from core.model.insights import CauseCount, Day, Tally, TimeCount
from core.rules.diagnosis import explain
from core.rules.monitoring.incidents import FEWEST_EMAILS, percent

#: Upper ends, in seconds; what took longer is in one more.
TIMES: Final = (2, 10, 60, 300, 1_800, 7_200)
_CLOSE: Final = 0.8
MOST_CAUSES: Final = 6
#: Shorter than the first sentence of the advice.
_SAID: Final = {"suppressed": "The address is on a suppression list"}


class Level(StrEnum):
    """How a rate stands to AWS's limits."""

    FEW = "few"
    """There are too few emails to have a rate."""
    WITHIN = "within"
    CLOSE = "close"
    REVIEW = "review"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class RateVerdict:
    rate: float
    """Of 1."""
    level: Level
    words: str


def standing(count: int, sent: int, limits: tuple[float, float]) -> RateVerdict:
    """Return the verdict on ``count`` of ``sent`` emails; ``limits``: review, pause."""
    review, pause = limits
    rate = count / sent if sent else 0.0
    if not sent:
        return RateVerdict(rate, Level.FEW, "no emails, no rate")
    if sent < FEWEST_EMAILS:
        words = f"too few to judge; AWS reviews accounts at {percent(review)}"
        return RateVerdict(rate, Level.FEW, words)
    if rate >= pause:
        return RateVerdict(rate, Level.PAUSE, f"AWS may pause accounts at {percent(pause)}")
    if rate >= review:
        words = f"AWS reviews accounts at {percent(review)}, may pause at {percent(pause)}"
        return RateVerdict(rate, Level.REVIEW, words)
    if rate >= round(review * _CLOSE, 6):  # not a hair above it
        return RateVerdict(rate, Level.CLOSE, f"close: AWS reviews accounts at {percent(review)}")
    words = f"within limits; AWS reviews accounts at {percent(review)}"
    return RateVerdict(rate, Level.WITHIN, words)


def first_day(days: int, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Return the beginning of the first of ``days`` days that end today, in ``zone``."""
    today = now.astimezone(zone)
    first = today.date() - timedelta(days=max(1, days) - 1)
    midnight = datetime(first.year, first.month, first.day, tzinfo=zone)
    return midnight if zone else midnight.astimezone()


def added(tallies: Iterable[Tally]) -> Tally:
    """Return the sum."""
    sums: Counter[str] = Counter()
    for tally in tallies:
        for each in fields(Tally):
            sums[each.name] += getattr(tally, each.name)
    return Tally(**sums)


def by_day(
    counted: Iterable[tuple[datetime, Tally]], since: datetime, until: datetime, zone: tzinfo | None
) -> tuple[Day, ...]:
    """Fold short stretches of time into the days of ``zone``, with those that are empty.

    What lies outside is left out.
    """
    found: dict[date, list[Tally]] = defaultdict(list)
    for at, tally in counted:
        found[at.astimezone(zone).date()].append(tally)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = (first + timedelta(days=n) for n in range(max(0, (last - first).days + 1)))
    return tuple(Day(day, added(found.get(day, ()))) for day in days)


def causes(diagnostics: Iterable[tuple[str, str, str, int]]) -> tuple[CauseCount, ...]:
    """Return the most frequent causes of (diagnostic, code, subtype, how often)."""
    counts: Counter[str] = Counter()
    told: dict[str, tuple[str, str]] = {}
    for diagnostic, code, subtype, count in diagnostics:
        found = explain(diagnostic, code, subtype)
        counts[found.cause] += count
        said = _SAID.get(found.cause) or found.advice.partition(". ")[0].rstrip(".")
        told.setdefault(found.cause, (said, found.fault))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CAUSES]
    return tuple(CauseCount(cause, *told[cause], count) for cause, count in ordered)


def times(took: Iterable[tuple[int, int]]) -> tuple[TimeCount, ...]:
    """Return every stretch of ``TIMES`` with its number, of (tenths of a second, how often)."""
    counts: Counter[int] = Counter()
    for tenths, count in took:
        counts[bisect_left(TIMES, tenths / 10)] += count
    uptos: tuple[int | None, ...] = (*TIMES, None)
    return tuple(TimeCount(upto, counts[place]) for place, upto in enumerate(uptos))


def median(took: Iterable[tuple[int, int]]) -> float | None:
    """Return the seconds within which half of them had arrived, of the same; ``None`` for none."""
    ordered = sorted(took)
    half = (sum(count for _, count in ordered) + 1) // 2
    seen = 0
    for tenths, count in ordered:
        seen += count
        if seen >= half > 0:
            return tenths / 10
    return None


def share(part: int, whole: int) -> float | None:
    """Return ``part`` of ``whole``, of 1; ``None`` where there is nothing to be part of."""
    return part / whole if whole else None
