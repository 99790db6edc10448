"""Stores the events in message bodies: what cannot be read is kept, duplicates count once."""

from __future__ import annotations

import logging
import time
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.aws.events.files import Body, numbered_bodies
from core.aws.events.parser import parse_all
from core.db.engine import Database, UnstorableError
from core.db.rows import chunks
from core.db.writes import account_notices, events, external_email
from core.db.writes.events import Arrival, Unreadable
from core.files import protected_files
from core.model.errors import InputError, ServiceError
from core.model.ports import Clock, Feed, QueueMessage
from core.model.reports import BodyOutcome, IngestReport, Parsed
from core.rules.delivery.external_email import NumberSearch, given_up

__all__ = ["Parsed", "ingest", "load", "parse_file", "pull", "read_bodies"]

_log: Final = logging.getLogger(__name__)

_UTF_16: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
_LOOKED_AT: Final = 8_192
"""Bytes of a file in which a NUL says that it is no text."""
"""Bodies of a file in one transaction."""
_AT_ONCE: Final = 500
"""Bodies of a file in one transaction."""
_FULL: Final = 10
"""As many messages as SQS gives at once; fewer of them, and hardly any more are waiting."""
_MOST_GATHERED: Final = 1_000
_RECEIVERS: Final = 4
_ROUND_TRIP_SECONDS: Final = 0.01
"""A call that is answered sooner is work for the processor: several at once would not help."""
_GATHER_SECONDS: Final = 0.25
"""How long more messages are gathered into one commit, while the first ones wait."""


def pull(
    database: Database,
    feed: Feed,
    clock: Clock,
    wait_seconds: int,
    search: NumberSearch | None = None,
) -> IngestReport:
    """Take what waits in the queue, up to a thousand; delete it there only after the commit here.

    Raises:
        ServiceError: the queue; what was received comes again.
        DatabaseError: nothing was stored and nothing deleted.
    """
    messages = _gather(feed, wait_seconds)
    if not messages:
        return IngestReport()
    report = ingest(database, [message.body for message in messages], "queue", clock, search=search)
    feed.delete(messages)
    return report


