"""A dead feed is noticed within a minute, in words, with its cause; over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from core.aws import clients as ses_clients
from core.aws.clients import LONGEST_POLL_SECONDS, Clients
from core.backend import Backend
from core.db.engine import Database
from core.model.errors import OuttrayError
from core.model.feed import FeedCause, FeedState, FeedStatus
from core.settings.loading import Settings
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.aws_stubs import closed, hanging, refusing
from tests.core.db.books import fact, one, sent, tell

NewBackend = Callable[..., Backend]


@pytest.fixture
def new_backend(aws: Simulator, sqlite_database: Database, clock: Clock) -> Iterator[NewBackend]:
    """Backends on the stand-in's queue, or on another."""
    with ExitStack() as stack:

        def make(queue_url: str = "") -> Backend:
            settings = Settings(
                sqlite_database.url, queue_url=queue_url or aws.environment["OUTTRAY_QUEUE_URL"]
            )
            backend = Backend(settings, clock=clock)
            stack.callback(backend.close)
            return backend

        yield make


def after_a_pull(backend: Backend) -> FeedStatus:
    with pytest.raises(OuttrayError):
        backend.pull(0)
    return backend.feed_status()


def test_a_living_feed_knows_its_queues_and_its_share(
    backend: Backend, aws: Simulator, clients: Clients, sqlite_database: Database, clock: Clock
) -> None:
    sqs, url = clients.queue(), aws.environment["OUTTRAY_QUEUE_URL"]
    dead = sqs.get_queue_url(QueueName="outtray-events-dead-letter")["QueueUrl"]
    for _ in range(3):
        sqs.send_message(QueueUrl=dead, MessageBody="x")
    backend.pull(0)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    status = backend.feed_status()
    assert (status.state, status.waiting, status.dead_letters) == (FeedState.LIVE, 0, 3)
    assert status.share_with_events is None
    first = sent(sqlite_database, one(sqlite_database), at=clock.now)
    clock.advance(hours=1)
    backend.pull(0)
    assert backend.feed_status().share_with_events == 0
    tell(sqlite_database, fact("Delivery", first.message_ids[0]), at=clock.now)
    clock.advance(seconds=20)
    assert backend.feed_status().share_with_events == 1


def test_emails_without_any_event_make_it_quiet_until_one_comes(
    backend: Backend, sqlite_database: Database, clock: Clock
) -> None:
    written = sent(sqlite_database, one(sqlite_database), at=clock.now)
    clock.advance(minutes=16)
    backend.pull(0)
    status = backend.feed_status()
    assert status.state is FeedState.QUIET
    assert "none has any event" in status.problem
    tell(sqlite_database, fact("Delivery", written.message_ids[0]), at=clock.now)
    clock.advance(seconds=20)
    assert backend.feed_status().state is FeedState.LIVE


def test_missing_credentials_are_named(
    new_backend: NewBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    status = after_a_pull(new_backend())
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.CREDENTIALS)
    assert "credentials" in status.problem
    assert "AWS_PROFILE" in status.hint


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("InvalidClientTokenId", FeedCause.CREDENTIALS),
        ("ExpiredToken", FeedCause.CREDENTIALS),
        ("AccessDenied", FeedCause.PERMISSION),
        ("ThrottlingException", FeedCause.THROTTLED),
    ],
)
def test_what_aws_says_no_to_is_named(
    new_backend: NewBackend, monkeypatch: pytest.MonkeyPatch, code: str, cause: FeedCause
) -> None:
    with refusing(code, "The words of AWS.") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", url)
        status = after_a_pull(new_backend())
    assert (status.state, status.cause) == (FeedState.DOWN, cause)
    assert "The words of AWS." in status.problem
    assert status.hint


def test_a_queue_deleted_while_one_looks_is_named_and_its_return_noticed(
    new_backend: NewBackend, aws: Simulator, clients: Clients, clock: Clock
) -> None:
    backend = new_backend()
    backend.pull(0)
    alive_at = clock.now
    clients.queue().delete_queue(QueueUrl=aws.environment["OUTTRAY_QUEUE_URL"])
    clock.advance(seconds=30)
    status = after_a_pull(backend)
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.QUEUE)
    assert status.stale_since == alive_at
    assert "OUTTRAY_QUEUE_URL" in status.hint
    aws.reset()
    backend.pull(0)
    assert backend.feed_status().state is FeedState.LIVE
    assert not backend.feed_status().is_stale


def test_nobody_at_the_other_end_is_the_network(
    new_backend: NewBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", closed())
    status = after_a_pull(new_backend())
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.NETWORK)
    assert "cannot be reached" in status.problem
    assert "network" in status.hint


def test_a_first_question_that_hangs_is_noticed_while_it_hangs(
    new_backend: NewBackend, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(ses_clients, "LONGEST_POLL_SECONDS", -4)  # a read time-out of 1 s
    with hanging() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", url)
        backend = new_backend()
        ended = threading.Event()

        def pull() -> None:
            with pytest.raises(OuttrayError):
                backend.pull(0)
            ended.set()

        threading.Thread(target=pull, daemon=True).start()
        while backend._watch._facts.asked_at is None:
            ended.wait(0.01)
        assert backend.feed_status().state is FeedState.STARTING
        clock.advance(seconds=50)
        status = backend.feed_status()
        assert not ended.is_set()
        assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.NETWORK)
        assert ended.wait(20)
    status = backend.feed_status()  # the time-out says the same, in its own words
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.NETWORK)
    assert "did not answer" in status.problem


def test_a_queue_that_hangs_is_an_error_within_a_minute_and_never_during_a_poll() -> None:
    made: dict[str, dict[str, int]] = {}

    class Recorded(Clients):
        def _client(self, name: str, service: str, *, read_timeout: int, retries: int) -> object:
            made[name] = {"read": read_timeout, "attempts": retries}
            return None

    Recorded().queue()
    assert made["queue"]["read"] > LONGEST_POLL_SECONDS
    assert made["queue"]["read"] * made["queue"]["attempts"] <= 50


def test_a_database_that_cannot_store_is_no_trouble_of_the_network(
    new_backend: NewBackend, sqlite_database: Database, aws: Simulator, clients: Clients
) -> None:
    clients.queue().send_message(
        QueueUrl=aws.environment["OUTTRAY_QUEUE_URL"], MessageBody='{"eventType": '
    )
    with sqlite_database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE quarantine")
    status = after_a_pull(new_backend())
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.DATABASE)


def test_a_fault_of_the_program_is_no_silence_either(new_backend: NewBackend) -> None:
    backend = new_backend()

    class Broken:
        def receive(self, wait_seconds: int) -> None:
            raise ZeroDivisionError

    backend._parts.__dict__["feed"] = Broken()
    with pytest.raises(ZeroDivisionError):
        backend.pull(0)
    status = backend.feed_status()
    assert status.state is FeedState.DOWN
    assert "ZeroDivisionError" in status.problem
