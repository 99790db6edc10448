"""One line says what goes wrong beyond single emails, and is not there while nothing does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.model.database import DatabaseLook
from core.model.documents import Late
from core.model.errors import DatabaseError
from core.rules.monitoring.incidents import ProviderTrouble, Reputation, Trouble
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.format.email import head, story
from tui.widgets.feed_bar import TroubleLine, sentences, trouble_spans

MICROSOFT = ProviderTrouble("Microsoft 365", NOW - timedelta(minutes=20), 12, 0, 9, 14, False)
OURS = Reputation(1000, 61, 0)


def shown(trouble: Trouble, width: int = 120) -> str:
    return "".join(span.text for span in trouble_spans(trouble, NOW, width))


def test_it_says_who_since_when_and_what_not_to_do() -> None:
    words = shown(Trouble((MICROSOFT,)))
    assert words.startswith(" ▲ Microsoft 365 is deferring us since ")
    assert words.endswith("; do not resend")


def test_our_own_share_is_told_apart() -> None:
    said = sentences(Trouble((MICROSOFT,), OURS), NOW)
    assert said[1] == "our bounce rate is 6.1 %: AWS reviews at 5 %"
    assert "do not resend" not in said[1]


def test_what_finds_no_room_is_counted() -> None:
    trouble = Trouble((MICROSOFT, replace(MICROSOFT, provider="Google")), OURS)
    assert shown(trouble, 80).endswith("; do not resend · 2 more")


@given(st.text(max_size=80), st.integers(1, 200))
def test_it_never_wraps_nor_obeys_a_name(name: str, width: int) -> None:
    hostile = Trouble((replace(MICROSOFT, provider=f"\x1b[2J[/foo]\n{name}"),), OURS)
    words = shown(hostile, width)
    assert cell_len(words) <= width
    assert words.isprintable() or "\x1b" not in words
    assert "\n" not in words


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (DatabaseLook(12.4), "Checking the database after a crash … 12 s; your changes wait"),
        (
            DatabaseLook(3.0, 0.4),
            "Checking the database after a crash … 3 s, 40%; your changes wait",
        ),
        (
            DatabaseLook(damage="row 3 missing from index ix"),
            "Database damaged, no changes. Next: outtray db backup, then db restore FILE",
        ),
    ],
)
@pytest.mark.parametrize("width", [80, 132])
def test_a_database_that_is_checked_or_damaged_comes_first_and_fits(
    look: DatabaseLook, said: str, width: int
) -> None:
    spans = trouble_spans(Trouble((MICROSOFT,)), NOW, width, DatabaseError("malformed"), look)
    assert "".join(span.text for span in spans) == f" ▲ {said}"


def displayed(driver: Driver) -> bool:
    return driver.app.screen.query_one(TroubleLine).display


def tell(driver: Driver, trouble: Trouble) -> None:
    driver.backend.current_trouble = trouble
    driver.app._show_trouble(trouble)  # now, not in a minute


async def test_nothing_is_shown_while_all_is_well(backend: FakeBackend) -> None:
    async with driving(backend) as driver:
        assert not displayed(driver)
        assert "▲" not in driver.text


async def test_it_appears_on_both_screens_and_goes_again(backend: FakeBackend) -> None:
    async with driving(backend) as driver:
        table = driver.app.screen.query_one("#customers").region.y
        tell(driver, Trouble((MICROSOFT,)))
        await driver.settle()
        assert driver.lines[1].startswith(" ▲ Microsoft 365 is deferring us since 15:43; do not")
        assert driver.app.screen.query_one("#customers").region.y == table + 1
        await driver.do("app.all")
        assert "do not resend" in driver.lines[1]
        tell(driver, Trouble())
        await driver.settle()
        assert "▲" not in driver.text
        await driver.do("app.back")
        assert "▲" not in driver.text


async def test_the_program_asks_by_itself(backend: FakeBackend) -> None:
    backend.current_trouble = Trouble((), OURS)
    async with driving(backend) as driver:
        await driver.until(lambda: displayed(driver))
        assert "AWS reviews at 5 %" in driver.lines[1]


async def test_a_late_email_says_what_is_usual(backend: FakeBackend) -> None:
    entry = backend.company.rows()[0]
    log = backend.documents.log(entry.id)
    email = log.emails[0]
    waiting = replace(email.recipients[0], late=Late("acme.example", 9, 10_800))
    late = replace(email, recipients=(waiting, *email.recipients[1:]))
    words = "acme.example confirms in 9 s as a rule; this one waits 3 h."
    assert words in story(late, NOW).plain
    assert head(late, is_open=False, width=120, now=NOW).plain.rstrip().endswith("late")
    assert words not in story(email, NOW).plain
