"""``outtray snooze``, ``call``, ``export evidence`` and ``documents --delivery needs_call``."""

from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tui.cli.office import Aws, Office


def far() -> str:
    return (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


def test_a_promise_is_kept_shown_asked_for_and_lifted(connected: Office) -> None:
    until = far()
    connected.ok("send", "INV-1", "--yes")
    made = connected.json("snooze", "INV-1", "--until", until, "--promise", "--note", "by phone")
    assert (made["number"], made["customer"]) == ("INV-1", "Nordwind GmbH")
    (held,) = made["in_force"]
    assert (held["kind"], held["until"], held["note"], held["by"], held["whole_customer"]) == (
        "promise", until, "by phone", "anna", False,
    )  # fmt: skip
    (row,) = connected.json("documents", "--delivery", "snoozed")
    assert (row["number"], row["snoozed_until"]) == ("INV-1", until)
    asked = connected.run("follow-up", "INV-1", "--json")
    assert asked.code == 3
    codes = {reason["code"]: reason["weight"] for reason in asked.json[0]["reasons"]}
    assert codes["held"] == "ask"
    assert "zz" in connected.ok("documents").out
    lifted = connected.json("snooze", "INV-1", "--lift", "--note", "paid")
    assert (lifted["in_force"], [h["until"] for h in lifted["history"]]) == ([], [None, until])
    again = connected.run("snooze", "INV-1", "--lift")
    assert (again.code, again.out) == (1, "")
    assert "Nothing holds back chasing" in again.err


def test_a_whole_customer_is_put_off(stocked: Office) -> None:
    made = stocked.json("snooze", "--customer", "nordwind", "--until", "+2w", "--dispute")
    assert (made["number"], made["in_force"][0]["whole_customer"]) == (None, True)
    found = stocked.json("documents", "--delivery", "snoozed")
    assert {row["number"] for row in found} == {"INV-1", "PAID-1", "EST-1"}
    (customer,) = stocked.json("customers", "Nordwind")
    assert customer["snoozed_until"] == made["in_force"][0]["until"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("snooze",),
        ("snooze", "INV-1", "--until", "yesterday"),
        ("snooze", "INV-1", "--until", "2020-01-01"),
        ("snooze", "INV-1", "--promise"),
        ("snooze", "INV-1", "--until", "friday", "--lift"),
        ("call", "INV-1"),
        ("call", "INV-1", "--note", "x", "--outcome", "shouted"),
        ("call", "INV-1", "--note", "x", "--until", "friday"),
        ("call", "INV-1", "--note", "x", "--at", "soon"),
    ],
)
def test_wrong_words_are_wrong_usage(stocked: Office, arguments: tuple[str, ...]) -> None:
    answer = stocked.run(*arguments, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "Nothing" not in stocked.ok("log", "INV-1").out.replace("Nothing was sent yet.", "")


def test_a_call_stands_in_the_log_and_leaves_the_emails_alone(connected: Office) -> None:
    connected.ok("send", "INV-1", "--yes")
    before = connected.json("log", "INV-1")
    made = connected.json(
        "call", "INV-1", "--note", "pays \x1b[2J soon", "--outcome", "promised", "--until", "+2w",
        "--contact", "Ada",
    )  # fmt: skip
    assert (made["outcome"], made["contact"]) == ("promised", "Ada")
    after = connected.json("log", "INV-1")
    assert [e["id"] for e in after["emails"]] == [e["id"] for e in before["emails"]]
    (call,) = after["calls"]
    assert set(call) == {"at", "by", "contact", "outcome", "note"}
    assert after["document"]["snoozed_until"] == made["snoozed_until"]
    text = connected.ok("log", "INV-1").out
    assert "☎ Call  promised · Ada" in text
    assert "\x1b" not in text
    assert text.index("☎ Call") < text.index("Original")
    then = connected.json("log", "INV-1", "--as-of", before["moments"][-1])
    assert (then["calls"], then["snoozes"]) == ([], [])


def test_who_needs_a_call_is_listed_with_the_reason(office: Office, company_file: Path) -> None:
    office.database.parent.mkdir(parents=True)
    shutil.copy(company_file, office.database)
    found = office.json("documents", "--delivery", "needs_call", "--limit", "0")
    assert found
    assert all(row["needs_call"] and row["balance_due"] != "0.00" for row in found)
    number = found[0]["number"]
    assert "☎ Needs a call: " in office.ok("log", number).out
    assert office.json("log", number)["phone"]
    assert sum(c["needs_call"] for c in office.json("customers", "--limit", "0")) == len(found)
    office.ok("call", number, "--note", "no answer", "--outcome", "no-answer")
    left = office.json("documents", "--delivery", "needs_call", "--limit", "0")
    assert {row["number"] for row in left} == {row["number"] for row in found} - {number}
    assert office.ok("db", "check").code == 0


def test_evidence_is_written_once_and_refused_where_there_is_none(
    connected: Office, aws: Aws
) -> None:
    connected.ok("send", "INV-1", "--yes")
    target = connected.folder / "proof.zip"
    made = connected.json("export", "evidence", "INV-1", "--to", target)
    assert (made["path"], made["emails"]) == (str(target), 1)
    (sent,) = aws.simulator.sent()
    with zipfile.ZipFile(target) as archive:
        (email,) = [name for name in archive.namelist() if name.endswith(".eml")]
        assert archive.read(email) == sent["raw"].encode()
        assert len(archive.namelist()) == made["files"]
    assert connected.run("export", "evidence", "INV-1", "--to", target).code == 2
    nothing = connected.run("export", "evidence", "INV-3", "--json")
    assert (nothing.code, nothing.out) == (1, "")
    assert "Nothing was sent about INV-3" in nothing.err
    assert connected.ok("export", "evidence", "INV-1").code == 0
    assert (connected.folder / "evidence-INV-1" / "SHA256SUMS").is_file()
