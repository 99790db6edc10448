"""A few pictures that a person has looked at. Behaviour is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.company import NOW
from tests.tui.driver import Driver
from tests.tui.fakes import FakeBackend
from tui.app import OuttrayApp

Compare = Callable[..., bool]
SIZES = [(132, 36), (80, 24)]


def picture(
    snap_compare: Compare, backend: FakeBackend, size: tuple[int, int], *commands: str
) -> bool:
    app = OuttrayApp(backend, clock=lambda: NOW)

    async def before(pilot: Pilot[None]) -> None:
        person = Driver(app, pilot, backend)
        await person.settle()
        await person.press(*commands)

    return snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", SIZES)
def test_customers(snap_compare: Compare, backend: FakeBackend, size: tuple[int, int]) -> None:
    assert picture(snap_compare, backend, size)


@pytest.mark.parametrize("size", SIZES)
def test_communications_with_the_log(
    snap_compare: Compare, backend: FakeBackend, size: tuple[int, int]
) -> None:
    assert picture(snap_compare, backend, size, "enter", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_compose_to_a_suppressed_address(
    snap_compare: Compare, backend: FakeBackend, size: tuple[int, int]
) -> None:
    assert picture(snap_compare, backend, size, "enter", "f")


@pytest.mark.parametrize("size", SIZES)
def test_needs_attention(
    snap_compare: Compare, backend: FakeBackend, size: tuple[int, int]
) -> None:
    assert picture(snap_compare, backend, size, "down", "w")


@pytest.mark.parametrize("size", SIZES)
def test_insights(snap_compare: Compare, backend: FakeBackend, size: tuple[int, int]) -> None:
    assert picture(snap_compare, backend, size, "down", "i")


def test_light_communications(snap_compare: Compare, backend: FakeBackend) -> None:
    backend.settings = replace(backend.settings, theme="outtray-light")
    assert picture(snap_compare, backend, SIZES[0], "enter", "enter", "tab")


def test_communications_without_colour(
    snap_compare: Compare, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, backend, SIZES[0], "enter", "enter")
