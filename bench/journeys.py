"""How many of our own files an F runs through until SendEmail, and a bounce until its badge.

``uv run python -m bench.journeys [--list]``: the real application without a terminal, on a new
SQLite database, with the stand-in for AWS behind real HTTP. A file counts where a function in it
ran on any thread; what the screen does by itself every second is told apart.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from textual.pilot import Pilot

from core.backend import Backend
from core.settings.loading import load
from core.simulator import Delays, Simulator
from tui.app.app import OuttrayApp

ROOT = Path(__file__).resolve().parents[1]
_OURS = tuple(f"{ROOT / room}{os.sep}" for room in ("core", "tui"))
_STAND_IN = f"{ROOT / 'core' / 'simulator'}{os.sep}"
_OPTIMIZED = 0x1
"""The flag of a function's code; the body of a module or of a class lacks it."""
_PATIENCE = 60.0

_CUSTOMERS = "id,name,email\n1,Hollow Mailbox Ltd,bounce@simulator.amazonses.com\n"
_DOCUMENTS = """\
number,kind,customer,status,currency,total,balance_due,issued_on,due_on
INV-1,invoice,1,OPEN,EUR,200.20,50.00,2026-01-06,2026-02-05
"""


class Tracer:
    """Notes the file of each of our functions that begins while a journey is on."""

    def __init__(self) -> None:
        self.files: set[str] | None = None
        self.before_call: set[str] = set()
        self.is_sent = False
        self.bounce_starts = False
        self._names: dict[CodeType, str] = {}

    def watch(self) -> None:
        """Look at every function from here on, on this thread and on those that begin later."""
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def begin(self) -> None:
        self.files = set()

    def end(self) -> set[str]:
        files, self.files = self.files or set(), None
        return files

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        name = self._names.get(code)
        if name is None:
            name = self._names[code] = self._name(code)
        if not name:
            return
        if name == "API":
            self._api_call(frame.f_locals.get("operation_name"), event, argument)
        elif event == "call" and self.files is not None:
            self.files.add(name)

    def _api_call(self, operation: str | None, event: str, answer: Any) -> None:
        if operation == "SendEmail" and event == "call" and self.files is not None:
            self.before_call, self.is_sent = self.end(), True
        if operation == "ReceiveMessage" and event == "return" and isinstance(answer, dict):
            bodies = [message["Body"] for message in answer.get("Messages", ())]
            if any("bounceType" in body for body in bodies) and not self.bounce_starts:
                self.bounce_starts = True
                self.begin()

    def _name(self, code: CodeType) -> str:
        path = code.co_filename
        if code.co_name == "_make_api_call" and "botocore" in path:
            return "API"
        is_ours = path.startswith(_OURS) and not path.startswith(_STAND_IN)
        return str(Path(path).relative_to(ROOT)) if is_ours and code.co_flags & _OPTIMIZED else ""


def _office(folder: Path, simulator: Simulator) -> Backend:
    environment = {
        **simulator.environment,
        "OUTTRAY_OPERATOR": "anna",
        "OUTTRAY_CHECK_MX": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    os.environ.update(environment)
    backend = Backend(load({**os.environ, "OUTTRAY_DATABASE_URL": f"sqlite:///{folder / 'o.db'}"}))
    backend.open()
    for name, text in (("customers.csv", _CUSTOMERS), ("documents.csv", _DOCUMENTS)):
        (folder / name).write_text(text, "utf-8")
    backend.import_files([folder / "customers.csv", folder / "documents.csv"])
    return backend


def _text(app: OuttrayApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not holds():
            await pilot.pause(0.02)


async def _travel(app: OuttrayApp, tracer: Tracer) -> dict[str, set[str]]:
    async with app.run_test(size=(132, 36), notifications=True, tooltips=True) as pilot:
        await _until(pilot, lambda: "Hollow Mailbox" in _text(app))
        await pilot.press("enter")
        await _until(pilot, lambda: "INV-1" in _text(app))
        await pilot.pause(3)
        tracer.begin()
        await pilot.pause(3)  # nobody does anything
        idle = tracer.end()
        tracer.begin()
        await pilot.press("f")
        await _until(pilot, lambda: "Subject" in _text(app) and "checking" not in _text(app))
        opened = tracer.end()
        tracer.begin()
        while not tracer.is_sent:
            await pilot.press("ctrl+s")
            await pilot.pause(0.5)
        await _until(pilot, lambda: tracer.bounce_starts)
        await _until(pilot, lambda: "BOUNCED" in _text(app))
        bounce = tracer.end()
    return {
        "every second, nobody does anything": idle,
        "F until SendEmail": opened | tracer.before_call,
        "of it, F until the dialog and its verdict": opened,
        "of it, Ctrl+S until SendEmail": tracer.before_call,
        "a bounce until its badge": bounce,
    }


def main() -> None:
    """Travel once and tell the numbers."""
    tracer = Tracer()
    with (
        tempfile.TemporaryDirectory() as folder,
        Simulator(delays=Delays(bounce=8.0)) as simulator,
    ):
        backend = _office(Path(folder), simulator)
        tracer.watch()
        journeys = asyncio.run(_travel(OuttrayApp(backend), tracer))
        sys.setprofile(None)
        threading.setprofile(None)
        backend.close()
    idle = next(iter(journeys.values()))
    for title, files in journeys.items():
        print(f"{title}: {len(files)} files, {len(files - idle)} that do not run anyway")
        rooms = Counter("/".join(file.split("/")[:2]) for file in files)
        print("   " + ", ".join(f"{room} {count}" for room, count in sorted(rooms.items())))
        if "--list" in sys.argv[1:]:
            print("\n".join(f"   {'·' if file in idle else ' '} {file}" for file in sorted(files)))


if __name__ == "__main__":
    # The long poll outlives the screens: that the queue goes away under it is no news.
    logging.getLogger().addHandler(logging.NullHandler())
    main()
