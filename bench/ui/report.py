"""Samples as tables, and each bar with what was measured beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bench.ui.actions import CUSTOMERS, DOCUMENTS, MOVES
from bench.ui.measure import MEMORY, Samples

_WIDE = 20


def header() -> None:
    """Print what the figures depend on beside the programs."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load before {load}; "
        "modules come from .pyc files, as an installed program's do (the round before writes them)"
    )


def start_up(programs: Sequence[str], samples: Samples, runs: int) -> None:
    """Print times as ratios to the first program; bytes and memory as they are."""
    base = programs[0]
    _title(f"start-up, x {base}, median of n={runs}", ["chrome", "first rows", "ms", "MB", "bytes"])
    for name in programs:
        rows = samples.middle("first rows", name)
        if rows is None:
            _line(name, [samples.words.get(("first rows", name), "-")])
            continue
        _line(
            name,
            [
                _times(samples.ratio("chrome", name, base, "first rows")),
                _times(samples.ratio("first rows", name, base)),
                f"{rows * 1e3:.0f}",
                f"{samples.middle('memory then, MB', name) or 0:.0f}",
                f"{samples.middle('bytes until then', name) or 0:,.0f}",
            ],
        )
    ours = [name for name in programs if name.endswith(" documents")]
    _bar("first rows x the bare app", 1.15, _most(samples, "first rows", ours, base))
    if samples.middle("first rows", "harlequin"):
        _bar("first rows x harlequin", 0.35, _most(samples, "first rows", ours, "harlequin"))


def keys(programs: Sequence[str], samples: Samples, runs: int) -> None:
    """Print every key: how long until the screen held what was asked, and the bytes for it."""
    stock, ours = programs[0], programs[1:]
    _title(f"keys, ms until shown, median of n={runs}", programs)
    actions = [action.name for action in (*MOVES, *DOCUMENTS, *CUSTOMERS)]
    for title, ending, scale in (
        ("", "", 1e3),
        ("… until quiet again, ms", ": quiet again", 1e3),
        ("… bytes", ": bytes", 1.0),
    ):
        if title:
            print(title)
        for name in actions:
            _line(name, [_amount(samples, name, ending, scale, program) for program in programs])
    print("… x the stock table")
    for action in MOVES:
        _line(
            action.name,
            [_times(samples.ratio(action.name, program, stock)) for program in programs],
        )
    for what in (MEMORY, "peak memory, MB"):
        _line(what, [_amount(samples, what, "", 1, program) for program in programs])
    memory = [samples.middle(MEMORY, program) for program in ours]
    if len(memory) > 1 and memory[0] is not None and memory[-1] is not None:
        _bar(f"memory, {ours[-1]} - {ours[0]}, MB", 30, memory[-1] - memory[0])
    _bar("down x the stock table", 0.6, _most(samples, "down", ours, stock))
    _bar("page down x the stock table", 0.25, _most(samples, "page down", ours, stock))
    echo, rows = (action.name for action in CUSTOMERS)
    for program in ours:
        _bar(f"suggestions x echo, {program}", 3.0, samples.ratio(rows, program, program, echo))
    if len(ours) > 1:
        _bar(
            f"filling, {ours[-1]} x {ours[0]}",
            1.5,
            samples.ratio("filter: a chip", ours[-1], ours[0]),
        )


def _amount(samples: Samples, name: str, ending: str, scale: float, program: str) -> str:
    value = samples.middle(name + ending, program)
    if value is None:
        return samples.words.get((name, program), "-")
    return f"{value * scale:,.1f}" if scale > 1 else f"{value:,.0f}"


def _most(samples: Samples, what: str, ours: Sequence[str], base: str) -> float | None:
    found = [samples.ratio(what, name, base) for name in ours]
    return max((ratio for ratio in found if ratio is not None), default=None)


def _title(text: str, columns: Sequence[str]) -> None:
    print(f"\n{text}")
    _line("", columns)


def _line(name: str, cells: Sequence[str]) -> None:
    print(f"{name:<24}" + "".join(f"{cell:>{_WIDE}}" for cell in cells))


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _bar(what: str, bar: float, found: float | None) -> None:
    if found is None:
        print(f"bar: {what} <= {bar}: not measured")
    else:
        print(f"bar: {what} <= {bar}: {found:.2f} {'held' if found <= bar else 'OVER'}")
