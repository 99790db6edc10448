"""``outtray attention`` and ``outtray insights``."""

from __future__ import annotations

from argparse import Namespace

from core.model.attention import MOST, AttentionChip, AttentionRow
from core.model.enums import DocumentKind
from core.model.insights import Insights
from core.rules.monitoring.deliverability import RateVerdict, share, standing
from core.rules.monitoring.incidents import BOUNCE_LIMITS, COMPLAINT_LIMITS
from tui.cli.commands.common import opened, put_json
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import insights as insight_lines
from tui.format import records
from tui.format.records import attention_row
from tui.format.shell_commands import next_step
from tui.format.text import cell, money
from tui.runtime.exits import DONE
from tui.tables.attention import nothing, wrong_words

_WIDTH = 78


def attention(options: Namespace) -> int:
    chip = AttentionChip(options.only)
    with opened() as backend:
        ids = backend.attention.ids(chip, options.limit or MOST)
        rows = backend.attention.rows(ids)
        counts = backend.attention.counts()
    if options.json:
        put_json([attention_row(row) for row in rows])
    elif rows:
        _print(rows)
    else:
        say(nothing(chip, counts[AttentionChip.ACKNOWLEDGED]).partition("\n")[0])
    if counts[chip] > len(rows):
        say(f"{len(rows)} of {counts[chip]}; --limit 0 shows the first {MOST:,}.")
    return DONE


def _print(rows: tuple[AttentionRow, ...]) -> None:
    text.table(
        ("Number", "Customer", "Wrong", "Balance", "Overdue", "Next", "Why"),
        [
            (
                cell(row.document.number, 20),
                cell(row.document.customer, 28),
                "call" if row.word is None else text.status(row.word, is_forward=row.is_forward),
                _balance(row),
                f"{row.days_overdue} d" if row.days_overdue else "",
                next_step(row.next, row.document.number),
                wrong_words(row),
            )
            for row in rows
        ],
        right=(3, 4),
    )


def _balance(row: AttentionRow) -> str:
    document = row.document
    if document.kind is DocumentKind.ESTIMATE:
        return ""
    return f"{money(document.balance_due, document.currency)} {cell(document.currency, 4)}"


# --------------------------------------------------------------------------- insights


def insights(options: Namespace) -> int:
    with opened() as backend:
        found = backend.insights.over(options.days)
    if options.json:
        put_json(_insights(found))
    elif not found.total.sent:
        say(f"Nothing was sent in the last {found.days} days.")
    else:
        for name in insight_lines.SECTIONS:
            print(insight_lines.section(name, found, _WIDTH).plain)
            print()
    return DONE


def _insights(found: Insights) -> records.Json:
    total = found.total
    return {
        "days": found.days,
        "since": records.instant(found.since),
        **records.plain(total),
        "bounce": _rate(standing(total.bounced, total.sent, BOUNCE_LIMITS), BOUNCE_LIMITS),
        "complaint": _rate(
            standing(total.complained, total.sent, COMPLAINT_LIMITS), COMPLAINT_LIMITS
        ),
        "by_day": [
            {"day": records.day(day.on), **records.plain(day.tally)} for day in found.by_day
        ],
        **records.shaped(found, "causes failures_read times usual_seconds follow_ups"),
        "domains": [
            records.plain(each) | {"delivered_share": _of_one(each.delivered, each.sent)}
            for each in found.domains
        ],
    }


def _rate(verdict: RateVerdict, limits: tuple[float, float]) -> records.Json:
    return {
        "rate": round(verdict.rate, 6),
        "level": verdict.level.value,
        "words": verdict.words,
        "review": limits[0],
        "pause": limits[1],
    }


def _of_one(part: int, whole: int) -> float | None:
    found = share(part, whole)
    return None if found is None else round(found, 6)
