"""The set-ups: what is broken, the leg that has to say so, and a word that has to be in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bench.doctor.between import Answer, Between
from bench.doctor.ground import DEAD, SET, Ground, kept_copy

Change = Callable[[Ground], object]
_SES: Final = "ses.amazonaws.com"
_SNS: Final = "sns.amazonaws.com"
_KEY: Final = ["kms:GenerateDataKey*", "kms:Decrypt"]


@dataclass(frozen=True)
class Setup:
    what: str
    change: Change
    leg: str = ""
    """Empty: it is healthy."""
    word: str = ""


def _deny_ses(ground: Ground, **more: Any) -> None:
    good = ground.allow(_SES, "sns:Publish", ground.topic)
    ground.topic_policy(good, ground.allow(_SES, "sns:*", ground.topic, Effect="Deny") | more)


def _topic_key(*statements: Any, state: str = "") -> Change:
    def change(ground: Ground) -> None:
        key = ground.key(*statements)
        if state:
            ground.kms.disable_key(KeyId=key.rpartition("/")[2])
        ground.topic_is("KmsMasterKeyId", key)

    return change


def _grant(service: str, actions: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": actions or _KEY,
        "Resource": "*",
        **more,
    }


def _between(*services: str, operation: str = "", **answer: Any) -> Change:
    def change(ground: Ground) -> None:
        between = Between(ground.simulator.url, Answer(operation, **answer))
        url = ground.stack.enter_context(between)
        for service in services:
            ground.environment[f"AWS_ENDPOINT_URL_{service}"] = url

    return change


def _denied(operation: str) -> Change:
    code = "AccessDeniedException"
    return _between("SESV2", "SQS", "SNS", operation=operation, status=403, code=code)


def _credentials(code: str, words: str) -> Change:
    return _between("SESV2", "SQS", "SNS", status=403, code=code, words=words)


def _other_topic(ground: Ground) -> None:
    other = ground.sns.create_topic(Name="elsewhere")["TopicArn"]
    ground.destination_is(SnsDestination={"TopicArn": other})


def _other_queue(ground: Ground) -> None:
    ground.changes["queue_url"] = ground.sqs.create_queue(QueueName="other")["QueueUrl"]


def _receives(count: int) -> Change:
    def change(ground: Ground) -> None:
        target = {"deadLetterTargetArn": ground.arn("sqs", DEAD), "maxReceiveCount": count}
        ground.queue_is(RedrivePolicy=json.dumps(target))

    return change


def _settings(**changes: str) -> Change:
    return lambda ground: ground.changes.update(changes)


def _queue_given(make: Callable[[Ground], str]) -> Change:
    return lambda ground: ground.changes.update(queue_url=make(ground))


def _environment(**changes: str) -> Change:
    return lambda ground: ground.environment.update(changes)


def _database(path: Callable[[Ground], str]) -> Change:
    return lambda ground: ground.changes.update(database_url=f"sqlite:///{path(ground)}")


def _below_a_file(ground: Ground) -> str:
    file = ground.folder / "file"
    file.write_text("x")
    return str(file / "deeper" / "outtray.db")


def _damaged(ground: Ground) -> str:
    copy = kept_copy(ground.database, "damaged.db")
    copy.write_bytes(b"\xff" * 8192)
    return str(copy)


def _source(ground: Ground, **keys: str) -> dict[str, Any]:
    return {"Condition": {"StringEquals": keys or {"AWS:SourceArn": ground.set_arn}}}


BROKEN: Final = (
    # the blind legs
    Setup("filter policy on an attribute, and SES sends none",
          lambda g: g.filter_is({"kind": ["invoice"]}), "subscription", "drops every report"),
    Setup("filter policy on notificationType, which these reports have not",
          lambda g: g.filter_is({"notificationType": ["Bounce", "Delivery"]}, "MessageBody"),
          "subscription", "drops every report"),
    Setup("filter policy that lets bounces through only",
          lambda g: g.filter_is({"eventType": ["Bounce"]}, "MessageBody"),
          "subscription", "delivery, complaint"),
    Setup("filter policy that depends on what a report says",
          lambda g: g.filter_is({"mail": {"source": ["a@b.example"]}}, "MessageBody"),
          "subscription", "only some reports"),
    Setup("topic policy denies SES", _deny_ses, "topic_policy", "denies SES"),
    Setup("topic policy denies everybody but one role (NotPrincipal)",
          lambda g: g.topic_policy(
              g.allow(_SES, "sns:Publish", g.topic),
              {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::1:role/x"},
               "Action": "sns:Publish", "Resource": "*"}),
          "topic_policy", "denies SES"),
    Setup("topic policy denies whatever comes not through a VPC (NotAction, StringNotEquals)",
          lambda g: g.topic_policy(
              g.allow(_SES, "sns:Publish", g.topic),
              {"Effect": "Deny", "Principal": "*", "NotAction": "sns:Subscribe", "Resource": "*",
               "Condition": {"StringNotEquals": {"aws:sourceVpce": "vpce-1"}}}),
          "topic_policy", "denies SES"),
    Setup("topic policy lets only S3 publish",
          lambda g: g.topic_policy(g.allow("s3.amazonaws.com", "sns:Publish", g.topic)),
          "topic_policy", "does not let SES"),
    Setup("topic policy for another account's SES",
          lambda g: g.topic_policy(g.allow(_SES, "sns:Publish", g.topic,
                                           **_source(g, **{"AWS:SourceAccount": "1"}))),
          "topic_policy", "does not let SES"),
    Setup("topic policy for an identity, not for the configuration set",
          lambda g: g.topic_policy(g.allow(_SES, "sns:Publish", g.topic, **_source(
              g, **{"AWS:SourceArn": g.arn("ses", "identity/outtray.example")}))),
          "topic_policy", "It lets"),
    Setup("topic with AWS's own key (alias/aws/sns)",
          lambda g: g.topic_is("KmsMasterKeyId", "alias/aws/sns"),
          "topic_encryption", "SES may not use"),
    Setup("topic with a key whose policy leaves SES out", _topic_key(),
          "topic_encryption", "does not let SES"),
    Setup("topic with a key that SES may only read with", _topic_key(_grant(_SES, "kms:Decrypt")),
          "topic_encryption", "does not let SES"),
    Setup("topic with a key that is disabled", _topic_key(_grant(_SES), state="Disabled"),
          "topic_encryption", "Disabled"),
    Setup("topic with a key that is not there",
          lambda g: g.topic_is("KmsMasterKeyId", "alias/gone"), "topic_encryption", "not there"),
    Setup("topic with a key whose policy one may not read",
          lambda g: (_topic_key(_grant(_SES))(g), _between(
              "KMS", status=400, code="AccessDeniedException")(g)),
          "topic_encryption", "Not checked"),
    Setup("queue with AWS's own key (alias/aws/sqs)",
          lambda g: g.queue_is(KmsMasterKeyId="alias/aws/sqs"), "encryption", "SNS may not use"),
    Setup("queue with a key whose policy leaves SNS out",
          lambda g: g.queue_is(KmsMasterKeyId=g.key(_grant(_SES))),
          "encryption", "does not let SNS"),
    # the queue
    Setup("queue that delays everything for 15 minutes",
          lambda g: g.queue_is(DelaySeconds="900"), "queue", "15 min"),
    Setup("receive count of 1", _receives(1), "dead_letters", "once"),
    Setup("queue that is only a name", _settings(queue_url="outtray-events"),
          "queue", "is only a name"),
    Setup("queue that is an ARN", _queue_given(lambda g: g.arn("sqs", "outtray-events")),
          "queue", "is no URL"),
    Setup("queue of another Region than AWS_REGION",
          _queue_given(lambda _: "https://sqs.us-east-1.amazonaws.com/1/outtray-events"),
          "queue", "us-east-1"),
    Setup("queue that is gone", _queue_given(lambda g: g.queue_url + "-gone"), "queue", "gone"),
    Setup("queue that keeps reports for an hour",
          lambda g: g.queue_is(MessageRetentionPeriod="3600"), "queue", "1 h"),
    Setup("visibility timeout of 5 s", lambda g: g.queue_is(VisibilityTimeout="5"),
          "visibility", "5 s"),
    Setup("no dead-letter queue", lambda g: g.queue_is(RedrivePolicy=""),
          "dead_letters", "no dead-letter queue"),
    Setup("queue policy denies SNS",
          lambda g: g.queue_policy(
              g.allow(_SNS, "sqs:SendMessage", "*", **_source(g, **{"aws:SourceArn": g.topic})),
              g.allow(_SNS, "sqs:*", "*", Effect="Deny")),
          "queue_policy", "denies"),
    Setup("queue policy for another topic",
          lambda g: g.queue_policy(g.allow(_SNS, "sqs:SendMessage", "*", **_source(
              g, **{"aws:SourceArn": g.topic + "-2"}))),
          "queue_policy", "does not let"),
    Setup("queue that is not subscribed", _other_queue, "subscription", "not subscribed"),
    # SES
    Setup("event destination switched off", lambda g: g.destination_is(Enabled=False),
          "event_destinations", "switched off"),
    Setup("event destination without bounces",
          lambda g: g.destination_is(MatchingEventTypes=["SEND", "DELIVERY", "COMPLAINT"]),
          "event_destinations", "bounce"),
    Setup("event destination to another topic", _other_topic, "subscription", "not subscribed"),
    Setup("configuration set that is not there", _settings(configuration_set="nope"),
          "configuration_set", "nope"),
    Setup("configuration set whose sending is paused",
          lambda g: g.ses.put_configuration_set_sending_options(
              ConfigurationSetName=SET, SendingEnabled=False), "configuration_set", "paused"),
    Setup("account whose sending is paused",
          lambda g: g.ses.put_account_sending_attributes(SendingEnabled=False),
          "sending", "paused"),
    Setup("account in the sandbox", lambda g: g.simulator.set_account(production_access=False),
          "sending", "sandbox"),
    Setup("From address that nobody verified", _settings(sender="us@elsewhere.example"),
          "identity", "not verified"),
    # AWS as such
    Setup("no credentials", _environment(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""),
          "credentials", "no AWS credentials"),
    Setup("expired credentials", _credentials("ExpiredTokenException", "The token has expired"),
          "credentials", "expired"),
    Setup("wrong clock", _credentials("SignatureDoesNotMatch", "Signature expired: 2019 is now"),
          "credentials", "clock"),
    Setup("no Region", _environment(AWS_REGION="", AWS_DEFAULT_REGION=""), "sending", "region"),
    Setup("no DNS", _environment(AWS_ENDPOINT_URL_SESV2="http://ses.invalid"),
          "sending", "cannot be reached"),
    Setup("hotel page before SES (200)", _between("SESV2", status=200),
          "sending", "between us and AWS"),
    Setup("hotel page before SQS (200)", _between("SQS", status=200),
          "queue", "between us and AWS"),
    Setup("hotel page before SNS (200)", _between("SNS", status=200),
          "subscription", "between us and AWS"),
    Setup("page of a proxy before SNS (403)", _between("SNS", status=403),
          "subscription", "between us and AWS"),
    *(
        Setup(f"{operation} is not allowed", _denied(operation), leg, "Not checked")
        for operation, leg in (
            ("GetAccount", "sending"),
            ("GetEmailIdentity", "identity"),
            ("GetConfigurationSet", "configuration_set"),
            ("GetConfigurationSetEventDestinations", "event_destinations"),
            ("GetTopicAttributes", "topic_policy"),
            ("ListSubscriptionsByTopic", "subscription"),
            ("GetSubscriptionAttributes", "subscription"),
            ("GetQueueAttributes", "queue"),
            ("GetQueueUrl", "dead_letters"),
        )
    ),
    # the database
    Setup("database below a file", _database(_below_a_file), "database", "is a file"),
    Setup("database where no file can be", _database(lambda _: "/proc/x/outtray.db"),
          "database", "cannot be created"),
    Setup("database that is a folder", _database(lambda g: str(g.folder)), "database", "folder"),
    Setup("file that is no database", _database(_damaged), "database", "not a database"),
)  # fmt: skip

HEALTHY: Final = (
    Setup("nothing is broken", lambda _: None),
    Setup("filter policy that names every type",
          lambda g: g.filter_is({"eventType": [
              "Send", "Delivery", "Bounce", "Complaint", "Reject", "DeliveryDelay",
              "Rendering Failure"]}, "MessageBody")),
    Setup("filter policy that wants an event type",
          lambda g: g.filter_is({"eventType": [{"exists": True}]}, "MessageBody")),
    Setup("filter policy that wants an attribute to be missing",
          lambda g: g.filter_is({"kind": [{"exists": False}]})),
    Setup("filter policy for this configuration set",
          lambda g: g.filter_is(
              {"mail": {"tags": {"ses:configuration-set": [SET]}}}, "MessageBody")),
    Setup("topic policy that denies somebody else",
          lambda g: g.topic_policy(
              g.allow(_SES, "sns:Publish", g.topic, **_source(g)),
              {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::1:root"},
               "Action": "sns:Publish", "Resource": "*"})),
    Setup("topic policy that denies what comes without TLS",
          lambda g: g.topic_policy(
              g.allow(_SES, "sns:Publish", g.topic, **_source(g)),
              {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*",
               "Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
    Setup("topic policy that denies other organisations, but no service of AWS",
          lambda g: g.topic_policy(
              g.allow(_SES, "sns:Publish", g.topic, **_source(g)),
              {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*",
               "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}})),
    Setup("topic policy that SNS gives a new topic",
          lambda g: g.topic_policy(
              {"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
               "Action": ["SNS:Publish", "SNS:Subscribe"], "Resource": g.topic,
               "Condition": {"StringEquals": {"AWS:SourceOwner": g.account}}})),
    Setup("topic with a key that SES may use", _topic_key(_grant(_SES))),
    Setup("queue with a key that SNS may use",
          lambda g: g.queue_is(KmsMasterKeyId=g.key(_grant(_SNS, "kms:*")))),
    Setup("raw delivery", lambda g: g.sns.set_subscription_attributes(
        SubscriptionArn=g.subscription, AttributeName="RawMessageDelivery",
        AttributeValue="true")),
    Setup("receive count of 10", _receives(10)),
    Setup("visibility timeout of 15 minutes", lambda g: g.queue_is(VisibilityTimeout="900")),
)  # fmt: skip
