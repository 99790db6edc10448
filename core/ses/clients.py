"""AWS clients with time-outs and retries spelt out, and AWS's errors in our words.

Credentials, Region and endpoints are boto3's own chain (``AWS_PROFILE``, ``AWS_REGION``,
``AWS_ENDPOINT_URL_SESV2`` …).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from core.errors import (
    CredentialsError,
    FalseAnswerError,
    NoSuchThingError,
    NotPermittedError,
    QueueGoneError,
    QuotaUsedUpError,
    RefusedError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.rules.sending.answers import ErrorAnswer, Reading, read

LONGEST_POLL_SECONDS: Final = 20
_CREDENTIALS_HINT: Final = "Check AWS_PROFILE or the keys; with SSO run aws sso login."
_EXPIRED: Final = (
    "The AWS credentials have expired.",
    "Renew them: with SSO run aws sso login; temporary keys have to be fetched again.",
)
_UNKNOWN: Final = (
    "AWS does not know these credentials.",
    "Check AWS_PROFILE or the keys: deleted, or for a Region that is not enabled for them.",
)
_SIGNED: Final = (
    "AWS does not accept the signature.",
    "Check the secret key and this computer's clock.",
)
_CREDENTIALS: Final = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _SIGNED,
    "RequestTimeTooSkewed": _SIGNED,
    "IncompleteSignature": _SIGNED,
    "IncompleteSignatureException": _SIGNED,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidSignatureException": _SIGNED,
    "SignatureDoesNotMatch": _SIGNED,
    "UnrecognizedClientException": _UNKNOWN,
}
_NOT_KNOWN_HINT: Final = (
    "Whether it was done is not known; wait for SES's report before repeating it."
)
_NETWORK_HINT: Final = "Check the network and AWS_REGION, then try again."
_BETWEEN_HINT: Final = "A proxy or a log-in page: log in to the network, or ask who runs the proxy."
_FALSE_HINT: Final = (
    "A log-in page of the network, probably: open a browser and log in. Whether SES took it is not"
    " known; wait for its report before repeating it."
)
_REGION_HINT: Final = "Set AWS_REGION, or region in the profile, to where SES is set up."
_PREFIXES: Final = {"sesv2": "ses", "sqs": "sqs", "sns": "sns"}


#: What the SDK raises over an answer that is not JSON of AWS's form: a page, a list, null.
UNREADABLE: Final = (AttributeError, LookupError, TypeError, UnicodeError)


class Clients:
    """Creates each client once, when it is first needed: importing boto3 takes its time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}

    def mail(self) -> Any:
        """For ``SendEmail``: it has no idempotency token: nothing is repeated by the SDK."""
        return self._client("mail", "sesv2", read_timeout=60, retries=1)

    def control(self) -> Any:
        """For SES calls that may be repeated: suppression list, account."""
        client = self._client("control", "sesv2", read_timeout=10, retries=3)
        client.meta.events.register("after-call.sesv2", _must_be_of_aws, unique_id="outtray-of-aws")
        return client

    def queue(self) -> Any:
        """For SQS; the read time-out exceeds the longest poll.

        Two attempts end within a minute, so that a queue that hangs is an error by then.
        """
        return self._client("queue", "sqs", read_timeout=LONGEST_POLL_SECONDS + 5, retries=2)

    def queue_control(self) -> Any:
        """For SQS calls that never wait: attributes, names."""
        return self._client("queue_control", "sqs", read_timeout=10, retries=2)

    def topics(self) -> Any:
        """For SNS: who gets what a topic publishes."""
        return self._client("topics", "sns", read_timeout=10, retries=2)

    def _client(self, name: str, service: str, *, read_timeout: int, retries: int) -> Any:
        with self._lock:
            if name not in self._made:
                from botocore.config import Config

                config = Config(
                    connect_timeout=5,
                    read_timeout=read_timeout,
                    retries={"total_max_attempts": retries, "mode": "standard"},
                    tcp_keepalive=True,
                )
                with in_words(service):
                    self._made[name] = _create(session(), service, config)
            return self._made[name]


