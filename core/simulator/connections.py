"""Requests as they come in: sockets, foreign pages, signatures of AWS."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from werkzeug.serving import WSGIRequestHandler

from core.simulator.service import RefusedError

_NAP: Final = 0.1


def is_client_gone(environ: dict[str, Any]) -> bool:
    """Whether the client closed its end. Without a socket to ask (another server), it is there."""
    connection = environ.get("werkzeug.socket")
    if connection is None:
        return False
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def hang_up(environ: dict[str, Any], seconds: float, stopping: threading.Event) -> None:
    """Hold the client that long, or until it goes, then close without an answer.

    Raises:
        ConnectionAbortedError: always; the server takes it for a client that went away.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and not is_client_gone(environ):
        if stopping.wait(min(left, _NAP)):
            break
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):  # it went first
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


_OURS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Not ``*.localhost``: nothing is served by such a name, and some systems ask the network for it.

Nor another spelling of the address: a browser writes it in this one, and 0.0.0.0 leads here, too.
"""
_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:]+\]|[^:\[\]/@\\]+)(?::[0-9]{1,5})?", re.ASCII)
_FROM_ELSEWHERE: Final = "cross-site"


def refusal(environ: Mapping[str, Any]) -> str:
    """Return why a request is not answered, in words; empty where it may be.

    A page whose name was made to lead here after it was loaded (DNS rebinding) still sends that
    name as ``Host``; a form, a script or an image of a page elsewhere sends its ``Origin``, or says
    that it comes from another site. Programs send none of these but their ``Host``.
    """
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is None:
        return "A request needs a Host header, with localhost, 127.0.0.1 or [::1]."
    if not _is_ours(host):
        return f"The local stand-in is localhost, 127.0.0.1 or [::1], and not {_shown(host)}."
    if origin is not None and not _is_our_origin(origin):
        return f"The local stand-in answers no page of {_shown(origin)}."
    if origin is None and environ.get("HTTP_SEC_FETCH_SITE", "").lower() == _FROM_ELSEWHERE:
        return "The local stand-in answers no page of another site."
    return ""


def _is_ours(authority: str) -> bool:
    """Whether ``host`` or ``host:port`` names this machine; any port: a tunnel may have its own."""
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        return False
    name = found[1]
    return name in _OURS or name == "localhost."  # with the dot it is the same name


def _is_our_origin(origin: str) -> bool:
    """``null``, what a sandbox or a file sends, names nobody; so it is foreign."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    is_bare = origin.lower() == f"{parts.scheme}://{parts.netloc}".lower()
    return is_bare and parts.scheme in ("http", "https") and _is_ours(parts.netloc)


def _shown(text: str) -> str:
    return repr(text[:100])


class RequestHandler(WSGIRequestHandler):
    """Logs nothing, and sends small answers at once instead of waiting for more to send."""

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Requests are no news; what was sent is in the record."""


_ALGORITHMS: Final = ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
_PARTS: Final = ("Credential", "SignedHeaders", "Signature")
_PART: Final = re.compile(r"\s*(\w+)=([^,\s]+)\s*")
_TIME: Final = "%Y%m%dT%H%M%SZ"
PATIENCE: Final[Mapping[str, timedelta]] = {
    "ses": timedelta(minutes=5),
    "sqs": timedelta(minutes=15),
    "sns": timedelta(minutes=15),
    "kms": timedelta(minutes=15),  # there are no keys, but whoever asks is not sent to the real AWS
}
"""How far a request's time may be off, as AWS's own refusals tell it for each service.

``X-Amz-Expires`` in a link changes nothing here, as it changes nothing for SQS.
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who asks for which service, and when that was signed: AWS's Signature Version 4.

    The signature itself is not computed: the stand-in takes everybody's keys, as it has no
    accounts. Pure: the headers and the time in, the service or a refusal out.
    """

    service: str
    scope_date: str
    """The day in the credential, ``20261130``."""
    at: datetime
    """When the request was signed, by its sender's clock."""


def read(environ: Mapping[str, Any]) -> Signature:
    """Return what a request says of its signature, in the header or in the query.

    Raises:
        RefusedError: there is none, or it lacks something.
    """
    header = str(environ.get("HTTP_AUTHORIZATION", "")).strip()
    if header:
        return _read(*_in_header(header), _time_of(environ))
    query = {key: each[0] for key, each in parse_qs(environ.get("QUERY_STRING", "")).items()}
    if "X-Amz-Algorithm" not in query:
        raise RefusedError("MissingAuthenticationToken", "Missing Authentication Token")
    named = {part: query.get(f"X-Amz-{part}", "") for part in _PARTS}
    return _read(query["X-Amz-Algorithm"], named, query.get("X-Amz-Date", ""))


def check(signature: Signature, now: datetime) -> None:
    """Refuse what was signed too long ago, or by a clock that is too far ahead.

    Raises:
        RefusedError: in the words that AWS uses.
    """
    patience, at = PATIENCE[signature.service], signature.at
    minutes = f"{patience // timedelta(minutes=1)} min."
    if at < now - patience:
        raise _does_not_match(
            f"Signature expired: {at:{_TIME}} is now earlier than"
            f" {now - patience:{_TIME}} ({now:{_TIME}} - {minutes})"
        )
    if at > now + patience:
        raise _does_not_match(
            f"Signature not yet current: {at:{_TIME}} is still later than"
            f" {now + patience:{_TIME}} ({now:{_TIME}} + {minutes})"
        )
    if signature.scope_date != f"{at:%Y%m%d}":
        raise _does_not_match(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
            f" HTTP: '{signature.scope_date}' != '{at:%Y%m%d}', from '{at:{_TIME}}'."
        )


def _does_not_match(message: str) -> RefusedError:
    return RefusedError("SignatureDoesNotMatch", message)


def _incomplete(message: str) -> RefusedError:
    return RefusedError("IncompleteSignature", message, 400)


def _in_header(header: str) -> tuple[str, dict[str, str]]:
    algorithm, _, rest = header.partition(" ")
    found = (_PART.fullmatch(part) for part in rest.split(","))
    return algorithm, {part[1]: part[2] for part in found if part}


def _time_of(environ: Mapping[str, Any]) -> str:
    """``X-Amz-Date``, or ``Date`` where there is none."""
    written = str(environ.get("HTTP_X_AMZ_DATE", ""))
    if written or "HTTP_DATE" not in environ:
        return written
    try:
        return parsedate_to_datetime(environ["HTTP_DATE"]).astimezone(UTC).strftime(_TIME)
    except (ValueError, OverflowError):
        return str(environ["HTTP_DATE"])


def _read(algorithm: str, named: Mapping[str, str], written: str) -> Signature:
    if algorithm not in _ALGORITHMS:
        raise _incomplete(f"Signature Version 4 is needed, not {algorithm[:40]!r}.")
    if missing := [part for part in _PARTS if not named.get(part)]:
        raise _incomplete(f"The signature lacks {', '.join(missing)}.")
    # access key, day, Region (not with the second algorithm), service; a key may hold a slash
    scope = named["Credential"].rsplit("/", 4 if algorithm == _ALGORITHMS[0] else 3)
    if len(scope) < 4 or scope[-1] != "aws4_request":
        raise _incomplete(f"Credential has no scope: {named['Credential'][:100]!r}.")
    try:
        at = datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete(f"The date is missing or not like {_TIME}: {written[:40]!r}.") from None
    return Signature(scope[-2].lower(), scope[1], at)
