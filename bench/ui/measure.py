"""Runs the programs in turn, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from bench.ui.actions import CUSTOMERS, DOCUMENTS, MOVES, Action
from bench.ui.programs import Program
from bench.ui.terminal import Answer, NotShownError, Terminal

MEMORY: Final = "memory at the end, MB"
"""Resident after all keys: the largest database's less the smallest's is what rows cost."""


class Samples:
    """Measured values by what was measured and on which program; ``words`` where there are none."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[float]]] = {}
        self.words: dict[tuple[str, str], str] = {}

    def add(self, what: str, program: str, value: float) -> None:
        """Keep one more value."""
        self.values.setdefault(what, {}).setdefault(program, []).append(value)

    def middle(self, what: str, program: str) -> float | None:
        """Return the median, or ``None`` when there is none."""
        found = self.values.get(what, {}).get(program)
        return median(found) if found else None

    def ratio(self, what: str, program: str, to: str, base: str | None = None) -> float | None:
        """Return how many times the median of ``base`` (or the same) on ``to`` it takes."""
        mine, other = self.middle(what, program), self.middle(base or what, to)
        return mine / other if mine is not None and other else None


def start_up(
    programs: Sequence[Program], surroundings: Mapping[str, str], runs: int, samples: Samples
) -> None:
    """Start every program ``runs`` times; the first round, which fills caches, is not counted."""
    broken: set[str] = set()
    for run in range(runs + 1):
        for program in programs:
            if program.name in broken:
                continue
            environment = {**surroundings, **program.environment}
            with Terminal(program.command, environment) as terminal:
                try:
                    chrome = terminal.wait(program.chrome, 30)
                    rows = terminal.wait_or_now(program.rows, 30)
                except NotShownError as error:
                    broken.add(program.name)
                    _explain(program.name, "start-up", error)
                    samples.words["first rows", program.name] = "does not start"
                    continue
                until = terminal.bytes
                terminal.settle(0.3)
                if run:
                    samples.add("chrome", program.name, chrome)
                    samples.add("first rows", program.name, rows)
                    samples.add("bytes until then", program.name, until)
                    samples.add("memory then, MB", program.name, terminal.memory_kb() / 1024)


def keys(
    programs: Sequence[Program], surroundings: Mapping[str, str], runs: int, samples: Samples
) -> None:
    """Press every key of ``actions`` on each program in turn, all of them running at once."""
    with ExitStack() as stack:
        running = {
            program.name: stack.enter_context(
                Terminal(program.command, {**surroundings, **program.environment})
            )
            for program in programs
        }
        for program in programs:
            running[program.name].wait(program.rows, 60)
            running[program.name].settle(1.0)
        ours = [program.name for program in programs if program.environment]
        for action in CUSTOMERS:
            _press(action, {name: running[name] for name in ours}, ours, runs, samples)
        for name in ours:
            _to_all_documents(running[name])
        for action in (*MOVES, *DOCUMENTS):
            _press(
                action,
                {name: running[name] for name in running if action.stock or name in ours},
                ours,
                runs,
                samples,
            )
        for name, terminal in running.items():
            terminal.settle(0.5)
            samples.add(MEMORY, name, terminal.memory_kb() / 1024)
            samples.add("peak memory, MB", name, terminal.peak_kb / 1024)


def _to_all_documents(terminal: Terminal) -> None:
    """From the search line to the documents of all customers, whatever became of them."""
    terminal.press("down", "b")
    terminal.settle(0.5)
    terminal.press("b")
    terminal.settle(0.5)


def _press(
    action: Action,
    on: Mapping[str, Terminal],
    ours: Sequence[str],
    runs: int,
    samples: Samples,
) -> None:
    unknown: set[str] = set()
    for run in range(runs + 1):  # the first one is not counted
        for name, terminal in on.items():
            if name in unknown:
                continue
            terminal.press(*action.before)
            claim = action.wanted(terminal.screen)
            try:
                key = action.key if name in ours else action.stock
                answer = terminal.ask(key, claim, timeout=5)
            except NotShownError as error:
                unknown.add(name)
                samples.words[action.name, name] = "-"
                _explain(name, action.name, error)
                continue
            finally:
                terminal.press(*action.after)
            if run:
                _keep(samples, action.name, name, answer)
    for name, terminal in on.items():
        if action.stock and name not in unknown:
            terminal.press("home", "ctrl+home")


def _keep(samples: Samples, what: str, name: str, answer: Answer) -> None:
    samples.add(what, name, answer.shown)
    samples.add(f"{what}: first byte", name, answer.first)
    samples.add(f"{what}: quiet again", name, answer.settled)
    samples.add(f"{what}: bytes", name, answer.bytes)


def _explain(program: str, what: str, error: NotShownError) -> None:
    print(f"{program}, {what}: {error}".partition("\n")[0], file=sys.stderr)
