"""The state machine: one rule an act, the same look after every step."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.core.machine.acts import send_undisturbed
from tests.core.machine.copies import back_up, restore
from tests.core.machine.evening import finish
from tests.core.machine.judge import Judge
from tests.core.machine.office import Office

P = st.integers(0, 1)
TRIED: Counter[str] = Counter()
A = st.integers(0, 59)
AT = st.integers(0, 14)
ACT = st.sampled_from(
    [
        "import",
        "again",
        "pull",
        "pull",
        "recover",
        "cancel",
        "settle",
        "suppress",
        "release",
        "suppress_at_ses",
        "pause",
        "resume",
        "resume",
        "behave",
        "break",
        "break",
        "wait",
        "look",
    ]
)
DISTURBED = st.sampled_from(
    [
        "work",
        "work",
        "work",
        "send",
        "send",
        "pull",
        "again",
        "enqueue",
        "import",
        "settle",
        "cancel",
        "suppress",
        "release",
    ]
)
MEANWHILE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "wait",
                "suppress",
                "work",
                "recover",
                "settle",
                "pull",
                "again",
                "cancel",
                "send",
                "release",
                "pause",
                "resume",
                "import",
                "break",
                "enqueue",
            ]
        ),
        A,
    ),
    min_size=1,
    max_size=4,
)


class OfficeMachine(RuleBasedStateMachine):
    """Numbers name what is acted on, modulo what there is: see ``Office``."""

    def __init__(self, open_office: Callable[[], Office], *, has_processes: bool = False) -> None:
        super().__init__()
        self.has_processes = has_processes
        self.office = open_office()
        self.judge = Judge(self.office)

    @initialize(seeds=st.lists(A, min_size=1, max_size=3), moods=st.lists(A, max_size=5))
    def opening(self, seeds: list[int], moods: list[int]) -> None:
        for seed in seeds:
            self.office.do("import", 0, seed)
        for mood in moods:
            self.office.do("behave", 0, mood)

    @rule(act=ACT, p=P, a=A)
    def act(self, act: str, p: int, a: int) -> None:
        self.office.do(act, p, a)

    @rule(p=P, a=A)
    def send(self, p: int, a: int) -> None:
        send_undisturbed(self.office, p, a)

    @rule(p=P, a=A)
    def enqueue_and_work(self, p: int, a: int) -> None:
        self.office.do("enqueue", p, a)
        if a % 3:
            self.office.do("work", p + 1, a)

    @rule(act=DISTURBED, p=P, a=A, at=AT)
    def killed(self, act: str, p: int, a: int, at: int) -> None:
        self.office.killed_in(act, p, a, at)

    @rule(act=DISTURBED, p=P, a=A, at=AT, others=MEANWHILE)
    def overtaken(self, act: str, p: int, a: int, at: int, others: list[tuple[str, int]]) -> None:
        self.office.overtaken_in(act, p, a, at, others)

    @precondition(lambda self: self.has_processes)
    @rule(a=A, at=AT)
    def killed_for_real(self, a: int, at: int) -> None:
        self.office.killed_for_real(a, at)

    @rule(a=A)
    def copy_or_go_back(self, a: int) -> None:
        if a % 2:
            back_up(self.office)
        else:
            restore(self.office, a)

    @invariant()
    def everything_holds(self) -> None:
        self.judge.look()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what failed already is what has to be told
                finish(self.office, self.judge)
                self.count()
        finally:
            self.office.close()

    def count(self) -> None:
        """What was tried, for whoever looks whether it is enough."""
        TRIED.update(self.office.happened)
        TRIED["mails"] += len(self.office.accepted())
        TRIED["reports"] += len(self.office.post.told)
        TRIED["examples"] += 1
        for row in self.judge.rows():
            TRIED[row.status.name] += 1
