"""What starts quickly, what is needed for it, and what the wheel carries."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.tui.cli.office import COMMAND, ROOT, Office
from tui.cli.parser import parser

_HEAVY = ("sqlalchemy", "alembic", "boto3", "botocore", "textual", "moto", "rich")

_HELP_AND_LIST = """
import contextlib, io, json, sys
from tui.cli.main import run
with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
    run(json.loads(sys.argv[1]))
print(json.dumps({"out": out.getvalue(), "modules": sorted(sys.modules)}))
"""

_WITHOUT_EXTRAS = """
import importlib.machinery, sys

class Without(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in ("moto", "textual_serve"):
            return None
        return super().find_spec(name, path, target)

sys.meta_path[:] = [Without if f is importlib.machinery.PathFinder else f for f in sys.meta_path]
"""


def parsers(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[list[str], argparse.ArgumentParser]]:
    yield list(path), parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from parsers(child, (*path, name))


COMMANDS = {" ".join(path): each for path, each in parsers(parser())}


def test_every_command_has_a_function_that_carries_it_out() -> None:
    """The parser names it by a text, so that no other command's modules are loaded."""
    found = {name: each.get_default("action") for name, each in COMMANDS.items()}
    assert len(found) > 40
    for command, action in found.items():
        if action is None:
            assert any(name.startswith(f"{command} ") for name in found), command
            continue
        module, _, function = action.partition(".")
        named = f"{command}: {action}"
        assert callable(getattr(import_module(f"tui.cli.commands.{module}"), function)), named


@pytest.mark.parametrize("command", [name.split() for name in COMMANDS], ids=" ".join)
def test_help_needs_nothing_heavy(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HELP_AND_LIST, json.dumps([*command, "--help"])],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    told = json.loads(done.stdout)
    assert told["out"].startswith(" ".join(["usage: outtray", *command]))
    assert not set(_HEAVY) & set(told["modules"])


def test_the_version_is_the_packages(office: Office) -> None:
    assert office.ok("--version").out == "outtray 0.1.0\n"


@pytest.mark.parametrize("command", ["demo", "simulator"])
def test_without_the_extra_one_is_told_how_to_get_it(office: Office, command: str) -> None:
    office.write("sitecustomize.py", _WITHOUT_EXTRAS)
    answer = office.run(command, PYTHONPATH=str(office.folder))
    assert (answer.code, answer.out) == (2, "")
    assert "needs moto" in answer.err
    assert "Install it with: uv " in answer.err


def test_serve_says_what_it_needs(office: Office) -> None:
    office.write("sitecustomize.py", _WITHOUT_EXTRAS)
    answer = office.run("serve", PYTHONPATH=str(office.folder))
    assert (answer.code, answer.out) == (2, "")
    assert "Outtray in a browser needs textual_serve" in answer.err
    assert "Install it with: uv " in answer.err


def test_everything_but_demo_simulator_and_serve_works_without_extras(office: Office) -> None:
    office.write("sitecustomize.py", _WITHOUT_EXTRAS)
    assert office.json("documents", PYTHONPATH=str(office.folder)) == []


def test_the_simulator_prints_its_environment_and_stops_when_told(office: Office) -> None:
    stand_in = subprocess.Popen(
        [COMMAND, "simulator", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=office.environment,
    )
    try:
        assert stand_in.stdout is not None
        environment = json.loads(stand_in.stdout.readline())["environment"]
        assert {"OUTTRAY_FROM", "OUTTRAY_QUEUE_URL", "OUTTRAY_CONFIGURATION_SET"} <= set(
            environment
        )
        answer = office.ok("events", "pull", "--once", "--json", **environment)
        assert answer.json["read"] == 0
        stand_in.terminate()
        assert stand_in.wait(timeout=10) == 0
    finally:
        stand_in.kill()
        _, errors = stand_in.communicate()
    assert errors == ""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv, which builds the wheel, is not on the path")
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [uv, "build", "--wheel", "--out-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_carries_styles_and_migrations_and_no_tests(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    wanted = [
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "styles/*.tcss",
            "core/db/migrations/**/*.py",
            "tui/**/*.py",
            "tui/cli/web/page*/*",
            "tui/cli/web/page.html",
        )
        for path in ROOT.glob(pattern)
    ]
    assert len(wanted) > 10
    # beside the packages, so that it can see whether they are ours
    assert set(wanted) - names == {"tui/cli/outtray_start.py"}
    assert "outtray_start.py" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [n for n in wheel.namelist() if n.endswith("entry_points.txt")]
    assert "outtray = outtray_start:main" in wheel.read(entry_points).decode()


def test_every_migration_is_a_revision_the_program_knows() -> None:
    from core.db.migrations.runner import BEFORE_BASELINE, REVISIONS

    files = Path(ROOT / "core/db/migrations/versions").glob("[0-9]*.py")
    known = sorted(set(REVISIONS) - set(BEFORE_BASELINE))
    assert sorted(path.name.partition("_")[0] for path in files) == known
