"""Inputs of a size that nobody means well, to the installed command and in a real terminal."""

from __future__ import annotations

import os
from pathlib import Path

import boto3

from bench.hostile_sizes import office as hostile
from bench.hostile_sizes.cases import cases
from bench.hostile_sizes.office import event
from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, CUSTOMERS, DOCUMENTS, Office

LETTERS = 100_000


#: Of the bench, which takes minutes: those that hung, or showed a traceback.
FAULTS_OF_BEFORE = (
    "(?:a|aa)+$ on aaaaaaaaaaaa…",
    "20,000 (",
    "1 MB of '\\n'",
    "50,000 dotted keys",
    "one key of 50,000 dots",
    "100,000 brackets",
    "a sum of 20,000 terms: check",
    "100,000 lines of {: parse",
    "'postgresql://u:s3cr%5Bet@h:bad/db' customers",
    "'mysql://u:s3cr%5Bet@h/db' customers",
)


def test_each_is_answered_in_words(tmp_path: Path) -> None:
    place = hostile.Office(tmp_path)
    runs = [place.run(case) for case in cases() if case.name in FAULTS_OF_BEFORE]
    assert {run.case.name: run.faults for run in runs} == dict.fromkeys(FAULTS_OF_BEFORE, ())


def test_a_filter_of_100_000_letters_is_told_to_be_too_long(office: Office) -> None:
    office.ok("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind")
        terminal.press("tab", "a")
        terminal.wait("INV-1")
        terminal.press("/")
        began = processor_seconds(terminal.pid)
        terminal.paste("bounced (" * (LETTERS // 9))
        terminal.wait("The line is too long")
        assert processor_seconds(terminal.pid) - began < 2
        terminal.press("escape", "escape")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0


def test_a_subject_that_holds_up_the_pattern_is_said_and_its_report_is_kept(
    working: Office,
) -> None:
    sqs = boto3.client(
        "sqs",
        region_name=working.environment["AWS_REGION"],
        endpoint_url=working.environment["AWS_ENDPOINT_URL_SQS"],
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    sqs.send_message(
        QueueUrl=working.environment["OUTTRAY_QUEUE_URL"], MessageBody=event("a" * 380 + "!")
    )
    environment = {**working.environment, "OUTTRAY_NUMBER_PATTERN": "(?:a|aa)+$"}
    with Terminal([COMMAND], environment, cwd=working.folder) as terminal:
        terminal.wait("mail.number_pattern took too long on")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    (kept,) = working.json("events", "unlinked", "--all")
    assert kept["message_id"] == "0102-hostile"


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
