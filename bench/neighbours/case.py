"""One fault of before, as a case: a worker sends, a command runs beside it, a second worker starts.

``uv run python -m bench.neighbours --case [COMMAND …] [--times N]``. On one SQLite file with forty
recipients in the outbox. The command ends normally while the first worker sends; when it dropped
the locks of a program, the command took itself for the last one and deleted a log that was in use:
the second worker then found everything still waiting. Without a COMMAND every command of the
command line takes its turn; one that no words are known for fails the proof.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bench.neighbours.commands import BESIDE, NOT_BESIDE
from bench.neighbours.kinds import READER, UI, WORKER, Draw, Kind
from bench.neighbours.office import Office
from bench.neighbours.programs import Program
from bench.neighbours.proof import Findings, damage_is_found, examine
from core.db.engine import Database
from core.db.reads.outbox import count_waiting
from tui.cli.parser import parser

RECIPIENTS: Final = 40
_BESIDE_AFTER: Final = 3
"""Emails that the first worker has sent when the command starts."""
_SLOWLY: Final = 4.0
"""Emails a second of the first worker, which has to be sending still when the command ends."""
_QUICKLY: Final = 60.0
_PATIENCE: Final = 60.0


@dataclass
class Row:
    """What a command came to."""

    command: str
    times: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def names() -> list[str]:
    """Return every command of the command line as it is typed."""
    return sorted(_leaves(parser(), ()))


def _leaves(found: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[str]:
    below = [each for each in found._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield " ".join(words)
    for action in below:
        for name, child in action.choices.items():
            yield from _leaves(child, (*words, name))


def prove(office: Office, command: str, times: int) -> Row:
    """Let ``command`` run beside a worker so many times."""
    row = Row(command)
    for n in range(times):
        row.times += 1
        _once(office, f"{command.replace(' ', '_')}_{n}", command, row)
    return row


def _once(office: Office, name: str, command: str, row: Row) -> None:
    office.begin()
    office.simulator.set_account(max_send_rate=_SLOWLY)
    folder = office.folder / name
    folder.mkdir()
    url = office.databases.copy(name, folder)
    draw = Draw(Random(0), folder, office.queued, iter(office.fresh), itertools.count(1))
    kind = UI if command == "ui" else Kind(command, BESIDE[command])
    programs: list[Program] = []
    findings = Findings()

    def start(kind: Kind, *, is_real: bool) -> Program:
        made = Program(kind, kind.words(draw), folder / f"p{len(programs)}", url, is_real=is_real)
        programs.append(made)
        return made

    try:
        start(WORKER, is_real=True)
        _until(lambda: office.simulator.accepted >= _BESIDE_AFTER)
        office.simulator.set_account(max_send_rate=_QUICKLY)
        beside = start(kind, is_real=True)
        if kind is UI:
            _until(lambda: "customers" in beside.said)
        _end(beside)
        row.counted["sending"] += office.simulator.accepted < RECIPIENTS
        start(WORKER, is_real=False)
        with damage_is_found(findings), closing(Database(url)) as database:
            reader = database.reader
            _until(lambda: not count_waiting(reader))
            start(READER, is_real=False)
            _until(lambda: not office.left())
        for each in programs:
            _end(each)
        row.counted += examine(office, name, url, draw.intents, programs, findings)
        findings.faults += [fault for each in programs for fault in each.faults()]
        if beside.exit_code not in (0, 1, 3):
            findings.faults.append(f"{command} ended with {beside.exit_code}: {beside.said[-500:]}")
        row.counted["twice"] += sum(each.startswith("tag") for each in findings.twice)
        row.findings += findings.all
    finally:
        for each in programs:
            each.kill()
            each.close()
        shutil.rmtree(folder)


def _until(is_so: object, patience: float = _PATIENCE) -> None:
    give_up = time.monotonic() + patience
    while not is_so() and time.monotonic() < give_up:  # type: ignore[operator]
        time.sleep(0.01)


def _end(program: Program) -> None:
    give_up = time.monotonic() + _PATIENCE
    asked = 0.0
    while program.exit_code is None and time.monotonic() < give_up:
        if time.monotonic() - asked > 0.4:
            program.end()
            asked = time.monotonic()
        time.sleep(0.01)


def run(office: Office, commands: list[str], times: int) -> int:
    """Print the table; return 1 if anything was doubled, lost, damaged or not known."""
    known = [*BESIDE, "ui"]
    unknown = [each for each in names() if each not in known and each not in NOT_BESIDE]
    rows = []
    print(
        f"{'command':28} {'times':>5} {'accepted':>8} {'twice':>6} {'events kept':>12} of"
        " (beside a worker that was sending still)"
    )
    for command in commands or known:
        row = prove(office, command, times)
        rows.append(row)
        c = row.counted
        events = f"{c['kept']:12} {c['told']} ({c['sending']})"
        print(f"{command:28} {row.times:5} {c['mails']:8} {c['twice']:6} {events}", flush=True)
        for each in row.findings[:5]:
            print(f"    {each[:300]}")
    for each, why in NOT_BESIDE.items():
        print(f"{each:28}     -  {why}")
    for each in unknown:
        print(f"{each:28} is a command that this proof does not know")
    return 1 if unknown or any(row.findings for row in rows) else 0
