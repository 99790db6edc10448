"""An office: one database, several programs at it, the stand-in for AWS, and how programs end.

What is done is named by small numbers taken modulo what there is, so that every act can be done in
every state and a failing run can be written down as a plain test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Final

from core.aws.clients import Clients
from core.aws.events.parser import OUR_TAG
from core.aws.queue import SqsFeed
from core.db.engine import Database
from core.model.enums import DisplayStatus, address_key
from core.model.errors import OuttrayError
from core.model.outbox import OutboxEntry
from core.settings.loading import load
from core.simulator import Simulator
from tests.core.machine.books import Books
from tests.core.machine.clocks import TickingClock
from tests.core.machine.known import Known, Listed
from tests.core.machine.post import Post
from tests.core.machine.program import Killed, Program

OPERATORS: Final = ("anna", "ben")
#: What is short has few; a number beyond them would disturb nothing.
MOMENTS: Final = {"pull": 4, "cancel": 3, "settle": 3, "suppress": 3, "release": 6, "import": 9}


@dataclass
class Office:
    """Everything that the rules act on; ``new_url`` makes an empty database of the kind."""

    url: str
    folder: Path
    aws: Simulator
    clients: Clients
    clock: TickingClock
    copy_database: Callable[[Office, Path], str]
    """Copies the database, to the path where it is a file; returns the URL of the copy."""
    can_go_back: bool = True
    """Whether ``db backup`` is for this kind of database."""
    books: Books = field(default_factory=Books)
    called: list[str] = field(default_factory=list)
    """Tags of calls since the last look."""
    listed: dict[str, list[Listed]] = field(default_factory=dict)
    misjudged: set[str] = field(default_factory=set)
    """Tags of which a person said *not sent*; the next report says who is right."""
    unheard: set[str] = field(default_factory=set)
    """Tags that were out before a restore: their reports were deleted, their rows may be gone."""
    backups: list[Known] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.post = Post(SqsFeed(self.clients, self.aws.environment["OUTTRAY_QUEUE_URL"]))
        self.programs = [self.new_program(n) for n in range(len(OPERATORS))]
        self.aws.set_account(max_send_rate=100_000.0)
        self.open_judge()

    def open_judge(self) -> None:
        """A connection of its own, which looks and never writes."""
        self.database = Database(self.url)

    def new_program(self, n: int) -> Program:
        settings = load(
            {
                **self.aws.environment,
                "OUTTRAY_DATABASE_URL": self.url,
                "OUTTRAY_OPERATOR": OPERATORS[n],
            }
        )
        return Program(settings, self.clients, self.clock, self.post, self.called.append)

    def close(self) -> None:
        for program in self.programs:
            program.close()
        self.database.close()

    # ----------------------------------------------------------------- who acts, on what

    def program(self, n: int) -> Program:
        return self.programs[n % len(self.programs)]

    def start_again(self, n: int) -> None:
        """A program that was killed is started again: another process, another name."""
        n %= len(self.programs)
        self.programs[n].close()
        self.programs[n] = self.new_program(n)

    def document_id(self, n: int) -> int | None:
        rows = self.database.reader.rows("SELECT id FROM documents ORDER BY id", {})
        return int(rows[n % len(rows)][0]) if rows else None

    def entry(self, n: int, *words: DisplayStatus) -> OutboxEntry | None:
        """One of the deliveries there are, by what they say."""
        ids = [int(row[0]) for row in self.database.reader.rows("SELECT id FROM emails", {})]
        found = [
            each
            for each in self.programs[0].backend.outbox.deliveries(sorted(ids))
            if not words or each.word in words
        ]
        return found[n % len(found)] if found else None

    # ----------------------------------------------------------------- acts

    def do(self, act: str, p: int, a: int) -> None:
        """Let a program do something; words of Outtray's own are an answer like any other."""
        from tests.core.machine.acts import ACTS  # they are made of what this class offers

        try:
            ACTS[act](self, p, a)
        except OuttrayError as error:
            self.happened[f"{act}: {type(error).__name__}"] += 1
        else:
            self.happened[act] += 1

    def tags_of(self, email_id: int) -> Mapping[str, list[str]]:
        tags: dict[str, list[str]] = {}
        for key, tag in self.database.reader.rows(
            "SELECT address_key, tag FROM deliveries WHERE email_id = :id", {"id": email_id}
        ):
            tags.setdefault(str(key), []).append(str(tag))
        return tags

    def unlist(self, address: str) -> None:
        for entry in self.listed.get(address_key(address), []):
            entry.until = entry.until or self.clock()

    def look_at_own_list(self) -> None:
        """After an act that may have ended anywhere: what is on the list now is on it from now."""
        rows = self.database.reader.rows("SELECT address_key FROM suppressions", {})
        there = {str(row[0]) for row in rows}
        for key in there:
            entries = self.listed.setdefault(key, [])
            if not entries or entries[-1].until is not None:
                entries.append(Listed(self.clock()))
        for key in set(self.listed) - there:
            self.unlist(key)

    def mend_everything(self) -> None:
        self.aws.set_faults(throttle=0, fail=0, swallow=0, slow=0)

    # ----------------------------------------------------------------- ends of programs

    def killed_in(self, act: str, p: int, a: int, at: int) -> None:
        """Kill a program at a moment of what it does; it is started again."""
        self._give_work_for(act, p, a)
        self.program(p).moments.kill_at(at % MOMENTS.get(act, at + 1))
        try:
            with suppress(Killed):
                self.do(act, p, a)
        finally:
            self.program(p).moments.forget()
        if self.program(p).moments.is_dead:
            self.happened[f"killed in {act}"] += 1
            self.start_again(p)
            self.look_at_own_list()

    def killed_for_real(self, a: int, at: int) -> None:
        """A process of its own works the outbox, and the kernel ends it."""
        from tests.core.machine.child import work_and_die

        self._give_work_for("work", 0, a)
        code = work_and_die(self.aws.environment, self.url, self.clock(), at)
        assert code in (0, -SIGKILL), code
        self.clock.advance(seconds=1)
        self.happened[f"a process ended with {code}"] += 1

    def _give_work_for(self, act: str, p: int, a: int) -> None:
        """Where nothing waits there is nothing to disturb."""
        if act == "work":
            self.do("resume", p, 0)
            self.do("enqueue", p, a | 1)
        self.post.fetch()
        if act == "pull" and not self.post.waiting:
            self.do("send", p, a)

    def overtaken_in(
        self, act: str, p: int, a: int, at: int, others: list[tuple[str, int]]
    ) -> None:
        """Let the other program do several things at a moment of what this one does."""

        def meanwhile() -> None:
            self.happened[f"overtaken in {act}"] += 1
            for name, number in others:
                self.do(name, p + 1, number)

        self._give_work_for(act, p, a)
        self.program(p).moments.interrupt_at(at % MOMENTS.get(act, at + 1), meanwhile)
        try:
            self.do(act, p, a)
        finally:
            self.program(p).moments.forget()

    # ----------------------------------------------------------------- what the stand-in says

    def accepted(self) -> dict[str, int]:
        """How often SES took what, by our tag."""
        counts: dict[str, int] = {}
        for each in self.aws.sent():
            tag = str(each["tags"][OUR_TAG])
            counts[tag] = counts.get(tag, 0) + 1
        return counts

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)
