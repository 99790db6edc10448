"""Kill -9 of ``outtray outbox work --follow``: every email leaves once, or it is known why not.

``uv run python -m bench.kill_send [--times N] [--emails N] [--workers N] [--postgresql]``.
Follow-ups are put into the outbox through the gate; programs work it against the stand-in for AWS
over HTTP, which throttles, fails, swallows answers, is slow, doubles and shuffles its reports. The
programs are killed and started again, half of them at any moment since their start, half while they
send. Then they work undisturbed, the feed is read, and every delivery is compared with the
stand-in's own record.

What was killed between the note *this is being sent* and the call itself, and what failed inside
SES, stays UNCONFIRMED, since no report about it will ever come: it is counted, and settled as a
person would who looks into SES.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.aws.events.parser import OUR_TAG
from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes import outbox
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.documents import DocumentFilter
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.outbox import OutboxEntry
from core.services import integrity_check
from core.settings.loading import load
from core.simulator import Simulator

_LEASE_SECONDS: Final = 1.0
_RATE: Final = 40.0
_STARTS_WITHIN: Final = 0.25
_WORKS_AT_MOST: Final = 0.5
_PATIENCE: Final = 180.0
_KILLED_BEFORE: Final = "killed before the call, settled by a person"
_FAILED_INSIDE: Final = "failed inside SES, settled by a person"
_PRELOADED: Final = ["bench.worker_program"]


@dataclass
class Office:
    """One database, one stand-in, and the programs that work the outbox."""

    simulator: Simulator
    backend: Backend
    random: Random
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    forks: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    # ----------------------------------------------------------------- programs

    def program(self) -> Any:
        """Start a program: a process of its own that runs the real command line."""
        from bench.worker_program import work

        process = self.forks.Process(
            target=work, args=(_LEASE_SECONDS, dict(os.environ)), daemon=True
        )
        process.start()
        return process

    def kill_one(self, programs: list[Any]) -> None:
        """Kill a program at some moment, and start another in its place."""
        before = self._accepted()
        if self.random.random() < 0.5:
            time.sleep(self.random.uniform(0, _STARTS_WITHIN + _WORKS_AT_MOST))
        else:
            deadline = time.monotonic() + _STARTS_WITHIN + 2 * _LEASE_SECONDS
            while self._accepted() == before and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(self.random.uniform(0, _WORKS_AT_MOST))
        position = self.random.randrange(len(programs))
        programs[position].kill()
        programs[position].join(30)
        self.counted["kills"] += 1
        self.counted["kills with work left"] += self.backend.outbox.waiting() > 0
        programs[position] = self.program()

    def _accepted(self) -> int:
        return self.simulator.accepted

    # ----------------------------------------------------------------- a round

    def round(self, emails: int, workers: int, times: int) -> None:
        """Fill the outbox, kill while it is worked, drain, read the feed, compare."""
        self.counted["rounds"] += 1
        ids = self._fill(emails)
        programs = [self.program() for _ in range(workers)]
        killed = 0
        while killed < times and self.backend.outbox.waiting():
            self._trouble()
            self.kill_one(programs)
            killed += 1
        self.simulator.set_faults(throttle=0, fail=0, swallow=0, slow=0)
        self._drain()
        for each in programs:
            each.kill()
            each.join(30)
        self._read_the_feed(ids)
        self._compare(ids)

    def _fill(self, emails: int) -> tuple[int, ...]:
        first = self.counted["emails"]
        self.counted["emails"] += emails
        entries = [_entry(n) for n in range(first, first + emails)]
        database = Database(self.backend.settings.database_url)
        with database.transaction() as connection:
            put_documents(connection, Catalogue(connection), entries)
        numbers = {entry.number for entry in entries}
        rows = [
            row
            for row in documents.page_documents(database.reader, DocumentFilter())
            if row.number in numbers
        ]
        database.close()
        drafts = [self.backend.compose(EmailKind.FOLLOW_UP, row.id).draft for row in rows]
        queued = self.backend.outbox.enqueue(drafts, confirmed=True)
        if len(queued.email_ids) != emails:
            self.wrong.append(f"only {len(queued.email_ids)} of {emails} were enqueued")
        return queued.email_ids

    def _trouble(self) -> None:
        """Something new goes wrong at the other end."""
        faults: dict[str, float] = {
            "throttle": self.random.choice((0, 0, 1, 3)),
            "fail": self.random.choice((0, 0, 0, 1)),
            "swallow": self.random.choice((0, 0, 1, 2)),
            "swallow_seconds": 0.05,
            "slow": self.random.choice((0.0, 0.01, 0.05)),
        }
        self.simulator.set_faults(**faults)

    def _drain(self) -> None:
        """The programs that are left work undisturbed until nothing waits or is being sent."""
        deadline = time.monotonic() + _PATIENCE
        while self.backend.outbox.waiting():
            if time.monotonic() > deadline:
                self.wrong.append(f"{self.backend.outbox.waiting()} never left the outbox")
                return
            time.sleep(0.1)

    def _read_the_feed(self, ids: tuple[int, ...]) -> None:
        """Until everything that SES took is told of, and a moment longer."""
        taken = self._taken()
        self.counted["unconfirmed before the feed"] += sum(
            entry.word is DisplayStatus.UNCONFIRMED for entry in self.backend.outbox.deliveries(ids)
        )
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            report = self.backend.pull(1)
            settled = all(
                entry.word is not DisplayStatus.UNCONFIRMED or not taken[self._tag(entry)]
                for entry in self.backend.outbox.deliveries(ids)
            )
            if settled and not report.read:
                return

    # ----------------------------------------------------------------- the proof

    def _taken(self) -> Counter[str]:
        """How often SES took what, by our tag: one intent to mail one address."""
        return Counter(each["tags"][OUR_TAG] for each in self.simulator.sent())

    def _tag(self, entry: OutboxEntry) -> str:
        return self._tags[entry.delivery_id]

    @property
    def _tags(self) -> dict[int, str]:
        database = Database(self.backend.settings.database_url)
        rows = database.reader.rows("SELECT id, tag FROM deliveries", {})
        database.close()
        return {row[0]: row[1] for row in rows}

    def _compare(self, ids: tuple[int, ...]) -> None:
        taken, tags = self._taken(), self._tags
        for entry in self.backend.outbox.deliveries(ids):
            times = taken[tags[entry.delivery_id]]
            name = f"{entry.number} {entry.address} is {entry.word}"
            if times > 1:
                self.wrong.append(f"{name}, and was sent {times} times")
            match entry.word:
                case DisplayStatus.UNCONFIRMED if not times:
                    self._settle_as_a_person(entry)
                case DisplayStatus.FAILED if not times and entry.error:
                    self.counted["failed with the reason"] += 1
                case (
                    DisplayStatus.QUEUED
                    | DisplayStatus.SENDING
                    | DisplayStatus.UNCONFIRMED
                    | DisplayStatus.FAILED
                ):
                    self.wrong.append(f"{name}, and SES has it {times} times")
                case _ if times == 1:
                    self.counted["sent exactly once"] += 1
                case _:
                    self.wrong.append(f"{name}, but SES never had it")

    def _settle_as_a_person(self, entry: OutboxEntry) -> None:
        stopped = entry.error == outbox.STOPPED_MID_CALL
        self.counted[_KILLED_BEFORE if stopped else _FAILED_INSIDE] += 1
        self.backend.outbox.settle(entry.delivery_id, was_sent=False, note="SES has no such email")
        (after,) = self.backend.outbox.deliveries([entry.email_id])
        if after.word is not DisplayStatus.FAILED or "SES has no such email" not in after.error:
            self.wrong.append(f"{entry.number} could not be settled: {after.word}")

    def end(self) -> None:
        """What holds over all rounds."""
        recipients = Counter(r for each in self.simulator.sent() for r in each["recipients"])
        self.counted["accepted by SES"] = sum(recipients.values())
        self.counted["recipients mailed twice"] = sum(n > 1 for n in recipients.values())
        database = Database(self.backend.settings.database_url)
        self.wrong += map(str, integrity_check.check(database).differences)
        database.close()


def _entry(n: int) -> DocumentEntry:
    customer = CustomerEntry(f"Customer {n}", f"success+n{n}@simulator.amazonses.com")
    owed = Decimal(100)
    return DocumentEntry(
        customer, DocumentKind.INVOICE, f"INV-{n:05}", "OPEN", "EUR", owed, owed, None, None
    )


@contextmanager
def open_office(database_url: str, folder: Path, seed: int) -> Iterator[Office]:
    """A stand-in that doubles and shuffles what it reports, and a front door to it."""
    with Simulator(visibility_seconds=5) as simulator, ExitStack() as stack:
        environment = {
            **simulator.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "OUTTRAY_DATABASE_URL": database_url,
            "OUTTRAY_CONFIG": str(folder / "settings.toml"),
            "OUTTRAY_OPERATOR": "anna",
        }
        (folder / "settings.toml").write_text("", encoding="utf-8")
        before = dict(os.environ)
        stack.callback(os.environ.update, before)
        stack.callback(os.environ.clear)  # first: the last that is said is done first
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(environment)
        simulator.set_faults(duplicate=True, shuffle=True)
        simulator.set_account(max_send_rate=_RATE)
        backend = Backend(load(os.environ))
        backend.open()
        stack.callback(backend.close)
        multiprocessing.set_forkserver_preload(_PRELOADED)
        yield Office(simulator, backend, Random(seed))


def prove(office: Office, times: int, emails: int, workers: int) -> None:
    """Kill ``times`` programs, in as many rounds as that takes."""
    while office.counted["kills"] < times:
        office.round(emails, workers, times - office.counted["kills"])
    office.end()


NAMES: Final = (
    "rounds",
    "kills",
    "kills with work left",
    "emails",
    "unconfirmed before the feed",
    "sent exactly once",
    "failed with the reason",
    _KILLED_BEFORE,
    _FAILED_INSIDE,
    "accepted by SES",
    "recipients mailed twice",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--emails", type=int, default=200, help="follow-ups a round")
    parser.add_argument("--workers", type=int, default=1, help="programs at once")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with TemporaryDirectory(prefix="outtray-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with ExitStack() as stack:
            url = f"sqlite:///{folder / 'outtray.db'}"
            if options.postgresql:
                url = stack.enter_context(postgresql(folder / "server"))
            office = stack.enter_context(open_office(url, folder, options.seed))
            prove(office, options.times, options.emails, options.workers)
    for each in NAMES:
        print(f"{each:44} {office.counted[each]:7}")
    print(f"{'wrong':44} {len(office.wrong):7}")
    print(f"{'seconds':44} {time.monotonic() - started:7.0f}")
    print("\n".join(office.wrong[:20]), end="\n" if office.wrong else "")
    raise SystemExit(1 if office.wrong or office.counted["recipients mailed twice"] else 0)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A database on the server that the tests start, too."""
    from tests.conftest import PostgresServer

    folder.mkdir()
    server = PostgresServer(folder)
    try:
        yield server.url(server.create())
    finally:
        server.stop()


if __name__ == "__main__":
    main()
