"""textual-serve as it comes, which knows nothing of us, shows ``outtray`` in a browser."""

from __future__ import annotations

import asyncio
import socket

from tests.e2e.processes import has_ended
from tests.e2e.serving import textual_serve, window
from tests.tui.cli.office import COMMAND, CUSTOMERS, DOCUMENTS, Office


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def test_it_opens_works_and_ends_with_its_page(office: Office) -> None:
    office.ok("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    with textual_serve(office, COMMAND, free_port()) as serving:
        async with window(serving.websocket(), (100, 30)) as page:
            await page.wait("Hollow Mailbox Ltd")
            await page.say("stdin", "nord")
            await page.wait(lambda text: "Nordwind" in text and "Hollow" not in text)
            visitors = serving.visitors
            assert visitors
        for pid in visitors:
            assert await asyncio.to_thread(has_ended, pid)
        async with window(serving.websocket()) as page:
            await page.wait("Hollow Mailbox Ltd")
            await page.say("stdin", "\x11")  # Ctrl+Q
            await page.closed()


async def test_the_set_up_and_the_lists_follow_each_other(office: Office) -> None:
    del office.environment["OUTTRAY_OPERATOR"]
    del office.environment["OUTTRAY_CHECK_MX"]
    with textual_serve(office, COMMAND, free_port()) as serving:
        async with window(serving.websocket()) as page:
            await page.wait("Queue")
            await page.say("stdin", "\x1b")  # later
            await page.wait("customers")
            await page.say("stdin", "\x11")
            await page.closed()


async def test_what_it_shows_ends_when_it_is_killed(office: Office) -> None:
    office.ok("import", office.write("c.csv", CUSTOMERS))
    with textual_serve(office, COMMAND, free_port()) as serving:
        async with window(serving.websocket()) as page:
            await page.wait("Hollow Mailbox Ltd")
            visitors = serving.visitors
            serving.process.kill()
            for pid in visitors:
                assert await asyncio.to_thread(has_ended, pid)
