"""Bodies that could not be read: read again with today's code, or handed on as they are."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.aws.events.parser import parse_all
from core.db.engine import Database, Reader, UnstorableError
from core.db.rows import chunks
from core.db.writes import account_notices, events, external_email, feed
from core.db.writes.events import Unreadable
from core.files import protected_files
from core.model.errors import InputError, NeedsConfirmationError, NotFoundError, UsageError
from core.model.ports import Clock
from core.model.reports import BodyOutcome, IngestReport, Parsed, QuarantinedBody, RetryReport
from core.rules.delivery.external_email import NumberSearch, given_up
from core.rules.export.tabular import as_line

"""Bodies in one transaction."""
_AT_ONCE: Final = 500
"""Bodies in one transaction."""
_LINE: Final = re.compile(r"line \d+: ")
_REFUSED: Final = "the database refused it"


def find(reader: Reader, wanted: str) -> QuarantinedBody:
    """Return the one body whose id begins with ``wanted``.

    Raises:
        NotFoundError: none does, or several do.
    """
    found = feed.find(reader, wanted) if wanted else ()
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(
            f"{len(found)} bodies in quarantine begin with {wanted}.", "Give more of the id."
        )
    raise NotFoundError(
        f"Nothing in quarantine begins with {wanted or 'that'}.",
        "outtray events quarantine lists what is there.",
    )


def retry(
    database: Database, wanted: str, clock: Clock, search: NumberSearch | None = None
) -> RetryReport:
    """Read bodies again: all, or the one whose id begins with ``wanted``.

    What can be read now is stored and leaves the quarantine in one transaction; the rest stays,
    with the reason of today.

    Raises:
        NotFoundError: nothing, or more than one body, has such an id.
        DatabaseError: what was not reported yet is as it was.
    """
    reader = database.reader
    bodies = (find(reader, wanted),) if wanted else feed.waiting(reader)[::-1]
    report = RetryReport()
    for some in chunks(bodies, _AT_ONCE):
        report += _retry(database, some, clock, search)
    return report


def dismiss(
    database: Database, wanted: str, clock: Clock, operator: str, note: str
) -> QuarantinedBody:
    """Keep the body whose id begins with ``wanted`` out of every list, with a note; return it.

    Raises:
        NeedsConfirmationError: there is no note.
        NotFoundError: nothing, or more than one body, has such an id.
    """
    body = find(database.reader, wanted)
    if not note.strip():
        raise NeedsConfirmationError(
            "A note is required to dismiss a report.", "Say why nobody needs it: --note TEXT."
        )
    with database.transaction() as connection:
        feed.dismiss(connection, body.id, operator, note.strip(), clock())
    return find(database.reader, body.id)


def _retry(
    database: Database, bodies: Sequence[QuarantinedBody], clock: Clock, search: NumberSearch | None
) -> RetryReport:
    try:
        return _read_again(database, bodies, clock, search)
    except UnstorableError:
        if len(bodies) == 1:
            return _still_refused(database, bodies[0])
    report = RetryReport()
    for body in bodies:  # one of them holds up the others
        report += _retry(database, [body], clock, search)
    return report


def _read_again(
    database: Database, bodies: Sequence[QuarantinedBody], clock: Clock, search: NumberSearch | None
) -> RetryReport:
    verdicts = [_read(body) for body in bodies]
    kept = tuple(each for _, each, _ in verdicts if each is not None)
    released = [body.id for body, kept_as, _ in verdicts if kept_as is None]
    parts = [part for _, _, told in verdicts for part in told]
    readable = [(p.raw, p.facts) for p in parts if p.outcome is BodyOutcome.FACTS]
    # A body may hold several messages of which one is still unreadable: only that one stays.
    unreadable = [
        Unreadable(p.raw, p.reason, body.source)
        for body, kept_as, told in verdicts
        if kept_as is None
        for p in told
        if p.outcome is BodyOutcome.QUARANTINED
    ]
    now, before = clock(), given_up(search)
    mails = [p.mail for p in parts if p.mail is not None]
    facts = [fact for p in parts for fact in p.facts]
    with database.transaction() as connection:
        external_email.see(connection, mails, facts, search)
        account_notices.store(connection, [(p.notice, p.raw) for p in parts if p.notice])
        stored = events.store(connection, readable, now)
        events.quarantine_bodies(connection, unreadable, now)
        feed.release(connection, released)
        feed.keep(connection, [(body.id, body.reason) for body in kept])
    return RetryReport(
        len(released),
        kept,
        IngestReport(
            read=len(parts),
            applied=stored.applied,
            duplicate=stored.duplicate,
            unmatched=stored.unmatched,
            quarantined=len(unreadable),
            setup=sum(p.outcome is BodyOutcome.SETUP for p in parts),
            unsearched=given_up(search) - before,
        ),
    )


def _read(
    body: QuarantinedBody,
) -> tuple[QuarantinedBody, QuarantinedBody | None, tuple[Parsed, ...]]:
    """Return the body, what is kept of it as a whole, and what it says."""
    parts = parse_all(body.raw)
    if all(part.outcome is BodyOutcome.QUARANTINED for part in parts):
        line = _LINE.match(body.reason)  # where it stood in its file is still true
        reason = (line[0] if line else "") + "; ".join(dict.fromkeys(p.reason for p in parts))
        return body, replace(body, reason=reason), ()
    return body, None, parts


def _still_refused(database: Database, body: QuarantinedBody) -> RetryReport:
    with database.transaction() as connection:
        feed.keep(connection, [(body.id, _REFUSED)])
    return RetryReport(kept=(replace(body, reason=_REFUSED),))


class Quarantine:
    """Bodies that could not be read, and the ways out."""

    def __init__(
        self, database: Database, clock: Clock, operator: str, search: NumberSearch | None
    ) -> None:
        self._database, self._clock = database, clock
        self._operator, self._search = operator, search

    def waiting(self) -> tuple[QuarantinedBody, ...]:
        """Return all of them, the newest first."""
        return feed.waiting(self._database.reader)

    def find(self, wanted: str) -> QuarantinedBody:
        """Return the one body whose id begins with ``wanted``; raises ``NotFoundError``."""
        return find(self._database.reader, wanted)

    def retry(self, wanted: str = "") -> RetryReport:
        """Read them again, all or the one whose id begins with ``wanted``."""
        return retry(self._database, wanted, self._clock, self._search)

    def dismiss(self, wanted: str, note: str) -> QuarantinedBody:
        """Keep one out of every list, with a note; return it."""
        return dismiss(self._database, wanted, self._clock, self._operator, note)

    def export(self, path: Path) -> int:
        """Write all of them into a new file, the oldest first; return how many."""
        found = self.waiting()
        export(reversed(found), path)
        return len(found)


def export(bodies: Iterable[QuarantinedBody], path: Path) -> None:
    """Write JSON lines, each raw text exactly as it is kept; for nobody's eyes but the owner's.

    Raises:
        UsageError: the file exists; none is replaced.
        InputError: it cannot be written.
    """
    protected_files.refuse(path)
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists already.", "Name another file; none is replaced."
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(file, "w", encoding="ascii", newline="\n") as lines:
        lines.writelines(json.dumps(as_line(body)) + "\n" for body in bodies)
