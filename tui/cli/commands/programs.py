"""Commands that stay: the terminal UI, the demo, the stand-in for AWS."""

from __future__ import annotations

import gc
import os
import sys
import threading
from argparse import Namespace

from core.backend import Backend
from core.model.errors import UsageError
from core.settings import loading
from tui.runtime.driver_choice import has_left, is_drawn_elsewhere
from tui.runtime.exits import DONE

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
    from tui.cli.output import text  # not for the first paint

    text.upgrade_progress(what, done, total)


def _say_that_it_waits() -> None:
    from tui.cli.output.text import say  # not for the first paint

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
