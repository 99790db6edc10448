"""What the operations of SES v2 share: account, request, refusals in the words of AWS."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from xml.sax.saxutils import escape

from core.simulator.events import Delays
from core.simulator.outcomes import Behaviour
from core.simulator.publish import Publisher
from core.simulator.state import Faults, SentMail, State


class Topics(Protocol):
    """What SES needs of SNS."""

    def has_topic(self, arn: str) -> bool: ...

    def publish(self, topic_arn: str, subject: str, text: str) -> None:
        """Publish; a topic that is gone swallows the text, as it does for SES."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart. ``path`` holds the variable parts of the path, in order."""

    path: tuple[str, ...] = ()
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    source_ip: str = "127.0.0.1"

    def required(self, name: str) -> Any:
        value = self.body.get(name)
        if value in (None, ""):
            raise bad_request(f"Missing required field: {name}.")
        return value


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Service:
    """The parts that an operation works on."""

    origin: SentMail
    state: State
    faults: Faults
    topics: Topics
    publisher: Publisher
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    delays: Delays = field(default_factory=Delays)
    clock: Callable[[], datetime] = utc_now


Operation = Callable[[Service, Call], dict[str, Any]]


def page(
    items: Sequence[Any], call_token: str | None, size: int
) -> tuple[Sequence[Any], str | None]:
    """Return one page and the token of the next; the token is the place in the list.

    Raises:
        ValueError: the token is none of ours.
    """
    start = int(call_token or "0")
    if not 0 <= start <= len(items):
        raise ValueError(call_token)
    end = start + size
    return items[start:end], str(end) if end < len(items) else None


_HTTP_STATUS: Final = {
    "NotFoundException": 404,
    "UnknownOperationException": 404,
    "TooManyRequestsException": 429,
    "InternalFailure": 500,
}


class SesError(Exception):
    """An answer other than 200. ``code`` is what botocore calls the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        return _HTTP_STATUS.get(self.code, 400)


def bad_request(message: str) -> SesError:
    return SesError("BadRequestException", message)


def not_found(message: str) -> SesError:
    return SesError("NotFoundException", message)


def already_exists(message: str) -> SesError:
    return SesError("AlreadyExistsException", message)


#: JSON and REST name what they refuse otherwise than the services with forms.
_NAME_IN_JSON: Final = {"SignatureDoesNotMatch": "InvalidSignatureException"}
_REST_IN_XML: Final = re.compile(r"(?:/|%2F)(?:s3|route53|cloudfront)(?:/|%2F)aws4_request", re.I)
QUEUE_PATH: Final = re.compile(r"/([0-9]+/[A-Za-z0-9_.-]+/?)?")
"""Where SQS and SNS are asked: at the root, or at the URL of a queue."""
_TYPE_PREFIX: Final = "com.amazon.coral.service#"


class RefusedError(Exception):
    """A request that no service was asked about. ``code`` is the name that SQS and SNS give it."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def form(
    environ: Mapping[str, Any], refused: RefusedError
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body: REST for SES v2, else JSON or XML, as was asked."""
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-RequestId", request_id)]
    if is_of_forms(environ):
        body = (
            "<ErrorResponse><Error><Type>Sender</Type>"
            f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
            f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return refused.status, [("Content-Type", "text/xml"), *headers], body.encode()
    name = _NAME_IN_JSON.get(refused.code, f"{refused.code.removesuffix('Exception')}Exception")
    answer = {"__type": _TYPE_PREFIX + name, "message": refused.message}
    headers += [("Content-Type", "application/json"), ("x-amzn-ErrorType", name)]
    return refused.status, headers, json.dumps(answer).encode()


def is_of_forms(environ: Mapping[str, Any]) -> bool:
    """Whether the client reads XML: the services with forms at the root or at a queue, and S3."""
    content_type = str(environ.get("CONTENT_TYPE", "")).lower()
    if "HTTP_X_AMZ_TARGET" in environ or "json" in content_type:
        return False
    signed = f"{environ.get('HTTP_AUTHORIZATION', '')} {environ.get('QUERY_STRING', '')}"
    at = str(environ.get("PATH_INFO", ""))
    return QUEUE_PATH.fullmatch(at) is not None or _REST_IN_XML.search(signed) is not None
