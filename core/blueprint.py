"""Pure: what an account needs so that SES's events reach a queue, and what of it is missing.

Everything is a call of AWS's own API with its own parameters, so that it can be read, printed and
made as it stands. Nothing that is there is taken away: attributes are only made better, and
statements are only added to a policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.examination_feed import NEEDED, OPTIONAL, WANTED, Destination
from core.examination_queue import SHORTEST_VISIBILITY, TWO_WEEKS
from core.queue_policy import Verdict, may_send

_RECEIVES: Final = 5
_TYPES: Final = (*WANTED, *NEEDED, *OPTIONAL)
UNKNOWN_ACCOUNT: Final = "ACCOUNT"
"""Stands for the account's number in a plan that is made before anything is there."""


@dataclass(frozen=True, slots=True)
class Names:
    configuration_set: str
    events: str = "outtray-events"
    """Topic, queue and event destination are called so."""

    @property
    def dead_letters(self) -> str:
        return f"{self.events}-dead-letter"


@dataclass(frozen=True, slots=True)
class Found:
    """What is there already."""

    region: str
    account: str = ""
    """Empty: nothing there told it."""
    partition: str = "aws"
    topic: bool = False
    topic_policy: str = ""
    queue_url: str = ""
    queue: Mapping[str, str] = field(default_factory=dict)
    """Its attributes, as SQS names them."""
    dead_letter_url: str = ""
    dead_letters: Mapping[str, str] = field(default_factory=dict)
    is_subscribed: bool = False
    configuration_set: bool = False
    destinations: tuple[Destination, ...] = ()

    def arn(self, service: str, name: str) -> str:
        account = self.account or UNKNOWN_ACCOUNT
        return f"arn:{self.partition}:{service}:{self.region}:{account}:{name}"


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``sqs`` ``CreateQueue`` with its parameters."""

    what: str
    """In words, for people."""
    service: str
    operation: str
    parameters: Mapping[str, Any]


def plan(names: Names, found: Found) -> tuple[Step, ...]:
    """Return what is still to be done, in an order in which every part finds what it needs."""
    return (*_topic(names, found), *_queues(names, found), *_set(names, found))


def _topic(names: Names, found: Found) -> list[Step]:
    arn = found.arn("sns", names.events)
    steps = []
    if not found.topic:
        name = {"Name": names.events}
        steps.append(Step("Create the topic that SES publishes to", "sns", "CreateTopic", name))
    if not _has_statement(found.topic_policy, _topic_statement(names, found)):
        policy = _with_statement(found.topic_policy, _topic_statement(names, found))
        value = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy}
        steps.append(Step("Let SES publish to it", "sns", "SetTopicAttributes", value))
    return steps


def _queues(names: Names, found: Found) -> list[Step]:
    steps = []
    retention = {"MessageRetentionPeriod": str(TWO_WEEKS)}
    if not found.dead_letter_url:
        create = {"QueueName": names.dead_letters, "Attributes": retention}
        steps.append(Step("Create the dead-letter queue", "sqs", "CreateQueue", create))
    elif int(found.dead_letters.get("MessageRetentionPeriod", 0)) < TWO_WEEKS:
        change = {"QueueUrl": found.dead_letter_url, "Attributes": retention}
        what = "Keep dead letters for 14 days"
        steps.append(Step(what, "sqs", "SetQueueAttributes", change))
    wanted = _queue_attributes(names, found)
    if not found.queue_url:
        new = {"QueueName": names.events, "Attributes": wanted}
        steps.append(Step("Create the queue that Outtray reads", "sqs", "CreateQueue", new))
    elif wanted:
        better = {"QueueUrl": found.queue_url, "Attributes": wanted}
        what = f"Set {', '.join(wanted)} of the queue"
        steps.append(Step(what, "sqs", "SetQueueAttributes", better))
    if not found.is_subscribed:
        topic, queue = found.arn("sns", names.events), found.arn("sqs", names.events)
        subscribe = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}
        steps.append(Step("Subscribe the queue to the topic", "sns", "Subscribe", subscribe))
    return steps


def _queue_attributes(names: Names, found: Found) -> dict[str, str]:
    """What has to be set: all of it for a new queue, else only what would be too little."""
    now, wanted = found.queue, dict[str, str]()
    topic, queue = found.arn("sns", names.events), found.arn("sqs", names.events)
    if int(now.get("MessageRetentionPeriod", 0)) < TWO_WEEKS:
        wanted["MessageRetentionPeriod"] = str(TWO_WEEKS)
    if int(now.get("VisibilityTimeout", 0)) < SHORTEST_VISIBILITY:
        wanted["VisibilityTimeout"] = str(SHORTEST_VISIBILITY)
    if not now.get("RedrivePolicy"):
        target = found.arn("sqs", names.dead_letters)
        redrive = {"deadLetterTargetArn": target, "maxReceiveCount": _RECEIVES}
        wanted["RedrivePolicy"] = json.dumps(redrive)
    policy = now.get("Policy", "")
    if may_send(policy, topic, queue).verdict not in (Verdict.ALLOWED, Verdict.OPEN):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        wanted["Policy"] = _with_statement(policy, statement)
    return wanted


def _set(names: Names, found: Found) -> list[Step]:
    steps = []
    name = {"ConfigurationSetName": names.configuration_set}
    if not found.configuration_set:
        create = {**name, "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}}
        what = "Create the configuration set that emails are sent with"
        steps.append(Step(what, "sesv2", "CreateConfigurationSet", create))
    topic = found.arn("sns", names.events)
    ours = [each for each in found.destinations if each.topic == topic]
    if any(each.is_enabled and each.types.issuperset(_TYPES) for each in ours):
        return steps
    known = ours[0] if ours else None
    kinds = sorted({*_TYPES, *(known.types if known else ())})
    destination = {
        "Enabled": True,
        "MatchingEventTypes": kinds,
        "SnsDestination": {"TopicArn": topic},
    }
    label = known.name if known else names.events
    chosen = {**name, "EventDestinationName": label, "EventDestination": destination}
    operation = f"{'Update' if known else 'Create'}ConfigurationSetEventDestination"
    steps.append(Step("Have it publish its events to the topic", "sesv2", operation, chosen))
    return steps


def _topic_statement(names: Names, found: Found) -> dict[str, Any]:
    source = found.arn("ses", f"configuration-set/{names.configuration_set}")
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": found.arn("sns", names.events),
        "Condition": {
            "StringEquals": {
                "AWS:SourceAccount": found.account or UNKNOWN_ACCOUNT,
                "AWS:SourceArn": source,
            }
        },
    }


def _statements(policy: str) -> list[Any]:
    """Return the statements of a policy; of a text that is none, nothing can be kept."""
    try:
        found = json.loads(policy or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return found if isinstance(found, list) else [found]


def _has_statement(policy: str, statement: Mapping[str, Any]) -> bool:
    return any(
        isinstance(each, dict) and {k: v for k, v in each.items() if k != "Sid"} == statement
        for each in _statements(policy)
    )


def _with_statement(policy: str, statement: Mapping[str, Any]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [*_statements(policy), dict(statement)]}
    )
