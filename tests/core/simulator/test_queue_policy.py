"""The stand-in keeps a queue's policy, whatever else is set; moto alone forgets it."""

from __future__ import annotations

import json

import pytest

from tests.core.simulator.office import Office

POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "ours", "Effect": "Deny"}]}


def policy_of(office: Office, url: str) -> str:
    found = office.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return str(found["Attributes"].get("Policy", ""))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DelaySeconds", "5"),
        ("VisibilityTimeout", "60"),
        ("MessageRetentionPeriod", "3600"),
        ("ReceiveMessageWaitTimeSeconds", "1"),
        ("KmsMasterKeyId", "alias/ours"),
        ("RedrivePolicy", ""),
    ],
)
def test_the_policy_stays_whatever_is_set(office: Office, name: str, value: str) -> None:
    fresh = office.sqs.create_queue(QueueName="fresh")["QueueUrl"]  # made by moto itself
    for url in (office.queue_url, fresh):
        office.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(POLICY)})
        office.sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
        assert json.loads(policy_of(office, url)) == POLICY


def test_a_policy_that_is_set_empty_goes(office: Office) -> None:
    assert policy_of(office, office.queue_url)
    office.sqs.set_queue_attributes(QueueUrl=office.queue_url, Attributes={"Policy": ""})
    assert policy_of(office, office.queue_url) == ""


def test_a_key_is_never_asked_for_elsewhere(office: Office) -> None:
    kms = office.client("kms")
    with pytest.raises(kms.exceptions.NotFoundException, match="has no keys"):
        kms.describe_key(KeyId="alias/ours")
    assert office.environment["AWS_ENDPOINT_URL_KMS"] == office.simulator.url
