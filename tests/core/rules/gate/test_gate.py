"""The gate: every finding, what it weighs, in which order, and that each says what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from core.model.email import Decision, MailRoute, Verdict, Weight
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.history import Health
from core.model.suppressions import Release, Suppression
from core.rules.gate.gate import GateFacts, RecentEmail, RecipientFacts, judge, judge_address

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ANN = "ann@customer.example"
LISTED = Suppression(ANN, "BOUNCE", AT, "ses", "ses-1", "Invoice INV-0040", "INV-0040")
COMPLAINED = Suppression(ANN, "COMPLAINT", AT, "ses", "ses-9")
OURS = Suppression(ANN, "asked us to stop", AT, "own")
BOUNCED = Health(DisplayStatus.BOUNCED, AT, 0, "550 5.1.1 user unknown", 7, "INV-0040", "Invoice")
SOFT = Health(DisplayStatus.SOFT_BOUNCED, AT, 3, "452 mailbox full", 7, "INV-0040", "Invoice")


def facts(*recipients: RecipientFacts, **changes: Any) -> GateFacts:
    values: dict[str, Any] = {
        "kind": EmailKind.FOLLOW_UP,
        "document_kind": DocumentKind.INVOICE,
        "number": "INV-0042",
        "document_status": "OPEN",
        "operator": "anna",
        "sender_problem": "",
        "recipients": recipients or (RecipientFacts(ANN),),
        **changes,
    }
    return GateFacts(**values)


def recent(
    sent_by: str = "ben", word: DisplayStatus = DisplayStatus.SENT, *, same: bool = True
) -> RecentEmail:
    return RecentEmail("INV-0042" if same else "INV-0007", same, sent_by, AT, word)


IGNORED = replace(LISTED, ignored_by="configuration set outtray")
RELEASED = Release("ben", AT + timedelta(hours=1), "has a new mailbox")


CASES: dict[str, tuple[GateFacts, str, Decision, str]] = {
    "no sender": (
        facts(sender_problem="It is not set."),
        "no_sender",
        Decision.REFUSE,
        "OUTTRAY_FROM",
    ),
    "no address": (facts(recipients=()), "no_address", Decision.REFUSE, "Type an address"),
    "syntax": (
        facts(RecipientFacts("ann@", "nothing after the @")),
        "syntax",
        Decision.REFUSE,
        "Correct",
    ),
    "reply-to": (
        facts(reply_to_problem="nothing after the @"),
        "reply_to",
        Decision.REFUSE,
        "leave it empty",
    ),
    "no subject": (facts(missing=("subject",)), "no_subject", Decision.ASK, "Write a subject"),
    "no message": (facts(missing=("message",)), "no_message", Decision.ASK, "Write a message"),
    "too many": (
        facts(*(RecipientFacts(f"ann{n}@customer.example") for n in range(51))),
        "too_many_recipients",
        Decision.REFUSE,
        "Send it in parts",
    ),
    "too large": (facts(size=41 * 1024 * 1024), "too_large", Decision.REFUSE, "Leave out"),
    "settled": (facts(document_status="PAID"), "document_settled", Decision.ASK, "Send it anyway"),
    "suppressed": (
        facts(RecipientFacts(ANN, suppression=LISTED)),
        "suppressed",
        Decision.REFUSE,
        "another address",
    ),
    "complained": (
        facts(RecipientFacts(ANN, suppression=COMPLAINED)),
        "suppressed",
        Decision.REFUSE,
        "ask them first",
    ),
    "look-up failed": (
        facts(RecipientFacts(ANN, lookup_problem="SES said: slow down")),
        "suppression_unknown",
        Decision.ASK,
        "Try again",
    ),
    "ours": (facts(RecipientFacts(ANN, own=OURS)), "suppressed_by_us", Decision.REFUSE, "another"),
    "ignored by SES": (
        facts(RecipientFacts(ANN, suppression=IGNORED)),
        "suppression_ignored",
        Decision.ASK,
        "know that they want it",
    ),
    "bad address": (
        facts(RecipientFacts(ANN, health=BOUNCED)),
        "bad_address",
        Decision.ASK,
        "Correct the address",
    ),
    "soft bounces": (facts(RecipientFacts(ANN, health=SOFT)), "soft_bounces", Decision.ASK, "Call"),
    "unconfirmed": (
        facts(unsettled=(recent(word=DisplayStatus.UNCONFIRMED),)),
        "unconfirmed",
        Decision.ASK,
        "Wait",
    ),
    "colleague today": (facts(today=(recent(),)), "mailed_today", Decision.ASK, "tomorrow"),
    "my other document": (
        facts(today=(recent("anna", same=False),)),
        "mailed_today",
        Decision.ALLOW,
        "something else",
    ),
    "misspelt": (
        facts(RecipientFacts("ann@gmial.com", meant="ann@gmail.com")),
        "misspelt",
        Decision.ASK,
        "Use ann@gmail.com",
    ),
    "no domain": (
        facts(RecipientFacts(ANN, route=MailRoute.NO_DOMAIN)),
        "no_domain",
        Decision.ASK,
        "Correct the address",
    ),
    "null mx": (
        facts(RecipientFacts(ANN, route=MailRoute.REFUSES)),
        "no_mail",
        Decision.ASK,
        "Correct the address",
    ),
    "no mail server": (
        facts(RecipientFacts(ANN, route=MailRoute.NOWHERE)),
        "no_mail",
        Decision.ASK,
        "Correct the address",
    ),
    "the same once more": (
        facts(RecipientFacts(ANN, same=recent(word=DisplayStatus.DELIVERED))),
        "same_content",
        Decision.ASK,
        "follow-up",
    ),
    "provider": (
        facts(RecipientFacts(ANN, provider_trouble="Google turns us away")),
        "provider_trouble",
        Decision.ASK,
        "later",
    ),
    "no reports": (
        facts(is_unreported=True),
        "no_reports",
        Decision.ALLOW,
        "OUTTRAY_CONFIGURATION_SET",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_finding_has_its_weight_and_its_next_step(name: str) -> None:
    given, code, decision, next_step = CASES[name]
    verdict = judge(given)
    (finding,) = verdict.findings
    assert (finding.code, verdict.decision) == (code, decision)
    assert next_step in finding.next
    assert finding.title


def test_nothing_to_say_allows() -> None:
    verdict = judge(facts())
    assert verdict.findings == ()
    assert verdict.decision is Decision.ALLOW


def test_the_findings_come_in_the_order_of_the_gate() -> None:
    everything = facts(
        RecipientFacts(ANN, suppression=LISTED),
        RecipientFacts("x", syntax_problem="no @"),
        RecipientFacts("b@x.example", own=OURS),
        RecipientFacts("c@x.example", suppression=COMPLAINED, own=OURS),
        RecipientFacts("d@x.example", health=BOUNCED),
        RecipientFacts("e@gmial.com", meant="e@gmail.com", route=MailRoute.NO_DOMAIN),
        RecipientFacts("f@x.example", provider_trouble="Google turns us away"),
        RecipientFacts("g@x.example", route=MailRoute.NOWHERE, same=recent()),
        document_status="void",
        sender_problem="It is not set.",
        unsettled=(recent(word=DisplayStatus.UNCONFIRMED),),
        today=(recent(),),
    )
    order = (
        "no_sender",
        "no_address",
        "syntax",
        "misspelt",
        "no_domain",
        "no_mail",
        "document_settled",
        "suppressed",
        "suppressed_by_us",
        "bad_address",
        "provider_trouble",
        "unconfirmed",
        "mailed_today",
        "same_content",
    )
    verdict = judge(everything)
    one_step = {"no_domain": "no_mail"}
    ranks = [order.index(one_step.get(finding.code, finding.code)) for finding in verdict.findings]
    assert all(one <= other for one, other in pairwise(ranks))
    assert set(order) - {"no_address"} == {finding.code for finding in verdict.findings}
    assert verdict.decision is Decision.REFUSE


def test_a_suppression_names_reason_date_and_the_email_that_caused_it() -> None:
    (finding,) = judge(facts(RecipientFacts(ANN, suppression=LISTED))).findings
    for words in ("hard bounce", "20 Nov 2026", "09:30", "Invoice INV-0040"):
        assert words in finding.detail
    (unknown,) = judge(facts(RecipientFacts(ANN, suppression=COMPLAINED))).findings
    assert "complaint" in unknown.detail
    assert "ses-9" in unknown.detail


def test_another_address_of_the_customer_is_offered() -> None:
    given = facts(RecipientFacts(ANN, suppression=LISTED), alternatives=("bob@customer.example",))
    assert "bob@customer.example" in judge(given).findings[0].next


@pytest.mark.parametrize(
    "status", ["PAID", "Void", "written_off", "accepted", "Expired", "CONVERTED"]
)
def test_a_follow_up_on_a_settled_document_asks_but_an_original_does_not(status: str) -> None:
    assert judge(facts(document_status=status)).decision is Decision.ASK
    original = facts(document_status=status, kind=EmailKind.ORIGINAL)
    assert judge(original).decision is Decision.ALLOW


@pytest.mark.parametrize("streak", [0, 1, 2])
def test_a_mailbox_that_was_full_once_or_twice_is_written_to_again(streak: int) -> None:
    health = Health(DisplayStatus.SOFT_BOUNCED, AT, streak)
    assert judge(facts(RecipientFacts(ANN, health=health))).decision is Decision.ALLOW


def test_what_i_sent_about_the_same_document_today_asks_too() -> None:
    assert judge(facts(today=(recent("anna"),))).decision is Decision.ASK
    assert judge(facts(today=(recent("ben", same=False),))).decision is Decision.ASK


def test_a_time_out_of_the_dns_says_nothing_and_a_typo_offers_the_better_address() -> None:
    assert judge(facts(RecipientFacts(ANN, route=MailRoute.UNKNOWN))).findings == ()
    assert judge(facts(RecipientFacts(ANN, route=MailRoute.OPEN))).findings == ()
    (typo,) = judge(facts(RecipientFacts("ann@gmial.com", meant="ann@gmail.com"))).findings
    assert typo.title == "gmial.com: did you mean gmail.com?"
    assert (typo.address, typo.proposal) == ("ann@gmial.com", "ann@gmail.com")


def test_the_same_content_says_when_by_whom_and_what_became_of_it() -> None:
    given = facts(RecipientFacts(ANN, same=recent("anna", DisplayStatus.DELIVERED)))
    (finding,) = judge(given).findings
    assert finding.detail == "on 20 Nov 09:30 by anna and was delivered"
    on_its_way = facts(RecipientFacts(ANN, same=recent("", DisplayStatus.SENT)))
    assert judge(on_its_way).findings[0].detail.endswith("by another program and is on its way")


# --------------------------------------------------------------------------- whatever comes

_RECIPIENTS = st.builds(
    RecipientFacts,
    address=st.sampled_from([ANN, "x", "b@gmial.com", "c@x.example"]),
    syntax_problem=st.sampled_from(["", "no @"]),
    meant=st.sampled_from(["", "b@gmail.com"]),
    route=st.sampled_from(list(MailRoute)),
    suppression=st.sampled_from([None, LISTED, COMPLAINED, IGNORED]),
    lookup_problem=st.sampled_from(["", "SES said: slow down"]),
    own=st.sampled_from([None, OURS]),
    provider_trouble=st.sampled_from(["", "Google turns us away"]),
    health=st.sampled_from([Health(), BOUNCED, SOFT]),
    released=st.sampled_from([None, RELEASED]),
    same=st.sampled_from([None, recent(), recent("anna", DisplayStatus.DELIVERED)]),
)
_FACTS = st.builds(
    facts,
    document_status=st.sampled_from(["OPEN", "PAID"]),
    sender_problem=st.sampled_from(["", "It is not set."]),
    is_unreported=st.booleans(),
    list_problem=st.sampled_from(["", "SES said: not authorized."]),
    today=st.lists(st.sampled_from([recent(), recent("anna", same=False)]), max_size=2).map(tuple),
    unsettled=st.lists(st.just(recent(word=DisplayStatus.UNCONFIRMED)), max_size=1).map(tuple),
    alternatives=st.lists(st.just("bob@customer.example"), max_size=1).map(tuple),
)


@examples(given=_FACTS, recipients=st.lists(_RECIPIENTS, max_size=4), data=st.data())
def test_the_order_of_the_recipients_changes_nothing_but_the_order(
    given: GateFacts, recipients: list[RecipientFacts], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(recipients))
    one = judge(replace(given, recipients=tuple(recipients)))
    other = judge(replace(given, recipients=tuple(shuffled)))
    assert one.decision is other.decision
    assert sorted(map(repr, one.findings)) == sorted(map(repr, other.findings))
    assert _steps(one) == _steps(other)


def _steps(verdict: Verdict) -> list[str]:
    """The questions of the gate in turn; some have two answers."""
    same = {
        "no_domain": "no_mail",
        "suppression_unknown": "suppressed",
        "suppression_ignored": "suppressed",
        "released": "bad_address",
        "soft_bounces": "bad_address",
    }
    return [same.get(finding.code, finding.code) for finding in verdict.findings]


@examples(given=_FACTS, recipients=st.lists(_RECIPIENTS, max_size=4))
def test_every_finding_has_a_next_step_and_the_heaviest_decides(
    given: GateFacts, recipients: list[RecipientFacts]
) -> None:
    verdict = judge(replace(given, recipients=tuple(recipients)))
    assert all(finding.next.strip() and finding.title.strip() for finding in verdict.findings)
    weights = {finding.weight for finding in verdict.findings}
    expected = (
        Decision.REFUSE
        if Weight.REFUSE in weights
        else Decision.ASK
        if Weight.ASK in weights
        else Decision.ALLOW
    )
    assert verdict.decision is expected
    assert judge(replace(given, recipients=tuple(recipients))) == verdict


@examples(recipient=_RECIPIENTS)
def test_an_address_alone_is_judged_as_the_gate_judges_it(recipient: RecipientFacts) -> None:
    of_the_gate = judge(facts(replace(recipient, same=None))).findings
    assert judge_address(recipient) == Verdict(of_the_gate)


# --------------------------------------------------------------------------- the lists


def test_an_entry_that_ses_ignores_says_whose_choice_that_is() -> None:
    (finding,) = judge(facts(RecipientFacts(ANN, suppression=IGNORED))).findings
    assert "configuration set outtray ignores this: SES would send" in finding.title
    assert "hard bounce since 20 Nov 2026" in finding.detail


def test_a_suppressed_address_names_the_command_that_releases_it() -> None:
    for recipient in (RecipientFacts(ANN, suppression=LISTED), RecipientFacts(ANN, own=OURS)):
        (finding,) = judge(facts(recipient)).findings
        assert "To release it: {suppressions.remove}." in finding.next


@pytest.mark.parametrize("health", [BOUNCED, SOFT, replace(BOUNCED, word=DisplayStatus.COMPLAINED)])
def test_what_a_person_vouched_for_is_a_note_with_their_words(health: Health) -> None:
    (finding,) = judge(facts(RecipientFacts(ANN, health=health, released=RELEASED))).findings
    assert (finding.weight, finding.code) == (Weight.NOTE, "released")
    assert "Released by ben on 20 Nov 2026, 10:30" in finding.title
    assert "has a new mailbox" in finding.detail


def test_what_happens_after_the_release_asks_again() -> None:
    later = replace(BOUNCED, at=RELEASED.at + timedelta(minutes=1))
    (finding,) = judge(facts(RecipientFacts(ANN, health=later, released=RELEASED))).findings
    assert finding.code == "bad_address"


def test_a_release_overrides_no_list() -> None:
    recipient = RecipientFacts(ANN, suppression=LISTED, health=BOUNCED, released=RELEASED)
    assert judge(facts(recipient)).decision is Decision.REFUSE


def test_other_spellings_that_could_not_be_looked_for_are_a_note() -> None:
    verdict = judge(facts(list_problem="SES said: not authorized."))
    assert [f.code for f in verdict.findings] == ["other_spellings_unknown"]
    assert verdict.decision is Decision.ALLOW
    asks = facts(RecipientFacts(ANN, lookup_problem="no network"), list_problem="no network")
    assert [f.code for f in judge(asks).findings] == ["suppression_unknown"]


def test_an_address_by_itself_is_judged_by_the_same_rules() -> None:
    recipient = RecipientFacts(ANN, suppression=LISTED, own=OURS)
    assert judge_address(recipient).findings == judge(facts(recipient)).findings
    assert judge_address(RecipientFacts("ann@", "nothing after the @")).decision is Decision.REFUSE
    assert judge_address(RecipientFacts(ANN)).findings == ()


def test_the_emails_of_a_busy_day_are_one_line_a_document() -> None:
    today = (
        recent("ben"),
        recent("cleo", word=DisplayStatus.BOUNCED),
        recent("cleo", same=False),
        *(replace(recent("anna", same=False), number=f"INV-{n}") for n in (1, 2, 2, 3, 4, 5)),
    )
    same, other, own = judge(facts(today=today)).findings
    assert same.weight is other.weight is Weight.ASK
    assert "by ben" in same.detail
    assert "by cleo" in same.detail
    assert "INV-0007" in other.title
    assert own.weight is Weight.NOTE
    assert "INV-1, INV-2, INV-3 and 2 more" in own.title


DEAD_WORDS = [
    ("smtp; 550 5.1.1 user unknown", "5.1.1", "Transient/General"),
    ("550 5.1.1 The email account that you tried to reach does not exist", "", "Transient/General"),
    ("smtp; 550 no such user here", "5.0.0", "Undetermined/Undetermined"),
]


@pytest.mark.parametrize(("diagnostic", "code", "subtype"), DEAD_WORDS)
def test_a_soft_bounce_that_says_the_mailbox_does_not_exist_asks_the_first_time(
    diagnostic: str, code: str, subtype: str
) -> None:
    health = Health(
        DisplayStatus.SOFT_BOUNCED, AT, 1, diagnostic, enhanced_status=code, subtype=subtype
    )
    verdict = judge(facts(RecipientFacts(ANN, health=health)))
    assert verdict.decision is Decision.ASK
    (finding,) = [each for each in verdict.findings if each.code == "bad_address"]
    assert "came back: the mailbox does not exist" in finding.title
    assert diagnostic in finding.detail
    vouched = judge(facts(RecipientFacts(ANN, health=health, released=RELEASED)))
    assert [each.code for each in vouched.findings] == ["released"]


@pytest.mark.parametrize(
    ("diagnostic", "code", "subtype"),
    [
        ("smtp; 452 4.2.2 mailbox full", "4.2.2", "Transient/MailboxFull"),
        ("smtp; 421 4.7.0 try again later", "4.7.0", "Transient/General"),
    ],
)
def test_a_soft_bounce_that_says_something_else_of_the_mailbox_does_not(
    diagnostic: str, code: str, subtype: str
) -> None:
    health = Health(
        DisplayStatus.SOFT_BOUNCED, AT, 1, diagnostic, enhanced_status=code, subtype=subtype
    )
    assert judge(facts(RecipientFacts(ANN, health=health))).decision is Decision.ALLOW
