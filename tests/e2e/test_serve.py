"""``outtray serve`` over real HTTP and a real websocket: who is let in, and what is left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.processes import is_running
from tests.e2e.serving import Serving, outtray_serve, soon, window
from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, Office

_ROWS = "Hollow Mailbox Ltd"
_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Customers and documents are imported; nothing is sent."""
    made = Office(tmp_path_factory.mktemp("served-office"))
    made.ok("import", made.write("c.csv", CUSTOMERS), made.write("d.csv", DOCUMENTS))
    return made


@pytest.fixture(scope="module")
def served(stocked: Office) -> Iterator[Serving]:
    with outtray_serve(stocked) as serving:
        yield serving


def status(serving: Serving, path: str, **headers: str) -> int:
    """What the first line of the answer says; a websocket is asked for like any other page."""
    asked = _UPGRADE if path.startswith("/ws") else {}
    lines = [f"GET {path} HTTP/1.1"]
    said = {"Host": f"127.0.0.1:{serving.port}", **asked, **headers}
    lines += [f"{name}: {value}" for name, value in said.items() if value]
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(connection.recv(4096).split()[1])


def with_token(serving: Serving, path: str) -> str:
    return f"{path}{serving.path.removeprefix('/')}"


def test_the_address_has_the_real_port_and_a_token_and_answers_at_once(served: Serving) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", served.url)
    assert served.port
    page = served.get(served.path)
    assert page.status == 200
    assert 'class="textual-terminal"' in page.body
    assert 'data-font-size="16"' in page.body
    assert served.path.partition("=")[2] in served.websocket()
    assert "as anna" in served.said
    assert "password" in served.said
    assert served.path.partition("=")[2] not in served.said


def test_it_listens_on_this_computer_only(served: Serving) -> None:
    table = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    port = f"{served.port:04X}"
    listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    assert [each for each in listening if each.endswith(f":{port}")] == [f"0100007F:{port}"]


@pytest.mark.parametrize("path", ["/", "/ws"])
def test_without_the_token_nobody_is_let_in(served: Serving, path: str) -> None:
    assert status(served, path) == 403
    assert status(served, f"{path}?token=") == 403
    assert status(served, f"{path}?token=x") == 403
    assert status(served, f"{path}?token=%C3%A4%00") == 403
    assert status(served, with_token(served, path)[:-1]) == 403
    assert status(served, with_token(served, path)) == (101 if path == "/ws" else 200)
    assert "token" in served.get("/").body


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": "evil.example@127.0.0.1:{port}"},
        {"Host": "127.0.0.2:{port}"},
        {"Host": "192.168.1.5:{port}"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost.evil.example:{port}"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
    ids=str,
)
def test_a_foreign_page_is_refused_even_with_the_token(
    served: Serving, headers: dict[str, str]
) -> None:
    said = {name: value.format(port=served.port) for name, value in headers.items()}
    for path in ("/", "/ws", "/static/js/textual.js", "/download/x", "/none"):
        assert status(served, with_token(served, path), **said) in (400, 403), path


def test_our_own_page_and_programs_without_an_origin_are_let_in(served: Serving) -> None:
    for path, answer in (("/", 200), ("/ws", 101)):
        path = with_token(served, path)
        assert status(served, path) == answer
        assert status(served, path, Origin=served.origin) == answer
        name = f"localhost:{served.port}"
        assert status(served, path, Host=name, Origin=f"http://{name}") == answer
    assert soon(lambda: not served.visitors)  # all of them have hung up


def test_the_page_asks_nobody_else_and_tells_nobody(served: Serving) -> None:
    page = served.get(served.path)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    own = [found for found in re.findall(r'(?:src|href)="([^"]*)"', page.body) if found != "data:,"]
    assert len(own) >= 4
    for each in own:
        assert served.get(each).status == 200, each
    assert served.get("/static/").status in (403, 404)  # no list of files
    assert served.get("/page/../server.py").status == 404


async def test_every_visitor_has_a_process_that_ends_with_the_page(served: Serving) -> None:
    url = served.websocket()
    async with window(url) as one, window(url) as other:
        await one.wait(_ROWS)
        await other.wait(_ROWS)
        assert len(served.visitors) == 2
        await one.close()
        assert await asyncio.to_thread(soon, lambda: len(served.visitors) == 1)
        await other.say("ping", "7")
        await other.say("resize", {"width": 90, "height": 30})
        await other.wait(lambda _: ["pong", "7"] in other.told)
        (pid,) = served.visitors
        await other.say("stdin", "\x1b")
        await asyncio.sleep(0.3)
        await other.say("stdin", "q")
        await other.closed()  # by Outtray itself, as a terminal comes back to its shell
        assert await asyncio.to_thread(soon, lambda: not Path(f"/proc/{pid}").exists())
    assert served.process.poll() is None


