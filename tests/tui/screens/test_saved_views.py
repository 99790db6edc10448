"""Saved views: kept under a name, shown again, deleted, and there on another day."""

from __future__ import annotations

import json

from core.model.documents import DocumentView
from core.model.errors import OuttrayError
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.views import ViewsDialog
from tui.screens.communications import CommunicationsScreen


def screen_of(person: Driver) -> CommunicationsScreen:
    screen = person.app.screen
    assert isinstance(screen, CommunicationsScreen)
    return screen


async def save(person: Driver, name: str) -> Driver:
    await person.do("documents.views")
    await person.do("views.save")
    await person.type(name)
    return await person.press("enter")


async def everywhere(person: Driver) -> Driver:
    await person.do("search.leave")
    return await person.do("app.all")


async def test_a_line_and_its_chip_are_kept_and_shown_again_on_another_day(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("documents.search")
        await person.type("invoice balance>900")
        await person.press("enter")
        await person.do("documents.bounced")
        await save(person, "Big [/b] ones")
        assert "“Big [/b] ones” is saved." in person.text
        await person.do("views.close")
        assert json.loads(backend.preferences.kept["documents.views"]) == [
            {"name": "Big [/b] ones", "line": "invoice balance>900", "chip": "bounced"}
        ]
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("documents.views")
        assert "Big [/b] ones" in person.line("invoice balance>900 [Bounced]")
        await person.press("1")
        where = screen_of(person)._where
        assert where.chip is DocumentView.BOUNCED
        assert len(where.conditions) == 2
        assert screen_of(person).chips.chosen == DocumentView.BOUNCED
        assert "invoice · balance over 900.00" in person.text
        assert person.app.focused is not None
        assert person.app.focused.id == "documents"
        await person.press("escape")
        assert screen_of(person)._where.conditions == ()
        await person.do("documents.views")
        await person.press("enter")
        assert len(screen_of(person)._where.conditions) == 2


async def test_a_view_of_the_same_name_is_replaced_after_saying_so(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("documents.bounced")
        await save(person, "Mine")
        await person.press("escape")
        await person.do("documents.next_chip")
        await person.do("documents.views")
        await person.do("views.save")
        await person.type(" mINE ")
        assert "There is one of this name: Enter replaces it." in person.text
        await person.press("enter")
        assert "is replaced." in person.text
        (kept,) = json.loads(backend.preferences.kept["documents.views"])
        assert (kept["name"], kept["chip"]) == ("mINE", "complained")


async def test_a_view_is_deleted_only_when_that_is_confirmed(backend: FakeBackend) -> None:
    backend.preferences.kept["documents.views"] = json.dumps(
        [{"name": f"View {n}", "line": f"balance>{n}", "chip": "all"} for n in range(3)]
    )
    async with driving(backend, (80, 24)) as person:
        await everywhere(person)
        await person.do("documents.views")
        await person.press("down")
        await person.do("views.delete")
        assert "Delete the view “View 1”?" in person.text
        await person.press("escape")
        assert "View 1" in person.text
        await person.do("views.delete")
        await person.press("d")
        assert "“View 1” is deleted." in person.text
        names = [view["name"] for view in json.loads(backend.preferences.kept["documents.views"])]
        assert names == ["View 0", "View 2"]
        await person.press("9")  # there is none
        assert isinstance(person.app.screen, ViewsDialog)


async def test_why_there_is_nothing_to_save_or_delete_is_said(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("documents.views")
        assert "None is saved yet." in person.text
        await person.do("views.save")
        assert "there is nothing to save" in person.text
        await person.do("views.delete")
        assert "There is no view under the cursor." in person.text
        await person.press("3", "q")
        assert isinstance(person.app.screen, CommunicationsScreen)


async def test_what_another_version_kept_and_a_broken_database_are_no_end(
    backend: FakeBackend,
) -> None:
    good = {"name": "Good", "line": "late", "chip": "all"}
    kept = [1, None, {"name": 5}, {"name": "x", "line": "y", "chip": "flying"}, good]
    backend.preferences.kept["documents.views"] = json.dumps(kept)
    backend.preferences.kept["documents.lines"] = "{not json"
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("documents.views")
        assert [view.name for view in _dialog(person).views] == ["Good"]
        await person.press("escape")
        backend.fail("preferences", OuttrayError("The [/b] disk is full."))
        await person.do("documents.bounced")
        await person.do("documents.views")
        assert "The [/b] disk is full." in person.text
        assert isinstance(person.app.screen, ViewsDialog)


def _dialog(person: Driver) -> ViewsDialog:
    screen = person.app.screen
    assert isinstance(screen, ViewsDialog)
    return screen


async def test_saved_views_are_in_the_palette(backend: FakeBackend) -> None:
    hostile = "Late [@click=app.quit]x[/] \x1b[2J"
    backend.preferences.kept["documents.views"] = json.dumps(
        [
            {"name": "Big ones", "line": "balance>900", "chip": "all"},
            {"name": hostile, "line": f"late {hostile}", "chip": "bounced"},
        ]
    )
    async with driving(backend) as person:
        await everywhere(person)
        await person.do("app.palette")
        await person.type("view: late")
        await person.until(lambda: "View: Late [@click=app.quit]x[/]" in person.text)
        assert all(letter.isprintable() for line in person.lines for letter in line)
        await person.press("backspace", "backspace", "backspace", "backspace")
        await person.type("big")
        await person.until(lambda: "View: Late" not in person.text)
        await person.press("enter")
        assert len(screen_of(person)._where.conditions) == 1
        assert screen_of(person).line.field.value == "balance>900"
        await person.do("documents.views")
        await person.do("views.delete")
        await person.press("d", "escape")
        assert [view.line for view in screen_of(person).saved] == [f"late {hostile}"]
        commands = {c.title: c for c in person.app.get_system_commands(person.app.screen)}
        commands["Saved views  (V)"].callback()
        await person.settle()
        assert isinstance(person.app.screen, ViewsDialog)
