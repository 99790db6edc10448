"""What goes wrong on purpose, and going back to how it was."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
from collections import Counter

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from core.simulator import Delays, Simulator
from core.simulator.events import Report
from core.simulator.publish import arrange
from tests.core.simulator.office import Office


def test_throttling_refuses_the_next_calls_and_no_more(office: Office) -> None:
    office.post("faults", {"throttle": 2})
    for _ in range(2):
        with pytest.raises(office.ses.exceptions.TooManyRequestsException) as refused:
            office.send()
        error = refused.value.response
        assert error["Error"]["Message"] == "Maximum sending rate exceeded."
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 429
    office.send()
    assert len(office.get("sent")) == 1


def test_a_failure_comes_before_anything_is_accepted(office: Office) -> None:
    office.post("faults", {"fail": 1})
    with pytest.raises(ClientError) as failed:
        office.send()
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert failed.value.response["Error"]["Code"] == "InternalFailure"
    assert office.get("sent") == []
    assert office.kinds() == []


def test_a_fault_that_is_simply_true_stays_until_it_is_switched_off(office: Office) -> None:
    assert office.post("faults", {"throttle": True})["throttle"] is True
    for _ in range(3):
        with pytest.raises(ClientError):
            office.send()
    office.post("faults", {"throttle": False})
    office.send()


def test_a_swallowed_call_is_accepted_and_reported_and_never_answered(office: Office) -> None:
    office.post("faults", {"swallow": 1})
    impatient = office.client("sesv2", Config(retries={"total_max_attempts": 1}, read_timeout=0.3))
    with pytest.raises(ReadTimeoutError):
        impatient.send_email(**office.request())
    assert len(office.get("sent")) == 1
    assert office.kinds() == ["Send", "Delivery"]
    office.send()


def test_a_swallowed_call_can_end_in_a_closed_connection(office: Office) -> None:
    office.post("faults", {"swallow": 1, "swallow_seconds": 0})
    with pytest.raises(ConnectionClosedError):
        office.send()
    assert len(office.get("sent")) == 1


def test_a_sdk_that_repeats_a_swallowed_call_sends_twice(office: Office) -> None:
    """The reason why Outtray turns the SDK's repetition off."""
    office.post("faults", {"swallow": 1, "swallow_seconds": 0})
    default = office.client("sesv2", Config(retries={"total_max_attempts": 2}))
    default.send_email(**office.request())
    assert len(office.get("sent")) == 2


def test_slow_answers_come_after_the_work(office: Office) -> None:
    office.post("faults", {"slow": 0.2})
    start = time.monotonic()
    office.send()
    assert time.monotonic() - start >= 0.2


def test_duplicate_publishes_the_same_event_twice(office: Office) -> None:
    office.post("faults", {"duplicate": True})
    office.send(to="bounce@simulator.amazonses.com")
    events = office.events()
    assert Counter(each["eventType"] for each in events) == {"Send": 2, "Bounce": 2}
    assert events[2] == events[3]


def test_shuffle_keeps_every_event_and_not_their_order(office: Office) -> None:
    office.post("behaviours", {"addresses": {"ann@customer.example": "click"}})
    office.post("faults", {"shuffle": True})
    orders = set()
    for _ in range(12):  # 24 orders: all twelve natural has a chance of 1 in 24 ** 12
        office.send()
        kinds = office.kinds()
        assert sorted(kinds) == ["Click", "Delivery", "Open", "Send"]
        orders.add(tuple(kinds))
    assert orders != {("Send", "Delivery", "Open", "Click")}


