"""SES's suppression list is asked live, in the spelling it keeps."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from core.aws.clients import Clients
from core.aws.suppression_list import SesSuppressionList
from core.model.errors import RefusedError, ServiceError, UnansweredError
from core.model.suppressions import Suppression
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
    control(aws, "suppressions", {"entries": [entry]})


def control(aws: Simulator, path: str, body: object) -> None:
    data = json.dumps(body).encode()
    with urllib.request.urlopen(f"{aws.url}/_outtray/{path}", data=data):  # noqa: S310
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


SLASHED = "sales/ann@customer.example"


def test_an_address_with_a_slash_is_looked_for_in_the_whole_list(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    assert listed.look_up(SLASHED) is None
    suppress(aws, SLASHED, "COMPLAINT")
    found = listed.look_up(SLASHED)
    assert found is not None
    assert (found.address, found.reason) == (SLASHED, "COMPLAINT")


def test_an_address_with_a_slash_is_not_taken_for_clean_when_the_list_cannot_be_read(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    aws.set_faults(suppression_fail=True)
    with pytest.raises(ServiceError):
        listed.look_up(SLASHED)


def test_an_address_with_a_slash_cannot_be_removed_and_the_error_says_what_to_do(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    suppress(aws, SLASHED)
    with pytest.raises(RefusedError, match="slash") as refused:
        listed.delete(SLASHED)
    assert "create-import-job" in refused.value.hint


def test_a_label_makes_another_address(aws: Simulator, listed: SesSuppressionList) -> None:
    suppress(aws, "ann+old@customer.example")
    assert listed.look_up(ANN) is None


def test_an_entry_that_is_put_is_there_and_one_that_is_deleted_is_gone(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    listed.put("Ann@Customer.example", "COMPLAINT")
    found = listed.get("Ann@Customer.example")
    assert found is not None
    assert found.is_complaint
    listed.delete(ANN)
    assert listed.get("Ann@Customer.example") is not None, "case matters for the API"
    listed.delete("Ann@Customer.example")
    assert listed.get("Ann@Customer.example") is None


def test_removing_what_is_not_there_is_no_error(aws: Simulator, listed: SesSuppressionList) -> None:
    listed.delete(ANN)


def test_a_sandbox_takes_no_entry_and_the_error_says_so(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    control(aws, "account", {"production_access": False})
    with pytest.raises(RefusedError) as refused:
        listed.put(ANN, "BOUNCE")
    assert "sandbox" in refused.value.hint


def test_the_whole_list_comes_page_by_page(aws: Simulator, listed: SesSuppressionList) -> None:
    at = "2026-11-18T09:30:00+00:00"
    entries = [{"address": f"a{n}@x.example", "reason": "BOUNCE", "at": at} for n in range(2_500)]
    control(aws, "suppressions", {"entries": entries})
    found: list[Suppression] = []
    token, pages = "", 0
    while True:
        page = listed.page(token)
        found += page.entries
        pages += 1
        token = page.next_token
        if not token:
            break
    assert pages == 3
    assert {entry.address for entry in found} == {entry["address"] for entry in entries}


# --------------------------------------------------------------------------- what stops mail


def choose(listed: SesSuppressionList, *, account: list[str], own: list[str] | None) -> None:
    ses = listed._clients.control()
    ses.put_account_suppression_attributes(SuppressedReasons=account)
    if own is not None:
        ses.put_configuration_set_suppression_options(
            ConfigurationSetName="outtray", SuppressedReasons=own
        )


@pytest.mark.parametrize(
    ("account", "own", "expected", "chosen_by"),
    [
        (["BOUNCE", "COMPLAINT"], None, {"BOUNCE", "COMPLAINT"}, "the account"),
        (["COMPLAINT"], None, {"COMPLAINT"}, "the account"),
        ([], None, set(), "the account"),
        (["BOUNCE", "COMPLAINT"], [], set(), "configuration set outtray"),
        ([], ["BOUNCE"], {"BOUNCE"}, "configuration set outtray"),
    ],
)
def test_the_configuration_sets_choice_wins_even_when_it_is_empty(
    aws: Simulator,
    listed: SesSuppressionList,
    account: list[str],
    own: list[str] | None,
    expected: set[str],
    chosen_by: str,
) -> None:
    choose(listed, account=account, own=own)
    found = listed.effective_reasons("outtray")
    assert (set(found.reasons), found.chosen_by) == (expected, chosen_by)


def test_without_a_configuration_set_the_account_decides(
    aws: Simulator, listed: SesSuppressionList
) -> None:
    choose(listed, account=["BOUNCE"], own=[])
    assert listed.effective_reasons("").reasons == {"BOUNCE"}


# --------------------------------------------------------------------------- what is new


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
