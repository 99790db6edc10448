"""``outtray serve`` in Debian's headless Chromium: what a person sees, types and pastes there.

``OUTTRAY_TEST_PICTURES=FOLDER`` keeps what one saw as PNG.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from core.simulator import Delays, Simulator
from tests.e2e.browser import PROGRAM, Browser, Page, kept, running
from tests.e2e.processes import is_running
from tests.e2e.serving import Serving, outtray_serve, soon
from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, Aws, Office

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed (Debian: chromium)"),
]

_ROWS = "Hollow Mailbox Ltd"
_PICTURES = os.environ.get("OUTTRAY_TEST_PICTURES", "")


@pytest.fixture(scope="module")
def slow_aws() -> Iterator[Aws]:
    """A stand-in that takes its time, so that one sees SENT before what became of it."""
    with Simulator(delays=Delays.paced(3.0)) as simulator:
        yield Aws(simulator)


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory, slow_aws: Aws) -> Office:
    made = Office(tmp_path_factory.mktemp("office-in-a-browser"))
    made.environment |= slow_aws.environment
    made.ok("import", made.write("c.csv", CUSTOMERS), made.write("d.csv", DOCUMENTS))
    return made


@pytest.fixture(scope="module")
def served(working: Office) -> Iterator[Serving]:
    with outtray_serve(working) as serving:
        yield serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, served: Serving) -> AsyncIterator[Page]:
    """A window with the customers; what it did while it was open is looked at in the end."""
    async with browser.page(served.url) as opened:
        await opened.loaded()
        yield opened
    ours = urlsplit(served.url).netloc
    assert len(opened.requested) > 5
    foreign = [url for url in opened.requested if urlsplit(url).netloc not in ("", ours)]
    assert foreign == []
    assert opened.complaints == []


def line(text: str, part: str) -> str:
    return next((each for each in text.split("\n") if part in each), "")


async def test_rows_are_shown_and_keys_go_to_them_without_a_click(page: Page) -> None:
    await page.press(*"nord")  # into the search, where the cursor is
    await page.wait(lambda text: all(w in text for w in ("nord", "Nordwind")) and _ROWS not in text)
    for _ in "nord":
        await page.press("backspace")
    await page.wait(_ROWS)
    await page.press("escape")
    await page.wait("W  Attention")  # the list has the keys
    await page.press("a")
    text = await page.wait("INV-6")
    before = line(text, "▌")
    await page.press("down")
    await page.wait(lambda text: line(text, "▌") not in ("", before))
    await page.press("up")
    await page.wait(lambda text: line(text, "▌") == before)


async def test_it_follows_the_size_of_the_window(page: Page) -> None:
    first = await page.wait(lambda text: top_right(text) > 100)
    await page.resize(700, 400)
    await page.wait(lambda text: 0 < top_right(text) < 80 and text.count("\n") < 25)
    await page.resize(1280, 720)
    await page.wait(lambda text: top_right(text) == top_right(first) and _ROWS in text)


def top_right(text: str) -> int:
    """How wide the screen is laid out: the top line ends with the operator's name."""
    return text.partition("\n")[0].find("· anna")


async def test_a_paste_into_one_line_is_its_first_line_once(page: Page) -> None:
    await page.put_on_clipboard("nordwind\nand more")
    await page.press("ctrl+v")
    text = await page.wait(lambda text: "Nordwind GmbH" in text and _ROWS not in text)
    assert text.count("nordwind") == 1
    assert "and more" not in text


async def test_f_sends_and_a_paste_comes_once_with_its_lines(
    page: Page, working: Office, slow_aws: Aws
) -> None:
    kept(_PICTURES, "web-rows", await page.picture())
    await page.press(*"nord", "enter")
    await page.wait("INV-1")
    await page.press("f")
    await page.wait("Follow up on estimate EST-1")
    await page.press("tab", "tab", "tab", "tab")  # Cc, subject, text, message
    await page.put_on_clipboard("First line\nSecond line: ünï\n\nLast line\n")
    await page.press("ctrl+v")
    await page.wait("Second line: ünï")
    kept(_PICTURES, "web-compose", await page.picture())
    for _ in range(3):  # what the gate asks is answered with the same key
        await page.wait(lambda text: "checking" not in text)
        await page.press("ctrl+s")
        await asyncio.sleep(0.4)
        if "Follow up on estimate" not in await page.text():
            break
    text = await page.wait(lambda text: re.search(r"\bSENT\b", line(text, "EST-1")))
    assert "➤" in line(text, "EST-1")
    kept(_PICTURES, "web-sent", await page.picture())
    await page.wait(lambda text: "DELIVERED" in line(text, "EST-1"))  # no key was touched
    (email,) = working.json("log", "EST-1")["emails"]
    assert email["body"].count("First line") == 1
    assert "First line\nSecond line: ünï\n\nLast line" in email["body"]
    assert slow_aws.sent_to() == ["success@simulator.amazonses.com"]


async def test_leaving_is_said_and_one_can_come_back(page: Page) -> None:
    assert not await page.evaluate("document.body.classList.contains('-closed')")
    await page.press("ctrl+q")
    await page.until("document.body.classList.contains('-closed')")
    await page.click("#again")
    await page.until("!document.body.classList.contains('-closed')")
    page.complaints.clear()  # the script also tells a closed websocket that the focus has gone
    await page.loaded()
    await page.wait(_ROWS)


async def test_closing_the_window_ends_its_process(browser: Browser, served: Serving) -> None:
    assert await asyncio.to_thread(soon, lambda: not served.visitors)
    async with browser.page(served.url) as page:
        await page.loaded()
        await page.wait(_ROWS)
        (pid,) = served.visitors
        await page.close()
    assert await asyncio.to_thread(soon, lambda: not served.visitors)  # nor is it a zombie
    assert not is_running(pid)


async def test_without_the_token_the_browser_shows_why(browser: Browser, served: Serving) -> None:
    async with browser.page(f"{served.origin}/") as page:
        await page.until("document.readyState == 'complete' && location.href != 'about:blank'")
        assert "no token" in await page.evaluate("document.body.innerText")
