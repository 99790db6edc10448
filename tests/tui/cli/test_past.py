"""``outtray log NUMBER --as-of TIME``, and who opened an email, on the generated company."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.tui.cli.office import Office


@pytest.fixture
def generated(office: Office, company_file: Path) -> Office:
    office.database.parent.mkdir(parents=True)
    shutil.copy(company_file, office.database)
    return office


def number_where(office: Office, condition: str) -> str:
    with sqlite3.connect(office.database) as connection:
        (number,) = connection.execute(
            f"SELECT number FROM documents d WHERE {condition} ORDER BY id LIMIT 1"  # noqa: S608
        ).fetchone()
    return str(number)


def test_the_log_of_a_moment_knows_what_had_been_received_by_then(generated: Office) -> None:
    number = number_where(generated, "word = 'BOUNCED' AND send_count > 1")
    now = generated.json("log", number)
    assert now["as_of"] is None
    before, last = now["moments"][-2:]
    then = generated.json("log", number, "--as-of", before)
    assert then["as_of"] == before
    assert then["document"]["delivery"] == "SENT"
    assert then["emails"][0]["recipients"][0]["diagnostic"] is None
    assert then["emails"][1:] == now["emails"][1:]
    assert generated.json("log", number, "--as-of", last) == {**now, "as_of": last}


def test_before_everything_there_is_nothing(generated: Office) -> None:
    number = number_where(generated, "send_count > 1")
    then = generated.json("log", number, "--as-of", "2001-01-01")
    assert (then["emails"], then["document"]["delivery"]) == ([], "NEVER_SENT")
    assert then["as_of"] == "2001-01-01T23:59:59.999999Z"
    text = generated.ok("log", number, "--as-of", "2001-01-01 08:30", TZ="Europe/Zurich").out
    assert "As known on 1 Jan 2001 08:30:00, not as it is now." in text
    assert "Nothing was sent yet." in text


@pytest.mark.parametrize("time", ["soon", "9000-01-01", "", "2026-99-99"])
def test_a_time_that_cannot_be_is_wrong_usage(stocked: Office, time: str) -> None:
    answer = stocked.run("log", "INV-1", "--as-of", time, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "outtray: " in answer.err


def test_the_log_says_who_opened_it(generated: Office) -> None:
    by_program = number_where(generated, "word = 'OPENED' AND by_program > 0 AND recipients = 1")
    (recipient,) = generated.json("log", by_program)["emails"][0]["recipients"]
    assert (recipient["status"], recipient["opened_by"]) == ("OPENED", "maybe a program")
    assert recipient["clicked_by"] is None
    text = generated.ok("log", by_program).out
    assert "OPENED ?" in text.splitlines()[0]
    assert "opened, maybe by a program (a mail service fetching images in advance)" in text

    by_person = number_where(generated, "word = 'CLICKED' AND by_program = 0")
    (recipient,) = generated.json("log", by_person)["emails"][0]["recipients"]
    assert (recipient["opened_by"], recipient["clicked_by"]) == ("person", "person")

    silent = number_where(generated, "word = 'DELIVERED' AND recipients = 1")
    (recipient,) = generated.json("log", silent)["emails"][0]["recipients"]
    assert recipient["opened_by"] is None
