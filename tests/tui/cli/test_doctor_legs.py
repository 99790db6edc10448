"""Legs that used to be blind, at the command line: what is said, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.tui.cli.office import Office


def client(office: Office, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=office.environment["AWS_ENDPOINT_URL_SQS"],
        region_name=office.environment["AWS_REGION"],
        aws_access_key_id=office.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=office.environment["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture
def ways(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    return {
        "file/outtray.db": "is a file, not a folder",
        "file/deeper/outtray.db": "is a file, not a folder",
        ".": "is a folder, not a file",
        "link": "a file that is not there",
        "x" * 300: "name too long",
        "/proc/none/outtray.db": "cannot be created",
    }


def test_a_database_that_cannot_be_is_told_in_words_with_the_exit_code(
    connected: Office, ways: dict[str, str], tmp_path: Path
) -> None:
    for name, words in ways.items():
        path = name if name.startswith("/") else str(tmp_path / name)
        answer = connected.run("doctor", "--json", OUTTRAY_DATABASE_URL=f"sqlite:///{path}")
        (check,) = [each for each in answer.json["checks"] if each["leg"] == "database"]
        assert (answer.code, check["result"]) == (1, "fail"), (name, check)
        assert words in f"{check['title']} {check['next']}".lower(), (name, check)
        assert "OUTTRAY_DATABASE_URL" in check["next"]
        queue = [each["result"] for each in answer.json["checks"] if each["leg"] == "queue"]
        assert queue == ["ok"]  # one leg that fails skips no other
        assert "Traceback" not in answer.err


def test_a_database_that_is_merely_not_there_yet_is_no_failure(
    connected: Office, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'deep' / 'outtray.db'}"
    answer = connected.run("doctor", OUTTRAY_DATABASE_URL=url)
    assert answer.code == 0
    assert "outtray db upgrade creates its tables" in answer.out
    assert "All is well" not in answer.err
    assert not (tmp_path / "new").exists()


def test_a_queue_that_is_only_a_name_is_told_its_url(connected: Office) -> None:
    url = connected.environment["OUTTRAY_QUEUE_URL"]
    answer = connected.run("doctor", OUTTRAY_QUEUE_URL=url.rpartition("/")[2])
    assert answer.code == 1
    assert f"Set OUTTRAY_QUEUE_URL to {url}." in answer.out


def test_setup_says_what_a_person_has_to_do_by_hand(connected: Office) -> None:
    connected.environment["OUTTRAY_CONFIGURATION_SET"] = "hand"
    named = ("aws", "setup", "--name", "hand-events")
    url = connected.json(*named, "--apply")["queue_url"]
    sns, sqs = client(connected, "sns"), client(connected, "sqs")
    topics = [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    (topic,) = [arn for arn in topics if arn.endswith("hand-events")]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    (found,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.set_subscription_attributes(
        SubscriptionArn=found["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue='{"kind": ["x"]}',
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "900"})
    plan = connected.json(*named)
    assert {each["leg"] for each in plan["by_hand"]} == {"topic_policy", "subscription"}
    assert [each["operation"] for each in plan["missing"]] == ["SetQueueAttributes"]
    made = connected.run(*named, "--apply")
    assert made.code == 1
    assert "Everything is there" not in made.err
    assert "By hand, wrong: The topic's policy denies SES" in made.err
    assert "set-subscription-attributes" in made.err
    told = connected.run("doctor", "--json", OUTTRAY_QUEUE_URL=url).json
    wrong = {each["leg"] for each in told["checks"] if each["result"] != "ok"}
    assert wrong == {"topic_policy", "subscription"}  # the same rules say the same
    again = connected.run(*named, "--apply", "--json")
    assert again.json["done"] == []  # a statement that does not help is not added again


def test_a_name_that_cannot_be_is_a_matter_of_the_name(connected: Office) -> None:
    answer = connected.run("aws", "setup", "--apply", OUTTRAY_CONFIGURATION_SET="no name at all")
    assert answer.code == 1
    assert "Correct the message" not in answer.err
    assert "OUTTRAY_CONFIGURATION_SET" in answer.err
