"""What SES reports about a message, as it arrives in the queue."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import Any

import pytest

from tests.core.simulator.office import Office, mime, raw

REAL_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000")

SIMULATED = {
    "success": ["Send", "Delivery"],
    "bounce": ["Send", "Bounce"],
    "ooto": ["Send", "Delivery", "Bounce"],
    "complaint": ["Send", "Delivery", "Complaint"],
    "suppressionlist": ["Send", "Bounce"],
}
TOLD = {
    "soft_bounce": ["Send", "Bounce"],
    "delay": ["Send", "DeliveryDelay"],
    "delay_then_deliver": ["Send", "DeliveryDelay", "Delivery"],
    "deliver_then_bounce": ["Send", "Delivery", "Bounce"],
    "open": ["Send", "Delivery", "Open"],
    "click": ["Send", "Delivery", "Open", "Click"],
    "reject": ["Send", "Reject"],
}


def last(office: Office) -> dict[str, Any]:
    return office.events()[-1]


def test_the_body_is_the_envelope_of_sns_around_a_message_that_ends_in_a_newline(
    office: Office,
) -> None:
    office.send()
    envelope = json.loads(office.bodies()[0])
    assert envelope["Type"] == "Notification"
    assert envelope["Subject"] == "Amazon SES Email Event Notification"
    assert envelope["TopicArn"].endswith(":outtray-events")
    assert envelope["Message"].endswith("}\n")


def test_events_are_in_the_queue_before_the_call_is_answered(office: Office) -> None:
    office.send()
    assert office.kinds() == ["Send", "Delivery"]


def test_message_ids_have_the_shape_of_real_ones(office: Office) -> None:
    message_id = office.send()
    assert REAL_ID.fullmatch(message_id)
    assert [event["mail"]["messageId"] for event in office.events()] == [message_id] * 2


def test_the_mail_object_holds_what_ses_puts_there(office: Office) -> None:
    message_id = office.send(EmailTags=[{"Name": "outtray", "Value": "d-1"}])
    mail = office.events()[0]["mail"]
    assert list(mail) == [
        *("timestamp", "source", "sourceArn", "sendingAccountId", "messageId"),
        *("destination", "headersTruncated", "headers", "commonHeaders", "tags"),
    ]
    assert mail["source"] == "Outtray Demo <billing@outtray.example>"
    assert mail["sourceArn"].endswith(":identity/billing@outtray.example")
    assert mail["sourceArn"].split(":")[4] == mail["sendingAccountId"]
    assert mail["destination"] == ["ann@customer.example"]
    assert {"name": "To", "value": "ann@customer.example"} in mail["headers"]
    assert mail["commonHeaders"] == {
        "from": ["Outtray Demo <billing@outtray.example>"],
        "to": ["ann@customer.example"],
        "messageId": message_id,
        "subject": "Invoice INV-0042",
    }
    assert mail["tags"]["outtray"] == ["d-1"]
    assert mail["tags"]["ses:configuration-set"] == ["outtray"]
    assert mail["tags"]["ses:from-domain"] == ["outtray.example"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", mail["timestamp"])


def test_only_a_delivery_tells_the_outgoing_address(office: Office) -> None:
    office.send()
    sent, delivered = office.events()
    assert "ses:outgoing-ip" not in sent["mail"]["tags"]
    assert delivered["mail"]["tags"]["ses:outgoing-ip"]


def test_raw_mail_keeps_its_own_message_id_in_the_common_headers(office: Office) -> None:
    message_id = office.send(Content=raw(mime(Message_ID="<one@outtray.example>")))
    mail = office.events()[0]["mail"]
    assert mail["messageId"] == message_id
    assert mail["commonHeaders"]["messageId"] == "<one@outtray.example>"
    assert mail["commonHeaders"]["subject"] == "Rechnung für März"


def test_headers_beyond_ten_kilobytes_are_cut_and_marked(office: Office) -> None:
    many = {f"X_Filler_{number}": "x" * 900 for number in range(15)}
    office.send(Content=raw(mime(**many)))
    mail = office.events()[0]["mail"]
    assert mail["headersTruncated"] is True
    assert sum(len(each["value"]) for each in mail["headers"]) <= 10 * 1024
    assert mail["commonHeaders"]["to"] == ["ann@customer.example"]


@pytest.mark.parametrize("label", ["", "+inv42"])
@pytest.mark.parametrize("name", SIMULATED)
def test_the_mailbox_simulator_answers_as_in_aws(office: Office, name: str, label: str) -> None:
    office.send(to=f"{name}{label}@simulator.amazonses.com")
    assert office.kinds() == SIMULATED[name]


def test_simulator_addresses_never_reach_the_suppression_list(office: Office) -> None:
    for name in ("bounce", "complaint"):
        office.send(to=f"{name}@simulator.amazonses.com")
    assert office.ses.list_suppressed_destinations()["SuppressedDestinationSummaries"] == []


def test_a_bounce_says_what_the_server_said(office: Office) -> None:
    office.send(to="bounce+inv42@simulator.amazonses.com")
    bounce = last(office)["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    assert bounce["bouncedRecipients"] == [
        {
            "emailAddress": "bounce+inv42@simulator.amazonses.com",
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ]
    assert REAL_ID.fullmatch(bounce["feedbackId"])
    assert bounce["timestamp"]
    assert bounce["reportingMTA"]


def test_an_automatic_reply_is_a_bounce_without_any_diagnosis(office: Office) -> None:
    office.send(to="ooto@simulator.amazonses.com")
    bounce = last(office)["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Transient", "General")
    assert bounce["bouncedRecipients"] == [{"emailAddress": "ooto@simulator.amazonses.com"}]
    assert "reportingMTA" not in bounce


def test_a_complaint_carries_its_feedback(office: Office) -> None:
    office.send(to="complaint@simulator.amazonses.com")
    complaint = last(office)["complaint"]
    assert complaint["complainedRecipients"] == [
        {"emailAddress": "complaint@simulator.amazonses.com"}
    ]
    assert complaint["complaintFeedbackType"] == "abuse"
    assert complaint["complaintSubType"] is None
    assert complaint["userAgent"] == "Amazon SES Mailbox Simulator"
    assert REAL_ID.fullmatch(complaint["feedbackId"])


def test_the_global_list_is_a_permanent_suppressed_bounce_of_ses_itself(office: Office) -> None:
    office.send(to="suppressionlist@simulator.amazonses.com")
    bounce = last(office)["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "Suppressed")
    assert bounce["reportingMTA"] == "dns; amazonses.com"


@pytest.mark.parametrize("kind", TOLD)
def test_an_address_behaves_as_it_was_told(office: Office, kind: str) -> None:
    office.post("behaviours", {"addresses": {"Ann@Customer.example": kind}})
    office.send(to="ann@customer.example")
    assert office.kinds() == TOLD[kind]


def test_a_told_bounce_can_have_its_own_words(office: Office) -> None:
    words = {"kind": "bounce", "diagnostic": "smtp; 552 5.2.2 full", "enhanced_status": "5.2.2"}
    office.post("behaviours", {"addresses": {"ann@customer.example": words}})
    office.send(to="Ann <ann@customer.example>")
    event = last(office)
    recipient = event["bounce"]["bouncedRecipients"][0]
    assert recipient["diagnosticCode"] == "smtp; 552 5.2.2 full"
    assert recipient["status"] == "5.2.2"
    assert recipient["emailAddress"] == "ann@customer.example"
    assert event["mail"]["destination"] == ["Ann <ann@customer.example>"]


def test_an_open_can_report_a_later_time(office: Office) -> None:
    told = {"kind": "open", "later": 3600, "user_agent": "Thunderbird"}
    office.post("behaviours", {"addresses": {"ann@customer.example": told}})
    office.send()
    _, delivered, opened = office.events()
    first = datetime.fromisoformat(delivered["delivery"]["timestamp"])
    second = datetime.fromisoformat(opened["open"]["timestamp"])
    assert 3599 <= (second - first).total_seconds() <= 3601
    assert opened["open"]["userAgent"] == "Thunderbird"


def test_tracking_switched_off_for_a_mail_reports_no_open_or_click(office: Office) -> None:
    office.post("behaviours", {"addresses": {"ann@customer.example": "click"}})
    off = {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
    office.send(ConfigurationOverrides={"Tracking": off})
    assert office.kinds() == ["Send", "Delivery"]


def test_a_virus_is_accepted_and_then_rejected(office: Office) -> None:
    eicar = b"X5O!P%@AP[4\\PZX54" + b"(P^)7CC)7}$EICAR-" + b"STANDARD-TEST"
    message = mime().replace(b"JVBERi0xLjQ=", base64.b64encode(eicar))
    office.send(Content=raw(message))
    sent, rejected = office.events()
    assert sent["eventType"] == "Send"
    assert rejected["reject"] == {"reason": "Bad content"}


def test_bounces_of_one_request_come_in_one_notification(office: Office) -> None:
    two = ["bounce+a@simulator.amazonses.com", "bounce+b@simulator.amazonses.com"]
    office.send(to=two)
    sent, bounced = office.events()
    assert sent["mail"]["destination"] == two
    assert [each["emailAddress"] for each in bounced["bounce"]["bouncedRecipients"]] == two


def test_times_of_one_message_go_up_in_their_natural_order(office: Office) -> None:
    office.post("behaviours", {"addresses": {"ann@customer.example": "click"}})
    office.send()
    sent, delivered, opened, clicked = office.events()
    times = [
        sent["mail"]["timestamp"],
        delivered["delivery"]["timestamp"],
        opened["open"]["timestamp"],
        clicked["click"]["timestamp"],
    ]
    assert times == sorted(set(times))
    assert delivered["delivery"]["processingTimeMillis"] >= 1


def test_a_message_without_a_configuration_set_is_not_reported(office: Office) -> None:
    office.send(ConfigurationSetName=None)
    assert office.kinds() == []
    assert len(office.get("sent")) == 1
