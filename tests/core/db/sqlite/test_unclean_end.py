"""After a program was killed the database is looked at before the next change, and only then."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.migrations import runner
from core.db.sqlite.open_marks import OpenMarks
from core.model.errors import DatabaseDamagedError, DatabaseError
from tests.conftest import PostgresServer
from tests.core.db.programs import Program, programs

CHECKED = "A program ended without closing the database. It was checked and is not damaged"
_SLOWLY = """
import time
from core.db.sqlite import write_admission
real = write_admission.integrity.damage
def slowly(*arguments):
    say("looking")
    time.sleep(60)
write_admission.integrity.damage = slowly
"""
"""A look that takes long, as on a database of millions."""

New = Callable[..., Program]


@pytest.fixture
def path(migrated_file: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return Path(shutil.copyfile(migrated_file, folder / "outtray.db"))


@pytest.fixture
def new(path: Path) -> Iterator[New]:
    with programs() as running:

        def make(*arguments: str) -> Program:
            running.append(Program(path, *arguments))
            return running[-1]

        yield make


def beside(path: Path) -> list[str]:
    """What lies beside the database that is not SQLite's own."""
    own = {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    return sorted(each.name for each in path.parent.iterdir() if each.name not in own)


def crashed(new: New) -> None:
    program = new()
    assert program.change() == ["changed"]
    program.kill()


def was_checked(said: list[str]) -> bool:
    assert said[-1] == "changed", said
    return any(each.startswith(CHECKED) for each in said)


# --------------------------------------------------------------------------- how it is known


def test_a_clean_end_leaves_nothing_and_needs_no_look(new: New, path: Path) -> None:
    for _ in range(2):
        program = new()
        assert program.change() == ["changed"]
        assert len(beside(path)) == 1
        program.end()
        assert beside(path) == []


def test_a_program_that_only_ends_without_closing_is_a_clean_end_too(new: New, path: Path) -> None:
    program = new("", "sys.exit(0)")
    assert program.change() == ["changed"]
    program.end()
    assert beside(path) == []


def test_after_a_kill_the_next_change_waits_for_one_look(new: New, path: Path) -> None:
    crashed(new)
    (mark,) = beside(path)
    assert stat.S_IMODE((path.parent / mark).stat().st_mode) == 0o600
    program = new()
    assert was_checked(program.change())
    assert program.change() == ["changed"]
    program.end()
    assert beside(path) == []
    assert new().change() == ["changed"]


def test_a_kill_is_known_while_others_have_the_file_open(new: New, path: Path) -> None:
    neighbour = new()
    assert neighbour.change() == ["changed"]
    crashed(new)
    assert len(beside(path)) == 2
    program = new()
    assert was_checked(program.change())
    assert len(beside(path)) == 2  # the neighbour's, and its own
    assert neighbour.change() == ["changed"]
    neighbour.end()
    program.end()
    assert beside(path) == []


def test_reading_neither_leaves_a_mark_nor_waits(new: New, path: Path) -> None:
    crashed(new)
    before = beside(path)
    database = Database(f"sqlite:///{path}")
    assert database.reader.rows("SELECT count(*) FROM documents", {}) == [(0,)]
    with database.transaction(commit=False) as connection:  # a dry run, the doctor's trial
        connection.exec_driver_sql("UPDATE quarantine SET reason = reason")
    database.close()
    assert beside(path) == before


def test_a_file_that_was_copied_while_in_use_is_looked_at(new: New, path: Path) -> None:
    program = new()
    assert program.change() == ["changed"]
    copied = shutil.copytree(path.parent, path.parent.with_name("copy")) / path.name
    with programs() as running:
        running.append(Program(copied))
        assert was_checked(running[0].change())
    program.end()


def test_a_link_to_the_database_is_the_same_database(new: New, path: Path, tmp_path: Path) -> None:
    crashed(new)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with programs() as running:
        running.append(Program(link))
        assert was_checked(running[0].change())
        running[0].end()
    assert beside(path) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_child_does_not_hide_that_its_parent_was_killed(new: New) -> None:
    forks = (
        "import os, time\n"
        "class Forking(Database):\n"
        "    def __init__(self, *arguments):\n"
        "        super().__init__(*arguments)\n"
        "        with self.transaction() as c:\n"
        "            c.exec_driver_sql('SELECT 1')\n"
        "        if not os.fork():\n"
        "            os.close(1)\n"
        "            time.sleep(20)\n"
        "            os._exit(0)\n"
        "Database = Forking"
    )
    program = new(forks)
    assert program.change() == ["changed"]
    program.kill()
    assert was_checked(new().change())


def test_a_mark_that_somebody_took_away_is_put_back(new: New, path: Path) -> None:
    program = new()
    assert program.change() == ["changed"]
    for name in beside(path):
        (path.parent / name).unlink()
    assert program.change() == ["changed"]
    assert len(beside(path)) == 1
    program.kill()
    assert was_checked(new().change())


def test_a_mark_that_cannot_be_opened_is_looked_into_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.db.sqlite import file_lock

    foreign = path.with_name("outtray.db-open-of-root")
    foreign.write_text("of another person")
    real = file_lock.take

    def take(wanted: Path, *, make: bool = True) -> file_lock.LockedFile | None:
        if wanted == foreign:
            raise PermissionError(13, "Permission denied")
        return real(wanted, make=make)

    monkeypatch.setattr("core.db.sqlite.file_lock.take", take)
    told: list[str] = []
    database = Database(f"sqlite:///{path}", told.append)
    change(database)
    database.close()
    assert [each[: len(CHECKED)] for each in told] == [CHECKED]
    assert beside(path) == []


# --------------------------------------------------------------------------- who looks


def test_of_several_that_start_at_once_one_looks_and_all_go_on(new: New, path: Path) -> None:
    crashed(new)
    several = [new() for _ in range(3)]
    for each in several:
        each.ask()
    assert sum(was_checked(each.answer()) for each in several) == 1
    for each in several:
        each.end()
    assert beside(path) == []


def test_a_look_that_is_killed_is_done_again_by_those_that_wait(new: New, path: Path) -> None:
    crashed(new)
    looking = new(_SLOWLY)
    looking.ask()
    assert looking.hear() == "looking"
    waiting = new()
    waiting.ask()
    looking.kill()
    assert was_checked(waiting.answer())
    waiting.end()
    assert beside(path) == []


def test_marks_do_not_pile_up_however_often_a_look_is_killed(new: New, path: Path) -> None:
    crashed(new)
    for _ in range(3):
        looking = new(_SLOWLY)
        looking.ask()
        assert looking.hear() == "looking"
        looking.kill()
        assert len([name for name in beside(path) if "-open-" in name]) <= 2
    assert was_checked(new().change())


def test_a_thousand_that_were_killed_need_one_look(new: New, path: Path) -> None:
    marks = OpenMarks(path)
    for _ in range(1_000):
        marks.put().release()  # what the system does when a program is killed
    program = new()
    assert was_checked(program.change())
    program.end()
    assert beside(path) == []


def test_ending_during_a_look_leaves_it_to_the_next(path: Path, new: New) -> None:
    crashed(new)
    (mark,) = beside(path)
    others = OpenMarks(path).take_check()
    assert others is not None
    database = Database(f"sqlite:///{path}")
    failed: list[BaseException] = []

    def change() -> None:
        try:
            with database.transaction():
                raise AssertionError("it did not wait")
        except DatabaseError as error:
            failed.append(error)

    waiting = threading.Thread(target=change)
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    database.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert len(failed) == 1
    others.end()
    assert beside(path) == [mark]
    assert was_checked(new().change())


# --------------------------------------------------------------------------- the end


def change(database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE quarantine SET reason = reason")


def test_closing_waits_for_a_change_that_is_being_written(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    begun, goes_on = threading.Event(), threading.Event()

    def write() -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO customers (name, name_key) VALUES ('Ada', 'ada')"
            )
            begun.set()
            goes_on.wait(2)

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait(10)
    threading.Timer(0.3, goes_on.set).start()
    database.close()
    writing.join(10)
    assert beside(path) == []
    with pytest.raises(DatabaseError, match="closed"):
        change(database)
    assert database.reader.rows("SELECT name FROM customers", {}) == [("Ada",)]
    database.close()


def test_a_change_that_does_not_end_is_no_clean_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.sqlite.write_admission._PATIENCE", 0.1)
    database = Database(f"sqlite:///{path}")
    begun, goes_on = threading.Event(), threading.Event()

    def write() -> None:
        with database.transaction():
            begun.set()
            goes_on.wait(10)

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait(10)
    assert database.admission is not None
    monkeypatch.setattr(database.admission, "close", partial(database.admission.close, 0.1))
    database.close()
    assert len(beside(path)) == 1
    goes_on.set()
    writing.join(10)


def test_a_folder_that_takes_no_file_takes_no_change_and_is_still_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    database = Database(f"sqlite:///{path}")
    monkeypatch.setattr("core.db.sqlite.file_lock.take", refuse)
    with pytest.raises(DatabaseError, match="No space left on device") as error:
        change(database)
    assert "Traceback" not in str(error.value)
    assert database.reader.rows("SELECT count(*) FROM documents", {}) == [(0,)]
    monkeypatch.undo()
    change(database)  # there is room again
    database.close()
    assert beside(path) == []


def test_a_database_that_is_gone_gets_no_folder_and_no_mark(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    change(database)
    shutil.rmtree(path.parent)
    with pytest.raises(DatabaseError, match="gone"):
        change(database)
    assert not path.parent.exists()
    database.close()


def test_postgresql_sees_to_it_by_itself(postgres: PostgresServer) -> None:
    name = postgres.create()
    database = Database(postgres.url(name))
    assert database.admission is None
    database.await_admission()
    change(database)
    database.close()
    postgres.drop(name)


# --------------------------------------------------------------------------- damage


def page_of(path: Path, name: str) -> tuple[int, int]:
    connection = sqlite3.connect(path)
    (root,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
    ).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return root, size


def entry_taken_out(path: Path) -> None:
    """A row that is missing from an index: the header of its page counts one entry fewer."""
    root, size = page_of(path, "ix_customers_name_key")
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 3)
        count = int.from_bytes(file.read(2), "big")
        assert count == 3
        file.seek((root - 1) * size + 3)
        file.write((count - 1).to_bytes(2, "big"))


def page_zeroed(path: Path) -> None:
    root, size = page_of(path, "customers")
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))


def cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.fixture
def sound(path: Path) -> Path:
    """The database with three customers, and a copy of it."""
    connection = sqlite3.connect(path)
    for name in ("Ada", "Ben", "Cleo"):
        connection.execute(
            "INSERT INTO customers (name, name_key) VALUES (?, ?)", (name, name.casefold())
        )
    connection.commit()
    connection.close()
    return Path(shutil.copyfile(path, path.parent.with_name("sound.db")))


REFUSED = "DatabaseDamagedError: The database is damaged: "


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (entry_taken_out, "row 3 missing from index ix_customers_name_key"),
        (page_zeroed, "SQLite cannot read all of the file"),
        (cut_off, "SQLite cannot read all of the file"),
    ],
)
def test_damage_is_refused_in_words_with_the_next_step(
    new: New, path: Path, sound: Path, harm: Callable[[Path], None], said: str
) -> None:
    crashed(new)
    harm(path)
    program = new()
    for _ in range(2):
        (told,) = program.change()
        assert told.startswith(REFUSED)
        assert said in told
        assert "outtray db backup" in told
        assert "outtray db restore FILE" in told
    program.end()
    assert beside(path) == ["outtray.db-check"]
    assert stat.S_IMODE(path.with_name("outtray.db-check").stat().st_mode) == 0o600
    (told,) = new().change()  # whoever comes later is refused, too
    assert told.startswith(REFUSED)


def test_damage_that_another_program_found_stops_those_that_run(
    new: New, path: Path, sound: Path
) -> None:
    neighbour = new()
    assert neighbour.change() == ["changed"]
    crashed(new)
    entry_taken_out(path)
    assert new().change()[0].startswith(REFUSED)
    assert neighbour.change()[0].startswith(REFUSED)


def test_what_is_damaged_is_still_read_and_a_sound_copy_ends_it(
    new: New, path: Path, sound: Path
) -> None:
    crashed(new)
    entry_taken_out(path)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseDamagedError):
        change(database)
    assert database.reader.rows("SELECT count(*) FROM customers NOT INDEXED", {}) == [(3,)]
    assert runner.version(database) == runner.HEAD
    assert database.admission is not None
    look = database.admission.look()
    assert look is not None
    assert "ix_customers_name_key" in look.damage
    database.close()
    shutil.copyfile(sound, path)
    program = new()
    assert was_checked(program.change())
    program.end()
    assert beside(path) == []
