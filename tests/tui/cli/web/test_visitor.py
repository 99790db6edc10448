"""A visitor's process that does not want to end: it is told, told again, and killed."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from tui.cli.web import visitor
from tui.cli.web.server import BrowserServer
from tui.cli.web.visitor import Guard

_MARK: Final = f"outtray-deaf-{uuid.uuid4().hex}"
# Draws like Textual's driver, and does not listen to anything any more.
_DEAF: Final = f"""
import signal, sys, time
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
if len(sys.argv) > 1:
    import subprocess
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60) # {_MARK}"])
sys.stdout.buffer.write(b"__GANGLION__\\nD\\0\\0\\0\\5hello")
sys.stdout.buffer.flush()
time.sleep(60)  # {_MARK}
"""


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real patience is that of an email on its way to SES."""
    monkeypatch.setattr(visitor, "TIME_TO_LEAVE", 0.3)
    monkeypatch.setattr(visitor, "_TIME_TO_OBEY", 0.3)


@pytest_asyncio.fixture
async def address(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    guard = Guard("token", frozenset({"127.0.0.1"}))
    server = BrowserServer([sys.executable, "-c", _DEAF, *request.param], guard)
    runner = web.AppRunner(await server.application(), handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/ws?token=token"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("address", "count"), [([], 1), (["with a child"], 2)], indirect=["address"], ids=str
)
async def test_it_is_killed_with_all_that_it_began(address: str, count: int) -> None:
    async with aiohttp.ClientSession() as client, client.ws_connect(address) as page:
        while (await page.receive(timeout=10)).data != b"hello":
            pass
        begun = time.monotonic() + 5
        while len(processes()) < count and time.monotonic() < begun:
            await asyncio.sleep(0.05)
        assert len(processes()) == count
    give_up = time.monotonic() + 5
    while processes() and time.monotonic() < give_up:
        await asyncio.sleep(0.05)
    assert processes() == set()


def processes() -> set[int]:
    """Who runs what the tests of this module begin."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes()
        except OSError:
            continue
        if _MARK.encode() in words:
            found.add(int(each.parent.name))
    return found
