"""The SQS queue that SES's reports arrive in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.errors import ServiceError
from core.ports import QueueMessage
from core.ses.clients import LONGEST_POLL_SECONDS, Clients, in_words

_MOST_AT_ONCE: Final = 10


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
        client = self._clients.queue()
        for start in range(0, len(messages), _MOST_AT_ONCE):
            entries = [
                {"Id": str(position), "ReceiptHandle": message.receipt}
                for position, message in enumerate(messages[start : start + _MOST_AT_ONCE])
            ]
            with in_words("sqs"):
                # An entry that fails is received again, and is then a duplicate.
                client.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)

    def waiting(self) -> int | None:
        client = self._clients.queue()
        try:
            with in_words("sqs"):
                answer = client.get_queue_attributes(
                    QueueUrl=self._queue_url, AttributeNames=["ApproximateNumberOfMessages"]
                )
        except ServiceError:
            return None  # the next receive says what is wrong
        return int(answer.get("Attributes", {}).get("ApproximateNumberOfMessages", 0))
