"""``documents --delivery late`` and the key ``late``, by the clock of the computer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.db.engine import Database
from tests.core.db.books import document, fact, sent, tell
from tests.tui.cli.office import Office

ADDRESS = "success@simulator.amazonses.com"


def test_what_is_late_can_be_listed_and_says_why(stocked: Office) -> None:
    now = datetime.now(UTC)
    database = Database(f"sqlite:///{stocked.database}")
    for days in range(2, 8):
        at = now - timedelta(days=days)
        written = sent(database, document(database, "PAID-1"), ADDRESS, at=at)
        delivered = fact("Delivery", written.message_ids[0], recipient=ADDRESS)
        tell(database, replace(delivered, at=at + timedelta(seconds=9)))
    sent(database, document(database, "INV-1"), ADDRESS, at=now - timedelta(hours=3, minutes=5))
    database.close()
    (found,) = stocked.json("documents", "--delivery", "late")
    assert found["number"] == "INV-1"
    assert found["late"] == (
        "simulator.amazonses.com confirms in 9 s as a rule; this one waits 3 h"
    )
    assert "SENT late" in stocked.ok("documents", "--delivery", "late").out
    others = stocked.json("documents", "--limit", "0")
    assert {each["number"] for each in others if each["late"]} == {"INV-1"}
    assert stocked.json("log", "INV-1")["document"]["late"] == found["late"]
