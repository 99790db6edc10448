"""Each way in which AWS keeps one out has words of its own and a next step."""

from __future__ import annotations

from collections.abc import Callable

import botocore.exceptions as boto
import pytest

from core.aws.clients import Clients, in_words
from core.model.errors import CredentialsError, NotPermittedError, QueueGoneError, ServiceError
from core.rules.monitoring.feed_health import next_step
from tests.core.aws_stubs import page


def told(service: str, raised: Exception) -> ServiceError:
    with pytest.raises(ServiceError) as error, in_words(service):
        raise raised
    return error.value


def answer(code: str, http: int = 403, operation: str = "GetAccount") -> boto.ClientError:
    said = {
        "Error": {"Code": code, "Message": "the words of AWS"},
        "ResponseMetadata": {"HTTPStatusCode": http},
    }
    return boto.ClientError(said, operation)


@pytest.mark.parametrize(
    ("raised", "title", "hint"),
    [
        (answer("ExpiredToken"), "have expired", "aws sso login"),
        (answer("ExpiredTokenException"), "have expired", "Renew them"),
        (answer("InvalidClientTokenId"), "does not know these credentials", "AWS_PROFILE"),
        (answer("UnrecognizedClientException"), "does not know these credentials", "Region"),
        (answer("SignatureDoesNotMatch"), "does not accept the signature", "clock"),
        (boto.NoCredentialsError(), "There are no AWS credentials", "AWS_PROFILE"),
        (boto.NoRegionError(), "You must specify a region", "AWS_REGION"),
        (boto.InvalidRegionError(region_name="x y"), "x y", "AWS_REGION"),
        (boto.ProfileNotFound(profile="elsewhere"), "elsewhere", "AWS_PROFILE"),
    ],
    ids=str,
)
def test_credentials_and_regions_say_what_is_wrong_and_what_to_do(
    raised: Exception, title: str, hint: str
) -> None:
    error = told("sesv2", raised)
    assert isinstance(error, CredentialsError)
    assert title in error.title
    assert hint in error.hint
    assert next_step(error) == error.hint


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [("sesv2", "SendEmail", "ses:SendEmail"), ("sqs", "ReceiveMessage", "sqs:ReceiveMessage")],
)
def test_what_is_not_allowed_is_named_as_a_policy_names_it(
    service: str, operation: str, action: str
) -> None:
    error = told(service, answer("AccessDeniedException", operation=operation))
    assert isinstance(error, NotPermittedError)
    assert action in error.hint


def test_a_queue_of_another_region_leads_to_the_region() -> None:
    error = told("sqs", answer("AWS.SimpleQueueService.NonExistentQueue", 400, "ReceiveMessage"))
    assert isinstance(error, QueueGoneError)
    assert "AWS_REGION" in error.hint


def test_no_network_leads_to_network_and_region() -> None:
    error = told("sesv2", boto.EndpointConnectionError(endpoint_url="https://email.xx-1.aws"))
    assert "cannot be reached at email.xx-1.aws" in error.title
    assert "AWS_REGION" in error.hint


def test_a_region_that_is_missing_is_told_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(CredentialsError) as error:
        Clients().control()
    assert "AWS_REGION" in error.value.hint


# --------------------------------------------------------------------------- hints fit the place


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sesv2", "CreateConfigurationSet", "BadRequestException"),
        ("sesv2", "CreateConfigurationSetEventDestination", "BadRequestException"),
        ("sesv2", "GetAccount", "BadRequestException"),
        ("sesv2", "CreateConfigurationSet", "LimitExceededException"),
        ("sns", "SetTopicAttributes", "InvalidParameter"),
        ("sqs", "SetQueueAttributes", "InvalidAttributeValue"),
        ("sesv2", "CreateConfigurationSet", "InternalFailure"),
    ],
)
def test_only_a_send_is_told_of_messages_addresses_and_reports(
    service: str, operation: str, code: str
) -> None:
    error = told(service, answer(code, 500 if code == "InternalFailure" else 400, operation))
    for words in ("message or the address", "SES's report", "24 hours", "Nothing was sent"):
        assert words not in error.hint
    send = told("sesv2", answer("BadRequestException", 400, "SendEmail"))
    assert send.hint == "Correct the message or the address."


def test_a_clock_that_is_wrong_is_named() -> None:
    said = boto.ClientError(
        {
            "Error": {"Code": "InvalidSignatureException", "Message": "Signature expired: 2019"},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        },
        "GetAccount",
    )
    assert "clock is wrong" in told("sesv2", said).title


PAGE = "<!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.mark.parametrize("html", [PAGE, "<html><p>not closed", "Log in!"])
@pytest.mark.parametrize("service", ["SESV2", "SQS", "SNS", "KMS"])
def test_a_page_in_the_place_of_aws_is_named_by_every_question(
    monkeypatch: pytest.MonkeyPatch, service: str, html: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with page(html) as url:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
        clients = Clients()
        calls: dict[str, Callable[[], object]] = {
            "SESV2": lambda: clients.control().get_account(),
            "SQS": lambda: clients.queue().receive_message(QueueUrl=f"{url}/1/q"),
            "SNS": lambda: clients.topics().list_topics(),
            "KMS": lambda: clients.keys().describe_key(KeyId="x"),
        }
        with pytest.raises(ServiceError) as error, in_words(service.lower()):
            calls[service]()
    assert "Something between us and AWS" in error.value.title
    assert "log in" in error.value.hint
    assert "open a browser" in next_step(error.value)
