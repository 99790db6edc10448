"""Endpoints that behave badly on purpose: one that says no, one that never says anything."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def refusing(code: str, message: str, status: int = 403) -> Iterator[str]:
    """Serve this one error, in the form that was asked in: JSON, XML for SNS; yield the URL."""

    def answer(asked_as: str) -> tuple[int, bytes]:
        if "form" in asked_as:
            error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            return status, f"<ErrorResponse>{error}</ErrorResponse>".encode()
        return status, json.dumps({"__type": f"com.amazonaws#{code}", "message": message}).encode()

    with _serving(answer, {"x-amzn-ErrorType": code}) as url:
        yield url


@contextmanager
def answering(status: int, body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """Serve exactly this, whatever is asked."""
    with _serving(lambda _: (status, body), headers) as url:
        yield url


@contextmanager
def page(html: str) -> Iterator[str]:
    """Serve a page of HTML, whatever is asked, as the log-in page of a network does."""
    with _serving(lambda _: (200, html.encode()), {}) as url:
        yield url


@contextmanager
def _serving(
    answer: Callable[[str], tuple[int, bytes]], headers: Mapping[str, str]
) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answer(self.headers.get("Content-Type", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def hanging() -> Iterator[str]:
    """Accept connections and never answer; yield the URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def closed() -> str:
    """Return a URL where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
