"""One round: programs start, end, are interrupted and killed; then the proof."""

from __future__ import annotations

import itertools
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from bench.neighbours.databases import PostgresServer
from bench.neighbours.kinds import KINDS, READER, UI, WORKER, Draw, Kind
from bench.neighbours.office import Office
from bench.neighbours.programs import Program
from bench.neighbours.proof import Findings, damage_is_found, examine
from core.model.enums import DisplayStatus, EmailKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.backend import Backend

_LASTS: Final = 2.4
"""Seconds within which programs are started and disturbed."""
_PROGRAMS: Final = 12
_AT_ONCE: Final = 6
_REAL: Final = 0.15
"""How many are the installed command, started from nothing; the others are forked."""
_STAYS_UP_TO: Final = 1.2
_PATIENCE: Final = 120.0
"""A machine may be busy with other things; whoever hangs, hangs longer."""
_ASKED_EVERY: Final = 0.4
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TICK: Final = 0.015
_MODES: Final = ("immediate", "fast")
_EXIT_CODES: Final = (0, 1, 3)
_UNHEARD: Final = (
    DisplayStatus.QUEUED,
    DisplayStatus.SENDING,
    DisplayStatus.SENT,
    DisplayStatus.UNCONFIRMED,
)


class Fate(StrEnum):
    """How a program leaves."""

    ENDS = "ended"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    SURVIVES = "to the end"
    """Undisturbed until the others are gone; then it has to finish the work alone."""


@dataclass(frozen=True)
class Plan:
    """What becomes of one program; seconds since the beginning, and since its own."""

    kind: Kind
    fate: Fate
    starts: float
    after: float
    signal: signal.Signals
    is_real: bool


@dataclass(frozen=True)
class Outage:
    """When the server stops and comes back, and how it is stopped."""

    stops: float
    lasts: float
    mode: str

    @classmethod
    def drawn(cls, random: Random) -> Outage:
        return cls(random.uniform(0.4, 1.6), random.uniform(0.1, 0.6), random.choice(_MODES))

    def steps(self, server: PostgresServer) -> list[tuple[float, Callable[[], None]]]:
        """Return what is done when."""
        stop = partial(server.halt, self.mode)
        return [(self.stops, stop), (self.stops + self.lasts, server.start)]


@dataclass
class _Running:
    """A program on its way to its fate."""

    plan: Plan
    program: Program
    is_over: bool = False
    """It was left in peace until now."""
    was_let_go: bool = False
    let_go_at: float = 0.0
    asked_at: float = 0.0
    """The last time; the patience counts from the first."""

    @property
    def survives(self) -> bool:
        return self.plan.fate is Fate.SURVIVES

    @property
    def is_settled(self) -> bool:
        """The terminal UI shows its rows, if it is to survive: without a database it opens not."""
        is_needed = self.survives and self.plan.kind.needs_terminal
        return not is_needed or "of 54 customers" in self.program.said

    def let_go(self) -> None:
        """Do to it what its time has come for; who hears no key yet is asked again."""
        plan, program = self.plan, self.program
        if (not self.is_over) if self.survives else program.age < plan.after:
            return
        if self.was_let_go and time.monotonic() - self.asked_at < _ASKED_EVERY:
            return
        if not self.was_let_go or plan.kind.needs_terminal:
            if plan.fate is Fate.KILLED:
                program.kill()
            elif plan.fate is Fate.INTERRUPTED and not self.was_let_go:
                program.send(plan.signal)
            elif plan.fate is not Fate.INTERRUPTED:
                program.end()
            self.asked_at = time.monotonic()
            self.let_go_at = self.let_go_at or self.asked_at
        self.was_let_go = self.was_let_go or plan.fate is not Fate.ENDS or plan.kind.stays

    @property
    def hangs(self) -> bool:
        since = self.let_go_at or self.program.started
        return not (self.survives and not self.is_over) and time.monotonic() - since > _PATIENCE


def planned(random: Random) -> list[Plan]:
    """Draw what happens in a round; a worker and a reader live through all of it."""
    plans = [
        Plan(kind, Fate.SURVIVES, starts, 0, signal.SIGTERM, is_real=False)
        for kind, starts in ((WORKER, 0.0), (READER, 0.05))
    ]
    if random.random() < 0.2:
        plans.append(Plan(UI, Fate.SURVIVES, 0.1, 0, signal.SIGTERM, random.random() < _REAL))
    fates = (Fate.ENDS, Fate.ENDS, Fate.INTERRUPTED, Fate.KILLED)
    for _ in range(_PROGRAMS):
        (kind,) = random.choices(KINDS, [each.weight for each in KINDS])
        plans.append(
            Plan(
                kind,
                random.choice(fates),
                random.uniform(0.1, _LASTS),
                random.uniform(0, _STAYS_UP_TO),
                random.choice(_SIGNALS),
                random.random() < _REAL,
            )
        )
    return sorted(plans, key=lambda plan: plan.starts)


