"""The top line always fits, and says how the feed fares in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from core.model.feed import FeedCause, FeedState, FeedStatus
from tui.format.feed import tooltip_lines
from tui.widgets.feed_bar import FeedBar, line, right_sides

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
LIVE = FeedStatus(FeedState.LIVE, last_answer_at=NOW - timedelta(seconds=3), waiting=0)
CRUMBS = ("Customers", "Ludwig Krajcik DVM")


def shown(width: int, status: FeedStatus = LIVE, crumbs: tuple[str, ...] = CRUMBS) -> str:
    rights = right_sides(status, NOW, "outtray.db", "anna")
    return "".join(span.text for span in line(crumbs, rights, width))


def test_a_wide_screen_says_everything() -> None:
    words = shown(132)
    assert words.startswith(" Outtray   Customers › Ludwig Krajcik DVM   ")
    assert words.endswith("feed ● live 3 s ago · 0 waiting   outtray.db · anna ")
    assert cell_len(words) == 132


def test_parts_leave_in_order_of_need() -> None:
    assert "outtray.db · anna" in shown(92)
    assert "waiting" not in shown(80)
    assert "outtray.db" not in shown(66)
    assert "● live" in shown(50)
    assert "Ludwig Krajcik DVM" in shown(50)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (FeedStatus(FeedState.OFF), "feed ○ off   "),
        (FeedStatus(FeedState.STARTING), "feed ◌ starting   "),
        (LIVE, "feed ● live 3 s ago · 0 waiting   "),
        (FeedStatus(FeedState.LIVE, NOW), "feed ● live now   "),
        (FeedStatus(FeedState.DOWN), "feed ✖ down   "),
        (
            FeedStatus(
                FeedState.DOWN, cause=FeedCause.NETWORK, stale_since=NOW - timedelta(minutes=5)
            ),
            "feed ✖ down: network · as of 14:00   ",
        ),
        (
            FeedStatus(FeedState.STALE, stale_since=NOW - timedelta(days=1)),
            "feed ◌ stale · as of 19 Nov 14:05   ",
        ),
        (FeedStatus(FeedState.QUIET, NOW, waiting=3), "feed ● quiet now · 3 waiting   "),
        (
            FeedStatus(
                FeedState.LIVE,
                NOW,
                last_event_at=NOW - timedelta(minutes=2),
                waiting=0,
                dead_letters=7,
                share_with_events=0.5,
            ),
            "feed ● live now · event 2 min ago · 0 waiting · 7 dead · 50% heard of   ",
        ),
    ],
)
def test_every_state_of_the_feed_is_a_glyph_and_a_word(status: FeedStatus, words: str) -> None:
    assert words in shown(140, status)


@given(st.integers(30, 200), st.lists(st.text(max_size=40), max_size=4), st.sampled_from(FeedState))
def test_the_line_is_exactly_as_wide_as_the_screen(width: int, crumbs: Any, state: Any) -> None:
    status = FeedStatus(state, NOW - timedelta(hours=1), waiting=12_345)
    assert cell_len(shown(width, status, tuple(crumbs))) == width


DOWN = FeedStatus(
    FeedState.DOWN,
    NOW - timedelta(minutes=5),
    cause=FeedCause.CREDENTIALS,
    stale_since=NOW - timedelta(minutes=5),
)


@pytest.mark.parametrize(
    ("width", "words"), [(100, "down: credentials · as of 14:00"), (58, "✖ as of 14:00")]
)
def test_on_narrow_screens_the_time_of_the_statuses_stays_longest(width: int, words: str) -> None:
    assert words in shown(width, DOWN)


@pytest.mark.parametrize("state", FeedState)
def test_eighty_columns_have_room_for_the_state(state: FeedState) -> None:
    status = FeedStatus(state, NOW, NOW, 12, "p", "h", FeedCause.QUEUE, 3, 0.4, NOW)
    words = shown(80, status)
    assert ("as of 14:05" if status.is_stale else f"{state.value}") in words
    assert status.is_stale or state in (FeedState.OFF, FeedState.STARTING) or "3 dead" in words


def test_the_tooltip_says_everything_that_is_known() -> None:
    status = FeedStatus(FeedState.QUIET, NOW, NOW, 1200, "Trouble.", "Next.", None, 2, 0.25)
    assert tooltip_lines(status, NOW) == [
        "Trouble.",
        "Next.",
        "Last event today 14:05.",
        "1,200 in the queue.",
        "2 in the dead-letter queue.",
        "25% of the last 24 hours' emails have an event.",
    ]


async def test_hostile_names_and_problems_are_only_words() -> None:
    class Bar(App[None]):
        def compose(self) -> ComposeResult:
            yield FeedBar(database="[/foo].db", operator="\x1b[2J", clock=lambda: NOW)

    app = Bar()
    async with app.run_test(size=(80, 5), notifications=True, tooltips=True) as pilot:
        bar = app.query_one(FeedBar)
        bar.crumbs = ("[@click=app.quit]x[/]", "a\nb\x1b[2J")
        bar.status = FeedStatus(FeedState.DOWN, None, problem="[/x] \x1b[2J", hint="call")
        await pilot.hover(FeedBar)
        await pilot.pause()
        text = bar.render().plain
        assert "a⏎b␛[2J" in text
        assert text.isprintable()
        assert str(bar.tooltip) == "[/x] ␛[2J\ncall"
