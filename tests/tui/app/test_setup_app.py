"""The first start: asked one by one, written without touching what is there, then examined."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.backend import first_run
from core.backend.first_run import Begun
from core.model.email import AwsFound
from core.model.errors import DatabaseError, OuttrayError
from core.rules.doctor.checks import Check, Result
from core.settings.loading import load
from tui.app.setup_app import SetUpApp
from tui.screens.setup import DEMO, DONE, LATER, SetUp, SetUpScreen

OFFICE = AwsFound("office", "eu-central-1", "sso")
CHECKS = (Check("credentials", Result.FAIL, "There are no AWS credentials.", "Set AWS_PROFILE."),)


class Person:
    """Somebody before the set-up."""

    def __init__(self, app: SetUpApp, pilot: Pilot[str]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.app.background_calls.idle()
        await self.pilot.pause()

    async def fill(self, key: str, text: str) -> None:
        screen = self.app.screen
        assert isinstance(screen, SetUpScreen)
        screen.fields[key].focus()
        screen.fields[key].value = text
        await self.pilot.pause()

    @property
    def words(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return " ".join(" ".join(strip.text for strip in strips).split())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("OUTTRAY_CHECK_MX", "OUTTRAY_CONFIG", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def begun(_: Path | None) -> Begun:
    return Begun(load(), CHECKS)


@asynccontextmanager
async def asked(
    begin: Callable[[Path | None], Begun] = begun,
    found: AwsFound = OFFICE,
    size: tuple[int, int] = (132, 40),
) -> AsyncIterator[Person]:
    app = SetUpApp(SetUp(load(), begin, lambda: found))
    async with app.run_test(size=size) as pilot:
        await app.background_calls.idle()
        await pilot.pause()
        yield Person(app, pilot)


async def test_what_is_filled_in_is_written_and_then_every_leg_is_looked_at(home: Path) -> None:
    async with asked() as person:
        assert "Welcome to Outtray" in person.words
        assert "profile office · Region eu-central-1 · credentials from sso" in person.words
        await person.fill("operator", "anna")
        await person.fill("mail.from", "Billing <billing@acme.example>")
        await person.press("ctrl+s")
        assert "fail credentials" in person.words.replace("✖ ", "")
        assert "→ Set AWS_PROFILE." in person.words
        assert "outtray aws setup --apply" in person.words
        await person.press("ctrl+s")
    assert person.app.return_value == DONE
    settings = load()
    assert (settings.operator, settings.sender) == ("anna", "Billing <billing@acme.example>")
    assert settings.source is not None
    assert settings.source.read_text().count("\n") == 4


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_the_whole_form_fits_each_field_beside_its_name(
    home: Path, size: tuple[int, int]
) -> None:
    async with asked(size=size) as person:
        assert "From Acme, Inc. <billing@acme.com> The From address" in person.words
        assert "^S Write" in person.words


async def test_every_wrong_field_says_what_is_wrong_and_nothing_is_written(home: Path) -> None:
    async with asked() as person:
        await person.fill("mail.from", "billing")
        await person.fill("feed.queue_url", "outtray-events")
        await person.fill("database.url", "/srv/out.db")
        await person.fill("file", str(home / "none.csv"))
        await person.press("ctrl+s")
        for said in ("is no address.", "is no URL of a queue.", "no URL of a database", "no file"):
            assert said in person.words
        focused = person.app.focused
        assert focused is not None
        assert focused.id == "setup-mail-from"
        await person.fill("mail.from", "billing@acme.example")
        assert "is no address." not in person.words
        await person.press("escape")
    assert person.app.return_value == LATER
    assert load().source is None


async def test_a_file_that_is_there_keeps_what_is_not_changed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "outtray").mkdir()
    file = home / "outtray" / "config.toml"
    file.write_text('# Graz\noperator = "anna"\n[database]\nurl = "postgresql://a:geheim@h/n"\n')
    async with asked(size=(80, 24)) as person:
        assert "is there already: only what you change" in person.words
        assert "geheim" not in person.words
        await person.fill("operator", "ben")
        await person.press("ctrl+s")
    assert file.read_text() == (
        '# Graz\noperator = "ben"\n[database]\nurl = "postgresql://a:geheim@h/n"\n'
    )


async def test_a_database_that_cannot_be_opened_is_told_and_the_form_stays(home: Path) -> None:
    def fails(_: Path | None) -> Begun:
        raise DatabaseError("The database did not answer.", "Check that its server runs.")

    async with asked(fails, AwsFound(problem="No profile.")) as person:
        assert "AWS: No profile." in person.words
        await person.press("ctrl+s")
        assert "Check that its server runs." in person.words
        assert "Who you are" in person.words
        await person.press("alt+d")
    assert person.app.return_value == DEMO


# --------------------------------------------------------------------------- for real


def test_only_an_untouched_office_is_asked(home: Path) -> None:
    assert first_run.is_first(load())
    assert not first_run.is_first(load({"OUTTRAY_OPERATOR": "anna"}))
    assert not (home / "outtray" / "outtray.db").exists()
    assert first_run.is_first(load({"OUTTRAY_THEME": "outtray-light"}))
    (home / "outtray").mkdir(exist_ok=True)
    (home / "outtray" / "config.toml").write_text("")
    assert not first_run.is_first(load())


def test_the_first_import_makes_it_a_used_office(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    file = home / "c.csv"
    file.write_text("name,email\nAda,ada@example.org\n")
    made = first_run.begin(first_run.readable(str(file)))
    assert not isinstance(made.imported, (type(None), OuttrayError))
    legs = {check.leg: check for check in made.checks}
    assert legs["database"].result is Result.OK
    assert legs["credentials"].result is Result.FAIL
    assert not first_run.is_first(load())
    found = first_run.aws_found()
    assert (found.credentials, found.problem) == ("", "")
