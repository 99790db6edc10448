"""Who is let in, and one visitor: an Outtray of their own as our child, which ends with them."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import os
import re
import secrets
import shlex
import signal
import subprocess
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tui.cli.output.text import say
from tui.format.text import cell

TIME_TO_LEAVE: Final = 15.0
"""Seconds for the ordinary end: what is on its way to SES is answered and written down."""
_TIME_TO_OBEY: Final = 3.0
_MOST_LINES: Final = 30
_GREETING: Final = b"__GANGLION__\n"
_FRESH_PAGE: Final = "\x1bc"
"""Back to what a terminal is at its start: no mouse, no second screen."""


class Visitor(AppService):
    """The child and its pipe; textual-serve's own, without a shell, and with an end in any case."""

    def __init__(
        self,
        arguments: Sequence[str],
        websocket: web.WebSocketResponse,
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            shlex.join(arguments),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=self._close,
            download_manager=downloads,
        )
        self._websocket = websocket
        self.secret = secrets.token_urlsafe()
        """What a download must name: textual-serve's script does, once it was told."""
        self._arguments = arguments
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._is_drawn = False
        self._ending: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------ its life

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        made = super()._build_environment(width, height)
        for name in ("TMUX", "STY"):  # of the terminal of whoever serves
            made.pop(name, None)
        return made

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        group: dict[str, Any] = {"start_new_session": True}  # Ctrl+C is for us
        if os.name == "nt":
            group = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            **group,
        )
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Carry what it draws to the page until it has ended; say why where it did not end well."""
        process = self._process
        if process is None or process.stdout is None or process.stderr is None:
            return
        listening = asyncio.create_task(self._listen(process.stderr))
        with suppress(asyncio.IncompleteReadError):
            await self._carry(process.stdout)
        code = await process.wait()
        _ = await asyncio.wait({listening}, timeout=1)  # a child of its own may keep it open
        _ = listening.cancel()
        with suppress(ConnectionError):
            if code and self._ending is None:
                await self._tell_why(code)
            await self._close()

    async def stop(self) -> None:
        """Have it end as a person ends it, then less kindly; returns when it has."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        process = self._process
        if process is None or self._task is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(TIME_TO_LEAVE):
                _ = await self.send_meta({"type": "quit"})
                if process.stdin is not None:
                    process.stdin.close()  # one that does not read the word sees this
                _ = await process.wait()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                _ = await asyncio.wait_for(process.wait(), _TIME_TO_OBEY)
        if process.returncode is None:
            _kill(process)
        await self._task

    async def _close(self) -> None:
        _ = await self._websocket.close()

    # ------------------------------------------------------------------ what it says

    async def _carry(self, packets: asyncio.StreamReader) -> None:
        while line := await _line(packets):
            if line == _GREETING:
                self._is_drawn = True
                break
        while True:
            kind = await packets.readexactly(1)
            size = int.from_bytes(await packets.readexactly(4), "big")
            payload = await packets.readexactly(size)
            with suppress(ConnectionError):  # who has left is read on: it must not wait for us
                if kind == b"D":
                    await self.on_data(payload)
                elif kind == b"M":
                    await self.on_meta(payload)
                elif kind == b"P":
                    await self.on_packed(payload)

    async def on_meta(self, data: bytes) -> None:
        """Its own word that it ends comes before its end, and does not tell how it ends."""
        if json.loads(data)["type"] != "exit":
            await super().on_meta(data)

    async def _listen(self, errors: asyncio.StreamReader) -> None:
        """Show what it says before it has a screen; whoever serves reads all of it."""
        while line := await _line(errors):
            text = cell(line.decode("utf-8", "replace"))
            self._lines.append(text)
            say(text)
            if not self._is_drawn:
                with suppress(ConnectionError):
                    await self.on_data(f"{text}\r\n".encode())

    async def _tell_why(self, code: int) -> None:
        how = f"exit code {code}" if code > 0 else signal.Signals(-code).name
        lines = (f"Outtray has ended ({how}).", "", *self._lines)
        await self.on_data((_FRESH_PAGE + "\r\n".join(lines)).encode())


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line, empty at the end; what is far too long for one is left out."""
    while True:
        with suppress(ValueError):
            return await reader.readline()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own


_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
NOT_LET_IN: Final = (
    "This address has no token, or a wrong one."
    " Open the whole address that outtray serve printed, with ?token=… at its end."
)
FOREIGN_HOST: Final = (
    "This computer is not called that here. Open the address that outtray serve printed, or name"
    " the computer with --host."
)
FOREIGN_ORIGIN: Final = "Another page asked for this. Open the address that outtray serve printed."


@dataclass(frozen=True, slots=True)
class Guard:
    """What one server lets in.

    The token keeps out who was not given the address. The name in Host keeps out a foreign page
    whose name was pointed at us afterwards (DNS rebinding): its requests carry its own name. Origin
    keeps out a page of another origin that opens our websocket; programs that are no browser send
    none.
    """

    token: str
    names: frozenset[str]
    """The names and addresses of this computer that may stand in Host, in small letters."""

    def refusal(self, host: str, origin: str | None, arrived_at: str) -> str:
        """Return why a request is refused, in words; empty: it is not.

        ``arrived_at`` is the address of this computer at which it arrived: naming an address
        cannot be a trick, since nobody's name was pointed at it.
        """
        name = name_in(host)
        if not name or (name not in self.names and name != plain(arrived_at)):
            return FOREIGN_HOST
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return FOREIGN_ORIGIN
        return ""

    def knows(self, token: str) -> bool:
        """Whether ``token`` is ours; takes the same time however much of it is."""
        return same(token, self.token)


def same(one: str, other: str) -> bool:
    """Compare secrets, in a time that says nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())


def asked(query: str) -> dict[str, str]:
    """Return what a query says.

    textual-serve's script puts ``?width=…`` behind the websocket's address, although ours has a
    query already.
    """
    found = parse_qs(query.replace("?", "&"), errors="replace")
    return {name: values[-1] for name, values in found.items()}


def name_in(host: str) -> str:
    """Return the name or address in a Host header, without its port; empty where it is none."""
    match = _HOST.fullmatch(host.lower())
    return plain(match[1].strip("[]")) if match else ""


def plain(address: str) -> str:
    """Return an address in its usual spelling, an IPv4 one inside IPv6 as itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.lower()
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def names_of(told: str, address: str, machine: frozenset[str]) -> frozenset[str]:
    """Return what this computer may be called by who listens at ``address``, told as ``told``.

    ``machine`` are its own names: they count where others can reach it.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    names = {plain(told.strip("[]"))}
    if found.is_loopback or found.is_unspecified:
        names |= _LOOPBACK_NAMES
    if not found.is_loopback:
        names |= {name.lower() for name in machine if name}
    return frozenset(names - {plain("0.0.0.0"), "::"})  # noqa: S104 (nobody is called so)
