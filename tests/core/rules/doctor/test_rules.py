"""The rules that doctor and setup share, beside what moto's SNS does with the same filters."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.sns.utils import FilterPolicyMatcher

from core.rules.doctor.checks import (
    NEEDED,
    WANTED,
    Check,
    Fault,
    Result,
    duration,
    of_faults,
    summary,
)
from core.rules.doctor.encryption import Key, KeyVerdict, judge_key
from core.rules.doctor.filters import BODY, Filter
from core.rules.doctor.policies import SES, SNS, Verdict, may_publish, may_send
from core.rules.doctor.queue import better_attributes, parse_address, redrive
from core.simulator.events import Delays, reports
from core.simulator.outcomes import Behaviour, MailboxBehaviour, steps_for
from core.simulator.state import Sent, SentMail

TOPIC = "arn:aws:sns:eu-west-1:123456789012:outtray-events"
SOURCE = "arn:aws:ses:eu-west-1:123456789012:configuration-set/outtray"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:outtray-events"
KINDS = (*NEEDED, *WANTED)


def allow(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": SES},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"AWS:SourceArn": SOURCE}},
        **changes,
    }
    return {key: value for key, value in statement.items() if value is not None}


def deny(**changes: Any) -> dict[str, Any]:
    return allow(**{"Effect": "Deny", "Condition": None, **changes})


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow()], Verdict.ALLOWED),
        ([allow(Condition=None)], Verdict.OPEN),
        ([allow(Condition={"StringEquals": {"aws:SourceOwner": "123456789012"}},
                Principal={"AWS": "*"})], Verdict.ALLOWED),
        ([allow(Condition={"StringEquals": {"AWS:SourceAccount": "1"}})], Verdict.NOT_ALLOWED),
        ([allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:ses:*:*:identity/*"}})],
         Verdict.NOT_ALLOWED),
        ([allow(Condition={"StringNotEquals": {"aws:SourceAccount": "1"}})], Verdict.ALLOWED),
        ([allow(), deny()], Verdict.DENIED),
        ([allow(), deny(Principal="*", Action="*", Resource="*")], Verdict.DENIED),
        ([allow(), deny(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::1:root"})],
         Verdict.DENIED),
        ([allow(), deny(Principal=None, NotPrincipal={"Service": SES})], Verdict.ALLOWED),
        ([allow(), deny(Action=None, NotAction="sns:Publish")], Verdict.ALLOWED),
        ([allow(), deny(Action=None, NotAction="sns:Subscribe")], Verdict.DENIED),
        ([allow(), deny(Resource=None, NotResource=TOPIC)], Verdict.ALLOWED),
        ([allow(), deny(Principal={"AWS": "arn:aws:iam::123456789012:root"})], Verdict.ALLOWED),
        ([allow(), deny(Principal={"Service": "s3.amazonaws.com"})], Verdict.ALLOWED),
        # AWS's own example: what comes not through that endpoint is denied, and SES never does
        ([allow(), deny(Principal="*",
                        Condition={"StringNotEquals": {"aws:sourceVpce": "vpce-1ab2c34d"}})],
         Verdict.DENIED),
        ([allow(), deny(Principal="*", Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})], Verdict.ALLOWED),
        ([allow(), deny(Principal="*", Condition={
            "StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})], Verdict.DENIED),
        ([allow(), deny(Condition={"Null": {"aws:SourceArn": "true"}})], Verdict.ALLOWED),
        ([allow(), deny(Condition={"Null": {"aws:PrincipalOrgID": "true"}})], Verdict.DENIED),
        ([allow(), deny(Condition={"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}})],
         Verdict.UNKNOWN),
        ([allow(Condition={"StringEquals": {"AWS:SourceArn": "${aws:x}"}})], Verdict.UNKNOWN),
        ([allow(Action="SNS:*")], Verdict.ALLOWED),
        ([allow(Action="sns:Pub?ish")], Verdict.ALLOWED),
        ([allow(Action="sns:Pu[b]lish")], Verdict.NOT_ALLOWED),
    ],
)  # fmt: skip
def test_what_a_topics_policy_means_for_ses(
    statements: list[dict[str, Any]], verdict: Verdict
) -> None:
    policy = json.dumps({"Statement": statements})
    assert may_publish(policy, TOPIC, SOURCE).verdict is verdict


def test_open_to_a_service_is_not_open_to_anybody() -> None:
    of_ses = json.dumps({"Statement": allow(Condition=None)})
    of_all = json.dumps({"Statement": allow(Condition=None, Principal="*")})
    assert not may_publish(of_ses, TOPIC, SOURCE).is_for_anybody
    assert may_publish(of_all, TOPIC, SOURCE).is_for_anybody


def test_a_wildcard_of_an_arn_does_not_cross_a_colon() -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}
    policy = json.dumps({"Statement": allow(
        Principal={"Service": SNS}, Action="sqs:SendMessage", Resource="*", Condition=condition
    )})  # fmt: skip
    assert may_send(policy, TOPIC, QUEUE).verdict is Verdict.NOT_ALLOWED
    assert may_send(policy, TOPIC.replace("123456789012", "1"), QUEUE).verdict is Verdict.ALLOWED


# --------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        (Key("arn:k", "AWS", "Enabled", "{}"), KeyVerdict.AWS_MANAGED),
        (Key("arn:aws:kms:eu-west-1:1:alias/aws/sns"), KeyVerdict.AWS_MANAGED),
        (Key("arn:k", "CUSTOMER", "PendingDeletion", "{}"), KeyVerdict.OFF),
        (Key("arn:k", "CUSTOMER", "Enabled", None), KeyVerdict.UNKNOWN),
    ],
)
def test_what_is_known_of_a_key(key: Key, verdict: KeyVerdict) -> None:
    assert judge_key(key, SES, SOURCE) is verdict


@pytest.mark.parametrize(
    ("actions", "verdict"),
    [
        (["kms:GenerateDataKey*", "kms:Decrypt"], KeyVerdict.USABLE),
        ("kms:*", KeyVerdict.USABLE),
        ("kms:Decrypt", KeyVerdict.REFUSED),
        ("kms:GenerateDataKey", KeyVerdict.REFUSED),
    ],
)
def test_a_service_needs_both_actions(actions: Any, verdict: KeyVerdict) -> None:
    policy = json.dumps({"Statement": allow(Action=actions, Resource="*", Condition=None)})
    assert judge_key(Key("arn:k", "CUSTOMER", "Enabled", policy), SES, SOURCE) is verdict
    assert judge_key(Key("arn:k", "CUSTOMER", "Enabled", policy), SNS, TOPIC) is KeyVerdict.REFUSED


# --------------------------------------------------------------------------- filters

#: moto stops at the first rule of a member that is missing; so ``exists`` stands alone.
EXISTS = st.builds(lambda flag: [{"exists": flag}], st.booleans())
RULES = st.one_of(
    st.sampled_from(["Send", "Delivery", "Bounce", "outtray", "123456789012", "x"]),
    st.builds(lambda text: {"prefix": text}, st.sampled_from(["De", "B", "S", "o", ""])),
    st.builds(lambda text: {"anything-but": [text]}, st.sampled_from(["Bounce", "Send", "x"])),
)
LISTS = st.one_of(EXISTS, st.lists(RULES, min_size=1, max_size=3))
INNER = st.one_of(
    st.dictionaries(st.sampled_from(["source", "sendingAccountId", "zz"]), LISTS, min_size=1),
    st.builds(
        lambda rules: {"tags": {"ses:configuration-set": rules}},
        st.lists(st.sampled_from(["outtray", "other"]), min_size=1, max_size=2),
    ),
)
ABOVE = st.sampled_from(["eventType", "notificationType", "kind"])
BELOW = st.sampled_from(["mail", "delivery"])  # to objects moto's own rules are not safe
POLICIES = st.builds(
    lambda above, below: above | below or {"eventType": ["Send"]},
    st.dictionaries(ABOVE, LISTS, max_size=2),
    st.dictionaries(BELOW, INNER, max_size=1),
)


def messages() -> dict[str, str]:
    """What the stand-in publishes of one email, type by type."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    sent = Sent(
        "id", at, "Us <a@outtray.example>", "arn", ("ann@customer.example",), (), (), (),
        "outtray", "SendEmail", b"", (),
    )  # fmt: skip
    found = {}
    for kind in (
        MailboxBehaviour.SUCCESS,
        MailboxBehaviour.BOUNCE,
        MailboxBehaviour.COMPLAINT,
        MailboxBehaviour.DELAY,
        MailboxBehaviour.REJECT,
    ):
        steps = steps_for("ann@customer.example", Behaviour(kind))
        for report in reports(sent, steps, SentMail("eu-west-1", "123456789012"), Delays()):
            found[report.event_type] = report.text
    return found


