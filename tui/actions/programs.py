"""Commands that stay: the terminal UI, the demo, the stand-in for AWS."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from core import settings
from core.backend import Backend
from core.errors import UsageError
from tui.exits import DONE

if TYPE_CHECKING:
    from argparse import Namespace


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
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # Textual draws on standard error
        raise UsageError(
            "The terminal UI needs a terminal for its input and its standard error.",
            "In scripts use the commands: outtray --help lists them.",
        )


def ui(_options: Namespace | None = None) -> int:
    _need_terminal()
    from tui.app import run

    chosen = settings.load()
    backend = Backend(chosen)
    backend.open()
    run(backend)
    return DONE


def demo(options: Namespace) -> int:
    from core.demo import company
    from core.simulator import require_extra
    from tui.prints import say

    require_extra()
    _need_terminal()
    from tui.app import run

    with company(fresh=options.fresh, tell=say) as chosen:
        backend = Backend(chosen)
        backend.open()
        run(backend)
    return DONE
