"""What a page in a browser on the same machine can do to the stand-in: nothing. Raw bytes."""

from __future__ import annotations

import json
import socket

import pytest

from tests.core.simulator.office import Office

FAULT = b'{"throttle": 7}'


def ask(
    office: Office,
    host: str | None,
    *headers: str,
    request: str = "GET /_outtray/sent HTTP/1.1",
    body: bytes = b"",
) -> tuple[int, bytes]:
    """Send exactly these bytes; return the status and all that came until the end."""
    lines = [request, *([] if host is None else [f"Host: {host}"]), *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    address = office.simulator.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while some := connection.recv(65_536):
            answer += some
    assert answer.count(b"HTTP/1.") == 1, answer
    return int(answer.split()[1]), answer


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:{port}", "localhost", "localhost:{port}", "LOCALHOST:1"),
        *("localhost.:{port}", "Localhost.", "[::1]", "[::1]:{port}"),
    ],
)
def test_this_machine_by_its_own_names_is_answered(office: Office, host: str) -> None:
    port = office.simulator.url.rpartition(":")[2]
    assert ask(office, host.format(port=port))[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        *("rebound.example", "rebound.example:{port}", "localhost.rebound.example"),
        *("0.0.0.0:{port}", "0.0.0.0"),  # noqa: S104 (leads to loopback, too)
        *("127.0.0.1.nip.example:{port}", "demo.localhost", "localhost..", "127.0.0.1."),
        *("127.1", "127.0.0.2:{port}", "2130706433", "[::]", "[::ffff:127.0.0.1]:{port}", "::1"),
        *("localhost:{port}@rebound.example", "localhost/", "localhost:x", "localhost:", ""),
        *("localhost, rebound.example", "localhost\r\nHost: rebound.example", "localhöst"),
    ],
)
def test_another_name_is_refused_whatever_is_asked(office: Office, host: str) -> None:
    host = host.format(port=office.simulator.url.rpartition(":")[2])
    post = "POST /_outtray/faults HTTP/1.1"
    for request, body in (
        ("GET /_outtray/sent HTTP/1.1", b""),
        (post, FAULT),
        ("POST / HTTP/1.1", b"Action=ListQueues"),
        ("GET /v2/email/account HTTP/1.1", b""),
    ):
        assert ask(office, host, request=request, body=body)[0] in (400, 403)
    assert office.get("faults")["throttle"] == 0


def test_an_address_in_the_request_line_counts_as_the_host(office: Office) -> None:
    status, _ = ask(
        office, "localhost", request="GET http://rebound.example/_outtray/sent HTTP/1.1"
    )
    assert status == 403


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_a_request_that_names_nobody_is_refused(office: Office, version: str) -> None:
    assert ask(office, None, request=f"GET /_outtray/sent {version}")[0] == 403
    assert ask(office, "localhost", request=f"GET /_outtray/sent {version}")[0] == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://evil.example:{port}", "null", "", "file://"),
        *("http://localhost.evil.example", "http://evil.example/localhost", "localhost"),
        *("http://0.0.0.0:{port}", "http://demo.localhost", "chrome-extension://abcdef"),
        *("http://localhost:{port}, https://evil.example", "http://user@localhost:{port}"),
        *("http://localhost\r\nOrigin: https://evil.example", "http://[::1", "http://localhost/x"),
    ],
)
def test_a_page_of_another_site_changes_nothing(office: Office, origin: str) -> None:
    port = office.simulator.url.rpartition(":")[2]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
        status, answer = ask(
            office,
            f"127.0.0.1:{port}",
            f"Origin: {origin.format(port=port)}",
            f"Content-Type: {kind}",
            request="POST /_outtray/faults HTTP/1.1",
            body=FAULT,
        )
        assert status == 403
        assert b"access-control" not in answer.lower()
    assert office.get("faults")["throttle"] == 0


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:1", "https://LOCALHOST"]
)
def test_a_page_of_this_machine_may_ask(office: Office, origin: str) -> None:
    assert ask(office, "localhost", f"Origin: {origin}", "Sec-Fetch-Site: cross-site")[0] == 200


def test_what_a_page_loads_without_an_origin_is_refused_and_the_address_bar_is_not(
    office: Office,
) -> None:
    assert ask(office, "127.0.0.1", "Sec-Fetch-Site: cross-site")[0] == 403
    for own in ("none", "same-origin"):
        assert ask(office, "127.0.0.1", f"Sec-Fetch-Site: {own}")[0] == 200


def test_nobody_is_told_that_any_page_may_read(office: Office) -> None:
    preflight = ("Origin: http://evil.example", "Access-Control-Request-Method: POST")
    for path in ("/", "/_outtray/sent", "/v2/email/account"):
        status, answer = ask(office, "localhost", *preflight, request=f"OPTIONS {path} HTTP/1.1")
        assert status == 403
        assert b"access-control-allow" not in answer.lower()
    told = office.sqs.list_queues()["ResponseMetadata"]["HTTPHeaders"]
    assert not [name for name in told if name.startswith("access-control")]


def test_a_request_inside_a_refused_body_is_not_a_request(office: Office) -> None:
    inner = (
        b"POST /_outtray/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n" + FAULT
    )
    for sized in (True, False):
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)
        ask(
            office,
            "localhost",
            "Origin: null",
            *(() if sized else ("Transfer-Encoding: chunked",)),
            request="POST /_outtray/reset HTTP/1.1",
            body=inner if sized else chunked,
        )
    assert office.get("faults")["throttle"] == 0


def test_it_is_said_in_words_why(office: Office) -> None:
    _, answer = ask(office, "evil.example")
    words = json.loads(answer.rpartition(b"\r\n\r\n")[2])["error"]
    assert words == "The local stand-in is localhost, 127.0.0.1 or [::1], and not 'evil.example'."


@pytest.mark.parametrize("length", ["x", "-1", "1e3", "²"])
def test_a_length_that_is_none_is_said_and_holds_nobody(office: Office, length: str) -> None:
    request = "POST /_outtray/faults HTTP/1.1"
    assert ask(office, "localhost", f"Content-Length: {length}", request=request)[0] == 400
