"""A copy comes back whole, nothing that was there is lost, and nothing is sent a second time."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.aws.clients import Clients
from core.aws.events.parser import OUR_TAG
from core.aws.mailer import SesMailer
from core.aws.queue import SqsFeed
from core.aws.suppression_list import SesSuppressionList
from core.backend import Backend
from core.db import restoring
from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.db.reads import outbox
from core.db.schema import deliveries, digests
from core.db.sqlite import copies
from core.db.writes import outbox_decisions
from core.model.documents import DocumentFilter
from core.model.enums import DisplayStatus, EmailKind
from core.model.errors import (
    DatabaseBusyError,
    DatabaseError,
    DatabaseVersionError,
    InputError,
    NeedsConfirmationError,
)
from core.model.integrity import Restorable, Restored
from core.services.integrity_check import check
from core.settings.loading import load
from core.simulator import Simulator
from tests.core.db.books import START, accept, entry, fact, new_email, put, record, tell
from tests.core.db.sqlite.test_copies import around, damage, old_database, path_of


def restore(database: Database, file: Path) -> Restored:
    database.disconnect()
    return restoring.restore(database, file, "anna", START, lambda _: None)


def numbers(database: Database) -> list[str]:
    rows = documents.page_documents(database.reader, DocumentFilter())
    return sorted(row.number for row in rows)


def words_of(database: Database) -> dict[str, DisplayStatus]:
    rows = documents.page_documents(database.reader, DocumentFilter())
    return {row.number: row.summary.word for row in rows}


@pytest.fixture
def copy(sqlite_database: Database, tmp_path: Path) -> Path:
    """A copy of a database with one document; another one has come since."""
    put(sqlite_database, entry("INV-1"))
    made = copies.backup(sqlite_database, tmp_path / "copy.db")
    put(sqlite_database, entry("INV-2"))
    return made.path


def test_the_copy_comes_back_and_what_was_there_is_kept(
    sqlite_database: Database, copy: Path
) -> None:
    path = path_of(sqlite_database)
    done = restore(sqlite_database, copy)
    assert numbers(sqlite_database) == ["INV-1"]
    assert check(sqlite_database).differences == ()
    assert done.kept is not None
    assert done.kept.path == path.with_name(f"{path.name}.before-restore-20261120-140000")
    assert stat.S_IMODE(done.kept.path.stat().st_mode) == 0o600
    sqlite_database.close()
    assert around(path) == {path.name, copy.name, done.kept.path.name}
    again = restoring.restore(
        sqlite_database, done.kept.path, "anna", START + timedelta(seconds=1), lambda _: None
    )
    assert numbers(sqlite_database) == ["INV-1", "INV-2"]
    assert again.holding.documents == 2


def test_a_restore_is_repeated_in_the_same_second(sqlite_database: Database, copy: Path) -> None:
    first = restore(sqlite_database, copy)
    second = restore(sqlite_database, copy)
    assert first.kept is not None
    assert second.kept is not None
    assert second.kept.path.name == f"{first.kept.path.name}-2"
    assert numbers(sqlite_database) == ["INV-1"]


def test_the_file_stays_the_same_file_and_is_written_in_one_transaction(
    sqlite_database: Database, copy: Path
) -> None:
    before = path_of(sqlite_database).stat().st_ino
    restore(sqlite_database, copy)
    assert path_of(sqlite_database).stat().st_ino == before
    with closing(sqlite3.connect(path_of(sqlite_database))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_changed_where_a_person_does_not_want_it(
    sqlite_database: Database, copy: Path
) -> None:
    told: list[Restorable] = []

    def refuse(what: Restorable) -> None:
        told.append(what)
        raise NeedsConfirmationError("no")

    sqlite_database.close()
    with pytest.raises(NeedsConfirmationError):
        restoring.restore(sqlite_database, copy, "anna", START, refuse)
    assert told[0].found.documents == 1
    assert told[0].replaced is not None
    assert told[0].replaced.documents == 2
    assert numbers(sqlite_database) == ["INV-1", "INV-2"]
    sqlite_database.close()
    assert around(path_of(sqlite_database)) == {"outtray.db", copy.name}


_OPEN = (
    "import sys\n"
    "from core.db.engine import Database\n"
    "database = Database(sys.argv[1])\n"
    "database.reader.rows('SELECT count(*) FROM documents', {})\n"
    "if sys.argv[2] == 'writer':\n"
    "    with database.transaction(commit=False): pass\n"
    "print('open', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.mark.parametrize("kind", ["reader", "writer"])
def test_while_another_program_has_the_database_open_nothing_is_put_back(
    sqlite_database: Database, copy: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "_OTHERS_SECONDS", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", _OPEN, sqlite_database.url, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(DatabaseBusyError, match="has the database open"):
            restore(sqlite_database, copy)
        assert numbers(sqlite_database) == ["INV-1", "INV-2"]
        sqlite_database.close()
        other.communicate("")
    assert around(path_of(sqlite_database)) == {"outtray.db", copy.name}
    restore(sqlite_database, copy)
    assert numbers(sqlite_database) == ["INV-1"]


def test_no_program_gets_in_between_keeping_and_replacing(
    sqlite_database: Database, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what it writes there would be in neither of the two."""
    monkeypatch.setattr("core.db.sqlite.reader.BUSY_SECONDS", 0.05)
    keep, told = copies.keep, []

    def keep_while_another_comes(*given: object, **named: object) -> object:
        made = keep(*given, **named)  # type: ignore[arg-type]
        with pytest.raises(DatabaseBusyError):
            numbers(Database(sqlite_database.url))
        told.append(made)
        return made

    monkeypatch.setattr(copies, "keep", keep_while_another_comes)
    restore(sqlite_database, copy)
    assert told


