"""What AWS says of sending itself is kept, and shown to every desk until it is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from core.aws.events.parser import parse
from core.db.engine import Database
from core.db.writes import account_notices
from core.model.feed import AccountNotice, NoticeKind
from core.model.reports import BodyOutcome, IngestReport
from core.rules.doctor.checks import Result
from core.rules.doctor.office_checks import judge_notices
from core.rules.monitoring.incidents import concerns, in_force, notice_headline
from core.services.feed import ingest
from core.services.monitoring import IncidentWatch
from tests.conftest import Clock
from tests.core.mail_fakes import FakeMailer, office
from tests.core.services.sending.test_outbox import documents, fill
from tui.widgets.feed_bar import sentences

AT = datetime(2026, 11, 20, 10, 40, tzinfo=UTC)
OUR_SET = "arn:aws:ses:eu-west-1:123456789012:configuration-set/outtray"


def message(kind: str, minutes: int = 0, *resources: str, detail: Any = None) -> str:
    at = AT + timedelta(minutes=minutes)
    return json.dumps(
        {
            "version": "0",
            "source": "aws.ses",
            "detail-type": kind,
            "time": at.isoformat().replace("+00:00", "Z"),
            "resources": list(resources),
            "detail": detail or {},
        }
    )


DISABLED = message(
    "Sending Status Disabled",
    0,
    OUR_SET,
    detail={"data": {"origin": "AWS", "record": {"status": "DISABLED", "cause": "Bounce rate."}}},
)
ENABLED = message("Sending Status Enabled", 30, OUR_SET)
ADVICE = message(
    "Advisor Recommendation Status Open",
    5,
    "arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1",
    detail={"data": "The bounce rate exceeded 15 %.", "metadata": {"type": "BOUNCE"}},
)


@pytest.mark.parametrize(
    ("resources", "subject"),
    [
        ((), "the account"),
        (("arn:aws:ses:eu-west-1:123456789012:account",), "the account"),
        ((OUR_SET,), "configuration set outtray"),
        (("arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1", OUR_SET), "tenant acme"),
        (("arn:aws:ses:eu-west-1:123456789012:identity/acme.example",), "identity acme.example"),
    ],
)
def test_it_is_known_whom_a_pause_is_about(resources: tuple[str, ...], subject: str) -> None:
    parsed = parse(message("Sending Status Disabled", 0, *resources))
    assert parsed.outcome is BodyOutcome.SETUP
    assert parsed.notice == AccountNotice(NoticeKind.SENDING, subject, AT, is_open=True)


def test_the_cause_is_kept_in_awss_words() -> None:
    notice, advice = parse(DISABLED).notice, parse(ADVICE).notice
    assert notice is not None
    assert advice is not None
    assert notice.words == "Bounce rate"
    assert (advice.subject, advice.words) == (
        "tenant acme (bounce)",
        "The bounce rate exceeded 15 %",
    )


def test_a_word_without_a_time_is_kept_to_be_looked_at() -> None:
    body = json.loads(DISABLED)
    del body["time"]
    assert parse(json.dumps(body)).outcome is BodyOutcome.QUARANTINED


def test_the_newest_word_counts_in_any_order() -> None:
    bodies = [DISABLED, ENABLED, message("Sending Status Disabled", 60, OUR_SET), ADVICE, ADVICE]
    notices = [parse(body).notice for body in bodies]
    for some in permutations(notices):
        assert [n.at for n in in_force(n for n in some if n)] == [
            AT + timedelta(minutes=5),
            AT + timedelta(minutes=60),
        ]
    assert in_force(n for n in notices[:2] if n) == ()


def test_it_is_stored_once_and_seen_by_a_desk_that_starts_later(
    database: Database, clock: Clock
) -> None:
    for body in (ADVICE, DISABLED, DISABLED):
        report = ingest.ingest(database, [body], "queue", clock)
        assert report == IngestReport(read=1, setup=1)
    later = IncidentWatch(Database(database.url), clock)
    said = sentences(later.trouble(), clock())
    assert "AWS paused sending for configuration set outtray" in said[0]
    assert "AWS warns about tenant acme (bounce)" in said[1]
    ingest.ingest(database, [ENABLED], "queue", clock)
    assert [n.kind for n in account_notices.current(database.reader)] == [NoticeKind.ADVICE]
    resolved = message(
        "Advisor Recommendation Status Resolved",
        50,
        "arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1",
        detail={"metadata": {"type": "BOUNCE"}},
    )
    ingest.ingest(database, [resolved], "queue", clock)
    assert account_notices.current(database.reader) == ()


@pytest.mark.parametrize(
    ("body", "result"), [(DISABLED, Result.FAIL), (ADVICE, Result.WARN), (ENABLED, Result.OK)]
)
def test_the_doctor_tells_it(body: str, result: Result) -> None:
    notices = in_force([n] if (n := parse(body).notice) else [])
    check = judge_notices(notices, "outtray", AT)
    assert check.result is result
    if result is Result.FAIL:
        assert "AWS paused sending for configuration set outtray since" in check.title
        assert check.title.endswith("Bounce rate.")


def test_only_a_pause_of_the_account_or_of_our_set_stops_our_mail() -> None:
    ours, advice = parse(DISABLED).notice, parse(ADVICE).notice
    account = parse(message("Sending Status Disabled")).notice
    assert ours is not None
    assert advice is not None
    assert account is not None
    assert concerns(ours, "outtray")
    assert concerns(account, "outtray")
    assert not concerns(ours, "other")
    assert not concerns(advice, "outtray")
    assert notice_headline(account, AT).startswith("AWS paused sending for the account since")


def test_a_pause_holds_every_program_until_aws_takes_it_back(
    database: Database, clock: Clock
) -> None:
    clock.now = AT
    mailer = FakeMailer()
    desks = [office(database, clock, mailer, by=name) for name in ("one", "two")]
    fill(desks[0], documents(database, 3))
    ingest.ingest(database, [DISABLED.replace("outtray", "office")], "queue", clock)
    assert desks[0].work().sent == 3  # another configuration set is not ours
    fill(desks[0], documents(database, 4)[3:])
    clock.advance(minutes=1)
    pause = message("Sending Status Disabled", 1, detail={"data": {"record": {"cause": "Review"}}})
    ingest.ingest(database, [pause], "queue", clock)
    for desk in desks:
        words = desk.work().words
        assert "AWS paused sending for the account since" in words
        assert "nobody knows" not in words
    assert len(mailer.calls) == 3
    ingest.ingest(database, [message("Sending Status Enabled", 2)], "queue", clock)
    assert desks[1].work().sent == 1
    assert len(mailer.calls) == 4


def test_a_pause_whose_end_was_lost_is_over_when_ses_takes_an_email(
    database: Database, clock: Clock
) -> None:
    clock.now = AT
    mailer = FakeMailer()
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 2))
    ingest.ingest(database, [message("Sending Status Disabled")], "queue", clock)
    assert desk.work().sent == 0
    clock.advance(minutes=2)  # GetAccount answers: one email is tried, and taken
    sent = desk.work().sent + desk.work().sent
    assert (sent, desk.waiting()) == (2, 0)
    assert account_notices.current(database.reader) == ()
