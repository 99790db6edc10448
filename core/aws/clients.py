"""AWS clients with time-outs and retries spelt out, and AWS's errors in our words.

Credentials, Region and endpoints are boto3's own chain (``AWS_PROFILE``, ``AWS_REGION``,
``AWS_ENDPOINT_URL_SESV2`` …).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from core.aws import hints
from core.aws.hints import Doing
from core.model.errors import (
    BetweenError,
    CredentialsError,
    FalseAnswerError,
    NoSuchThingError,
    NotPermittedError,
    QueueGoneError,
    QuotaUsedUpError,
    RefusedError,
    RegionError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.rules.sending.ses_errors import ErrorAnswer, Reading, read

LONGEST_POLL_SECONDS: Final = 20
_PREFIXES: Final = {"sesv2": "ses"}
_JSON: Final = ("sqs", "kms")
"""Services that answer in JSON, of which the SDK takes any other text for an empty answer."""
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
        client.meta.events.register("after-call.sesv2", _must_be_of_ses, unique_id="outtray-of-aws")
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

    def keys(self) -> Any:
        """For KMS: who may use the key of a topic or a queue."""
        return self._client("keys", "kms", read_timeout=10, retries=2)

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
                    made = _create(session(), service, config)
                if service in _JSON:
                    event = f"after-call.{service}"
                    made.meta.events.register(event, _must_be_json, unique_id="outtray-json")
                self._made[name] = made
            return self._made[name]


def _must_be_of_ses(http_response: Any, **_: object) -> None:
    """A log-in page with a 200 reads as an empty list, or as an account with nothing to tell."""
    if http_response.status_code < 300 and _REQUEST_ID not in http_response.headers:
        raise FalseAnswerError(
            _between("sesv2", "its answer carries no request id"), hints.BETWEEN_HINT
        )


def _must_be_json(http_response: Any, model: Any, **_: object) -> None:
    """To the SDK a page with a 200 is a queue without attributes, or one that is empty."""
    if http_response.status_code >= 300 or _REQUEST_ID in http_response.headers:
        return
    body = bytes(http_response.content or b"").lstrip()
    if body and not body.startswith(b"{"):
        service = str(model.service_model.service_name)
        raise FalseAnswerError(_between(service, "a page"), hints.BETWEEN_HINT)


_REQUEST_ID: Final = "x-amzn-requestid"


def _create(session: Any, service: str, config: Any) -> Any:
    try:
        return session.client(service, config=config)
    except ValueError as error:  # botocore's answer to an endpoint that is no URL
        raise RegionError(
            f"AWS is not set up: {_without_stop(error)}.", "Check AWS_REGION and AWS_ENDPOINT_URL."
        ) from error


def session() -> Any:
    """boto3's own chain, and ``AWS_REGION``, which the other SDKs read and boto3 does not."""
    import boto3

    return boto3.session.Session(region_name=os.environ.get("AWS_REGION") or None)


@contextmanager
def in_words(service: str, doing: Doing = Doing.ASKS) -> Iterator[None]:
    """Turn botocore's errors into ours; anything that may have had an effect is *unanswered*."""
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError

    try:
        yield
    except boto.ClientError as error:
        raise _answered(service, error, doing) from error
    except (
        boto.NoCredentialsError,
        boto.PartialCredentialsError,
        boto.CredentialRetrievalError,
        boto.MetadataRetrievalError,
        boto.TokenRetrievalError,
        boto.SSOError,
    ) as error:
        raise CredentialsError(
            f"There are no AWS credentials: {_without_stop(error)}.", hints.CREDENTIALS_HINT
        ) from error
    except (boto.NoRegionError, boto.InvalidRegionError) as error:
        raise RegionError(
            f"AWS is not set up: {_without_stop(error)}.", hints.REGION_HINT
        ) from error
    except (
        boto.ProfileNotFound,
        boto.ConfigParseError,
        boto.ConfigNotFound,
    ) as error:
        raise CredentialsError(
            f"AWS is not set up: {_without_stop(error)}.", hints.CREDENTIALS_HINT
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
            hints.NETWORK_HINT,
        ) from error
    except boto.ParamValidationError as error:
        raise RefusedError(f"{_name(service)} was not asked: {error}.") from error
    except (boto.SSLError, boto.ConnectionClosedError) as error:
        if not _was_connecting(error):
            raise UnansweredError(
                f"{_name(service)} did not answer: {_without_stop(error)}.", doing.value
            ) from error
        raise UnreachableError(
            f"{_name(service)} cannot be reached: {_without_stop(error)}.", hints.NETWORK_HINT
        ) from error
    except (boto.BotoCoreError, ResponseParserError, *UNREADABLE) as error:
        raise _no_answer(service, error, doing) from error


