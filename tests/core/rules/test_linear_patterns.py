"""No pattern of this program takes long on any text, however that was made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_pattern_looks_at_hostile_text_in_linear_time() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.core.pattern_trials"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        told, _ = child.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        child.kill()
        told, _ = child.communicate()
    lines = told.splitlines()
    assert [line for line in lines if not line.endswith(" ok")] == []
    assert child.returncode == 0
    assert len(lines) > 100
    assert "core.rules.diagnosis.normalize._REPEATED_CODE ok" in lines