# --------------------------------------------------------------------------- what cannot be


def test_what_is_no_sound_copy_of_ours_is_refused_in_words_and_changes_nothing(
    sqlite_database: Database, copy: Path, tmp_path: Path
) -> None:
    path = path_of(sqlite_database)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no database" * 1000)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to(path)
    with closing(sqlite3.connect(tmp_path / "foreign")) as foreign:
        foreign.execute("CREATE TABLE notes (text)")
    damaged, newer = tmp_path / "damaged", tmp_path / "newer"
    for each in (damaged, newer):
        each.write_bytes(copy.read_bytes())
    damage(damaged)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    wrong = {
        "folder": "is not a file",
        "text": "not a database",
        "empty": "not a database of Outtray's",
        "link": "is the database itself",
        path.name: "is the database itself",
        "foreign": "not Outtray's",
        "damaged": "is damaged",
        "newer": "newer Outtray",
        "nothing": "There is no file",
    }
    before = around(path)
    for name, words in wrong.items():
        with pytest.raises(InputError) as error:
            restore(sqlite_database, tmp_path / name)
        assert words in error.value.title, (name, error.value.title)
        assert numbers(sqlite_database) == ["INV-1", "INV-2"]
    sqlite_database.close()
    ours = {name for name in before if name.startswith(f"{path.name}-")}
    assert around(path) == before - ours  # the log, and the mark of a program that has it open


