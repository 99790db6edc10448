"""The doctor reads the queue's policy and attributes; set-ups broken one way each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.rules.doctor.checks import Result
from core.rules.doctor.policies import Verdict, bus_may_send, may_send
from core.rules.doctor.queue_checks import (
    QueueFacts,
    judge_encryption,
    judge_policy,
    judge_visibility,
)
from tests.core.services.test_doctor import (
    Examine,
    change_destination,
    examine,
    office,
    running_office,
    settings,
    told,
)
from tests.core.simulator.office import Office

__all__ = ["examine", "office", "running_office", "settings"]

TOPIC = "arn:aws:sns:eu-west-1:123456789012:outtray-events"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:outtray-events"
DEAD = "outtray-events-dead-letter"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
        **changes,
    }
    return {key: value for key, value in statement.items() if value is not None}


def set_queue(office: Office, url: str = "", **attributes: str) -> None:
    office.sqs.set_queue_attributes(QueueUrl=url or office.queue_url, Attributes=attributes)


def dead_letter_url(office: Office) -> str:
    return str(office.sqs.get_queue_url(QueueName=DEAD)["QueueUrl"])


# --------------------------------------------------------------------------- against the stand-in


def test_a_queue_without_a_policy_gets_no_event(examine: Examine, office: Office) -> None:
    office.sqs.delete_queue(QueueUrl=office.queue_url)
    office.sqs.create_queue(QueueName="outtray-events")
    words = told(examine(), "queue_policy", Result.FAIL)
    assert "does not let" in words
    assert "Allow sqs:SendMessage to sns.amazonaws.com" in words


def test_a_policy_for_another_topic_names_it(examine: Examine, office: Office) -> None:
    other = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:other"}}
    set_queue(office, Policy=policy(allow(Resource="*", Condition=other)))
    assert "It lets arn:aws:sns:eu-west-1:1:other" in told(examine(), "queue_policy", Result.FAIL)


def test_a_policy_that_lets_everybody_in_is_a_warning(examine: Examine, office: Office) -> None:
    set_queue(office, Policy=policy(allow(Principal="*", Resource="*", Condition=None)))
    assert "forged" in told(examine(), "queue_policy", Result.WARN)


def test_a_short_retention_is_a_warning(examine: Examine, office: Office) -> None:
    set_queue(office, MessageRetentionPeriod="345600")
    assert "4 days" in told(examine(), "queue", Result.WARN)


def test_a_queue_without_dead_letters_is_a_warning(examine: Examine, office: Office) -> None:
    set_queue(office, RedrivePolicy="")
    assert "no dead-letter queue" in told(examine(), "dead_letters", Result.WARN)


def test_a_dead_letter_queue_that_is_gone_is_a_warning(examine: Examine, office: Office) -> None:
    office.sqs.delete_queue(QueueUrl=dead_letter_url(office))
    assert "RedrivePolicy" in told(examine(), "dead_letters", Result.WARN)


def test_dead_letters_that_are_forgotten_sooner_are_a_warning(
    examine: Examine, office: Office
) -> None:
    set_queue(office, dead_letter_url(office), MessageRetentionPeriod="345600")
    words = told(examine(), "dead_letters", Result.WARN)
    assert "forgets after 4 days, sooner than the queue (14 days)" in words


def test_a_short_visibility_is_a_warning(examine: Examine, office: Office) -> None:
    set_queue(office, VisibilityTimeout="5")
    assert "after 5 s" in told(examine(), "visibility", Result.WARN)


def test_a_key_of_kms_says_what_sns_needs(examine: Examine, office: Office) -> None:
    set_queue(office, KmsMasterKeyId="alias/ours")
    words = told(examine(), "encryption", Result.FAIL)  # the stand-in has no such key
    assert "alias/ours, is not there" in words
    assert "kms:GenerateDataKey" in words
    set_queue(office, KmsMasterKeyId="alias/aws/sqs")
    assert "SNS may not use" in told(examine(), "encryption", Result.FAIL)


def test_raw_or_not_is_said_and_both_are_fine(examine: Examine, office: Office) -> None:
    assert "in SNS's envelope" in told(examine(), "subscription", Result.OK)
    (topic,) = [each["TopicArn"] for each in office.sns.list_topics()["Topics"]]
    (found,) = office.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    office.sns.set_subscription_attributes(
        SubscriptionArn=found["SubscriptionArn"],
        AttributeName="RawMessageDelivery",
        AttributeValue="true",
    )
    assert "into the queue, raw" in told(examine(), "subscription", Result.OK)


def test_a_destination_switched_off_leaves_no_way_to_follow(
    examine: Examine, office: Office
) -> None:
    change_destination(office, Enabled=False)
    found = examine()
    told(found, "event_destinations", Result.FAIL)
    told(found, "queue_policy", Result.SKIPPED)


def test_an_account_that_suppresses_for_no_reason_is_a_warning(
    examine: Examine, office: Office
) -> None:
    office.ses.put_account_suppression_attributes(SuppressedReasons=[])
    assert "SES's list stops nothing" in told(examine(), "suppression", Result.WARN)
    office.ses.put_account_suppression_attributes(SuppressedReasons=["BOUNCE"])
    assert "after a complaint" in told(examine(), "suppression", Result.WARN)


def test_the_choice_of_the_set_goes_before_the_accounts(examine: Examine, office: Office) -> None:
    office.ses.put_configuration_set_suppression_options(
        ConfigurationSetName="outtray", SuppressedReasons=[]
    )
    assert "The configuration set suppresses for no" in told(examine(), "suppression", Result.WARN)


# --------------------------------------------------------------------------- the policy's language


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow()], Verdict.ALLOWED),
        ([allow(Principal="*")], Verdict.ALLOWED),
        ([allow(Principal={"AWS": "*"}, Action=["SQS:*"])], Verdict.ALLOWED),
        ([allow(Condition={"ArnLike": {"AWS:SourceArn": ["x", "arn:aws:sns:*:outtray-*"]}})],
         Verdict.ALLOWED),
        ([allow(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})],
         Verdict.ALLOWED),
        ([allow(Condition={"StringEquals": {"aws:SourceAccount": "1"}})], Verdict.NOT_ALLOWED),
        ([allow(Condition={"StringEquals": {"aws:SourceArn": "arn:aws:sns:*"}})],
         Verdict.NOT_ALLOWED),
        ([allow(Condition=None)], Verdict.OPEN),
        ([allow(), allow(Principal="*", Condition=None)], Verdict.OPEN),
        ([allow(Action="sqs:ReceiveMessage")], Verdict.NOT_ALLOWED),
        ([allow(Resource=QUEUE + "-2")], Verdict.NOT_ALLOWED),
        ([allow(Principal={"Service": "events.amazonaws.com"})], Verdict.NOT_ALLOWED),
        ([allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], Verdict.UNKNOWN),
        ([allow(NotAction="sqs:Purge*")], Verdict.UNKNOWN),
        ([allow(), allow(Effect="Deny")], Verdict.DENIED),
        ([allow(), allow(Effect="Deny", Principal="*",
                         Condition={"Bool": {"aws:SecureTransport": "false"}})], Verdict.ALLOWED),
        ([allow(), allow(Effect="Deny", Principal="*", Condition={"Null": {"x": "true"}})],
         Verdict.UNKNOWN),
        ([], Verdict.NOT_ALLOWED),
    ],
)  # fmt: skip
def test_what_a_policy_means_for_a_topic(
    statements: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert may_send(policy(*statements), TOPIC, QUEUE).verdict is verdict


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"Statement": ["x"]}', '{"Statement": 1}'])
def test_what_is_no_policy_is_said_to_be_none(text: str) -> None:
    assert may_send(text, TOPIC, QUEUE).verdict is Verdict.UNREADABLE


def test_one_statement_need_not_be_a_list() -> None:
    text = json.dumps({"Statement": allow()})
    assert may_send(text, TOPIC, QUEUE).verdict is Verdict.ALLOWED


def test_eventbridge_is_let_in_by_its_rules() -> None:
    rule = {"ArnEquals": {"aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/ses"}}
    events = {"Service": "events.amazonaws.com"}
    assert bus_may_send(policy(allow(Principal=events, Condition=rule)), QUEUE).verdict is (
        Verdict.ALLOWED
    )
    assert bus_may_send(policy(allow()), QUEUE).verdict is Verdict.NOT_ALLOWED


def test_conditions_nobody_here_understands_are_not_known_rather_than_broken() -> None:
    odd = policy(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    check = judge_policy(QueueFacts(QUEUE, 0, 0, 0, "", policy=odd), (TOPIC,), bus="")
    assert (check.result, check.is_known) == (Result.WARN, False)
    assert "not known" in check.title


def test_the_worst_of_several_topics_counts() -> None:
    facts = QueueFacts(QUEUE, 0, 0, 0, "", policy=policy(allow()))
    assert judge_policy(facts, (TOPIC, TOPIC + "-2"), bus="").result is Result.FAIL
    assert judge_policy(facts, (TOPIC,), bus="").result is Result.OK


def test_what_is_sane_needs_no_next_step() -> None:
    facts = QueueFacts(QUEUE, 0, 0, 0, "", visibility_seconds=30)
    assert judge_visibility(facts).result is Result.OK
    assert judge_encryption(facts).result is Result.OK
