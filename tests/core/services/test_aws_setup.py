"""``aws setup``: from nothing to a feed the doctor finds well; a second time nothing is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.model.errors import NotPermittedError
from core.rules.doctor.aws_plan import UNKNOWN_ACCOUNT, Found, Names, SetUpStep, plan
from core.rules.doctor.checks import Result
from core.rules.doctor.report_path import WayFacts
from core.services.doctor import apply
from core.settings.loading import Settings
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.services.test_doctor import running_office
from tests.core.simulator.office import Office

__all__ = ["running_office"]

NAMES = Names("office", "office-events")


@pytest.fixture
def front_door(
    aws: Simulator, running_office: Office, sqlite_database: Database, clock: Clock
) -> Backend:
    settings = Settings(
        sqlite_database.url,
        sender=running_office.environment["OUTTRAY_FROM"],
        configuration_set="office",
    )
    return Backend(settings, clock=clock)


def test_from_nothing_to_a_feed_that_the_doctor_finds_well(
    front_door: Backend, clock: Clock
) -> None:
    made = front_door.set_up(NAMES, apply=True)
    assert made.problem is None
    assert made.missing == ()
    assert [step.operation for step in made.done] == [
        "CreateTopic",
        "SetTopicAttributes",
        "CreateQueue",
        "CreateQueue",
        "Subscribe",
        "CreateConfigurationSet",
        "CreateConfigurationSetEventDestination",
    ]
    settings = replace(front_door.settings, queue_url=made.queue_url)
    backend = Backend(settings, clock=clock)
    assert {check.leg: check.result for check in backend.examine()} == dict.fromkeys(
        (check.leg for check in backend.examine()), Result.OK
    )
    again = front_door.set_up(NAMES, apply=True)
    assert (again.done, again.missing, again.queue_url) == ((), (), made.queue_url)


def test_looking_changes_nothing(front_door: Backend) -> None:
    plan_of_nothing = front_door.set_up(NAMES, apply=False)
    assert plan_of_nothing.done == ()
    assert len(plan_of_nothing.missing) == 7
    assert front_door.set_up(NAMES, apply=False) == plan_of_nothing
    assert UNKNOWN_ACCOUNT in str(plan_of_nothing.missing)


def test_what_is_too_little_is_made_better_and_nothing_is_taken_away(
    front_door: Backend, running_office: Office
) -> None:
    made = front_door.set_up(NAMES, apply=True)
    office = running_office
    theirs = '{"Version": "2012-10-17", "Statement": [{"Sid": "theirs", "Effect": "Deny"}]}'
    changes = {"MessageRetentionPeriod": "345600", "VisibilityTimeout": "900", "Policy": theirs}
    office.sqs.set_queue_attributes(QueueUrl=made.queue_url, Attributes=changes)
    again = front_door.set_up(NAMES, apply=True)
    assert [step.operation for step in again.done] == ["SetQueueAttributes"]
    found = office.sqs.get_queue_attributes(QueueUrl=made.queue_url, AttributeNames=["All"])
    assert found["Attributes"]["MessageRetentionPeriod"] == "1209600"
    assert found["Attributes"]["VisibilityTimeout"] == "900"
    assert "theirs" in found["Attributes"]["Policy"]


def test_a_refusal_says_what_was_made_and_what_is_missing() -> None:
    class Refusing:
        def __init__(self) -> None:
            self.made: list[SetUpStep] = []

        def look(self, names: Names) -> Found:
            return Found("eu-west-1", account="1", topic=bool(self.made))

        def make(self, step: SetUpStep) -> None:
            if step.service == "sqs":
                raise NotPermittedError("SQS said no.", "Allow the call.")
            self.made.append(step)

        def queue_url(self, name: str) -> str:
            return ""

        def way(self, name: str, queue_url: str) -> WayFacts:
            raise AssertionError("what is not made is not judged")

    made = apply(NAMES, Refusing())
    assert [step.operation for step in made.done] == ["CreateTopic", "SetTopicAttributes"]
    assert [step.operation for step in made.missing][:2] == ["CreateQueue", "CreateQueue"]
    assert made.problem is not None


def test_a_plan_needs_no_account_to_be_read() -> None:
    steps = plan(NAMES, Found("eu-west-1"))
    assert [step.service for step in steps] == ["sns", "sns", "sqs", "sqs", "sns", "sesv2", "sesv2"]
