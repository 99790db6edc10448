"""Draws the README's pictures from the real application on the demo's company.

``uv run python docs/make_pictures.py`` writes ``docs/pictures/*.svg``. The company is generated
from its seed for a fixed moment, so the pictures change only when the application does.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from core.backend import Backend
from core.demo.store import SENDER, Company, generate
from core.model import Suppression, address_key
from core.ports import QueueMessage
from core.settings import Settings
from tui.app import OuttrayApp

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parent / "pictures"


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


async def settled(app: OuttrayApp, pilot: Pilot[None]) -> None:
    for _ in range(4):
        await pilot.pause(0.15)
        await app.jobs.idle()


async def draw(
    backend: Backend, size: tuple[int, int], steps: Sequence[tuple[str, list[str]]]
) -> None:
    """Press keys; after each group of keys write one picture."""
    app = OuttrayApp(backend, clock=lambda: NOW)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await settled(app, pilot)
        for name, keys in steps:
            await pilot.press(*keys)
            await settled(app, pilot)
            picture = app.export_screenshot(title="Outtray")
            (FOLDER / f"{name}.svg").write_text(picture, "utf-8")


def main() -> None:
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
        ]
        narrow = [
            ("communications-80x24", ["down", "down", "down", "enter", "enter"]),
            ("compose-80x24", ["b", "f"]),
        ]
        asyncio.run(draw(backend, (132, 36), wide))
        asyncio.run(draw(backend, (80, 24), narrow))
        backend.close()


if __name__ == "__main__":
    main()
