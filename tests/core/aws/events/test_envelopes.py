"""What is wrapped around an event, and bodies that are none: opened, set aside, never raising."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aws.events.parser import parse, parse_all
from core.model.reports import BodyOutcome

MAIL = {"timestamp": "2026-11-02T08:00:00Z", "messageId": "m-1", "destination": ["a@x.example"]}
BOUNCE: dict[str, Any] = {
    "bounceType": "Permanent",
    "bounceSubType": "NoEmail",
    "timestamp": "2026-11-02T08:00:03Z",
    "bouncedRecipients": [{"emailAddress": "a@x.example"}],
}
PERMANENT: dict[str, Any] = {"eventType": "Bounce", "mail": MAIL, "bounce": BOUNCE}
FACTS = parse(json.dumps(PERMANENT)).facts


def reason(value: object) -> str:
    parsed = parse(json.dumps(value))
    assert (parsed.outcome, parsed.facts) == (BodyOutcome.QUARANTINED, ())
    return parsed.reason


def sns(message: object) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-central-1:111111111111:office",
        "Message": message,
        "Timestamp": "2030-01-01T00:00:00Z",
    }


EVENTBRIDGE = {
    "source": "aws.ses",
    "detail-type": "Email Delivered",  # wrong on purpose: what happened stands in the detail
    "time": "2030-01-01T00:00:00Z",
    "detail": PERMANENT,
}
ENVELOPES = {
    "event-publishing": PERMANENT,
    "sns-envelope+event-publishing": sns(json.dumps(PERMANENT) + "\n"),
    "lambda-sns-records+sns-envelope+event-publishing": {
        "Records": [{"EventSource": "aws:sns", "Sns": sns(json.dumps(PERMANENT))}]
    },
    "lambda-sns-records+event-publishing": {"Records": [{"Sns": PERMANENT}]},
    "sqs-records+event-publishing": {"Records": [{"body": json.dumps(PERMANENT)}]},
    "sqs-records+sns-envelope+event-publishing": {
        "Messages": [{"Body": json.dumps(sns(json.dumps(PERMANENT)))}]
    },
    "eventbridge+event-publishing": EVENTBRIDGE,
    "sqs-records+eventbridge+event-publishing": {"Records": [{"body": json.dumps(EVENTBRIDGE)}]},
    "sns-envelope+eventbridge+event-publishing": sns(json.dumps(EVENTBRIDGE)),
    "array+event-publishing": [PERMANENT],
    "text+event-publishing": json.dumps(PERMANENT),
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_every_envelope_holds_the_same_fact(envelope: str) -> None:
    body = json.dumps(ENVELOPES[envelope])
    parsed = parse(body)
    assert parsed.facts == FACTS
    assert (parsed.envelope, parsed.raw) == (envelope, body)


def test_an_sns_message_that_was_parsed_already_is_read_too() -> None:
    assert parse(json.dumps(sns(PERMANENT))).facts == FACTS


@pytest.mark.parametrize(
    "batch",
    [
        [PERMANENT, {"eventType": "Bounce"}, sns("hello")],
        {"Records": [{"body": json.dumps(PERMANENT)}, {"body": "oops {"}, {"body": "hello"}]},
    ],
)
def test_a_batch_is_read_message_by_message(batch: object) -> None:
    good, bad, text = parse_all(json.dumps(batch))
    assert good.facts == FACTS
    assert (bad.outcome, text.outcome) == (BodyOutcome.QUARANTINED, BodyOutcome.QUARANTINED)
    whole = parse(json.dumps(batch))
    assert (whole.outcome, whole.facts) == (BodyOutcome.QUARANTINED, good.facts)


def test_each_part_of_a_batch_keeps_a_text_that_can_be_read_by_itself() -> None:
    batch = {"Records": [{"body": json.dumps(PERMANENT)}, {"body": "oops {"}]}
    for part in parse_all(json.dumps(batch)):
        again = parse(part.raw)
        assert (again.outcome, again.facts) == (part.outcome, part.facts)


@pytest.mark.parametrize(
    "body",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        json.dumps(sns("Successfully validated SNS topic for Amazon SES event publishing.\n")),
        json.dumps(sns('{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"…"}\n')),
        json.dumps({**sns("You have chosen to subscribe"), "Type": "SubscriptionConfirmation"}),
        json.dumps({**sns("You have chosen to end"), "Type": "UnsubscribeConfirmation"}),
        json.dumps(
            {
                "source": "aws.ses",
                "detail-type": "Sending Status Disabled",
                "time": "2026-11-20T10:40:00Z",
                "detail": {},
            }
        ),
        json.dumps(
            {
                "source": "aws.ses",
                "detail-type": "Advisor Recommendation Status Open",
                "time": "2026-11-20T10:40:00Z",
                "detail": {"version": "1.0.0", "data": "{}"},
            }
        ),
    ],
)
def test_messages_about_the_feed_are_set_up_and_no_facts(body: str) -> None:
    parsed = parse(body)
    assert (parsed.outcome, parsed.facts) == (BodyOutcome.SETUP, ())
    assert parsed.reason


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"eventType": "Bounce", "bounce": BOUNCE}, "mail"),
        ({**PERMANENT, "bounce": "gone"}, "time"),
        ({"notificationType": "Received", "mail": MAIL, "receipt": {}}, "inbound"),
        ({"eventType": 5, "mail": MAIL}, "eventType"),
        ({"source": "aws.s3", "detail-type": "Object Created", "detail": {}}, "aws.s3"),
        (sns("CPU alarm"), "not JSON"),
        ({"hello": "world"}, "neither"),
        ([1, 2], "list"),
        (7, "object"),
        ("", "nothing"),
    ],
)
def test_what_is_no_event_is_quarantined_with_the_reason(value: object, word: str) -> None:
    assert word in reason(value)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00\xff\xfe",
        "\ufeff",
        "[" * 100_000,
        '{"Message":' * 50_000,
        "9" * 10_000,
        '{"eventType": "Send", "mail": {"messageId": ' + "9" * 5_000 + "}}",
        "NaN",
        '{"eventType": NaN, "mail": Infinity}',
        '"\\ud800"',
        '{"Records": []}',
        '{"Records": [1, null, "x"]}',
    ],
)
def test_hostile_bodies_are_quarantined_and_storable(body: str) -> None:
    parsed = parse(body)
    assert parsed.outcome is BodyOutcome.QUARANTINED
    parsed.raw.encode()


def test_wrapping_without_end_is_given_up() -> None:
    body: object = PERMANENT
    for _ in range(20):
        body = sns(body)
    assert "envelopes" in reason(body)


def test_a_byte_order_mark_and_doubled_keys_do_no_harm() -> None:
    body = "\ufeff" + json.dumps(PERMANENT).replace("{", '{"eventType": "Send",', 1)
    assert parse(body).facts == FACTS


def test_a_huge_diagnostic_is_cut_in_the_fact_and_whole_in_the_raw_text() -> None:
    recipient = {"emailAddress": "a@x.example", "diagnosticCode": "x" * 10_000_000}
    parsed = parse(
        json.dumps({**PERMANENT, "bounce": {**BOUNCE, "bouncedRecipients": [recipient]}})
    )
    assert len(parsed.facts[0].diagnostic) < 20_000
    assert len(parsed.raw) > 10_000_000


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_NAMES = [
    "mail",
    "bounce",
    "Message",
    "Records",
    "detail",
    "detail-type",
    "eventType",
    "Type",
    "Sns",
]


@given(st.text())
def test_no_text_makes_it_raise(body: str) -> None:
    assert parse_all(body)


@given(
    st.dictionaries(st.sampled_from(_NAMES), JSON), st.sampled_from(["bounce", "mail", ""]), JSON
)
def test_no_shape_makes_it_raise(shape: dict[str, Any], name: str, odd: object) -> None:
    assert parse_all(json.dumps(shape))
    parse(json.dumps({**PERMANENT, **shape, name: odd}))
