"""A text in the person's own editor: which one, what comes back, and that nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.model.errors import InputError
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.runtime import external_programs
from tui.runtime.external_programs import Edited


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    for name in ("ed-one", "ed-two", "ed three"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_settings_come_before_visual_and_that_before_editor(bin_folder: Path) -> None:
    both = {"VISUAL": "ed-one -f", "EDITOR": "ed-two"}
    assert external_programs.command("ed-two", both) == (str(bin_folder / "ed-two"),)
    assert external_programs.command("", both) == (str(bin_folder / "ed-one"), "-f")
    assert external_programs.command("", {"VISUAL": " ", "EDITOR": "ed-two"}) == (
        str(bin_folder / "ed-two"),
    )
    quoted = f"'{bin_folder}/ed three' --cmd 'a b; rm -rf $x'"
    assert external_programs.command(quoted, {}) == (
        f"{bin_folder}/ed three",
        "--cmd",
        "a b; rm -rf $x",
    )


@pytest.mark.parametrize(
    ("named", "said"),
    [("", "No editor is named"), ("no-such-ed", "is not installed"), ("'ed", "cannot be read")],
)
def test_an_editor_that_is_not_there_is_told_with_what_to_set(named: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        external_programs.command(named, {})
    assert "VISUAL" in error.value.hint


def back(tmp_path: Path, data: bytes, before: str = "old text", code: int = 0) -> Edited:
    folder = tmp_path / "outtray-x"
    folder.mkdir()
    path = folder / "message.md"
    path.write_bytes(data)
    return external_programs.read_back(path, before, code)


@pytest.mark.parametrize(
    ("data", "before", "text", "is_changed"),
    [
        (b"new\n", "old", "new", True),
        (b"old\n", "old", "old", False),
        (b"old\n", "old\n", "old\n", False),
        (b"a\r\nb\r\n", "a\nb", "a\nb", False),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\n\n", "x", "Grüße\n", True),
    ],
)
def test_what_came_back_is_the_text(
    tmp_path: Path, data: bytes, before: str, text: str, is_changed: bool
) -> None:
    assert back(tmp_path, data, before) == Edited(text, is_changed)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"new words\n", 1, "exit code 1"),
        (b"new words\n", -15, "signal 15"),
        (b"caf\xe9\n", 0, "not UTF-8"),
        (b"x" * (external_programs.MOST_BYTES + 1), 0, "too long"),
    ],
)
def test_what_cannot_be_read_in_is_kept_and_named(
    tmp_path: Path, data: bytes, code: int, said: str
) -> None:
    with pytest.raises(InputError, match=said) as error:
        back(tmp_path, data, code=code)
    assert "The text stays as it was." in error.value.hint
    assert str(tmp_path / "outtray-x" / "message.md") in error.value.hint
    assert (tmp_path / "outtray-x" / "message.md").read_bytes() == data


@pytest.mark.parametrize(
    ("data", "code", "said"), [(b" \n\n", 0, "came back empty"), (b"old text\n", 1, "exit code 1")]
)
def test_where_there_is_nothing_to_keep_nothing_is_kept(
    tmp_path: Path, data: bytes, code: int, said: str
) -> None:
    with pytest.raises(InputError, match=said) as error:
        back(tmp_path, data, code=code)
    assert error.value.hint == "The text stays as it was."
    assert not (tmp_path / "outtray-x").exists()


async def test_without_an_editor_the_text_stays_and_the_dialog_says_what_to_set(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        before = person.dialog.message.text
        await person.do("compose.editor")
        assert "No editor is named." in person.words
        assert person.dialog.message.text == before
        monkeypatch.setenv("EDITOR", "true")
        await person.press("f6")  # a terminal without a driver that can step aside
        assert "cannot be handed to another program" in person.words
        assert person.dialog.message.text == before