MESSAGES = messages()


@given(policy=POLICIES, is_body=st.booleans())
def test_what_is_certain_of_a_filter_is_what_motos_sns_does(
    policy: dict[str, Any], is_body: bool
) -> None:
    scope = BODY if is_body else "MessageAttributes"
    ours = Filter(json.dumps(policy), scope, "outtray", "123456789012").passage(MESSAGES)
    theirs = FilterPolicyMatcher(policy, scope)
    for kind, text in MESSAGES.items():
        if kind not in ours.depends:
            assert (kind not in ours.dropped) is theirs.matches({}, text), (kind, policy)


@pytest.mark.parametrize(
    ("policy", "dropped", "depends"),
    [
        ({}, (), ()),
        ({"eventType": ["Bounce"]}, tuple(each for each in KINDS if each != "BOUNCE"), ()),
        ({"eventType": [{"equals-ignore-case": "BOUNCE"}]},
         tuple(each for each in KINDS if each != "BOUNCE"), ()),
        ({"notificationType": ["Bounce"]}, KINDS, ()),
        ({"bounce": {"bounceType": ["Permanent"]}},
         tuple(each for each in KINDS if each != "BOUNCE"), ("BOUNCE",)),
        ({"mail": {"source": [{"prefix": "a"}]}}, (), KINDS),
        ({"mail": {"source": [{"exists": True}]}}, (), ()),
        ({"mail": {"tags": {"ses:configuration-set": ["other"]}}}, KINDS, ()),
        ({"$or": [{"eventType": ["Bounce"]}, {"eventType": [{"anything-but": "Bounce"}]}]},
         (), ()),
        ({"eventType": [{"wildcard": "B*"}]}, (), KINDS),
    ],
)  # fmt: skip
def test_which_reports_a_filter_of_the_body_drops(
    policy: dict[str, Any], dropped: tuple[str, ...], depends: tuple[str, ...]
) -> None:
    found = Filter(json.dumps(policy), BODY, "outtray").passage(KINDS)
    assert (found.dropped, found.depends) == (dropped, depends)


