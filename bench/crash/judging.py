"""What must be true of a database whose program stopped, or could not write, at any moment."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.crash.office import Office, accepted
from bench.crash.tracing import Ended
from core.model.enums import Status

_NOTHING_SENT: Final = re.compile(
    r"nothing (was|is|were) (sent|half-written|changed|stored|kept|written)|half-written",
    re.IGNORECASE,
)
_BLIND_RETRY: Final = re.compile(r"\b(then )?try again\b|answer with --yes", re.IGNORECASE)
_KNOWS: Final = re.compile(r"SES has|UNCONFIRMED|unconfirmed|SENDING|may already be on its way")
_NOT_KEPT: Final = re.compile(r"nothing \w+ \w+ (kept|stored|changed|written)|half-written", re.I)
_COULD_BE_OUT: Final = (Status.SENDING, Status.UNCONFIRMED)

type_of_rows = dict[str, tuple[Status, str]]
"""Status and number of each delivery, by its tag."""
type_of_found = Iterator[tuple[str, str]]
"""``unexplained`` or ``wrong sentence``, and what it is."""


def sound(office: Office) -> type_of_found:
    """The copy is a whole database, and its summaries are those of its events."""
    if office.rows("PRAGMA integrity_check") != [("ok",)]:
        yield "unexplained", f"integrity: {office.rows('PRAGMA integrity_check')[:2]}"
    checked = office.on_image("db", "check")
    if checked.code:
        yield "unexplained", f"db check: {_short(checked.output)}"


def sending(
    office: Office, number: str, again: tuple[str, ...], ended: Ended | None
) -> type_of_found:
    """Accepted at most once and always known to be; also when it is repeated, now and later."""
    taken = accepted(office.live)
    yield from sound(office)
    rows = _deliveries(office)
    yield from _explained(taken, rows)
    if ended is not None:
        yield from _sentences(ended, taken, rows)
    numbers = {n for status, n in rows.values() if status < Status.FAILED}
    if numbers:  # else all is sent, and to send it again is a new decision
        wanted = number if number in numbers else min(numbers)
        yield from _repeated(office, (*again, wanted, "--yes"), taken, rows)
        office.hour_later()
        yield from _repeated(office, (*again, wanted, "--yes"), taken, rows)
    office.hour_later()
    office.on_image("outbox", "work")
    both = accepted(office.live, office.after)
    yield from (("unexplained", f"{tag}: {n} times") for tag, n in both.items() if n > 1)
    yield from (("unexplained", f"{who}: {n} mails") for who, n in _mailed(office) if n > 1)
    yield from sound(office)


def _mailed(office: Office) -> list[tuple[str, int]]:
    sent = [*office.live.sent(), *office.after.sent()]
    return [*Counter(who for each in sent for who in each["recipients"]).items()]


def _explained(taken: Counter[str], rows: type_of_rows) -> type_of_found:
    for tag, times in taken.items():
        status, _ = rows.get(tag, (None, ""))
        known = status is not None and (status in _COULD_BE_OUT or status >= Status.SENT)
        if times > 1 or not known:
            yield "unexplained", f"accepted {times} times, and the row is {status!r}"


def _repeated(
    office: Office, arguments: tuple[str, ...], taken: Counter[str], rows: type_of_rows
) -> type_of_found:
    """What is not known to have ended is not sent again by *yes* alone; what waited may go."""
    repeated = office.on_image(*arguments)
    if any(tag not in rows for tag in accepted(office.after)):
        yield "unexplained", f"{' '.join(arguments)} sent again: {_short(repeated.output)}"
    number = arguments[-2]
    is_taken = any(rows[tag][1] == number for tag in taken if tag in rows)
    if is_taken and (said := _said(repeated.output)):
        yield "wrong sentence", f"the repeat: {said}"


def _deliveries(office: Office) -> type_of_rows:
    return {
        tag: (Status(status), number)
        for tag, status, number in office.rows(
            "SELECT x.tag, x.status, d.number FROM deliveries x"
            " JOIN documents d ON d.id = x.document_id"
        )
    }


def _sentences(ended: Ended, taken: Counter[str], rows: type_of_rows) -> type_of_found:
    if "Traceback" in ended.output:
        yield "wrong sentence", f"a traceback: {_short(ended.output[-300:])}"
    if not taken:
        return
    if said := _said(ended.output):
        yield "wrong sentence", said
    is_open = any(rows.get(tag, (Status.QUEUED, ""))[0] < Status.SENT for tag in taken)
    if is_open and not _KNOWS.search(ended.output):
        yield "wrong sentence", f"does not say that SES has it: {_short(ended.output)}"
    if is_open and ended.code == 0:
        yield "wrong sentence", "ended with 0 although the record could not be kept"


def _said(output: str) -> str:
    """The line that says that nothing was sent, or that invites to send it again."""
    for line in output.splitlines():
        if _NOTHING_SENT.search(line) or _BLIND_RETRY.search(line):
            return _short(line)
    return ""


def all_or_nothing(
    office: Office,
    counting: str,
    sizes: tuple[int, int],
    again: tuple[str, ...],
    ended: Ended | None,
) -> type_of_found:
    """``counting`` gives the first of ``sizes`` or the second, and the second after a repeat."""
    yield from sound(office)
    ((found,),) = office.rows(counting)
    if found not in sizes:
        yield "unexplained", f"half of it is there: {found} of {sizes}"
    if ended is not None:
        if "Traceback" in ended.output:
            yield "wrong sentence", f"a traceback: {_short(ended.output[-300:])}"
        if ended.code == 0 and found != sizes[1]:
            yield "unexplained", f"it ended with 0, and {found} is there"
        if found == sizes[1] and (said := _NOT_KEPT.search(ended.output)):
            yield "wrong sentence", f"it is there, and {said.group()!r} was said"
    repeated = office.on_image(*again)
    ((after,),) = office.rows(counting)
    if after != sizes[1]:
        yield "unexplained", f"{after} after a repeat: {_short(repeated.output)}"
    yield from sound(office)


def reports(office: Office, expected: int, ended: Ended | None) -> type_of_found:
    """What was deleted from the queue is in the database; the rest comes again, once."""
    deleted = len(office.bodies) - office.in_queue(office.live)
    ((kept,),) = office.rows("SELECT count(*) FROM payloads")
    if deleted > kept:
        yield "unexplained", f"{deleted} deleted from the queue, {kept} in the database"
    office.fill_queue(office.after)
    sizes = (0, expected) if not deleted else (expected, expected)
    yield from all_or_nothing(
        office, "SELECT count(*) FROM events", sizes, ("events", "pull"), ended
    )


def copied(office: Office, ended: Ended | None) -> type_of_found:
    """The source is as it was; a copy of that name is whole."""
    yield from sound(office)
    copy = office.image.with_name("copy.db")
    if ended is not None and "Traceback" in ended.output:
        yield "wrong sentence", f"a traceback: {_short(ended.output[-300:])}"
    if copy.exists():
        if (found := _integrity(copy)) != "ok":
            yield "unexplained", f"the copy: {found}"
    elif ended is not None and ended.code == 0:
        yield "unexplained", "it ended with 0, and there is no copy"
    repeated = office.on_image("db", "backup", str(copy.with_name("other.db")))
    if repeated.code or _integrity(copy.with_name("other.db")) != "ok":
        yield "unexplained", f"no backup afterwards: {_short(repeated.output)}"


def upgraded(office: Office, ended: Ended | None) -> type_of_found:
    """The old version or the new one; the copy beside it, once it has its name, is whole."""
    for path in office.image.parent.glob("outtray.db.before-*"):
        if ".part" not in path.name and (found := _integrity(path)) != "ok":
            yield "unexplained", f"{path.name}: {found}"
    yield from all_or_nothing(
        office, "SELECT count(*) FROM documents", (1, 1), ("db", "upgrade"), ended
    )


def _integrity(path: Path) -> str:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)


def _short(text: str) -> str:
    return " ".join(text.split())[:220]
