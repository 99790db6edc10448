"""Two real programs, and a real server that goes wrong in between; short of ``bench.outages``."""

from __future__ import annotations

import pytest

from bench.outage_server import OUTAGES
from bench.outages import run_one

SHORT = ("500 from SES", "407 of a proxy", "hotel page with a 200")


@pytest.mark.parametrize("name", SHORT)
def test_an_outage_spends_little_and_everything_else_goes_out_once_by_itself(name: str) -> None:
    (outage,) = [each for each in OUTAGES if each.name == name]
    row = run_one(outage, emails=16)
    assert row.wrong == []
    assert row.met > 0
    assert row.queued + row.unconfirmed == 16
    assert row.said.startswith("SES said" if name == "500 from SES" else ("Not SES", "Something"))
