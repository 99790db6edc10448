"""Y: what can be copied of a row, what reaches the terminal, and the file beside it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tests.tui.test_hostile import HOSTILE, assert_harmless, company_of
from tui.dialogs.basic.questions import PickDialog
from tui.runtime import clipboard
from tui.tables.copy_items import Item, of_customer, of_document, of_email, whole
from tui.tables.documents import ALL_DOCUMENT_COLUMNS
from tui.widgets.data_table.column import Context


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("TMUX", raising=False)
    return tmp_path / "state" / "outtray"


def offered(person: Driver) -> list[str]:
    """The labels in the dialog."""
    assert isinstance(person.app.screen, PickDialog)
    return [label for label, _ in person.app.screen._lines]


async def test_y_and_enter_copy_the_number_of_a_document(backend: FakeBackend, state: Path) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.copy")
        assert offered(person) == ["Number", "Address", "Customer", "Whole row"]
        await person.press("enter")
        assert person.app.clipboard == "INV-0042"
        assert (state / "copied.txt").read_text() == "INV-0042"
        assert (state / "copied.txt").stat().st_mode & 0o777 == 0o600
        assert state.stat().st_mode & 0o777 == 0o700
        assert "Sent to the terminal (it may refuse)" in person.words
        assert "copied.txt" in person.text


async def test_the_same_key_twice_or_a_digit_picks(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("y", "Y")
        assert person.app.clipboard == "INV-0042"
        await person.press("y", "2")
        assert person.app.clipboard == "brook59@example.org"
        await person.press("y", "9")  # there is no ninth: the dialog stays
        assert isinstance(person.app.screen, PickDialog)
        await person.press("4")
        assert "Balance: 849.10" in person.app.clipboard.splitlines()
        await person.press("y", "escape")
        assert "Balance: 849.10" in person.app.clipboard


async def test_in_the_log_what_the_server_said_comes_first(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("enter", "tab")
        assert person.app.screen.log_panel.has_focus_within  # type: ignore[attr-defined]
        await person.press("y", "y")
        assert person.app.clipboard.startswith("smtp; 550 5.1.1 <brook59@example.org>: Recipient")
        await person.press("y")
        assert offered(person)[:3] == ["Diagnostic", "Address", "Subject"]
        await person.press("escape", "down", "y", "y")  # delivered: nothing was said
        assert person.app.clipboard == "brook59@example.org"
        await person.press("up", "y")
        await person.press(str(offered(person).index("Message") + 1))
        assert person.app.clipboard == (
            "Hi, I wanted to follow up on invoice INV-0042.\n\nLet us know."
        )


async def test_every_screen_with_a_table_copies(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("down", "y", "y")
        assert "@" in person.app.clipboard
        await person.do("app.attention")
        await person.press("y", "y")
        assert re.fullmatch(r"(INV|EST)-\d+", person.app.clipboard)
        await person.do("app.suppressions")
        await person.press("y")
        if isinstance(person.app.screen, PickDialog):
            assert offered(person)[0] == "Address"
            await person.press("y")
            assert "@" in person.app.clipboard
        await person.do("app.outbox")
        await person.press("y")
        assert "There is no email here." in person.words


async def test_a_number_has_a_link_where_pages_are_known(backend: FakeBackend) -> None:
    row = backend.company.row(1)
    template = "https://books.example/{kind}/{number}"
    (link,) = [item.text for item in of_document(row, template) if item.label == "Link"]
    assert link == "https://books.example/invoice/INV-0042"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_copied_is_harmless(text: str) -> None:
    company = company_of(text)
    (document,), (customer,) = company.rows(), company.customer_rows()
    (email,) = company.log(document.id).emails
    items = [
        *of_document(document, "https://books.example/{number}"),
        *of_customer(customer),
        *of_email(email, text),
        Item("Whole", whole(ALL_DOCUMENT_COLUMNS, document, Context(NOW))),
    ]
    assert len(items) > 5
    for item in items:
        is_block = item.label in ("Message", "Whole")
        for line in item.text.split("\n") if is_block else [item.text]:
            assert line == "" or line.isprintable()


async def test_hostile_names_are_harmless_in_the_dialog_and_in_the_toast() -> None:
    backend = FakeBackend(company_of(HOSTILE["lines"] + HOSTILE["title-escape"]), NOW)
    async with driving(backend) as person:
        await person.press("enter", "y")
        assert_harmless(person.lines, 132)
        await person.press("1")
        assert_harmless(person.lines, 132)
        await person.press("enter", "tab", "y")
        assert_harmless(person.lines, 132)


async def test_what_is_too_long_for_a_terminal_goes_into_the_file_alone(
    backend: FakeBackend, state: Path
) -> None:
    async with driving(backend) as person:
        person.app.copy_open_export.copy(Item("Message", "x" * (clipboard.MOST_BYTES + 1)))
        await person.settle()
        assert person.app.clipboard == ""
        assert len((state / "copied.txt").read_text()) == clipboard.MOST_BYTES + 1
        assert "Too long for the terminal's clipboard: only in" in person.words


async def test_a_file_that_cannot_be_written_is_told(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("y", "y")
        assert "copied.txt cannot be written: Not a directory." in person.words
        assert person.app.clipboard == "INV-0042"


def test_what_was_copied_before_is_replaced_and_no_link_is_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "copied.txt").symlink_to(elsewhere)
    assert clipboard.keep("new", tmp_path).read_text() == "new"
    assert elsewhere.read_text() == "precious"
    assert not (tmp_path / "copied.txt").is_symlink()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_within_tmux_every_escape_is_doubled() -> None:
    sequence = clipboard.passed_through("Größe")
    encoded = base64.b64encode("Größe".encode()).decode()
    assert sequence == f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\"
