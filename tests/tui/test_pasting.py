"""A paste comes once, with its lines; a path that is dragged in takes the place of what stood."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.basic.prompt import PromptDialog
from tui.widgets.text_field import harmless, pasted_paths


async def paste(person: object, text: str) -> None:
    app = person.app  # type: ignore[attr-defined]
    app.screen.focused.post_message(events.Paste(text))
    await person.settle()  # type: ignore[attr-defined]


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
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
