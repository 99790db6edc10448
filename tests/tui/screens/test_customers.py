"""The first screen."""

from __future__ import annotations

import pytest

from core.model.errors import DatabaseBusyError
from tests.tui.company import NOW, Company
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen
from tui.widgets.data_table.table import WindowTable


async def test_typing_searches_at_once(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kra")
        assert "3 of 23 customers" in person.text
        assert "Ludwig Krajcik DVM" in person.text
        assert "Bergmann" not in person.text


async def test_a_document_number_finds_its_customer(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("INV-0060")
        assert "1 of 23 customers" in person.text
        assert "Dr. Mikra Kranz" in person.text


async def test_letters_of_commands_are_typed_while_one_searches(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("ab?/q")
        assert isinstance(person.app.screen, CustomersScreen)
        assert person.app.screen.search.value == "ab?/q"


async def test_enter_opens_the_first_that_was_found(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kranz")
        await person.press("enter")
        assert "Customers › Dr. Mikra Kranz" in person.text
        assert "INV-0060" in person.text


async def test_enter_right_after_typing_opens_what_is_found_not_what_was_shown(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        backend.hold("find_customers")
        await person.pilot.press(*"kranz", "enter")
        backend.release("find_customers")
        await person.settle()
        assert "Customers › Dr. Mikra Kranz" in person.text


async def test_down_goes_to_the_list_and_slash_comes_back(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.press("down", "enter")
        assert "Customers › Krajcik & Sons GmbH" in person.text
        await person.do("app.back")
        await person.do("customers.search")
        await person.type("x")
        screen = person.app.screen
        assert isinstance(screen, CustomersScreen)
        assert screen.search.value == "x"


async def test_those_who_need_attention_come_first(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        names = [line for line in person.lines if "office@" in line or "@" in line]
        assert "Ludwig" in names[0]
        assert "Krajcik & Sons" in names[1]


async def test_n_shows_only_those_who_need_attention(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("customers.attention")
        assert "2 of 23 customers" in person.text
        await person.do("customers.attention")
        assert "23 of 23 customers" in person.text


async def test_escape_clears_the_search_and_never_leaves(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kra")
        await person.do("screen.close")
        assert "23 of 23 customers" in person.text
        for _ in range(3):
            await person.do("screen.close")
        assert isinstance(person.app.screen, CustomersScreen)
        assert not person.has_ended


async def test_nothing_found_says_so_and_how_to_go_on(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("zzz")
        assert "No customer matches “zzz”." in person.text
        assert "Esc clears the search." in person.text


async def test_an_empty_database_says_what_to_do() -> None:
    async with driving(FakeBackend(Company(), NOW)) as person:
        assert "No customers yet." in person.text
        assert "outtray import FILE…" in person.text
        assert "outtray demo" in person.text


async def test_b_opens_the_bounced_documents_of_everybody(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("customers.bounced")
        assert "All customers" in person.lines[0]
        assert "INV-0042" in person.text
        assert "INV-0041" not in person.text


async def test_a_opens_the_documents_of_everybody(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.all")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert "Krajcik & Sons GmbH" in person.text
        assert "Customer" in person.line("Number")


async def test_money_that_reached_nobody_is_said(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        assert "has never reached anyone" in person.text


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_the_bottom_line_always_has_help(backend: FakeBackend, size: tuple[int, int]) -> None:
    async with driving(backend, size) as person:
        assert "F1  Help" in person.lines[-1]
        await person.do("search.leave")
        assert "?  Help" in person.lines[-1]
        assert "Q  Quit" in person.lines[-1]


async def test_a_busy_database_is_told_and_f5_tries_again(backend: FakeBackend) -> None:
    backend.fail("overview", DatabaseBusyError("The database is busy.", "Another program has it."))
    async with driving(backend) as person:
        assert "The database is busy." in person.words
        assert "Another program has it." in person.words
        backend.fail("overview", None)
        await person.do("app.reload")
        assert "has never reached anyone" in person.text


async def test_the_best_match_comes_first_whoever_needs_attention(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("krajcik")
        found = [line for line in person.lines if "Krajcik" in line]
        assert "Krajcik & Sons" in found[0]  # its name begins like that
        assert "Ludwig" in found[1]
        assert "the best match first" in person.text


async def test_what_was_typed_is_underlined_in_what_was_found(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kraj")
        table = person.app.screen.query_one(WindowTable)
        for y in (1, 2):  # under the cursor, too
            underlined = [
                segment.text
                for segment in table.render_line(y)
                if segment.style is not None and segment.style.underline
            ]
            assert underlined[0] == "Kraj"
        await person.do("screen.close")
        assert not any(s.style and s.style.underline for s in table.render_line(1))


async def test_slips_of_the_fingers_are_forgiven_and_said(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("krajick")
        assert "2 of 23 customers · 2 spelt alike" in person.text
        await person.press("enter")
        assert "Customers › Krajcik & Sons GmbH" in person.text


async def test_those_spelt_alike_come_after_those_that_match_and_never_hold_them_up(
    backend: FakeBackend,
) -> None:
    backend.company.customer("Krajcek Bakery", "office@krajcek.example")
    async with driving(backend) as person:
        await person.type("krajcik")
        assert "3 of 24 customers · 1 spelt alike" in person.text
        found = [line for line in person.lines if "Krajc" in line]
        assert "Krajcek Bakery" in found[-1]
        assert backend.calls["find_customers"] >= 2  # the second one looks for slips


async def test_arrows_move_in_the_list_while_one_goes_on_typing(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kra")
        await person.do("search.down")
        await person.do("search.down")
        await person.do("search.up")
        screen = person.app.screen
        assert isinstance(screen, CustomersScreen)
        assert screen.search.has_focus
        row = screen.query_one(WindowTable).cursor_row
        assert row is not None
        await person.press("enter")
        assert f"Customers › {row.name}" in person.text
