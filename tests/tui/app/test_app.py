"""What holds on every screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.command import CommandPalette

from core.model.errors import DatabaseError, ServiceError
from core.model.feed import FeedState, FeedStatus
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.commands.dispatch import BY_ID
from tui.commands.registry import COMMANDS
from tui.dialogs.basic.help import HelpDialog
from tui.runtime.themes import THEMES
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen
from tui.widgets.feed_bar import FeedBar


async def test_q_leaves_from_the_first_screen(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.pilot.press("q")
        assert person.has_ended


async def test_ctrl_q_leaves_even_while_one_types(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.pilot.press("x", "ctrl+q")
        assert person.has_ended


async def test_q_and_escape_go_back_from_a_customer(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        for command in ("app.back", "screen.close"):
            await person.press("enter")
            assert isinstance(person.app.screen, CommunicationsScreen)
            await person.do(command)
            assert isinstance(person.app.screen, CustomersScreen)


async def test_a_customer_and_all_customers_replace_each_other(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("enter")
        await person.do("app.all")
        assert "All customers" in person.lines[0]
        await person.do("app.back")
        assert isinstance(person.app.screen, CustomersScreen)


async def test_a_key_that_is_off_says_why(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.customers")
        assert "This is the list of customers." in person.words


async def test_the_feeds_state_is_on_every_screen(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.status = FeedStatus(FeedState.DOWN, problem="The queue is gone.")
        await person.until(lambda: "down" in person.lines[0])
        await person.press("enter")
        assert "down" in person.lines[0]
        assert person.app.screen.query_one(FeedBar).status.state is FeedState.DOWN


async def test_what_another_desk_changed_shows_by_itself(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.company.customer("Zebra New Customer", "zebra@example.org")
        backend.change_elsewhere()
        await person.until(lambda: "Zebra New Customer" in person.text)
        await person.until(lambda: "24 of 24 customers" in person.text)


async def test_a_change_under_a_dialog_shows_when_it_closes(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.help")
        backend.company.customer("Zebra New Customer", "zebra@example.org")
        await person.press("escape")
        assert "Zebra New Customer" in person.text


_CALLS = (
    "overview", "count_customers", "page_customers", "customer_position", "customer_header",
    "count_documents", "page_documents", "document_position", "chip_counts", "document_log",
    "compose", "check", "send", "feed_status", "revision", "pull",
)  # fmt: skip


_OURS = DatabaseError("[/foo] is broken", "[@click=app.quit]mend[/] it")
_FAILURES: list[tuple[str, Exception]] = [
    *((call, _OURS) for call in _CALLS),
    ("page_documents", ZeroDivisionError("boom")),
    ("send", ZeroDivisionError("[/boom]")),
]


@pytest.mark.parametrize(("call", "error"), _FAILURES)
async def test_the_program_stays_up_whatever_call_fails(
    backend: FakeBackend, call: str, error: Exception
) -> None:
    backend.settings = replace(backend.settings, queue_url="https://sqs.example/q")
    backend.fail(call, error)
    async with driving(backend) as person:
        await person.pilot.press("enter", "enter")
        await person.press("f", "ctrl+s", "ctrl+s")
        backend.fail(call, None)
        while len(person.app.screen_stack) > 1:
            await person.press("escape")
        await person.press("f5", "escape")
        await person.until(lambda: "Ludwig Krajcik DVM" in person.text)
        assert not person.has_ended


async def test_an_error_is_told_with_its_hint_letter_by_letter(backend: FakeBackend) -> None:
    backend.fail("overview", ServiceError("[/foo] broke", "[@click=app.quit]press[/] E"))
    async with driving(backend) as person:
        assert "[/foo] broke" in person.words
        assert "[@click=app.quit]press[/] E" in person.words


async def test_the_palette_lists_every_command_of_the_screen(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("enter")
        titles = {c.title for c in person.app.get_system_commands(person.app.screen)}
        for command in COMMANDS:
            if command.palette and command.place in ("documents", "app"):
                assert any(title.startswith(f"{command.label}  (") for title in titles)


async def test_a_command_of_the_palette_works(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("enter", "ctrl+p")
        assert isinstance(person.app.screen, CommandPalette)
        await person.type("bounced")
        await person.until(lambda: "unresolved bounce" in person.text)
        await person.pilot.press("down", "enter")
        await person.settle()
        await person.until(lambda: "INV-0041" not in person.text)
        assert "INV-0042" in person.text


async def test_help_begins_with_the_keys_of_the_focused_place(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("enter", "enter", "tab")
        await person.do("app.help")
        assert isinstance(person.app.screen, HelpDialog)
        assert person.text.index("The log") < person.text.index("Documents")
        await person.press("escape", "escape")
        await person.do("app.help")
        assert "The log" not in person.text
        assert BY_ID["documents.follow_up"].help in person.words


async def test_help_tells_what_every_status_means(backend: FakeBackend) -> None:
    async with driving(backend, (100, 200)) as person:
        await person.press("enter")
        await person.do("app.help")
        for part in (
            "Correct the address, then resend", "do not email this address again",
            "a suppression list or SES stopped it", "SES keeps trying", "ask them to look in spam",
            "proves nothing", "updates within minutes",
        ):  # fmt: skip
            assert part in person.words


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES] + ["nord", "ansi-dark"])
async def test_every_screen_is_drawn_in_every_theme(backend: FakeBackend, theme: str) -> None:
    backend.settings = replace(backend.settings, theme=theme)
    async with driving(backend) as person:
        assert person.app.theme == theme
        await person.press("enter", "enter")
        assert "✖ BOUNCED" in person.text
        await person.do("documents.follow_up")
        assert "Suppressed" in person.text


async def test_an_unknown_theme_is_told_and_the_usual_one_used(backend: FakeBackend) -> None:
    backend.settings = replace(backend.settings, theme="[/neon]")
    async with driving(backend) as person:
        assert person.app.theme == "outtray-dark"
        assert "[/neon]" in person.words


async def test_without_colour_every_badge_can_still_be_read(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(backend) as person:
        await person.press("enter")
        assert "✖ BOUNCED" in person.text
        assert "● DELIVERED" in person.text


async def test_a_small_terminal_can_grow_and_shrink(backend: FakeBackend) -> None:
    async with driving(backend, (80, 24)) as person:
        await person.press("enter", "enter")
        for size in ((132, 36), (40, 12), (20, 6), (80, 24)):
            await person.pilot.resize_terminal(*size)
            await person.settle()
        assert "INV-0042" in person.text
