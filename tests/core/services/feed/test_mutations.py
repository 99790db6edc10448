"""Broken payloads: two thousand of them; a hundred thousand with ``python -m bench.mutations``."""

from __future__ import annotations

import pytest

from bench import mutations
from core.db.engine import Database


@pytest.mark.parametrize("seed", [11, 12])
def test_no_broken_payload_crashes_the_ingest_and_none_is_lost(
    seed: int, sqlite_database: Database
) -> None:
    counted, wrong = mutations.feed(sqlite_database, 1_000, seed)
    assert wrong == []
    assert counted["crashes"] == 0
    assert counted["read"] == counted["messages"] >= counted["bodies"] == 1_000
    kept = counted["applied"] + counted["duplicate"] + counted["unmatched"]
    assert kept == counted["facts"] > 300, "the injuries leave a good part readable"
    assert counted["quarantined"] > 300, "and break a good part"
    ((quarantined,),) = sqlite_database.reader.rows("SELECT count(*) FROM quarantine", {})
    assert 0 < quarantined <= counted["quarantined"], "the same body is kept once"
