"""textual-serve's server with a guard before it, a page of our own, and an end for every child."""

from __future__ import annotations

import asyncio
import html
import ipaddress
import json
import os
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import quote

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from core.model.errors import UsageError
from tui.cli.output.text import say
from tui.cli.web.visitor import NOT_LET_IN, Guard, Visitor, asked, names_of, plain, same

_PAGE: Final = Path(__file__).with_name("page")
_HEARTBEAT: Final = 15.0
"""Seconds after which a page that does not answer is asked whether it is still there."""
_PATIENCE: Final = 30.0
"""Seconds for a child to take what was typed."""
_MOST_CELLS: Final = 1_000
_FONT_SIZES: Final = (6, 60)
_OPENS_IN_A_TAB: Final = frozenset({"application/pdf"})

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BrowserServer(Server):
    """Gives every visitor whom ``guard`` lets in a process of ``arguments``."""

    def __init__(self, arguments: Sequence[str], guard: Guard) -> None:
        super().__init__(shlex.join(arguments), title="Outtray")
        self._arguments = tuple(arguments)
        self._guard = guard
        self._visitors: set[Visitor] = set()
        self._page = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))

    async def application(self) -> web.Application:
        """Return what answers requests."""
        made = web.Application(middlewares=[self._middleware()])
        _ = made.add_routes(
            [
                web.get("/", self.handle_index),
                web.get("/ws", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                # Nothing of a person, so that the browser needs no token for them.
                web.static("/static", self.statics_path),
                web.static("/page", _PAGE),
            ]
        )
        made.on_response_prepare.append(_protect)
        made.on_shutdown.append(self.on_shutdown)
        return made

    async def on_shutdown(self, app: web.Application) -> None:
        """End every child, all at the same time."""
        del app
        _ = await asyncio.gather(*(each.stop() for each in self._visitors), return_exceptions=True)

    # ------------------------------------------------------------------ who is let in

    def _middleware(self) -> Any:
        @web.middleware
        async def guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
            refusal = self._guard.refusal(request.host, request.headers.get("Origin"), _at(request))
            return _refused(refusal) if refusal else await handler(request)

        return guarded

    def _is_known(self, request: web.Request) -> bool:
        return self._guard.knows(asked(request.query_string).get("token", ""))

    # ------------------------------------------------------------------ what is answered

    async def handle_index(self, request: web.Request) -> web.Response:
        """Answer with our page, in textual-serve's markup."""
        if not self._is_known(request):
            return _refused(NOT_LET_IN)
        url = f"ws://{request.host}/ws?token={self._guard.token}"
        size = _between(*_FONT_SIZES, asked(request.query_string).get("fontsize"), 16)
        text = self._page.substitute(websocket=html.escape(url), font_size=size)
        return web.Response(text=text, content_type="text/html", charset="utf-8")

    async def handle_websocket(  # type: ignore[override]
        self, request: web.Request
    ) -> web.StreamResponse:
        """Run a child for as long as the page is open."""
        if not self._is_known(request):
            return _refused(NOT_LET_IN)
        said = asked(request.query_string)
        websocket = web.WebSocketResponse(heartbeat=_HEARTBEAT)
        _ = await websocket.prepare(request)
        visitor = Visitor(self._arguments, websocket, self.download_manager)
        self._visitors.add(visitor)
        try:
            await websocket.send_str(json.dumps(["instance_id", visitor.secret]))
            await visitor.start(_cells(said.get("width"), 80), _cells(said.get("height"), 24))
            await self._process_messages(websocket, visitor)
        except (ConnectionError, TimeoutError):
            pass  # it has left, or its child does not listen any more
        except OSError as error:
            say(f"outtray: No process for a visitor: {error.strerror}.")
        finally:
            await visitor.stop()
            self._visitors.discard(visitor)
            _ = await websocket.close()
        return websocket

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        """Carry out what the page says; what it cannot have said is left out."""
        async for message in websocket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                said = json.loads(message.data)
            except ValueError:
                continue
            async with asyncio.timeout(_PATIENCE):
                await _carry_out(said, websocket, app_service)

    async def handle_download(self, request: web.Request) -> web.StreamResponse:
        """Give the page of a visitor the file that its own Outtray offers it."""
        key = request.match_info["key"]
        try:
            offered = await self.download_manager.get_download_metadata(key)
        except KeyError:
            offered = None
        owner = offered.app_service if offered else None
        instance = asked(request.query_string).get("instance", "")
        if offered is None or not isinstance(owner, Visitor) or not same(instance, owner.secret):
            return _refused("There is no such file, or it is not yours.")
        in_a_tab = offered.open_method == "browser" and offered.mime_type in _OPENS_IN_A_TAB
        how = "inline" if in_a_tab else "attachment"
        name = quote(offered.file_name, safe="", errors="replace")
        response = web.StreamResponse()
        response.content_type = offered.mime_type or "application/octet-stream"
        response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{name}"
        _ = await response.prepare(request)
        async for chunk in self.download_manager.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response


async def _carry_out(said: Any, websocket: web.WebSocketResponse, child: AppService) -> None:
    match said:
        case ["stdin", str(typed)]:
            _ = await child.send_bytes(typed.encode("utf-8", "replace"))
        case ["resize", {"width": int(width), "height": int(height)}]:
            await child.set_terminal_size(_cells(width, 80), _cells(height, 24))
        case ["ping", sent]:
            await websocket.send_str(json.dumps(["pong", sent]))
        case ["focus", *_]:
            await child.focus()
        case ["blur", *_]:
            await child.blur()


def _cells(said: object, otherwise: int) -> int:
    return _between(1, _MOST_CELLS, said, otherwise)


def _between(least: int, most: int, said: object, otherwise: int) -> int:
    """Return the number that was ``said``, within what makes sense."""
    text = str(said)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
    return min(max(number, least), most)


def _at(request: web.Request) -> str:
    """Return the address of this computer at which ``request`` arrived."""
    found = request.transport.get_extra_info("sockname") if request.transport else None
    return str(found[0]) if isinstance(found, tuple) else ""


def _refused(words: str) -> web.Response:
    return web.Response(status=403, text=f"{words}\n")


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    """Nothing of others in our page, our page in nobody's, and its address stays with it."""
    rules = (
        "default-src 'self'",
        f"connect-src 'self' ws://{request.host}",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",  # of the terminal, which sizes its cells so
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'self'",
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if response.status != 403:  # whose Host may be anything
        response.headers["Content-Security-Policy"] = "; ".join(rules)
    else:
        response.headers["Content-Security-Policy"] = "default-src 'none'"


@dataclass(frozen=True, slots=True)
class Listening:
    """An open port; nobody is answered before somebody accepts."""

    socket: socket.socket
    names: frozenset[str]
    urls: tuple[str, ...]
    """Without a token; the first is for this computer, where it can be reached so."""
    is_open_to_others: bool


def listen(host: str, port: int) -> Listening:
    """Open ``port`` at ``host``, a name or an address of this computer; 0: any free port.

    Raises:
        UsageError: it cannot be opened, in words.
    """
    family, address = _resolved(host)
    try:
        opened = socket.create_server((address, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)  # Python's own text names the address once more
        why = os.strerror(number) if number else error
        raise UsageError(
            f"Port {port} at {host} cannot be used: {why}.",
            "Choose another --port, or 0 for any free one; --host is an address of this computer.",
        ) from error
    found = ipaddress.ip_address(address.partition("%")[0])
    machine = frozenset[str]() if found.is_loopback else _machine()
    actual = int(opened.getsockname()[1])
    shown = [host]
    if found.is_unspecified:
        loopback = "127.0.0.1" if found.version == 4 else "::1"
        shown = [loopback, *sorted(machine - {"localhost"}, key=len)[:1]]
    urls = tuple(f"http://{_bracketed(name)}:{actual}/" for name in shown)
    return Listening(opened, names_of(host, address, machine), urls, not found.is_loopback)


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"{host} is no name or address of this computer.",
            "Use --host 127.0.0.1 for this computer alone, 0.0.0.0 for others, too.",
        ) from error
    return family, str(address[0])


def _machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({name, short, f"{short}.local", socket.getfqdn().lower()})


def _bracketed(name: str) -> str:
    return f"[{plain(name)}]" if ":" in name else name
