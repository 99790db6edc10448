"""A web server as a program of its own: ``outtray serve``, and textual-serve as it comes."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import pyte

from tests.e2e.processes import children
from tests.tui.cli.office import COMMAND, Office


class Serving:
    """``command``, whose first line says where it serves; leaving the block ends it."""

    def __init__(self, command: Sequence[str], office: Office, where: str = "") -> None:
        self._errors = office.folder / "serve.err"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                env=office.environment,
                cwd=office.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        self.url = where or self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), self.said

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def said(self) -> str:
        """What it says to a person."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def visitors(self) -> set[int]:
        """The processes that it runs for visitors, and theirs."""
        return children(self.process.pid)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Ask for ``path`` with exactly these headers beside Host."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answered(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    @property
    def path(self) -> str:
        """Path and query of the address that it printed."""
        return self.url.removeprefix(self.origin)

    def websocket(self) -> str:
        """Return the address that its page has for the script."""
        page = self.get(self.path).body
        found = re.search(r'data-session-websocket-url="([^"]*)"', page)
        assert found is not None, page
        return unescape(found[1])


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> str:
        return self.raw.decode()

    @property
    def disposition(self) -> str:
        return self.headers["Content-Disposition"]


def outtray_serve(office: Office, *options: str) -> Serving:
    return Serving([COMMAND, "serve", *options], office)


_AS_IT_COMES: Final = """
import sys
from textual_serve.server import Server
Server(sys.argv[1], host="127.0.0.1", port=int(sys.argv[2])).serve()
"""


def textual_serve(office: Office, command: str, port: int) -> Serving:
    """textual-serve itself, which nobody has told of us."""
    made = Serving(
        [sys.executable, "-c", _AS_IT_COMES, command, str(port)],
        office,
        f"http://127.0.0.1:{port}/",
    )
    give_up = time.monotonic() + 10
    while True:
        try:
            made.get("/")
        except OSError:
            assert time.monotonic() < give_up, made.said
            time.sleep(0.05)
        else:
            return made


class Window:
    """What textual-serve's script does, without the browser: its websocket, and a screen."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, size: tuple[int, int]) -> None:
        self._socket = socket
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.received = bytearray()
        self.told: list[Any] = []
        """What came as text: pongs, and what else the page is told."""

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    async def say(self, *message: Any) -> None:
        await self._socket.send_str(json.dumps(message))

    async def wait(self, what: str | Callable[[str], Any], timeout: float = 30) -> str:
        """Return the screen as soon as it shows ``what``."""
        claim = what if callable(what) else lambda text: what in text
        give_up = time.monotonic() + timeout
        while not claim(self.text):
            left = give_up - time.monotonic()
            assert left > 0, f"{what!r} is not there:\n{self.text}"
            try:
                async with asyncio.timeout(left):  # its own begins anew with every ping
                    message = await self._socket.receive()
            except TimeoutError:
                continue
            assert self._took(message), f"closed before {what!r}:\n{self.text}"
        return self.text

    async def closed(self, timeout: float = 20) -> str:
        """Return the screen as it is when the server has closed the websocket."""
        async with asyncio.timeout(timeout):
            while self._took(await self._socket.receive()):
                pass
        return self.text

    async def close(self) -> None:
        await self._socket.close()

    def _took(self, message: aiohttp.WSMessage) -> bool:
        if message.type is aiohttp.WSMsgType.BINARY:
            self.received += message.data
            self._stream.feed(message.data)
        elif message.type is aiohttp.WSMsgType.TEXT:
            self.told.append(json.loads(message.data))
        else:
            return False
        return True


@asynccontextmanager
async def window(url: str, size: tuple[int, int] = (120, 34)) -> AsyncIterator[Window]:
    """Open ``url`` as the script does: it puts the size behind whatever the page says."""
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{url}?width={size[0]}&height={size[1]}") as socket,
    ):
        await socket.send_str('["focus"]')  # at once, as our page does: before anything listens
        yield Window(socket, size)


def soon(claim: Callable[[], bool], patience: float = 10) -> bool:
    give_up = time.monotonic() + patience
    while not claim() and time.monotonic() < give_up:
        time.sleep(0.05)
    return claim()
