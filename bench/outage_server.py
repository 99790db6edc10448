"""What stands between Outtray and AWS in ``bench.outages``: passes everything on, or goes wrong."""

from __future__ import annotations

import datetime
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_SEND: Final = "/v2/email/outbound-emails"
_OF_SES: Final = {"x-amzn-RequestId": "b3f2", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Outage:
    """An answer to SendEmail; or, of the connections themselves, a ``way``."""

    name: str
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    way: str = ""
    """``close``, ``silent``, ``refuse``, ``tls``, ``dns``."""
    spends: bool = False
    """Nobody knows what becomes of an email that meets it."""


def _page(name: str, status: int, text: str = "<html>Log in</html>", **more: str) -> Outage:
    return Outage(name, status, text.encode(), more, spends=status >= 500 or status == 200)


def _said(name: str, status: int, kind: str, words: str) -> Outage:
    body = json.dumps({"message": words}).encode()
    return Outage(name, status, body, {**_OF_SES, "x-amzn-ErrorType": kind})


OUTAGES: Final = (
    Outage(
        "500 from SES",
        500,
        b'{"message": "Internal failure"}',
        {**_OF_SES, "x-amzn-ErrorType": "InternalFailure"},
        spends=True,
    ),
    _page("503 page of a proxy", 503),
    _page("302 to a log-in page", 302, Location="http://login.example/"),
    _page("407 of a proxy", 407),
    _page("hotel page with a 200", 200),
    _page("empty 200", 200, ""),
    _page("wrong JSON with a 200", 200, "[1, 2"),
    _page("MessageId null", 200, '{"MessageId": null}'),
    _page("MessageId a list", 200, '{"MessageId": ["a"]}'),
    Outage("connection closed", way="close", spends=True),
    Outage("no answer in time", way="silent", spends=True),
    Outage("TLS failure", way="tls"),
    Outage("no DNS", way="dns"),
    Outage("connection refused", way="refuse"),
    _said("expired credentials", 403, "ExpiredTokenException", "The token has expired"),
    _said("AccessDenied", 403, "AccessDeniedException", "not authorized: ses:SendEmail"),
    _said("sending paused", 400, "SendingPausedException", "Sending paused for this account."),
    _said("account suspended", 400, "AccountSuspendedException", "restricted"),
    _said("wrong clock", 403, "SignatureDoesNotMatch", "Signature not yet current"),
)


class Between:
    """A server of its own in front of ``target``; ``outage`` is changed while it runs."""

    def __init__(self, target: str, folder: Path, *, is_tls: bool = False) -> None:
        self.target, self.is_tls = urlsplit(target), is_tls
        self.outage: Outage | None = None
        self.sends = 0
        """SendEmail calls that met the outage."""
        self.good, self.bad = (certificate(folder, name) for name in ("good", "bad"))
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        scheme = "https" if self.is_tls else "http"
        return f"{scheme}://localhost:{self.port}"

    def open(self) -> None:
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def setup(self) -> None:
                if between.is_tls:
                    is_bad = between.outage is not None and between.outage.way == "tls"
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(between.bad if is_bad else between.good)
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                with suppress(OSError):
                    super().handle()

            def serve(self) -> None:
                between.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                """Quietly."""

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A handshake that fails is what is wanted."""

        self._server = Server(("localhost", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def begin(self, outage: Outage) -> None:
        self.outage = outage
        if outage.way == "refuse":
            self.close()

    def end(self) -> None:
        if self._server is None:
            self.open()
        self.outage = None

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        outage = self.outage
        if outage is None or outage.way in ("tls", "dns") or request.path != _SEND:
            self._pass_on(request, body)
            return
        self.sends += 1
        if outage.way == "silent":
            time.sleep(3)
        if outage.way:
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(request, outage.status, outage.headers, outage.body)

    def _pass_on(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        host = http.client.HTTPConnection(self.target.hostname or "", self.target.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "expect"}
        host.request(request.command, request.path, body, headers)
        answer = host.getresponse()
        told = {k: v for k, v in answer.headers.items() if k.lower() in _PASSED}
        self._answer(request, answer.status, told, answer.read())
        host.close()

    def _answer(
        self, request: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


_PASSED: Final = ("content-type", "x-amzn-requestid", "x-amzn-errortype")


def certificate(folder: Path, name: str) -> Path:
    """Return a file with a key and a certificate of its own for ``localhost``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    path = folder / f"{name}.pem"
    if path.exists():
        return path
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"localhost {name}")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