def _no_answer(service: str, error: Exception, doing: Doing) -> ServiceError:
    """Tell an answer that is not of AWS's form from none at all."""
    if not _is_raised_in(error, "botocore/parsers.py"):
        return UnansweredError(
            f"{_name(service)} did not answer: {_without_stop(error)}.", doing.value
        )
    return FalseAnswerError(_between(service, "not in the form of AWS"), hints.BETWEEN_HINT)


#: What of the HTTP library runs before the first byte of a request leaves.
_CONNECTING: Final = ("_validate_conn", "_prepare_proxy")


def _was_connecting(error: BaseException) -> bool:
    """Whether an error was raised before the request was sent.

    A TLS error or a closed connection looks the same before and after that; only where it was
    raised says whether the other end can have the request.
    """
    return _is_raised_in(error, "connectionpool.py", _CONNECTING)


def _is_raised_in(error: BaseException, file: str, functions: Sequence[str] = ()) -> bool:
    """Whether an error, or what it came of, passed through a file of the SDK or its HTTP."""
    seen: BaseException | None = error
    while seen is not None:
        frames = seen.__traceback__
        while frames is not None:
            code = frames.tb_frame.f_code
            if code.co_filename.replace(os.sep, "/").endswith(file) and (
                not functions or code.co_name in functions
            ):
                return True
            frames = frames.tb_next
        seen = seen.__cause__ or seen.__context__
    return False


def _without_stop(error: Exception) -> str:
    return str(error).rstrip(".")


def _answered(service: str, error: Any, doing: Doing) -> ServiceError:
    """Read an answer that is an error; *said* is told only of what AWS itself has said."""
    answer = _error_answer(error.response, error.operation_name)
    reading = read(answer)
    doing = hints.doing(answer.operation, doing)
    if reading is Reading.BETWEEN or not answer.is_of_aws:
        return _in_between(service, answer, doing, is_known=reading is Reading.BETWEEN)
    code, said = answer.code, f"{_name(service)} said: {answer.words}"
    match reading:
        case Reading.QUOTA:
            return QuotaUsedUpError(said, hints.QUOTA_USED_UP)
        case Reading.THROTTLED:
            nothing = "Nothing was sent. " if doing is Doing.SENDS else ""
            return ThrottledError(said, f"{nothing}Try again in a moment.")
        case Reading.STOPPED:
            hint = hints.refusal(code, answer.operation)
            is_stop = code in ("SendingPausedException", "AccountSuspendedException")
            return SendingStoppedError(said, hint if is_stop else hints.SENDING_STOPPED)
        case Reading.NOT_PERMITTED:
            action = f"{_PREFIXES.get(service, service)}:{answer.operation}"
            return NotPermittedError(said, f"Allow {action} in the policy of this AWS user.")
        case Reading.CREDENTIALS:
            known = hints.credentials(code, answer.words)
            if known is None:
                return CredentialsError(said, hints.CREDENTIALS_HINT)
            return CredentialsError(f"{known[0]} {said}", known[1])
        case Reading.UNKNOWN:
            return UnansweredError(said, doing.value)
        case _:
            return _refused(answer, said)


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


def _in_between(service: str, answer: ErrorAnswer, doing: Doing, *, is_known: bool) -> ServiceError:
    """What a proxy, a log-in page or a load balancer says is not quoted: it is a page."""
    try:
        phrase = f" ({HTTPStatus(answer.status).phrase})"
    except ValueError:
        phrase = ""
    title = _between(service, f"HTTP {answer.status}{phrase}")
    if is_known:
        return BetweenError(title, hints.BETWEEN_HINT)
    return UnansweredError(title, doing.value)


def _between(service: str, what: str) -> str:
    return f"Something between us and AWS answered in the place of {_name(service)}: {what}."


def _refused(answer: ErrorAnswer, said: str) -> ServiceError:
    code = answer.code
    hint = hints.refusal(code, answer.operation)
    if "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return QueueGoneError(
            f"{said.rstrip('.')}. The queue is gone.", "Check OUTTRAY_QUEUE_URL and AWS_REGION."
        )
    if code in ("NotFoundException", "NotFound"):
        return NoSuchThingError(said, hint)
    return RefusedError(said, hint)


def unreadable(service: str, operation: str, status: int, headers: Any, why: str) -> ServiceError:
    """Return what an answer means that the SDK could not read: it is not JSON of AWS's form."""
    if 200 <= status < 300:
        return FalseAnswerError(_between(service, why), hints.FALSE_HINT)
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": dict(headers)}
    code = str(headers.get("x-amzn-errortype", "")).partition(":")[0]
    error = {"Code": code or str(status), "Message": why}
    answer = _error_answer({"Error": error, "ResponseMetadata": metadata}, operation)
    doing = hints.doing(operation)
    if read(answer) is Reading.BETWEEN:
        return _in_between(service, answer, doing, is_known=True)
    return UnansweredError(f"The answer of {_name(service)} cannot be read: {why}.", doing.value)


def _name(service: str) -> str:
    names = {"sesv2": "SES", "sqs": "SQS", "sns": "SNS", "kms": "KMS"}
    return names.get(service, service)
