"""Draws the README's pictures from the real application on the demo's company.

``uv run python docs/make_pictures.py`` writes ``docs/pictures/*.svg``; another folder may be named
behind it. The company is generated from its seed for a fixed moment, so the pictures change only
when the application does, and ``tests/test_pictures.py`` sees that they were drawn again then.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from core.backend import Backend
from core.demo.store import SENDER, Company, generate
from core.model.enums import address_key
from core.model.feed import FeedState
from core.model.ports import QueueMessage
from core.model.suppressions import Suppression
from core.settings.loading import Settings
from tui.app.app import OuttrayApp

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parent / "pictures"
Input.cursor_blink = TextArea.cursor_blink = False  # a picture is of any moment


class QuietFeed:
    """A queue that lives and has nothing to say."""

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        time.sleep(min(wait_seconds, 0.05))
        return []

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        del messages

    def waiting(self) -> int | None:
        return 0

    def dead_letters(self) -> int | None:
        return 0


class KnownSuppressions:
    """SES's list as the generated history left it."""

    def __init__(self, company: Company) -> None:
        self._entries = {
            address_key(entry.address): Suppression(
                entry.address, entry.reason, entry.at, "ses", entry.message_id
            )
            for entry in company.suppressions
        }

    def look_up(self, address: str) -> Suppression | None:
        return self._entries.get(address_key(address))


class PromptApp(OuttrayApp):
    """The application, which notices at once that its feed lives."""

    PULSE_SECONDS = 0.05

    @property
    def is_live(self) -> bool:
        return self._feed.state is FeedState.LIVE


async def settled(app: PromptApp, pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause(0.1)
        await app.background_calls.idle()
    while not app.is_live:
        await pilot.pause(0.1)


async def draw(
    backend: Backend, size: tuple[int, int], steps: Sequence[tuple[str, list[str]]], to: Path
) -> None:
    """Press keys; after each group of keys write one picture."""
    app = PromptApp(backend, clock=lambda: NOW)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await settled(app, pilot)
        for name, keys in steps:
            await pilot.press(*keys)
            await settled(app, pilot)
            picture = app.export_screenshot(title="Outtray")
            (to / f"{name}.svg").write_text(picture, "utf-8")


def main(to: Path = FOLDER) -> None:
    """Draw every picture into the folder ``to``."""
    os.environ["TZ"] = "UTC"  # the times on the pictures are nobody's own
    time.tzset()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        company = generate(path, NOW)
        settings = Settings(
            f"sqlite:///{path}", operator="anna", sender=SENDER, queue_url="https://queue.example"
        )
        backend = Backend(
            settings,
            clock=lambda: NOW,
            feed=QuietFeed(),
            suppression_list=KnownSuppressions(company),
        )
        wide = [
            ("customers", []),
            ("communications", ["down", "down", "down", "enter", "enter"]),
            ("compose", ["b", "f"]),
            ("everything", ["escape", "b", "a", "enter"]),
            ("help", ["?"]),
            ("filter", ["escape", "escape", "/", *"bounced balance>500 sent<60d"]),
        ]
        narrow = [
            ("communications-80x24", ["down", "down", "down", "enter", "enter"]),
            ("compose-80x24", ["b", "f"]),
        ]
        asyncio.run(draw(backend, (132, 36), wide, to))
        asyncio.run(draw(backend, (80, 24), narrow, to))
        backend.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
