"""What crosses to SES and what its answers mean, over HTTP to the stand-in."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from botocore import exceptions as boto

from core.aws.clients import Clients, in_words
from core.aws.mailer import SesMailer
from core.model.errors import (
    CredentialsError,
    QuotaUsedUpError,
    RefusedError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.model.ports import Outgoing
from core.simulator import Simulator

MIME = b"From: billing@outtray.example\r\nTo: ann@customer.example\r\nSubject: x\r\n\r\n\xc3\xa4"


def outgoing(**changes: Any) -> Outgoing:
    values: dict[str, Any] = {
        "sender": "billing@outtray.example",
        "recipient": "ann@customer.example",
        "mime": MIME,
        "tag": "abc-1_2",
        "configuration_set": "outtray",
        **changes,
    }
    return Outgoing(**values)


def test_the_message_crosses_unchanged_with_one_recipient_tag_and_set(
    aws: Simulator, clients: Clients
) -> None:
    mailer = SesMailer(clients)
    message_id = mailer.send(outgoing())
    (record,) = aws.sent()
    assert record["message_id"] == message_id
    assert base64.b64decode(record["raw_base64"]) == MIME
    assert record["recipients"] == ["ann@customer.example"]
    assert (record["configuration_set"], record["tags"]) == ("outtray", {"outtray": "abc-1_2"})
    assert mailer.region == "eu-west-1"


def test_without_a_configuration_set_none_is_named(aws: Simulator, clients: Clients) -> None:
    SesMailer(clients).send(outgoing(configuration_set=""))
    assert not aws.sent()[0]["configuration_set"]


@pytest.mark.parametrize(
    ("fault", "error"), [({"throttle": 1}, ThrottledError), ({"fail": 1}, UnansweredError)]
)
def test_the_sdk_repeats_nothing(
    aws: Simulator, clients: Clients, fault: dict[str, float], error: type[ServiceError]
) -> None:
    aws.set_faults(**fault)
    with pytest.raises(error):
        SesMailer(clients).send(outgoing())
    assert aws.sent() == []  # the second call would have been taken


def test_a_connection_that_breaks_after_the_call_is_unanswered(
    aws: Simulator, clients: Clients
) -> None:
    aws.set_faults(swallow=1, swallow_seconds=0.05)
    with pytest.raises(UnansweredError):
        SesMailer(clients).send(outgoing())
    assert len(aws.sent()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sender": "a@elsewhere.example"}, "not verified"),
        ({"configuration_set": "nope"}, "does not exist"),
    ],
)
def test_a_refusal_carries_the_words_of_ses(
    aws: Simulator, clients: Clients, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as error:
        SesMailer(clients).send(outgoing(**changes))
    assert error.value.hint


def test_nobody_there_is_unreachable_and_certainly_not_sent(
    aws: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError):
        SesMailer(Clients()).send(outgoing())


def test_an_endpoint_or_a_region_that_is_none_is_said_in_words(
    aws: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", "not a url")
    with pytest.raises(CredentialsError, match="not set up"):
        SesMailer(Clients()).send(outgoing())


def test_a_program_without_credentials_says_so(
    aws: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(CredentialsError, match="credentials"):
        SesMailer(Clients()).send(outgoing())
    assert aws.sent() == []


def client_error(code: str, http: int) -> boto.ClientError:
    answer = {
        "Error": {"Code": code, "Message": "the words"},
        "ResponseMetadata": {"HTTPStatusCode": http, "RequestId": "r-1"},
    }
    return boto.ClientError(answer, "SendEmail")


@pytest.mark.parametrize(
    ("code", "http", "expected"),
    [
        ("TooManyRequestsException", 429, ThrottledError),
        ("ThrottlingException", 400, ThrottledError),
        ("LimitExceededException", 400, QuotaUsedUpError),
        ("MessageRejected", 400, RefusedError),
        ("SendingPausedException", 400, SendingStoppedError),
        ("AccountSuspendedException", 400, SendingStoppedError),
        ("NotFoundException", 404, RefusedError),
        ("AccessDeniedException", 403, CredentialsError),
        ("ExpiredTokenException", 400, CredentialsError),
        ("InternalFailure", 500, UnansweredError),
        ("ServiceUnavailable", 503, UnansweredError),
        ("RequestTimeout", 408, UnansweredError),
        ("SomethingNew", 418, RefusedError),
    ],
)
def test_only_what_may_have_been_done_is_unanswered(
    code: str, http: int, expected: type[ServiceError]
) -> None:
    with pytest.raises(ServiceError, match="the words") as error, in_words("sesv2"):
        raise client_error(code, http)
    assert isinstance(error.value, expected)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (boto.ReadTimeoutError(endpoint_url="x"), UnansweredError),
        (boto.ConnectionClosedError(endpoint_url="x"), UnansweredError),
        (boto.ConnectTimeoutError(endpoint_url="x"), UnreachableError),
        (boto.EndpointConnectionError(endpoint_url="x"), UnreachableError),
        (boto.CredentialRetrievalError(provider="p", error_msg="e"), CredentialsError),
        (boto.UnauthorizedSSOTokenError(), CredentialsError),
        (boto.ProfileNotFound(profile="p"), CredentialsError),
        (boto.ParamValidationError(report="r"), RefusedError),
        (boto.HTTPClientError(error="anything else"), UnansweredError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_fault_before_the_call_is_a_definite_no_and_after_it_nobody_knows(
    raised: Exception, expected: type[ServiceError]
) -> None:
    with pytest.raises(ServiceError) as error, in_words("sesv2"):
        raise raised
    assert isinstance(error.value, expected)


def test_the_sdk_is_told_to_try_a_send_once_and_to_wait_longer_than_a_long_poll(
    clients: Clients,
) -> None:
    assert clients.mail().meta.config.retries["total_max_attempts"] == 1
    assert clients.queue().meta.config.read_timeout > 20
    assert clients.mail() is clients.mail()


def test_aws_region_is_heard_as_the_other_sdks_hear_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert SesMailer(Clients()).region == "eu-central-1"
