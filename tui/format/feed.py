"""Pure: what the top line, its tooltip and a toast say of the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.model.feed import FeedState, FeedStatus
from tui.format.badges import Span
from tui.format.text import ago, cell, clock_time, moment

LOOKS: Final = {
    FeedState.OFF: ("○", "off", "tone--never-sent"),
    FeedState.STARTING: ("◌", "starting", "tone--deferred"),
    FeedState.LIVE: ("●", "live", "tone--delivered"),
    FeedState.QUIET: ("●", "quiet", "tone--deferred"),
    FeedState.STALE: ("◌", "stale", "tone--deferred"),
    FeedState.DOWN: ("✖", "down", "tone--bounced"),
}
#: Below this share the top line says how many emails were heard of, where there is room.
_NEARLY_ALL: Final = 0.995


def feed_words(status: FeedStatus, now: datetime) -> tuple[tuple[Span, ...], ...]:
    """Return ways to say how the feed fares, the longest first."""
    if status.is_stale:
        return _stale_words(status, now)
    glyph, word, tone = LOOKS[status.state]
    light = (Span(glyph, tone), Span(f" {word}", tone if status.state is FeedState.QUIET else ""))
    labelled = (Span("feed ", "ink--dim"), *light)
    answered = ago(status.last_answer_at, now)
    dead = _dead_letters(status)
    if not answered or status.state in (FeedState.OFF, FeedState.STARTING):
        return labelled, labelled, labelled, light
    waiting = "" if status.waiting is None else f" · {status.waiting:,} waiting"
    dated = (*labelled, Span(f" {answered}", "ink--dim"), *dead)
    full = (*labelled, Span(f" {answered}", "ink--dim"), Span(waiting, "ink--dim"), *dead)
    event = f" · event {ago(status.last_event_at, now)}" if status.last_event_at else ""
    share = _share(status)
    rest = Span(f" · {share} heard of", "ink--dim") if share else Span("")
    most = (
        *labelled,
        Span(f" {answered}{event}", "ink--dim"),
        Span(waiting, "ink--dim"),
        *dead,
        rest,
    )
    return most, full, dated, (*light, *dead)


def _stale_words(status: FeedStatus, now: datetime) -> tuple[tuple[Span, ...], ...]:
    glyph, word, tone = LOOKS[status.state]
    cause = f": {status.cause.value}" if status.cause else ""
    as_of = f" · as of {when(status.stale_since, now)}" if status.stale_since else ""
    label = Span("feed ", "ink--dim")
    full = (label, Span(f"{glyph} {word}{cause}", tone), Span(as_of, "ink--warning"))
    brief = (label, Span(f"{glyph} {word}", tone), Span(as_of, "ink--warning"))
    least = Span(as_of.removeprefix(" ·") if as_of else f" {word}", tone)
    return full, full, brief, (Span(glyph, tone), least)


def when(at: datetime, now: datetime) -> str:
    """``09:12`` today, ``19 Nov 09:12`` on any other day."""
    return moment(at, now).removeprefix("today ")


def _dead_letters(status: FeedStatus) -> tuple[Span, ...]:
    if not status.dead_letters:
        return ()
    return (Span(f" · {status.dead_letters:,} dead", "tone--bounced"),)


def _share(status: FeedStatus) -> str:
    share = status.share_with_events
    return "" if share is None or share >= _NEARLY_ALL else f"{share:.0%}"


def tooltip_lines(status: FeedStatus, now: datetime) -> list[str]:
    """Return everything that is known of the feed, the trouble first; foreign text is harmless."""
    lines = [cell(part, 400) for part in (status.problem, status.hint) if part]
    if status.stale_since:
        lines.append(f"The statuses shown are as of {when(status.stale_since, now)}.")
    if status.last_event_at:
        lines.append(f"Last event {moment(status.last_event_at, now)}.")
    if status.waiting is not None and status.last_answer_at:
        lines.append(f"{status.waiting:,} in the queue.")
    if status.dead_letters is not None and status.last_answer_at:
        lines.append(f"{status.dead_letters:,} in the dead-letter queue.")
    if status.share_with_events is not None:
        lines.append(f"{status.share_with_events:.0%} of the last 24 hours' emails have an event.")
    return lines


@dataclass(frozen=True, slots=True)
class News:
    """A toast about the feed."""

    title: str
    text: str
    severity: Literal["information", "error"]


def news(before: FeedStatus, after: FeedStatus, now: datetime) -> News | None:
    """Return what to tell when the feed goes down, and when it is back; else nothing."""
    was_down, is_down = (each.state is FeedState.DOWN for each in (before, after))
    if is_down and not was_down:
        cause = f": {after.cause.value}" if after.cause else ""
        since = f" Statuses are as of {when(after.stale_since, now)}." if after.stale_since else ""
        text = f"{cell(after.problem, 300)} {cell(after.hint, 300)}{since}".strip()
        return News(f"The feed is down{cause}", text, "error")
    if was_down and not is_down:
        said = f" Since {clock_time(before.stale_since)} it was not." if before.stale_since else ""
        return News("The feed is back", f"Statuses are kept up to date again.{said}", "information")
    return None