def test_a_filter_that_is_none_is_not_known() -> None:
    assert Filter("{").passage(KINDS).depends == KINDS
    assert Filter("[]").passage(KINDS).depends == KINDS


# --------------------------------------------------------------------------- the queue


def test_a_new_queue_gets_everything_and_a_good_one_nothing() -> None:
    wanted = better_attributes({}, QUEUE + "-dead")
    assert set(wanted) == {"MessageRetentionPeriod", "VisibilityTimeout", "RedrivePolicy"}
    assert better_attributes(wanted, QUEUE + "-dead") == {}


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("DelaySeconds", "900", "0"),
        ("VisibilityTimeout", "29", "30"),
        ("MessageRetentionPeriod", "60", "1209600"),
    ],
)
def test_what_is_too_little_or_too_much_is_mended(name: str, bad: str, good: str) -> None:
    fine = better_attributes({}, QUEUE + "-dead")
    assert better_attributes({**fine, name: bad}, "") == {name: good}


def test_a_receive_count_is_raised_and_the_target_is_kept() -> None:
    fine = better_attributes({}, QUEUE + "-dead")
    theirs = json.dumps({"deadLetterTargetArn": QUEUE + "-theirs", "maxReceiveCount": 1})
    mended = better_attributes({**fine, "RedrivePolicy": theirs}, QUEUE + "-dead")
    found = redrive(mended["RedrivePolicy"])
    assert (found.target, found.receives) == (QUEUE + "-theirs", 5)


@pytest.mark.parametrize(
    ("given_as", "is_url", "name", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/1/q", True, "q", "eu-west-1"),
        ("https://eu-west-1.queue.amazonaws.com/1/q", True, "q", "eu-west-1"),
        ("https://queue.amazonaws.com/1/q", True, "q", "us-east-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", True, "q", "cn-north-1"),
        ("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", True, "q", "us-gov-west-1"),
        ("https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/1/q", True, "q", "eu-west-1"),
        ("http://127.0.0.1:9/1/q", True, "q", ""),
        ("http://[::1/1/q", False, "", ""),
        ("outtray-events", False, "outtray-events", ""),
        ("https://sqs.eu-west-1.amazonaws.com/q", False, "q", "eu-west-1"),
        ("arn:aws:sqs:eu-west-1:1:q.fifo", False, "q.fifo", "eu-west-1"),
        ("no name at all", False, "", ""),
    ],
)
def test_what_is_given_as_a_queue(given_as: str, is_url: bool, name: str, region: str) -> None:
    found = parse_address(given_as)
    assert (found.is_url, found.name, found.region) == (is_url, name, region)


# --------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 s"), (60, "1 min"), (90, "90 s"), (900, "15 min"), (3600, "1 h"), (5400, "90 min"),
     (43_200, "12 h"), (86_400, "1 day"), (345_600, "4 days"), (129_600, "36 h")],
)  # fmt: skip
def test_times_have_the_unit_that_one_would_say(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_one_fault_does_not_hide_another() -> None:
    faults = [Fault(Result.WARN, "Slow.", "Hurry."), Fault(Result.FAIL, "Gone.", "Fetch it.")]
    check = of_faults("queue", faults, "Fine.")
    assert (check.result, check.title, check.next) == (
        Result.FAIL, "Gone. Slow.", "Fetch it. Hurry.",
    )  # fmt: skip


def test_what_could_not_be_checked_is_not_well() -> None:
    well = Check("queue", Result.OK, "Fine.")
    assert summary([well]) == "All is well."
    skipped = Check("subscription", Result.SKIPPED, "Not known.", is_known=False)
    assert "not every leg" in summary([well, skipped])
    assert "marked warn" in summary([well, Check("x", Result.WARN, "?", is_known=False)])
