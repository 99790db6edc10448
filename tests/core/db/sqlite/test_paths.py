"""What a SQLite URL names is one file, to the letter, for everything that opens it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.db.sqlite import copies
from core.db.sqlite.file import sqlite_path, sqlite_url
from core.files import protected_files
from core.model.documents import DocumentFilter
from core.model.errors import DatabaseError, InputError
from tests.core.db.books import entry, put

STRANGE = (
    "what?.db",
    "what? really.db",
    "a ? b=c/outtray.db",
    " blanks around .db ",
    "50% off.db",
    "my%20books.db",
    "#1.db",
    "a#b?c%d&e=f;g.db",
    "~.db",
    "Bücher – 請求書.db",
    "?",
    "file:x.db",
    "a@b:c.db",
    "tab\tand\nnewline.db",
)


@pytest.mark.parametrize("name", STRANGE)
def test_reader_writer_and_copy_open_exactly_the_named_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    database = Database(sqlite_url(path))
    runner.prepare(database)
    put(database, entry())
    assert documents.count_documents(database.reader, DocumentFilter()) == 1
    with database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM documents").scalar() == 1
        opened = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
        assert os.fsencode(opened) == os.fsencode(path)
    made = copies.backup(database, path.with_name("copy"))
    database.close()
    assert {each.name for each in path.parent.iterdir()} == {path.name, "copy"}
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(made.path.stat().st_mode) == 0o600


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1))
def test_a_url_is_its_path_to_the_letter_or_refused(name: str) -> None:
    try:
        found = sqlite_path(f"sqlite:///{name}")
    except DatabaseError:
        assert name in ("/", ":memory:") or "=" in name.rpartition("?")[2]
    else:
        assert str(found) == str(Path(name))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///{}/o.db?timeout=5",
        "sqlite:///{}/o.db?mode=ro&cache=shared",
        "sqlite://{}/o.db/../o.db",
        "sqlite+aiosqlite:///{}/o.db",
        "sqlite+pysqlcipher:///{}/o.db",
        "sqlitex:///{}/o.db",
        "sqlite://o.db",
        "sqlite:///{}/o.db\0",
    ],
)
def test_a_url_that_would_be_cut_or_misread_is_refused_and_opens_nothing(
    tmp_path: Path, url: str
) -> None:
    url = url.format(tmp_path) if "sqlite://{" not in url else url.format("host" + str(tmp_path))
    with pytest.raises(DatabaseError):
        runner.prepare(Database(url))
    assert list(tmp_path.iterdir()) == []


def test_another_spelling_of_a_database_that_is_there_makes_no_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my books").mkdir()
    there = Database(sqlite_url(tmp_path / "my books" / "out.db"))
    runner.prepare(there)
    there.close()
    for url in (f"sqlite:///{tmp_path}/my%20books/out.db", "sqlite:///~/my books/out.db"):
        with pytest.raises(DatabaseError, match="but there is") as error:
            runner.prepare(Database(url))
        assert "my books/out.db" in error.value.title
    assert {each.name for each in tmp_path.iterdir()} == {"my books"}


def test_a_path_that_cannot_be_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    wrong = {
        "file/outtray.db": "is a file, not a folder",
        "file/deeper/outtray.db": "is a file, not a folder",
        "folder": "is a folder, not a file",
        "link": "a file that is not there",
        "pipe": "is not a file",
        "x" * 300: "name too long",
        "file": "not a database",
    }
    for name, words in wrong.items():
        database = Database(sqlite_url(tmp_path / name))
        with pytest.raises(DatabaseError) as error:
            runner.prepare(database)
        assert words in str(error.value).lower(), (name, str(error.value))
        database.close()
    assert (tmp_path / "file").read_text() == "x"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everywhere")
def test_a_path_that_is_not_allowed_is_told_in_words(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(DatabaseError, match="Permission denied"):
        runner.prepare(Database(sqlite_url(closed / "outtray.db")))
    closed.chmod(0o000)
    with pytest.raises(DatabaseError, match="Permission denied"):
        runner.version(Database(sqlite_url(closed / "outtray.db")))
    closed.chmod(0o700)


def test_new_files_and_folders_are_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(sqlite_url(tmp_path / "new" / "outtray.db"))
        runner.prepare(database)
        put(database, entry())
        modes = {
            each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "new").iterdir()
        }
        database.close()
    finally:
        os.umask(before)
    assert {name for name in modes if "-open-" not in name} == {
        "outtray.db",
        "outtray.db-wal",
        "outtray.db-shm",
    }
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_nothing_reads_a_file_of_the_database_under_any_name(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "outtray.db"))
    runner.prepare(database)
    os.link(tmp_path / "outtray.db", tmp_path / "hard.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "outtray.db")
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "other.csv").write_bytes(b"read")
    names = ("outtray.db", "outtray.db-wal", "outtray.db-shm", "outtray.db-journal")
    for name in (*names, "hard.csv", "link.csv", "folder/outtray.db", "folder/outtray.db-wal"):
        with pytest.raises(InputError, match="own database"):
            protected_files.read_bytes(tmp_path / name)
    assert protected_files.read_bytes(tmp_path / "other.csv") == b"read"
    database.close()
