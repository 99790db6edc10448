"""The log: private lines, one file for several programs, and no harm where it cannot be written."""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.logs.line import PrivateLines
from core.logs.shared_file import SharedFile

_EDGE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) ")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "outtray" / "log" / "outtray.log"


@pytest.fixture
def logger(path: Path) -> Iterator[logging.Logger]:
    """A logger that writes into ``path``, and nowhere else."""
    file = SharedFile(path, most_bytes=4_000, kept=2)
    file.setFormatter(PrivateLines())
    found = logging.Logger("core.test")
    found.addHandler(file)
    yield found
    file.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def failed(address: str) -> Exception:
    """An error with a cause, a note, and private values in the variables of its frames."""
    secret_variable = f"hidden-variable {address}"
    try:
        try:
            raise ValueError(f"inner {address}")  # noqa: TRY301
        except ValueError as error:
            raise KeyError(f"outer {address}") from error
    except KeyError as error:
        error.add_note(f"a note about {address}")
        assert secret_variable
        return error


def test_nothing_is_made_before_there_is_something_to_write(
    logger: logging.Logger, path: Path
) -> None:
    assert not path.parent.parent.exists()
    logger.error("x")
    assert path.exists()


@pytest.mark.skipif(os.name == "nt", reason="other permissions")
def test_only_the_person_can_read_it(logger: logging.Logger, path: Path) -> None:
    logger.error("x")
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    path.chmod(0o644)
    logger.error("x")
    assert mode(path) == 0o600


def test_a_traceback_has_causes_and_notes_and_nothing_private(
    logger: logging.Logger, path: Path
) -> None:
    logger.error("Delivery %s failed for %s", 4711, "b@example.org", exc_info=failed("a@b.example"))
    text = path.read_text("utf-8")
    assert "Delivery 4711 failed for ‹address›" in text
    for kept in ("KeyError", "ValueError: inner ‹address›", "a note about ‹address›", "in failed"):
        assert kept in text
    for private in ("@", "hidden-variable", "b.example"):
        assert private not in text.replace("hidden-variable {address}", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=80))
def test_only_a_record_begins_at_the_edge_and_no_terminal_obeys_it(text: str) -> None:
    error = ValueError(f"{text}\n2026-11-30T00:00:00.000Z ERROR 1 forged\r\x1b[2J{text}\u202e")
    record = logging.LogRecord("n", logging.ERROR, "p", 1, text, None, (ValueError, error, None))
    first, *others = PrivateLines().format(record).split("\n")
    assert _EDGE.match(first)
    assert all(line.startswith("  ") for line in others)
    shown = "".join([first, *others])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", shown)


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not today")


def test_what_cannot_be_printed_is_logged_all_the_same(logger: logging.Logger, path: Path) -> None:
    logger.error("%s and %s", "one alone", exc_info=UnprintableError())
    logger.error("surrogate \ud800")
    text = path.read_text("utf-8")
    assert "%s and %s" in text
    assert "UnprintableError" in text
    assert "surrogate \\ud800" in text


_WRITER = """
import logging, sys
from pathlib import Path
from core.logs.line import PrivateLines
from core.logs.shared_file import SharedFile
name, path = sys.argv[1], Path(sys.argv[2])
logger = logging.Logger(name)
logger.addHandler(SharedFile(path, most_bytes=1_000, kept=300))
logger.handlers[0].setFormatter(PrivateLines())
print("ready", flush=True)
sys.stdin.readline()
for number in range(400):
    logger.error("record %s-%d ends", name, number)
"""


def test_several_programs_lose_nothing_while_the_file_is_replaced(path: Path) -> None:
    """The trap of a file that is kept open: the other program's renames take records along."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, f"w{n}", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()  # all are loaded before the first one writes
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    files = [each for each in path.parent.iterdir() if not each.name.endswith(".lock")]
    assert len(files) > 3, "it was never replaced"
    lines = [line for each in files for line in each.read_text("utf-8").splitlines()]
    assert all(_EDGE.match(line) for line in lines)
    found = sorted(re.findall(r"record (w\d-\d+) ends", "\n".join(lines)))
    assert found == sorted(f"w{n}-{number}" for n in range(4) for number in range(400))


def test_the_oldest_go(logger: logging.Logger, path: Path) -> None:
    for number in range(200):
        logger.error("record %d", number)
    names = {each.name for each in path.parent.iterdir()}
    assert names == {"outtray.log", "outtray.log.1", "outtray.log.2", "outtray.log.lock"}
    assert "record 199" in path.read_text("utf-8")


def test_a_log_that_cannot_be_written_harms_nothing(
    logger: logging.Logger, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path.parent.parent.parent.mkdir()
    path.parent.parent.write_text("a file in the folder's place")
    logger.error("x")
    (file,) = logger.handlers
    assert isinstance(file, SharedFile)
    assert file.problem
    assert capfd.readouterr() == ("", "")
    path.parent.parent.unlink()
    logger.error("x")
    assert not file.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_a_pipe_that_nobody_reads_stops_nothing(logger: logging.Logger, path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    writer = threading.Thread(target=logger.error, args=("x",), daemon=True)
    writer.start()
    writer.join(5)
    assert not writer.is_alive()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
def test_a_full_disk_stops_nothing(logger: logging.Logger, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/full")
    logger.error("x")
    (file,) = logger.handlers
    assert isinstance(file, SharedFile)
    assert "space" in file.problem


def test_an_error_of_sqlalchemy_tells_no_values(tmp_path: Path) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    from core.db.engine import Database
    from core.model.errors import DatabaseError

    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    try:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE t (name TEXT PRIMARY KEY)"))
        insert, name = text("INSERT INTO t VALUES (:name)"), "".join(["Nord", "wind"])
        with pytest.raises(DatabaseError) as told, database.transaction() as connection:  # noqa: PT012
            for _ in range(2):
                connection.execute(insert, {"name": name})
    finally:
        database.close()
    assert isinstance(told.value.__cause__, IntegrityError)
    error = told.value
    record = logging.LogRecord("n", 40, "p", 1, "x", None, (type(error), error, None))
    line = PrivateLines().format(record)
    assert "IntegrityError" in line
    assert "Nordwind" not in line
