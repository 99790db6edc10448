"""``outtray doctor`` and ``outtray events quarantine``, as scripts and people use them."""

from __future__ import annotations

import json

import pytest

from core.rules.doctor.checks import LEGS
from tests.core.aws_stubs import closed
from tests.tui.cli.office import Office

BROKEN = '{"eventType": "Bounce", "mail": '
EVENT = {
    "eventType": "Delivery",
    "mail": {"timestamp": "2026-01-20T10:00:00Z", "messageId": "m-1", "destination": ["a@b.c"]},
    "delivery": {"timestamp": "2026-01-20T10:00:01Z", "recipients": ["a@b.c"]},
}


# --------------------------------------------------------------------------- doctor


def test_a_connected_office_is_well(connected: Office) -> None:
    answer = connected.json("doctor")
    assert answer["result"] == "ok"
    assert [check["leg"] for check in answer["checks"]] == list(LEGS)
    assert all(
        set(check) == {"leg", "result", "title", "next", "details", "checked"}
        for check in answer["checks"]
    )
    text = connected.ok("doctor")
    assert "All is well." in text.err
    assert "ok      dead letters" in text.out


def test_one_broken_leg_fails_the_whole_and_is_named(connected: Office) -> None:
    url = connected.environment["OUTTRAY_QUEUE_URL"] + "-gone"
    answer = connected.run("doctor", "--json", OUTTRAY_QUEUE_URL=url)
    assert answer.code == 1
    failed = [check["leg"] for check in answer.json["checks"] if check["result"] == "fail"]
    assert failed == ["queue"]
    text = connected.run("doctor", OUTTRAY_QUEUE_URL=url).out
    assert "FAIL    queue" in text
    assert "→ Check OUTTRAY_QUEUE_URL" in text


def test_an_office_without_anything_is_told_what_to_set_and_nothing_is_made(
    office: Office,
) -> None:
    answer = office.run("doctor", "--json")
    assert answer.code == 1
    assert not office.database.exists()
    assert answer.json["result"] == "fail"


def test_without_network_there_are_words(connected: Office) -> None:
    url = closed()
    environment = {f"AWS_ENDPOINT_URL_{name}": url for name in ("SESV2", "SQS", "SNS")}
    answer = connected.run("doctor", **environment)
    assert answer.code == 1
    assert "cannot be reached" in answer.out


@pytest.mark.parametrize("content", ["[mail]\nform = 'x'\n", "[mail\n", b"\xff\xfe"])
def test_settings_that_cannot_be_read_are_the_broken_leg(
    office: Office, content: str | bytes
) -> None:
    path = office.write("config.toml", content)
    answer = office.run("doctor", "--json", OUTTRAY_CONFIG=str(path))
    assert answer.code == 1
    first, *rest = answer.json["checks"]
    assert (first["leg"], first["result"]) == ("settings", "fail")
    assert {check["result"] for check in rest} == {"skipped"}


def test_what_settings_hold_reaches_no_terminal_as_a_control(office: Office) -> None:
    text = office.run("doctor", OUTTRAY_FROM="x\x1b[2J\u202e@[/b]").out
    assert "\x1b" not in text
    assert "\u202e" not in text


# --------------------------------------------------------------------------- quarantine


@pytest.fixture
def holding(stocked: Office) -> Office:
    """An office with two unreadable bodies, one of them hostile."""
    stocked.ok("events", "load", stocked.write("a.jsonl", BROKEN + "\n"))
    hostile = '{"eventType": "Delivery", "x": "\x1b]0;t\x07 \u202e [/b]"'
    stocked.ok("events", "load", stocked.write("b.jsonl", hostile))
    return stocked


def test_listing_is_the_default_and_has_a_word(holding: Office) -> None:
    assert holding.json("events", "quarantine") == holding.json("events", "quarantine", "list")
    assert len(holding.json("events", "quarantine")) == 2
    assert "\x1b" not in holding.ok("events", "quarantine").out


def test_one_body_is_shown_whole_and_harmless(holding: Office) -> None:
    bodies = holding.json("events", "quarantine")
    for body in bodies:
        shown = holding.ok("events", "quarantine", "show", body["id"][:12]).out
        assert body["id"] in shown
        assert body["reason"] in shown
        assert '{"eventType"' in shown
        assert "\x1b" not in shown
        assert holding.json("events", "quarantine", "show", body["id"]) == body


def test_an_id_that_nothing_has_fails_in_words(holding: Office) -> None:
    for option in ("show", "retry", "dismiss"):
        answer = holding.run("events", "quarantine", option, "zzz")
        assert (answer.code, answer.out) == (1, "")
        assert "Nothing in quarantine begins with zzz" in answer.err


def test_what_still_cannot_be_read_stays(holding: Office) -> None:
    answer = holding.json("events", "quarantine", "retry")
    assert (answer["released"], answer["kept"], answer["applied"]) == (0, 2, 0)
    assert len(holding.json("events", "quarantine")) == 2
    one = holding.json("events", "quarantine")[0]["id"]
    assert holding.run("events", "quarantine", "retry", one).code == 1


def test_the_export_is_json_lines_with_the_raw_texts(holding: Office) -> None:
    target = holding.folder / "out.jsonl"
    assert holding.json("events", "quarantine", "export", target)["bodies"] == 2
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert sorted(line["raw"] for line in lines) == sorted(
        body["raw"] for body in holding.json("events", "quarantine")
    )
    again = holding.run("events", "quarantine", "export", target)
    assert again.code == 2
    assert "exists already" in again.err


@pytest.mark.parametrize(
    "words", [("show",), ("export",), ("dismiss",), ("list", "abc"), ("retry", "--note", "x")]
)
def test_what_a_word_needs_is_asked_for(holding: Office, words: tuple[str, ...]) -> None:
    assert holding.run("events", "quarantine", *words).code == 2


def test_a_report_is_dismissed_with_a_note_and_kept(holding: Office) -> None:
    body, other = holding.json("events", "quarantine")
    refused = holding.run("events", "quarantine", "dismiss", body["id"])
    assert (refused.code, len(holding.json("events", "quarantine"))) == (3, 2)
    assert "A note is required" in refused.err
    note = "a test of \x1b[2J ours"
    said = holding.json("events", "quarantine", "dismiss", body["id"][:12], "--note", note)
    assert (said["note"], said["raw"]) == (note, body["raw"])
    assert holding.json("events", "quarantine") == [other]
    assert holding.json("events", "quarantine", "show", body["id"])["note"] == note
    assert holding.json("events", "quarantine", "retry")["kept"] == 1
    again = holding.write("again.jsonl", body["raw"])
    holding.ok("events", "load", again)
    assert holding.json("events", "quarantine") == [other]
