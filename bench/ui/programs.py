"""The programs that are driven: Outtray, the bare app, and others' terminal programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.ui.screen import Screen
from bench.ui.terminal import Claim

_WITHOUT: Final = (
    "AWS_",
    "OUTTRAY_",
    "COLUMNS",
    "LINES",
    "TMUX",
    "NO_COLOR",
    "CI",
    "PYTHONDONTWRITEBYTECODE",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A command, and what its screen holds when its chrome and its first rows are there."""

    name: str
    command: Sequence[str]
    chrome: Claim
    rows: Claim
    environment: Mapping[str, str] = field(default_factory=dict)


def says(*texts: str) -> Claim:
    """True of a screen that holds every one of ``texts``."""
    return lambda screen: all(text in screen.text for text in texts)


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment that has nothing of the person who runs the bench."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_WITHOUT)}
    return {**kept, "HOME": str(folder), "XDG_CACHE_HOME": str(folder), "XDG_CONFIG_HOME": ""}


def bare(rows: int = 50) -> Program:
    """The stock table alone."""
    command = [sys.executable, "-m", "bench.ui.bare", str(rows)]
    name = "bare app" if rows == 50 else f"DataTable, {rows:,} rows"
    return Program(name, command, says("Open balance"), says("INV-00000", "INV-00020"))


def outtray(database: Path, label: str) -> Program:
    """The program of this checkout on ``database``."""
    command = [str(Path(sys.executable).with_name("outtray"))]
    environment = {"OUTTRAY_DATABASE_URL": f"sqlite:///{database}", "OUTTRAY_OPERATOR": "bench"}
    return Program(label, command, says("Outtray", "Customers"), _customers_shown, environment)


def _customers_shown(screen: Screen) -> bool:
    """Rows with names and money, not the … of a row that is on its way."""
    lines = screen.lines
    first = next((y for y, line in enumerate(lines) if line.startswith("▌")), None)
    if first is None:
        return False
    rows = [line for line in lines[first : first + 20] if line.strip()]
    return len(rows) >= 10 and all(len(row.split()) > 2 for row in rows)


# --------------------------------------------------------------------------- others' programs


def peers(folder: Path, database: Path) -> list[Program | str]:
    """Install others' programs below ``folder``; for one that cannot be had: the reason."""
    log = folder / "lines.log"
    log.write_text("".join(f"2026-11-20 14:00:{n % 60:02} line {n:06}\n" for n in range(5_000)))
    # its own start-up alone: no connection is made before one is asked for
    harlequin = _installed(folder, "harlequin", "harlequin")
    posting = _installed(folder, "posting", "posting")
    toolong = _installed(folder, "toolong", "tl")
    return [
        harlequin
        if isinstance(harlequin, str)
        else Program(
            "harlequin",
            [*harlequin, "-a", "sqlite", str(database)],
            says("Data Catalog"),
            says("Query Editor", "Run Query"),
        ),
        posting
        if isinstance(posting, str)
        else Program("posting", posting, says("Posting"), says("Collection", "GET")),
        toolong
        if isinstance(toolong, str)
        else Program("toolong", [*toolong, str(log)], says("line 0"), says("line 004999")),
    ]


def _installed(folder: Path, package: str, script: str) -> list[str] | str:
    uv = shutil.which("uv")
    if uv is None:
        return f"{package}: uv is not on the path"
    home = folder / package
    made = [str(home / "bin" / script)]
    if Path(made[0]).exists():
        return made
    for step in (
        [uv, "venv", "-q", "--python", sys.executable, str(home)],
        [uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(home), package],
    ):
        done = subprocess.run(step, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            return f"{package}: not installed ({done.stderr.strip().splitlines()[-1:]})"
    return made
