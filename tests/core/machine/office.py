"""An office: one database, several programs at it, the stand-in for AWS, and all they can do.

What is done is named by small numbers taken modulo what there is, so that every act can be done in
every state and a failing run can be written down as a plain test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from signal import SIGKILL
from typing import Any, Final

from core.db.engine import Database
from core.errors import FailedImport, NotFoundError, OuttrayError
from core.model import (
    DocumentFilter,
    EmailKind,
    OutboxEntry,
    SendOutcome,
    Word,
    address_key,
)
from core.ses.clients import Clients
from core.ses.feed import SqsFeed
from core.ses.payload import OUR_TAG
from core.settings import load
from core.simulator import Simulator
from tests.core.machine import reports
from tests.core.machine.books import ADDRESSES, Books
from tests.core.machine.clocks import TickingClock
from tests.core.machine.post import Post
from tests.core.machine.program import Killed, Program

OPERATORS: Final = ("anna", "ben")
BEHAVIOURS: Final = (
    "success",
    "bounce",
    "complaint",
    "soft_bounce",
    "deliver_then_bounce",
    "delay_then_deliver",
    "ooto",
    "open",
    "click",
    "reject",
    "suppressionlist",
    "delay",
)
_KINDS: Final = (EmailKind.ORIGINAL, EmailKind.FOLLOW_UP, EmailKind.RESEND)
#: Words that say that SES does not have it.
_NOT_SENT: Final = (Word.QUEUED, Word.FAILED, Word.CANCELLED)


@dataclass
class Listed:
    """When an address was on our own list: from the end of adding to the beginning of removing."""

    since: datetime
    until: datetime | None = None


@dataclass
class Known:
    """What the office knows beside its database; a backup keeps it, a restore brings it back."""

    told: frozenset[str]
    waiting: frozenset[str]
    """Tags that were still to be sent."""
    file: Path


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
    sent_again: set[str] = field(default_factory=set)
    """Tags that a copy opened without ``db restore`` takes for unsent; see the test about it."""
    backups: list[Known] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.post = Post(SqsFeed(self.clients, self.aws.environment["OUTTRAY_QUEUE_URL"]))
        self.programs = [self._program(n) for n in range(len(OPERATORS))]
        self.aws.set_account(max_send_rate=100_000.0)
        self.open_judge()

    def open_judge(self) -> None:
        """A connection of its own, which looks and never writes."""
        self.database = Database(self.url)

    def _program(self, n: int) -> Program:
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
        self.programs[n] = self._program(n)

    def _document_id(self, n: int) -> int | None:
        rows = self.database.reader.rows("SELECT id FROM documents ORDER BY id", {})
        return int(rows[n % len(rows)][0]) if rows else None

    def _entry(self, n: int, *words: Word) -> OutboxEntry | None:
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
        try:
            ACTS[act](self, p, a)
        except OuttrayError as error:
            self.happened[f"{act}: {type(error).__name__}"] += 1
        else:
            self.happened[act] += 1

    def import_books(self, p: int, a: int) -> None:
        self.books.go_on(a)
        paths = self.books.export(self.folder)
        for report in self.program(p).backend.import_files(paths):
            assert not isinstance(report, FailedImport), report
            assert not report.rejected, report
        rows = self.program(p).backend.page_documents(DocumentFilter())
        stored = {r.number: (r.status, r.balance_due) for r in rows}
        expected = {d.number: (d.status, d.balance) for d in self.books.documents.values()}
        self._expect(stored == expected, f"imported {expected}, and there is {stored}")

    def send(self, p: int, a: int) -> SendOutcome | None:
        """Send at once: kind, document, address and a copy are all in ``a``."""
        document_id = self._document_id(a)
        if document_id is None:
            return None
        backend = self.program(p).backend
        draft = backend.compose(_KINDS[a // 7 % 3], document_id).draft
        to = ADDRESSES[a // 3 % len(ADDRESSES)]
        cc = (ADDRESSES[a // 5 % len(ADDRESSES)],) if a % 4 == 3 else ()
        draft = replace(draft, to=(to,), cc=tuple(c for c in cc if c != to), bcc=())
        return backend.send(draft, confirmed=a % 11 != 0)

    def send_undisturbed(self, p: int, a: int) -> None:
        """What a person is told about a send is what the stand-in says."""
        with suppress(OuttrayError):
            outcome = self.send(p, a)
            if outcome is None or outcome.email_id is None:
                return
            accepted = self.accepted()
            tags = self._tags_of(outcome.email_id)
            for told in outcome.recipients:
                times = sum(accepted.get(tag, 0) for tag in tags[address_key(told.address)])
                says_no = told.status in _NOT_SENT
                is_known = told.status is not Word.UNCONFIRMED
                self._expect(
                    not is_known or bool(times) is not says_no,
                    f"{told.address}: {told.status} ({told.error}), and SES has it {times} times",
                )

    def _tags_of(self, email_id: int) -> Mapping[str, list[str]]:
        tags: dict[str, list[str]] = {}
        for key, tag in self.database.reader.rows(
            "SELECT address_key, tag FROM deliveries WHERE email_id = :id", {"id": email_id}
        ):
            tags.setdefault(str(key), []).append(str(tag))
        return tags

    def enqueue(self, p: int, a: int) -> None:
        """Follow up or resend several documents at once."""
        backend = self.program(p).backend
        bulk = backend.outbox
        first = [self._document_id(a + n) for n in range(1 + a % 3)]
        ids = sorted({i for i in first if i is not None})
        kind = _KINDS[a // 3 % 3]
        drafts = []
        for i in ids:
            draft = backend.compose(kind, i).draft
            to = draft.to or (ADDRESSES[a % len(ADDRESSES)],)
            drafts.append(replace(draft, to=to[:1], cc=(), bcc=()))
        bulk.enqueue(drafts, confirmed=a % 10 != 0)

    def again(self, p: int, a: int) -> None:
        """Send the same message again, whatever became of it, as the outbox offers."""
        entry = self._entry(a)
        if entry is None:
            return
        backend = self.program(p).backend
        draft = backend.outbox.again(entry.delivery_id).draft
        if a % 2:
            backend.send(draft, confirmed=True)
        else:
            backend.outbox.enqueue([draft], confirmed=True)

    def work(self, p: int, a: int) -> None:
        backend = self.program(p).backend
        worker: Any = backend.outbox._worker
        worker._lanes = 3 if a % 4 == 3 else 1
        backend.outbox.work()

    def pull(self, p: int, a: int) -> None:
        self.post.prepare(a, most=1 + a % 12)
        self.program(p).backend.pull(0)

    def recover(self, p: int, a: int) -> None:
        self.program(p).backend.recover()

    def cancel(self, p: int, a: int) -> None:
        entry = self._entry(a, Word.QUEUED)
        if entry is not None:
            self.program(p).backend.outbox.cancel([entry.delivery_id])

    def settle(self, p: int, a: int) -> None:
        """A person says what became of a delivery that nobody knows of, and may be mistaken."""
        entry = self._entry(a, Word.UNCONFIRMED)
        if entry is None:
            return
        was_sent = bool(a % 2)
        tags = [t for s in self._tags_of(entry.email_id).values() for t in s]
        if not was_sent:
            self.misjudged.update(tags)
        outbox = self.program(p).backend.outbox
        outbox.settle(entry.delivery_id, was_sent=was_sent, note="asked them")

    def pause(self, p: int, a: int) -> None:
        self.program(p).backend.outbox.pause("month end")

    def resume(self, p: int, a: int) -> None:
        self.program(p).backend.outbox.resume()

    def suppress(self, p: int, a: int) -> None:
        address = ADDRESSES[a % len(ADDRESSES)]
        changed = self.program(p).backend.suppressions.changes.add(address, "asked us to stop")
        if changed.parts[0].outcome == "done":
            self.listed.setdefault(address_key(address), []).append(Listed(self.clock()))

    def suppress_at_ses(self, p: int, a: int) -> None:
        address = ADDRESSES[a % len(ADDRESSES)]
        reason = "COMPLAINT" if a % 2 else "BOUNCE"
        changes = self.program(p).backend.suppressions.changes
        changes.add(address, "they said so", ses_reason=reason)

    def release(self, p: int, a: int) -> None:
        """A person takes an address off both lists, with a reason."""
        address = ADDRESSES[a % len(ADDRESSES)]
        self._unlist(address)
        changes = self.program(p).backend.suppressions.changes
        with suppress(NotFoundError):
            changes.remove(address, "they want our mail again", typed=address)
        self.look_at_own_list()

    def _unlist(self, address: str) -> None:
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
            self._unlist(key)

    def behave(self, p: int, a: int) -> None:
        """Addresses change: mailboxes are closed, fill up, or open again."""
        address = ADDRESSES[a % len(ADDRESSES)]
        self.aws.set_behaviours({address: BEHAVIOURS[a // 5 % len(BEHAVIOURS)]})

    def break_something(self, p: int, a: int) -> None:
        kind = ("throttle", "fail", "swallow", "slow")[a % 4]
        value = 0.002 if kind == "slow" else 1 + a // 4 % 2
        self.aws.set_faults(**{kind: value, "swallow_seconds": 0.01})

    def mend_everything(self) -> None:
        self.aws.set_faults(throttle=0, fail=0, swallow=0, slow=0)

    def wait_minutes(self, p: int, a: int) -> None:
        """From seconds to hours; a lease is over after one minute."""
        self.clock.advance(seconds=(2, 61, 130, 700, 4000, 22_000)[a % 6])

    def look(self, p: int, a: int) -> None:
        """A second desk, open for long, sees what somebody sees who has just come."""
        where = DocumentFilter(as_of=self.clock.now)
        fresh = self._program(0)
        try:
            desk = self.program(p).backend
            for name, seen in {
                "documents": lambda b: b.page_documents(where),
                "chips": lambda b: dict(b.chip_counts(where)),
                "waiting": lambda b: b.outbox_waiting(),
                "failed": lambda b: b.count_failed(),
                "holds": lambda b: b.outbox.overview().progress,
            }.items():
                mine, theirs = seen(desk), seen(fresh.backend)
                self._expect(mine == theirs, f"{name}: {mine} at one desk, {theirs} at another")
        finally:
            fresh.close()

    # ----------------------------------------------------------------- ends of programs

    def killed_in(self, act: str, p: int, a: int, at: int) -> None:
        """Kill a program at a moment of what it does; it is started again."""
        self._give_work_for(act, p, a)
        self.program(p).moments.kill_at(at)
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

    def overtaken_in(
        self, act: str, p: int, a: int, at: int, others: list[tuple[str, int]]
    ) -> None:
        """Let the other program do several things at a moment of what this one does."""

        def meanwhile() -> None:
            self.happened[f"overtaken in {act}"] += 1
            for name, number in others:
                self.do(name, p + 1, number)

        self._give_work_for(act, p, a)
        self.program(p).moments.interrupt_at(at, meanwhile)
        try:
            self.do(act, p, a)
        finally:
            self.program(p).moments.forget()

    # ----------------------------------------------------------------- backup and restore

    def back_up(self) -> None:
        if not self.can_go_back:
            return
        target = self.folder / f"backup-{len(self.backups)}.db"
        self.programs[0].backend.backup(target)
        waiting = self.database.reader.rows("SELECT tag FROM deliveries WHERE status < 30", {})
        tags = frozenset(str(row[0]) for row in waiting)
        self.backups.append(Known(frozenset(self.post.told), tags, target))
        self.happened["backup"] += 1

    def restore(self, a: int) -> None:
        """Go on with a copy. What went out since is not in it, and nobody can take it back."""
        if not self.backups:
            return
        known = self.backups[a % len(self.backups)]
        self.close()
        put_back = getattr(self.programs[0].backend, "restore", None)
        if put_back is not None:
            put_back(known.file, lambda _: None)
        else:
            again = self.folder / f"restored-{self.happened['restore']}.db"
            copyfile(known.file, again)
            self.url = f"sqlite:///{again}"
        self.open_judge()
        stored = reports.stored(self.database)
        # What was stored and not yet deleted when the copy was made is in it as well.
        kept = {body for body in self.post.ever if reports.keys_of(body) <= stored}
        self.post.told = set(known.told) | kept
        self.unheard |= set(self.accepted())
        if put_back is None:
            self.sent_again |= {tag for tag in self.accepted() if tag in known.waiting}
        self.programs = [self._program(n) for n in range(len(OPERATORS))]
        self.look_at_own_list()
        self.happened["restore"] += 1

    # ----------------------------------------------------------------- what the stand-in says

    def accepted(self) -> dict[str, int]:
        """How often SES took what, by our tag."""
        counts: dict[str, int] = {}
        for each in self.aws.sent():
            tag = str(each["tags"][OUR_TAG])
            counts[tag] = counts.get(tag, 0) + 1
        return counts

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)


ACTS: Final[Mapping[str, Callable[[Office, int, int], object]]] = {
    "import": Office.import_books,
    "send": Office.send,
    "enqueue": Office.enqueue,
    "again": Office.again,
    "work": Office.work,
    "pull": Office.pull,
    "recover": Office.recover,
    "cancel": Office.cancel,
    "settle": Office.settle,
    "pause": Office.pause,
    "resume": Office.resume,
    "suppress": Office.suppress,
    "suppress_at_ses": Office.suppress_at_ses,
    "release": Office.release,
    "behave": Office.behave,
    "break": Office.break_something,
    "wait": Office.wait_minutes,
    "look": Office.look,
}
"""What a program or the world does, by name."""
