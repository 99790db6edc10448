"""``outtray outbox``: what waits, and what a script or a person may do about it."""

from __future__ import annotations

import threading

from tests.tui.cli.office import Aws, Office

_SIMULATED = "simulator.amazonses.com"


def test_what_is_sent_while_it_is_paused_waits_and_goes_out_when_it_is_resumed(
    connected: Office, aws: Aws
) -> None:
    connected.ok("outbox", "pause", "--note", "prices are wrong", OUTTRAY_OPERATOR="ben")
    sent = connected.run("send", "INV-1", "EST-1", "--yes", "--json")
    assert sent.code == 1
    assert [o["recipients"][0]["status"] for o in sent.json] == ["QUEUED", "QUEUED"]
    assert "2 emails wait in the outbox" in sent.err
    assert "Paused by ben" in sent.err
    assert aws.sent_to() == []

    listed = connected.json("outbox", "list")
    assert listed["progress"]["waiting"] == 2
    assert listed["holds"][0]["by"] == "ben"
    assert listed["holds"][0]["words"] == "prices are wrong"
    (batch,) = listed["batches"]
    assert (batch["waiting"], batch["queued_by"]) == (2, "anna")
    text = connected.ok("outbox", "list")
    assert "prices are wrong" in text.err
    assert "INV-1" in text.out

    worked = connected.run("outbox", "work", "--json")
    assert (worked.code, worked.json["sent"], worked.json["waiting"]) == (1, 0, 2)
    connected.ok("outbox", "resume")
    worked = connected.json("outbox", "work", "--once")
    assert (worked["sent"], worked["waiting"]) == (2, 0)
    assert len(aws.sent_to()) == 2
    assert connected.json("outbox", "list")["entries"] == []
    assert connected.json("outbox", "work")["sent"] == 0


def test_what_waits_can_be_cancelled_by_number_or_by_batch(connected: Office, aws: Aws) -> None:
    connected.ok("outbox", "pause")
    connected.run("send", "INV-1", "INV-2", "EST-1", "--yes")
    assert connected.json("outbox", "cancel", "INV-2")["cancelled"] == 1
    (batch,) = connected.json("outbox", "list")["batches"]
    assert connected.json("outbox", "cancel", "--batch", batch["batch_id"])["cancelled"] == 2
    assert connected.run("outbox", "cancel", "INV-2").code == 1
    assert connected.run("outbox", "cancel").code == 2
    connected.ok("outbox", "resume")
    connected.ok("outbox", "work")
    assert aws.sent_to() == []
    assert connected.words()["INV-1"] == "NEVER_SENT"
    (email,) = connected.json("log", "INV-1")["emails"]
    assert email["recipients"][0]["status"] == "CANCELLED"


def test_a_lost_answer_is_settled_by_a_person_with_a_note(connected: Office, aws: Aws) -> None:
    aws.simulator.set_faults(fail=1)
    assert connected.run("send", "INV-1", "--yes").code == 1
    assert connected.run("outbox", "settle", "INV-1", "--sent").code == 2  # how do you know?
    (told,) = connected.json(
        "outbox", "settle", "INV-1", "--not-sent", "--note", "not in the console"
    )
    assert told["status"] == "FAILED"
    assert "says anna" in told["error"]
    assert told["error"].endswith("not in the console")
    answer = connected.run("outbox", "settle", "INV-1", "--sent", "--note", "x")
    assert answer.code == 1
    assert "no unconfirmed email" in answer.err
    (email,) = connected.json("log", "INV-1")["emails"]
    assert email["delivery"] == "FAILED"


def test_throttling_slows_a_batch_down_and_everything_arrives(connected: Office, aws: Aws) -> None:
    aws.simulator.set_faults(throttle=2)
    outcomes = connected.json("send", "INV-1", "INV-2", "INV-3", "INV-4", "--yes")
    assert {o["recipients"][0]["status"] for o in outcomes} == {"SENT"}
    assert len(aws.sent_to()) == len(set(aws.sent_to())) == 4


def test_the_same_number_twice_is_sent_once(connected: Office, aws: Aws) -> None:
    answer = connected.run("send", "INV-1", "INV-1", "--json")
    assert answer.code == 3
    assert [o["email_id"] is None for o in answer.json] == [False, True]
    assert len(aws.sent_to()) == 1


