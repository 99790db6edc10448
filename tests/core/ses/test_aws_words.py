"""Each way in which AWS keeps one out has words of its own and a next step."""

from __future__ import annotations

import botocore.exceptions as boto
import pytest

from core.errors import CredentialsError, NotPermittedError, QueueGoneError, ServiceError
from core.feedhealth import next_step
from core.ses.clients import Clients, in_words


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
