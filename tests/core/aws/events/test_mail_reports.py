"""Bounces and complaints that came as emails are read as what SES would have published."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aws.events.fields import instant
from core.aws.events.files import numbered_bodies, split_bodies
from core.aws.events.parser import parse, parse_all
from core.model.reports import BodyOutcome

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SES_ID = "0102018f3b2c4d5e-12345678-1234-1234-1234-123456789abc-000000"

REPORT = """\
Return-Path: <>
Received: from a1.smtp-out.eu-west-1.amazonses.com by mx.office.example;
 Fri, 20 Nov 2026 14:00:01 +0000
Date: Fri, 20 Nov 2026 15:00:00 +0100
From: MAILER-DAEMON@eu-west-1.amazonses.com
To: billing@office.example
Subject: Delivery Status Notification (Failure)
Message-ID: <report-1@eu-west-1.amazonses.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"

--=_x
Content-Type: text/plain

An error occurred while trying to deliver the mail to the following recipients:
{"this": "is no event"}
--=_x
Content-Type: message/delivery-status

Reporting-MTA: dns; a1.smtp-out.eu-west-1.amazonses.com

BLOCKS
--=_x
Content-Type: message/rfc822

From: Acme <billing@office.example>
To: Ann <ann@customer.example>
Date: Fri, 20 Nov 2026 13:59:00 +0000
Subject: =?utf-8?q?Rechnung_=C3=9C7?=
Message-ID: <SESID@eu-west-1.amazonses.com>

Hi
--=_x--
""".replace("SESID", SES_ID)

LISTED = (
    "Amazon SES did not send the message to this address because it is on the suppression list for"
    " your account."
)
FAILED = """\
Final-Recipient: rfc822; ann@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@customer.example>:
 Recipient address rejected: User unknown
