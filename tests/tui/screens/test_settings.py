"""Feed and settings: how the feed fares, the doctor, every setting with where it is from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.errors import UnreachableError
from core.model.feed import FeedCause, FeedState, FeedStatus
from core.model.reports import QuarantinedBody
from core.settings.loading import load
from tests.tui.believable import believable
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.quarantine import QuarantineDialog
from tui.dialogs.setting import SettingDialog
from tui.screens.settings import SettingsScreen

WRITTEN = """\
# Graz
operator = "anna"  # left desk

[database]
url = "postgresql://anna:geheim@db.example/outtray"

[ui]
theme = "outtray-dark"

[keys]
"documents.follow_up" = "v"
"documents.folow_up" = "w"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    monkeypatch.setenv("OUTTRAY_CONFIG", str(path))
    monkeypatch.setenv("OUTTRAY_FROM", "billing@acme.example")
    return path


@pytest.fixture
def office(file: Path) -> FakeBackend:
    queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/outtray-events"
    return FakeBackend(believable(), NOW, replace(load(), queue_url=queue))


async def there(person: Driver) -> SettingsScreen:
    await person.press("down")
    await person.do("app.settings")
    screen = person.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


async def to(person: Driver, key: str) -> None:
    """Put the cursor on a setting."""
    screen = person.app.screen
    assert isinstance(screen, SettingsScreen)
    await person.press("home")
    for _ in range(screen._table.row_count):
        row = screen._table.cursor_row
        if row is not None and row.key == key:
            return
        await person.press("down")
    raise AssertionError(key)


async def test_settings_say_value_and_origin_and_never_a_password(office: FakeBackend) -> None:
    async with driving(office) as person:
        await there(person)
        assert "anna" in person.line(" operator ")
        assert "line 2" in person.line(" operator ")
        assert "OUTTRAY_FROM" in person.line("mail.from")
        assert "default" in person.line("mail.language")
        assert "postgresql://anna:***@" in person.text
        assert "geheim" not in person.text
        assert "✖ documents.folow_up" in person.text
        await to(person, "keys.documents.folow_up")
        person.app.clear_notifications()
        await person.settle()
        assert "Did you mean documents.follow_up?" in person.words
        await to(person, "mail.from")
        assert "OUTTRAY_FROM is set and wins." in person.words


async def test_the_feed_says_state_queue_and_last_fact(office: FakeBackend) -> None:
    office.status = FeedStatus(
        FeedState.LIVE,
        last_answer_at=NOW - timedelta(seconds=3),
        last_event_at=NOW - timedelta(hours=2),
        waiting=12,
        dead_letters=3,
        share_with_events=0.98,
    )
    async with driving(office) as person:
        await there(person)
        assert "outtray-events" in person.line("Queue")
        assert "eu-central-1, 123456789012" in person.text
        assert "12 in the queue" in person.text
        assert "✖ 3 in the dead-letter queue" in person.text
        assert "3 s ago" in person.line("Last pull")
        assert "98% of the last 24 hours' emails" in person.text
        office.status = FeedStatus(
            FeedState.DOWN,
            problem="SQS cannot be reached.",
            hint="Check the network.",
            cause=FeedCause.NETWORK,
            stale_since=NOW - timedelta(minutes=9),
        )
        await person.until(lambda: "✖ down: network" in person.text)
        assert "SQS cannot be reached." in person.words
        assert "→ Check the network." in person.words


async def test_the_doctor_looks_at_every_leg_in_the_background(office: FakeBackend) -> None:
    async with driving(office) as person:
        screen = await there(person)
        assert "X looks at every leg" in person.words
        office.hold("examine")
        await person.pilot.press("x")
        await person.tick()
        assert "Looking at every leg …" in person.text
        assert screen.why_not("settings.doctor")
        office.release("examine")
        await person.settle()
        assert "Something is broken" in person.text
        for said in ("✓ ok", "✖ fail", "▲ warn", "· skipped", "→ Check OUTTRAY_QUEUE_URL."):
            assert said in person.words
        office.fail("examine", UnreachableError("No network.", "Plug it in."))
        await person.do("settings.doctor")
        assert "Plug it in." in person.words
        assert not screen.why_not("settings.doctor")


