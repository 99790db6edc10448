"""The stand-in as a program of its own: prints its environment, then serves until stopped."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from core.simulator.events import Delays
from core.simulator.server import Simulator


def run(
    port: int = 0,
    as_json: bool = False,
    *,
    delays: Delays | None = None,
    is_raw: bool = False,
    exit_with_parent: bool = False,
    write: Callable[[str], object] | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT, or with ``exit_with_parent`` until standard input ends.

    The environment is written as soon as the port is open; the first answers wait for the rest of
    the start. Must be called in the main thread. Returns the exit code.

    Raises:
        MissingExtraError, UsageError: as ``Simulator`` does.
    """
    stopped = threading.Event()
    with _stop_signals(stopped):
        simulator = Simulator(port=port, delays=delays, is_raw=is_raw)
        if exit_with_parent:
            threading.Thread(target=_await_end_of_input, args=(stopped,), daemon=True).start()
        text = describe(simulator.environment, as_json=as_json)
        (write or _print)(text)
        try:
            if not stopped.is_set():
                simulator.start()
                stopped.wait()
        finally:
            simulator.stop()
    return 0


def describe(environment: Mapping[str, str], *, as_json: bool) -> str:
    """Return the environment as one JSON document, or as lines that a shell can read."""
    if as_json:
        return json.dumps({"environment": dict(environment)})
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def _stop_signals(stopped: threading.Event) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _await_end_of_input(stopped: threading.Event) -> None:
    """A parent that is killed closes our standard input, and nothing else tells us.

    Read below Python's own buffer, whose lock would upset the interpreter's exit.
    """
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # standard input is closed: there is no parent to wait for
    stopped.set()
