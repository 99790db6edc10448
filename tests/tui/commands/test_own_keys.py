"""A person's own keys: followed by the program, and named by everything that names keys."""

from __future__ import annotations

from dataclasses import replace

from core.settings.toml_file import KeyLine
from tests.tui.believable import believable
from tests.tui.company import NOW
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.compose.compose import ComposeDialog
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen


def office(**keys: str) -> FakeBackend:
    backend = FakeBackend(believable(), NOW)
    lines = [
        KeyLine(command.replace("__", "."), written, at)
        for at, (command, written) in enumerate(keys.items(), 3)
    ]
    backend.settings = replace(backend.settings, keys=tuple(lines))
    return backend


async def test_own_keys_work_and_are_shown_and_the_old_ones_are_free() -> None:
    swapped = office(
        documents__follow_up="h", documents__resend="f", app__help="=", app__all="h,ctrl+w"
    )
    async with driving(swapped) as person:
        await person.until(lambda: "1 line of [keys] cannot be followed" in person.text)
        assert "app.all: h belongs to documents.follow_up." in person.words
        await person.press("down", "a")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert " H  Follow up" in person.text
        assert " F  Resend" in person.text
        await person.press("equals_sign")
        assert "H Write a follow-up on the document" in person.words
        await person.press("escape")
        await person.press("r")
        assert isinstance(person.app.screen, CommunicationsScreen)
        await person.press("H")
        assert isinstance(person.app.screen, ComposeDialog)


async def test_without_a_table_the_registry_counts_again() -> None:
    async with driving(office()) as person:
        assert isinstance(person.app.screen, CustomersScreen)
        await person.press("down", "a")
        assert " F  Follow up" in person.text
        assert "cannot be followed" not in person.text
