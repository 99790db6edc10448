"""One WSGI application: SES v2 and ``/_outtray/…`` here, everything else by moto."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from core.simulator import configuration, control, suppression
from core.simulator.problems import SesError
from core.simulator.sending import send_email
from core.simulator.service import Call, Operation, Service
from core.simulator.sockets import hang_up

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_SET: Final = r"/configuration-sets/([^/]+)"
_DESTINATIONS: Final = _SET + "/event-destinations"

_ROUTES: Final[tuple[tuple[str, str, Operation], ...]] = (
    ("POST", "/outbound-emails", send_email),
    ("GET", "/account", configuration.get_account),
    ("PUT", "/account/suppression", configuration.put_account_suppression),
    ("PUT", "/account/sending", configuration.put_account_sending),
    ("GET", "/suppression/addresses", suppression.list_suppressed),
    ("PUT", "/suppression/addresses", suppression.put_suppressed),
    ("GET", "/suppression/addresses/(.+)", suppression.get_suppressed),
    ("DELETE", "/suppression/addresses/(.+)", suppression.delete_suppressed),
    ("POST", "/identities", configuration.create_identity),
    ("GET", "/identities", configuration.list_identities),
    ("POST", "/list-identities", configuration.list_identities),
    ("GET", "/identities/([^/]+)", configuration.get_identity),
    ("DELETE", "/identities/([^/]+)", configuration.delete_identity),
    ("POST", "/configuration-sets", configuration.create_configuration_set),
    ("GET", "/configuration-sets", configuration.list_configuration_sets),
    ("POST", "/list-configuration-sets", configuration.list_configuration_sets),
    ("GET", _SET, configuration.get_configuration_set),
    ("DELETE", _SET, configuration.delete_configuration_set),
    ("POST", _DESTINATIONS, configuration.create_destination),
    ("GET", _DESTINATIONS, configuration.get_destinations),
    ("PUT", _DESTINATIONS + "/([^/]+)", configuration.update_destination),
    ("DELETE", _DESTINATIONS + "/([^/]+)", configuration.delete_destination),
    *(
        ("PUT", f"{_SET}/{path}", configuration.put_option(member))
        for path, member in configuration.OPTIONS.items()
    ),
)
_SES: Final = "/v2/email"
_CONTROL: Final = "/_outtray/"
_KMS: Final = "TrentService."
"""How the operations of KMS begin: whoever asks for a key must not be asked for real."""


class Application:
    """Routes a request, and turns what went wrong into the answer that AWS would give."""

    def __init__(
        self,
        service: Service,
        rest: WsgiApp,
        reset: Callable[[], None],
        stopping: threading.Event,
    ) -> None:
        self._service = service
        self._rest = rest
        self._reset = reset
        self._stopping = stopping
        self._routes = [(method, re.compile(_SES + path), do) for method, path, do in _ROUTES]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        if path.startswith(_CONTROL):
            name = path.removeprefix(_CONTROL).strip("/")
            status, answer = self._control(environ["REQUEST_METHOD"], name, _read(environ))
            return _answer(start_response, status, answer)
        if path.startswith(_SES + "/"):
            return self._ses(environ, path, start_response)
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith(_KMS):
            _read(environ)
            error = {"__type": "NotFoundException", "message": "The local stand-in has no keys."}
            return _answer(start_response, 400, error, "NotFoundException")
        return self._rest(environ, start_response)

    # ----------------------------------------------------------------- SES v2

    def _ses(self, environ: Environ, path: str, start_response: StartResponse) -> Iterable[bytes]:
        faults = self._service.faults
        try:
            operation, call = self._route(environ, path)
            answer = operation(self._service, call)
        except SesError as error:
            self._stopping.wait(faults.seconds("slow"))
            return _answer(
                start_response, error.http_status, {"message": error.message}, error.code
            )
        if operation is send_email and faults.take("swallow"):
            hang_up(environ, faults.seconds("swallow_seconds"), self._stopping)
        self._stopping.wait(faults.seconds("slow"))
        return _answer(start_response, 200, answer)

    def _route(self, environ: Environ, path: str) -> tuple[Operation, Call]:
        body = _parse(_read(environ))
        for method, pattern, operation in self._routes:
            found = pattern.fullmatch(path)
            if found and method == environ["REQUEST_METHOD"]:
                query = parse_qs(environ.get("QUERY_STRING", ""))
                source_ip = environ.get("REMOTE_ADDR", "127.0.0.1")
                return operation, Call(found.groups(), query, body, source_ip)
        raise SesError(
            "UnknownOperationException",
            f"The local stand-in has no {environ['REQUEST_METHOD']} {path}.",
        )

    # ----------------------------------------------------------------- the stand-in's own paths

    def _control(self, method: str, name: str, raw: bytes) -> tuple[int, object]:
        if method == "POST" and name == "reset":
            self._reset()
            return 200, {}
        table = {"GET": control.READ, "POST": control.WRITE}.get(method, {})
        if name not in table:
            return 404, {"error": f"The local stand-in has no {method} {_CONTROL}{name}."}
        try:
            return 200, table[name](self._service, _parse(raw))
        except (ValueError, TypeError) as error:
            return 400, {"error": str(error)}
        except SesError as error:
            return 400, {"error": error.message}


def _read(environ: Environ) -> bytes:
    """Read the body whole, also of a request to refuse: the connection is used again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise SesError("SerializationException", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise SesError("SerializationException", "The body is not a JSON object.")
    return body


def _answer(
    start_response: StartResponse, status: int, answer: object, error_code: str = ""
) -> Iterable[bytes]:
    body = json.dumps(answer).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),  # by which AWS's own answers are known
    ]
    if error_code:
        headers.append(("x-amzn-ErrorType", error_code))
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
