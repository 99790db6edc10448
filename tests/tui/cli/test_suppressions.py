"""``outtray suppressions``: both lists as one, with the exit codes of the contract."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.tui.cli.office import Aws, Office

ANN = "ann@customer.example"
MIXED = "Ann@Customer.Example"


@pytest.fixture
def listed(connected: Office, aws: Aws) -> Office:
    """One hard bounce in mixed case, one complaint, one of our own."""
    aws.suppress(MIXED, "BOUNCE", "ses-1")
    aws.suppress("angry@x.example", "COMPLAINT")
    connected.ok("suppressions", "add", "stop@x.example", "--reason", "asked us to stop")
    return connected


def addresses(office: Office, *arguments: str) -> list[str]:
    found = office.json("suppressions", "list", *arguments)
    return sorted(row["address"] for row in found)


def test_both_lists_are_listed_as_one(listed: Office) -> None:
    rows = {row["address"]: row for row in listed.json("suppressions", "list")}
    assert set(rows) == {MIXED, "angry@x.example", "stop@x.example"}
    assert rows[MIXED]["lists"] == ["ses"]
    assert rows[MIXED]["since"] == "2026-01-20T10:00:00Z"
    assert rows["angry@x.example"]["complaint"] is True
    ours = rows["stop@x.example"]
    assert (ours["lists"], ours["reason"], ours["added_by"]) == (
        ["own"],
        "asked us to stop",
        "anna",
    )
    assert rows[MIXED]["caused_by"] is None


def test_the_list_can_be_narrowed(listed: Office) -> None:
    assert addresses(listed, "--only", "ours") == ["stop@x.example"]
    assert addresses(listed, "--only", "complaints") == ["angry@x.example"]
    assert addresses(listed, "ANN@") == [MIXED]
    answer = listed.ok("suppressions", "list", "--limit", "1")
    assert "1 of 3 addresses" in answer.err


def test_without_a_network_ours_is_listed_and_the_command_fails_in_words(stocked: Office) -> None:
    stocked.environment |= {
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:9",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    stocked.run("suppressions", "add", "stop@x.example", "--reason", "asked")
    answer = stocked.run("suppressions", "list", "--json")
    assert answer.code == 1
    assert [row["address"] for row in answer.json] == ["stop@x.example"]
    assert "SES cannot be reached" in answer.err
    assert "Only our own list is shown" in answer.err


@pytest.mark.parametrize(
    ("address", "code", "verdict"),
    [
        (ANN, 1, "refuse"),
        ("stop@x.example", 1, "refuse"),
        ("fine@x.example", 0, "allow"),
        ("ann@", 1, "refuse"),
    ],
)
def test_check_gives_the_gates_words_and_code(
    listed: Office, address: str, code: int, verdict: str
) -> None:
    answer = listed.run("suppressions", "check", address, "--json")
    assert (answer.code, answer.json["verdict"]) == (code, verdict)


def test_an_entry_is_removed_in_its_own_spelling_and_the_rest_is_told(
    listed: Office, aws: Aws
) -> None:
    answer = listed.ok("suppressions", "remove", ANN, "--reason", "new mailbox", "--json")
    assert answer.json["done"] is True
    assert [(p["list"], p["address"], p["outcome"]) for p in answer.json["parts"]] == [
        ("ses", MIXED, "done")
    ]
    assert "next hard bounce" in answer.err
    assert MIXED not in addresses(listed)


def test_a_complaint_asks_for_the_address_once_more(listed: Office) -> None:
    command = ("suppressions", "remove", "angry@x.example", "--reason", "they wrote to us")
    for more in ((), ("--yes-complaint", "other@x.example")):
        answer = listed.run(*command, *more)
        assert answer.code == 3
        assert "marked our email as spam" in answer.err
    assert "angry@x.example" in addresses(listed)
    listed.ok(*command, "--yes-complaint", "angry@x.example")
    assert "angry@x.example" not in addresses(listed)


def test_half_a_removal_fails_and_says_what_was_done(listed: Office, aws: Aws) -> None:
    address = "sales/ann@x.example"
    aws.suppress(address, "BOUNCE")
    listed.ok("suppressions", "add", address, "--reason", "asked us")
    answer = listed.run("suppressions", "remove", address, "--reason", "why")
    assert answer.code == 1
    assert "removed from our own list" in answer.err
    assert "NOT removed from SES's list" in answer.err
    assert "slash" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("remove", "nobody@x.example", "--reason", "why"), 1),
        (("remove", ANN), 2),
        (("remove", ANN, "--reason", " "), 2),
        (("add", "ann@", "--reason", "why"), 2),
        (("add", ANN), 2),
        (("import", "missing.csv"), 1),
        ((), 2),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(
    listed: Office, arguments: tuple[str, ...], code: int
) -> None:
    assert listed.run("suppressions", *arguments).code == code


def test_an_address_can_go_on_ses_list(connected: Office, aws: Aws) -> None:
    connected.ok("suppressions", "add", ANN, "--reason", "spam trap", "--ses", "complaint")
    (row,) = connected.json("suppressions", "list")
    assert (row["lists"], row["complaint"], row["added_by"]) == (["ses"], True, "anna")


def test_a_list_is_imported_and_its_bad_lines_are_named(connected: Office) -> None:
    path = connected.write("list.csv", "address,reason,since\nann@x.example,asked us,\nnobody,,\n")
    answer = connected.ok("suppressions", "import", path, "--dry-run", "--json")
    assert (answer.json["created"], addresses(connected)) == (1, [])
    answer = connected.ok("suppressions", "import", path, "--json")
    assert [(r["line"], r["field"]) for r in answer.json["rejected"]] == [(3, "address")]
    assert "list.csv, line 3: address:" in answer.err
    assert addresses(connected) == ["ann@x.example"]


def test_a_file_without_one_good_line_fails(connected: Office) -> None:
    path = connected.write("list.txt", "nobody\nnothing\n")
    assert connected.run("suppressions", "import", path).code == 1


def test_an_export_runs_in_no_spreadsheet_and_can_be_imported_again(
    listed: Office, aws: Aws
) -> None:
    listed.ok("suppressions", "add", "+tag@x.example", "--reason", "=1+1")
    answer = listed.ok("suppressions", "export")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    (formula,) = [row for row in rows if "tag" in row["address"]]
    assert (formula["address"], formula["reason"]) == ("'+tag@x.example", "'=1+1")
    path = listed.folder / "out.csv"
    listed.ok("suppressions", "export", path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert listed.run("suppressions", "export", path).code == 2, "no file is replaced"
    listed.ok("suppressions", "remove", "+tag@x.example", "--reason", "try")
    imported = listed.json("suppressions", "import", path)
    assert imported["rejected"] == []
    assert "+tag@x.example" in addresses(listed, "--only", "ours")


def test_an_export_as_json_is_the_list(listed: Office) -> None:
    path = listed.folder / "out.json"
    listed.ok("suppressions", "export", path, "--json")
    written = json.loads(path.read_text())
    assert {row["address"] for row in written} == {MIXED, "angry@x.example", "stop@x.example"}


def test_a_suppressed_send_is_refused_in_any_case_and_goes_after_the_release(
    connected: Office, aws: Aws
) -> None:
    aws.suppress("Success@Simulator.AmazonSES.com", "BOUNCE")
    refused = connected.run("send", "INV-1", "--json")
    assert refused.code == 1
    assert [reason["code"] for reason in refused.json[0]["reasons"]] == ["suppressed"]
    connected.ok("suppressions", "remove", "success@simulator.amazonses.com", "--reason", "works")
    connected.ok("send", "INV-1")
    assert aws.sent_to() == ["success@simulator.amazonses.com"]
