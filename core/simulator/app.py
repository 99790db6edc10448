"""One WSGI application: SES v2 and ``/_outtray/…`` here, SQS and SNS by moto, and nothing else."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from core.simulator import configuration, connections, control, sending
from core.simulator import service as refusals
from core.simulator.connections import hang_up
from core.simulator.sending import send_email
from core.simulator.service import Call, Operation, RefusedError, Service, SesError, utc_now

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
RestOfAws = Callable[[str, Environ, StartResponse], Iterable[bytes]]
"""Answers for the service named, ``sqs`` or ``sns``."""

_SET: Final = r"/configuration-sets/([^/]+)"
_DESTINATIONS: Final = _SET + "/event-destinations"

_ROUTES: Final[tuple[tuple[str, str, Operation], ...]] = (
    ("POST", "/outbound-emails", send_email),
    ("GET", "/account", configuration.get_account),
    ("PUT", "/account/suppression", configuration.put_account_suppression),
    ("PUT", "/account/sending", configuration.put_account_sending),
    ("GET", "/suppression/addresses", sending.list_suppressed),
    ("PUT", "/suppression/addresses", sending.put_suppressed),
    ("GET", "/suppression/addresses/(.+)", sending.get_suppressed),
    ("DELETE", "/suppression/addresses/(.+)", sending.delete_suppressed),
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


class Application:
    """Routes a request, and turns what went wrong into the answer that AWS would give."""

    def __init__(
        self,
        service: Service,
        rest: RestOfAws,
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
        if re.fullmatch("[0-9]*", environ.get("CONTENT_LENGTH") or "") is None:
            return _answer(start_response, 400, {"error": "Content-Length is not a number."})
        if words := connections.refusal(environ):
            _read(environ)
            return _answer(start_response, 403, {"error": words})
        if path.startswith(_CONTROL):
            name = path.removeprefix(_CONTROL).strip("/")
            status, answer = self._control(environ["REQUEST_METHOD"], name, _read(environ))
            return _answer(start_response, status, answer)
        try:
            service = _service(environ, path)
        except RefusedError as refused:
            _read(environ)
            return _send(start_response, *refusals.form(environ, refused))
        if service == "ses":
            return self._ses(environ, path, start_response)
        if service == "kms":
            _read(environ)
            none = RefusedError("NotFoundException", "The local stand-in has no keys.", 400)
            return _send(start_response, *refusals.form(environ, none))
        return self._rest(service, environ, start_response)

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


def _service(environ: Environ, path: str) -> str:
    """Return which service a request is signed for, and signed in time.

    Raises:
        RefusedError: for none of those served here, or not signed as AWS demands.
    """
    is_ses = path.startswith(_SES + "/")
    is_served = is_ses or refusals.QUEUE_PATH.fullmatch(path) is not None
    nowhere = f"The local stand-in has no {environ['REQUEST_METHOD']} {path}."
    try:
        signature = connections.read(environ)
    except RefusedError as refused:
        raise refused if is_served else RefusedError("NotFound", nowhere, 404) from None
    service = signature.service
    if service not in connections.PATIENCE:
        words = f"The local stand-in is SES v2, SQS and SNS only; it has no {service[:40]}."
        raise RefusedError("UnknownOperationException", words, 404)
    connections.check(signature, utc_now())
    if not is_served or (service == "ses" and not is_ses):
        raise RefusedError("UnknownOperationException", nowhere, 404)
    if is_ses and service != "ses":
        words = f"Credential should be scoped to the service that is asked, not to {service!r}."
        raise RefusedError("SignatureDoesNotMatch", words)
    return service


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
    headers = [
        ("Content-Type", "application/json"),
        ("x-amzn-RequestId", str(uuid.uuid4())),  # by which AWS's own answers are known
    ]
    if error_code:
        headers.append(("x-amzn-ErrorType", error_code))
    return _send(start_response, status, headers, json.dumps(answer).encode())


def _send(
    start_response: StartResponse, status: int, headers: list[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    headers = [*headers, ("Content-Length", str(len(body)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
