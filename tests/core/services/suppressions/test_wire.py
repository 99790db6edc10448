"""The whole way over HTTP: the gate, the lists and the stand-in, which behaves as SES does."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.backend import Backend
from core.model.documents import DocumentFilter, DocumentRow
from core.model.email import Decision, Verdict
from core.model.enums import DisplayStatus, EmailKind
from core.model.suppressions import SuppressionFilter
from core.simulator import Simulator
from tests.conftest import Clock

ANN = "ann@customer.example"
AT = "2026-11-18T09:30:00+00:00"


@pytest.fixture
def document(backend: Backend, tmp_path: Path) -> DocumentRow:
    """One invoice of one customer."""
    path = tmp_path / "invoices.csv"
    path.write_text(
        "number,customer,customer_email,kind,status,currency,total,balance_due,issued_on,due_on\n"
        f"INV-1,Ada,{ANN},invoice,OPEN,USD,10.00,10.00,2026-11-01,2026-12-01\n"
    )
    people = tmp_path / "customers.csv"
    people.write_text(f"name,email\nAda,{ANN}\n")
    backend.import_files([people, path])
    (row,) = backend.documents.page(DocumentFilter())
    return row


def post(aws: Simulator, path: str, body: object) -> None:
    data = json.dumps(body).encode()
    with urllib.request.urlopen(f"{aws.url}/_outtray/{path}", data=data):  # noqa: S310
        pass


def suppress(aws: Simulator, address: str, reason: str = "BOUNCE", message_id: str = "") -> None:
    entry = {"address": address, "reason": reason, "at": AT, "message_id": message_id}
    post(aws, "suppressions", {"entries": [entry]})


def check(backend: Backend, document: DocumentRow) -> Verdict:
    return backend.check(backend.compose(EmailKind.ORIGINAL, document.id).draft)


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def test_an_entry_in_another_case_stops_the_send_as_it_would_at_ses(
    backend: Backend, aws: Simulator, document: DocumentRow
) -> None:
    suppress(aws, "Ann@Customer.Example")
    outcome = backend.send(backend.compose(EmailKind.ORIGINAL, document.id).draft, confirmed=True)
    assert outcome.email_id is None
    assert codes(outcome.verdict) == ["suppressed"]
    assert aws.sent() == []


def test_what_the_configuration_set_ignores_asks_and_then_ses_does_send(
    backend: Backend, aws: Simulator, document: DocumentRow
) -> None:
    suppress(aws, "Ann@Customer.Example")
    backend._parts.clients.control().put_configuration_set_suppression_options(
        ConfigurationSetName="outtray", SuppressedReasons=[]
    )
    draft = backend.compose(EmailKind.ORIGINAL, document.id).draft
    verdict = backend.check(draft)
    assert (codes(verdict), verdict.decision) == (["suppression_ignored"], Decision.ASK)
    assert backend.send(draft, confirmed=True).recipients[0].status is DisplayStatus.SENT
    assert len(aws.sent()) == 1


def test_what_the_account_ignores_asks(
    backend: Backend, aws: Simulator, document: DocumentRow
) -> None:
    suppress(aws, ANN)
    backend._parts.clients.control().put_account_suppression_attributes(
        SuppressedReasons=["COMPLAINT"]
    )
    (finding,) = check(backend, document).findings
    assert "the account ignores this" in finding.title


def test_a_released_address_can_be_mailed_and_the_gate_says_who_vouched(
    backend: Backend, aws: Simulator, document: DocumentRow, clock: Clock
) -> None:
    aws.set_behaviours({ANN: "bounce"})
    backend.send(backend.compose(EmailKind.ORIGINAL, document.id).draft, confirmed=False)
    for _ in range(5):
        backend.pull(1)
    clock.now = datetime.now(UTC)  # the stand-in's bounce is of this moment
    assert "suppressed" in codes(check(backend, document))
    lists = backend.suppressions
    lists.refresh()
    (row,) = lists.page(SuppressionFilter())
    assert row.cause is not None
    assert (row.cause.document_number, row.cause.customer) == ("INV-1", "Ada")
    details = lists.details(ANN)
    assert details.row is not None
    assert details.row.cause is not None
    assert details.row.cause.is_named, "SES's Get names the message, its List does not"
    clock.advance(minutes=1)
    assert lists.changes.remove(ANN, "wrote from it today").is_done
    verdict = check(backend, document)
    assert "released" in codes(verdict)
    assert "bad_address" not in codes(verdict)


def test_a_suppressed_contact_is_marked_at_once_and_not_offered_instead(
    backend: Backend, aws: Simulator, document: DocumentRow
) -> None:
    suppress(aws, "ANN@customer.example", "COMPLAINT")
    assert backend.customers.header(document.customer_id).contacts[0].suppression is None
    backend.read_suppressions()
    (contact,) = backend.customers.header(document.customer_id).contacts
    assert contact.suppression is not None
    assert contact.suppression.reason == "COMPLAINT"
    draft = backend.compose(EmailKind.ORIGINAL, document.id)
    assert draft.contacts[0].suppression == contact.suppression
    verdict = backend.check(replace(draft.draft, to=("nobody",)))
    assert all(ANN not in finding.next for finding in verdict.findings)


def test_marking_contacts_asks_nobody(
    backend: Backend, aws: Simulator, document: DocumentRow
) -> None:
    aws.set_faults(slow=30)
    backend.customers.header(document.customer_id)
    backend.compose(EmailKind.ORIGINAL, document.id)
    aws.set_faults(slow=0)


def test_the_copy_is_only_read_by_itself_where_ses_is_set_up(backend: Backend) -> None:
    backend.settings = replace(backend.settings, sender="", configuration_set="")
    assert backend.read_suppressions().read_at is None