def _must_be_of_aws(http_response: Any, **_: object) -> None:
    """A log-in page with a 200 reads as an empty list, or as an account with nothing to tell."""
    if http_response.status_code < 300 and "x-amzn-requestid" not in http_response.headers:
        raise FalseAnswerError(
            "Something answered in the place of SES: its answer carries no request id.",
            "A log-in page of the network, probably: open a browser and log in.",
        )


def _create(session: Any, service: str, config: Any) -> Any:
    try:
        return session.client(service, config=config)
    except ValueError as error:  # botocore's answer to an endpoint that is no URL
        raise CredentialsError(
            f"AWS is not set up: {_without_stop(error)}.", "Check AWS_REGION and AWS_ENDPOINT_URL."
        ) from error


def session() -> Any:
    """boto3's own chain, and ``AWS_REGION``, which the other SDKs read and boto3 does not."""
    import boto3

    return boto3.session.Session(region_name=os.environ.get("AWS_REGION") or None)


@contextmanager
def in_words(service: str) -> Iterator[None]:
    """Turn botocore's errors into ours; anything that may have had an effect is *unanswered*."""
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError

    try:
        yield
    except boto.ClientError as error:
        raise _answered(service, error) from error
    except (
        boto.NoCredentialsError,
        boto.PartialCredentialsError,
        boto.CredentialRetrievalError,
        boto.MetadataRetrievalError,
        boto.TokenRetrievalError,
        boto.SSOError,
    ) as error:
        raise CredentialsError(
            f"There are no AWS credentials: {_without_stop(error)}.", _CREDENTIALS_HINT
        ) from error
    except (boto.NoRegionError, boto.InvalidRegionError) as error:
        raise CredentialsError(
            f"AWS is not set up: {_without_stop(error)}.", _REGION_HINT
        ) from error
    except (
        boto.ProfileNotFound,
        boto.ConfigParseError,
        boto.ConfigNotFound,
    ) as error:
        raise CredentialsError(
            f"AWS is not set up: {_without_stop(error)}.", _CREDENTIALS_HINT
        ) from error
    except (
        boto.ConnectTimeoutError,
        boto.EndpointConnectionError,
        boto.ProxyConnectionError,
    ) as error:
        host = urlsplit(str(error.kwargs.get("endpoint_url", ""))).netloc
        where = f" at {host}" if host else ""
        raise UnreachableError(
            f"{_name(service)} cannot be reached{where}.",
            _NETWORK_HINT,
        ) from error
    except boto.ParamValidationError as error:
        raise RefusedError(f"{_name(service)} was not asked: {error}.") from error
    except (boto.SSLError, boto.ConnectionClosedError) as error:
        if not _was_connecting(error):
            raise UnansweredError(
                f"{_name(service)} did not answer: {_without_stop(error)}.", _NOT_KNOWN_HINT
            ) from error
        raise UnreachableError(
            f"{_name(service)} cannot be reached: {_without_stop(error)}.", _NETWORK_HINT
        ) from error
    except (boto.BotoCoreError, ResponseParserError, *UNREADABLE) as error:
        raise UnansweredError(
            f"{_name(service)} did not answer: {_without_stop(error)}.", _NOT_KNOWN_HINT
        ) from error


#: What of the HTTP library runs before the first byte of a request leaves.
_CONNECTING: Final = ("_validate_conn", "_prepare_proxy")


def _was_connecting(error: BaseException) -> bool:
    """Whether an error was raised before the request was sent.

    A TLS error or a closed connection looks the same before and after that; only where it was
    raised says whether the other end can have the request.
    """
    seen: BaseException | None = error
    while seen is not None:
        frames = seen.__traceback__
        while frames is not None:
            code = frames.tb_frame.f_code
            if code.co_name in _CONNECTING and code.co_filename.endswith("connectionpool.py"):
                return True
            frames = frames.tb_next
        seen = seen.__cause__ or seen.__context__
    return False


def _without_stop(error: Exception) -> str:
    return str(error).rstrip(".")


