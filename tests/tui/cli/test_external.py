"""``events unlinked|link``: other programs' emails, listed and linked by hand."""

from __future__ import annotations

import json

import pytest

from tests.tui.cli.office import Office


def told(message_id: str, subject: str, to: str) -> str:
    return json.dumps(
        {
            "eventType": "Delivery",
            "mail": {
                "timestamp": "2026-01-20T09:00:00.000Z",
                "messageId": message_id,
                "source": "shop@outtray.example",
                "destination": [to],
                "tags": {"ses:configuration-set": ["outtray"]},
                "commonHeaders": {"subject": subject, "to": [to]},
            },
            "delivery": {"timestamp": "2026-01-20T09:00:04.000Z", "recipients": [to]},
        }
    )


@pytest.fixture
def shop(stocked: Office) -> Office:
    """A shop wrote about INV-1 to its customer, about INV-2 to a stranger, and once of itself."""
    events = (
        told("0102-a", "Invoice INV-1", "success@simulator.amazonses.com"),
        told("0102-b", "INV-2 \u001b[2J", "x@else.example"),
        told("0102-c", "Opening hours", "x@else.example"),
    )
    report = stocked.json("events", "load", stocked.write("e.jsonl", "\n".join(events)))
    assert (report["applied"], report["unmatched"]) == (1, 2)
    return stocked


def test_what_is_certain_is_in_the_log_with_its_sender(shop: Office) -> None:
    (email,) = shop.json("log", "INV-1")["emails"]
    assert (email["kind"], email["sent_by"]) == ("external", "shop@outtray.example")
    assert (email["subject"], email["delivery"]) == ("Invoice INV-1", "DELIVERED")


def test_what_is_not_is_listed_with_what_it_may_be_about(shop: Office) -> None:
    (found,) = shop.json("events", "unlinked")
    assert found == {
        "message_id": "0102-b",
        "subject": "INV-2 \u001b[2J",
        "from": "shop@outtray.example",
        "to": ["x@else.example"],
        "at": "2026-01-20T09:00:00Z",
        "candidates": [{"number": "INV-2", "kind": "invoice", "customer": "Hollow Mailbox Ltd"}],
        "dismissed_by": None,
        "dismissed_at": None,
    }
    both = shop.json("events", "unlinked", "--all")
    assert {each["message_id"] for each in both} == {"0102-b", "0102-c"}
    assert len(shop.json("events", "unlinked", "--all", "--limit", "1")) == 1
    text = shop.ok("events", "unlinked").out
    assert "maybe INV-2" in text
    assert "\u001b" not in text


def test_what_is_about_no_document_is_hidden_until_that_is_taken_back(shop: Office) -> None:
    assert shop.json("events", "dismiss", "0102-b") == {"message_id": "0102-b", "dismissed": True}
    assert shop.json("events", "unlinked") == []
    hidden = {each["message_id"]: each for each in shop.json("events", "unlinked", "--all")}
    assert hidden["0102-b"]["dismissed_by"] == "anna"
    assert hidden["0102-b"]["dismissed_at"]
    assert hidden["0102-c"]["dismissed_by"] is None
    assert "about no document, said anna" in shop.ok("events", "unlinked", "--all").out
    assert shop.json("events", "dismiss", "0102-b", "--undo")["dismissed"] is False
    assert len(shop.json("events", "unlinked")) == 1
    again = shop.run("events", "dismiss", "0102-b", "--undo")
    assert (again.code, "Nobody said" in again.err) == (1, True)
    assert shop.run("events", "dismiss", "nothing").code == 1


def test_a_person_links_it_and_can_change_their_mind(shop: Office) -> None:
    done = shop.json("events", "link", "0102-b", "INV-2")
    assert (done["number"], done["customer"], done["applied"]) == ("INV-2", "Hollow Mailbox Ltd", 1)
    assert shop.json("events", "unlinked") == []
    (email,) = shop.json("log", "INV-2")["emails"]
    assert "anna" in email["notes"][0]["text"]
    assert shop.json("events", "link", "0102-b", "INV-3")["email_id"] == done["email_id"]
    assert shop.words()["INV-2"] == "NEVER_SENT"
    assert shop.words()["INV-3"] == "DELIVERED"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("0102-b", "INV-99"), 1),
        (("0102-nobody", "INV-1"), 1),
        (("0102-b",), 2),
        ((), 2),
        (("--again", "0102-b", "INV-1"), 2),
    ],
)
def test_a_link_that_cannot_be_made_says_so(
    shop: Office, arguments: tuple[str, ...], code: int
) -> None:
    answer = shop.run("events", "link", *arguments, "--json")
    assert (answer.code, answer.out) == (code, "")
    assert answer.err


def test_looking_again_finds_what_another_pattern_allows(stocked: Office) -> None:
    event = told("0102-a", "Invoice INV-1", "success@simulator.amazonses.com")
    stocked.ok("events", "load", stocked.write("e.json", event), OUTTRAY_NUMBER_PATTERN=r"X(\d+)")
    assert stocked.json("log", "INV-1")["emails"] == []
    assert stocked.json("events", "link", "--again") == {
        "examined": 1, "linked": 1, "applied": 1, "unsearched": 0,
    }  # fmt: skip
    assert len(stocked.json("log", "INV-1")["emails"]) == 1


def test_a_bad_pattern_names_its_place(stocked: Office) -> None:
    answer = stocked.run("customers", OUTTRAY_NUMBER_PATTERN="(")
    assert (answer.code, answer.out) == (2, "")
    assert "OUTTRAY_NUMBER_PATTERN" in answer.err
    config = stocked.write("config.toml", 'operator = "anna"\n[mail]\nnumber_pattern = "("\n')
    answer = stocked.run("customers", OUTTRAY_CONFIG=str(config))
    assert answer.code == 2
    assert "config.toml, line 3: mail.number_pattern" in answer.err


def test_a_subject_that_hangs_the_pattern_is_stored_and_said(stocked: Office) -> None:
    event = told("0102-a", "a" * 380 + "!", "success@simulator.amazonses.com")
    path = stocked.write("e.json", event)
    answer = stocked.run("events", "load", path, OUTTRAY_NUMBER_PATTERN="(?:a|aa)+$")
    assert answer.code == 0
    assert "1 unmatched" in answer.err
    assert "mail.number_pattern took too long on one subject" in answer.err
    (found,) = stocked.json("events", "unlinked", "--all")
    assert found["message_id"] == "0102-a"
    again = stocked.run("events", "link", "--again", OUTTRAY_NUMBER_PATTERN="(?:a|aa)+$")
    assert "took too long on one subject" in again.err
    doctor = stocked.run(
        "doctor", OUTTRAY_NUMBER_PATTERN="(?:a|aa)+$", OUTTRAY_FROM="a@acme.example"
    )
    assert "mail.number_pattern: it takes too long on some subjects" in doctor.out + doctor.err
