"""The databases that the program is measured on; made once, kept where one says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from core.demo.store import generate

_COMPANY = 600


def of(folder: Path, documents: int) -> Path:
    """Return the database with so many documents, made now if it is not there yet."""
    path = folder / f"{documents}.db"
    if path.exists():
        return path
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    if documents <= _COMPANY:
        _ = generate(unfinished, datetime.now(UTC))
    else:
        command = [sys.executable, "-m", "bench.million", str(unfinished)]
        subprocess.run([*command, "--documents", str(documents)], check=True)
    return unfinished.rename(path)