def test_a_database_of_another_program_is_not_replaced(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE notes (text)")
    with pytest.raises(DatabaseVersionError, match="not Outtray's"):
        restore(Database(f"sqlite:///{path}"), copy)
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_postgresql_has_its_own_programs() -> None:
    database = Database("postgresql://anna:secret@nowhere.example/outtray")  # never asked
    with pytest.raises(DatabaseError, match="SQLite databases only") as error:
        restore(database, Path("copy.db"))
    assert "pg_restore" in error.value.hint
    with pytest.raises(DatabaseError) as error:
        copies.backup(database, Path("copy.db"))
    assert "pg_dump" in error.value.hint


# --------------------------------------------------------------------------- what can


def test_over_a_damaged_database_the_copy_comes_back_and_the_damaged_one_is_kept(
    sqlite_database: Database, copy: Path
) -> None:
    sqlite_database.close()
    damage(path_of(sqlite_database))
    done = restore(sqlite_database, copy)
    assert numbers(sqlite_database) == ["INV-1"]
    assert done.kept is not None
    assert done.kept.findings.damage
    assert done.kept.path.name.endswith(".damaged")


def test_where_there_is_no_database_it_is_made(copy: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'outtray.db'}")
    done = restore(database, copy)
    assert done.kept is None
    assert numbers(database) == ["INV-1"]
    assert stat.S_IMODE(path_of(database).stat().st_mode) == 0o600
    database.close()
    assert around(path_of(database)) == {"outtray.db"}


def test_what_cannot_be_opened_at_all_is_left_for_a_person_to_move_away(
    sqlite_database: Database, copy: Path
) -> None:
    path = path_of(sqlite_database)
    sqlite_database.close()
    path.write_bytes(b"overwritten by something else" * 1000)
    with pytest.raises(DatabaseError, match="too damaged") as error:
        restore(sqlite_database, copy)
    assert "move outtray.db" in error.value.hint
    path.rename(path.with_name("away"))
    restore(sqlite_database, copy)
    assert numbers(sqlite_database) == ["INV-1"]


def test_a_copy_with_a_log_beside_it_comes_back_with_what_is_in_the_log(
    sqlite_database: Database, tmp_path: Path, copy: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    runner.prepare(other)
    put(other, entry("IN-LOG"))  # its connections stay open: it is in the log alone
    assert (tmp_path / "other.db-wal").stat().st_size
    restore(sqlite_database, tmp_path / "other.db")
    assert numbers(sqlite_database) == ["IN-LOG"]
    assert numbers(other) == ["IN-LOG"]
    other.close()


def test_an_older_copy_is_brought_up_to_date(sqlite_database: Database, tmp_path: Path) -> None:
    old = old_database(tmp_path / "old.db")
    old.close()
    done = restore(sqlite_database, tmp_path / "old.db")
    assert done.version == "0009"
    assert runner.version(sqlite_database) == runner.HEAD
    rows = sqlite_database.reader.rows("SELECT name FROM customers", {})
    assert rows == [("Ann",)]
    assert runner.version(Database(f"sqlite:///{tmp_path / 'old.db'}")) == "0009"


def test_a_copy_with_other_pages_comes_back(
    sqlite_database: Database, copy: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    restore(sqlite_database, copy)
    assert numbers(sqlite_database) == ["INV-1"]


# --------------------------------------------------------------------------- nothing leaves twice


def test_what_the_copy_says_is_still_to_be_sent_is_unconfirmed_and_the_rest_as_it_was(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rows = put(sqlite_database, entry("INV-1"), entry("INV-2"), entry("INV-3"))
    sent, _, _ = written = [record(sqlite_database, new_email(row)) for row in rows]
    accept(sqlite_database, sent)
    with sqlite_database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE deliveries SET local_status = 10, status = 10, lease_by = 'one',"
            " lease_until = 4000000000000000 WHERE tag = ?",
            (written[1].tags[0],),
        )
        ids = connection.exec_driver_sql("SELECT id FROM deliveries").scalars().all()
        digests.seal(connection, deliveries, ids)
    made = copies.backup(sqlite_database, tmp_path / "copy.db")
    done = restore(sqlite_database, made.path)
    assert done.unconfirmed == 2
    words = words_of(sqlite_database)
    assert words == {
        "INV-1": DisplayStatus.SENT,
        "INV-2": DisplayStatus.UNCONFIRMED,
        "INV-3": DisplayStatus.UNCONFIRMED,
    }
    unsettled = outbox.entries(sqlite_database.reader, START)
    assert all("whether it was sent since then is not known" in each.error for each in unsettled)
    (hold,) = outbox_decisions.holds(sqlite_database.reader)
    assert (hold.name, hold.by, hold.until) == ("pause", "anna", None)
    assert check(sqlite_database).differences == ()
    # The report of SES settles it by our tag, as always.
    tell(sqlite_database, fact("Delivery", "ses-1", tag=written[1].tags[0]))
    assert words_of(sqlite_database)["INV-2"] is DisplayStatus.DELIVERED


@pytest.fixture
def program(sqlite_database: Database, aws: Simulator, clients: Clients) -> Callable[[], Backend]:
    """As many programs as wanted; the clock goes on, since the rate of sending needs it."""
    settings = load({**aws.environment, "OUTTRAY_DATABASE_URL": sqlite_database.url})
    return lambda: Backend(
        settings,
        mailer=SesMailer(clients),
        suppression_book=SesSuppressionList(clients),
        feed=SqsFeed(clients, settings.queue_url),
    )


@pytest.fixture
def filled(sqlite_database: Database, program: Callable[[], Backend]) -> Backend:
    """Six emails wait."""
    backend = program()
    rows = put(
        sqlite_database,
        *(entry(f"INV-{n}", f"C{n}", f"success+{n}@simulator.amazonses.com") for n in range(6)),
    )
    drafts = [backend.compose(EmailKind.ORIGINAL, row.id).draft for row in rows]
    assert len(backend.outbox.enqueue(drafts, confirmed=True).email_ids) == 6
    return backend


def test_what_was_sent_after_the_copy_is_not_sent_again_after_a_restore(
    filled: Backend,
    program: Callable[[], Backend],
    sqlite_database: Database,
    aws: Simulator,
    tmp_path: Path,
) -> None:
    """Against the stand-in's own record: accepted at most once a delivery."""
    copy = filled.backup(tmp_path / "copy.db").path
    assert filled.outbox.work().sent == 6
    filled.close()
    sqlite_database.disconnect()
    done = program().restore(copy, lambda _: None)
    after = program()
    assert done.unconfirmed == 6
    assert after.outbox.work().sent == 0
    assert after.outbox.resume()
    assert after.outbox.work().sent == 0
    taken = [each["tags"][OUR_TAG] for each in aws.sent()]
    assert len(taken) == len(set(taken)) == 6
    give_up = time.monotonic() + 20
    while set(words_of(sqlite_database).values()) != {DisplayStatus.DELIVERED}:
        assert time.monotonic() < give_up
        after.pull(1)
    after.close()


def test_a_restore_that_fails_half_way_leaves_the_database_as_it_was(
    sqlite_database: Database, copy: Path
) -> None:
    """The disk is full, or the program is killed, while the copy is being written."""
    code = (
        "import os, sys, sqlite3\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from core.db import restoring\n"
        "from core.db.engine import Database\n"
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "match = restoring._match_page_size\n"
        "def then_full(*given):\n"
        "    match(*given)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "restoring._match_page_size = then_full\n"
        "try:\n"
        "    restoring.restore(Database(sys.argv[1]), Path(sys.argv[2]), 'anna',\n"
        "                      datetime.now(UTC), lambda _: None)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    sqlite_database.close()
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_database.url, str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert "could not be written" in done.stdout
    assert "as it was" in done.stdout
    assert numbers(sqlite_database) == ["INV-1", "INV-2"]
    with closing(sqlite3.connect(path_of(sqlite_database))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
