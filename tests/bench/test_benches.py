"""Every bench still runs: at its smallest size, as a process of its own.

Its figures mean nothing here. A new module with ``if __name__ == "__main__"`` needs a line in
``SMALLEST``, and options that make it small: about two seconds of a processor.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from bench.crash import tracing

ROOT: Final = Path(__file__).parents[2]
_NOT_OURS: Final = ("AWS_", "OUTTRAY_")


class Smallest(NamedTuple):
    """How a bench is asked for as little as it can do, and what it then says."""

    arguments: str
    said: str
    """A regular expression, found in what it prints."""
    why_not: str = ""
    """Why it cannot run on this machine."""


SMALLEST: Final = {
    "bench.crash_points": Smallest(
        "--command send --method images --every 1000000",
        r"(?m)^send +images +1 +0 +0 ",
        tracing.why_not(),
    ),
    "bench.diagnosis": Smallest("--own --rounds 1", r"our own texts, unread .*class +\d\d\.\d %"),
    "bench.doctor": Smallest("gone nothing", r"1 of 1 found; 1 of 1 healthy"),
    "bench.feed": Smallest("--messages 20 --runs 1", r"outtray events pull +\d+ messages/s"),
    "bench.journeys": Smallest("", r"a bounce until its badge: \d+ files"),
    "bench.histories": Smallest("--histories 2", r"\d"),
    "bench.hostile_sizes": Smallest("settings --only brackets", r"[1-9]\d* inputs, 0 faulty"),
    "bench.ingest": Smallest("--events 40 --runs 1 --only sqlite", r"\d"),
    "bench.kill": Smallest("--times 0 --emails 2", r"facts +[1-9]"),
    "bench.kill_send": Smallest("--times 1 --emails 2", r"kills +1\n"),
    "bench.mail_readers": Smallest(
        "--emails 1 --only python", r"1 emails, fields read otherwise: 0"
    ),
    "bench.million": Smallest("made.db --documents 120 --check 10", r"120"),
    "bench.mutations": Smallest("--bodies 20", r"\d"),
    "bench.neighbours": Smallest("--rounds 1", r"rounds +1\n"),
    "bench.outages": Smallest("--emails 2 --minutes 5 --only 500", r"500 from SES .* ok"),
    "bench.overviews": Smallest("60 60", r"insights: 90 days +\d+\.\d ms"),
    "bench.picker": Smallest("--customers 60 --rounds 1", r"with its rows +\d"),
    "bench.queries": Smallest("{books} {books} --rounds 1", r"\d of [1-9]\d+ take 10 ms"),
    "bench.spellings": Smallest("", r"stopped by"),
    "bench.ui": Smallest("50 --runs 0", r"start-up, x bare app(.|\n)*keys, ms until shown"),
    "bench.wrong_starts": Smallest("starts --no-installing", r"every start said what to do"),
}
#: Waits for a person at a terminal; the bench that is named starts it in one, and says if it fails.
STARTED_BY: Final = {"bench.ui.bare": "bench.ui"}


def runnable() -> set[str]:
    """Return the modules of ``bench`` that do something when they are run."""
    return {name for path in (ROOT / "bench").rglob("*.py") if (name := _as_run(path))}


def _as_run(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] == "__main__":
        return ".".join(parts[:-1])
    tests = [
        node.test
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    ]
    is_run = any("__name__" in {*_names(test)} for test in tests)
    return ".".join(parts) if is_run else ""


def _names(test: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(test) if isinstance(node, ast.Name)]


def test_every_bench_has_a_smallest_size() -> None:
    assert {*SMALLEST, *STARTED_BY} == runnable()
    assert {*STARTED_BY.values()} <= {*SMALLEST}


@pytest.mark.parametrize("name", SMALLEST)
def test_it_runs(name: str, tmp_path: Path) -> None:
    smallest = SMALLEST[name]
    if smallest.why_not:
        pytest.skip(smallest.why_not)
    arguments = smallest.arguments
    if "{books}" in arguments:
        books = tmp_path / "books.db"
        _run("bench.million", f"{books} --documents 120 --check 0", tmp_path)
        arguments = arguments.format(books=books)
    done = _run(name, arguments, tmp_path)
    assert re.search(smallest.said, done.stdout), done.stdout


def _run(name: str, arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a bench with a home of its own, so that it leaves nothing in anybody's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_OURS)}
    homes = {f"XDG_{each}_HOME": str(folder) for each in ("DATA", "CONFIG", "STATE", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments.split()],
        env={**kept, **homes, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{done.stderr}"
    return done