def test_an_email_that_is_too_large_is_refused_with_its_size(connected: Office, aws: Aws) -> None:
    big = connected.write("big.pdf", b"x" * (31 * 1024 * 1024))
    answer = connected.run("send", "INV-1", "--attach", big, "--yes", "--json")
    assert answer.code == 1
    (reason,) = answer.json[0]["reasons"]
    assert reason["code"] == "too_large"
    assert "42.4 MB" in reason["title"]
    assert aws.sent_to() == []


def test_following_works_until_it_is_stopped(connected: Office, aws: Aws) -> None:
    import signal
    import subprocess
    import time

    from tests.tui.cli.office import COMMAND

    worker = subprocess.Popen(
        [COMMAND, "outbox", "work", "--follow", "--json"],
        env=connected.environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    give_up = threading.Timer(50, worker.kill)
    give_up.start()
    connected.ok("outbox", "pause")
    connected.run("send", "INV-1", "INV-2", "--yes")
    connected.ok("outbox", "resume")
    deadline = time.monotonic() + 40
    while len(aws.sent_to()) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=20)
    give_up.cancel()
    assert worker.returncode == 0
    assert '"sent": ' in out
    assert len(aws.sent_to()) == 2


def test_what_waits_is_not_sent_a_second_time_by_yes_but_by_again(
    connected: Office, aws: Aws
) -> None:
    connected.ok("outbox", "pause")
    connected.run("send", "INV-1", "--yes")
    for command in ("send", "follow-up", "resend"):
        stopped = connected.run(command, "INV-1", "--yes", "--json")
        assert (stopped.code, stopped.json[0]["email_id"]) == (3, None)
        assert "sent no second time" in stopped.err
        assert "--yes --again" in stopped.err
        assert "nothing was sent" not in stopped.err
    several = connected.run("send", "INV-1", "EST-1", "--yes", "--json")
    assert [each["email_id"] is None for each in several.json] == [True, False]
    again = connected.run("send", "INV-1", "--yes", "--again", "--json")
    assert again.json[0]["recipients"][0]["status"] == "QUEUED"
    connected.ok("outbox", "resume")
    connected.ok("outbox", "work")
    assert len(aws.sent_to()) == 3


def test_several_lost_answers_are_settled_at_once_with_one_note(
    connected: Office, aws: Aws
) -> None:
    aws.simulator.set_faults(fail=2)
    connected.run("send", "INV-1", "--yes")
    connected.run("send", "INV-2", "--yes")
    assert connected.run("outbox", "settle", "--not-sent", "--note", "x").code == 2  # which?
    told = connected.json("outbox", "settle", "--all", "--not-sent", "--note", "not in the console")
    assert [(each["number"], each["status"]) for each in told] == [
        ("INV-1", "FAILED"),
        ("INV-2", "FAILED"),
    ]
    assert all(each["error"].endswith("not in the console") for each in told)
    nothing = connected.run("outbox", "settle", "--all", "--sent", "--note", "x")
    assert (nothing.code, "Nothing is unconfirmed" in nothing.err) == (1, True)


def test_two_documents_are_settled_by_their_numbers(connected: Office, aws: Aws) -> None:
    aws.simulator.set_faults(fail=2)
    connected.run("send", "INV-1", "--yes")
    connected.run("send", "INV-2", "--yes")
    text = connected.ok("outbox", "settle", "INV-1", "INV-2", "--sent", "--note", "Ann has both")
    assert "2 emails settled as sent" in text.err + text.out


def test_an_outage_ends_the_command_with_one_and_says_why_and_what_next(
    connected: Office, aws: Aws
) -> None:
    connected.ok("outbox", "pause")
    connected.run("send", "INV-1", "INV-2", "INV-3", "INV-4", "--yes")
    connected.ok("outbox", "resume")
    aws.simulator.set_faults(fail=True)
    worked = connected.run("outbox", "work", "--once")
    assert worked.code == 1
    assert "Sending is on hold since" in worked.err + worked.out
    assert "Trying one more at" in worked.err + worked.out
    (hold,) = connected.json("outbox", "list")["holds"]
    assert (hold["name"], bool(hold["retry_at"])) == ("brake", True)
    direct = connected.run("send", "EST-1", "--yes", "--json")
    assert direct.code == 1
    assert direct.json[0]["recipients"][0]["status"] == "QUEUED"
    aws.simulator.set_faults(fail=False)
    assert "It goes on" in connected.ok("outbox", "resume").err
    assert connected.json("outbox", "work", "--once")["waiting"] == 0
