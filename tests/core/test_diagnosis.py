"""A server's words in, the cause and the advice out."""

from __future__ import annotations

import csv
import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnosis import explain
from core.diagnosis_codes import CODES, SUBJECTS, SUBTYPES
from core.diagnosis_meanings import DEAD, MEANINGS
from core.diagnosis_rules import PHRASES

LABELLED = Path(__file__).parents[3] / "shared" / "data" / "diagnostics" / "labelled.tsv"
EXPIRED = "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes."


@pytest.mark.parametrize(
    ("words", "code", "cause", "class_", "hard"),
    [
        ("smtp; 550 5.1.1 user unknown", "5.1.1", "userunknown", "address", True),
        ("550 No such user here", "", "userunknown", "address", True),
        ("550 5.1.2 Host unknown", "5.1.2", "hostunknown", "address", True),
        ("452 4.2.2 The mailbox is full", "4.2.2", "mailboxfull", "mailbox_full", False),
        ("552 5.3.4 message size exceeds limit", "5.3.4", "mesgtoobig", "too_big", False),
        ("550 5.7.26 fails DMARC", "5.7.26", "authfailure", "blocked", False),
        ("554 5.7.1 blocked using zen.spamhaus.org", "5.7.1", "blocked", "blocked", False),
        ("554 5.7.1 message classified as spam", "5.7.1", "spamdetected", "blocked", False),
        ("421 4.4.1 connection timed out", "4.4.1", "expired", "temporary", False),
        ("451 4.3.0 temporary system problem", "4.3.0", "systemerror", "temporary", False),
        ("", "5.2.2", "mailboxfull", "mailbox_full", False),
        ("", "", "undefined", "unknown", False),
    ],
)
def test_the_cause_is_read_from_words_and_then_from_the_code(
    words: str, code: str, cause: str, class_: str, hard: bool
) -> None:
    found = explain(words, code)
    assert (found.cause, found.class_, found.hard) == (cause, class_, hard)


def test_words_are_believed_over_a_code_that_hides_many_causes() -> None:
    assert explain("550 5.7.1 mailbox over quota", "5.7.1").cause == "mailboxfull"


@pytest.mark.parametrize(
    ("inner", "cause", "code"),
    [
        ("<452-4.2.2 The recipient's inbox is\n452 4.2.2 out of storage>", "mailboxfull", "4.2.2"),
        ("<421 4.4.0 Unable to lookup DNS for x.example>", "networkerror", "4.4.0"),
        ("<450 4.1.1 <a@x.example>: User unknown in table>", "userunknown", "4.1.1"),
        ("", "expired", "4.4.7"),
    ],
)
def test_the_last_answer_is_taken_out_of_the_wrapper_of_expired_mail(
    inner: str, cause: str, code: str
) -> None:
    found = explain(EXPIRED + inner, "4.4.7", "Transient/General")
    assert (found.cause, found.enhanced_status) == (cause, code)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "<CRLF>"])
def test_an_answer_of_several_lines_is_read_as_one_sentence(newline: str) -> None:
    words = f"smtp; 550-5.1.1 The account that you tried does not{newline}550 5.1.1 exist."
    assert explain(words, "5.1.1").cause == "userunknown"


@pytest.mark.parametrize(
    ("words", "subtype"),
    [
        ("Amazon SES has suppressed sending to this address because it has a recent history", ""),
        ("Amazon SES did not send … because it is on the suppression list for your account", ""),
        ("", "Permanent/OnTenantSuppressionList"),
        ("", "OnAccountSuppressionList"),
    ],
)
def test_a_suppressed_address_is_not_called_unknown(words: str, subtype: str) -> None:
    found = explain(words, "5.1.1", subtype)
    assert (found.cause, found.hard) == ("suppressed", False)


@pytest.mark.parametrize(
    ("subtype", "cause"),
    [
        ("Permanent/NoEmail", "userunknown"),
        ("Transient/MailboxFull", "mailboxfull"),
        ("Transient/MessageTooLarge", "mesgtoobig"),
        ("MailboxFull", "mailboxfull"),
        ("Transient/General", "vacation"),
        ("Permanent/General", "undefined"),
    ],
)
def test_the_subtype_decides_where_the_server_said_nothing(subtype: str, cause: str) -> None:
    assert explain("", "", subtype).cause == cause


@pytest.mark.parametrize(
    "name", ["mailboxfull@x.example", "https://x.example/user-unknown", "spam@x"]
)
def test_a_name_is_no_reason(name: str) -> None:
    assert explain(f"550 <{name}> no").cause == "undefined"


def test_a_wrong_code_is_not_repeated() -> None:
    assert explain("", "banana").enhanced_status == ""


def test_every_cause_of_the_rules_has_a_meaning_within_the_contract() -> None:
    causes = {cause for cause, _ in PHRASES} | {*CODES.values(), *SUBJECTS.values()}
    assert causes | set(SUBTYPES.values()) | DEAD <= set(MEANINGS)
    assert {m.class_ for m in MEANINGS.values()} == {
        "address",
        "mailbox_full",
        "too_big",
        "blocked",
        "temporary",
        "unknown",
    }
    assert {m.fault for m in MEANINGS.values()} == {
        "recipient",
        "their_server",
        "our_reputation",
        "our_configuration",
        "passing",
    }
    assert all(m.advice and m.next for m in MEANINGS.values())


def test_phrases_can_match_what_they_are_compared_with() -> None:
    for _, lines in PHRASES:
        for phrase in "|".join(lines).split("|"):
            assert phrase == phrase.lower()
            assert "@" not in phrase
            assert phrase.strip("* ")


@given(st.text(max_size=300), st.text(max_size=8), st.text(max_size=30))
def test_nothing_makes_it_raise(words: str, code: str, subtype: str) -> None:
    assert explain(words, code, subtype).cause in MEANINGS


def test_a_hostile_length_stays_cheap() -> None:
    for words in (
        "x" * 1_000_000,
        "message expired <" * 10_000,
        "550 5.1.1.1.1 " * 20_000,
        "a@" * 99_999,
    ):
        begun = time.perf_counter()
        explain(words)
        assert time.perf_counter() - begun < 0.25  # a millisecond, with room for a busy machine


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled diagnostics are not here")
@pytest.mark.parametrize(("held_out", "class_", "cause"), [(True, 0.86, 0.70), (False, 0.90, 0.80)])
def test_most_labelled_diagnostics_are_understood(
    held_out: bool, class_: float, cause: float
) -> None:
    """The phrases were chosen on the one half; the held-out one only measures them."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    half = [
        row
        for row in rows
        if (hashlib.sha256(row["diagnostic"].encode()).digest()[0] % 2 == 1) is held_out
    ]
    found = [(row, explain(row["diagnostic"], row["esc"])) for row in half]
    assert len(half) > 200
    assert sum(d.class_ == row["class"] for row, d in found) / len(half) >= class_
    assert sum(d.cause == row["cause"] for row, d in found) / len(half) >= cause