class Round:
    """Runs one round on a database of its own; ``seed`` draws it."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self.counted: Counter[str] = Counter()
        self.findings = Findings()
        self._name = f"round{seed}"
        self._folder = office.folder / self._name
        self._random = Random(seed)
        self._plans = planned(self._random)
        self._outage = Outage.drawn(self._random)
        self._running: list[_Running] = []
        self._done: list[Program] = []

    def run(self) -> None:
        """Do it all, and leave nothing behind but the counts and the findings."""
        office = self.office
        began = time.monotonic()
        self._folder.mkdir()
        office.begin()
        url = office.databases.copy(self._name, self._folder)
        draw = Draw(
            self._random, self._folder, office.queued, iter(office.fresh), itertools.count(1)
        )
        try:
            self._time("begin", began)
            self._disturb(draw, url)
            self._time("disturb", began)
            if isinstance(office.databases, PostgresServer):
                office.databases.wait()
            self._time("recover", began)
            with damage_is_found(self.findings):
                self._survive(draw, url)
            self._time("survive", began)
            self.counted += examine(
                office, self._name, url, draw.intents, self._done, self.findings
            )
            self._time("examine", began)
        finally:
            for each in self._running:
                each.program.kill()
                each.program.close()
            office.databases.drop(self._name)
            if not self.findings.all:
                shutil.rmtree(self._folder)
        self.counted["rounds"] = 1
        self.counted["milliseconds"] = int(1000 * (time.monotonic() - began))

    def _time(self, phase: str, began: float) -> None:
        self.counted[f"after {phase}: ms"] = int(1000 * (time.monotonic() - began))

    # ----------------------------------------------------------------- among others

    def _disturb(self, draw: Draw, url: str) -> None:
        """Carry out the plans; the server stops and comes back meanwhile, where there is one."""
        began = time.monotonic()
        plans = list(self._plans)
        server = self.office.databases
        steps = self._outage.steps(server) if isinstance(server, PostgresServer) else []
        self.counted["outages"] += len(steps) > 0
        while plans or steps or any(not each.survives for each in self._running):
            now = time.monotonic() - began
            while plans and now >= plans[0].starts and len(self._running) < _AT_ONCE:
                self._start(plans.pop(0), draw, url)
            are_here = all(each.fate is not Fate.SURVIVES for each in plans)
            if steps and now >= steps[0][0] and are_here and self._are_settled:
                steps.pop(0)[1]()
            self._look()
            time.sleep(_TICK)

    @property
    def _are_settled(self) -> bool:
        return all(each.is_settled for each in self._running)

    def _start(self, plan: Plan, draw: Draw, url: str) -> None:
        output = self._folder / f"program{len(self._running) + len(self._done)}"
        program = Program(plan.kind, plan.kind.words(draw), output, url, is_real=plan.is_real)
        self._running.append(_Running(plan, program))
        self.counted["programs"] += 1
        self.counted["real"] += plan.is_real
        self.counted[f"kind {plan.kind.name}"] += 1

    def _look(self) -> None:
        """Let those leave whose time has come, and take note of those that have left."""
        for each in list(self._running):
            if each.program.exit_code is None:
                each.let_go()
            if each.program.exit_code is not None or each.hangs:
                self._take_leave(each)

    def _take_leave(self, each: _Running) -> None:
        plan, program = each.plan, each.program
        words = " ".join(program.words.arguments) or plan.kind.name
        if program.exit_code is None:
            self.findings.faults.append(f"{words} did not end ({plan.fate}): {program.said[-800:]}")
            program.kill()
        program.close()
        self._running.remove(each)
        self._done.append(program)
        code = program.exit_code
        was_met = each.was_let_go or plan.fate is Fate.ENDS
        self.counted[str(plan.fate if was_met else Fate.ENDS)] += 1
        self.findings.faults += program.faults()
        if each.survives and not each.was_let_go:
            self.findings.faults.append(
                f"{words} ended by itself with {code}: {program.said[-800:]}"
            )
        elif plan.fate is Fate.INTERRUPTED and each.was_let_go:
            if code not in (*_EXIT_CODES, -plan.signal):
                self.findings.faults.append(f"{words} ended with {code} at {plan.signal.name}")
        elif plan.fate is Fate.ENDS and plan.kind.stays and code == -signal.SIGTERM:
            pass  # it had only begun, and listened to nobody yet
        elif plan.fate is not Fate.KILLED and code not in _EXIT_CODES:
            self.findings.faults.append(f"{words} ended with {code}: {program.said[-800:]}")
        elif code and code > 0 and plan.fate is Fate.ENDS and not program.said.strip():
            self.findings.faults.append(f"{words} ended with {code} and said nothing")

    # ----------------------------------------------------------------- alone at last

    def _survive(self, draw: Draw, url: str) -> None:
        """Whoever was left in peace still works: what is put in now leaves and is reported."""
        numbers = [draw.fresh_one() for _ in range(2)]
        with self.office.backend(url) as backend:
            backend.outbox.resume()
            found = [backend.documents.find(each).id for each in numbers]
            drafts = [backend.compose(EmailKind.ORIGINAL, each).draft for each in found]
            backend.outbox.enqueue(drafts, confirmed=True)
            give_up = time.monotonic() + _PATIENCE
            while not self._are_reported(backend, found):
                self._look()
                if time.monotonic() > give_up or not self._running:
                    self.findings.faults.append("those that were left in peace work no more")
                    break
                time.sleep(0.02)
        for each in self._running:
            each.is_over = True
        while self._running:
            self._look()
            time.sleep(_TICK)

    def _are_reported(self, backend: Backend, documents: list[int]) -> bool:
        rows = backend.documents.rows(documents)
        return all(row.summary.word not in _UNHEARD for row in rows) and not self.office.left()
