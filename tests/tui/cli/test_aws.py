"""``outtray aws setup`` as people and scripts use it, against the stand-in."""

from __future__ import annotations

import tomllib

from tests.core.aws_stubs import refusing
from tests.tui.cli.office import Office


def test_the_plan_is_printed_then_made_and_the_doctor_is_content(connected: Office) -> None:
    connected.environment["OUTTRAY_CONFIGURATION_SET"] = "office"
    plan = connected.ok("aws", "setup", "--name", "office-events")
    assert "aws sqs create-queue --cli-input-json" in plan.out
    assert "Nothing was changed" in plan.err
    assert connected.run("doctor").code == 1
    made = connected.json("aws", "setup", "--name", "office-events", "--apply")
    assert len(made["done"]) == 7
    assert made["missing"] == []
    again = connected.ok("aws", "setup", "--name", "office-events", "--apply")
    assert "Everything is there." in again.err
    chosen = tomllib.loads(again.out)
    assert chosen["mail"]["configuration_set"] == "office"
    url = chosen["feed"]["queue_url"]
    assert url == made["queue_url"]
    told = connected.json("doctor", OUTTRAY_QUEUE_URL=url)
    assert {check["result"] for check in told["checks"]} == {"ok"}, told


def test_a_refusal_names_what_stopped_it(connected: Office) -> None:
    with refusing("AuthorizationError", "not authorized to perform: SNS:ListTopics") as url:
        answer = connected.run("aws", "setup", AWS_ENDPOINT_URL_SNS=url)
    assert answer.code == 1
    assert "SNS:ListTopics" in answer.err