async def test_what_the_doctor_says_is_in_sight_on_a_low_screen_too(office: FakeBackend) -> None:
    office.status = FeedStatus(
        FeedState.DOWN,
        problem="SQS cannot be reached. " * 6,
        hint="Check the network. " * 6,
        cause=FeedCause.NETWORK,
        stale_since=NOW - timedelta(minutes=9),
    )
    office.hold("examine")
    async with driving(office, (80, 24)) as person:
        await there(person)
        await person.until(lambda: "Check the network." in person.text)
        assert "X looks at every leg" not in person.words
        await person.pilot.press("x")
        await person.until(lambda: "Looking at every leg …" in person.text)
        office.release("examine")
        await person.until(lambda: "Something is broken" in person.text)


async def test_what_could_not_be_read_is_shown_and_read_again(office: FakeBackend) -> None:
    bodies = [
        QuarantinedBody(f"{n}abc" * 16, NOW, "queue", "is no [b]JSON", f'{{"n": {n}, "\x1b[2J"')
        for n in (1, 2)
    ]
    office.bodies, office.readable = tuple(bodies), frozenset({bodies[0].id})
    async with driving(office) as person:
        await there(person)
        assert "2 could not be read" in person.text
        await person.do("settings.quarantine")
        assert isinstance(person.app.screen, QuarantineDialog)
        assert "is no [b]JSON" in person.text
        assert '{"n": 1,' in person.text
        assert "\x1b" not in person.text
        await person.press("down")
        assert '{"n": 2,' in person.text
        await person.do("quarantine.retry")
        assert "0 read now, 0 new facts; 1 still cannot be read." in person.words
        await person.do("quarantine.retry_all")
        assert "1 read now, 1 new facts; 1 still cannot be read." in person.words
        await person.do("quarantine.dismiss")
        await person.press("enter")
        assert not office.dismissed  # a note is required
        await person.type("a test of ours")
        await person.press("enter")
        assert "Dismissed." in person.words
        assert office.dismissed == ((bodies[1].id, "a test of ours"),)
        await person.do("quarantine.close")
        assert "could not be read" not in person.text


async def test_a_change_is_checked_and_written_and_waits_for_the_next_start(
    office: FakeBackend, file: Path
) -> None:
    async with driving(office) as person:
        await there(person)
        await to(person, "calls.quiet_days")
        await person.press("enter")
        assert isinstance(person.app.screen, SettingDialog)
        await person.type("soon")
        await person.press("enter")
        assert 'Expected days, from "0" to "366".' in person.words
        await person.press("ctrl+u")
        await person.type("9")
        await person.press("enter")
        assert isinstance(person.app.screen, SettingsScreen)
        assert "quiet_days = 9\n" in file.read_text()
        assert file.read_text().startswith(WRITTEN.rstrip())
        assert "next start" in person.line("calls.quiet_days")
        await person.press("enter")
        await person.press("ctrl+u", "enter")
        assert "quiet_days" not in file.read_text()


async def test_colours_and_keys_follow_at_once(office: FakeBackend, file: Path) -> None:
    async with driving(office) as person:
        await there(person)
        await to(person, "ui.theme")
        await person.press("enter", "right", "ctrl+s")
        assert person.app.theme == "outtray-light"
        assert 'theme = "outtray-light"' in file.read_text()
        await to(person, "ui.motion")
        await person.press("enter", "right", "ctrl+s")
        assert person.app.animation_level == "none"
        await to(person, "keys.documents.follow_up")
        await person.press("enter")
        await person.press("ctrl+u")
        await person.type("r")
        await person.press("enter")
        assert "r belongs to documents.resend." in person.words
        await person.press("ctrl+u")
        await person.type("h")
        await person.press("enter")
        assert person.app.following.keys is not None
        assert person.app.following.keys.keys["documents.follow_up"] == ("h", "H")


async def test_the_demo_shows_its_settings_and_lets_them_be(backend: FakeBackend) -> None:
    async with driving(backend, size=(80, 24)) as person:
        await there(person)
        assert "billing@acme.example" in person.line("mail.from")
        await person.press("enter")
        assert isinstance(person.app.screen, SettingsScreen)
        assert "The settings of the demo are its" in person.text


async def test_a_file_that_is_wrong_by_now_is_told(office: FakeBackend, file: Path) -> None:
    async with driving(office) as person:
        screen = await there(person)
        file.write_text("[mail\n")
        await person.do("app.reload")
        assert "line 1" in str(screen._detail.content) or "config.toml" in person.words