"""


def report(*blocks: str) -> str:
    return REPORT.replace("BLOCKS", "\n".join(blocks))


def test_a_delivery_report_is_the_bounce_it_reports() -> None:
    parsed = parse(report(FAILED))
    assert (parsed.outcome, parsed.envelope) == (BodyOutcome.FACTS, "email")
    (fact,) = parsed.facts
    assert (fact.type, fact.at, fact.message_id) == ("Bounce", AT, SES_ID)
    assert (fact.subtype, fact.action) == ("Permanent/General", "failed")
    assert (fact.recipient, fact.enhanced_status) == ("ann@customer.example", "5.1.1")
    assert fact.diagnostic.endswith("Recipient address rejected: User unknown")
    assert fact.feedback_id == "<report-1@eu-west-1.amazonses.com>"


@pytest.mark.parametrize(
    ("lines", "kind", "subtype"),
    [
        (("Action: failed", "Status: 4.4.7"), "Bounce", "Transient/General"),
        (("Action: failed", "Diagnostic-Code: smtp; 452 full"), "Bounce", "Transient/General"),
        (("Action: failed",), "Bounce", "Undetermined/General"),
        (("Action: delayed", "Status: 4.2.0"), "DeliveryDelay", "General"),
        (("Action: delivered", "Status: 2.0.0"), "Delivery", ""),
        (("Action: relayed", "Status: 2.0.0"), "Delivery", ""),
        (
            (
                "Action: failed",
                "Status: 5.1.1",
                f"Diagnostic-Code: {LISTED}",
            ),
            "Bounce",
            "Permanent/OnAccountSuppressionList",
        ),
    ],
)
def test_what_was_done_decides_what_is_reported(
    lines: tuple[str, ...], kind: str, subtype: str
) -> None:
    block = "\n".join(("Final-Recipient: rfc822; ann@customer.example", *lines, ""))
    (fact,) = parse(report(block)).facts
    assert (fact.type, fact.subtype) == (kind, subtype)


def test_every_recipient_of_a_report_is_a_fact_of_its_own() -> None:
    other = FAILED.replace("ann@", "bob@").replace("failed", "delayed").replace("5.1.1", "4.2.0")
    parts = parse_all(report(FAILED, other))
    assert [fact.recipient for part in parts for fact in part.facts] == [
        "ann@customer.example",
        "bob@customer.example",
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_email_is_one_body_whatever_is_in_it(ends: str) -> None:
    text = report(FAILED).replace("\n", ends)
    assert split_bodies(text) == [text]
    assert parse(text).facts == parse(report(FAILED)).facts


def test_an_abuse_report_is_a_complaint() -> None:
    text = (
        report(FAILED)
        .replace("report-type=delivery-status", "report-type=feedback-report")
        .replace("Content-Type: message/delivery-status", "Content-Type: message/feedback-report")
        .replace("Reporting-MTA: dns; a1.smtp-out.eu-west-1.amazonses.com\n\n", "")
        .replace(
            FAILED, "Feedback-Type: abuse\nUser-Agent: Yahoo-Mail-Feedback/2.0\nVersion: 0.1\n"
        )
    )
    (fact,) = parse(text).facts
    assert (fact.type, fact.subtype, fact.at) == ("Complaint", "abuse", AT)
    assert fact.recipient == "ann@customer.example"  # whoever complained is often left out


def test_what_sns_sent_to_a_subscribed_address_is_the_event_in_it() -> None:
    event = {
        "notificationType": "Delivery",
        "mail": {"messageId": SES_ID, "timestamp": "2026-11-20T13:59:00Z", "destination": []},
        "delivery": {"timestamp": "2026-11-20T14:00:00Z", "recipients": ["ann@customer.example"]},
    }
    head = report(FAILED).partition("MIME-Version")[0]
    text = f"{head}\n{json.dumps(event)}\n\n--\nIf you wish to stop receiving notifications …"
    (fact,) = parse(text).facts
    assert (fact.type, fact.at) == ("Delivery", AT)


def test_an_email_that_reports_nothing_is_kept_and_says_so() -> None:
    text = report(FAILED).partition("MIME-Version")[0] + "\nHello\n"
    parsed = parse(text)
    assert (parsed.outcome, parsed.raw) == (BodyOutcome.QUARANTINED, text)
    assert parsed.reason == "an email, but no report about one"


@given(st.text(), st.integers(0, len(REPORT)))
def test_no_email_raises(text: str, at: int) -> None:
    whole = report(FAILED)
    for part in parse_all(whole[:at] + text + whole[at:]):
        assert part.outcome in BodyOutcome


# --------------------------------------------------------------------------- files


def test_a_file_without_any_json_is_one_entry() -> None:
    text = "WARNING: queue is empty\nERROR: no route\n2026-11-02 12 monkeys\n"
    assert split_bodies(text) == [text.strip()]


def test_a_bad_line_among_good_ones_is_known_by_its_number() -> None:
    text = '{"a": 1}\n\nnot json\n{"b": 2}\n{"c":\n  3}\n{"d": 4}'
    assert [(body.line, body.text) for body in numbered_bodies(text)] == [
        (1, '{"a": 1}'),
        (3, "not json"),
        (4, '{"b": 2}'),
        (5, '{"c":\n  3}'),
        (7, '{"d": 4}'),
    ]


# --------------------------------------------------------------------------- times and carriers


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T14:00:00.000z",
        "2026-11-20 14:00:00 UTC",
        "2026-11-20T14:00:00 GMT",
        "Fri, 20 Nov 2026 15:00:00 +0100",
        "Fri, 20 Nov 2026 14:00:00 GMT",
        1795183200,
        1795183200000,
        "1795183200",
        "1795183200.0",
    ],
)
def test_a_time_is_read_however_it_is_written(written: object) -> None:
    assert instant(written) == AT


@pytest.mark.parametrize("written", ["2026-11-20", "12:30", "soon", 5, True, None, 10**30, "5"])
def test_what_is_no_time_is_none(written: object) -> None:
    assert instant(written) is None


def in_base64(*events: object) -> str:
    return b64encode("\n".join(map(json.dumps, events)).encode()).decode()


DELIVERY = {
    "eventType": "Delivery",
    "mail": {"messageId": SES_ID, "timestamp": "2026-11-20T13:59:00Z"},
    "delivery": {"timestamp": "2026-11-20T14:00:00Z", "recipients": ["ann@customer.example"]},
}
SNS = {"Type": "Notification", "MessageId": "1", "TopicArn": "a", "Message": json.dumps(DELIVERY)}


@pytest.mark.parametrize(
    "body",
    [
        {"Message": json.dumps(DELIVERY)},
        {"Message": DELIVERY},
        {
            "version": "1.0",
            "requestContext": {"condition": "RetriesExhausted"},
            "requestPayload": {"Records": [{"Sns": SNS}]},
            "responsePayload": {"errorMessage": "boom"},
        },
        {"requestPayload": DELIVERY},
        {"records": [{"recordId": "49", "data": in_base64(DELIVERY)}]},
        {"requestId": "r", "timestamp": 1, "records": [{"data": in_base64(SNS)}]},
        {"recordId": "49", "data": in_base64(DELIVERY)},
        {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": in_base64(DELIVERY)}}]},
    ],
)
def test_what_other_services_wrap_around_an_event_is_opened(body: object) -> None:
    parts = parse_all(json.dumps(body))
    assert [fact.type for part in parts for fact in part.facts] == ["Delivery"]
    for part in parts:  # what is kept can be read again by itself
        assert parse(part.raw).facts == part.facts


def test_several_events_in_one_record_are_all_read() -> None:
    mail: Any = DELIVERY["mail"]
    send = {"eventType": "Send", "mail": {**mail, "destination": ["a@b.example"]}}
    body = json.dumps({"records": [{"recordId": "1", "data": in_base64(DELIVERY, send)}]})
    assert [fact.type for part in parse_all(body) for fact in part.facts] == ["Delivery", "Send"]


@pytest.mark.parametrize("data", ["%%%", b64encode(b"\xff\xfe\x00").decode()])
def test_a_record_that_is_no_text_is_kept(data: str) -> None:
    parsed = parse(json.dumps({"records": [{"recordId": "1", "data": data}]}))
    assert parsed.outcome is BodyOutcome.QUARANTINED
    assert "base64" in parsed.reason
