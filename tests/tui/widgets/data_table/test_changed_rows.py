"""A quiet mark on rows that changed since one looked, and, for whoever wants it, the bell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui.believable import bounce, fact
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.app import live_changes
from tui.app.live_changes import FailureBell
from tui.widgets.data_table.pages import News
from tui.widgets.data_table.table import WindowTable


def news_of(*, quiet: str = "") -> News[str]:
    return News(lambda row: row, lambda row: row == quiet)


def test_a_row_is_new_when_it_is_another_than_when_it_was_looked_at() -> None:
    news = news_of()
    assert not news.is_new(1, "sent")  # never seen before
    assert not news.is_new(1, "sent")
    assert news.is_new(1, "delivered")
    assert news.is_new(1, "delivered")  # until one has looked
    assert not news.is_new(2, "delivered")
    assert news.look(1)
    assert not news.is_new(1, "delivered")
    assert not news.look(1)
    assert news.is_new(1, "opened")


def test_what_turned_back_is_no_news_and_what_one_did_oneself_neither() -> None:
    news = news_of(quiet="sent")
    news.is_new(1, "bounced")
    assert news.is_new(1, "opened")
    assert not news.is_new(1, "bounced")
    assert not news.is_new(1, "sent")
    assert news.is_new(1, "bounced")


def test_who_leaves_has_seen_what_was_marked_and_who_returns_is_told_what_came_since() -> None:
    seen: dict[int, object] = {}
    first = News[str](lambda row: row, seen=seen)
    first.is_new(1, "sent")
    first.is_new(2, "sent")
    first.is_new(1, "bounced")
    first.leave()
    again = News[str](lambda row: row, seen=seen)
    assert not again.is_new(1, "bounced")
    assert again.is_new(2, "opened")


def marked(person: Driver) -> list[str]:
    """The numbers of the lines with a mark in the gutter."""
    return [line[2:].split()[0] for line in person.lines if line[1:2] == "•"]


def place(person: Driver) -> tuple[int, int | None, float]:
    table = person.app.screen.query_one("#documents", WindowTable)
    return table.cursor_index, table.cursor_key, table.scroll_offset.y


@pytest.mark.parametrize("is_plain", [False, True])
async def test_a_status_that_changes_is_marked_until_the_cursor_was_there(
    backend: FakeBackend, is_plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_plain:
        monkeypatch.setenv("NO_COLOR", "1")
    backend.settings = replace(backend.settings, queue_url="https://sqs.example/1/q")
    async with driving(backend) as person:
        await person.at("INV-0036")
        before = place(person)
        assert marked(person) == []
        for number in ("INV-0041", "INV-0039"):
            backend.report(backend.company.find(number).id, bounce(NOW))
        backend.report(backend.company.find("INV-0036").id, fact("Delivery", NOW))
        await person.until(lambda: len(marked(person)) == 3)
        assert marked(person) == ["INV-0036", "INV-0041", "INV-0039"]
        assert place(person) == before
        await person.press("down")  # away from one, onto another
        assert marked(person) == ["INV-0039"]
        await person.press("q", "enter")
        assert marked(person) == []  # it was on screen when the person left


async def test_a_customer_whose_email_bounced_is_marked(backend: FakeBackend) -> None:
    backend.settings = replace(backend.settings, queue_url="https://sqs.example/1/q")
    async with driving(backend) as person:
        await person.press("down")
        backend.report(backend.company.find("INV-0050").id, bounce(NOW))
        await person.until(lambda: bool(marked(person)))
        assert "•Krajcik & Sons GmbH" in person.text


# ----------------------------------------------------------------------- the bell


class Bells:
    def __init__(self) -> None:
        self.rang = 0
        self.now = NOW


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Bells:
    from tui.app.app import OuttrayApp

    made = Bells()

    def bell(_: object) -> None:
        made.rang += 1

    monkeypatch.setattr(OuttrayApp, "bell", bell)
    return made


async def test_the_bell_rings_for_a_failure_and_not_again_within_ten_seconds(
    backend: FakeBackend, bells: Bells
) -> None:
    backend.settings = replace(backend.settings, bell=True)
    async with driving(backend) as person:
        app_context = replace(person.app.app_context, clock=lambda: bells.now)
        rings = FailureBell(person.app, app_context)

        def look() -> int:
            backend.change_elsewhere()
            rings._looked(rings._look())
            return bells.rang

        assert look() == 0  # what had failed before is no news
        assert look() == 0
        backend.company.apply(backend.company.find("INV-0041").id, fact("Open", NOW))
        assert look() == 0
        backend.company.apply(backend.company.find("INV-0041").id, bounce(NOW))
        assert look() == 1
        backend.company.apply(backend.company.find("INV-0039").id, bounce(NOW))
        assert look() == 1
        bells.now += live_changes.QUIET
        backend.company.apply(backend.company.find("INV-0034").id, bounce(NOW))
        assert look() == 2
        bells.now += timedelta(hours=1)
        assert look() == 2
        assert rings._look() is None  # nothing changed, nothing is counted


async def test_without_the_setting_nothing_rings_or_is_counted(
    backend: FakeBackend, bells: Bells
) -> None:
    backend.settings = replace(backend.settings, queue_url="https://sqs.example/1/q")
    async with driving(backend) as person:
        await person.at("INV-0041")
        backend.report(backend.company.find("INV-0041").id, bounce(NOW))
        await person.until(lambda: "BOUNCED" in person.line("INV-0041"))
        assert bells.rang == 0
        assert "count_failed" not in backend.calls


async def test_with_the_setting_the_program_rings_by_itself(
    backend: FakeBackend, bells: Bells
) -> None:
    backend.settings = replace(backend.settings, bell=True, queue_url="https://sqs.example/1/q")
    async with driving(backend) as person:
        await person.until(lambda: person.app.failure_bell._count is not None)
        backend.report(backend.company.find("INV-0041").id, bounce(NOW))
        await person.until(lambda: bells.rang == 1)
