"""The pictures in README and docs show the program as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"


def drawn_into(folder: Path) -> dict[str, str]:
    """Draw them as a person does who follows the hint below, in a terminal like anybody's."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "OUTTRAY_THEME"):
        environment.pop(name, None)
    subprocess.run(
        [sys.executable, "docs/make_pictures.py", str(folder)],
        cwd=ROOT, env=environment, check=True, timeout=300,
    )  # fmt: skip
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.svg")}


def test_the_pictures_are_not_stale(tmp_path: Path) -> None:
    drawn = drawn_into(tmp_path)
    kept = {path.name: path.read_text("utf-8") for path in PICTURES.glob("*.svg")}
    stale = sorted(name for name in drawn.keys() | kept if drawn.get(name) != kept.get(name))
    assert not stale, f"uv run python docs/make_pictures.py draws {', '.join(stale)} anew"


def test_every_picture_is_shown_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "".join(page.read_text("utf-8") for page in pages)
    assert not [path.name for path in PICTURES.glob("*.svg") if path.name not in text]
