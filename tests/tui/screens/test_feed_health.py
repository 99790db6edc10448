"""A dead feed is told once, marks what it makes doubtful, and says when it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.style import Style
from textual.widgets._toast import Toast

from core.model.documents import DocumentView
from core.model.enums import EmailKind
from core.model.errors import OuttrayError
from core.model.feed import FeedCause, FeedState, FeedStatus
from core.rules.monitoring.feed_health import SILENT_AFTER, FeedFacts, judge
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable

LIVE = FeedStatus(FeedState.LIVE, last_answer_at=NOW, waiting=0)
DOWN = FeedStatus(
    FeedState.DOWN,
    last_answer_at=NOW - timedelta(minutes=3),
    problem="SQS cannot be reached.",
    hint="Check the network.",
    cause=FeedCause.NETWORK,
    stale_since=NOW - timedelta(minutes=3),
)


def toasts(person: Driver) -> list[str]:
    return [str(toast.render()) for toast in person.app.screen.query(Toast)]


def badge_styles(person: Driver) -> list[Style]:
    """The styles of every badge with a word in the visible table."""
    table = person.app.screen.query_one(WindowTable)
    return [
        segment.style
        for y in range(1, min(table.size.height, table.row_count + 1))
        for segment in table.render_line(y)
        if segment.style and any(word in segment.text for word in ("DELIVERED", "BOUNCED"))
    ]


async def pulses(person: Driver, backend: FakeBackend, count: int = 2) -> None:
    target = backend.calls["feed_status"] + count
    await person.until(lambda: backend.calls["feed_status"] >= target)


async def test_a_dead_feed_is_told_once_and_so_is_its_return(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.status = DOWN
        await person.until(lambda: "The feed is down: network" in person.text)
        assert "as of 16:00" in person.lines[0]
        assert "Check the network." in person.words
        await pulses(person, backend, 3)
        assert len(toasts(person)) == 1
        backend.status = LIVE
        await person.until(lambda: "The feed is back" in person.text)
        await pulses(person, backend, 3)
        assert len(toasts(person)) == 2
        assert "as of" not in person.lines[0]


async def test_another_cause_while_it_is_down_is_no_second_toast(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.status = DOWN
        await person.until(lambda: len(toasts(person)) == 1)
        backend.status = judge(FeedFacts(True, error=OuttrayError("Other.")), NOW)
        await person.until(lambda: "down: error" in person.lines[0])
        assert len(toasts(person)) == 1


async def test_badges_of_a_stale_feed_lose_their_grounds_and_get_them_back(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.press("enter")
        table = person.app.screen.query_one(WindowTable)
        await person.press("end")  # the cursor's line has a ground of its own
        fresh = badge_styles(person)
        assert len({style.bgcolor for style in fresh}) > 2
        backend.status = DOWN
        await person.until(lambda: table.is_stale)
        stale = badge_styles(person)
        assert len(stale) == len(fresh)
        assert all(style.dim and not style.bold for style in stale)
        assert len({style.bgcolor for style in stale}) == 2  # those of odd and of even rows
        assert "✖ BOUNCED" in person.text  # the words stay
        backend.status = LIVE
        await person.until(lambda: not table.is_stale)
        assert badge_styles(person) == fresh


async def test_a_screen_opened_while_the_feed_is_down_is_dimmed_at_once(
    backend: FakeBackend,
) -> None:
    backend.status = DOWN
    async with driving(backend) as person:
        await person.until(lambda: "as of 16:00" in person.lines[0])
        backend.hold("feed_status")
        await person.press("enter")
        assert person.app.screen.query_one(WindowTable).is_stale
        assert "as of 16:00" in person.lines[0]
        backend.release("feed_status")


@pytest.mark.parametrize("size", [(80, 24), (132, 36)])
async def test_without_colour_the_time_of_the_statuses_is_in_words(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    backend.status = DOWN
    async with driving(backend, size) as person:
        await person.until(lambda: "as of 16:00" in person.lines[0])
        await person.press("enter")
        assert "✖ BOUNCED" in person.text


async def test_a_first_poll_that_hangs_is_told_by_the_clock(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.status = judge(FeedFacts(True, asked_at=NOW - timedelta(seconds=5)), NOW)
        await person.until(lambda: "starting" in person.lines[0])
        backend.status = judge(FeedFacts(True, asked_at=NOW - SILENT_AFTER), NOW)
        await person.until(lambda: "The feed is down: network" in person.text)
        assert "has not answered for 45 s" in person.words


# --------------------------------------------------------------------------- SENT ?


async def test_what_waits_for_word_has_a_chip_a_mark_and_an_explanation(
    backend: FakeBackend,
) -> None:
    ludwig = next(iter(backend.company.customers.values()))
    document = backend.company.document(ludwig, "INV-0099", "OPEN", "10.00", "10.00")
    backend.company.email(
        document,
        EmailKind.ORIGINAL,
        "Invoice INV-0099",
        NOW - timedelta(hours=26, minutes=5),
        "anna",
        (ludwig.addresses[0], []),
    )
    async with driving(backend) as person:
        await person.press("enter")
        assert "➤ SENT ? 1" in person.text
        person.app.screen.query_one(Chips).pick(DocumentView.STUCK)
        await person.settle()
        table = person.app.screen.query_one(WindowTable)
        assert table.row_count == 1
        assert "➤ SENT ?" in person.line("INV-0099")
        await person.press("enter")
        assert "No word for 26 h; it may be stuck, or the feed is broken." in person.words


async def test_nothing_waits_no_chip(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("enter")
        assert "SENT ?" not in person.text
