"""Whatever strangers write, wherever it is shown: nothing breaks, nothing vanishes, nothing runs.

A few dozen texts with every run; ``OUTTRAY_HOSTILE_TEXTS=2000`` looks at as many as are wanted.
"""

from __future__ import annotations

import asyncio
import os

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.tui.driver import driving
from tests.tui.hostile_walk import hostile_backend, hostile_texts, walk
from tests.tui.test_hostile import HOSTILE

AT_ONCE = 20
#: What broke other programs, each once.
KNOWN = [*HOSTILE.values(), "x"]
_COMPANIES = max(1, int(os.environ.get("OUTTRAY_HOSTILE_TEXTS", "20")) // AT_ONCE)


@settings(
    max_examples=_COMPANIES,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a failure names its text itself; to shrink twenty takes an hour
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@example(KNOWN, (132, 36))
@example(KNOWN, (80, 24))
@given(
    st.lists(hostile_texts, min_size=AT_ONCE, max_size=AT_ONCE, unique=True),
    st.sampled_from([(132, 36), (80, 24), (60, 20)]),
)
def test_every_place_is_harmless(texts: list[str], size: tuple[int, int]) -> None:
    async def look() -> None:
        async with driving(hostile_backend(texts), size) as person:
            await walk(person, texts)

    asyncio.run(look())
