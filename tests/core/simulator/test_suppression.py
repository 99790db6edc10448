"""The account suppression list: how addresses get there, and what it does to a send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.core.simulator.office import Office

ANN = "Ann@customer.example"


def put(office: Office, address: str = ANN, reason: str = "BOUNCE") -> None:
    office.ses.put_suppressed_destination(EmailAddress=address, Reason=reason)


def listed(office: Office, **wanted: object) -> list[str]:
    answer = office.ses.list_suppressed_destinations(**wanted)
    return [each["EmailAddress"] for each in answer["SuppressedDestinationSummaries"]]


def test_an_address_that_is_not_listed_is_not_found(office: Office) -> None:
    with pytest.raises(office.ses.exceptions.NotFoundException) as refused:
        office.ses.get_suppressed_destination(EmailAddress=ANN)
    assert refused.value.response["Error"]["Message"] == (
        f"Email address {ANN} does not exist on your suppression list."
    )


def test_an_entry_keeps_its_case_reason_and_time(office: Office) -> None:
    put(office, reason="COMPLAINT")
    entry = office.ses.get_suppressed_destination(EmailAddress=ANN)["SuppressedDestination"]
    assert (entry["EmailAddress"], entry["Reason"]) == (ANN, "COMPLAINT")
    assert abs(entry["LastUpdateTime"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_managing_matches_the_case_exactly(office: Office) -> None:
    put(office)
    for call in (office.ses.get_suppressed_destination, office.ses.delete_suppressed_destination):
        with pytest.raises(office.ses.exceptions.NotFoundException):
            call(EmailAddress=ANN.lower())
    assert listed(office) == [ANN]


def test_sending_ignores_the_case(office: Office) -> None:
    put(office)
    office.send(to=ANN.upper())
    assert office.events()[-1]["bounce"]["bounceSubType"] == "OnAccountSuppressionList"


def test_a_label_makes_another_address(office: Office) -> None:
    put(office, "ann+old@customer.example")
    office.send(to="ann@customer.example")
    assert office.kinds() == ["Send", "Delivery"]


def test_mail_to_a_bounced_address_is_accepted_and_bounced_by_ses(office: Office) -> None:
    put(office)
    office.send(to=f"Ann <{ANN}>")
    sent, bounced = office.events()
    assert sent["eventType"] == "Send"
    bounce = bounced["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == (
        "Permanent",
        "OnAccountSuppressionList",
    )
    assert bounce["reportingMTA"] == "dns; amazonses.com"
    assert bounce["bouncedRecipients"][0]["emailAddress"] == f"Ann <{ANN}>"
    assert "suppression list for your account" in bounce["bouncedRecipients"][0]["diagnosticCode"]
    assert len(office.get("sent")) == 1


def test_mail_to_a_complainer_is_accepted_and_echoes_the_complaint(office: Office) -> None:
    put(office, reason="COMPLAINT")
    office.send(to=ANN)
    sent, complained = office.events()
    assert sent["eventType"] == "Send"
    assert complained["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
    assert complained["complaint"]["complainedRecipients"] == [{"emailAddress": ANN}]
    assert "complaintFeedbackType" not in complained["complaint"]


def test_a_reason_that_the_account_does_not_suppress_for_stops_nothing(office: Office) -> None:
    put(office)
    office.ses.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    office.send(to=ANN)
    assert office.kinds() == ["Send", "Delivery"]


def test_an_empty_choice_of_the_configuration_set_stops_nothing(office: Office) -> None:
    put(office)
    office.ses.put_configuration_set_suppression_options(
        ConfigurationSetName="outtray", SuppressedReasons=[]
    )
    office.send(to=ANN)
    assert office.kinds() == ["Send", "Delivery"]


def test_the_choice_of_the_configuration_set_wins_over_the_account(office: Office) -> None:
    put(office)
    office.ses.put_account_suppression_attributes(SuppressedReasons=[])
    office.ses.put_configuration_set_suppression_options(
        ConfigurationSetName="outtray", SuppressedReasons=["BOUNCE"]
    )
    office.send(to=ANN)
    assert office.kinds() == ["Send", "Bounce"]


@pytest.mark.parametrize(("kind", "reason"), [("bounce", "BOUNCE"), ("complaint", "COMPLAINT")])
def test_a_hard_bounce_or_complaint_lists_the_address_and_names_the_mail(
    office: Office, kind: str, reason: str
) -> None:
    office.post("behaviours", {"addresses": {ANN: kind}})
    message_id = office.send(to=ANN)
    feedback_id = office.events()[-1][kind]["feedbackId"]
    entry = office.ses.get_suppressed_destination(EmailAddress=ANN)["SuppressedDestination"]
    assert entry["Reason"] == reason
    assert entry["Attributes"] == {"MessageId": message_id, "FeedbackId": feedback_id}


def test_after_its_entry_is_deleted_a_dead_address_bounces_and_is_listed_again(
    office: Office,
) -> None:
    office.post("behaviours", {"addresses": {ANN: "bounce"}})
    subtypes = []
    for _ in range(2):
        office.send(to=ANN)
        office.send(to=ANN)
        subtypes += [
            each["bounce"]["bounceSubType"] for each in office.events() if "bounce" in each
        ]
        office.ses.delete_suppressed_destination(EmailAddress=ANN)
    assert subtypes == ["General", "OnAccountSuppressionList"] * 2


def test_a_soft_bounce_lists_nobody(office: Office) -> None:
    office.post("behaviours", {"addresses": {ANN: "soft_bounce"}})
    office.send(to=ANN)
    assert listed(office) == []


def test_a_bounce_lists_nobody_where_the_account_does_not_want_it(office: Office) -> None:
    office.ses.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    office.post("behaviours", {"addresses": {ANN: "bounce"}})
    office.send(to=ANN)
    assert listed(office) == []


def test_the_list_comes_in_pages(office: Office) -> None:
    everybody = [f"a{number:02d}@customer.example" for number in range(25)]
    for address in everybody:
        put(office, address)
    found: list[str] = []
    token: dict[str, str] = {}
    pages = 0
    while True:
        answer = office.ses.list_suppressed_destinations(PageSize=10, **token)
        found += [each["EmailAddress"] for each in answer["SuppressedDestinationSummaries"]]
        pages += 1
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert sorted(found) == everybody
    assert pages == 3


def test_a_token_that_nobody_gave_is_refused(office: Office) -> None:
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        office.ses.list_suppressed_destinations(NextToken="made up")


def test_the_list_can_be_narrowed_by_reason_and_date(office: Office) -> None:
    put(office, "a@customer.example", "BOUNCE")
    put(office, "b@customer.example", "COMPLAINT")
    hour = timedelta(hours=1)
    assert listed(office, Reasons=["COMPLAINT"]) == ["b@customer.example"]
    assert listed(office, StartDate=datetime.now(UTC) + hour) == []
    assert len(listed(office, EndDate=datetime.now(UTC) + hour)) == 2


def test_an_address_with_a_plus_or_a_percent_sign_is_one_address(office: Office) -> None:
    for address in ("a+b@customer.example", "a%2Bc@customer.example"):
        put(office, address)
        entry = office.ses.get_suppressed_destination(EmailAddress=address)
        assert entry["SuppressedDestination"]["EmailAddress"] == address


def test_an_address_with_a_slash_is_a_bad_request_as_in_aws(office: Office) -> None:
    put(office, "a/b@customer.example")
    with pytest.raises(ClientError, match="BadRequestException"):
        office.ses.delete_suppressed_destination(EmailAddress="a/b@customer.example")


def test_a_sandbox_cannot_add_to_the_list(office: Office) -> None:
    office.post("account", {"production_access": False})
    with pytest.raises(ClientError, match="BadRequestException"):
        put(office)


def test_lookups_can_be_made_to_fail(office: Office) -> None:
    office.post("faults", {"suppression_fail": 2})
    for call in (
        lambda: office.ses.get_suppressed_destination(EmailAddress=ANN),
        office.ses.list_suppressed_destinations,
    ):
        with pytest.raises(ClientError, match="InternalFailure"):
            call()
    assert listed(office) == []
