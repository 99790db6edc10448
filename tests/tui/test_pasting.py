"""A paste comes once, with its lines; a path that is dragged in takes the place of what stood."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.basic.questions import PromptDialog
from tui.widgets.text_field import LONGEST, Field, harmless, pasted_paths

ROOT: Final = Path(__file__).resolve().parents[2]


async def paste(person: Driver, text: str) -> None:
    """As the driver of a terminal does: the application gives it to whatever has the focus."""
    person.app.post_message(events.Paste(text))
    await person.settle()


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\v"])
async def test_a_message_is_pasted_once_with_its_lines(backend: FakeBackend, ends: str) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.message.text = ""
        person.dialog.message.focus()
        await person.settle()
        await paste(person, ends.join(("Hello Ann,", "", "👩‍👩‍👧 two\x1b[2J")))
        assert person.dialog.message.text == "Hello Ann,\n\n👩‍👩‍👧 two[2J"


async def test_a_field_of_one_line_takes_the_first_and_says_so(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.subject.value = ""
        person.dialog.subject.focus()
        await person.settle()
        await paste(person, "\r\nReminder\r\nand more\r\n")
        assert person.dialog.subject.value == "Reminder"
        assert "This field takes one line; 1 more line was left out." in person.words


async def test_a_dragged_path_takes_the_place_of_what_stood_there(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.attach")
        prompt = person.app.screen
        assert isinstance(prompt, PromptDialog)
        assert prompt.answer.value == "~/"
        await paste(person, "'/home/anna/my invoice.pdf' ")
        assert prompt.answer.value == "/home/anna/my invoice.pdf"
        await paste(person, "-2")  # no path: it goes where the cursor is
        assert prompt.answer.value == "/home/anna/my invoice.pdf-2"


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("/srv/a.pdf\n", ["/srv/a.pdf"]),
        ("/srv/my\\ own\\ \\(1\\).pdf ", ["/srv/my own (1).pdf"]),
        ('"/srv/a b.pdf"', ["/srv/a b.pdf"]),
        ("'/srv/it'\\''s here.pdf'", ["/srv/it's here.pdf"]),
        ("/srv/it's here.pdf", ["/srv/it's here.pdf"]),
        ("/srv/not quoted.pdf", ["/srv/not quoted.pdf"]),
        ("file:///srv/a%20b.pdf", ["/srv/a b.pdf"]),
        ("file://localhost/srv/M%C3%BCller%23.pdf\r\n", ["/srv/Müller#.pdf"]),
        ("file:///C:/Users/a%20b.pdf", ["C:/Users/a b.pdf"]),
        ("~/a.pdf", ["~/a.pdf"]),
        ("C:\\Users\\a.pdf", ["C:\\Users\\a.pdf"]),
        ('"C:\\My files\\a.pdf"', ["C:\\My files\\a.pdf"]),
        ("'/srv/a b.pdf' '/srv/c.pdf' ", ["/srv/a b.pdf", "/srv/c.pdf"]),
        ("file:///a\r\nfile:///b\r\n", ["/a", "/b"]),
        ("/srv/a.pdf\nand some words", []),
        ("a.pdf", []),
        ("", []),
    ],
)
def test_a_path_is_known_however_a_terminal_writes_it(text: str, paths: list[str]) -> None:
    assert pasted_paths(text) == paths


@pytest.mark.parametrize("text", ["a\u200db", "\u200d", "👩\u200d", "\u200d👩", "👩\u200d\u202ex"])
def test_a_joiner_stays_between_emoji_only(text: str) -> None:
    assert "\u200d" not in harmless(text)


KEPT = "👩‍👩‍👧 🏳️‍🌈 ❤️ e\u0301 漢字 नमस्ते"
GONE = "\u202e\u2066\ufeff\x00\x07\x1b\x7f\ud800"


async def test_signs_are_kept_and_what_cannot_be_seen_is_not(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        for field in (person.dialog.message, person.dialog.subject):
            field.focus()
            await person.settle()
            await person.press("ctrl+a" if field is person.dialog.message else "home")
            await paste(person, KEPT + GONE)
        assert KEPT in person.dialog.subject.value
        assert KEPT in person.dialog.message.text
        assert not set(GONE) & set(person.dialog.subject.value + person.dialog.message.text)


async def test_what_was_copied_in_here_is_pasted_by_the_same_rules(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.app._clipboard = "one\ntwo\x1b"
        person.dialog.subject.value = ""
        person.dialog.subject.focus()
        await person.press("ctrl+v")
        assert person.dialog.subject.value == "one"
        assert "This field takes one line; 1 more line was left out." in person.words
        person.dialog.message.text = ""
        person.dialog.message.focus()
        await person.press("ctrl+v")
        assert person.dialog.message.text == "one\ntwo"


async def test_a_field_that_is_full_says_so(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await paste(person, "x" * 1_000_000)
        field = person.app.focused
        assert isinstance(field, Field)
        assert len(field.value) == LONGEST
        assert "The end of it was left out: this field is full." in person.words


async def test_a_paste_on_a_list_is_searched_for_and_no_command(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("tab")
        await paste(person, "EST-0007\nf\ny\n")
        assert isinstance(person.app.focused, Field)
        assert person.app.focused.value == "EST-0007"
        await person.press("enter")
        await paste(person, "q")
        assert len(person.app.screen_stack) == 2  # ``q`` would have gone back
        assert isinstance(person.app.focused, Field)
        assert person.app.focused.value == "q"
    assert not backend.sent


async def test_a_paste_where_nothing_takes_it_is_told(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("f1")
        await paste(person, "EST-0007")
        assert "Nothing was pasted: the cursor is in no field." in person.words


async def test_the_list_of_commands_takes_one_line_too(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("app.palette")
        await paste(person, "\nthe\x1bme\nmore")
        assert isinstance(person.app.focused, Input)
        assert person.app.focused.value == "theme"
        assert "This field takes one line; 1 more line was left out." in person.words


def _uses(tree: ast.AST) -> Iterator[str]:
    """What is made of, or derived from, Textual's own fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.ClassDef):
            yield from map(ast.unparse, node.bases)


def test_every_field_takes_a_paste_by_our_rules() -> None:
    """``Field`` and ``MessageField`` are the only ones that are made of Textual's."""
    made = {
        (path.relative_to(ROOT / "tui").name, name.split("[")[0].rpartition(".")[2])
        for path in (ROOT / "tui").rglob("*.py")
        for name in _uses(ast.parse(path.read_text("utf-8")))
    }
    foreign = {"Input", "MaskedInput", "TextArea"}
    assert {use for use in made if use[1] in foreign} == {
        ("text_field.py", "Input"),
        ("compose_form.py", "TextArea"),
    }
