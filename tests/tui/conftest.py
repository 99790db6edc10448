"""Every source of noise is off: the zone, colours, timers, the blinking cursor."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from textual.widgets import Input, TextArea

from tests.tui.believable import believable
from tests.tui.company import NOW
from tests.tui.fakes import FakeBackend
from tui.app.app import OuttrayApp
from tui.dialogs.address.edit_address import EditAddressDialog
from tui.dialogs.compose.compose import ComposeDialog


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME", "OUTTRAY_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
    monkeypatch.setattr(ComposeDialog, "PAUSE", 0.01)
    monkeypatch.setattr(EditAddressDialog, "PAUSE", 0.01)
    monkeypatch.setattr(OuttrayApp, "PULSE_SECONDS", 0.3)
    # After a key Textual looks every 20 ms whether the process rests, five times a key and more.
    # The driver knows better when all is done, and asks the program itself: ``Driver.settle``.
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0004)
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(believable(), NOW)
