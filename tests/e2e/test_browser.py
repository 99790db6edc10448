"""``outtray serve`` in Debian's headless Chromium, worked in with mouse, keys and the clipboard.

``OUTTRAY_TEST_PICTURES=FOLDER`` keeps what one saw as PNG.
"""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

import pytest

from tests.e2e.browser import PROGRAM, Page, kept, running
from tests.e2e.serving import outtray_serve, soon
from tests.tui.cli.office import Aws, Office

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")

_FOLLOW_UP = "Follow up on invoice INV-1"
# No GPU here; and textual-serve's script tells of the focus before its websocket is open.
_HARMLESS = "WebGL|Still in CONNECTING state"
_PICTURES = os.environ.get("OUTTRAY_TEST_PICTURES", "")


async def keep(page: Page, name: str) -> None:
    if _PICTURES:
        kept(_PICTURES, name, await page.picture())


def right_end(text: str) -> int:
    """How wide the top line was laid out: it ends with the operator's name."""
    return text.find("anna")


async def test_a_visitor_works_sends_pastes_and_leaves_nothing_behind(
    working: Office, slow_aws: Aws
) -> None:
    with outtray_serve(working) as serving:
        async with running() as browser, browser.page(serving.url) as page:
            await page.wait("Hollow Mailbox Ltd")  # rows
            await keep(page, "web-rows")
            (visitor,) = [each for each in serving.visitors if each]

            wide = right_end(await page.text())
            await page.resize(1000, 600)
            await page.wait(lambda text: 0 < right_end(text) < wide - 20)
            await page.resize(1400, 800)
            await page.wait(lambda text: right_end(text) > wide + 5)

            await page.put_on_clipboard("nordwind\nand more")
            await page.press("ctrl+v")  # a field of one line has the focus: its first line, once
            text = await page.wait(lambda text: "Nordwind" in text and "Hollow" not in text)
            assert len(re.findall("nordwind", text)) == 1
            assert "and more" not in text

            await page.press("enter")
            await page.wait("INV-1")
            await page.press("down", "down", "f")
            await page.wait(_FOLLOW_UP)
            await page.wait(lambda text: "checking" not in text)
            await page.put_on_clipboard("first pasted\nsecond pasted")
            await page.press("tab", "tab", "tab", "tab", "ctrl+v")  # into the message
            text = await page.wait("second pasted")
            assert text.count("first pasted") == text.count("second pasted") == 1
            assert not re.search(r"first pasted.*second pasted", text)  # two lines
            await keep(page, "web-compose")
            await page.press("ctrl+s")
            await page.wait(lambda text: re.search(r"INV-1 .*\bSENT\b", text))
            await keep(page, "web-sent")
            await page.wait(lambda text: re.search(r"INV-1 .*DELIVERED", text))
            assert slow_aws.sent_to() == ["success@simulator.amazonses.com"]

            own = urlsplit(serving.url).netloc
            assert {urlsplit(url).netloc for url in page.requested} - {"", own} == set()
            assert [said for said in page.complaints if not re.search(_HARMLESS, said)] == []
            await page.close()
            assert soon(lambda: visitor not in serving.visitors)
