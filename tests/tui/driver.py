"""A fluent driver: does what a person does, then waits until nothing is on its way any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from textual.pilot import Pilot

from core.model.documents import DocumentFilter
from tests.tui.company import NOW
from tests.tui.fakes import FakeBackend, as_backend
from tui.app.app import OuttrayApp
from tui.commands.dispatch import BY_ID, keys_of
from tui.dialogs.compose.compose import ComposeDialog

_LONGEST = 120.0
"""Seconds after which a test that waits for a quiet moment is taken for one that hangs."""


class Driver:
    """Keys come from the registry, never as literals, where a command is meant."""

    def __init__(self, app: OuttrayApp, pilot: Pilot[None], backend: FakeBackend) -> None:
        self.app = app
        self.pilot = pilot
        self.backend = backend

    async def do(self, command_id: str) -> Driver:
        """Press the first key of a command."""
        return await self.press(keys_of(BY_ID[command_id])[0])

    async def press(self, *keys: str) -> Driver:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()
        return self

    async def type(self, text: str) -> Driver:
        await self.pilot.press(*text)
        return await self.settle()

    async def settle(self) -> Driver:
        """Wait until no call runs, no answer waits, and no check is due."""
        async with asyncio.timeout(_LONGEST):
            return await self._settle()

    async def _settle(self) -> Driver:
        quiet = 0
        while quiet < 2:
            await self.app.background_calls.idle()
            await self.pilot.pause()
            if self.app._exception is not None:
                raise self.app._exception  # it will never come to rest
            screen = self.app.screen
            due = getattr(screen, "is_busy", False)
            quiet = 0 if self.app.background_calls.running or due else quiet + 1
            if due:
                await asyncio.sleep(0.005)
        return self

    async def tick(self) -> Driver:
        """Let messages be handled without waiting for calls: for backends that are held."""
        for _ in range(3):
            await self.pilot.pause()
        return self

    async def until(self, holds: Callable[[], bool], seconds: float = 5.0) -> Driver:
        """Wait for what a loop in the background will bring about."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)
                await self.pilot.pause()
        return self

    async def at(self, number: str) -> Driver:
        """From the start, stand on a document of the first customer."""
        await self.press("enter")
        document = self.backend.company.find(number)
        where = DocumentFilter(customer_id=document.customer_id)
        position = self.backend.documents.position(where, document.id)
        await self.pilot.press(*["down"] * (position or 0))
        return await self.settle()

    @property
    def dialog(self) -> ComposeDialog:
        """The compose dialog, which must be open."""
        screen = self.app.screen
        assert isinstance(screen, ComposeDialog)
        return screen

    @property
    def lines(self) -> list[str]:
        """What is on the terminal, toasts included."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """The text with every run of blanks as one: for sentences that may wrap."""
        return " ".join(self.text.replace("│", " ").replace("▌", " ").split())

    def line(self, part: str) -> str:
        """The first line with ``part`` in it."""
        return next((line for line in self.lines if part in line), "")

    @property
    def has_ended(self) -> bool:
        return self.app._exit


@asynccontextmanager
async def driving(
    backend: FakeBackend, size: tuple[int, int] = (132, 36), now: datetime = NOW
) -> AsyncIterator[Driver]:
    """Run the program on ``backend``, with toasts and tooltips as in real life."""
    app = OuttrayApp(as_backend(backend), clock=lambda: now)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        driver = Driver(app, pilot, backend)
        await driver.settle()
        yield driver
