"""``events load|parse|quarantine|pull`` and ``explain``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.tui.cli.office import COMMAND, SHARED, Office

_EVENTS = SHARED / "events"

_MAIL = {
    "timestamp": "2026-01-20T09:00:00.000Z",
    "messageId": "0100018f-made-by-this-test-000000",
    "destination": ["ada@example.org"],
}
BOUNCE = {
    "eventType": "Bounce",
    "mail": _MAIL,
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "timestamp": "2026-01-20T09:00:04.000Z",
        "feedbackId": "feedback-1",
        "bouncedRecipients": [
            {
                "emailAddress": "Ada <ada@example.org>",
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 \u001b[2J no such user",
            }
        ],
    },
}
ENVELOPE = {
    "Type": "Notification",
    "MessageId": "sns-1",
    "TopicArn": "arn:aws:sns:eu-west-1:1:ses",
    "Message": json.dumps(BOUNCE),
    "Timestamp": "2026-01-21T00:00:00.000Z",
}
SETUP = "Successfully validated SNS topic for Amazon SES event publishing."


def lines(*bodies: object) -> str:
    return "".join(f"{json.dumps(body)}\n" for body in bodies)


# ------------------------------------------------------------------- parse


def test_parse_shows_what_is_in_a_payload_and_stores_nothing(office: Office) -> None:
    (entry,) = office.json("events", "parse", office.write("e.json", json.dumps(ENVELOPE)))
    assert (entry["index"], entry["outcome"], entry["envelope"]) == (
        0,
        "facts",
        "sns-envelope+event-publishing",
    )
    (fact,) = entry["facts"]
    assert fact == {
        "type": "Bounce",
        "subtype": "Permanent/General",
        "recipient": "ada@example.org",
        "at": "2026-01-20T09:00:04Z",
        "message_id": "0100018f-made-by-this-test-000000",
        "tag": None,
        "status": "BOUNCED",
        "diagnostic": "smtp; 550 5.1.1 \u001b[2J no such user",
        "note": None,
    }
    assert not office.database.exists()


@pytest.mark.parametrize("content", [lines(BOUNCE, ENVELOPE), json.dumps([BOUNCE, ENVELOPE])])
def test_lines_and_arrays_hold_several_bodies(office: Office, content: str) -> None:
    entries = office.json("events", "parse", office.write("e.json", content))
    assert [(e["index"], e["outcome"], len(e["facts"])) for e in entries] == [
        (0, "facts", 1),
        (1, "facts", 1),
    ]


def test_a_diagnostic_never_reaches_the_terminal_as_a_control(office: Office) -> None:
    path = office.write("e.json", lines(BOUNCE))
    for answer in (
        office.ok("events", "parse", path),
        office.ok("events", "parse", path, "--json"),
    ):
        assert "\u001b" not in answer.out + answer.err


# ------------------------------------------------------------------- load


def test_the_same_fact_in_two_envelopes_counts_once(office: Office) -> None:
    report = office.json("events", "load", office.write("e.json", lines(BOUNCE, ENVELOPE)))
    assert report == {
        "read": 2, "applied": 0, "duplicate": 1, "unmatched": 1, "quarantined": 0, "setup": 0,
        "unsearched": 0,
    }  # fmt: skip


def test_what_is_no_event_is_set_up_or_quarantined_never_lost(office: Office) -> None:
    path = office.write("e.json", lines({**ENVELOPE, "Message": SETUP}, {"hello": "\u009b2J"}))
    report = office.json("events", "load", path)
    assert (report["read"], report["setup"], report["quarantined"]) == (2, 1, 1)
    (kept,) = office.json("events", "quarantine")
    assert json.loads(kept["raw"]) == {"hello": "\u009b2J"}
    assert kept["reason"]
    assert "\u009b" not in office.ok("events", "quarantine").out


def test_a_file_that_is_gone_fails_and_the_others_are_loaded(office: Office) -> None:
    good = office.write("e.json", lines(BOUNCE))
    answer = office.run("events", "load", "gone\u001b[2J.json", good, "--json")
    assert answer.code == 1
    assert answer.json["read"] == 1
    assert "cannot be read" in answer.err
    assert "\u001b" not in answer.err


# ------------------------------------------------------------------- what others captured


@pytest.fixture(scope="module")
def payloads() -> list[Path]:
    found = sorted(_EVENTS.glob("*/*.json"))
    if not found:
        pytest.skip("the captured payloads are not beside the repository")
    return found


def test_every_captured_body_is_facts_set_up_or_quarantined(
    office: Office, payloads: list[Path]
) -> None:
    entries = office.json("events", "parse", *payloads)
    outcomes = Counter(entry["outcome"] for entry in entries)
    assert set(outcomes) <= {"facts", "setup", "quarantined"}
    assert {entry["file"] for entry in entries} == set(map(str, payloads))
    facts = [fact for entry in entries for fact in entry["facts"]]
    assert all(bool(e["facts"]) == (e["outcome"] == "facts") for e in entries)

    report = office.json("events", "load", *payloads)
    assert report["read"] == len(entries)
    assert report["setup"] == outcomes["setup"]
    assert report["quarantined"] == outcomes["quarantined"]
    assert report["applied"] + report["duplicate"] + report["unmatched"] == len(facts)

    again = office.json("events", "load", *payloads)
    assert (again["applied"], again["unmatched"]) == (0, 0)
    assert again["duplicate"] == len(facts)


# ------------------------------------------------------------------- pull


def test_pull_follow_runs_until_it_is_told_to_stop(connected: Office) -> None:
    connected.ok("send", "INV-1")
    follower = subprocess.Popen(
        [COMMAND, "events", "pull", "--follow", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=connected.environment,
    )
    try:
        assert follower.stdout is not None
        applied = 0
        while applied < 2:  # Send and Delivery
            report: dict[str, Any] = json.loads(follower.stdout.readline())
            applied += report["applied"]
        os.kill(follower.pid, signal.SIGTERM)
        assert follower.wait(timeout=10) == 0
    finally:
        follower.kill()
        _, errors = follower.communicate()
    assert errors == ""
    assert connected.words()["INV-1"] == "DELIVERED"


@pytest.mark.parametrize("how", ["--once", "--follow"])
def test_pull_without_a_queue_is_a_mistake_in_the_settings(office: Office, how: str) -> None:
    answer = office.run("events", "pull", how, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "OUTTRAY_QUEUE_URL" in answer.err


# ------------------------------------------------------------------- explain


def test_explain_says_what_a_server_meant(office: Office) -> None:
    found = office.json("explain", "smtp; 552 5.2.2 mailbox full")
    assert (found["cause"], found["class"], found["hard"]) == ("mailboxfull", "mailbox_full", False)
    assert found["enhanced_status"] == "5.2.2"
    assert found["advice"]
    assert "next" in found


def test_explain_answers_line_by_line(office: Office) -> None:
    given = lines({"diagnostic": "550 5.1.1 User unknown"}, {"diagnostic": ""})
    answer = office.run("explain", "--stdin", "--json", stdin=given)
    assert answer.code == 0
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert [each["cause"] for each in found] == ["userunknown", "undefined"]


@pytest.mark.parametrize(
    "bad", ["no json", "[]", '{"text": "x"}', '{"diagnostic": 5}', "[" * 100_000]
)
def test_a_bad_line_gets_an_answer_and_the_next_ones_too(office: Office, bad: str) -> None:
    given = f"{bad}\n" + lines({"diagnostic": "550 5.1.1 User unknown"})
    answer = office.run("explain", "--stdin", "--json", stdin=given)
    assert answer.code == 1
    first, second = map(json.loads, answer.out.splitlines())
    assert "line 1" in first["error"]
    assert second["cause"] == "userunknown"
