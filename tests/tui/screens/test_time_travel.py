"""Time travel: what a person types as a time, and what the log shows of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import UsageError
from tests.tui.believable import days, fact
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.format.moments import earlier, later, parse_time, spoken
from tui.widgets.email_log import EmailLog

NOW = datetime(2026, 11, 20, 16, 3, 20, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")  # one hour ahead in winter, two in summer

# --------------------------------------------------------------------------- times as typed


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("2h", timedelta(hours=2)),
        ("-2h", timedelta(hours=2)),
        (" 3 d ", timedelta(days=3)),
        ("30m", timedelta(minutes=30)),
        ("30 min ago", timedelta(minutes=30)),
        ("90S", timedelta(seconds=90)),
        ("1w", timedelta(days=7)),
        ("0s", timedelta(0)),
    ],
)
def test_how_long_ago(typed: str, ago: timedelta) -> None:
    assert parse_time(typed, NOW) == NOW - ago


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:00", "2026-11-20T13:00:00Z"),
        ("9:05", "2026-11-20T08:05:00Z"),
        ("2026-11-20 14:00", "2026-11-20T13:00:00Z"),
        ("2026-11-20t14:00:11", "2026-11-20T13:00:11Z"),
        ("2026-07-01 14:00", "2026-07-01T12:00:00Z"),
        ("2026-11-20T14:00Z", "2026-11-20T14:00:00Z"),
        ("2026-11-20T14:00-05:00", None),
        ("2026-11-20 09:00-05:00", "2026-11-20T14:00:00Z"),
        ("2026-11-19", "2026-11-19T22:59:59.999999Z"),
        ("2026-11-20", "2026-11-20T16:03:20Z"),
    ],
)
def test_a_time_is_local_unless_it_says_otherwise(typed: str, at: str | None) -> None:
    if at is None:
        with pytest.raises(UsageError, match="yet to come"):
            parse_time(typed, NOW, ZURICH)
    else:
        assert parse_time(typed, NOW, ZURICH) == datetime.fromisoformat(at)


@pytest.mark.parametrize("typed", ["17:30", "2026-11-21", "2026-11-20T16:03:21Z", "9000-01-01"])
def test_what_has_yet_to_come_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="yet to come"):
        parse_time(typed, NOW, ZURICH)


@pytest.mark.parametrize(
    "typed",
    ["", "2", "2 fortnights", "25:00", "2026-13-01", "999999w", "0001-01-01T00:00+14:00",
     "9999-12-31", "٣d", "\x1b[2J"],
)  # fmt: skip
def test_what_is_no_time_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_time(typed, NOW)
    assert "2h" in raised.value.hint
    assert raised.value.title.isprintable()


@given(st.text(max_size=12) | st.dates(max_value=date(2026, 11, 20)).map(str))
def test_anything_typed_is_a_moment_of_the_past_or_a_usage_error(typed: str) -> None:
    try:
        at = parse_time(typed, NOW)
    except UsageError:
        return
    assert at <= NOW
    assert at.utcoffset() == timedelta(0)


def test_steps_go_from_moment_to_moment_and_end_in_the_present() -> None:
    one, two, three = (NOW - timedelta(hours=n) for n in (3, 2, 1))
    moments = (one, two, three)
    assert earlier(moments, None) == three
    assert earlier(moments, three) == two
    assert earlier(moments, two + timedelta(minutes=1)) == two
    assert earlier(moments, one) is None
    assert later(moments, one) == two
    assert later(moments, three) is None


def test_a_moment_is_told_with_its_day() -> None:
    assert spoken(NOW.replace(hour=14), NOW) == "today 14:03:20"
    assert spoken(NOW - timedelta(days=1), NOW) == "on 19 Nov 16:03:20"


# --------------------------------------------------------------------------- the log


async def open_log(person: Driver, number: str = "INV-0042") -> Driver:
    await person.at(number)
    return await person.press("enter", "tab")


async def test_t_shows_the_log_as_it_was_and_escape_the_present(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_log(person)
        assert "T  As of" in person.lines[-1]
        await person.do("log.as_of")
        await person.type("12h")
        await person.press("enter")
        assert "as known today 04:03:20   ● DELIVERED" in person.text
        assert "3 emails, newest first" in person.text
        assert "hard bounce · 5.1.1" not in person.text
        assert isinstance(person.app.focused, EmailLog)
        await person.do("screen.close")
        assert "as known" not in person.text
        assert "hard bounce · 5.1.1" in person.text
        await person.do("screen.close")
        assert "newest first" not in person.text


async def test_comma_and_full_stop_step_through_what_became_known(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_log(person)
        seen = []
        for _ in range(3):
            await person.do("log.earlier")
            seen.append(person.line("as known"))
        assert [part.split("·")[0].split()[-3:] for part in seen] == [
            ["9", "of", "9"], ["8", "of", "9"], ["7", "of", "9"],
        ]  # fmt: skip
        assert "✖ BOUNCED" in seen[0]
        assert "➤ SENT" in seen[1]
        await person.do("log.later")
        assert "8 of 9" in person.text
        await person.press("full_stop", "full_stop")
        assert "as known" not in person.text


async def test_before_the_first_moment_there_is_nothing_and_the_key_says_so(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await open_log(person, "INV-0036")
        await person.do("log.later")
        assert "This is what is known now." in person.words
        for _ in range(3):
            await person.do("log.earlier")
        assert "Nothing was known before that." in person.words
        await person.do("log.as_of")
        await person.type("2020-01-01")
        await person.press("enter")
        assert "nothing was sent yet" in person.text
        assert "0 of 2" in person.text
        await person.do("log.later")
        assert "1 of 2" in person.text


async def test_what_is_no_time_is_said_beside_the_field(backend: FakeBackend) -> None:
    async with driving(backend, (80, 24)) as person:
        await open_log(person)
        await person.do("log.as_of")
        await person.type("soon,")
        await person.press("enter")
        assert "'soon,' is no time." in person.line("As of")
        await person.press("backspace")
        assert "no time" not in person.text
        await person.do("screen.close")
        assert isinstance(person.app.focused, EmailLog)
        assert "4 emails, newest first" in person.text


async def test_news_do_not_end_the_journey(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_log(person)
        await person.press("comma", "comma")
        banner = person.line("as known")
        backend.change_elsewhere()
        before = backend.calls["document_log"]
        await person.until(lambda: backend.calls["document_log"] > before)
        await person.settle()
        assert person.line("as known") == banner


async def test_another_document_is_shown_as_it_is_now(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_log(person)
        await person.press("comma", "shift+tab", "down")
        assert "INV-0036   2 emails" in person.text
        assert "as known" not in person.text


async def test_silence_is_judged_as_of_then(backend: FakeBackend) -> None:
    async with driving(backend, now=NOW + timedelta(days=2)) as person:
        await open_log(person, "INV-0036")
        assert "No word for 57 h" in person.text
        assert "SENT ?" in person.line("▾")
        await person.do("log.earlier")
        assert "No word for" not in person.text
        assert "SENT ?" not in person.line("▾")


# --------------------------------------------------------------------------- maybe a program


async def test_a_programs_open_carries_a_quiet_mark_and_says_why(backend: FakeBackend) -> None:
    document = backend.company.find("INV-0041")
    backend.company.apply(document.id, fact("Open", days(1) + timedelta(seconds=2)))
    async with driving(backend) as person:
        await open_log(person, "INV-0041")
        assert "◉ OPENED ?" in person.line("INV-0041")
        assert "◉ OPENED  " in person.line("EST-0007")
        assert "opened 16:03:22, maybe a program (seconds after delivery)" in person.text
        backend.company.apply(document.id, fact("Open", days(0.5)))
        backend.change_elsewhere()
        await person.until(lambda: "OPENED ?" not in person.line("INV-0041"))
        await person.settle()
        assert "maybe a program" not in person.text


async def test_help_tells_what_the_mark_means(backend: FakeBackend) -> None:
    async with driving(backend, (132, 60)) as person:
        await person.press("f1", "end")
        assert "Maybe a program: images fetched in advance" in person.words