def test_shuffling_swaps_the_reports_and_keeps_the_times_of_publishing() -> None:
    reports = [Report(float(n), "SEND", "outtray", str(n)) for n in range(20)]
    mixed = arrange(reports, is_twice=True, is_mixed=True)
    assert sorted(report.after for report in mixed) == sorted([float(n) for n in range(20)] * 2)
    assert Counter(report.text for report in mixed) == {str(n): 2 for n in range(20)}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("faults", {"throtle": 1}, "No fault 'throtle'"),
        ("faults", {"throttle": -1}, "zero or more"),
        ("faults", {"slow": "much"}, "takes a number"),
        ("behaviours", {"addresses": {"a@b.example": "explode"}}, "No behaviour 'explode'"),
        ("behaviours", {"addresses": {"a@b.example": {"kind": "open", "x": 1}}}, "Unknown: x"),
        ("behaviours", {"a@b.example": "bounce"}, '{"addresses"'),
        ("delays", {"arrival": 1}, "Delays are seconds"),
        ("delays", {"delivery": -1}, "zero or more"),
        ("account", {"sandbox": True}, "No account field"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(
    office: Office, path: str, body: object, words: str
) -> None:
    before = office.get(path)
    with pytest.raises(urllib.error.HTTPError) as refused:
        office.post(path, body)
    assert refused.value.code == 400
    assert words in refused.value.read().decode().replace('\\"', '"')
    assert office.get(path) == before


def test_an_unknown_control_path_is_not_found(office: Office) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        office.get("nothing")
    assert refused.value.code == 404


def test_delayed_events_come_later_and_a_reset_forgets_them(office: Office) -> None:
    office.post("delays", {"delivery": 0.15})
    office.send()
    assert office.kinds() == ["Send"]
    assert [each["eventType"] for each in office.events(wait=5)] == ["Delivery"]
    office.post("delays", {"delivery": 0.2})
    office.send()
    office.post("reset")
    assert office.events(wait=1) == []


def test_a_paced_delivery_happens_between_send_and_open() -> None:
    paced = Delays.paced(2.0)
    assert 0 < paced.send < paced.delay < paced.delivery == 2.0 < paced.open < paced.click


def test_a_reset_makes_everything_as_it_was(office: Office) -> None:
    office.send()
    office.post("faults", {"throttle": 5, "duplicate": True})
    office.post("behaviours", {"addresses": {"ann@customer.example": "bounce"}})
    office.ses.put_suppressed_destination(EmailAddress="a@b.example", Reason="BOUNCE")
    office.ses.delete_configuration_set(ConfigurationSetName="outtray")
    office.ses.put_account_sending_attributes(SendingEnabled=False)
    office.sqs.set_queue_attributes(
        QueueUrl=office.queue_url, Attributes={"VisibilityTimeout": "1"}
    )
    office.sqs.create_queue(QueueName="another")
    office.sqs.receive_message(QueueUrl=office.queue_url)
    office.post("reset")
    assert office.get("sent") == []
    assert office.bodies() == []
    assert len(office.sqs.list_queues()["QueueUrls"]) == 2
    assert office.ses.list_suppressed_destinations()["SuppressedDestinationSummaries"] == []
    office.send()
    assert office.kinds() == ["Send", "Delivery"]


def test_a_long_poll_waits_for_a_message_and_blocks_nobody(office: Office) -> None:
    found: list[str] = []
    poll = threading.Thread(target=lambda: found.extend(office.bodies(wait=10)))
    poll.start()
    start = time.monotonic()
    office.ses.get_account()
    assert office.sqs.list_queues()["QueueUrls"]
    office.send()
    poll.join(timeout=5)
    assert not poll.is_alive()
    assert time.monotonic() - start < 5
    assert found


def test_a_long_poll_of_an_empty_queue_ends_in_time(office: Office) -> None:
    start = time.monotonic()
    assert office.bodies(wait=1) == []
    assert 0.9 < time.monotonic() - start < 3


def test_a_queue_with_a_wait_of_its_own_blocks_nobody(office: Office) -> None:
    office.sqs.set_queue_attributes(
        QueueUrl=office.queue_url, Attributes={"ReceiveMessageWaitTimeSeconds": "2"}
    )
    poll = threading.Thread(target=lambda: office.sqs.receive_message(QueueUrl=office.queue_url))
    poll.start()
    start = time.monotonic()
    office.sqs.list_queues()
    assert time.monotonic() - start < 1
    office.send()
    poll.join(timeout=5)


def test_a_poller_that_hung_up_takes_no_message_with_it(office: Office) -> None:
    impatient = office.client("sqs", Config(retries={"total_max_attempts": 1}, read_timeout=0.2))
    with pytest.raises(ReadTimeoutError):
        impatient.receive_message(QueueUrl=office.queue_url, WaitTimeSeconds=20)
    office.send()
    assert office.kinds() == ["Send", "Delivery"]


def test_competing_consumers_lose_no_message_and_get_none_twice(office: Office) -> None:
    for _ in range(30):
        office.send()
    found: list[str] = []
    pollers = [
        threading.Thread(target=lambda: found.extend(office.bodies(wait=1))) for _ in range(4)
    ]
    for poller in pollers:
        poller.start()
    for _ in range(10):
        office.send()
    for poller in pollers:
        poller.join(timeout=20)
    assert len(found) == len(set(found)) == 80


def test_a_body_that_is_never_deleted_ends_in_the_dead_letter_queue(office: Office) -> None:
    office.send(to="bounce@simulator.amazonses.com")
    for _ in range(6):
        received = office.sqs.receive_message(QueueUrl=office.queue_url, MaxNumberOfMessages=10)
        for message in received.get("Messages", []):
            office.sqs.change_message_visibility(
                QueueUrl=office.queue_url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )
    dead = office.sqs.get_queue_url(QueueName="outtray-events-dead-letter")["QueueUrl"]
    waiting = office.sqs.get_queue_attributes(
        QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert waiting == {"ApproximateNumberOfMessages": "2"}
    assert office.bodies() == []


def test_a_message_being_read_is_in_flight_and_not_waiting(office: Office) -> None:
    office.send()
    office.sqs.receive_message(QueueUrl=office.queue_url)
    counts = office.sqs.get_queue_attributes(QueueUrl=office.queue_url, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessages"] == "1"
    assert counts["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"
    assert len(office.bodies()) == 1


def test_raw_delivery_leaves_the_envelope_out_and_two_stand_ins_share_nothing(
    office: Office,
) -> None:
    with Simulator(is_raw=True) as second:
        other = Office(second)
        other.send()
        assert [body[:19] for body in other.bodies()] == [
            '{"eventType":"Send"',
            '{"eventType":"Deliv',
        ]
        assert office.bodies() == []
        assert office.get("sent") == []


def test_the_record_of_reports_is_what_arrives_in_the_queue(office: Office) -> None:
    office.post("faults", {"duplicate": True, "shuffle": True})
    office.send()
    told = [json.loads(each)["eventType"] for each in office.get("reports")]
    assert Counter(told) == Counter(office.kinds()) == {"Send": 2, "Delivery": 2}
    office.post("reset", {})
    assert office.get("reports") == []
