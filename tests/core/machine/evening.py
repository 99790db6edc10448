"""The end of a day: everything is worked undisturbed, and nothing may be left over."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Final

from core.db.engine import Database
from core.model.enums import Status
from core.services import integrity_check
from core.services.feed import ingest
from tests.core.machine.judge import Judge
from tests.core.machine.office import Office

_ROUNDS: Final = 14
_STATUSES: Final = (
    "SELECT x.tag, x.status, x.engagement, x.by_person, x.sent_at, x.delivered_at, x.bounced_at,"
    " x.complained_at, x.opened_at, x.diagnostic FROM deliveries x ORDER BY x.tag"
)
_WORDS: Final = (
    "SELECT number, word, other_failed, delivered, open_bounce, open_complaint, open_drop,"
    " open_failure, never_reached, ever_delivered FROM documents ORDER BY number"
)


def finish(office: Office, judge: Judge) -> None:
    """Let everybody work and every report arrive, then look at everything once more."""
    office.mend_everything()
    for p in range(len(office.programs)):
        office.start_again(p)
    for round_ in range(_ROUNDS):
        office.clock.advance(minutes=61)
        office.do("resume", round_, 0)
        office.do("work", round_, 0)
        if not office.program(round_).backend.outbox_waiting():
            break
    judge.look()
    left = [row.tag for row in judge.rows() if row.status in (Status.QUEUED, Status.SENDING)]
    assert not left, f"they wait for ever: {left}"
    _hear_everything(office)
    judge.look()
    _everything_is_known(office, judge)
    _another_order_says_the_same(office)


def _hear_everything(office: Office) -> None:
    for n in range(1_000):
        office.post.fetch()
        if not office.post.waiting:
            return
        office.post.prepare(n, most=200)
        office.program(n).backend.pull(0)
    raise AssertionError(f"{len(office.post.waiting)} reports are not taken")


def _everything_is_known(office: Office, judge: Judge) -> None:
    """With all reports there is nothing that SES has and the office does not know."""
    accepted = office.accepted()
    unknown = [
        f"{row.tag} was mailed, every report has come, and it is {row.status.name}"
        for row in judge.rows()
        if row.tag in accepted and row.tag not in office.unheard and row.status < Status.SENT
    ]
    assert not unknown, "\n".join(unknown)


def _another_order_says_the_same(office: Office) -> None:
    """A second database hears the same reports from the beginning, in another order."""
    told = sorted(office.post.told)
    Random(len(told)).shuffle(told)
    second = Database(office.copy_database(office, office.folder / "second.db"))
    try:
        with second.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM events")
            connection.exec_driver_sql("DELETE FROM payloads")
        path = office.folder / "told.jsonl"
        _write(path, told)
        ingest.load(second, path, office.clock)
        for statement in (_STATUSES, _WORDS):
            first = office.database.reader.rows(statement, {})
            again = second.reader.rows(statement, {})
            assert list(map(tuple, first)) == list(map(tuple, again))
        assert not integrity_check.check(second).differences
    finally:
        second.close()


def _write(path: Path, bodies: list[str]) -> None:
    lines = [json.dumps(json.loads(body)) for body in bodies]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
