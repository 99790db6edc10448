"""Results as text for people: tables that fit a terminal, foreign text made harmless."""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from core.model.chasing import Call
from core.model.delivery import Note
from core.model.documents import CustomerRow, DocumentRow
from core.model.email import Decision, SendOutcome, Verdict, Weight
from core.model.enums import DisplayStatus
from core.model.history import DocumentLog, EmailEntry
from core.rules.chasing.call_reminders import needs_call
from core.rules.export.tabular import readable
from core.rules.monitoring.delivery_latency import late_document, late_words
from core.rules.monitoring.feed_health import is_stuck, no_word
from tui.cli.output import stamped_lines
from tui.format import chasing, records
from tui.format.moments import spoken
from tui.format.shell_commands import with_shell_commands
from tui.format.text import ago, amounts, cell, csv_cell, moment, money

if TYPE_CHECKING:
    from core.rules.diagnosis import Diagnosis


def out(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def say(text: str, level: str = stamped_lines.INFO) -> None:
    """Tell a person, on standard error; that nobody listens any more stops no work."""
    with contextlib.suppress(OSError):
        sys.stderr.write(stamped_lines.line(text, level) + "\n")


def as_json(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that a terminal can be shown: nothing in it is obeyed, nothing is changed."""
    is_utf8 = "utf" in (sys.stdout.encoding or "").lower()
    text = json.dumps(value, ensure_ascii=not is_utf8, indent=indent)
    return readable(text)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Print columns as wide as they need; those in ``right`` are numbers."""
    lines = [list(titles), *(list(row) for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(titles))]
    for line in lines:
        cells = [
            " " * (width - cell_len(text)) + text
            if i in right
            else text + " " * (width - cell_len(text))
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        out("  ".join(cells).rstrip())


# --------------------------------------------------------------------------- looking


def customers(rows: Sequence[CustomerRow]) -> None:
    now = datetime.now(UTC)
    table(
        ("Customer", "Address", "Open balance", "Documents", "Last sent", "Needs attention"),
        (
            (
                cell(row.name, 40),
                cell(row.address, 40),
                amounts(row.open_balance),
                str(row.documents),
                ago(row.last_sent_at, now),
                _attention(row),
            )
            for row in rows
        ),
        right=(2, 3),
    )


def _attention(row: CustomerRow) -> str:
    counts = (
        (row.bounced, "bounced"),
        (row.complained, "complained"),
        (row.dropped, "dropped"),
        (row.failed, "failed"),
        (row.unconfirmed, "unconfirmed"),
        (row.never_reached, "never reached"),
        (row.needs_call, "to call"),
    )
    return " · ".join(f"{count} {word}" for count, word in counts if count)


def documents(rows: Sequence[DocumentRow]) -> None:
    now = datetime.now(UTC)
    table(
        (
            "Number", "Customer", "Kind", "Status", "Total", "Balance", "Sends", "Last sent",
            "Last recipient", "Delivery",
        ),
        (
            (
                cell(row.number, 20),
                cell(row.customer, 30),
                row.kind.value,
                cell(row.status, 12),
                f"{money(row.total, row.currency)} {row.currency}",
                money(row.balance_due, row.currency),
                str(row.summary.send_count),
                ago(row.summary.last_sent_at, now),
                cell(row.summary.last_recipient, 40),
                _delivery(row, now),
            )
            for row in rows
        ),
        right=(4, 5, 6),
    )  # fmt: skip


def _delivery(row: DocumentRow, judged_at: datetime) -> str:
    summary = row.summary
    words = [status(summary.word, is_forward=summary.is_forward)]
    if is_stuck(summary.word, summary.last_sent_at, judged_at):
        words.append("?")
    if late_document(row, judged_at):
        words.append("late")
    if summary.by_program:
        words.append("?")
    if summary.other_failed:
        words.append(f"! {summary.delivered}/{summary.recipients}")
    others = sorted(status(w) for w in summary.unresolved if w is not summary.word)
    if others:
        words.append(f"⟵ {' '.join(others)}")
    if needs_call(row, judged_at):
        words.append("☎ call")
    words.append(chasing.held_mark(row.held_until, judged_at))
    return " ".join(filter(None, words))


def status(word: DisplayStatus, *, is_forward: bool = False) -> str:
    """A status as the badges say it: ``BOUNCED soft``, ``BOUNCED forward``."""
    if word is DisplayStatus.SOFT_BOUNCED:
        return f"BOUNCED {'forward' if is_forward else 'soft'}"
    return word.value


def documents_csv(rows: Sequence[DocumentRow]) -> None:
    """Print CSV; text that a spreadsheet would run as a formula gets an apostrophe."""
    entries = [records.document(row) for row in rows]
    columns = (
        "number", "kind", "customer", "status", "currency", "total", "balance_due", "issued_on",
        "due_on", "send_count", "last_sent_at", "last_recipient", "delivery",
        "unresolved_failure", "never_reached",
    )  # fmt: skip
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    numbers = {"total", "balance_due", "send_count"}
    for entry in entries:
        writer.writerow(
            entry[name] if name in numbers else harmless(entry[name]) for name in columns
        )


def harmless(value: Any) -> str:
    """Return text for a cell of CSV that no spreadsheet runs."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else csv_cell(value)


def log(history: DocumentLog) -> None:
    document = history.document
    now = datetime.now(UTC)
    judged_at = history.as_of or now
    out(
        f"{document.kind.value.capitalize()} {cell(document.number)} · {cell(document.customer)}"
        f" · {cell(document.status)} · {money(document.total, document.currency)}"
        f" {document.currency} · {_delivery(document, judged_at)}"
    )
    if history.as_of is not None:
        out(f"As known {spoken(history.as_of, now)}, not as it is now.")
    for line in chasing.state_lines(history, judged_at):
        out(line)
    if not history.emails:
        out("Nothing was sent yet.")
    for entry in chasing.newest_first(history.emails, history.calls):
        if isinstance(entry, Call):
            out()
            out(chasing.call_line(entry, now))
        else:
            _email(entry, now, judged_at)


def _email(entry: EmailEntry, now: datetime, judged_at: datetime) -> None:
    out()
    kind = entry.kind.value.replace("_", "-").capitalize()
    out(
        f"{kind}  {cell(entry.subject, 70)}  {moment(entry.created_at, now)}"
        f" · {cell(entry.sent_by)}"
    )
    for recipient in entry.recipients:
        state = recipient.state
        out(
            f"  {recipient.role.value} {cell(recipient.address)}"
            f"  {status(state.word, is_forward=state.is_forward)}"
        )
        for verb, doubt in (("opened", recipient.open_doubt), ("clicked", recipient.click_doubt)):
            if doubt:
                out(f"    {verb}, maybe by a program ({doubt})")
        if state.diagnostic:
            out(f"    server said  {cell(state.diagnostic, 400)}")
        if state.sent_at and is_stuck(state.word, state.sent_at, judged_at):
            out(f"    {no_word(state.sent_at, judged_at)}")
        if recipient.late is not None:
            out(f"    {cell(late_words(recipient.late), 400)}")
        if recipient.error:
            out(f"    {cell(recipient.error, 400)}")
        for note in recipient.notes:
            _note(note, now, "    ")
        out(f"    {recipient.advice}")
    for note in entry.notes:
        _note(note, now, "  ")


def _note(note: Note, now: datetime, indent: str) -> None:
    said = f" · {cell(note.diagnostic, 400)}" if note.diagnostic else ""
    out(f"{indent}note {moment(note.at, now)}  {cell(note.text)}{said}")


def diagnosis_json(found: Diagnosis) -> records.Json:
    return records.shaped(found, "cause class=class_ fault hard enhanced_status? advice next")


def diagnosis(found: records.Json) -> None:
    for key, value in found.items():
        out(f"{key:16} {value if value is not None else ''}".rstrip())


# --------------------------------------------------------------------------- sending


def outcome(sent: SendOutcome) -> None:
    """Tell what became of one document, and what the gate found."""
    number = cell(sent.number)
    for finding in sent.verdict.findings:
        sign = {Weight.NOTE: "note", Weight.ASK: "asks", Weight.REFUSE: "refused"}[finding.weight]
        about = f" ({cell(finding.address)})" if finding.address else ""
        say(f"{number}: {sign}: {cell(finding.title)}{about}")
        for line in (finding.detail, with_shell_commands(finding.next)):
            if line:
                say(f"    {cell(line)}")
    if sent.email_id is None:
        say(f"{number}: {_stopped(sent.verdict)}")
    for recipient in sent.recipients:
        error = f": {cell(recipient.error)}" if recipient.error else ""
        say(f"{number}: {cell(recipient.address)} {recipient.status.value}{error}")


def _stopped(verdict: Verdict) -> str:
    """What a send that the gate stopped comes to, and how its questions are answered."""
    if verdict.decision is Decision.REFUSE:
        return "nothing was sent."
    if not verdict.may_double:
        return "nothing was sent. Answer with --yes to send."
    return (
        "sent no second time. Settle the earlier one with outtray outbox settle, or send again"
        " with --yes --again."
    )


# --------------------------------------------------------------------------- import


def progress() -> Callable[[str, int, int], None] | None:
    """Return a one-line progress display, or ``None`` where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def show(what: str, done: int, total: int) -> None:
        if total > 100_000 or done < total:
            share = 100 * done // max(total, 1)
            sys.stderr.write(f"\r\x1b[K{cell(what)} {share} %")
        if done >= total:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return show


def upgrade_progress(what: str, done: int, total: int) -> None:
    """Say how far an upgrade of the database is, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what} {100 * done // max(total, 1)} %")
        sys.stderr.write("\r\x1b[K" if done >= total else "")
        sys.stderr.flush()


# --------------------------------------------------------------------------- events
