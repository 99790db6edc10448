"""Who asks for which service, and when that was signed: AWS's Signature Version 4.

The signature itself is not computed: the stand-in takes everybody's keys, as it has no accounts.
Pure: the headers and the time in, the service or a refusal out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qs

from core.simulator.refusals import RefusedError

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
