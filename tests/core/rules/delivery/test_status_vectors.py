"""The vectors that must hold in every order and with every event doubled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView
from core.model.enums import DisplayStatus, Engagement, Role, Status
from core.rules.delivery.events import AUTOMATIC_REPLY, DELAYED
from core.rules.delivery.settling import notes, settle
from core.rules.delivery.status import summarise_document, summarise_email

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OURS = "a@x.example"


def fact(kind: str, minute: int, subtype: str = "", **rest: str) -> DeliveryEvent:
    at = NOON + timedelta(minutes=minute)
    known = DeliveryEvent(kind, at, "m-1", "a@x.example", subtype, feedback_id=f"f{minute}")
    return replace(known, **rest)  # type: ignore[arg-type]


def bounce(minute: int, subtype: str, status: str = "", words: str = "") -> DeliveryEvent:
    return fact("Bounce", minute, subtype, enhanced_status=status, diagnostic=words)


SEND = fact("Send", 0)
DELIVERY = fact("Delivery", 1, diagnostic="250 OK")
DELAY = fact("DeliveryDelay", 2, "MailboxFull")
SECOND_DELAY = fact("DeliveryDelay", 9, "General")
OPEN = fact("Open", 20, user_agent="Thunderbird")
CLICK = fact("Click", 21, user_agent="Thunderbird", link="https://pay.example/")
PERMANENT = bounce(5, "Permanent/General", "5.1.1", "550 5.1.1 unknown")
OUT_OF_OFFICE = bounce(30, "Transient/General")
EXPIRED = bounce(840, "Transient/General", "4.4.7", "554 4.4.7 expired")
FULL = fact("Bounce", 840, "Transient/MailboxFull", action="failed", diagnostic="552 5.2.2 full")
SOFT_AT_ONCE = fact("Bounce", 1, "Transient/MailboxFull", action="failed")
EARLY_FULL = fact(
    "Bounce", 0, "Transient/MailboxFull", action="failed", diagnostic="452 4.2.2 full"
)
UNDETERMINED = bounce(5, "Undetermined/Undetermined")
STILL_TRYING = fact("Bounce", 7, "Transient/General", action="delayed", diagnostic="451 later")
GLOBAL_LIST = bounce(5, "Permanent/Suppressed", "5.1.1", "Amazon SES has suppressed")
ACCOUNT_LIST = bounce(5, "Permanent/OnAccountSuppressionList", "5.1.1", "Amazon SES did not send")
COMPLAINT = fact("Complaint", 60, "abuse")
NOT_SPAM = fact("Complaint", 61, "not-spam")
ECHO = fact("Complaint", 5, "OnAccountSuppressionList")
REJECT = fact("Reject", 0, diagnostic="Bad content")
RENDERING = fact("Rendering Failure", 0, diagnostic="no such attribute")
UNKNOWN = fact("Mail Teleported", 3)

ALIAS = "alias@y.example"


def of_alias(known: DeliveryEvent) -> DeliveryEvent:
    return replace(known, recipient=ALIAS)


@dataclass(frozen=True)
class Vector:
    facts: tuple[DeliveryEvent, ...]
    word: DisplayStatus
    noted: tuple[str, ...] = ()
    is_forward: bool = False


OVERTAKEN = "soft bounce; a later attempt was delivered"
NO_COUNT = "soft bounce, which does not count"
FORWARD = f"a forward to {ALIAS} failed"
VECTORS = {
    "send delivery open": Vector((SEND, DELIVERY, OPEN), DisplayStatus.OPENED),
    "delivery permanent bounce": Vector((DELIVERY, PERMANENT), DisplayStatus.BOUNCED),
    "delivery out of office": Vector(
        (DELIVERY, OUT_OF_OFFICE), DisplayStatus.DELIVERED, (AUTOMATIC_REPLY,)
    ),
    "delivery soft bounce": Vector((DELIVERY, FULL), DisplayStatus.SOFT_BOUNCED),
    "delivery forward": Vector(
        (DELIVERY, of_alias(PERMANENT)), DisplayStatus.SOFT_BOUNCED, (FORWARD,), is_forward=True
    ),
    "delivery soft forward": Vector(
        (DELIVERY, of_alias(FULL)), DisplayStatus.SOFT_BOUNCED, (FORWARD,), is_forward=True
    ),
    "permanent of an alias alone": Vector(
        (of_alias(PERMANENT),), DisplayStatus.BOUNCED, (f"hard bounce reported for {ALIAS}",)
    ),
    "soft of an alias alone": Vector(
        (SEND, of_alias(FULL)), DisplayStatus.SOFT_BOUNCED, (f"soft bounce reported for {ALIAS}",)
    ),
    "soft bounce later delivery": Vector(
        (EARLY_FULL, DELIVERY), DisplayStatus.DELIVERED, (OVERTAKEN,)
    ),
    "soft bounce of an alias later delivery": Vector(
        (of_alias(EARLY_FULL), DELIVERY), DisplayStatus.SOFT_BOUNCED, (FORWARD,), is_forward=True
    ),
    "soft bounce at the time of the delivery": Vector(
        (SOFT_AT_ONCE, DELIVERY), DisplayStatus.SOFT_BOUNCED
    ),
    "delivery about an alias earlier soft bounce": Vector(
        (of_alias(DELIVERY), EARLY_FULL),
        DisplayStatus.DELIVERED,
        (OVERTAKEN, f"delivery reported for {ALIAS}"),
    ),
    "delivery soft bounce open": Vector((DELIVERY, FULL, OPEN), DisplayStatus.SOFT_BOUNCED),
    "delivery out of office of an alias": Vector(
        (DELIVERY, of_alias(OUT_OF_OFFICE)), DisplayStatus.DELIVERED, (AUTOMATIC_REPLY,)
    ),
    "delivery undetermined": Vector(
        (DELIVERY, UNDETERMINED), DisplayStatus.DELIVERED, (AUTOMATIC_REPLY,)
    ),
    "delivery delay": Vector((DELIVERY, DELAY), DisplayStatus.DELIVERED),
    "delivery still trying": Vector((DELIVERY, STILL_TRYING), DisplayStatus.DELIVERED, (DELAYED,)),
    "still trying": Vector((SEND, STILL_TRYING), DisplayStatus.SENT, (DELAYED,)),
    "delivery own bounce and forward": Vector(
        (DELIVERY, PERMANENT, of_alias(FULL)), DisplayStatus.BOUNCED, (FORWARD,)
    ),
    "delivery own soft bounce and forward": Vector(
        (DELIVERY, FULL, of_alias(PERMANENT)), DisplayStatus.SOFT_BOUNCED, (FORWARD,)
    ),
    "overtaken soft bounce and forward": Vector(
        (EARLY_FULL, DELIVERY, of_alias(PERMANENT)),
        DisplayStatus.SOFT_BOUNCED,
        (OVERTAKEN, FORWARD),
        is_forward=True,
    ),
    "open and a bounce of an alias": Vector(
        (OPEN, of_alias(PERMANENT)), DisplayStatus.BOUNCED, (f"hard bounce reported for {ALIAS}",)
    ),
    "complaint about an alias": Vector(
        (DELIVERY, of_alias(COMPLAINT)),
        DisplayStatus.COMPLAINED,
        (f"complaint reported for {ALIAS}",),
    ),
    "delay about an alias": Vector(
        (SEND, of_alias(DELAY)), DisplayStatus.DEFERRED, (f"delay reported for {ALIAS}",)
    ),
    "complaint bounce": Vector((COMPLAINT, PERMANENT), DisplayStatus.COMPLAINED),
    "complaint forward": Vector(
        (DELIVERY, COMPLAINT, of_alias(PERMANENT)), DisplayStatus.COMPLAINED, (FORWARD,)
    ),
    "delay delay delivery": Vector((DELAY, SECOND_DELAY, DELIVERY), DisplayStatus.DELIVERED),
    "delay expired": Vector((DELAY, EXPIRED), DisplayStatus.SOFT_BOUNCED),
    "delivery complaint": Vector((DELIVERY, COMPLAINT), DisplayStatus.COMPLAINED),
    "send account list": Vector((SEND, ACCOUNT_LIST), DisplayStatus.DROPPED),
    "send global list": Vector((SEND, GLOBAL_LIST), DisplayStatus.DROPPED),
    "send complaint echo": Vector((SEND, ECHO), DisplayStatus.DROPPED),
    "click alone": Vector((CLICK,), DisplayStatus.CLICKED),
    "open click": Vector((OPEN, CLICK), DisplayStatus.CLICKED),
    "open complaint": Vector((OPEN, COMPLAINT), DisplayStatus.COMPLAINED),
    "open permanent bounce": Vector((OPEN, PERMANENT), DisplayStatus.BOUNCED),
    "open soft bounce": Vector((OPEN, FULL), DisplayStatus.SOFT_BOUNCED),
    "send out of office": Vector((SEND, OUT_OF_OFFICE), DisplayStatus.SENT, (AUTOMATIC_REPLY,)),
    "undetermined": Vector((SEND, UNDETERMINED), DisplayStatus.SOFT_BOUNCED),
    "soft then hard": Vector((DELAY, FULL, PERMANENT), DisplayStatus.BOUNCED, (NO_COUNT,)),
    "reject": Vector((SEND, REJECT), DisplayStatus.DROPPED),
    "rendering failure": Vector((RENDERING,), DisplayStatus.DROPPED),
    "not spam": Vector((DELIVERY, NOT_SPAM), DisplayStatus.DELIVERED, ("told their provider",)),
    "unknown type": Vector((SEND, UNKNOWN), DisplayStatus.SENT, ("not known yet",)),
    "nobody is ours": Vector((SEND, replace(PERMANENT, recipient="")), DisplayStatus.BOUNCED),
    "nobody after a delivery": Vector(
        (DELIVERY, replace(PERMANENT, recipient="")), DisplayStatus.BOUNCED
    ),
    "everything": Vector((SEND, DELAY, DELIVERY, OPEN, PERMANENT), DisplayStatus.BOUNCED),
}


def arrivals(facts: Sequence[DeliveryEvent]) -> Iterator[tuple[DeliveryEvent, ...]]:
    """Every order; each also with every fact doubled, at once and long after."""
    for order in permutations(facts):
        yield order
        yield order + order
        yield order + order[::-1]
        yield tuple(one for each in order for one in (each, each))


@pytest.mark.parametrize("name", VECTORS)
def test_delivery_vectors_hold_in_every_order_and_doubled(name: str) -> None:
    vector = VECTORS[name]
    expected = settle(Status.SENDING, vector.facts, address=OURS)
    assert expected.is_forward is vector.is_forward
    for order in arrivals(vector.facts):
        state = settle(Status.SENDING, order, address=OURS)
        assert state.word is vector.word
        assert state == expected
        found = notes(state, order, OURS)
        assert len(found) == len(vector.noted)
        for note, words in zip(found, vector.noted, strict=True):
            assert words in note.text


def test_vectors_click_alone_infers_the_delivery() -> None:
    state = settle(Status.SENDING, [CLICK])
    assert (state.status, state.engagement) == (Status.DELIVERED, Engagement.CLICKED)
    assert (state.clicked_at, state.delivered_at) == (CLICK.at, None)


# --------------------------------------------------------------------------- roll-ups


def sent(
    email: int, address: str, *facts: DeliveryEvent, role: Role = Role.TO, replaces: str = ""
) -> DeliveryView:
    return DeliveryView(
        email_id=email,
        created_at=NOON + timedelta(days=email),
        role=role,
        address=address,
        replaces=replaces or None,
        state=settle(Status.SENDING, facts, address=address),
    )


OWED = Decimal("849.10")


def test_vectors_to_delivered_and_cc_bounced() -> None:
    email = (
        sent(1, "a@x.example", SEND, DELIVERY),
        sent(1, "b@x.example", SEND, PERMANENT, role=Role.CC),
    )
    for order in permutations(email):
        summary = summarise_email(order)
        assert (summary.word, summary.other_failed) == (DisplayStatus.DELIVERED, True)
        assert (summary.delivered, summary.recipients) == (1, 2)
        document = summarise_document(order, OWED)
        assert (document.word, document.other_failed) == (DisplayStatus.DELIVERED, True)
        assert (document.delivered, document.recipients) == (1, 2)
        assert document.unresolved == {DisplayStatus.BOUNCED}


def test_vectors_the_worst_to_is_shown_and_bcc_counts_as_other() -> None:
    email = (
        sent(1, "a@x.example", OPEN),
        sent(1, "b@x.example", DELAY),
        sent(1, "c@x.example", COMPLAINT, role=Role.BCC),
    )
    for order in permutations(email):
        summary = summarise_email(order)
        assert (summary.word, summary.other_failed) == (DisplayStatus.DEFERRED, True)


def test_vectors_a_fresh_resend_is_not_stuck_on_bounced_but_the_bounce_stays_unresolved() -> None:
    emails = (sent(1, "a@x.example", PERMANENT), sent(2, "a@x.example", SEND))
    for order in permutations(emails):
        document = summarise_document(order, OWED)
        assert (document.word, document.unresolved) == (
            DisplayStatus.SENT,
            frozenset({DisplayStatus.BOUNCED}),
        )
        assert (document.send_count, document.last_email_id) == (2, 2)
        assert (document.ever_delivered, document.never_reached) == (False, True)


def test_vectors_a_later_delivery_to_the_failed_address_resolves() -> None:
    emails = (sent(1, "A@x.example", PERMANENT), sent(2, "a@X.example ", DELIVERY))
    document = summarise_document(emails, OWED)
    assert (document.word, document.unresolved) == (DisplayStatus.DELIVERED, frozenset())
    assert (document.ever_delivered, document.never_reached) == (True, False)


def test_vectors_a_late_delivery_of_an_old_email_changes_its_line_but_not_the_documents_word() -> (
    None
):
    newer = sent(2, "a@x.example", PERMANENT)
    before = (sent(1, "a@x.example", SEND), newer)
    after = (sent(1, "a@x.example", SEND, DELIVERY), newer)
    assert summarise_email(before[:1]).word is DisplayStatus.SENT
    assert summarise_email(after[:1]).word is DisplayStatus.DELIVERED
    for order in permutations(after):
        document = summarise_document(order, OWED)
        assert document.word is summarise_document(before, OWED).word is DisplayStatus.BOUNCED
        assert document.unresolved == {DisplayStatus.BOUNCED}


def test_vectors_the_delivery_to_a_replacement_resolves_also_through_a_second_one() -> None:
    first = sent(1, "old@x.example", PERMANENT)
    second = sent(2, "new@x.example", FULL, replaces="OLD@x.example")
    third = sent(3, "newest@x.example", DELIVERY, replaces="new@x.example")
    for order in permutations((first, second, third)):
        assert summarise_document(order, OWED).unresolved == frozenset()
    assert summarise_document((first, second), OWED).unresolved == {
        DisplayStatus.BOUNCED,
        DisplayStatus.SOFT_BOUNCED,
    }


def test_vectors_two_replacements_in_one_email_are_no_chain_in_any_order() -> None:
    failed = sent(1, "old@x.example", PERMANENT)
    second = sent(2, "new@x.example", SEND, replaces="old@x.example")
    other = sent(2, "else@x.example", DELIVERY, role=Role.CC, replaces="new@x.example")
    for order in permutations((failed, second, other)):
        assert summarise_document(order, OWED).unresolved == {DisplayStatus.BOUNCED}


def test_vectors_a_delivery_to_somebody_else_resolves_nothing() -> None:
    emails = (sent(1, "old@x.example", PERMANENT), sent(2, "else@x.example", DELIVERY))
    document = summarise_document(emails, OWED)
    assert (document.word, document.unresolved) == (
        DisplayStatus.DELIVERED,
        frozenset({DisplayStatus.BOUNCED}),
    )


def test_vectors_a_delivery_in_the_very_email_that_failed_is_not_a_later_one() -> None:
    email = (
        sent(1, "a@x.example", PERMANENT),
        sent(1, "b@x.example", DELIVERY, role=Role.CC, replaces="a@x.example"),
    )
    assert summarise_document(email, OWED).unresolved == {DisplayStatus.BOUNCED}


def test_vectors_an_earlier_delivery_does_not_resolve_a_later_failure() -> None:
    emails = (sent(1, "a@x.example", DELIVERY), sent(2, "a@x.example", PERMANENT))
    document = summarise_document(emails, OWED)
    assert (document.unresolved, document.ever_delivered) == (
        frozenset({DisplayStatus.BOUNCED}),
        True,
    )


@pytest.mark.parametrize(
    ("facts", "balance", "never"),
    [
        ((SEND,), OWED, True),
        ((PERMANENT,), OWED, True),
        ((DELIVERY,), OWED, False),
        ((CLICK,), OWED, False),
        ((DELIVERY, COMPLAINT), OWED, False),
        ((SEND,), Decimal(0), False),
    ],
)
def test_vectors_never_reached_is_open_money_and_no_delivery_ever(
    facts: tuple[DeliveryEvent, ...], balance: Decimal, never: bool
) -> None:
    assert summarise_document([sent(1, "a@x.example", *facts)], balance).never_reached is never


@pytest.mark.parametrize(
    ("facts", "is_reached"),
    [
        ((DELIVERY, PERMANENT), False),
        ((DELIVERY, FULL), False),
        ((DELIVERY, of_alias(PERMANENT)), True),
        ((of_alias(PERMANENT),), False),
    ],
)
def test_vectors_a_failed_forward_has_reached_them_and_a_bounce_of_the_address_has_not(
    facts: tuple[DeliveryEvent, ...], is_reached: bool
) -> None:
    document = summarise_document([sent(1, "a@x.example", *facts)], OWED)
    assert document.unresolved
    assert (document.ever_delivered, document.never_reached) == (is_reached, not is_reached)
    assert document.delivered == 0


def test_vectors_only_a_later_email_resolves_a_failed_forward() -> None:
    forward = sent(1, "a@x.example", DELIVERY, of_alias(PERMANENT))
    assert summarise_document([forward], OWED).unresolved == {DisplayStatus.SOFT_BOUNCED}
    twice = sent(1, "a@x.example", DELIVERY, of_alias(EARLY_FULL), replace(DELIVERY, at=FULL.at))
    assert summarise_document([twice], OWED).unresolved == {DisplayStatus.SOFT_BOUNCED}
    again = sent(2, "a@x.example", DELIVERY)
    assert summarise_document([forward, again], OWED).unresolved == frozenset()
    corrected = sent(2, "new@x.example", DELIVERY, replaces="a@x.example")
    assert summarise_document([forward, corrected], OWED).unresolved == frozenset()


def test_vectors_the_row_says_forward_only_where_nothing_worse_is_behind_the_word() -> None:
    forward = sent(1, "a@x.example", DELIVERY, of_alias(PERMANENT))
    soft = sent(1, "b@x.example", FULL)
    assert summarise_document([forward], OWED).is_forward
    assert not summarise_document([forward, soft], OWED).is_forward
    cc = replace(forward, role=Role.CC)
    email = summarise_email([sent(1, "b@x.example", DELIVERY), cc])
    assert (email.word, email.other_failed, email.is_forward) == (
        DisplayStatus.DELIVERED,
        True,
        False,
    )


def test_vectors_ever_delivered_outlives_a_newer_failure() -> None:
    emails = (sent(1, "a@x.example", DELIVERY), sent(2, "b@x.example", PERMANENT))
    for order in permutations(emails):
        assert summarise_document(order, OWED).ever_delivered


def test_vectors_of_two_emails_made_at_once_the_higher_id_is_the_latest() -> None:
    first, second = sent(1, "a@x.example", DELIVERY), sent(2, "a@x.example", SEND)
    second = replace(second, created_at=first.created_at)
    for order in permutations((first, second)):
        assert summarise_document(order, OWED).last_email_id == 2


def test_vectors_nothing_sent_is_never_sent() -> None:
    document = summarise_document((), OWED)
    assert (document.word, document.send_count, document.never_reached) == (
        DisplayStatus.NEVER_SENT,
        0,
        True,
    )
    assert settle(Status.QUEUED, ()) == DeliveryState()
