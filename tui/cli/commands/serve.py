"""``outtray serve``: the terminal UI in a browser."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from core.settings import loading
from tui.cli.output.text import say
from tui.format.text import cell
from tui.runtime.exits import DONE

if TYPE_CHECKING:
    from tui.cli.web.server import BrowserServer, Listening


_NEEDED: Final = ("textual_serve", "aiohttp")
_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def serve(options: Namespace) -> int:
    """Serve until stopped; every visitor has an Outtray of their own, which ends with us."""
    _require_extra()
    from tui.cli.web.server import BrowserServer, listen
    from tui.cli.web.visitor import Guard

    chosen = loading.load()  # a mistake in it is told here, not on every page
    listening = listen(options.host, options.port)
    token = secrets.token_urlsafe()
    server = BrowserServer(_child(options), Guard(token, listening.names))
    _warn(listening, chosen.operator)
    asyncio.run(_serve(server, listening, token))
    return DONE


def _child(options: Namespace) -> list[str]:
    words = [sys.executable, "-P", "-c", "from tui.__main__ import main; main()"]
    if options.demo:
        words.append("demo")
    if getattr(options, "no_mouse", False):
        words.append("--no-mouse")
    return words


def _require_extra() -> None:
    """Look for the extra without importing it."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        from core.installation.extras import missing_extra

        raise missing_extra("web", "Outtray in a browser", missing)


def _warn(listening: Listening, operator: str) -> None:
    say(
        f"Whoever has this address works in Outtray as {cell(operator, 60)}: treat it like a"
        " password. It changes with every start. Ctrl+C stops."
    )
    if listening.is_open_to_others:
        say("Other computers can reach it, and the connection is not encrypted.")


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Yield what is set when somebody ends us; what is ignored (nohup) stays ignored."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    before: dict[int, Any] = {}
    for name in _STOPS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _setter(loop, stopped))
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            _ = signal.signal(number, handler)


def _setter(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> Callable[[int, Any], None]:
    def told(number: int, frame: object) -> None:
        del number, frame
        with suppress(RuntimeError):  # it has ended meanwhile
            _ = loop.call_soon_threadsafe(stopped.set)

    return told


async def _serve(server: BrowserServer, listening: Listening, token: str) -> None:
    from aiohttp import web

    runner = web.AppRunner(await server.application(), handle_signals=False, access_log=None)
    with _told_to_stop() as stopped:
        await runner.setup()
        try:
            for url in listening.urls:
                sys.stdout.write(f"{url}?token={token}\n")
            sys.stdout.flush()
            await web.SockSite(runner, listening.socket).start()
            _ = await stopped.wait()
        finally:
            await runner.cleanup()
