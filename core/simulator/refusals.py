"""Refusals that come before any service: the same words, in the form that the client reads."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

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
