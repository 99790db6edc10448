"""An office at work in every order: what is promised about sending holds whatever happens.

``tests.core.machine`` has the office (``office``), what is done in it (``acts``, ``copies``), its
programs and how they end (``program``, ``child``), the way of the reports (``post``), what must
hold (``judge``, ``evening``) and the state machine of hypothesis (``rules``). Everything is real
but the customers: SQLite files or PostgreSQL, HTTP to the stand-in for AWS, whose own record says
what was mailed.

In the suite a few runs, the same each time. Long, with other runs each time and with processes that
the kernel kills::

    OUTTRAY_MACHINE_EXAMPLES=500 OUTTRAY_MACHINE_STEPS=40 pytest -n 0 -s -k office_on_sqlite \
        tests/core/test_office_machine.py

What it prints when it fails becomes a test at the end of this file: every line is a call of
``Office`` or of one of its acts. ``OUTTRAY_MACHINE_SHRINK=0`` tells the first failing run as it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.aws.clients import Clients
from core.simulator import Simulator
from tests.conftest import PostgresServer, lead_to
from tests.core.machine.books import ADDRESSES
from tests.core.machine.clocks import TickingClock
from tests.core.machine.copies import back_up, restore
from tests.core.machine.evening import finish
from tests.core.machine.judge import Judge
from tests.core.machine.office import MOMENTS, Office
from tests.core.machine.rules import TRIED, OfficeMachine

OpenOffice = Callable[[], Office]

_START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
_LONG = int(os.environ.get("OUTTRAY_MACHINE_EXAMPLES", "0"))
_STEPS = int(os.environ.get("OUTTRAY_MACHINE_STEPS", "18"))
_PHASES = (Phase.generate, Phase.shrink)[: 1 + int(os.environ.get("OUTTRAY_MACHINE_SHRINK", "1"))]


def _settings(examples: int) -> settings:
    return settings(
        max_examples=_LONG or examples,
        stateful_step_count=_STEPS,
        derandomize=not _LONG,
        database=None,
        phases=_PHASES,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def office_clock() -> TickingClock:
    return TickingClock(_START)


@pytest.fixture(scope="module")
def office_aws(office_clock: TickingClock) -> Iterator[Simulator]:
    """A stand-in of its own, which lives by the clock of the office."""
    with Simulator(clock=office_clock) as simulator, pytest.MonkeyPatch.context() as patch:
        lead_to(simulator, patch)
        yield simulator


@pytest.fixture(scope="module")
def office_clients(office_aws: Simulator) -> Clients:
    made = Clients()
    made.mail(), made.control(), made.queue()
    return made


@pytest.fixture
def sqlite_office(
    migrated_file: Path,
    tmp_path: Path,
    office_aws: Simulator,
    office_clients: Clients,
    office_clock: TickingClock,
) -> OpenOffice:
    """Open as many offices as wanted, one after the other."""
    numbers = count(1)

    def copy(office: Office, target: Path) -> str:
        office.programs[0].backend.backup(target)
        return f"sqlite:///{target}"

    def open_office() -> Office:
        folder = tmp_path / f"office-{next(numbers)}"
        folder.mkdir()
        shutil.copyfile(migrated_file, folder / "outtray.db")
        office_aws.reset()
        office_clock.set(_START)
        url = f"sqlite:///{folder / 'outtray.db'}"
        return Office(url, folder, office_aws, office_clients, office_clock, copy)

    return open_office


@pytest.fixture
def postgresql_office(
    postgres: PostgresServer,
    tmp_path: Path,
    office_aws: Simulator,
    office_clients: Clients,
    office_clock: TickingClock,
) -> OpenOffice:
    numbers = count(1)

    def copy(office: Office, target: Path) -> str:
        office.close()  # the server copies a database that nobody has open
        name = postgres.create(template=office.url.partition("?")[0].rpartition("/")[2])
        office.open_judge()
        return postgres.url(name)

    def open_office() -> Office:
        folder = tmp_path / f"office-{next(numbers)}"
        folder.mkdir()
        office_aws.reset()
        office_clock.set(_START)
        url = postgres.url(postgres.create())
        return Office(
            url, folder, office_aws, office_clients, office_clock, copy, can_go_back=False
        )

    return open_office


# --------------------------------------------------------------------------- the machine


def test_an_office_on_sqlite_keeps_its_promises(sqlite_office: OpenOffice) -> None:
    _run(sqlite_office, examples=5)


def test_an_office_on_postgresql_keeps_its_promises(postgresql_office: OpenOffice) -> None:
    _run(postgresql_office, examples=2)


def _run(open_office: OpenOffice, *, examples: int) -> None:
    class Opened(OfficeMachine):
        def __init__(self) -> None:
            super().__init__(open_office, has_processes=bool(_LONG))

    run_state_machine_as_test(Opened, settings=_settings(examples))
    print(sorted(TRIED.items()))


# --------------------------------------------------------------------------- single runs


@pytest.mark.parametrize("at", [1, 4, 6, 8])
def test_a_program_that_the_kernel_ends_in_the_middle_mails_nobody_twice(
    sqlite_office: OpenOffice, at: int
) -> None:
    office = sqlite_office()
    judge = Judge(office)
    office.do("import", 0, 1)
    office.killed_for_real(5, at)
    assert office.happened["a process ended with -9"] == 1
    judge.look()
    finish(office, judge)
    office.close()


@pytest.mark.parametrize("act", ["send", "work"])
def test_who_is_put_on_our_own_list_before_the_claim_is_not_mailed(
    sqlite_office: OpenOffice, act: str
) -> None:
    overtaken = 0
    for at in range(12):
        office = sqlite_office()
        judge = Judge(office)
        office.do("import", 0, 1)
        office.overtaken_in(act, 0, 1, at, [("suppress", n) for n in range(len(ADDRESSES))])
        overtaken += office.happened[f"overtaken in {act}"]
        try:
            judge.look()
        finally:
            office.close()
    if overtaken < 6:
        pytest.fail("there were hardly any moments to be overtaken in")


def test_what_a_copy_has_still_to_send_is_not_sent_again_after_it_went_out(
    sqlite_office: OpenOffice,
) -> None:
    office = sqlite_office()
    office.do("import", 0, 1)
    office.do("enqueue", 0, 1)
    back_up(office)
    office.do("work", 0, 0)
    assert office.accepted()
    restore(office, 0)
    office.do("resume", 0, 0)
    office.do("work", 0, 0)
    office.close()
    assert set(office.accepted().values()) == {1}


def test_a_report_that_was_deleted_from_the_queue_is_stored_wherever_the_program_ends(
    sqlite_office: OpenOffice,
) -> None:
    for at in range(MOMENTS["pull"]):
        office = sqlite_office()
        office.do("import", 0, 1)
        office.do("send", 0, 1)
        office.killed_in("pull", 1, 2, at)
        assert office.happened["killed in pull"] == 1
        Judge(office).look()
        office.close()
