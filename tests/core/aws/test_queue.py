"""The queue: received without loss, deleted only when told, and its faults in words."""

from __future__ import annotations

import pytest

from core.aws.clients import Clients
from core.aws.queue import SqsFeed
from core.model.errors import RefusedError
from core.simulator import Simulator


@pytest.fixture
def feed(aws: Simulator, clients: Clients) -> SqsFeed:
    return SqsFeed(clients, aws.environment["OUTTRAY_QUEUE_URL"])


def put(clients: Clients, aws: Simulator, *bodies: str) -> None:
    for body in bodies:
        clients.queue().send_message(
            QueueUrl=aws.environment["OUTTRAY_QUEUE_URL"], MessageBody=body
        )


def test_an_empty_queue_gives_nothing(feed: SqsFeed) -> None:
    assert list(feed.receive(0)) == []
    assert feed.waiting() == 0


def test_bodies_come_as_they_are_and_are_gone_when_deleted(
    feed: SqsFeed, aws: Simulator, clients: Clients
) -> None:
    bodies = [f"{i} – ä 🧾" for i in range(13)]
    put(clients, aws, *bodies)
    assert feed.waiting() == 13
    first = feed.receive(0)
    rest = feed.receive(0)
    assert sorted(message.body for message in (*first, *rest)) == sorted(bodies)
    feed.delete([*first, *rest])  # more than fits one call
    assert feed.waiting() == 0
    assert list(feed.receive(0)) == []


def test_a_queue_that_is_gone_is_named(aws: Simulator, clients: Clients) -> None:
    feed = SqsFeed(clients, aws.environment["OUTTRAY_QUEUE_URL"] + "-gone")
    with pytest.raises(RefusedError) as error:
        feed.receive(0)
    assert "OUTTRAY_QUEUE_URL" in error.value.hint
    assert feed.waiting() is None


@pytest.mark.parametrize("seconds", [-5, 99])
def test_a_wait_that_sqs_would_refuse_is_cut_to_what_it_takes(
    feed: SqsFeed, aws: Simulator, clients: Clients, seconds: int
) -> None:
    put(clients, aws, "x")
    assert [message.body for message in feed.receive(seconds)] == ["x"]
