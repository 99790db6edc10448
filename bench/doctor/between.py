"""What stands between Outtray and the stand-in: passes everything on but one call."""

from __future__ import annotations

import http.client
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

_SES: Final = (
    ("GET", re.compile(r"/v2/email/account"), "GetAccount"),
    ("GET", re.compile(r"/v2/email/identities/[^/]+"), "GetEmailIdentity"),
    ("GET", re.compile(r"/v2/email/configuration-sets/[^/]+"), "GetConfigurationSet"),
    (
        "GET",
        re.compile(r"/v2/email/configuration-sets/[^/]+/event-destinations"),
        "GetConfigurationSetEventDestinations",
    ),
)
_HOPS: Final = ("connection", "content-length", "transfer-encoding", "date", "server")


@dataclass(frozen=True)
class Answer:
    """What is said in the place of AWS to ``operation``; to every one where it is empty."""

    operation: str
    status: int
    code: str = ""
    """AWS's error type; empty: it is a page."""
    words: str = "not authorized"

    def body(self, *, is_form: bool) -> tuple[bytes, dict[str, str]]:
        if not self.code:
            return b"<!DOCTYPE html><html>Welcome! Please log in.</html>", {
                "Content-Type": "text/html"
            }
        told = {"x-amzn-RequestId": "b3f2", "x-amzn-ErrorType": self.code}
        if is_form:
            error = f"<Error><Code>{self.code}</Code><Message>{self.words}</Message></Error>"
            return f"<ErrorResponse>{error}</ErrorResponse>".encode(), told
        return f'{{"__type": "{self.code}", "message": "{self.words}"}}'.encode(), told


class Between:
    """``with Between(url, answer) as url:`` serves the stand-in's answers, and that one."""

    def __init__(self, target: str, answer: Answer) -> None:
        self._target, self._answer = urlsplit(target), answer

    def __enter__(self) -> str:
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                between._serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                """Quietly."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        is_form = "form" in asked.headers.get("Content-Type", "")
        if self._answer.operation in ("", _operation(asked, body)):
            said, headers = self._answer.body(is_form=is_form)
            _tell(asked, self._answer.status, said, headers)
            return
        there = http.client.HTTPConnection(str(self._target.hostname), self._target.port)
        there.request(asked.command, asked.path, body, dict(asked.headers.items()))
        answer = there.getresponse()
        passed = {k: v for k, v in answer.getheaders() if k.lower() not in _HOPS}
        _tell(asked, answer.status, answer.read(), passed)
        there.close()


def _tell(asked: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    asked.send_response(status)
    for name, value in headers.items():
        asked.send_header(name, value)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)


def _operation(asked: BaseHTTPRequestHandler, body: bytes) -> str:
    target = asked.headers.get("X-Amz-Target", "")
    if target:
        return target.rpartition(".")[2]
    if action := parse_qs(body.decode("utf-8", "replace")).get("Action"):
        return action[0]
    path = urlsplit(asked.path).path
    return next(
        (name for verb, like, name in _SES if verb == asked.command and like.fullmatch(path)), ""
    )
