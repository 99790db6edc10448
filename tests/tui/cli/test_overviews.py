"""``outtray attention`` and ``outtray insights``."""

from __future__ import annotations

import pytest

from tests.tui.cli.office import Office


@pytest.fixture
def bounced(connected: Office) -> Office:
    """One email was delivered, one bounced, one was marked as spam."""
    connected.ok("send", "INV-1", "INV-2", "INV-4", "--yes")
    wanted = {"INV-1": "DELIVERED", "INV-2": "BOUNCED", "INV-4": "COMPLAINED"}
    connected.pull_until(lambda: wanted.items() <= connected.words().items())
    return connected


def test_the_most_urgent_failure_is_first_with_the_command_that_helps(bounced: Office) -> None:
    first, second = bounced.json("attention")
    assert (first["number"], first["wrong"], first["next"]) == ("INV-4", "COMPLAINED", "call")
    assert (second["number"], second["wrong"]) == ("INV-2", "BOUNCED")
    assert second["address"] == "bounce@simulator.amazonses.com"
    assert second["next"] == "correct address"
    assert first["days_overdue"] > 0
    assert first["since"].endswith("Z")
    assert second["acknowledged_at"] is None
    shown = bounced.ok("attention", "--limit", "1")
    assert "call: outtray call INV-4 " in shown.out
    assert "INV-2" not in shown.out
    assert "1 of 2" in shown.err
    assert bounced.json("attention", "--only", "acknowledged") == []


def test_how_sending_went_is_counted_and_drawn(bounced: Office) -> None:
    found = bounced.json("insights", "--days", "7")
    assert (found["sent"], found["delivered"], found["bounced"], found["complained"]) == (
        3,
        2,
        1,
        1,
    )
    assert len(found["by_day"]) == 7
    assert (found["bounce"]["level"], found["bounce"]["review"]) == ("few", 0.05)
    assert found["causes"][0]["cause"] == "userunknown"
    (domain,) = found["domains"]
    assert (domain["domain"], domain["sent"]) == ("simulator.amazonses.com", 3)
    shown = bounced.ok("insights").out
    assert "too few to judge" in shown
    assert "█" in shown
    assert "The mailbox does not exist" in shown


def test_nothing_is_said_in_words(stocked: Office) -> None:
    attention, insights = stocked.ok("attention"), stocked.ok("insights")
    assert (attention.out, insights.out) == ("", "")
    assert "Nothing needs you" in attention.err
    assert "Nothing was sent in the last 30 days." in insights.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("insights", "--days", "0"),
        ("insights", "--days", "367"),
        ("insights", "--days", "week"),
        ("attention", "--only", "everything"),
        ("attention", "--limit", "-1"),
    ],
)
def test_wrong_words_are_wrong_usage(stocked: Office, arguments: tuple[str, ...]) -> None:
    answer = stocked.run(*arguments)
    assert (answer.code, answer.out) == (2, "")
