"""O, Y and D in a browser: the person's own browser opens and keeps things, not the server."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.serving import Serving, Window, outtray_serve, window
from tests.tui.cli.office import Office

_PDF = b"%PDF-1.4\n" + bytes(range(256)) * 1000


@pytest.fixture
def desktop(office: Office) -> Path:
    """A desktop of whoever serves, with an opener that writes down what it was asked."""
    log = office.folder / "opened.txt"
    folder = office.folder / "bin"
    folder.mkdir()
    opener = folder / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$@" >> {log}\n', encoding="utf-8")
    opener.chmod(0o755)
    office.environment["PATH"] = f"{folder}:{office.environment['PATH']}"
    office.environment["DISPLAY"] = ":7"
    office.environment["TMUX"] = "/tmp/tmux-0/default,1,0"  # noqa: S108
    office.environment["OUTTRAY_DOCUMENT_URL"] = "https://books.example/{kind}/{number}"
    return log


@pytest.fixture
def served(office: Office, desktop: Path) -> Iterator[Serving]:
    pdf = office.folder / 'a "quoted"; näme.pdf'
    pdf.write_bytes(_PDF)
    path = f'"{str(pdf).replace(chr(34), chr(34) * 2)}"'
    rows = (
        "number,kind,customer,status,currency,total,balance_due,issued_on,due_on,pdf\n"
        f"INV-1,invoice,1,OPEN,EUR,5,5,2026-01-05,2026-02-04,{path}\n"
    )
    customers = office.write("c.csv", "id,name,email\n1,Ada,ada@example.org\n")
    office.ok("import", customers, office.write("d.csv", rows))
    with outtray_serve(office) as serving:
        yield serving


async def documents(page: Window) -> None:
    await page.wait("Ada")
    await page.say("stdin", "\x1b")
    await page.wait("Copy")  # the list has the keys
    await page.say("stdin", "\x1b[B")
    await page.say("stdin", "a")
    await page.wait("INV-1")


async def choose(page: Window, key: str, line: str) -> None:
    """Open the list of choices and take one, when it is there."""
    await page.say("stdin", key)
    await page.wait("at once")
    await page.say("stdin", line)
    await page.wait(lambda text: "at once" not in text)


async def told(page: Window, kind: str) -> list[object]:
    """Return what the page is told next of ``kind``."""
    await page.wait(lambda _: any(said[0] == kind for said in page.told))
    return next(said for said in page.told if said[0] == kind)


async def test_things_open_and_are_kept_where_the_person_is(
    served: Serving, office: Office, desktop: Path
) -> None:
    async with window(served.websocket()) as page:
        await documents(page)
        await choose(page, "o", "2")
        url = "https://books.example/invoice/INV-1"
        assert await told(page, "open_url") == ["open_url", {"url": url, "new_tab": True}]

        await choose(page, "o", "1")
        _, key = await told(page, "deliver_file_start")
        (_, secret), *_ = page.told
        assert served.get(f"/download/{key}").status == 403
        assert served.get(f"/download/{key}?instance=x").status == 403
        given = served.get(f"/download/{key}?instance={secret}")
        assert (given.status, given.raw) == (200, _PDF)
        assert given.headers["Content-Type"] == "application/pdf"
        name = quote('a "quoted"; näme.pdf', safe="")
        assert given.headers["Content-Disposition"] == f"inline; filename*=UTF-8''{name}"
        assert served.get(f"/download/{key}?instance={secret}").status == 403  # it was once

        await choose(page, "y", "1")
        await page.wait("Sent to the browser")
        assert b"\x1b]52;c;" + base64.b64encode(b"INV-1") in page.received
        assert b"tmux;" not in page.received

        page.told.clear()
        await page.say("stdin", "d")
        await page.wait("Export")
        await page.say("stdin", "\r")
        _, key = await told(page, "deliver_file_start")
        given = served.get(f"/download/{key}?instance={secret}")
        assert b"INV-1" in given.raw
        assert re.match(r"attachment; filename\*=UTF-8''outtray-.*\.csv", given.disposition)
    assert not desktop.exists()
