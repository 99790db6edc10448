"""The outbox in words and as JSON; the screen and the command line say the same."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.model.enums import DisplayStatus
from core.model.outbox import Progress
from core.rules.monitoring.send_rate import hold_words
from tui.format.records import Json, shaped
from tui.format.text import cell, moment

if TYPE_CHECKING:
    from core.model.outbox import OutboxEntry, OutboxOverview, WorkReport

NOTHING: Final = Progress()
MEANING: Final = {
    DisplayStatus.QUEUED: "It waits for its turn.",
    DisplayStatus.SENDING: "It is being handed to SES.",
    DisplayStatus.UNCONFIRMED: "Nobody knows whether SES took it.",
    DisplayStatus.FAILED: "It was not sent.",
}


def entry_json(entry: OutboxEntry) -> Json:
    return shaped(
        entry,
        "number customer kind subject address status=word queued_at sent_by batch_id? not_before"
        " tries error?",
    )


def progress_json(progress: Progress) -> Json:
    return shaped(progress, "waiting going sent failed unconfirmed cancelled total")


def overview_json(overview: OutboxOverview, entries: tuple[OutboxEntry, ...]) -> Json:
    return {
        "progress": progress_json(overview.progress),
        "holds": [shaped(each, "name by since until words retry_at") for each in overview.holds],
        "batches": [
            shaped(each, "batch_id queued_at queued_by", **progress_json(each.progress))
            for each in overview.batches
        ],
        "entries": [entry_json(entry) for entry in entries],
    }


def report_json(report: WorkReport) -> Json:
    return shaped(report, "sent failed unconfirmed waiting next_at words?")


def counted(count: int, what: str = "email") -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def report_line(report: WorkReport) -> str:
    """Say what was done, what waits, and why."""
    done = [
        f"{count:,} {word}"
        for count, word in (
            (report.sent, "sent"),
            (report.failed, "failed"),
            (report.unconfirmed, "unconfirmed"),
        )
        if count
    ]
    parts = [", ".join(done) if done else "Nothing was sent"]
    if report.waiting:
        parts.append(f"{counted(report.waiting)} still in the outbox")
    line = "; ".join(parts) + "."
    return f"{line} {cell(report.words, 300)}".strip()


def progress_line(progress: Progress) -> str:
    """Say how far it is: ``12 waiting · 1 going · 30 sent · 1 failed``."""
    parts = (
        (progress.waiting, "waiting"),
        (progress.going, "going"),
        (progress.sent, "sent"),
        (progress.failed, "failed"),
        (progress.unconfirmed, "unconfirmed"),
        (progress.cancelled, "cancelled"),
    )
    return " · ".join(f"{count:,} {word}" for count, word in parts if count) or "empty"


def bar(progress: Progress, width: int) -> str:
    """Draw how much is done; it is full only when nothing is left."""
    if not progress.total:
        return "─" * width
    full = progress.done * width // progress.total
    return "━" * full + "─" * (width - full)


def holds_line(overview: OutboxOverview) -> str:
    return " ".join(cell(hold_words(hold), 300) for hold in overview.holds)


def why(entry: OutboxEntry, now: datetime) -> str:
    """Say why it stands where it stands."""
    if (
        entry.word is DisplayStatus.QUEUED
        and entry.not_before is not None
        and entry.not_before > now
    ):
        return f"again at {moment(entry.not_before, now)}: {cell(entry.error, 300)}"
    if entry.word is DisplayStatus.QUEUED and entry.held_by:
        return "taken, about to go"
    return cell(entry.error, 300)
