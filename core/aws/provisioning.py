"""Looks for what ``core.rules.doctor.aws_plan`` plans, and makes it, call by call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.aws.clients import Clients, in_words
from core.aws.hints import Doing
from core.aws.inspector import AwsInspector
from core.aws.queue import attributes
from core.model.errors import NoSuchThingError, QueueGoneError
from core.rules.doctor.aws_plan import Found, Names, SetUpStep
from core.rules.doctor.destination_checks import Destination
from core.rules.doctor.report_path import WayFacts

_MOST_PAGES = 100


class AwsSetup:
    """Raises ``ServiceError`` where AWS says no, or nothing."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def look(self, names: Names) -> Found:
        """Return what is there of it; changes nothing."""
        topic = self._topic(names.events)
        queue_url, queue = self._queue(names.events)
        dead_url, dead = self._queue(names.dead_letters)
        is_there, destinations = self._set(names.configuration_set)
        arn = topic or queue.get("QueueArn", "") or dead.get("QueueArn", "")
        parts = (arn.split(":") + [""] * 6)[:6]
        return Found(
            region=str(self._clients.control().meta.region_name),
            account=parts[4],
            partition=parts[1] or "aws",
            topic=bool(topic),
            topic_policy=self._topic_policy(topic) if topic else "",
            queue_url=queue_url,
            queue=queue,
            dead_letter_url=dead_url,
            dead_letters=dead,
            is_subscribed=bool(topic) and queue.get("QueueArn", "") in self._endpoints(topic),
            configuration_set=is_there,
            destinations=destinations,
        )

    def make(self, step: SetUpStep) -> None:
        """Do one step; the parameters are those of the API."""
        client = {
            "sesv2": self._clients.control,
            "sqs": self._clients.queue_control,
            "sns": self._clients.topics,
        }[step.service]()
        with in_words(step.service, Doing.CHANGES):
            getattr(client, _snake(step.operation))(**step.parameters)

    def queue_url(self, name: str) -> str:
        return self._queue(name)[0]

    def way(self, name: str, queue_url: str) -> WayFacts:
        """Look at what is there as the doctor does."""
        return AwsInspector(self._clients).way(name, queue_url)

    # ----------------------------------------------------------------- looking

    def _topic(self, name: str) -> str:
        for arn in self._pages("list_topics", "Topics", "TopicArn", {}):
            if arn.rpartition(":")[2] == name:
                return arn
        return ""

    def _topic_policy(self, arn: str) -> str:
        client = self._clients.topics()
        with in_words("sns"):
            found = client.get_topic_attributes(TopicArn=arn)
        return str(found.get("Attributes", {}).get("Policy", ""))

    def _endpoints(self, topic: str) -> set[str]:
        listed = self._pages(
            "list_subscriptions_by_topic", "Subscriptions", "Endpoint", {"TopicArn": topic}
        )
        return set(listed) - {""}

    def _pages(
        self, call: str, member: str, key: str, arguments: Mapping[str, str]
    ) -> Iterator[str]:
        client, token = self._clients.topics(), dict[str, str]()
        for _ in range(_MOST_PAGES):
            with in_words("sns"):
                answer = getattr(client, call)(**arguments, **token)
            yield from (str(each.get(key, "")) for each in answer.get(member, ()))
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _queue(self, name: str) -> tuple[str, dict[str, str]]:
        client = self._clients.queue_control()
        try:
            with in_words("sqs"):
                url = str(client.get_queue_url(QueueName=name)["QueueUrl"])
                return url, attributes(client, url)
        except QueueGoneError:
            return "", {}

    def _set(self, name: str) -> tuple[bool, tuple[Destination, ...]]:
        client: Any = self._clients.control()
        try:
            with in_words("sesv2"):
                answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        except NoSuchThingError:
            return False, ()
        return True, tuple(
            Destination(
                each["Name"],
                bool(each.get("Enabled", False)),
                frozenset(each.get("MatchingEventTypes", ())),
                each.get("SnsDestination", {}).get("TopicArn", ""),
            )
            for each in answer.get("EventDestinations", ())
        )


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
