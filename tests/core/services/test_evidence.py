"""What an evidence package holds: the bytes that left, SES's words, hashes."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.backend import Backend
from core.db.engine import Database
from core.model.chase_state import CallEntry, Scope
from core.model.chasing import HoldKind
from core.model.email import AttachedFile
from core.model.enums import EmailKind
from core.model.errors import InputError, NotFoundError, UsageError
from core.rules.export.evidence import safe_name
from core.services import evidence
from core.simulator import Simulator
from tests.core.db.books import START, document, fact, hard_bounce, one, sent, tell
from tests.core.drafts import draft

HOSTILE = '../../evil<script>alert(1)</script>\u202e\x1b[2J"|.pdf'


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_emails_in_it_are_the_bytes_that_ses_was_given(
    backend: Backend, simulator: Simulator, tmp_path: Path
) -> None:
    row = one(backend._database)
    file = AttachedFile(HOSTILE, "application/pdf", b"%PDF-1.4 exact\r\n\x00")
    backend.send(draft(row, attachments=(file,)), confirmed=True)
    backend.send(draft(row, kind=EmailKind.FOLLOW_UP), confirmed=True)
    written = backend.export_evidence(row.id, tmp_path / "proof")
    found = contents(tmp_path / "proof")
    emails = [found[name] for name in found if name.endswith(".eml")]
    assert emails == [each["raw"].encode() for each in simulator.sent()]
    (attached,) = [name for name in found if name.startswith("attachments/")]
    assert found[attached] == file.content
    assert attached.endswith(".pdf")
    assert (written.emails, written.files) == (2, len(found))


def test_every_file_is_named_with_its_hash(database: Database, tmp_path: Path) -> None:
    row = one(database)
    sent(database, row)
    evidence.export(database.reader, row.id, tmp_path / "proof")
    found = contents(tmp_path / "proof")
    lines = (line.partition("  ") for line in found["SHA256SUMS"].decode().splitlines())
    sums = {name: digest for digest, _, name in lines}
    assert sums == {n: sha256(c).hexdigest() for n, c in found.items() if n != "SHA256SUMS"}
    manifest = json.loads(found["manifest.json"])
    listed = {each["path"]: (each["size"], each["sha256"]) for each in manifest["files"]}
    others = found.keys() - {"SHA256SUMS", "manifest.json"}
    assert listed == {n: (len(found[n]), sha256(found[n]).hexdigest()) for n in others}


def test_ses_s_own_words_are_there_as_they_were_received(
    database: Database, tmp_path: Path
) -> None:
    row = one(database)
    other = one(database, number="INV-0043")
    told = hard_bounce(sent(database, row).message_ids[0])
    tell(database, told, at=START + timedelta(minutes=3))
    tell(database, fact("Delivery", sent(database, other).message_ids[0]))
    evidence.export(database.reader, row.id, tmp_path / "proof")
    found = contents(tmp_path / "proof")
    (line,) = found["events.jsonl"].decode().splitlines()
    assert json.loads(line) == {"received_at": "2026-11-20T14:03:00Z", "raw": repr(told)}
    page = found["timeline.html"].decode()
    assert "smtp; 550 5.1.1 user unknown" in page
    assert "2026-11-20 14:02:00 UTC" in page
    assert "A program may have caused it" in page


def test_calls_and_promises_are_told_too(backend: Backend, tmp_path: Path) -> None:
    row = one(backend._database)
    backend.chasing.log_call(row.id, CallEntry(note="pays <b>soon</b>", contact="Ada"))
    backend.chasing.hold(Scope.of(row), HoldKind.PROMISE, START.date() + timedelta(days=9))
    written = backend.export_evidence(row.id, tmp_path / "proof")
    assert written.emails == 0
    text = (tmp_path / "proof" / "timeline.md").read_text()
    assert "Nothing was sent about this document." in text
    assert "Phone call by anna with Ada" in text
    assert "anna promised not to chase before 2026-11-29" in text
    page = (tmp_path / "proof" / "timeline.html").read_text()
    assert "pays &lt;b&gt;soon&lt;/b&gt;" in page
    assert "<b>" not in page


def test_another_program_s_email_is_told_without_its_bytes(
    database: Database, tmp_path: Path
) -> None:
    row = one(database)
    sent(database, row, kind=EmailKind.EXTERNAL, mime=None, sent_by="")
    evidence.export(database.reader, row.id, tmp_path / "proof")
    found = contents(tmp_path / "proof")
    assert not [name for name in found if name.endswith(".eml")]
    (email,) = json.loads(found["manifest.json"])["emails"]
    assert "its bytes are not ours" in email["note"]
    assert "its bytes are not ours" in found["timeline.md"].decode()


def test_the_same_books_give_the_same_bytes(database: Database, tmp_path: Path) -> None:
    row = one(database)
    tell(database, fact("Delivery", sent(database, row).message_ids[0]))
    for name in ("one", "two"):
        evidence.export(database.reader, row.id, tmp_path / name)
        evidence.export(database.reader, row.id, tmp_path / f"{name}.zip")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    zipped = (tmp_path / "one.zip").read_bytes()
    assert zipped == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n) for n in archive.namelist()} == contents(tmp_path / "one")


@pytest.mark.parametrize("name", ["proof", "proof.zip"])
def test_nothing_that_is_there_is_replaced(database: Database, tmp_path: Path, name: str) -> None:
    row = one(database)
    sent(database, row)
    target = tmp_path / "out" / name
    target.parent.mkdir()
    target.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        evidence.export(database.reader, row.id, target)
    assert (target.read_text(), names(target.parent)) == ("mine", [name])


def test_what_comes_meanwhile_is_not_replaced_either(
    sqlite_database: Database, tmp_path: Path
) -> None:
    row = one(sqlite_database)
    sent(sqlite_database, row)
    target = tmp_path / "out" / "proof.zip"
    target.parent.mkdir()

    def somebody_else(*_: object) -> None:
        target.write_text("theirs")

    with pytest.raises(InputError, match="could not be written"):
        evidence.export(sqlite_database.reader, row.id, target, somebody_else)
    assert target.read_text() == "theirs"
    assert names(target.parent) == ["proof.zip"]


def test_a_failure_leaves_nothing_behind(sqlite_database: Database, tmp_path: Path) -> None:
    row = one(sqlite_database)
    sent(sqlite_database, row)
    folder = tmp_path / "out"
    folder.mkdir()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidence.export(sqlite_database.reader, row.id, folder / "proof", interrupted)
    assert names(folder) == []


def test_a_hostile_number_stays_in_the_folder(sqlite_database: Database, tmp_path: Path) -> None:
    number = "../../../INV/\x1b[2J<img src=x>"
    row = one(sqlite_database, number=number)
    sent(sqlite_database, row, subject="<script>x</script>\u202e")
    (tmp_path / "in").mkdir()
    written = evidence.export(sqlite_database.reader, row.id, tmp_path / "in")
    assert written.path.parent == tmp_path / "in"
    assert names(tmp_path / "in") == [written.path.name]
    page = (written.path / "timeline.html").read_text()
    for bad in ("<script", "<img", "\x1b", "\u202e"):
        assert bad not in page


def test_nothing_to_tell_is_refused_in_words(sqlite_database: Database, tmp_path: Path) -> None:
    row = one(sqlite_database)
    with pytest.raises(NotFoundError, match="Nothing was sent"):
        evidence.export(sqlite_database.reader, row.id, tmp_path / "proof")
    with pytest.raises(UsageError, match="There is no folder"):
        evidence.destination("X", tmp_path / "missing" / "proof")
    assert "outtray.db" in names(tmp_path)
    assert not (tmp_path / "proof").exists()
    assert document(sqlite_database).id == row.id


@given(st.text(max_size=300))
def test_any_text_gives_the_name_of_one_file(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= 101
    assert not set(name) & set('<>:"/\\|?*')
    assert name == name.strip()
    assert name not in (".", "..")
    assert not name.endswith(".")
    assert name.isprintable()
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("", "file"),
        ("...", "file"),
        ("Rechnung 7.pdf", "Rechnung 7.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_names_that_mean_something_else_are_changed(text: str, name: str) -> None:
    assert safe_name(text) == name
