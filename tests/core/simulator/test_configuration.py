"""Account, identities, configuration sets, and which events go to which topic."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.core.simulator.office import SENDER, Office


@pytest.fixture
def topic_arn(office: Office) -> str:
    return str(destination(office)["SnsDestination"]["TopicArn"])


def destination(office: Office, name: str = "outtray") -> dict[str, Any]:
    answer = office.ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
    found: dict[str, Any] = answer["EventDestinations"][0]
    return found


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_the_account_is_out_of_the_sandbox_healthy_and_suppresses(office: Office) -> None:
    account = office.ses.get_account()
    assert account["ProductionAccessEnabled"] is True
    assert account["SendingEnabled"] is True
    assert account["EnforcementStatus"] == "HEALTHY"
    assert account["SendQuota"] == {
        "Max24HourSend": 50_000.0,
        "MaxSendRate": 14.0,
        "SentLast24Hours": 0.0,
    }
    assert account["SuppressionAttributes"]["SuppressedReasons"] == ["BOUNCE", "COMPLAINT"]


def test_the_account_tells_what_a_test_wants_it_to(office: Office) -> None:
    office.post("account", {"enforcement_status": "PROBATION", "max_send_rate": 1})
    account = office.ses.get_account()
    assert account["EnforcementStatus"] == "PROBATION"
    assert account["SendQuota"]["MaxSendRate"] == 1.0


def test_address_and_domain_of_the_sender_are_verified(office: Office) -> None:
    for name, kind in ((SENDER, "EMAIL_ADDRESS"), ("outtray.example", "DOMAIN")):
        identity = office.ses.get_email_identity(EmailIdentity=name)
        assert identity["VerifiedForSendingStatus"] is True
        assert identity["IdentityType"] == kind
    names = [each["IdentityName"] for each in office.ses.list_email_identities()["EmailIdentities"]]
    assert names == [SENDER, "outtray.example"]


def test_an_identity_can_be_created_and_deleted(office: Office) -> None:
    office.ses.create_email_identity(EmailIdentity="new.example")
    office.send(FromEmailAddress="a@new.example")
    with pytest.raises(ClientError) as twice:
        office.ses.create_email_identity(EmailIdentity="new.example")
    assert code(twice) == "AlreadyExistsException"
    office.ses.delete_email_identity(EmailIdentity="new.example")
    with pytest.raises(office.ses.exceptions.NotFoundException):
        office.ses.get_email_identity(EmailIdentity="new.example")


def test_a_configuration_set_returns_the_options_it_was_given(office: Office) -> None:
    office.ses.create_configuration_set(
        ConfigurationSetName="second", SuppressionOptions={"SuppressedReasons": ["COMPLAINT"]}
    )
    office.ses.put_configuration_set_sending_options(
        ConfigurationSetName="second", SendingEnabled=False
    )
    found = office.ses.get_configuration_set(ConfigurationSetName="second")
    assert found["SuppressionOptions"] == {"SuppressedReasons": ["COMPLAINT"]}
    assert found["SendingOptions"] == {"SendingEnabled": False}
    listed = office.ses.list_configuration_sets()["ConfigurationSets"]
    assert listed == ["outtray", "second"]


def test_a_configuration_set_exists_once_and_can_be_deleted(office: Office) -> None:
    with pytest.raises(ClientError) as twice:
        office.ses.create_configuration_set(ConfigurationSetName="outtray")
    assert code(twice) == "AlreadyExistsException"
    office.ses.delete_configuration_set(ConfigurationSetName="outtray")
    with pytest.raises(office.ses.exceptions.NotFoundException):
        office.ses.get_configuration_set(ConfigurationSetName="outtray")


def test_the_event_destination_takes_every_type_to_the_topic(office: Office) -> None:
    found = destination(office)
    assert found["Enabled"] is True
    assert {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "REJECT"} <= set(
        found["MatchingEventTypes"]
    )


def update(office: Office, **changes: Any) -> None:
    definition = {key: value for key, value in destination(office).items() if key != "Name"}
    office.ses.update_configuration_set_event_destination(
        ConfigurationSetName="outtray",
        EventDestinationName=destination(office)["Name"],
        EventDestination={**definition, **changes},
    )


def test_only_matching_types_are_published(office: Office) -> None:
    update(office, MatchingEventTypes=["DELIVERY"])
    office.send()
    assert office.kinds() == ["Delivery"]


def test_a_disabled_destination_publishes_nothing(office: Office) -> None:
    update(office, Enabled=False)
    office.send()
    assert office.kinds() == []


def test_a_deleted_destination_publishes_nothing(office: Office) -> None:
    office.ses.delete_configuration_set_event_destination(
        ConfigurationSetName="outtray", EventDestinationName=destination(office)["Name"]
    )
    office.send()
    assert office.kinds() == []


def test_a_new_destination_greets_its_topic_in_plain_text(office: Office, topic_arn: str) -> None:
    office.ses.create_configuration_set(ConfigurationSetName="second")
    office.ses.create_configuration_set_event_destination(
        ConfigurationSetName="second",
        EventDestinationName="sns",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND"],
            "SnsDestination": {"TopicArn": topic_arn},
        },
    )
    (body,) = office.bodies()
    assert json.loads(body)["Message"] == (
        "Successfully validated SNS topic for Amazon SES event publishing."
    )
    assert "Subject" not in json.loads(body)
    office.send(ConfigurationSetName="second")
    assert office.kinds() == ["Send"]


def test_a_destination_needs_a_topic_that_exists(office: Office, topic_arn: str) -> None:
    with pytest.raises(ClientError) as refused:
        update(office, SnsDestination={"TopicArn": topic_arn + "-gone"})
    assert code(refused) == "BadRequestException"


def test_a_topic_deleted_later_loses_the_events_and_not_the_mail(
    office: Office, topic_arn: str
) -> None:
    office.sns.delete_topic(TopicArn=topic_arn)
    office.send()
    assert office.kinds() == []
    assert len(office.get("sent")) == 1


def test_the_queue_is_set_up_as_the_guide_says(office: Office, topic_arn: str) -> None:
    attributes = office.sqs.get_queue_attributes(QueueUrl=office.queue_url, AttributeNames=["All"])[
        "Attributes"
    ]
    assert attributes["MessageRetentionPeriod"] == "1209600"
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 5
    statement = json.loads(attributes["Policy"])["Statement"][0]
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == topic_arn
    assert statement["Resource"] == attributes["QueueArn"]
    (subscription,) = office.sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    assert subscription["Endpoint"] == attributes["QueueArn"]


def test_an_operation_that_is_missing_says_so(office: Office) -> None:
    with pytest.raises(ClientError) as refused:
        office.ses.get_message_insights(MessageId="0102")
    assert code(refused) == "UnknownOperationException"
    assert "local stand-in" in refused.value.response["Error"]["Message"]
