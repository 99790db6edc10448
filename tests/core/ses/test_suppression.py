"""SES's suppression list is asked live, in the spelling it keeps."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import ServiceError, UnansweredError
from core.ses.clients import Clients
from core.ses.suppression import SesSuppressionList
from core.simulator import Simulator
from core.simulator.state import Suppressed

ANN = "ann@customer.example"
AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.fixture
def listed(clients: Clients) -> SesSuppressionList:
    return SesSuppressionList(clients)


def suppress(aws: Simulator, address: str, reason: str = "BOUNCE") -> None:
    entry = {
        "address": address,
        "reason": reason,
        "at": "2026-11-18T09:30:00+00:00",
        "message_id": "ses-1",
    }
    body = json.dumps({"entries": [entry]}).encode()
    with urllib.request.urlopen(f"{aws.url}/_outtray/suppressions", data=body):  # noqa: S310
        pass


def test_an_address_that_is_not_on_the_list_is_not_an_error(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    assert listed.look_up(ANN) is None


@pytest.mark.parametrize("reason", ["BOUNCE", "COMPLAINT"])
def test_an_entry_names_its_reason_time_and_the_email_that_caused_it(
    aws: Simulator, listed: SesSuppressionList, reason: str
) -> None:
    suppress(aws, ANN, reason)
    found = listed.look_up(ANN)
    assert found is not None
    assert (found.address, found.reason, found.source) == (ANN, reason, "ses")
    assert found.ses_message_id == "ses-1"
    assert found.since == datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", [ANN, ANN.upper(), f" {ANN} "])
def test_an_entry_in_lower_case_is_found_however_it_is_typed(
    aws: Simulator, listed: SesSuppressionList, typed: str
) -> None:
    suppress(aws, ANN)
    assert listed.look_up(typed) is not None


def test_an_entry_in_its_own_case_is_found_by_that(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    suppress(aws, "Ann@Customer.example")
    assert listed.look_up("Ann@Customer.example") is not None


def test_a_look_up_that_fails_is_never_taken_for_a_clean_address(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    aws.set_faults(suppression_fail=True)
    with pytest.raises(UnansweredError):
        listed.look_up(ANN)


def test_an_address_that_the_service_cannot_look_up_is_not_taken_for_clean(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    with pytest.raises(ServiceError):
        listed.look_up("sales/ann@customer.example")


def test_what_was_added_since_a_moment_is_listed_whole(
    listed: SesSuppressionList, aws: Simulator
) -> None:
    service = aws._started().service
    for n in range(1_200):  # more than a page
        address = f"Old{n}@customer.example" if n < 100 else f"New{n}@customer.example"
        at = AT - timedelta(days=1) if n < 100 else AT
        service.state.suppressed[address] = Suppressed(address, "BOUNCE", at)
    found = listed.since(AT - timedelta(minutes=1))
    assert len(found) == 1_100
    assert {each.reason for each in found} == {"BOUNCE"}
    assert {each.since for each in found} == {AT}
