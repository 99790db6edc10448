"""What the gate is told: from the database, the lists and the DNS, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

import pytest

from core.db.engine import Database
from core.db.reads import gate
from core.model.email import AttachedFile, Decision, MailRoute, Verdict
from core.model.enums import DisplayStatus, EmailKind
from core.rules.gate.domain_typos import MANY
from core.services.sending.dispatch import Dispatch
from tests.conftest import Clock
from tests.core.db.books import START, entry, fact, hard_bounce, one, put, sent, tell
from tests.core.drafts import ANN, draft
from tests.core.mail_fakes import FakeList, FakeMailer, ses_sender

PDF = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4")


class FakeRoutes:
    """The DNS as told."""

    def __init__(self, **answers: MailRoute) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, domains: Collection[str]) -> Callable[[], Mapping[str, MailRoute]]:
        self.asked += sorted(domains)
        found = {d: self.answers.get(d.partition(".")[0], MailRoute.UNKNOWN) for d in domains}
        return lambda: found


@pytest.fixture
def dispatch(database: Database, clock: Clock) -> Callable[..., Dispatch]:
    def make(configuration_set: str = "outtray", **changes: Any) -> Dispatch:
        by_hand = ses_sender(database, FakeMailer(), clock, configuration_set)
        values: dict[str, Any] = {
            "database": database,
            "suppression_list": FakeList(),
            "clock": clock,
            "sender": "billing@outtray.example",
            "operator": "anna",
            "ses_sender": by_hand,
            **changes,
        }
        return Dispatch(**values)

    return make


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def deliver(database: Database, number: str, *addresses: str, days: float = 30) -> None:
    """Write to addresses long ago, and let all of it arrive."""
    (row,) = put(database, entry(number))
    at = START - timedelta(days=days)
    written = sent(database, row, *addresses, at=at)
    minutes = -days * 24 * 60 + 1
    tell(
        database,
        *(
            fact("Delivery", message_id, minutes, recipient=address.rpartition(":")[2])
            for message_id, address in zip(written.message_ids, addresses, strict=True)
        ),
    )


# --------------------------------------------------------------------------- misspelt


def test_a_slip_in_a_domain_of_ours_is_asked_about(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    deliver(database, "INV-1", *(f"p{n}@northwind.example" for n in range(MANY)))
    verdict = dispatch().check(draft(row, "Eve@norhtwind.example"))
    (finding,) = verdict.findings
    assert (finding.code, verdict.decision) == ("misspelt", Decision.ASK)
    assert finding.proposal == "Eve@northwind.example"


def test_a_domain_that_was_ever_delivered_to_is_not_doubted(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    deliver(database, "INV-1", *(f"p{n}@northwind.example" for n in range(MANY)))
    deliver(database, "INV-2", "other@norhtwind.example", "x@gmial.com")
    assert dispatch().check(draft(row, "eve@norhtwind.example", "y@gmial.com")).findings == ()


def test_a_domain_that_only_bounced_is_doubted_still(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    written = sent(database, row, "eve@gmial.com", at=START - timedelta(days=20))
    tell(database, hard_bounce(written.message_ids[0], -60, recipient="eve@gmial.com"))
    assert "misspelt" in codes(dispatch().check(draft(row, "eve@gmial.com")))


def test_counting_stops_where_it_no_longer_matters(database: Database) -> None:
    deliver(database, "INV-1", *(f"p{n}@northwind.example" for n in range(3)))
    found = gate.delivered_addresses(database.reader, {"northwind.example", "none.example"})
    assert found == {"northwind.example": 3}
    assert gate.delivered_addresses(database.reader, set()) == {}


# --------------------------------------------------------------------------- the DNS


def test_the_dns_is_asked_for_every_well_written_domain(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    routes = FakeRoutes(gone=MailRoute.NO_DOMAIN)
    verdict = dispatch(routes=routes).check(draft(row, "a@gone.com", "b@fine.com", "no address"))
    assert routes.asked == ["fine.com", "gone.com"]
    assert [(f.code, f.address) for f in verdict.findings] == [
        ("syntax", "no address"),
        ("no_domain", "a@gone.com"),
    ]


def test_without_routes_nobody_is_asked(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    assert dispatch().check(draft(one(database), "a@gone.com")).findings == ()


# --------------------------------------------------------------------------- the same once more


def written(database: Database, days: float, **changes: Any) -> Any:
    """An email with the draft's content that arrived ``days`` ago."""
    row = one(database)
    at = START - timedelta(days=days)
    made = sent(database, row, ANN, at=at, subject="Invoice INV-0042", body="Hi", **changes)
    tell(database, fact("Delivery", made.message_ids[0], -days * 1440 + 1))
    return row


def test_exactly_the_same_to_the_same_address_is_asked_about(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = written(database, 2, attachments=(PDF,))
    verdict = dispatch().check(draft(row, ANN.upper(), attachments=(PDF,)))
    (finding,) = verdict.findings
    assert (finding.code, verdict.decision) == ("same_content", Decision.ASK)
    assert "18 Nov" in finding.detail
    assert finding.detail.endswith("by anna and was delivered")


@pytest.mark.parametrize(
    "changes",
    [{"subject": "Invoice INV-0042!"}, {"body": "Hi again"}, {"attachments": ()},
     {"attachments": (AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.5"),)}],
)  # fmt: skip
def test_another_subject_message_or_file_is_not_the_same(
    database: Database, dispatch: Callable[..., Dispatch], changes: dict[str, Any]
) -> None:
    row = written(database, 2, attachments=(PDF,))
    assert dispatch().check(draft(row, **{"attachments": (PDF,), **changes})).findings == ()


def test_another_address_and_what_is_long_ago_are_not(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = written(database, 8)
    assert dispatch().check(draft(row)).findings == ()
    row = written(database, 2)
    assert dispatch().check(draft(row, "bob@customer.example")).findings == ()


def test_what_bounced_is_no_reason_to_ask_twice(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    made = sent(database, row, at=START - timedelta(days=2))
    tell(database, hard_bounce(made.message_ids[0], -60))
    assert codes(dispatch().check(draft(row))) == ["bad_address"]


# --------------------------------------------------------------------------- who else wrote today


def test_colleagues_other_documents_and_other_programs_of_today_are_told(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    row = one(database)
    (other,) = put(database, entry("INV-0043"))
    morning = START - timedelta(hours=3)
    sent(database, row, at=morning, sent_by="ben", subject="x")
    sent(database, other, at=morning, sent_by="cleo", subject="y")
    external = {"kind": EmailKind.EXTERNAL, "sent_by": "books@acme.example", "mime": None}
    sent(database, other, at=morning + timedelta(minutes=1), subject="z", **external)
    sent(database, other, at=START - timedelta(days=2), sent_by="dan", subject="old")
    findings = dispatch().check(draft(row)).findings
    told = " ".join(finding.detail for finding in findings if finding.code == "mailed_today")
    assert all(name in told for name in ("ben", "cleo", "books@acme.example"))
    assert "dan" not in told


def test_without_a_configuration_set_it_is_said_and_sent(
    database: Database, dispatch: Callable[..., Dispatch]
) -> None:
    outcome = dispatch(configuration_set="").send(draft(one(database)), confirmed=False)
    assert [each.status for each in outcome.recipients] == [DisplayStatus.SENT]
    assert codes(outcome.verdict) == ["no_reports"]
