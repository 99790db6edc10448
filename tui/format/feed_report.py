"""Pure: how the feed fares and what the doctor found, as lines for a panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from textual.content import Content

from core.model.enums import DisplayStatus
from core.model.feed import FeedState, FeedStatus
from core.rules.doctor.checks import Check, Result, summary
from tui.format.badges import toned
from tui.format.feed import LOOKS, when
from tui.format.text import ago, cell, moment

_LABEL: Final = 10
_MEANS: Final = {
    FeedState.OFF: "No queue is named, so no status comes by itself.",
    FeedState.STARTING: "The queue is being asked for the first time.",
    FeedState.LIVE: "It answers, and what it gives is stored.",
    FeedState.QUIET: "It answers, but nothing comes of what was sent.",
    FeedState.STALE: "The queue was not asked for a while.",
    FeedState.DOWN: "The queue does not answer.",
}
_SIGNS: Final = {
    Result.OK: ("✓ ok", DisplayStatus.DELIVERED),
    Result.WARN: ("▲ warn", DisplayStatus.DEFERRED),
    Result.FAIL: ("✖ fail", DisplayStatus.BOUNCED),
    Result.SKIPPED: ("· skipped", DisplayStatus.NEVER_SENT),
}


def feed_lines(status: FeedStatus, queue_url: str, now: datetime) -> Content:
    """State and since when, the queue, what waits, the last fact, the last pull."""
    glyph, word, tone = LOOKS[status.state]
    cause = f": {status.cause.value}" if status.cause else ""
    since = f"  statuses are as of {when(status.stale_since, now)}" if status.stale_since else ""
    light = f"bold ${tone.replace('--', '-', 1)}"
    lines = [
        _line("Feed", Content.assemble((f"{glyph} {word}{cause}", light), since)),
        Content.styled(cell(status.problem, 300) or _MEANS[status.state], "$muted"),
    ]
    if status.hint:
        lines.append(Content(f"→ {cell(status.hint, 300)}"))
    lines.append(_line("Queue", queue_words(queue_url)))
    lines.append(_line("Waiting", Content(_waiting(status))))
    dead = status.dead_letters
    if dead is not None:
        shown = toned(f"✖ {dead:,}", DisplayStatus.BOUNCED) if dead else Content("0")
        words = Content.assemble(shown, (" in the dead-letter queue", "$muted"))
        lines.append(_line("Dead", words))
    fact = moment(status.last_event_at, now) if status.last_event_at else "none yet"
    lines.append(_line("Last fact", Content(fact)))
    lines.append(_line("Last pull", Content(ago(status.last_answer_at, now) or "none yet")))
    if status.share_with_events is not None:
        heard = f"{status.share_with_events:.0%} of the last 24 hours' emails"
        lines.append(_line("Heard of", Content(heard)))
    return Content("\n").join(lines)


def queue_words(url: str) -> Content:
    """``outtray-events  eu-central-1, 123456789012``; any other URL as it is."""
    if not url:
        return Content.styled("not set", "$muted")
    parts = urlsplit(url)
    account, _, name = parts.path.strip("/").partition("/")
    host = parts.netloc.split(".")
    if not name:
        return Content(cell(url, 200))
    is_aws = len(host) > 2 and host[0] == "sqs" and "amazonaws" in host
    where = f"{host[1]}, {account}" if is_aws else parts.netloc
    return Content.assemble(cell(name, 80), (f"  {cell(where, 80)}", "$muted"))


def _waiting(status: FeedStatus) -> str:
    return "not known" if status.waiting is None else f"{status.waiting:,} in the queue"


def _line(label: str, words: Content) -> Content:
    return Content.assemble((f"{label:<{_LABEL}}", "$muted"), words)


def unread_line(count: int | None, key: str) -> Content:
    """How many bodies could not be read."""
    if not count:
        return _line("Unread", Content("…" if count is None else "every report could be read"))
    words = toned(f"▲ {count:,} could not be read", DisplayStatus.DEFERRED)
    return _line("Unread", Content.assemble(words, (f"   {key} shows them", "$muted")))


def doctor_lines(checks: Sequence[Check]) -> Content:
    """One line a leg, and what to do next; what AWS and files say is made harmless."""
    lines = [Content.styled(summary(checks, "fail"), "bold")]
    for check in checks:
        said, word = _SIGNS[check.result]
        leg = check.leg.replace("_", " ")
        lines.append(Content.assemble(toned(f"{said:<10}", word), (leg, "bold")))
        quiet = "$muted" if check.result in (Result.OK, Result.SKIPPED) else ""
        lines.append(Content.styled(f"  {cell(check.title, 400)}", quiet))
        if check.next:
            lines.append(Content(f"  → {cell(check.next, 400)}"))
    return Content("\n").join(lines)
