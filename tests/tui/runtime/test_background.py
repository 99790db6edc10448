"""Calls run beside the screen; only answers that still count come back, on the UI's thread."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App

from core.model.cancellation import current
from core.model.errors import DatabaseBusyError, OuttrayError
from tui.runtime import background
from tui.runtime.background import BackgroundCalls, UnexpectedError, backed_off


@asynccontextmanager
async def running_app(workers: int = 4) -> AsyncIterator[BackgroundCalls]:
    app: App[None] = App()
    async with app.run_test(notifications=True, tooltips=True):
        background_calls = BackgroundCalls(app, workers)
        yield background_calls
        background_calls.close()


async def test_a_call_runs_in_a_thread_and_answers_on_the_uis() -> None:
    threads: list[Any] = []
    async with running_app() as background_calls:
        background_calls.start("x", threading.current_thread, threads.append)
        background_calls.start("y", lambda: 1, lambda _: threads.append(threading.current_thread()))
        await background_calls.idle()
    assert threading.main_thread() in threads
    assert any(thread is not threading.main_thread() and thread.daemon for thread in threads)


async def test_a_late_answer_of_an_older_call_is_dropped() -> None:
    gate = threading.Event()
    seen: list[Any] = []
    async with running_app() as background_calls:
        background_calls.start("rows", lambda: gate.wait(5) and "old", seen.append)
        background_calls.start("rows", lambda: "new", seen.append)
        while "new" not in seen:
            await asyncio.sleep(0)
        gate.set()
        await background_calls.idle()
    assert seen == ["new"]


async def test_a_superseded_call_that_never_began_is_not_run() -> None:
    gate, began = threading.Event(), []
    async with running_app(workers=1) as background_calls:
        background_calls.start(None, lambda: gate.wait(5))
        background_calls.start("rows", lambda: began.append("old"))
        background_calls.start("rows", lambda: began.append("new"))
        gate.set()
        await background_calls.idle()
    assert began == ["new"]


async def test_what_a_superseded_call_is_reading_is_given_up() -> None:
    reading, ended, seen = threading.Event(), threading.Event(), list[str]()

    def read() -> str:
        stop = current()
        assert stop is not None
        with stop.during(ended.set):
            reading.set()
            ended.wait(5)
        return "old"

    async with running_app(workers=1) as background_calls:
        background_calls.start("rows", read, seen.append)
        await asyncio.to_thread(reading.wait, 5)
        background_calls.start("rows", lambda: "new", seen.append)
        assert ended.is_set()
        await background_calls.idle()
    assert seen == ["new"]


async def test_calls_without_a_group_all_run_and_answer() -> None:
    seen: list[int] = []
    async with running_app(workers=1) as background_calls:
        for number in range(5):
            background_calls.start(None, lambda number=number: number, seen.append)  # type: ignore[misc]
        await background_calls.idle()
    assert seen == [0, 1, 2, 3, 4]


async def test_calls_that_wait_for_long_leave_their_threads_to_others() -> None:
    gate, seen = threading.Event(), list[str]()
    async with running_app(workers=2) as background_calls:

        def change() -> None:
            background_calls.stand_in()
            gate.wait(10)

        for _ in range(3):
            background_calls.start(None, change)
        background_calls.start("rows", lambda: "rows", seen.append)
        async with asyncio.timeout(5):
            while not seen:
                await asyncio.sleep(0.01)
        gate.set()
        await background_calls.idle()
    assert seen == ["rows"]


async def test_our_own_errors_come_back_as_they_are() -> None:
    def busy() -> None:
        raise DatabaseBusyError("The database is busy.", "Try again.")

    errors: list[OuttrayError] = []
    async with running_app() as background_calls:
        background_calls.start("x", busy, None, errors.append)
        await background_calls.idle()
    assert [(type(e), e.title) for e in errors] == [(DatabaseBusyError, "The database is busy.")]


async def test_other_errors_are_explained_and_logged_and_the_app_stays_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors: list[OuttrayError] = []
    later: list[int] = []
    async with running_app() as background_calls:
        with caplog.at_level(logging.ERROR):
            background_calls.start("x", lambda: 1 // 0, later.append, errors.append)
            await background_calls.idle()
        background_calls.start("x", lambda: 1, later.append)
        await background_calls.idle()
    assert isinstance(errors[0], UnexpectedError)
    assert isinstance(errors[0].__cause__, ZeroDivisionError)
    assert "ZeroDivisionError" in caplog.text
    assert later == [1]


async def test_an_error_that_nobody_takes_is_notified_as_plain_text() -> None:
    app: App[None] = App()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        background_calls = BackgroundCalls(app)

        def fail() -> None:
            raise OuttrayError("[/foo] no")

        background_calls.start("x", fail)
        await background_calls.idle()
        await pilot.pause()
        assert [n.message for n in app._notifications] == ["[/foo] no"]


async def test_idle_waits_for_calls_that_an_answer_starts() -> None:
    seen: list[str] = []
    async with running_app() as background_calls:
        background_calls.start(
            "a",
            lambda: "first",
            lambda _: background_calls.start("b", lambda: "second", seen.append),
        )
        await background_calls.idle()
        assert background_calls.running == 0
    assert seen == ["second"]


async def test_after_close_nothing_answers() -> None:
    gate = threading.Event()
    seen: list[Any] = []
    async with running_app() as background_calls:
        background_calls.start("x", lambda: gate.wait(5), seen.append)
        background_calls.close()
        gate.set()
        await background_calls.idle()
        background_calls.start("x", lambda: 1, seen.append)
    assert seen == []


async def test_a_loop_calls_again_and_again_until_it_is_stopped() -> None:
    seen: list[int] = []
    enough = asyncio.Event()
    async with running_app() as background_calls:

        def take(number: int) -> None:
            seen.append(number)
            if len(seen) == 3:
                loop.stop()
                enough.set()

        loop = background_calls.repeat(iter(range(100)).__next__, take, lambda _: None)
        await asyncio.wait_for(enough.wait(), 5)
        await background_calls.idle()
    assert seen == [0, 1, 2]
    assert loop.stopped


async def test_a_loop_survives_errors_and_pauses_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "FIRST_PAUSE", 0.001)
    answers: Any = iter([OuttrayError("down"), ValueError("odd"), 7])
    seen: list[Any] = []
    done = asyncio.Event()

    def call() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return int(answer)

    async with running_app() as background_calls:

        def take(number: int) -> None:
            seen.append(number)
            loop.stop()
            done.set()

        loop = background_calls.repeat(call, take, lambda error: seen.append(type(error)))
        await asyncio.wait_for(done.wait(), 5)
    assert seen == [OuttrayError, UnexpectedError, 7]


def test_the_back_off_doubles_up_to_half_a_minute() -> None:
    pauses = [0.0]
    for _ in range(7):
        pauses.append(backed_off(pauses[-1]))
    assert pauses[1:] == [1, 2, 4, 8, 16, 30, 30]


def test_the_program_ends_while_a_long_poll_hangs() -> None:
    program = """
        import time
        from textual.app import App
        from tui.runtime.background import BackgroundCalls

        class Hangs(App):
            def on_mount(self):
                self.jobs = BackgroundCalls(self)
                self.jobs.repeat(lambda: time.sleep(60), print, print)
                self.jobs.start(None, lambda: time.sleep(60))
                self.set_timer(0.05, self.exit)

            def on_unmount(self):
                self.jobs.close()

        Hangs().run(headless=True)
        print("ended")
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert "ended" in ended.stdout, ended.stderr
    assert ended.returncode == 0
