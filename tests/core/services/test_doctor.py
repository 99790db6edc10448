"""The doctor names the leg that is broken, and what to do; against the stand-in, over HTTP."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.writes import events
from core.db.writes.events import Unreadable
from core.model.errors import NotPermittedError, SettingsError
from core.rules.doctor.checks import LEGS, Check, Result, unsettled, worst
from core.rules.doctor.destination_checks import Destination, judge_destinations
from core.rules.doctor.filters import Subscription, judge_subscription
from core.rules.doctor.office_checks import IdentityFacts, judge_identity
from core.settings.loading import Settings
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.aws_stubs import closed, page, refusing
from tests.core.db.books import one, sent
from tests.core.simulator.office import Office

Examine = Callable[..., dict[str, Check]]
SET = "outtray"


@pytest.fixture(scope="module")
def running_office(running_simulator: Simulator) -> Office:
    return Office(running_simulator)


@pytest.fixture
def office(aws: Simulator, running_office: Office) -> Office:
    return running_office


@pytest.fixture
def settings(office: Office, sqlite_database: Database) -> Settings:
    return Settings(
        sqlite_database.url,
        sender=office.environment["OUTTRAY_FROM"],
        configuration_set=office.environment["OUTTRAY_CONFIGURATION_SET"],
        queue_url=office.queue_url,
    )


@pytest.fixture
def examine(settings: Settings, clock: Clock) -> Iterator[Examine]:
    """Examine an office whose settings differ in one thing or another."""
    with ExitStack() as stack:

        def look(**changes: Any) -> dict[str, Check]:
            backend = Backend(replace(settings, **changes), clock=clock)
            stack.callback(backend.close)
            return {check.leg: check for check in backend.examine()}

        yield look


def told(found: dict[str, Check], leg: str, result: Result) -> str:
    """The words of one leg that must have come out so; trouble always has a next step."""
    check = found[leg]
    assert check.result is result, check
    assert result is Result.OK or check.next or result is Result.SKIPPED, check
    return f"{check.title} {check.next}"


def test_a_healthy_office_is_well_in_every_leg(examine: Examine) -> None:
    found = examine()
    assert tuple(found) == LEGS
    assert {check.result for check in found.values()} == {Result.OK}
    assert worst(found.values()) is Result.OK


def test_every_leg_is_named_also_when_nothing_is_configured(examine: Examine) -> None:
    found = examine(sender="", configuration_set="", queue_url="")
    assert tuple(found) == LEGS
    assert "OUTTRAY_FROM" in told(found, "settings", Result.FAIL)
    assert "OUTTRAY_CONFIGURATION_SET" in told(found, "configuration_set", Result.FAIL)
    assert "OUTTRAY_QUEUE_URL" in told(found, "queue", Result.FAIL)


# --------------------------------------------------------------------------- database


def test_a_database_that_is_not_there_is_not_created_by_looking(
    examine: Examine, tmp_path: Path
) -> None:
    path = tmp_path / "none" / "outtray.db"
    found = examine(database_url=f"sqlite:///{path}")
    assert "outtray db upgrade" in told(found, "database", Result.WARN)
    assert not path.parent.exists()


def test_a_file_that_is_no_database_fails(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("not a database at all, whatever its name says" * 50)
    told(examine(database_url=f"sqlite:///{tmp_path / 'x.db'}"), "database", Result.FAIL)


def test_a_database_of_the_future_fails(examine: Examine, sqlite_database: Database) -> None:
    with sqlite_database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in told(examine(), "database", Result.FAIL)


def test_a_damaged_database_fails(examine: Examine, sqlite_database: Database) -> None:
    assert sqlite_database.path
    connection = sqlite3.connect(sqlite_database.path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_documents_word'"
    ).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with sqlite_database.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert "damaged" in told(examine(), "database", Result.FAIL)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_fails(examine: Examine, sqlite_database: Database) -> None:
    assert sqlite_database.path
    sqlite_database.path.chmod(0o400)
    assert "cannot be written" in told(examine(), "database", Result.FAIL)


def test_a_database_without_wal_is_a_warning(
    examine: Examine, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sqlite_database.path
    from core.db import engine

    monkeypatch.setattr(engine, "_prepare_sqlite", lambda *_: None)
    connection = sqlite3.connect(sqlite_database.path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    assert "WAL" in told(examine(), "database", Result.WARN)


# --------------------------------------------------------------------------- AWS


def test_without_credentials_both_ends_say_so(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    found = examine()
    assert "aws sso login" in told(found, "credentials", Result.FAIL)
    told(found, "queue", Result.FAIL)
    told(found, "configuration_set", Result.SKIPPED)
    told(found, "database", Result.OK)


def test_what_the_policy_does_not_allow_is_not_well_and_names_the_call_to_allow(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing("AccessDeniedException", "User anna is not authorized.") as url:
        for service in ("SESV2", "SQS", "SNS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
        found = examine()
    told(found, "credentials", Result.OK)
    for leg, call in {
        "sending": "ses:GetAccount",
        "identity": "ses:GetEmailIdentity",
        "configuration_set": "ses:GetConfigurationSet",
        "queue": "sqs:GetQueueAttributes",
    }.items():
        assert call in told(found, leg, Result.WARN)
        assert not found[leg].is_known
    assert worst(found.values()) is Result.WARN


def test_a_topic_that_may_not_be_read_is_not_well(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing("AuthorizationError", "not authorized to perform: SNS:List") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", url)
        found = examine()
    assert "sns:ListSubscriptionsByTopic" in told(found, "subscription", Result.WARN)
    assert "sns:GetTopicAttributes" in told(found, "topic_policy", Result.WARN)
    told(found, "queue", Result.OK)


def test_a_proxy_that_answers_with_its_own_page_is_no_crash(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with page("<html><body>Please log in [/b] \x1b[2J</body></html>") as url:
        for service in ("SESV2", "SQS", "SNS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
            found = examine()
            assert tuple(found) == LEGS
            assert worst(found.values()) is not Result.OK


def test_no_network_fails_in_words_and_asks_ses_only_once(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("SESV2", "SQS", "SNS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", closed())
    found = examine()
    assert "cannot be reached" in told(found, "sending", Result.FAIL)
    told(found, "credentials", Result.SKIPPED)  # of which nobody knows anything
    assert "network" in told(found, "queue", Result.FAIL)
    told(found, "identity", Result.SKIPPED)


@pytest.mark.parametrize(
    ("account", "result", "words"),
    [
        ({"production_access": False}, Result.WARN, "sandbox"),
        ({"sending_enabled": False}, Result.FAIL, "paused"),
        ({"enforcement_status": "PROBATION"}, Result.WARN, "PROBATION"),
        ({"enforcement_status": "SHUTDOWN"}, Result.FAIL, "shut"),
        ({"sent_last_24_hours": 41_000}, Result.WARN, "nearly used up"),
        ({"sent_last_24_hours": 50_000}, Result.FAIL, "used up"),
        ({"sent_last_24_hours": 50_000, "max_24_hour_send": -1}, Result.OK, "no limit"),
    ],
)
def test_the_account_tells_what_it_lets_us_send(
    examine: Examine, office: Office, account: dict[str, Any], result: Result, words: str
) -> None:
    office.post("account", account)
    assert words in told(examine(), "sending", result)


def test_an_address_that_nobody_verified_fails(examine: Examine) -> None:
    found = examine(sender="Us <us@elsewhere.example>")
    assert "us@elsewhere.example is not verified" in told(found, "identity", Result.FAIL)


def test_a_verified_domain_covers_the_addresses_below_it(examine: Examine) -> None:
    assert "outtray.example is verified" in told(
        examine(sender="other@mail.outtray.example"), "identity", Result.OK
    )


def test_an_identity_that_still_waits_fails() -> None:
    check = judge_identity(IdentityFacts("x.example", False), "a@x.example")
    assert (check.result, "not yet verified" in check.title) == (Result.FAIL, True)


def test_a_configuration_set_that_is_not_there_fails(examine: Examine) -> None:
    found = examine(configuration_set="nope")
    assert "nope" in told(found, "configuration_set", Result.FAIL)
    told(found, "event_destinations", Result.SKIPPED)


def test_the_identitys_own_configuration_set_is_as_good(examine: Examine, office: Office) -> None:
    office.ses.create_email_identity(EmailIdentity="own@own.example", ConfigurationSetName=SET)
    found = examine(sender="own@own.example", configuration_set="")
    assert "the identity's own" in told(found, "configuration_set", Result.OK)


def test_a_paused_configuration_set_fails(examine: Examine, office: Office) -> None:
    office.ses.put_configuration_set_sending_options(ConfigurationSetName=SET, SendingEnabled=False)
    assert "paused" in told(examine(), "configuration_set", Result.FAIL)


def change_destination(office: Office, **changes: Any) -> None:
    (found,) = office.ses.get_configuration_set_event_destinations(ConfigurationSetName=SET)[
        "EventDestinations"
    ]
    name = found.pop("Name")
    office.ses.update_configuration_set_event_destination(
        ConfigurationSetName=SET, EventDestinationName=name, EventDestination={**found, **changes}
    )


def test_a_destination_that_is_switched_off_fails(examine: Examine, office: Office) -> None:
    change_destination(office, Enabled=False)
    assert "switched off" in told(examine(), "event_destinations", Result.FAIL)


@pytest.mark.parametrize(
    ("types", "result", "words"),
    [
        (["SEND", "DELIVERY", "COMPLAINT"], Result.FAIL, "bounce"),
        (["DELIVERY", "BOUNCE", "COMPLAINT"], Result.WARN, "send, reject, delivery delay"),
        (
            ["DELIVERY", "BOUNCE", "COMPLAINT", "SEND", "REJECT", "DELIVERY_DELAY"],
            Result.WARN,
            "rendering failure",
        ),
        (
            [
                "DELIVERY",
                "BOUNCE",
                "COMPLAINT",
                "SEND",
                "REJECT",
                "DELIVERY_DELAY",
                "RENDERING_FAILURE",
            ],
            Result.OK,
            "no one will see opens",
        ),
    ],
)
def test_types_that_are_not_reported_are_named(
    examine: Examine, office: Office, types: list[str], result: Result, words: str
) -> None:
    change_destination(office, MatchingEventTypes=types)
    assert words in told(examine(), "event_destinations", result)


def test_two_destinations_may_share_the_work() -> None:
    found = [
        Destination("a", True, frozenset({"DELIVERY", "SEND", "REJECT", "OPEN", "CLICK"}), "t"),
        Destination(
            "b",
            True,
            frozenset({"BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "RENDERING_FAILURE"}),
            bus="b",
        ),
    ]
    assert judge_destinations(found, SET).result is Result.OK
    assert judge_destinations(found[:1], SET).result is Result.FAIL


def test_a_queue_that_is_not_subscribed_fails(examine: Examine, office: Office) -> None:
    queue = office.sqs.create_queue(
        QueueName="other", Attributes={"MessageRetentionPeriod": "345600"}
    )
    found = examine(queue_url=queue["QueueUrl"])
    assert "not subscribed" in told(found, "subscription", Result.FAIL)
    assert "4 days" in told(found, "queue", Result.WARN)
    assert "no dead-letter queue" in told(found, "dead_letters", Result.WARN)


def test_a_subscription_counts_when_confirmed_and_a_bus_is_not_followed() -> None:
    waiting = Subscription("t", "sqs", "arn:queue", is_confirmed=False)
    assert judge_subscription([waiting], "arn:queue", bus="").result is Result.FAIL
    assert judge_subscription([], "arn:queue", bus="arn:bus").result is Result.SKIPPED
    denied = NotPermittedError("no")
    assert not judge_subscription(denied, "arn:queue", bus="").is_known
    assert judge_subscription(denied, "arn:queue", bus="").result is Result.WARN


def test_a_queue_that_is_gone_fails(examine: Examine, office: Office) -> None:
    found = examine(queue_url=office.queue_url + "-gone")
    assert "queue is gone" in told(found, "queue", Result.FAIL)
    told(found, "dead_letters", Result.SKIPPED)


def test_a_queue_that_may_not_be_looked_at_skips_no_other_leg(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    with refusing("AccessDeniedException", "not authorized: sqs:GetQueueAttributes") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", url)
        found = examine()
        told(found, "queue", Result.WARN)
        for leg in ("event_destinations", "topic_policy", "subscription"):
            told(found, leg, Result.OK)  # the queue's URL tells its ARN
        change_destination(office, SnsDestination={"TopicArn": other_topic(office)})
        told(examine(), "subscription", Result.FAIL)


def other_topic(office: Office) -> str:
    return str(office.sns.create_topic(Name="elsewhere")["TopicArn"])


def test_a_set_that_is_not_there_blames_no_topic(examine: Examine) -> None:
    found = examine(configuration_set="nope")
    told(found, "configuration_set", Result.FAIL)
    told(found, "topic_policy", Result.SKIPPED)
    told(found, "queue", Result.OK)


def test_dead_letters_are_counted(examine: Examine, office: Office) -> None:
    url = office.sqs.get_queue_url(QueueName="outtray-events-dead-letter")["QueueUrl"]
    office.sqs.send_message(QueueUrl=url, MessageBody="x")
    found = examine()
    assert "1 message is" in told(found, "dead_letters", Result.WARN)
    assert found["dead_letters"].details == {"dead_letters": 1, "retention_seconds": 1_209_600}


# --------------------------------------------------------------------------- what came


def test_emails_that_nothing_was_heard_of_are_a_warning(
    examine: Examine, sqlite_database: Database, clock: Clock
) -> None:
    sent(sqlite_database, one(sqlite_database), at=clock.now)
    clock.advance(hours=1)
    found = examine()
    assert "none has any event" in told(found, "feed", Result.WARN)
    assert found["feed"].details["share_with_events"] == 0


def test_bodies_in_quarantine_are_a_warning(
    examine: Examine, sqlite_database: Database, clock: Clock
) -> None:
    with sqlite_database.transaction() as connection:
        events.quarantine_bodies(connection, [Unreadable("x", "nonsense", "queue")], clock())
    assert "retry reads them again" in told(examine(), "quarantine", Result.WARN)


def test_settings_that_cannot_be_read_are_a_check_too() -> None:
    checks = unsettled(SettingsError("config.toml, line 3: unknown key.", "Known keys: …"))
    assert tuple(check.leg for check in checks) == LEGS
    assert worst(checks) is Result.FAIL
