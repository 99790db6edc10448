"""What has to hold once everybody is gone: against the stand-in's own record, row by row."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from bench.neighbours.databases import sqlite_damage
from bench.neighbours.office import Office, address_of
from bench.neighbours.programs import Program
from core.aws.events.parser import OUR_TAG, parse_all
from core.db.engine import Database, Reader
from core.db.writes.event_matching import row_key, type_of_key
from core.model.enums import Status
from core.model.errors import OuttrayError
from core.services import integrity_check

_NEVER_LEFT = (Status.QUEUED, Status.SENDING, Status.UNCONFIRMED, Status.FAILED, Status.CANCELLED)


@dataclass
class Findings:
    """What is wrong, by kind; all empty is the proof."""

    twice: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)
    """Accepted, and the database says otherwise; or the other way round."""
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What no program may say, or how none may end."""

    @property
    def all(self) -> list[str]:
        return [
            f"{name}: {each}"
            for name in ("twice", "mistaken", "lost", "damaged", "faults")
            for each in getattr(self, name)
        ]


def examine(
    office: Office,
    name: str,
    url: str,
    intents: Iterable[str],
    done: Iterable[Program],
    into: Findings,
) -> Counter[str]:
    """Do what is left in a database that nobody uses any more, compare; return the counts."""
    counted: Counter[str] = Counter()
    with damage_is_found(into):
        into.faults += office.finish(url)
    _twice(office, intents, into, counted)
    with damage_is_found(into), closing(Database(url)) as database:
        _mails(office, database.reader, into, counted)
        _reports(office, database.reader, into, counted)
        _kept(database.reader, done, into, counted)
        into.damaged += map(str, integrity_check.check(database).differences)
    with damage_is_found(into):
        into.damaged += office.databases.damage(name, office.folder / name)
    for copy in [each.words.file for each in done if each.words.file is not None]:
        if copy.exists():
            counted["copies"] += 1
            with damage_is_found(into):
                into.damaged += [f"{copy.name}: {each}" for each in sqlite_damage(copy)]
    return counted


@contextmanager
def damage_is_found(into: Findings) -> Iterator[None]:
    """A database that does not answer when nobody disturbs it is damaged."""
    try:
        yield
    except (OuttrayError, sqlite3.Error) as error:
        into.damaged.append(str(error))


def _twice(office: Office, intents: Iterable[str], into: Findings, counted: Counter[str]) -> None:
    """What the stand-in alone knows."""
    sent = office.simulator.sent()
    tags = _tags(office)
    told = Counter(address.casefold() for each in sent for address in each["recipients"])
    meant = Counter(address_of(each) for each in (*office.queued, *intents))
    counted["mails"] = len(sent)
    counted["reports"] = len(office.simulator.reports())
    counted["told"] = len(_told(office))
    for address, times in told.items():
        if times > max(1, meant[address]):
            into.twice.append(f"{address} was mailed {times} times")
    into.twice += [f"tag {each} was accepted {n} times" for each, n in tags.items() if n > 1]


def _told(office: Office) -> set[type_of_key]:
    """What was reported, each once."""
    bodies = office.simulator.reports()
    return {row_key(fact) for each in bodies for part in parse_all(each) for fact in part.facts}


def _tags(office: Office) -> Counter[str]:
    return Counter(each["tags"].get(OUR_TAG, "") for each in office.simulator.sent())


def _mails(office: Office, reader: Reader, into: Findings, counted: Counter[str]) -> None:
    tags = _tags(office)
    rows = reader.rows("SELECT tag, address, status FROM deliveries", {})
    known = {row[0] for row in rows}
    into.mistaken += [f"{tag} was accepted, and no row says so" for tag in tags if tag not in known]
    for tag, address, status in rows:
        word, times = Status(status), tags[tag]
        counted[word.name] += 1
        if bool(times) == (word in _NEVER_LEFT):
            into.mistaken.append(f"{address} is {word.name}, and SES has it {times} times")


def _reports(office: Office, reader: Reader, into: Findings, counted: Counter[str]) -> None:
    rows = reader.rows("SELECT message_id, at, type, recipient_key, discriminator FROM events", {})
    kept = {tuple(row) for row in rows}
    counted["events"] = len(kept)
    meant = _told(office)
    counted["kept"] = len(meant & kept)
    into.lost += [f"report {each} is not in the database" for each in sorted(meant - kept)]
    if left := office.left():
        into.lost.append(f"{left} reports are still in the queue")


def _kept(reader: Reader, done: Iterable[Program], into: Findings, counted: Counter[str]) -> None:
    """What a program has said to be done is done."""
    for program in done:
        words = program.words
        if program.exit_code == 0 and words.kept:
            counted["promises"] += 1
            if not reader.rows(words.kept, {"value": words.value}):
                into.lost.append(f"{' '.join(words.arguments)} said 0, and nothing of it is there")
