"""One body in, facts out. The event bodies are modelled on what SES writes, trimmed to size."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aws.events.parser import OUR_TAG, parse
from core.model.delivery import DeliveryEvent
from core.model.enums import DisplayStatus
from core.model.reports import BodyOutcome
from core.rules.delivery.events import effect, natural_key

SENT = "2026-11-02T08:00:00.000Z"
LATER = "2026-11-02T08:00:03.120Z"
AT = datetime(2026, 11, 2, 8, 0, 3, 120000, tzinfo=UTC)
MAIL: dict[str, Any] = {
    "timestamp": SENT,
    "messageId": "0100019a-1",
    "source": "Billing <billing@office.example>",
    "destination": ["Ann@shop.example"],
    "tags": {"ses:configuration-set": ["office"], OUR_TAG: ["d-17"]},
}
BOUNCE: dict[str, Any] = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "timestamp": LATER,
    "feedbackId": "f-1",
    "bouncedRecipients": [
        {
            "emailAddress": '"Ann" <Ann@shop.example> ',
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ],
}


def event(
    kind: str, name: str, details: object, key: str = "eventType", **mail: Any
) -> dict[str, Any]:
    return {key: kind, "mail": {**MAIL, **mail}, name: details}


def facts_of(value: object) -> tuple[DeliveryEvent, ...]:
    parsed = parse(json.dumps(value))
    assert parsed.outcome is BodyOutcome.FACTS, parsed.reason
    return parsed.facts


def only(value: object) -> DeliveryEvent:
    (fact,) = facts_of(value)
    return fact


def quarantined(value: object) -> str:
    parsed = parse(json.dumps(value))
    assert (parsed.outcome, parsed.facts) == (BodyOutcome.QUARANTINED, ())
    assert parsed.reason
    return parsed.reason


PERMANENT = event("Bounce", "bounce", BOUNCE)


# --------------------------------------------------------------------------- every type


def test_a_bounce_tells_who_when_why_and_for_which_delivery() -> None:
    assert only(PERMANENT) == DeliveryEvent(
        type="Bounce",
        at=AT,
        message_id="0100019a-1",
        recipient="Ann@shop.example",
        subtype="Permanent/General",
        tag="d-17",
        feedback_id="f-1",
        action="failed",
        enhanced_status="5.1.1",
        diagnostic="smtp; 550 5.1.1 user unknown",
    )


def test_a_delivery_keeps_the_words_of_the_server() -> None:
    details = {"timestamp": LATER, "recipients": ["a@x.example"], "smtpResponse": "250 2.0.0 OK"}
    fact = only(event("Delivery", "delivery", details))
    assert (fact.recipient, fact.at, fact.diagnostic) == ("a@x.example", AT, "250 2.0.0 OK")


def test_a_delay_has_its_type_and_the_recipients_own_words() -> None:
    recipient = {"emailAddress": "a@x.example", "status": "4.2.2", "diagnosticCode": "452 full"}
    details = {"timestamp": LATER, "delayType": "MailboxFull", "delayedRecipients": [recipient]}
    fact = only(event("DeliveryDelay", "deliveryDelay", details))
    assert (fact.subtype, fact.enhanced_status, fact.diagnostic) == (
        "MailboxFull",
        "4.2.2",
        "452 full",
    )


@pytest.mark.parametrize(
    ("subtype", "feedback_type", "expected"),
    [
        (None, "abuse", "abuse"),
        ("", "not-spam", "not-spam"),
        ("OnAccountSuppressionList", None, "OnAccountSuppressionList"),
        ("OnAccountSuppressionList", "abuse", "OnAccountSuppressionList"),
        (None, None, ""),
    ],
)
def test_a_complaint_has_its_subtype_or_else_its_feedback_type(
    subtype: str | None, feedback_type: str | None, expected: str
) -> None:
    details = {
        "timestamp": LATER,
        "feedbackId": "f-2",
        "complainedRecipients": [{"emailAddress": "a@x.example"}],
        "complaintSubType": subtype,
        "complaintFeedbackType": feedback_type,
    }
    assert only(event("Complaint", "complaint", details)).subtype == expected


@pytest.mark.parametrize(
    ("kind", "name", "details", "words"),
    [
        ("Send", "send", {}, ""),
        ("Reject", "reject", {"reason": "Bad content"}, "Bad content"),
        (
            "Rendering Failure",
            "failure",
            {"errorMessage": "no name", "templateName": "t"},
            "no name",
        ),
    ],
)
def test_what_happens_on_acceptance_is_timed_by_the_mail_and_concerns_everybody(
    kind: str, name: str, details: object, words: str
) -> None:
    found = facts_of(event(kind, name, details, destination=["A <a@x.example>", "b@x.example"]))
    assert [fact.recipient for fact in found] == ["a@x.example", "b@x.example"]
    assert {(fact.at, fact.diagnostic) for fact in found} == {
        (datetime(2026, 11, 2, 8, tzinfo=UTC), words)
    }
    nobody = only(event(kind, name, details, destination=[]))
    assert nobody.recipient == ""


@pytest.mark.parametrize(
    ("destination", "recipient"),
    [(["Ann <a@x.example>"], "a@x.example"), (["a@x.example", "b@x.example"], ""), (None, "")],
)
def test_opens_and_clicks_name_somebody_only_where_there_is_one_recipient(
    destination: object, recipient: str
) -> None:
    details = {"timestamp": LATER, "userAgent": "M", "ipAddress": "192.0.2.1", "link": "http://x/"}
    click = only(event("Click", "click", details, destination=destination))
    assert (click.recipient, click.user_agent, click.ip, click.link, click.at) == (
        recipient,
        "M",
        "192.0.2.1",
        "http://x/",
        AT,
    )
    assert only(event("Open", "open", details, destination=destination)).recipient == recipient


def test_a_type_not_known_yet_is_kept_and_changes_nothing() -> None:
    fact = only(event("Mail Teleported", "teleport", {"timestamp": LATER}))
    assert (fact.type, fact.at, fact.tag) == ("Mail Teleported", AT, "d-17")
    assert effect(fact).word is None


def test_a_nonsense_type_around_a_bounce_flips_nothing() -> None:
    broken = event("Bounce, Complaint, or Delivery.", "bounce", BOUNCE, key="notificationType")
    fact = only(broken)
    assert (fact.at, effect(fact).word) == (AT, None)


@pytest.mark.parametrize("nobody", [[], None, [{}], [{"emailAddress": 5}], "missing"])
def test_a_report_that_names_nobody_is_about_whom_its_email_went_to(nobody: object) -> None:
    details = {k: v for k, v in BOUNCE.items() if k != "bouncedRecipients"}
    if nobody != "missing":
        details["bouncedRecipients"] = nobody
    fact = only(event("Bounce", "bounce", details))
    assert (fact.recipient, effect(fact).word) == ("", DisplayStatus.BOUNCED)


def test_a_recipient_without_a_name_keeps_what_the_server_said() -> None:
    details = {**BOUNCE, "bouncedRecipients": [{"status": "5.1.1", "diagnosticCode": "550 no"}]}
    fact = only(event("Bounce", "bounce", details))
    assert (fact.recipient, fact.enhanced_status, fact.diagnostic) == ("", "5.1.1", "550 no")


@pytest.mark.parametrize(
    ("kind", "bounce_type", "subtype", "word"),
    [
        ("BOUNCE", "PERMANENT", "GENERAL", DisplayStatus.BOUNCED),
        ("bounce", "permanent", "NoEmail", DisplayStatus.BOUNCED),
        ("Bounce", "TRANSIENT", "MAILBOX_FULL", DisplayStatus.SOFT_BOUNCED),
        ("Bounce", "Permanent", "ON_ACCOUNT_SUPPRESSION_LIST", DisplayStatus.DROPPED),
        ("Bounce", "Permanent", "onAccountSuppressionList", DisplayStatus.DROPPED),
    ],
)
def test_the_words_of_a_bounce_are_read_in_any_case(
    kind: str, bounce_type: str, subtype: str, word: DisplayStatus
) -> None:
    details = {**BOUNCE, "bounceType": bounce_type, "bounceSubType": subtype}
    fact = only(event(kind, "bounce", details))
    assert (fact.type, effect(fact).word) == ("Bounce", word)
    known = only(event("Bounce", "bounce", {**details, "bounceType": bounce_type.capitalize()}))
    assert natural_key(fact) == natural_key(known)


@pytest.mark.parametrize("kind", ["DELIVERY_DELAY", "deliverydelay", "RENDERING_FAILURE", "SEND"])
def test_the_types_of_the_api_are_those_of_the_events(kind: str) -> None:
    name = "deliveryDelay" if "elay" in kind.lower() else "failure"
    at = {"timestamp": "2026-11-02T09:00:00Z", "delayType": "MAILBOX_FULL"}
    assert effect(only(event(kind, name, at))).word in (
        DisplayStatus.DEFERRED,
        DisplayStatus.DROPPED,
        DisplayStatus.SENT,
    )


@pytest.mark.parametrize(
    "written", ["m-1", "<m-1@eu-west-1.amazonses.com>", "m-1@email.amazonses.com", " m-1 "]
)
def test_an_id_of_ses_is_the_same_as_on_the_wire(written: str) -> None:
    assert only(event("Bounce", "bounce", BOUNCE, messageId=written)).message_id == "m-1"


@pytest.mark.parametrize(
    ("kind", "name", "details"),
    [
        ("Bounce", "bounce", BOUNCE),
        (
            "Complaint",
            "complaint",
            {
                "timestamp": LATER,
                "feedbackId": "f-2",
                "complainedRecipients": [{"emailAddress": "a@x"}],
            },
        ),
        ("Delivery", "delivery", {"timestamp": LATER, "recipients": ["a@x.example"]}),
    ],
)
def test_the_same_event_by_both_mechanisms_is_one(
    kind: str, name: str, details: dict[str, Any]
) -> None:
    published = only(event(kind, name, details))
    notified = only(event(kind, name, details, key="notificationType", tags=None))
    assert natural_key(published) == natural_key(notified)


# --------------------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2018-10-08T14:05:45Z", datetime(2018, 10, 8, 14, 5, 45, tzinfo=UTC)),
        ("2018-10-08T14:05:45 +0000", datetime(2018, 10, 8, 14, 5, 45, tzinfo=UTC)),
        ("2018-10-08 14:05:45", datetime(2018, 10, 8, 14, 5, 45, tzinfo=UTC)),
        ("2012-05-25T14:59:38.623-07:00", datetime(2012, 5, 25, 21, 59, 38, 623000, tzinfo=UTC)),
        ("2012-05-25T14:59:38.623456Z", datetime(2012, 5, 25, 14, 59, 38, 623456, tzinfo=UTC)),
        ("2012-05-25T14:59:38.623456789Z", datetime(2012, 5, 25, 14, 59, 38, 623456, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_written_and_kept_in_utc(written: str, expected: datetime) -> None:
    fact = only(event("Bounce", "bounce", {**BOUNCE, "timestamp": written}))
    assert (fact.at, fact.at.tzinfo) == (expected, UTC)


@pytest.mark.parametrize(
    "tags", [{OUR_TAG: "d-17"}, {OUR_TAG: ["d-17", "x"]}, {OUR_TAG: ["", "d-17"]}]
)
def test_our_tag_is_found_in_a_list_or_without_one(tags: object) -> None:
    assert only(event("Bounce", "bounce", BOUNCE, tags=tags)).tag == "d-17"


@pytest.mark.parametrize(
    "tags", [None, {}, [], "outtray", {OUR_TAG: []}, {OUR_TAG: 5}, {"x": ["y"]}]
)
def test_a_mail_without_our_tag_has_none(tags: object) -> None:
    assert only(event("Bounce", "bounce", BOUNCE, tags=tags)).tag is None


def test_our_tag_alone_is_enough_to_know_the_delivery() -> None:
    fact = only(event("Bounce", "bounce", BOUNCE, messageId=None))
    assert (fact.message_id, fact.tag) == ("", "d-17")


def test_what_no_database_can_hold_is_replaced() -> None:
    recipient = {"emailAddress": "a@x.example", "diagnosticCode": "550 \ud800 \x00 no"}
    body = json.dumps(event("Bounce", "bounce", {**BOUNCE, "bouncedRecipients": [recipient]}))
    assert parse(body).facts[0].diagnostic == "550 \ufffd \ufffd no"
    assert parse("\ud800 \x00").raw == "\ufffd \ufffd"


# --------------------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    "timestamp", [None, "", "yesterday", 17, "2018-10-08", "0001-01-01T00:00+14:00"]
)
def test_without_a_time_of_its_own_a_bounce_is_quarantined(timestamp: object) -> None:
    assert "time" in quarantined(event("Bounce", "bounce", {**BOUNCE, "timestamp": timestamp}))


@pytest.mark.parametrize("message_id", [None, "", " ", 7, ["x"]])
def test_without_message_id_and_tag_an_event_is_quarantined(message_id: object) -> None:
    assert "messageId" in quarantined(
        event("Bounce", "bounce", BOUNCE, messageId=message_id, tags=None)
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(MAIL)), st.sampled_from(sorted(BOUNCE)), JSON)
def test_no_wrong_type_in_a_field_makes_it_raise(mail: str, bounce: str, odd: object) -> None:
    value = {
        "eventType": "Bounce",
        "mail": {**MAIL, mail: odd},
        "bounce": {**BOUNCE, bounce: odd},
    }
    for fact in parse(json.dumps(value)).facts:
        assert fact.at.tzinfo is UTC
