"""``outtray keys``: the table in force, and what is wrong with one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.cli.main import run
from tui.commands.registry import COMMANDS


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("OUTTRAY_CONFIG", str(path))
    return path


def test_keys_of_the_registry_and_ones_own(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('[keys]\n"documents.follow_up" = "h"\n')
    assert run(["keys"]) == 0
    out, err = capsys.readouterr()
    line = next(line for line in out.splitlines() if line.startswith("documents.follow_up"))
    assert line.split()[1:3] == ["H", "yours"]
    assert err == ""


def test_what_is_wrong_is_told_with_its_line(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text('[keys]\n"documents.folow_up" = "v"\n"documents.bounced" = "r"\n')
    assert run(["keys", "--json"]) == 1
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert len(answer["keys"]) == len(COMMANDS)
    assert [(each["command"], each["line"]) for each in answer["problems"]] == [
        ("documents.folow_up", 2),
        ("documents.bounced", 3),
    ]
    assert f"{file}, line 2: documents.folow_up: there is no such command." in err
    assert "Did you mean documents.follow_up?" in err
