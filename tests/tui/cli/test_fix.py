"""``outtray fix``: one address corrected, everything that failed on it sent again."""

from __future__ import annotations

import pytest

from tests.tui.cli.office import CUSTOMERS, Aws, Office

_SIMULATED = "simulator.amazonses.com"
OLD, NEW = f"bounce@{_SIMULATED}", f"success+new@{_SIMULATED}"


@pytest.fixture
def bounced(connected: Office) -> Office:
    """INV-2 has bounced at OLD."""
    connected.json("send", "INV-2")
    connected.pull_until(lambda: connected.words()["INV-2"] == "BOUNCED")
    return connected


def email_of(office: Office, name: str) -> str:
    (found,) = office.json("customers", name)
    return str(found["email"])


def test_an_address_is_corrected_and_what_failed_there_is_sent_again(
    bounced: Office, aws: Aws
) -> None:
    first = bounced.json("fix", OLD, NEW)
    assert (first["saved"], first["customers"], first["sent"]) == (True, ["Hollow Mailbox Ltd"], [])
    assert [(w["number"], w["status"], w["offered"]) for w in first["waiting"]] == [
        ("INV-2", "BOUNCED", True)
    ]
    assert email_of(bounced, "Hollow") == NEW
    assert aws.sent_to() == [OLD]
    # a second time there is nothing to save, but what failed still waits
    again = bounced.json("fix", OLD, NEW, "--resend", "--yes")
    assert again["customers"] == []
    assert [(s["number"], s["recipients"][0]["address"]) for s in again["sent"]] == [("INV-2", NEW)]
    bounced.pull_until(lambda: bounced.words()["INV-2"] == "DELIVERED")
    assert bounced.json("documents", "--delivery", "bounced") == []
    assert bounced.json("fix", OLD, NEW, "--resend")["sent"] == []


def test_the_next_import_does_not_undo_it_and_says_so(bounced: Office) -> None:
    bounced.json("fix", OLD, NEW)
    (report,) = bounced.json("import", bounced.write("c.csv", CUSTOMERS))
    kept = {"customer": "Hollow Mailbox Ltd", "imported": OLD, "kept": NEW}
    assert report["kept_corrections"] == [kept]
    assert email_of(bounced, "Hollow") == NEW
    told = bounced.ok("import", bounced.folder / "c.csv").err
    assert "the file still says" in told


def test_an_impossible_address_is_refused_and_nothing_changes(
    stocked: Office,
) -> None:
    refused = stocked.run("fix", OLD, "nobody", "--json")
    assert (refused.code, refused.json["saved"]) == (1, False)
    assert refused.json["reasons"][0]["code"] == "syntax"
    assert email_of(stocked, "Hollow") == OLD


def test_a_slip_is_saved_with_yes_only(connected: Office) -> None:
    asked = connected.run("fix", OLD, "ben@gmial.com", "--json")
    assert (asked.code, asked.json["verdict"]) == (3, "ask")
    assert asked.json["reasons"][0]["proposal"] == "ben@gmail.com"
    assert "did you mean gmail.com?" in asked.err
    assert email_of(connected, "Hollow") == OLD
    connected.ok("fix", OLD, "ben@gmial.com", "--yes")
    assert email_of(connected, "Hollow") == "ben@gmial.com"


def test_an_address_that_nobody_has_is_said_in_words(stocked: Office) -> None:
    answer = stocked.run("fix", "who@x.example", NEW)
    assert answer.code == 1
    assert "No customer has" in answer.err
    narrowed = stocked.run("fix", OLD, NEW, "--customer", "Nordwind")
    assert narrowed.code == 1
    assert email_of(stocked, "Hollow") == OLD
