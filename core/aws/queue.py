"""The SQS queue that SES's reports arrive in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from core.aws.clients import LONGEST_POLL_SECONDS, Clients, in_words
from core.model.errors import ServiceError
from core.model.ports import QueueMessage

_MOST_AT_ONCE: Final = 10
_CALLS_AT_ONCE: Final = 4
"""A call takes a round trip; the connections are kept."""


class SqsFeed:
    """Implements ``ports.Feed``."""

    def __init__(self, clients: Clients, queue_url: str) -> None:
        self._clients = clients
        self._queue_url = queue_url

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        client = self._clients.queue()
        with in_words("sqs"):
            answer = client.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=_MOST_AT_ONCE,
                WaitTimeSeconds=max(0, min(wait_seconds, LONGEST_POLL_SECONDS)),
            )
        return [
            QueueMessage(receipt=message["ReceiptHandle"], body=message["Body"])
            for message in answer.get("Messages", [])
        ]

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        starts = range(0, len(messages), _MOST_AT_ONCE)
        batches = [messages[start : start + _MOST_AT_ONCE] for start in starts]
        if len(batches) <= 1:
            for batch in batches:
                self._delete(batch)
            return
        with ThreadPoolExecutor(_CALLS_AT_ONCE, "delete") as pool:
            for _ in pool.map(self._delete, batches):
                pass  # the first error of any is raised here

    def _delete(self, messages: Sequence[QueueMessage]) -> None:
        client = self._clients.queue()
        entries = [
            {"Id": str(position), "ReceiptHandle": message.receipt}
            for position, message in enumerate(messages)
        ]
        with in_words("sqs"):
            # An entry that fails is received again, and is then a duplicate.
            client.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)

    def waiting(self) -> int | None:
        try:
            with in_words("sqs"):
                return depth(self._clients.queue_control(), self._queue_url)
        except ServiceError:
            return None  # the next receive says what is wrong

    def dead_letters(self) -> int | None:
        try:
            with in_words("sqs"):
                client = self._clients.queue_control()
                found = attributes(client, self._queue_url)
                url = dead_letter_url(client, found.get("RedrivePolicy", ""))
                return depth(client, url) if url else None
        except ServiceError:
            return None  # not everybody may look into it


def attributes(client: Any, queue_url: str) -> dict[str, str]:
    """Return all attributes of a queue; raises botocore's errors."""
    answer = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    found: dict[str, str] = answer.get("Attributes", {})
    return found


def depth(client: Any, queue_url: str) -> int:
    """Return about how many messages wait; raises botocore's errors."""
    answer = client.get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer.get("Attributes", {}).get("ApproximateNumberOfMessages", 0))


def dead_letter_url(client: Any, redrive_policy: str) -> str:
    """Return the URL of the queue that a RedrivePolicy names, empty where there is none.

    Raises botocore's errors: the queue may be gone, or another account's.
    """
    arn = dead_letter_arn(redrive_policy)
    if not arn:
        return ""
    *_, account_id, name = arn.split(":")
    answer = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account_id)
    return str(answer["QueueUrl"])


def dead_letter_arn(redrive_policy: str) -> str:
    """Return the ARN in a RedrivePolicy; empty for none, or for a text that is no policy."""
    try:
        policy = json.loads(redrive_policy or "{}")
    except ValueError:
        return ""
    arn = policy.get("deadLetterTargetArn", "") if isinstance(policy, dict) else ""
    return arn if isinstance(arn, str) and arn.count(":") == 5 else ""