def _gather(feed: Feed, wait_seconds: int) -> list[QueueMessage]:
    """Receive again while more seems to wait, for a moment: a commit costs more than its facts.

    Where a call takes a round trip, full answers are followed by two calls at once, then by four.
    """
    received = feed.receive(wait_seconds)
    messages = list(received)
    if len(received) < _FULL:
        return messages
    began = time.monotonic()
    deadline = began + _GATHER_SECONDS
    at_once, more = 1, True
    with ThreadPoolExecutor(_RECEIVERS, "receive") as pool:
        while more and began < deadline:
            at_once = min(at_once, _RECEIVERS, (_MOST_GATHERED - len(messages)) // _FULL)
            answers = [pool.submit(feed.receive, 0) for _ in range(at_once)]
            found = [_answered(answer) for answer in answers]
            messages += [message for answer in found for message in answer]
            more = bool(found) and all(len(answer) >= _FULL for answer in found)
            began, before = time.monotonic(), began
            at_once = 2 * at_once if began - before > _ROUND_TRIP_SECONDS else 1
    return messages


def _answered(answer: Future[Sequence[QueueMessage]]) -> Sequence[QueueMessage]:
    """What is here is stored first: the next receive says what is wrong."""
    try:
        return answer.result()
    except ServiceError as error:
        _log.warning("A part of the queue did not answer", exc_info=error)
        return ()


def load(
    database: Database, path: Path, clock: Clock, search: NumberSearch | None = None
) -> IngestReport:
    """Store everything in a file: JSON lines, an array, one object, any envelope."""
    bodies = read_bodies(path)
    report = IngestReport()
    for some in chunks(bodies, _AT_ONCE):
        parts = [part for body in some for part in _parse_line(body)]
        report += _ingest(database, parts, path.name, clock, None, search)
    return report


def read_bodies(path: Path) -> list[Body]:
    """Return the bodies of a file; bytes that are no UTF-8 stay visible as escapes.

    Raises:
        InputError: the file cannot be read at all, or is no text.
    """
    try:
        content = protected_files.read_bytes(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if content.startswith(_UTF_16):
        return numbered_bodies(content.decode("utf-16", "replace"))
    if b"\x00" in content[:_LOOKED_AT]:
        raise InputError(
            f"{path} is not a text file.", "Expected JSON, JSON lines, or an email (.eml)."
        )
    return numbered_bodies(content.decode("utf-8-sig", "backslashreplace"))


def parse_file(path: Path) -> list[Parsed]:
    """Return what Outtray reads in a file, without storing it; raises ``InputError``."""
    return [part for body in read_bodies(path) for part in _parse_line(body)]


def _parse_line(body: Body) -> Iterator[Parsed]:
    """What cannot be read says which line of its file it began on."""
    for part in parse_all(body.text):
        if part.outcome is BodyOutcome.QUARANTINED:
            yield replace(part, reason=f"line {body.line}: {part.reason}")
        else:
            yield part


def ingest(
    database: Database,
    bodies: Sequence[str],
    source: str,
    clock: Clock,
    arrival: Arrival | None = None,
    search: NumberSearch | None = None,
) -> IngestReport:
    """Store the facts of ``bodies`` in one transaction.

    They were received now; ``arrival`` says otherwise of a history that is told afterwards. An
    email of another program is linked to its document where that is certain; ``search`` finds
    numbers (``core.rules.delivery.external_email.mentions``).

    A body whose values the database refuses is put into quarantine, so that it cannot hold up the
    ones around it. A database that is not well is no reason for that: its error is raised.
    """
    parsed = [part for body in bodies for part in parse_all(body)]
    return _ingest(database, parsed, source, clock, arrival, search)


def _ingest(
    database: Database,
    parsed: Sequence[Parsed],
    source: str,
    clock: Clock,
    arrival: Arrival | None,
    search: NumberSearch | None,
) -> IngestReport:
    before = given_up(search)
    report = _store_each(database, parsed, source, clock, arrival, search)
    return replace(report, unsearched=given_up(search) - before)


def _store_each(
    database: Database,
    parsed: Sequence[Parsed],
    source: str,
    clock: Clock,
    arrival: Arrival | None,
    search: NumberSearch | None,
) -> IngestReport:
    try:
        return _store(database, parsed, source, clock, arrival, search)
    except UnstorableError:
        if len(parsed) == 1:
            return _refused(database, parsed, source, clock)
    report = IngestReport()
    for part in parsed:
        try:
            report += _store(database, [part], source, clock, arrival, search)
        except UnstorableError:
            report += _refused(database, [part], source, clock)
    return report


def _store(
    database: Database,
    parsed: Iterable[Parsed],
    source: str,
    clock: Clock,
    arrival: Arrival | None,
    search: NumberSearch | None,
) -> IngestReport:
    parts = list(parsed)
    readable = [(p.raw, p.facts) for p in parts if p.outcome is BodyOutcome.FACTS]
    unreadable = [
        Unreadable(p.raw, p.reason, source) for p in parts if p.outcome is BodyOutcome.QUARANTINED
    ]
    now = clock()
    mails = [p.mail for p in parts if p.mail is not None]
    facts = [fact for p in parts for fact in p.facts]
    with database.transaction() as connection:
        external_email.see(
            connection, mails, facts, search
        )  # first: the facts then find the deliveries
        account_notices.store(connection, [(p.notice, p.raw) for p in parts if p.notice])
        stored = events.store(connection, readable, arrival or now)
        events.quarantine_bodies(connection, unreadable, now)
    return IngestReport(
        read=len(parts),
        applied=stored.applied,
        duplicate=stored.duplicate,
        unmatched=stored.unmatched,
        quarantined=len(unreadable),
        setup=sum(p.outcome is BodyOutcome.SETUP for p in parts),
    )


def _refused(
    database: Database, parsed: Sequence[Parsed], source: str, clock: Clock
) -> IngestReport:
    reason = "the database refused it"
    with database.transaction() as connection:
        events.quarantine_bodies(
            connection, [Unreadable(p.raw, reason, source) for p in parsed], clock()
        )
    return IngestReport(read=len(parsed), quarantined=len(parsed))
