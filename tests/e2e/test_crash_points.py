"""Stopped at a write, or on a disk that fails: nobody is mailed twice, and no sentence is false.

A few points of the commands that send; all of them with ``python -m bench.crash_points``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import crash_points
from bench.crash import tracing
from bench.crash.commands import COMMANDS, Command
from bench.crash.office import Office, open_office

pytestmark = pytest.mark.skipif(bool(tracing.why_not()), reason=tracing.why_not())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("crash")) as opened:
        yield opened


@pytest.mark.parametrize("command", COMMANDS, ids=[each.name for each in COMMANDS])
def test_a_copy_of_any_moment_can_be_gone_on_with(office: Office, command: Command) -> None:
    tried = crash_points.images(office, command, every=45)
    assert tried.found == []
    assert tried.counted["tried"] >= 2


@pytest.mark.parametrize("name", crash_points.SENDING)
def test_a_disk_that_is_full_after_ses_accepted_is_told_as_that(office: Office, name: str) -> None:
    (command,) = [each for each in COMMANDS if each.name == name]
    tried = crash_points.full(office, command)
    assert tried.found == []
    assert tried.counted[crash_points.UNRECORDED] == 1


def test_a_write_that_cannot_be_forced_to_the_disk_doubles_nothing(office: Office) -> None:
    (send,) = [each for each in COMMANDS if each.name == "send"]
    (fault,) = [each for each in crash_points.FAULTS if each.name == "sync fails"]
    tried = crash_points.failing(office, send, every=50, faults=[fault])
    assert tried.found == []
    assert tried.counted["tried"] >= 3
