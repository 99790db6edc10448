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

from core.model.errors import OuttrayError
from core.rules.doctor.checks import NEEDED, OPTIONAL, WANTED, Check, Result
from core.rules.doctor.destination_checks import Destination
from core.rules.doctor.policies import Verdict, is_first_of_sns, may_publish, may_send
from core.rules.doctor.queue import TWO_WEEKS, better_attributes

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
class SetUpStep:
    """One call: ``sqs`` ``CreateQueue`` with its parameters."""

    what: str
    """In words, for people."""
    service: str
    operation: str
    parameters: Mapping[str, Any]
    legs: tuple[str, ...] = field(default=(), compare=False)
    """The doctor's legs that it mends."""


def plan(names: Names, found: Found) -> tuple[SetUpStep, ...]:
    """Return what is still to be done, in an order in which every part finds what it needs."""
    return (*_topic(names, found), *_queues(names, found), *_set(names, found))


def _topic(names: Names, found: Found) -> list[SetUpStep]:
    arn = found.arn("sns", names.events)
    steps = []
    if not found.topic:
        name = {"Name": names.events}
        what = "Create the topic that SES publishes to"
        steps.append(
            SetUpStep(what, "sns", "CreateTopic", name, ("topic_policy", "topic_encryption"))
        )
    if _lacks_ses(names, found):
        policy = _with_statement(found.topic_policy, _topic_statement(names, found))
        value = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy}
        what = "Let SES publish to it"
        steps.append(SetUpStep(what, "sns", "SetTopicAttributes", value, ("topic_policy",)))
    return steps


def _lacks_ses(names: Names, found: Found) -> bool:
    """Whether one more statement lets SES in: it does not help against a denial.

    What SNS gives a new topic lets SES in by the way; AWS asks for a statement of its own.
    """
    statement = _topic_statement(names, found)
    if _has_statement(found.topic_policy, statement):
        return False
    if not found.topic_policy or is_first_of_sns(found.topic_policy):
        return True
    source = found.arn("ses", f"configuration-set/{names.configuration_set}")
    verdict = may_publish(found.topic_policy, found.arn("sns", names.events), source).verdict
    return not verdict.lets_in and verdict is not Verdict.DENIED


def _queues(names: Names, found: Found) -> list[SetUpStep]:
    steps = []
    retention = {"MessageRetentionPeriod": str(TWO_WEEKS)}
    dead = ("dead_letters",)
    if not found.dead_letter_url:
        create = {"QueueName": names.dead_letters, "Attributes": retention}
        steps.append(SetUpStep("Create the dead-letter queue", "sqs", "CreateQueue", create, dead))
    elif int(found.dead_letters.get("MessageRetentionPeriod", 0)) < TWO_WEEKS:
        change = {"QueueUrl": found.dead_letter_url, "Attributes": retention}
        what = "Keep dead letters for 14 days"
        steps.append(SetUpStep(what, "sqs", "SetQueueAttributes", change, dead))
    wanted = _queue_attributes(names, found)
    if not found.queue_url:
        new = {"QueueName": names.events, "Attributes": wanted}
        what = "Create the queue that Outtray reads"
        steps.append(SetUpStep(what, "sqs", "CreateQueue", new, _OF_QUEUE))
    elif wanted:
        better = {"QueueUrl": found.queue_url, "Attributes": wanted}
        what = f"Set {', '.join(wanted)} of the queue"
        legs = tuple(_MENDS[name] for name in wanted)
        steps.append(SetUpStep(what, "sqs", "SetQueueAttributes", better, legs))
    if not found.is_subscribed:
        topic, queue = found.arn("sns", names.events), found.arn("sqs", names.events)
        subscribe = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}
        what = "Subscribe the queue to the topic"
        steps.append(SetUpStep(what, "sns", "Subscribe", subscribe, ("subscription",)))
    return steps


_OF_QUEUE: Final = ("queue", "queue_policy", "visibility", "encryption", "dead_letters")
_MENDS: Final[Mapping[str, str]] = {
    "MessageRetentionPeriod": "queue",
    "DelaySeconds": "queue",
    "VisibilityTimeout": "visibility",
    "RedrivePolicy": "dead_letters",
    "Policy": "queue_policy",
}
"""Attribute of the queue → the doctor's leg that it belongs to."""


def _queue_attributes(names: Names, found: Found) -> dict[str, str]:
    """What has to be set: all of it for a new queue, else only what would be too little."""
    wanted = better_attributes(found.queue, found.arn("sqs", names.dead_letters))
    topic, queue = found.arn("sns", names.events), found.arn("sqs", names.events)
    policy = found.queue.get("Policy", "")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    verdict = may_send(policy, topic, queue).verdict
    helps = verdict is not Verdict.DENIED and not _has_statement(policy, statement)
    if helps and not verdict.lets_in:
        wanted["Policy"] = _with_statement(policy, statement)
    return wanted


def _set(names: Names, found: Found) -> list[SetUpStep]:
    steps = []
    name = {"ConfigurationSetName": names.configuration_set}
    if not found.configuration_set:
        create = {**name, "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}}
        what = "Create the configuration set that emails are sent with"
        legs = ("configuration_set", "suppression")
        steps.append(SetUpStep(what, "sesv2", "CreateConfigurationSet", create, legs))
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
    what = "Have it publish its events to the topic"
    legs = ("event_destinations", *(() if known else _BEHIND))
    steps.append(SetUpStep(what, "sesv2", operation, chosen, legs))
    return steps


_BEHIND: Final = ("topic_policy", "topic_encryption", "subscription", "queue_policy")
"""Legs that lead elsewhere as long as the set publishes to no topic of ours."""


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


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was done, and what is still to be done."""

    done: tuple[SetUpStep, ...]
    missing: tuple[SetUpStep, ...]
    configuration_set: str
    queue_url: str
    """Empty while there is no queue."""
    problem: OuttrayError | None = None
    """What stopped it."""
    by_hand: tuple[Check, ...] = ()
    """What the doctor finds wrong and no step mends: nothing that is there is taken away."""

    @property
    def is_broken(self) -> bool:
        """Whether no report can arrive until a person has done something."""
        return any(check.result is Result.FAIL for check in self.by_hand)
