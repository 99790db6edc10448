"""Outtray started wrongly: words and exit code 2, in a real terminal where one is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.cli.office import COMMAND, ROOT, Answer, Office

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="other terminals")

_OTHERS = "raise SystemExit('the other program was run')\n"


def other(office: Office, package: str, *, is_module: bool = False) -> Path:
    """Another program's ``package`` in a folder of its own."""
    folder = office.folder / "elsewhere"
    target = folder / f"{package}.py" if is_module else folder / package / "__init__.py"
    target.parent.mkdir(parents=True)
    target.write_text(_OTHERS)
    return target


@pytest.mark.parametrize("is_module", [False, True], ids=["folder", "file"])
@pytest.mark.parametrize("package", ["core", "tui"])
@pytest.mark.parametrize("command", [["customers"], ["--version"], []], ids=" ".join)
def test_another_programs_package_is_named_and_not_run(
    office: Office, package: str, is_module: bool, command: list[str]
) -> None:
    found = other(office, package, is_module=is_module)
    answer = office.run(*command, PYTHONPATH=str(office.folder / "elsewhere"))
    assert (answer.code, answer.out) == (2, "")
    assert f"Another program's {package} was found in place of Outtray's: " in answer.err
    assert str(found if is_module else found.parent) in answer.err
    assert f"Take {office.folder / 'elsewhere'} out of PYTHONPATH" in answer.err
    assert "the other program was run" not in answer.err


def test_a_folder_of_that_name_where_one_stands_is_no_matter(office: Office) -> None:
    for name in ("core", "tui"):
        (office.folder / name).mkdir()
        (office.folder / name / "__init__.py").write_text(_OTHERS)
    assert office.json("customers") == []


def test_a_folder_that_is_no_package_is_no_matter(office: Office) -> None:
    (office.folder / "elsewhere" / "core").mkdir(parents=True)
    assert office.json("customers", PYTHONPATH=str(office.folder / "elsewhere")) == []


def in_a_terminal(office: Office, *arguments: str, **environment: str) -> Answer:
    """Run in a pty; without TERM where ``environment`` does not say it."""
    done = subprocess.run(
        ["script", "-qec", " ".join([COMMAND, *arguments]), "/dev/null"],
        env={"SHELL": "/bin/sh", **office.environment, **environment},
        cwd=office.folder,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=60,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(shutil.which("script") is None, reason="script makes the terminal")
@pytest.mark.parametrize("command", ["", "setup", "demo", "--no-mouse"])
@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_show_screens_is_refused(
    office: Office, term: str, command: str
) -> None:
    answer = in_a_terminal(office, *command.split(), TERM=term)
    assert answer.code == 2
    said = f"(TERM={term})" if term else "(TERM is not set)"
    assert said in answer.out
    assert "outtray --help" in answer.out
    assert "\x1b" not in answer.out


@pytest.mark.skipif(shutil.which("script") is None, reason="script makes the terminal")
def test_commands_need_no_screen(office: Office) -> None:
    answer = in_a_terminal(office, "customers", "--json", TERM="dumb")
    assert answer.code == 0
    assert answer.out.startswith("[]")


@pytest.mark.parametrize("folder", [ROOT, None], ids=["in the source", "elsewhere"])
def test_python_m_tui_says_what_to_run(office: Office, folder: Path | None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "customers"],
        cwd=folder or office.folder,
        env=office.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "run `outtray`" in done.stderr


def older_pythons() -> list[str]:
    """Pythons of this machine that cannot read the program."""
    known = [shutil.which(f"python3.{minor}") for minor in range(7, 11)]
    known += [str(p) for p in Path("~/.pyenv/versions").expanduser().glob("3.[789]*/bin/python3")]
    known += [str(p) for p in Path("~/.pyenv/versions").expanduser().glob("3.10*/bin/python3")]
    return [found for found in known if found and _runs(found)]


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


def test_an_old_python_is_told_which_it_needs(office: Office) -> None:
    pythons = older_pythons()
    if not pythons:
        pytest.skip("no Python here is old enough")
    start = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from outtray_start import main; main()"
    )
    for python in pythons:
        for program in (["-c", start, str(ROOT / "tui" / "cli")], ["-m", "tui"]):
            done = subprocess.run(
                [python, *program], cwd=ROOT, capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 2, done.stderr
            assert "Traceback" not in done.stderr
            expected = "needs Python 3.11 or newer" if program[0] == "-c" else "run `outtray`"
            assert expected in done.stderr


def test_without_the_driver_of_postgresql_a_program_that_stays_does_not_wait(
    office: Office,
) -> None:
    office.write("sitecustomize.py", "import sys\nsys.modules['psycopg'] = None\n")
    for command in (["customers"], ["outbox", "work", "--follow"], ["events", "pull", "--follow"]):
        answer = office.run(
            *command,
            PYTHONPATH=str(office.folder),
            OUTTRAY_DATABASE_URL="postgresql://anna:secret@127.0.0.1:9/outtray",
        )
        assert answer.code == 2
        assert "A PostgreSQL database needs psycopg, which is not installed." in answer.err
        assert "Install it with: " in answer.err
        assert "secret" not in answer.err
