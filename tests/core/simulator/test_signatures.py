"""Which signatures are taken, and that nothing of moto but SQS and SNS is there."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from core.backend import Backend
from core.db.engine import Database
from core.model.enums import DisplayStatus
from core.model.errors import CredentialsError
from core.simulator import Simulator
from tests.core.db.books import one
from tests.core.drafts import draft, words
from tests.core.simulator.office import ONCE, Office

CALLS = {
    "sesv2": ("get_account", 5),
    "sqs": ("list_queues", 15),
    "sns": ("list_topics", 15),
}


def call(office: Office, service: str) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(office.client(service), CALLS[service][0])()
    return answer


def refused(office: Office, service: str) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(office, service)
    answer = error.value.response
    said = answer["Error"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], said["Code"], said["Message"]


def set_clock(patch: pytest.MonkeyPatch, minutes: float) -> None:
    """Let boto3 sign by a clock that is so far off."""
    patch.setattr(
        botocore.auth,
        "get_current_datetime",
        lambda: datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize("service", CALLS)
def test_a_clock_may_be_off_by_as_much_as_aws_allows(
    office: Office, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = CALLS[service][1]
    names = {"InvalidSignatureException", "SignatureDoesNotMatch"}
    for minutes in (allowed - 0.5, 0.5 - allowed):
        set_clock(monkeypatch, minutes)
        assert call(office, service)["ResponseMetadata"]["HTTPStatusCode"] == 200
    for minutes, parts in (
        (-allowed - 0.5, ("Signature expired: ", " is now earlier than ", f" - {allowed} min.)")),
        (allowed + 0.5, ("Signature not yet current: ", " is still later than ", f" + {allowed} ")),
        (-60 * 24 * 365, ("Signature expired: ",)),
    ):
        set_clock(monkeypatch, minutes)
        status, code, message = refused(office, service)
        assert status == 403
        assert code in names
        assert all(each in message for each in parts), message


def test_an_old_signature_changes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, -20)
    for change in (
        lambda: office.send(),
        lambda: office.ses.put_suppressed_destination(EmailAddress="a@b.example", Reason="BOUNCE"),
        lambda: office.sqs.send_message(QueueUrl=office.queue_url, MessageBody="old"),
        lambda: office.sqs.purge_queue(QueueUrl=office.queue_url),
        lambda: office.sns.create_topic(Name="old"),
    ):
        with pytest.raises(ClientError, match="Signature expired"):
            change()
    set_clock(monkeypatch, 0)
    assert office.get("sent") == []
    assert office.bodies() == []
    assert len(office.sns.list_topics()["Topics"]) == 1


def test_with_a_wrong_clock_outtray_keeps_the_email_and_names_the_clock(
    backend: Backend, sqlite_database: Database, aws: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = one(sqlite_database)
    set_clock(monkeypatch, -20)
    assert words(backend.send(draft(row), confirmed=True)) == [DisplayStatus.QUEUED]
    with pytest.raises(CredentialsError, match="does not accept the signature") as said:
        backend.pull(1)
    assert "This computer's clock is wrong" in said.value.title
    assert aws.sent() == []


@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_a_link_is_as_old_as_its_signature_whatever_it_says_of_its_end(
    office: Office, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Credentials("a", "b")
    status = {}
    for minutes in (0, -16, 16):
        set_clock(monkeypatch, minutes)
        asked = "ListQueues" if service == "sqs" else "ListTopics"
        link = AWSRequest("GET", f"{office.simulator.url}/", params={"Action": asked})
        botocore.auth.SigV4QueryAuth(keys, service, "eu-west-1", expires=3600).add_auth(link)
        status[minutes] = get(link.url)
    assert status == {0: 200, -16: 403, 16: 403}


def get(url: str, **headers: str) -> int:
    request = urllib.request.Request(  # noqa: S310 (loopback)
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_nothing_of_aws_is_given_without_a_signature(office: Office) -> None:
    url = office.simulator.url
    for path in ("/", "/?Action=ListQueues", "/123456789012/outtray-events?Action=ReceiveMessage"):
        assert get(url + path) == 403
    for path in ("/v2/email/account", "/v2/email/suppression/addresses"):
        assert get(url + path) == 403
        assert get(url + path, Authorization="Basic YTpi") == 400
        assert get(url + path, Authorization="AWS4-HMAC-SHA256 Credential=a/b/c") == 400


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        *(("s3", "list_buckets"), ("iam", "list_users"), ("sts", "get_caller_identity")),
        *(("dynamodb", "list_tables"), ("lambda", "list_functions")),
        *(
            ("ec2", "describe_vpcs"),
            ("route53", "list_hosted_zones"),
            ("logs", "describe_log_groups"),
        ),
    ],
)
def test_another_service_is_not_there_and_its_client_reads_why(
    office: Office, service: str, operation: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(office.client(service, ONCE), operation)()
    said = error.value.response["Error"]
    assert said["Code"] == "UnknownOperationException"
    assert said["Message"] == (
        f"The local stand-in is SES v2, SQS and SNS only; it has no {service}."
    )


def test_ses_of_before_is_not_there(office: Office) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        office.client("ses").list_identities()


@pytest.mark.parametrize(
    "path",
    [
        *("/moto-api", "/moto-api/", "/moto-api/data.json", "/moto-api/reset", "/favicon.ico"),
        *("/moto-api/recorder/start-recording", "/latest/meta-data/", "/bucket/key"),
        *("/SimpleNotificationService-1.pem", "/sns_eu-west-1/", "/static/x", "/v2/apis"),
    ],
)
def test_motos_own_paths_are_not_there_signed_or_not(office: Office, path: str) -> None:
    assert get(office.simulator.url + path) == 404
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for service in ("sqs", "sns", "ses", "s3"):
        signed = f"AWS4-HMAC-SHA256 Credential=a/{now[:8]}/eu-west-1/{service}/aws4_request"
        signed += ", SignedHeaders=host, Signature=0"
        assert get(office.simulator.url + path, Authorization=signed, X_Amz_Date=now) == 404


def test_a_subscription_leads_to_a_queue_and_not_to_another_machine(office: Office) -> None:
    (topic,) = office.sns.list_topics()["Topics"]
    for protocol in ("http", "https", "lambda"):
        with pytest.raises(ClientError, match="delivers to queues only"):
            office.sns.subscribe(
                TopicArn=topic["TopicArn"], Protocol=protocol, Endpoint="http://127.0.0.1:9/"
            )
