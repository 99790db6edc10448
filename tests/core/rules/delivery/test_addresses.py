"""Whatever address a report names, it is about the email it carries the tag of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import spellings
from core.model.delivery import DeliveryState
from core.model.enums import DisplayStatus, Role, Status
from core.model.history import RecipientEntry
from core.rules.delivery.addresses import bare_address, is_same_address, mailbox_key, position_of
from core.rules.delivery.events import STOPPED_BY_A_LIST, event_type, letters, message_id
from core.rules.delivery.reasons import COMPLAINTS, DROPS, reason_of_complaint, reason_of_drop
from core.services.history import explained

#: What an advice says that lets somebody mail a person who complained.
SENDS_AGAIN = ("send again", "resend", "send it again", "sends again", "try again")


def test_every_spelling_counts_and_only_another_address_is_a_forward_after_a_delivery() -> None:
    found = list(spellings.rows())
    assert len(found) == len(spellings.SPELLINGS)
    for row, (_, _, is_same) in zip(found, spellings.SPELLINGS, strict=True):
        assert row.is_same is is_same, row
        assert row.alone.word is DisplayStatus.BOUNCED, row
        assert row.delivered.word is (
            DisplayStatus.BOUNCED if is_same else DisplayStatus.SOFT_BOUNCED
        ), row
        assert row.delivered.is_forward is not is_same, row


def test_no_complaint_advises_to_send_again_and_not_spam_is_none() -> None:
    for kind, entry in spellings.complaints():
        if letters(kind) == "notspam":
            assert entry.state.word is DisplayStatus.DELIVERED
            assert [note.text for note in entry.notes] == [
                "told their provider that this is not spam"
            ]
        else:
            assert (entry.state.word, entry.cause) == (DisplayStatus.COMPLAINED, "feedback")
            assert "Do not email this address again" in entry.advice
            assert not any(words in entry.advice.lower() for words in SENDS_AGAIN), entry.advice


@given(st.text())
def test_no_word_for_a_complaint_advises_to_send_again(kind: str) -> None:
    reason = reason_of_complaint(kind)
    assert reason in COMPLAINTS.values()
    assert not any(words in reason.advice.lower() for words in SENDS_AGAIN)


@pytest.mark.parametrize(
    ("subtype", "name"),
    [
        ("Permanent/Suppressed", "global_list"),
        ("Permanent/OnAccountSuppressionList", "bounce_list"),
        ("OnAccountSuppressionList", "complaint_list"),
        ("Permanent/OnTenantSuppressionList", "tenant_list"),
        ("OnTenantSuppressionList", "tenant_complaint_list"),
        ("Permanent/EmailValidationSuppressed", "address_validation"),
        ("Permanent/UnsubscribedRecipient", "unsubscribed"),
        ("Reject", "virus"),
        ("Rendering Failure", "rendering"),
        ("", "unknown"),
    ],
)
def test_what_was_dropped_says_why_and_what_to_do(subtype: str, name: str) -> None:
    entry = _entry(DeliveryState(Status.DROPPED, subtype=subtype))
    assert (entry.stopped_by, entry.advice) == (name, reason_of_drop(subtype).advice)
    assert entry.advice.startswith("Not sent: ")


def test_what_our_last_look_stopped_names_the_list() -> None:
    words = "Suppressed since 20 Nov 2026, 14:00, on {} list (complaint); nothing was sent."
    stopped = [
        _entry(DeliveryState(Status.FAILED), words.format(whose)) for whose in ("our own", "SES's")
    ]
    assert [each.stopped_by for each in stopped] == ["own_list", "ses_list"]
    refused = _entry(DeliveryState(Status.FAILED), "SES said: the sender is not verified")
    assert refused.stopped_by == ""


def test_every_list_and_every_other_stop_has_a_next_step_of_its_own() -> None:
    names = [reason_of_drop(f"Permanent/{word}").name for word in STOPPED_BY_A_LIST]
    assert len(set(names)) == len(names)
    assert "unknown" not in names
    assert len({reason.advice for reason in DROPS}) == len(DROPS)


def _entry(state: DeliveryState, error: str = "") -> RecipientEntry:
    return explained(RecipientEntry(1, "a@x.example", Role.TO, state, "m", error, 0, 0, ()))


# --------------------------------------------------------------------------- addresses


@given(st.text(), st.text())
def test_addresses_are_compared_the_same_in_both_directions(one: str, other: str) -> None:
    if bare_address(one) and bare_address(other):
        assert is_same_address(one, other) == is_same_address(other, one)


@given(st.text(max_size=60))
def test_one_spelling_is_as_plain_as_it_gets(written: str) -> None:
    assert mailbox_key(mailbox_key(written)) == mailbox_key(mailbox_key(mailbox_key(written)))
    assert is_same_address(written, written)


_LOCALS = st.text("abc.-_'", min_size=1, max_size=8).filter(lambda t: t.strip("'._-") == t)


@given(
    _LOCALS, st.sampled_from(["rfc822;{}", "mailto:{}", "<{}>", '"{}"', "{}.", "{} (x)", " {} "])
)
def test_what_is_written_around_an_address_does_not_change_it(local: str, around: str) -> None:
    address = f"{local}@x.example"
    assert bare_address(around.format(address)) == bare_address(address) == address


def test_of_several_recipients_the_one_that_is_spelt_so_is_meant() -> None:
    several = ["ann@x.example", "ann+1@x.example", "bob@x.example"]
    assert position_of("ann+1@x.example", several) == 1
    assert position_of("rfc822;ann@x.example", several) == 0
    assert position_of("bob+9@x.example", several) == 2
    assert position_of("ann+2@x.example", several) is None, "two of them may be meant"
    assert position_of("cy@x.example", several) is None
    assert position_of("", several) is None


def test_a_name_of_any_length_is_read_in_no_time() -> None:
    for hostile in ("(" * 100_000, '"' * 100_000, "a@" * 50_000, "rfc822;" * 20_000, "<" * 99_999):
        bare_address(hostile)


def test_words_of_the_enumerations_compare_without_case() -> None:
    assert event_type("DELIVERY_DELAY") == event_type("deliverydelay") == "DeliveryDelay"
    assert event_type("Novelty") == "Novelty"
    assert letters("Not-Spam") == letters("not_spam") == letters("NOT SPAM")


@pytest.mark.parametrize(
    "written",
    ["0100-a", "<0100-a@eu-west-1.amazonses.com>", "0100-a@email.amazonses.com"],
)
def test_an_id_is_the_same_with_and_without_what_the_wire_adds(written: str) -> None:
    assert message_id(written) == "0100-a"
    assert message_id("<own@outtray.example>") == "<own@outtray.example>"
