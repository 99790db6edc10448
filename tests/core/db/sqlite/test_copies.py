"""A copy is whole and verified or none; nothing else is ever written through."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.db.sqlite import copies
from core.db.sqlite.file import sqlite_url
from core.model.documents import DocumentFilter
from core.model.errors import DatabaseError
from tests.core.db.books import entry, put
from tests.core.db.migrations import earlier

_MOST_PAGES = 0.7


def path_of(database: Database) -> Path:
    assert database.path is not None
    return database.path


def damage(path: Path, table: str = "documents") -> None:
    """Overwrite the root page of a table, as a failing disk does; nobody has the file open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(sql, (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def around(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


def test_a_copy_holds_everything_is_private_and_whole_by_itself(
    sqlite_database: Database, tmp_path: Path
) -> None:
    put(sqlite_database, entry())
    folder = tmp_path / "copies"
    folder.mkdir()
    made = copies.backup(sqlite_database, folder / "copy.db")
    assert made.findings.lines == ()
    assert around(made.path) == {"copy.db"}
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(f"{made.path.as_uri()}?immutable=1", uri=True)) as alone:
        assert alone.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert alone.execute("SELECT number FROM documents").fetchall() == [("INV-0042",)]
    copied = Database(f"sqlite:///{made.path}")
    assert documents.count_documents(copied.reader, DocumentFilter()) == 1
    copied.close()


def test_a_copy_never_replaces_the_database_itself_under_any_name(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = path_of(sqlite_database)
    put(sqlite_database, entry())
    before = path.stat().st_ino
    hard, link = tmp_path / "hard.db", tmp_path / "link.db"
    os.link(path, hard)
    link.symlink_to(path)
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]
    for target in (path, hard, link, *beside):
        with pytest.raises(DatabaseError, match="database itself"):
            copies.backup(sqlite_database, target)
    assert path.stat().st_ino == before
    assert documents.count_documents(sqlite_database.reader, DocumentFilter()) == 1


def test_a_copy_into_a_folder_or_nowhere_fails_in_words_and_leaves_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    before = around(folder)
    for target in (folder, tmp_path / "missing" / "copy.db"):
        with pytest.raises(DatabaseError, match="could not be written"):
            copies.backup(sqlite_database, target)
    assert list(folder.iterdir()) == []
    assert around(folder) - before <= {"outtray.db-wal", "outtray.db-shm"}


def test_what_stands_where_a_copy_is_to_go_is_neither_replaced_nor_written_through(
    sqlite_database: Database, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("copy.db", "copy.db.part", ".copy.db.part"):
        (tmp_path / name).symlink_to(victim)
    os.link(victim, tmp_path / "other.db.part")
    with pytest.raises(DatabaseError, match="something of that name"):
        copies.backup(sqlite_database, tmp_path / "copy.db")
    (tmp_path / "dangling.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DatabaseError, match="something of that name"):
        copies.backup(sqlite_database, tmp_path / "dangling.db")
    copies.backup(sqlite_database, tmp_path / "other.db")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("table", ["documents", "ix_documents_number"])
def test_a_damaged_database_is_said_to_be_and_its_copy_is_named_so(
    company: Database, tmp_path: Path, table: str
) -> None:
    company.close()
    damage(path_of(company), table)
    made = copies.backup(company, tmp_path / "copy.db")
    assert made.findings.damage
    assert made.path.name == "copy.db.damaged"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(DatabaseError, match="something of that name"):
        copies.backup(company, tmp_path / "copy.db")


def test_a_row_that_is_missing_from_an_index_is_damage(company: Database, tmp_path: Path) -> None:
    """``quick_check`` does not see it."""
    company.close()
    path = path_of(company)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        sql = "SELECT sql FROM sqlite_master WHERE name = 'ix_deliveries_sent_at'"
        (made,) = connection.execute(sql).fetchone()
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_deliveries_sent_at'")
        connection.commit()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"{made} WHERE sent_at = 0")
        connection.execute("PRAGMA writable_schema = ON")
        changed = "UPDATE sqlite_master SET sql = ? WHERE name = 'ix_deliveries_sent_at'"
        connection.execute(changed, (made,))
        connection.commit()
    assert any(
        "missing from index" in line
        for line in copies.backup(company, tmp_path / "copy.db").findings.damage
    )


def test_a_row_whose_other_half_is_gone_is_told_and_copied(
    company: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(path_of(company))) as connection:
        connection.execute("DELETE FROM emails WHERE id = 1")
        connection.commit()
    made = copies.backup(company, tmp_path / "copy.db")
    assert made.findings.damage == ()
    assert any(line.startswith("deliveries row") for line in made.findings.orphans)
    assert made.path.name == "copy.db"


def test_what_is_no_database_or_not_there_is_told(sqlite_database: Database) -> None:
    path = path_of(sqlite_database)
    sqlite_database.close()
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        copies.backup(sqlite_database, path.with_name("copy.db"))
    path.unlink()
    with pytest.raises(DatabaseError, match="no database"):
        copies.backup(Database(f"sqlite:///{path}"), path.with_name("copy.db"))
    assert around(path) == set()


def test_a_copy_is_of_one_moment_while_others_write(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Two documents come in one transaction: no copy has only one of them."""
    code = (
        "import sys\n"
        "from core.db.engine import Database\n"
        "from tests.core.db.books import entry, put\n"
        "database = Database(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "for n in range(100000):\n"
        "    put(database, entry(f'A-{n}'), entry(f'B-{n}'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, sqlite_database.url], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        counts = []
        for n in range(8):
            made = copies.backup(sqlite_database, tmp_path / f"copy-{n}.db")
            assert made.findings.lines == ()
            with closing(sqlite3.connect(made.path)) as copy:
                (count,) = copy.execute("SELECT count(*) FROM documents").fetchone()
            counts.append(count)
        writer.kill()
    assert all(count % 2 == 0 for count in counts)
    assert counts[-1] > counts[0]


def test_a_full_disk_leaves_the_old_copy_and_nothing_else(
    company_file: Path, tmp_path: Path
) -> None:
    """On a real disk that is too small; needs the right to make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = company_file.stat().st_size
    code = (
        "import sys, pathlib\n"
        "from core.db.sqlite import copies\n"
        "from core.db.engine import Database\n"
        "from core.model.errors import DatabaseError\n"
        "disk = pathlib.Path(sys.argv[2])\n"
        "(disk / 'old.db').write_bytes(b'old')\n"
        "try:\n"
        "    copies.backup(Database('sqlite:///' + sys.argv[1]), disk / 'new.db')\n"
        "except DatabaseError as error:\n"
        "    print(error)\n"
        "print(sorted(p.name for p in disk.iterdir()), (disk / 'old.db').read_bytes())\n"
    )
    script = (
        f'mount -t tmpfs -o size={int(size * _MOST_PAGES)} none "$3" && exec "$1" -c "$2" "$4" "$3"'
    )
    source = tmp_path / "source.db"
    shutil.copyfile(company_file, source)
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", sys.executable, code, disk, source],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no disk of one's own can be made here: {done.stderr.strip()}")
    words, left = done.stdout.strip().splitlines()
    assert "could not be written" in words
    assert "full" in words
    assert left == "['old.db'] b'old'"


# --------------------------------------------------------------------------- before an upgrade


def old_database(path: Path, version: str = "0009") -> Database:
    database = Database(f"sqlite:///{path}")
    earlier.make(database, version)
    with database.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO customers (name, name_key) VALUES ('Ann', 'ann')")
    return database


def test_the_copy_before_an_upgrade_is_of_the_older_version_whole_and_private(
    tmp_path: Path,
) -> None:
    database = old_database(tmp_path / "old.db")
    kept = tmp_path / f"old.db.before-{runner.HEAD}"
    kept.write_text("from an upgrade that failed")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f"{kept.name}.part").symlink_to(victim)
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    copy = Database(f"sqlite:///{kept}")
    assert runner.version(copy) == "0009"
    copy.close()
    database.close()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert victim.read_text() == "precious"
    assert around(kept) == {"old.db", kept.name, victim.name, f"{kept.name}.part"}


def test_a_damaged_database_is_not_upgraded(tmp_path: Path) -> None:
    old_database(tmp_path / "old.db").close()
    damage(tmp_path / "old.db")
    database = Database(sqlite_url(tmp_path / "old.db"))
    with pytest.raises(DatabaseError, match="damaged, so it was not upgraded") as error:
        runner.prepare(database)
    assert "outtray db restore" in error.value.hint
    assert runner.version(database) == "0009"
    database.close()
    assert (tmp_path / f"old.db.before-{runner.HEAD}.damaged").exists()
