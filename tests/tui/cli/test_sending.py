"""Sending from a script, and what became of it: ``send``, ``follow-up``, ``resend``, ``log``."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.policy import default as modern
from typing import Any

import pytest

from tests.tui.cli.office import Aws, Office

_SIMULATED = "simulator.amazonses.com"


def recipient(office: Office, number: str) -> dict[str, Any]:
    """The only recipient of the newest email of a document."""
    (found,) = office.json("log", number)["emails"][0]["recipients"]
    assert isinstance(found, dict)
    return found


def reasons(answer: list[dict[str, Any]]) -> list[str]:
    return [reason["code"] for reason in answer[0]["reasons"]]


def is_reported(office: Office, number: str) -> bool:
    return office.words()[number] not in ("NEVER_SENT", "SENT")


# ------------------------------------------------------------------- what became of it


def test_each_mailbox_of_the_simulator_leaves_its_own_mark(connected: Office, aws: Aws) -> None:
    numbers = ["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"]
    outcomes = connected.json("send", *numbers, "--yes")
    assert [o["number"] for o in outcomes] == numbers
    assert {o["recipients"][0]["status"] for o in outcomes} == {"SENT"}
    assert len(aws.sent_to()) == 5

    def all_reported() -> bool:
        words = connected.words()
        notes = recipient(connected, "INV-3")["notes"]
        return bool(notes) and words["INV-4"] == "COMPLAINED" and words["INV-2"] == "BOUNCED"

    connected.pull_until(all_reported)
    words = connected.words()
    assert {n: words[n] for n in numbers} == {
        "INV-1": "DELIVERED",
        "INV-2": "BOUNCED",
        "INV-3": "DELIVERED",
        "INV-4": "COMPLAINED",
        "INV-5": "DROPPED",
    }
    bounced = recipient(connected, "INV-2")
    assert bounced["address"] == f"bounce@{_SIMULATED}"
    assert "550 5.1.1" in bounced["diagnostic"]
    assert bounced["enhanced_status"] == "5.1.1"
    assert bounced["cause"] == "userunknown"
    assert bounced["bounced_at"].endswith("Z")
    assert bounced["ses_message_id"] == outcomes[1]["recipients"][0]["ses_message_id"]
    assert bounced["advice"]
    assert recipient(connected, "INV-3")["notes"][0]["text"]  # the automatic reply is no status
    assert recipient(connected, "INV-4")["delivered_at"] is not None
    listed = connected.json("documents", "--delivery", "bounced")
    assert [document["number"] for document in listed] == ["INV-2"]
    assert listed[0]["unresolved_failure"] is True


def test_a_resend_to_a_better_address_settles_the_bounce(connected: Office) -> None:
    connected.json("send", "INV-2")
    connected.pull_until(lambda: is_reported(connected, "INV-2"))
    connected.json("resend", "INV-2", "--to", f"success+new@{_SIMULATED}", "--yes")
    connected.pull_until(lambda: connected.words()["INV-2"] == "DELIVERED")
    history = connected.json("log", "INV-2")
    assert [email["kind"] for email in history["emails"]] == ["resend", "original"]
    assert [email["delivery"] for email in history["emails"]] == ["DELIVERED", "BOUNCED"]
    assert {email["sent_by"] for email in history["emails"]} == {"anna"}
    assert history["document"]["send_count"] == 2
    assert connected.json("documents", "--delivery", "bounced") == []


def test_the_log_is_readable_without_json_too(connected: Office) -> None:
    connected.json("send", "INV-2")
    connected.pull_until(lambda: is_reported(connected, "INV-2"))
    text = connected.ok("log", "INV-2").out
    assert "BOUNCED" in text
    assert "server said" in text
    assert "550 5.1.1" in text


# ------------------------------------------------------------------- what leaves the house


def test_what_was_written_is_what_arrives(connected: Office, aws: Aws) -> None:
    attachment = connected.write("offer.pdf", b"%PDF-1.7 hello")
    connected.json(
        "send", "EST-1", "--subject", "Ihr Angebot für März",
        "--message", "Grüße\nvon uns", "--attach", attachment, "--cc", f"success+cc@{_SIMULATED}",
    )  # fmt: skip
    assert aws.sent_to() == [f"success@{_SIMULATED}", f"success+cc@{_SIMULATED}"]
    raw = base64.b64decode(aws.simulator.sent()[0]["raw_base64"])
    message = message_from_bytes(raw, policy=modern)
    assert message["Subject"] == "Ihr Angebot für März"
    assert message["Cc"] == f"success+cc@{_SIMULATED}"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["Grüße", "von", "uns"]
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("offer.pdf", b"%PDF-1.7 hello")
    (kept,) = connected.json("log", "EST-1")["emails"]
    assert [(a["name"], a["size"]) for a in kept["attachments"]] == [("offer.pdf", 14)]


def test_a_follow_up_says_which_document_it_is_about(connected: Office, aws: Aws) -> None:
    connected.json("send", "INV-1")
    connected.json("follow-up", "INV-1", "--yes")
    subject = message_from_bytes(
        base64.b64decode(aws.simulator.sent()[-1]["raw_base64"]), policy=modern
    )["Subject"]
    assert subject == "Following up on invoice INV-1"


# ------------------------------------------------------------------- the gate


def test_a_suppressed_address_is_refused_by_name_and_nothing_leaves(
    connected: Office, aws: Aws
) -> None:
    aws.suppress(f"success@{_SIMULATED}", "BOUNCE")
    answer = connected.run("follow-up", "INV-1", "--yes", "--json")
    assert answer.code == 1
    (outcome,) = answer.json
    assert (outcome["verdict"], outcome["email_id"]) == ("refuse", None)
    (reason,) = outcome["reasons"]
    assert reason["code"] == "suppressed"
    assert "hard bounce since 20 Jan 2026" in reason["detail"]
    assert "hard bounce" in answer.err
    assert aws.sent_to() == []


def test_without_yes_what_the_gate_asks_stops_a_script_with_3(connected: Office, aws: Aws) -> None:
    connected.ok("send", "PAID-1")
    answer = connected.run("follow-up", "PAID-1", "--json")
    assert answer.code == 3
    assert answer.json[0]["verdict"] == "ask"
    assert "document_settled" in reasons(answer.json)
    assert "--yes" in answer.err
    assert len(aws.sent_to()) == 1
    assert connected.run("follow-up", "PAID-1", "--yes").code == 0
    assert len(aws.sent_to()) == 2


def test_a_follow_up_on_what_another_program_sent_is_still_a_follow_up(connected: Office) -> None:
    """An imported document was most often emailed before Outtray came."""
    assert connected.run("follow-up", "PAID-1").code == 3
    connected.ok("follow-up", "INV-1")
    (email,) = connected.json("log", "INV-1")["emails"]
    assert (email["kind"], email["subject"]) == ("follow_up", "Following up on invoice INV-1")


@pytest.mark.parametrize("shortened", ["--y", "--ye"])
def test_yes_is_never_guessed_from_less(connected: Office, shortened: str) -> None:
    assert connected.run("follow-up", "PAID-1", shortened).code == 2


def test_a_customer_without_an_address_is_refused(connected: Office) -> None:
    answer = connected.run("send", "INV-6", "--yes", "--json")
    assert answer.code == 1
    assert reasons(answer.json) == ["no_address"]


def test_an_address_with_a_second_recipient_inside_is_refused(connected: Office, aws: Aws) -> None:
    sly = f"success@{_SIMULATED}\r\nBcc: thief@example.org"
    answer = connected.run("send", "INV-1", "--to", sly, "--yes", "--json")
    assert answer.code == 1
    assert "syntax" in reasons(answer.json)
    assert aws.sent_to() == []


def test_one_failure_among_several_does_not_stop_the_others(connected: Office, aws: Aws) -> None:
    answer = connected.run("send", "NOPE", "INV-6", "INV-1", "--yes", "--json")
    assert answer.code == 1
    assert [o["verdict"] for o in answer.json] == ["refuse", "refuse", "allow"]
    assert aws.sent_to() == [f"success@{_SIMULATED}"]


def test_the_worse_answer_decides_the_exit_code(connected: Office) -> None:
    connected.ok("send", "PAID-1")
    assert connected.run("follow-up", "PAID-1", "INV-2").code == 3
    assert connected.run("follow-up", "PAID-1", "NOPE").code == 1


# ------------------------------------------------------------------- when AWS is not there


def test_a_refusal_of_ses_is_told_and_the_email_is_failed(connected: Office) -> None:
    answer = connected.run(
        "send", "INV-1", "--yes", "--json", OUTTRAY_CONFIGURATION_SET="not-there"
    )
    assert answer.code == 1
    (told,) = answer.json[0]["recipients"]
    assert told["status"] == "FAILED"
    assert "not-there" in told["error"]
    assert connected.words()["INV-1"] == "FAILED"


def test_a_stopped_stand_in_is_told_with_the_next_step(stocked: Office) -> None:
    stocked.environment |= {
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "OUTTRAY_FROM": "billing@example.org",
        "OUTTRAY_QUEUE_URL": "http://127.0.0.1:9/1/q",
    }
    sent = stocked.run("send", "INV-1", "--yes", "--json")
    assert sent.code == 1
    (told,) = sent.json[0]["recipients"]
    assert told["status"] == "QUEUED"  # no connection: it cannot have been sent, and can wait
    assert "cannot be reached" in told["error"]
    assert "1 email wait" in sent.err
    pulled = stocked.run("events", "pull", "--once", "--json")
    assert (pulled.code, pulled.out) == (1, "")
    assert "cannot be reached" in pulled.err
    assert "try again" in pulled.err


def test_missing_credentials_are_told_with_the_next_step(stocked: Office) -> None:
    stocked.environment |= {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9",
        "OUTTRAY_FROM": "billing@example.org",
        "OUTTRAY_QUEUE_URL": "http://127.0.0.1:9/1/q",
    }
    for command in (("send", "INV-1", "--yes"), ("events", "pull", "--once")):
        answer = stocked.run(*command)
        assert answer.code == 1
        assert "There are no AWS credentials" in answer.err
        assert "AWS_PROFILE" in answer.err


def test_a_queue_that_is_gone_is_told_by_name_of_the_setting(connected: Office) -> None:
    gone = connected.environment["OUTTRAY_QUEUE_URL"] + "-gone"
    answer = connected.run("events", "pull", "--once", "--json", OUTTRAY_QUEUE_URL=gone)
    assert (answer.code, answer.out) == (1, "")
    assert "OUTTRAY_QUEUE_URL" in answer.err


def test_without_a_sender_nothing_is_sent(connected: Office, aws: Aws) -> None:
    answer = connected.run("send", "INV-1", "--yes", OUTTRAY_FROM="")
    assert answer.code == 1
    assert "OUTTRAY_FROM" in answer.err
    assert aws.sent_to() == []