def _answered(service: str, error: Any) -> ServiceError:
    """Read an answer that is an error; *said* is told only of what AWS itself has said."""
    answer = _error_answer(error.response, error.operation_name)
    reading = read(answer)
    if reading is Reading.BETWEEN or not answer.is_of_aws:
        return _in_between(service, answer, is_known=reading is Reading.BETWEEN)
    code, said = answer.code, f"{_name(service)} said: {answer.words}"
    match reading:
        case Reading.QUOTA:
            return QuotaUsedUpError(said, _HINTS["LimitExceededException"])
        case Reading.THROTTLED:
            nothing = "Nothing was sent. " if error.operation_name == "SendEmail" else ""
            return ThrottledError(said, f"{nothing}Try again in a moment.")
        case Reading.STOPPED:
            return SendingStoppedError(said, _HINTS.get(code, _HINTS["SendingPausedException"]))
        case Reading.NOT_PERMITTED:
            action = f"{_PREFIXES.get(service, service)}:{answer.operation}"
            return NotPermittedError(said, f"Allow {action} in the policy of this AWS user.")
        case Reading.CREDENTIALS:
            if code not in _CREDENTIALS:
                return CredentialsError(said, _CREDENTIALS_HINT)
            title, hint = _CREDENTIALS[code]
            return CredentialsError(f"{title} {said}", hint)
        case Reading.UNKNOWN:
            return UnansweredError(said, _NOT_KNOWN_HINT)
        case _:
            return _refused(code, said)


def _error_answer(response: Any, operation: str) -> ErrorAnswer:
    error, metadata = response.get("Error", {}), response.get("ResponseMetadata", {})
    code = str(error.get("Code", ""))
    headers = metadata.get("HTTPHeaders") or {}
    return ErrorAnswer(
        status=int(metadata.get("HTTPStatusCode", 0)),
        code=code,
        words=str(error.get("Message", "")) or code,
        has_request_id=bool(metadata.get("RequestId") or headers.get("x-amzn-requestid")),
        operation=operation,
    )


def _in_between(service: str, answer: ErrorAnswer, *, is_known: bool) -> ServiceError:
    """What a proxy, a log-in page or a load balancer says is not quoted: it is a page."""
    try:
        phrase = f" ({HTTPStatus(answer.status).phrase})"
    except ValueError:
        phrase = ""
    title = f"Not {_name(service)} but something on the way to it answered: HTTP {answer.status}"
    if is_known:
        return UnreachableError(f"{title}{phrase}.", _BETWEEN_HINT)
    return UnansweredError(f"{title}{phrase}.", _NOT_KNOWN_HINT)


def _refused(code: str, said: str) -> ServiceError:
    if "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return QueueGoneError(
            f"{said.rstrip('.')}. The queue is gone.", "Check OUTTRAY_QUEUE_URL and AWS_REGION."
        )
    if code in ("NotFoundException", "NotFound"):
        return NoSuchThingError(said, _HINTS.get(code, ""))
    return RefusedError(said, _HINTS.get(code, ""))


def unreadable(service: str, operation: str, status: int, headers: Any, why: str) -> ServiceError:
    """Return what an answer means that the SDK could not read: it is not JSON of AWS's form."""
    if 200 <= status < 300:
        return FalseAnswerError(
            f"Something answered in the place of {_name(service)}: {why}.", _FALSE_HINT
        )
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": dict(headers)}
    code = str(headers.get("x-amzn-errortype", "")).partition(":")[0]
    error = {"Code": code or str(status), "Message": why}
    answer = _error_answer({"Error": error, "ResponseMetadata": metadata}, operation)
    if read(answer) is Reading.BETWEEN:
        return _in_between(service, answer, is_known=True)
    return UnansweredError(
        f"The answer of {_name(service)} cannot be read: {why}.", _NOT_KNOWN_HINT
    )


_HINTS: Final = {
    "MessageRejected": "Verify the From address in this Region of SES, or correct the message.",
    "MailFromDomainNotVerifiedException": "Verify the MAIL FROM domain in SES.",
    "NotFoundException": "Check OUTTRAY_CONFIGURATION_SET.",
    "SendingPausedException": "Sending is paused in SES for this account or configuration set.",
    "AccountSuspendedException": "SES has restricted this account; ask AWS support.",
    "LimitExceededException": "The daily quota is used up; it opens again over 24 hours.",
    "BadRequestException": "Correct the message or the address.",
}


def _name(service: str) -> str:
    return {"sesv2": "SES", "sqs": "SQS", "sns": "SNS"}.get(service, service)