async def test_what_no_page_can_say_does_no_harm(served: Serving) -> None:
    async with aiohttp.ClientSession() as client, client.ws_connect(served.websocket()) as raw:
        for text in ("", "{", "7", "[]", '["stdin"]', '["stdin", 7]', '["resize", {"width": "x"}]'):
            await raw.send_str(text)
        await raw.send_str('["resize", {"width": 1000000000, "height": -5}]')
        await raw.send_str('["stdin", "\\ud800"]')
        await raw.send_bytes(b"\xff\x00")
        await raw.send_str('["ping", "still here"]')
        while (message := await raw.receive(timeout=20)).type is not aiohttp.WSMsgType.TEXT or (
            "still here" not in message.data
        ):
            assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)
    assert served.process.poll() is None


async def test_a_child_that_dies_says_so_on_the_page(served: Serving) -> None:
    async with window(served.websocket()) as page:
        await page.wait(_ROWS)
        assert soon(lambda: len(served.visitors) == 1)  # those of the tests before have left
        (pid,) = served.visitors
        os.kill(pid, signal.SIGKILL)
        assert "Outtray has ended (SIGKILL)" in await page.closed()
    assert served.process.poll() is None


async def test_what_keeps_it_from_opening_is_read_on_the_page(office: Office) -> None:
    office.ok("db", "upgrade")
    with outtray_serve(office) as serving:
        office.database.write_bytes(b"this is no database" * 100)
        async with window(serving.websocket()) as page:
            text = await page.closed()
        assert "Outtray has ended (exit code 1)" in text
        assert "outtray:" in text
        assert "Traceback" not in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_server_ends_its_visitors_first(stocked: Office, number: signal.Signals) -> None:
    with outtray_serve(stocked) as serving:
        async with window(serving.websocket()) as page:
            await page.wait(_ROWS)
            (pid,) = serving.visitors
            serving.process.send_signal(number)
            await page.closed()
            assert await asyncio.to_thread(serving.process.wait, 20) == 0
            assert not is_running(pid)
    assert "Traceback" not in serving.said
    assert "damage" not in stocked.ok("db", "check").out


async def test_a_server_that_is_killed_takes_its_visitors_along(stocked: Office) -> None:
    with outtray_serve(stocked) as serving:
        async with window(serving.websocket()) as page:
            await page.wait(_ROWS)
            (pid,) = serving.visitors
            serving.process.kill()
            assert await asyncio.to_thread(soon, lambda: not is_running(pid))


async def test_the_first_start_asks_and_then_opens_in_the_same_page(office: Office) -> None:
    del office.environment["OUTTRAY_OPERATOR"]
    del office.environment["OUTTRAY_CHECK_MX"]
    with outtray_serve(office) as serving:
        async with window(serving.websocket()) as page:
            await page.wait("Queue")
            await page.say("stdin", "\x1b")  # later
            await page.wait("customers")
            assert len(serving.visitors) == 1
        async with window(serving.websocket()) as page:
            await page.wait("Outtray")
            (pid,) = serving.visitors - {0}
        assert await asyncio.to_thread(soon, lambda: not is_running(pid))


def test_a_port_or_an_address_that_cannot_be_used_is_said_in_words(
    office: Office, served: Serving
) -> None:
    taken = office.run("serve", "--port", str(served.port))
    assert (taken.code, taken.out) == (2, "")
    assert f"Port {served.port} at 127.0.0.1 cannot be used: Address already in use." in taken.err
    for port in ("70000", "8080x"):
        refused = office.run("serve", "--port", port)
        assert (refused.code, refused.out) == (2, "")
        assert "is no port; expected 0 to 65535" in refused.err
    for host in ("192.0.2.1", "no such computer"):
        refused = office.run("serve", "--host", host)
        assert (refused.code, refused.out) == (2, "")
        assert "--host" in refused.err


def test_for_others_it_is_named_and_warned_of(stocked: Office) -> None:
    with outtray_serve(stocked, "--host", "0.0.0.0") as serving:  # noqa: S104
        assert serving.url.startswith("http://127.0.0.1:")
        assert serving.get(serving.path).status == 200
        assert "not encrypted" in serving.said
        name = f"{socket.gethostname()}:{serving.port}"
        assert status(serving, with_token(serving, "/"), Host=name, Origin=f"http://{name}") == 200
        assert status(serving, with_token(serving, "/"), Host=f"evil.example:{serving.port}") == 403
        assert status(serving, with_token(serving, "/"), Host=f"0.0.0.0:{serving.port}") == 403
