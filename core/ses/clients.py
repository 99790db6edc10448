"""AWS clients with time-outs and retries spelt out, and AWS's errors in our words.

Credentials, Region and endpoints are boto3's own chain (``AWS_PROFILE``, ``AWS_REGION``,
``AWS_ENDPOINT_URL_SESV2`` …).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from core.errors import (
    CredentialsError,
    NoSuchThingError,
    NotPermittedError,
    QueueGoneError,
    QuotaUsedUpError,
    RefusedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)

LONGEST_POLL_SECONDS: Final = 20
_CREDENTIALS_HINT: Final = "Check AWS_PROFILE or the keys; with SSO run aws sso login."
_THROTTLED: Final = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "Throttling", "RequestThrottled"}
)
_NOT_PERMITTED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})
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
    "IncompleteSignature": _SIGNED,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidSignatureException": _SIGNED,
    "SignatureDoesNotMatch": _SIGNED,
    "UnrecognizedClientException": _UNKNOWN,
}
_REGION_HINT: Final = "Set AWS_REGION, or region in the profile, to where SES is set up."
_PREFIXES: Final = {"sesv2": "ses", "sqs": "sqs", "sns": "sns"}


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
        return self._client("control", "sesv2", read_timeout=10, retries=3)

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
            "Check the network and AWS_REGION, then try again.",
        ) from error
    except boto.ParamValidationError as error:
        raise RefusedError(f"{_name(service)} was not asked: {error}.") from error
    except (boto.BotoCoreError, ResponseParserError) as error:  # also a proxy's page of HTML
        raise UnansweredError(
            f"{_name(service)} did not answer: {error}.",
            "Whether it was done is not known; wait for SES's report before repeating it.",
        ) from error


def _without_stop(error: Exception) -> str:
    return str(error).rstrip(".")


def _answered(service: str, error: Any) -> ServiceError:
    """Read an answer that is an error. Only 5xx and time-outs leave open whether it was done."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    words = str(error.response.get("Error", {}).get("Message", "")) or code
    http = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = f"{_name(service)} said: {words}"
    if _is_daily_quota(error, code, words):
        return QuotaUsedUpError(said, _HINTS["LimitExceededException"])
    if code in _THROTTLED or http == 429:
        return ThrottledError(said, "Nothing was sent. Try again in a moment.")
    if code in _NOT_PERMITTED:
        action = f"{_PREFIXES.get(service, service)}:{error.operation_name}"
        return NotPermittedError(said, f"Allow {action} in the policy of this AWS user.")
    if code in _CREDENTIALS:
        title, hint = _CREDENTIALS[code]
        return CredentialsError(f"{title} {said}", hint)
    if http in (401, 403):
        return CredentialsError(said, _CREDENTIALS_HINT)
    if http >= 500 or http == 408 or code == "RequestTimeout":
        return UnansweredError(
            said, "Whether it was done is not known; wait for SES's report before repeating it."
        )
    if "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return QueueGoneError(
            f"{said.rstrip('.')}. The queue is gone.", "Check OUTTRAY_QUEUE_URL and AWS_REGION."
        )
    if code in ("NotFoundException", "NotFound"):
        return NoSuchThingError(said, _HINTS.get(code, ""))
    return RefusedError(said, _HINTS.get(code, ""))


def _is_daily_quota(error: Any, code: str, words: str) -> bool:
    """The older API throttled with these words, the newer one has a code that others use too."""
    is_limit = code == "LimitExceededException" and error.operation_name == "SendEmail"
    return is_limit or (code in _THROTTLED and "daily message quota" in words.lower())


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
