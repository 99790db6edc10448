"""``SendEmail``: what is accepted, recorded, and refused with which error."""

from __future__ import annotations

from email import message_from_bytes
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.core.simulator.office import SENDER, Office, decoded, mime, raw


def refusal(office: Office, **changes: Any) -> ClientError:
    with pytest.raises(ClientError) as refused:
        office.send(**changes)
    assert office.get("sent") == []
    assert office.kinds() == []
    return refused.value


def code_and_words(error: ClientError) -> tuple[str, str]:
    return error.response["Error"]["Code"], error.response["Error"]["Message"]


def test_the_record_holds_the_exact_bytes_the_envelope_and_the_tags(office: Office) -> None:
    message = mime(Cc="boss@customer.example")
    message_id = office.send(
        to="ann@customer.example",
        Content=raw(message),
        EmailTags=[{"Name": "outtray", "Value": "d-1"}],
    )
    (record,) = office.get("sent")
    assert record["message_id"] == message_id
    assert decoded(record) == message
    assert record["recipients"] == ["ann@customer.example"]
    assert record["tags"] == {"outtray": "d-1"}
    assert record["configuration_set"] == "outtray"
    assert record["raw"].startswith(f"From: {SENDER}\n")


def test_the_envelope_wins_over_the_headers_of_a_raw_message(office: Office) -> None:
    office.send(to="bob@customer.example", Content=raw(mime(to="ann@customer.example")))
    assert office.get("sent")[0]["recipients"] == ["bob@customer.example"]


def test_a_raw_message_without_an_envelope_goes_to_its_headers(office: Office) -> None:
    message = mime(to="Ann <ann@customer.example>, bob@customer.example", Cc="c@customer.example")
    office.send(Destination=None, FromEmailAddress=None, Content=raw(message))
    (record,) = office.get("sent")
    assert record["to"] == ["ann@customer.example", "bob@customer.example"]
    assert record["cc"] == ["c@customer.example"]
    assert record["from"] == SENDER


def test_simple_content_becomes_a_message_with_its_attachments(office: Office) -> None:
    content = {
        "Subject": {"Data": "Grüße"},
        "Body": {"Text": {"Data": "text"}, "Html": {"Data": "<p>html</p>"}},
        "Attachments": [
            {"RawContent": b"%PDF", "FileName": "a.pdf", "ContentType": "application/pdf"}
        ],
    }
    office.send(Content={"Simple": content})
    message = message_from_bytes(decoded(office.get("sent")[0]))
    parts = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert parts == ["text/plain", "text/html", "application/pdf"]
    assert [part.get_filename() for part in message.walk() if part.get_filename()] == ["a.pdf"]


def test_header_tags_count_where_the_request_has_none(office: Office) -> None:
    message = mime(X_SES_MESSAGE_TAGS="a=1, b=2", X_SES_CONFIGURATION_SET="outtray")
    office.send(Content=raw(message), ConfigurationSetName=None)
    office.send(Content=raw(message), EmailTags=[{"Name": "c", "Value": "3"}])
    assert [record["tags"] for record in office.get("sent")] == [{"a": "1", "b": "2"}, {"c": "3"}]
    assert office.kinds() == ["Send", "Delivery"] * 2


def test_an_unverified_sender_is_refused_with_the_words_of_ses(office: Office) -> None:
    error = refusal(office, FromEmailAddress="Eve <eve@elsewhere.example>")
    code, words = code_and_words(error)
    assert code == "MessageRejected"
    assert words == (
        "Email address is not verified. The following identities failed the check in region "
        "EU-WEST-1: eve@elsewhere.example"
    )


def test_every_sender_of_a_verified_domain_may_send(office: Office) -> None:
    office.send(FromEmailAddress="anna@Outtray.example")
    assert len(office.get("sent")) == 1


def test_a_missing_configuration_set_is_not_found(office: Office) -> None:
    error = refusal(office, ConfigurationSetName="nowhere")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert code_and_words(error) == (
        "NotFoundException",
        "Configuration set <nowhere> does not exist.",
    )


def test_a_paused_configuration_set_refuses(office: Office) -> None:
    office.ses.put_configuration_set_sending_options(
        ConfigurationSetName="outtray", SendingEnabled=False
    )
    assert code_and_words(refusal(office))[0] == "SendingPausedException"


def test_a_paused_account_refuses(office: Office) -> None:
    office.ses.put_account_sending_attributes(SendingEnabled=False)
    assert code_and_words(refusal(office))[0] == "SendingPausedException"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("inv oice", "x", "Invalid tag name"),
        ("a.b", "x", "Invalid tag name"),
        ("invoice", "INV/2024 001", "Invalid tag value"),
        ("invoice", "größe", "Invalid tag value"),
        ("invoice", "", "The tag value must be specified."),
        ("n" * 256, "x", "Tag name cannot exceed 255 characters."),
        ("invoice", "v" * 256, "Tag value cannot exceed 255 characters."),
    ],
)
def test_a_tag_that_ses_would_not_take_is_refused(
    office: Office, name: str, value: str, words: str
) -> None:
    error = refusal(office, EmailTags=[{"Name": name, "Value": value}])
    code, message = code_and_words(error)
    assert code == "BadRequestException"
    assert message.startswith(words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": [f"a{n}@customer.example" for n in range(51)]}, "Recipient count exceeds 50."),
        ({"to": []}, "Destination has no recipient."),
        ({"to": "ann"}, "Missing final '@domain'"),
        ({"to": "ann@.customer.example"}, "Domain starts with dot"),
        ({"to": "grün@customer.example"}, "Address contains non-ASCII characters"),
        ({"Content": {}}, "Missing required field: Content."),
        ({"Content": {"Template": {"TemplateName": "x"}}}, "The local stand-in sends"),
        ({"Content": raw(b"To: a@b.example\n\nhi")}, "Missing required header 'From'."),
        (
            {"Content": raw(mime().replace(b"Subject:", b"To: eve@x.example\nSubject:"))},
            "Duplicate header 'To'.",
        ),
        ({"Content": raw(mime() + b"x" * 1001)}, "A line of the raw message exceeds 1000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_request_is_a_bad_request(
    office: Office, changes: dict[str, Any], words: str
) -> None:
    code, message = code_and_words(refusal(office, **changes))
    assert code == "BadRequestException"
    assert message.startswith(words)


def test_the_daily_quota_ends_sending_but_not_to_the_mailbox_simulator(office: Office) -> None:
    office.post("account", {"max_24_hour_send": 1})
    office.send()
    with pytest.raises(ClientError) as refused:
        office.send()
    assert code_and_words(refused.value) == (
        "LimitExceededException",
        "Daily message quota exceeded.",
    )
    office.send(to="success@simulator.amazonses.com")
    assert office.ses.get_account()["SendQuota"]["SentLast24Hours"] == 1.0


def test_in_the_sandbox_recipients_must_be_verified(office: Office) -> None:
    office.post("account", {"production_access": False})
    error = refusal(office)
    assert code_and_words(error)[1].endswith("EU-WEST-1: ann@customer.example")
    office.send(to="success@simulator.amazonses.com")
    office.ses.create_email_identity(EmailIdentity="ann@customer.example")
    office.send()
    assert len(office.get("sent")) == 2
