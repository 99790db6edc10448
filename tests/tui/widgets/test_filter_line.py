"""The search line on the documents: filters, what is told of them, history and completion."""

from __future__ import annotations

import json

import pytest

from core.model.documents import DocumentView
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.basic.help import HelpDialog
from tui.screens.communications import CommunicationsScreen

TIMES = "7x is no time: 7d, 2w, 3m, or a date such as 2026-11-01"


def screen_of(person: Driver) -> CommunicationsScreen:
    screen = person.app.screen
    assert isinstance(screen, CommunicationsScreen)
    return screen


def numbers(person: Driver) -> set[str]:
    return {row.number for row in person.backend._documents(screen_of(person)._where)}


async def search(person: Driver, text: str) -> Driver:
    await person.do("documents.search")
    return await person.type(text)


async def test_filters_narrow_and_are_read_back_in_words(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        everything = numbers(person)
        assert "/ search" in person.text
        await person.do("documents.search")
        assert "balance>500" in person.text  # what one may type
        await person.type("balance>500 sent<7d to:@example.org")
        assert "balance over 500.00 · sent within 7 days · to @example.org" in person.text
        found = numbers(person)
        assert "INV-0042" in found
        assert found < everything
        await person.press("enter")
        assert person.app.focused is not None
        assert person.app.focused.id == "documents"
        assert "balance over 500.00" in person.text
        for number in found:
            assert number in person.text
        await person.do("screen.close")
        assert numbers(person) == everything
        assert "balance over" not in person.text
        assert "/ search" in person.text


async def test_the_chips_count_what_the_line_leaves_and_narrow_it(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        await search(person, "invoice balance>900")
        await person.press("enter")
        bounced = sum(
            row.number in numbers(person) and bool(row.summary.unresolved)
            for row in backend._documents(screen_of(person)._where)
        )
        assert f"✖ Bounced {bounced}" in person.text
        await person.do("documents.bounced")
        where = screen_of(person)._where
        assert where.chip is DocumentView.BOUNCED
        assert len(where.conditions) == 2
        await search(person, " balance<1")
        assert "No document matches" in person.text
        assert "The filter “Bounced” narrows, too." in person.text


async def test_what_says_nothing_is_marked_under_it_and_the_rest_holds(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        await search(person, "invoice sent<7x balance>900")
        assert TIMES in person.text
        typed, told = person.line("sent<7x"), person.line(TIMES)
        assert told.index("▔") == typed.index("sent<7x")
        assert told.count("▔") == len("sent<7x")
        assert "balance over 900.00" in told
        assert len(screen_of(person)._where.conditions) == 2
        rows = numbers(person)
        await person.press("enter")
        assert numbers(person) == rows
        assert TIMES in person.text


async def test_what_is_unfinished_is_no_mistake_until_one_goes_on(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        rows = numbers(person)
        await search(person, "sent<")
        assert "sent< lacks its value: 7d, 2w, 3m" in person.text
        assert "▔" not in person.text
        assert numbers(person) == rows
        await person.press("enter")
        assert "▔" in person.text
        assert numbers(person) == rows


async def test_on_the_way_to_a_filter_the_rows_stay(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        rows = numbers(person)
        await person.do("documents.search")
        for typed in "comp":
            await person.type(typed)
            assert numbers(person)
        assert numbers(person) == rows
        assert "“comp” finds nothing yet · Tab: complained" in person.text
        await person.press("tab")
        assert screen_of(person).line.field.value == "complained"
        assert numbers(person) < rows
        await person.type(" to:@exa")
        assert "“to:@exa” finds nothing yet" in person.text
        assert numbers(person)
        await person.press("enter")  # whoever goes on means what stands there
        assert numbers(person) == set()


async def test_a_word_that_begins_a_filter_is_searched_all_the_same(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        await search(person, "est")
        assert "EST-0007" in numbers(person)
        assert "INV-0042" not in numbers(person)
        await person.press("escape")
        await search(person, "boun")
        await person.press("space")
        assert numbers(person) == set()


@pytest.mark.parametrize("key", ["tab", "right", "end"])
async def test_grey_letters_are_taken(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await person.press("enter")
        await search(person, "inv bal")
        assert "inv balance>" in person.text
        await person.press(key)
        assert screen_of(person).line.field.value == "inv balance>"
        assert screen_of(person).line.field.has_focus
        await person.type("1")
        assert screen_of(person)._where.conditions
        await person.press("tab")
        assert not screen_of(person).line.field.has_focus


async def test_up_and_down_go_through_the_lines_of_before(backend: FakeBackend) -> None:
    backend.preferences.kept["documents.lines"] = json.dumps(["oldest line"])
    async with driving(backend) as person:
        await person.press("enter")
        for line in ("opened", "inv", "opened"):
            await search(person, line)
            await person.press("enter", "escape")
        assert json.loads(backend.preferences.kept["documents.lines"]) == [
            "opened", "inv", "oldest line",
        ]  # fmt: skip
        await search(person, "mine")
        field = screen_of(person).line.field
        seen = []
        for key in ("up", "up", "up", "up", "down", "down", "down"):
            await person.press(key)
            seen.append(field.value)
        assert seen == ["opened", "inv", "oldest line", "oldest line", "inv", "opened", "mine"]
        await person.press("up")
        await person.type("x")  # theirs from now on
        await person.press("down")
        assert not field.has_focus
    async with driving(backend) as person:  # another day
        await person.press("enter")
        await person.do("documents.search")
        await person.press("up")
        assert screen_of(person).line.field.value == "openedx"


async def test_a_line_that_cannot_be_kept_disturbs_nobody(backend: FakeBackend) -> None:
    from core.model.errors import OuttrayError

    async with driving(backend) as person:
        await person.press("enter")
        await person.do("documents.search")
        backend.fail("preferences", OuttrayError("The database is read-only."))
        await person.type("inv")
        await person.press("enter")
        assert "read-only" not in person.text
        assert "INV-0042" in person.text


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_in_the_line_shows_the_filters(backend: FakeBackend, key: str) -> None:
    async with driving(backend, (80, 24)) as person:
        await person.press("enter")
        await person.do("documents.search")
        await person.press(key)
        assert isinstance(person.app.screen, HelpDialog)
        assert "The search line" in person.text
        await person.press("pagedown")
        assert "balance>500" in person.text
        await person.press("escape")
        await person.type("a?")
        assert screen_of(person).line.field.value == "a?"


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_hostile_text_in_the_line_is_shown_and_never_obeyed(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    hostile = (
        "[/b] [@click=app.quit]x[/]", "customer:[/red]", 'to:"[link=x', "sent<[/foo]",
        "balance>請求書請求書", "請求書 sent<7x", "x" * 300 + " sent<7x bounced", "by:\u202eabc",
        '"[red]two"', "currency:\x1b[2J", "kind:" + "é" * 200, "sent<7x " + "y" * 300,
    )  # fmt: skip
    async with driving(backend, size) as person:
        await person.press("enter")
        await person.do("documents.search")
        field = screen_of(person).line.field
        for text in hostile:
            field.value = text
            await person.settle()
            for key in ("home", "end"):
                await person.press(key)
                for line in person.lines:
                    assert len(line) <= size[0]
                    assert all(letter.isprintable() for letter in line)
        await person.press("enter", "v")
        assert all(letter.isprintable() for line in person.lines for letter in line)
        assert not person.has_ended
