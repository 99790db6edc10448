"""What is stored fact by fact is what the whole set of facts says.

A thousand generated histories; as many as ``OUTTRAY_HISTORIES`` says where that is set (the full
proof, ``OUTTRAY_HISTORIES=10000``, takes under a minute), and with ``python -m bench.histories``.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import histories
from bench.books import new_file

TOGETHER = 50
EXAMPLES = max(1, int(os.environ.get("OUTTRAY_HISTORIES", "1000")) // TOGETHER)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_histories_stored_in_any_order_and_batches_equal_the_pure_recomputation(seed: int) -> None:
    counted, differences = histories.run(TOGETHER, seed)
    assert differences == []
    assert counted["histories"] == TOGETHER
    assert counted["facts"] + counted["duplicate"] == counted["told"]


@pytest.mark.parametrize(
    ("tampered", "named"),
    [
        ("UPDATE deliveries SET status = 90 WHERE status = 80", "delivery"),
        ("UPDATE documents SET open_bounce = 1 WHERE open_bounce = 0", "document"),
        ("UPDATE customers SET bounced = bounced + 1", "customer"),
    ],
)
def test_the_comparison_sees_what_is_wrong(tampered: str, named: str) -> None:
    random = Random(7)
    made = [histories.make(random, f"H{n}") for n in range(20)]
    with new_file() as database:
        histories.store(database, made, random)
        assert histories.compare(database, made) == []
        with database.transaction() as connection:
            connection.exec_driver_sql(tampered)
        found = histories.compare(database, made)
    assert any(line.startswith(named + " ") for line in found), "the fold"
    assert any(line.startswith(("deliveries", "documents", "customers")) for line in found)
