"""Commands that stay: the terminal UI, the demo, the stand-in, the page for a browser."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from core.backend import Backend
from core.model.errors import UsageError
from core.settings import loading
from tui.cli.output.text import say
from tui.format.text import cell
from tui.runtime.driver_choice import has_left, is_drawn_elsewhere
from tui.runtime.exits import DONE

if TYPE_CHECKING:
    from tui.cli.web.server import BrowserServer, Listening


_NO_SCREENS = ("dumb", "unknown")
_LONG = 2.0
"""Seconds after which one says that the database takes long to open."""


def simulator(options: Namespace) -> int:
    from core.simulator import Delays
    from core.simulator import run as serve

    delays = Delays.paced(options.delay) if options.delay else Delays()
    return serve(
        options.port,
        options.json,
        delays=delays,
        exit_with_parent=options.exit_with_parent,
    )


def _need_terminal() -> None:
    if is_drawn_elsewhere():  # in a browser, say
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # Textual draws on standard error
        raise UsageError(
            "The terminal UI needs a terminal for its input and its standard error.",
            "In scripts use the commands: outtray --help lists them.",
        )
    if sys.platform == "win32":
        return  # where nobody sets TERM
    said = os.environ.get("TERM", "")
    if not said or said in _NO_SCREENS:
        raise UsageError(
            f"This terminal cannot show screens (TERM={said})."
            if said
            else "What this terminal can show is not known (TERM is not set).",
            "Use another terminal; if this is a usual one: TERM=xterm-256color outtray."
            " outtray --help lists the commands that need no screen.",
        )


def _mouse(options: Namespace | None, chosen: loading.Settings) -> bool:
    return chosen.mouse and not getattr(options, "no_mouse", False)


def ui(options: Namespace | None = None) -> int:
    _need_terminal()
    gc.disable()  # until the first paint: what is made until then stays
    from tui.app.app import run

    chosen = loading.load()
    if chosen.source is None and _is_first(chosen):
        from tui.app.setup_app import ask
        from tui.screens.setup import DEMO

        if ask(chosen) == DEMO:
            return _demo(options, fresh=False)
        if has_left():
            return DONE
        chosen = loading.load()
    backend = Backend(chosen)
    try:
        _open(backend)
        return run(backend, mouse=_mouse(options, chosen))
    finally:
        backend.close()


def _open(backend: Backend) -> None:
    """Open the database, and say so where that takes long: there is no screen yet to say it on."""
    told = threading.Timer(_LONG, _say_that_it_waits)
    told.daemon = True
    told.start()
    try:
        backend.open(_show_upgrade)
    finally:
        told.cancel()


def _show_upgrade(what: str, done: int, total: int) -> None:
    from tui.cli.output import text

    text.upgrade_progress(what, done, total)


def _say_that_it_waits() -> None:
    from tui.cli.output.text import say

    say(
        "The database does not open yet: another program holds it, or it is being upgraded or"
        " checked. Outtray waits; Ctrl-C stops."
    )


def _is_first(chosen: loading.Settings) -> bool:
    from core.backend import first_run

    return first_run.is_first(chosen)


def setup(options: Namespace) -> int:
    _need_terminal()
    from tui.app.setup_app import ask
    from tui.cli.output.text import say
    from tui.screens.setup import DEMO

    if ask(loading.load(may_be_new=True)) == DEMO:
        return _demo(options, fresh=False)
    say("outtray opens the program; outtray doctor says what is missing.")
    return DONE


def demo(options: Namespace) -> int:
    return _demo(options, fresh=options.fresh)


def _demo(options: Namespace | None, *, fresh: bool) -> int:
    from core.demo import company
    from core.simulator import require_extra
    from tui.cli.output.text import say

    require_extra()
    _need_terminal()
    from tui.app.app import run

    with company(fresh=fresh, tell=say) as chosen:
        backend = Backend(chosen)
        try:
            backend.open()
            return run(backend, mouse=_mouse(options, chosen))
        finally:
            backend.close()


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
