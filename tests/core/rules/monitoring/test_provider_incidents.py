"""A provider that turns many away is seen; single mailboxes and our own rates are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.enums import Status
from core.rules.monitoring.incidents import Reputation, extent, headline, reputation_words
from core.rules.monitoring.mailbox_providers import provider_of
from core.rules.monitoring.provider_incidents import Attempt, provider_troubles

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
BUSY = "smtp; 451 4.7.500 Server busy. Try again later [AM6.eop-eur02.prod.protection.outlook.com]"
_customers = count(1)


def attempt(minutes_ago: float, status: Status = Status.DEFERRED, **changes: object) -> Attempt:
    """A delivery to a domain at Microsoft 365; its fact is that many minutes old."""
    at = NOW - timedelta(minutes=minutes_ago)
    field = {Status.DEFERRED: "deferred_at", Status.DELIVERED: "delivered_at"}.get(
        status, "bounced_at"
    )
    made = Attempt(
        customer_id=next(_customers),
        domain=f"firm{next(_customers)}.example",
        status=status,
        sent_at=at - timedelta(minutes=1),
        diagnostic=BUSY if status is not Status.DELIVERED else "250 2.6.0 protection.outlook.com",
    )
    return replace(made, **{field: at}, **changes)  # type: ignore[arg-type]


def test_three_customers_of_one_provider_within_an_hour_are_a_trouble() -> None:
    (trouble,) = provider_troubles([attempt(50), attempt(20), attempt(1)], NOW)
    assert trouble.provider == "Microsoft 365"
    assert (trouble.customers, trouble.deferred, trouble.bounced) == (3, 3, 0)
    assert trouble.since == NOW - timedelta(minutes=50)
    assert headline(trouble, NOW).startswith("Microsoft 365 is deferring us since ")
    assert extent(trouble) == "3 of 3 emails to 3 customers"


@pytest.mark.parametrize(
    "attempts",
    [
        [attempt(50), attempt(20)],
        [attempt(50, customer_id=1), attempt(20, customer_id=1), attempt(1, customer_id=2)],
        [attempt(170), attempt(100), attempt(1)],
        [attempt(5), attempt(3), attempt(1), *(attempt(2, Status.DELIVERED) for _ in range(8))],
    ],
    ids=["two", "two customers", "hours apart", "few of many"],
)
def test_less_than_that_is_chance(attempts: list[Attempt]) -> None:
    assert provider_troubles(attempts, NOW) == ()


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        (Status.DEFERRED, "452 4.2.2 The email account that you tried to reach is over quota"),
        (Status.SOFT_BOUNCED, "552 5.2.2 mailbox full protection.outlook.com"),
        (Status.BOUNCED, "550 5.1.1 User unknown protection.outlook.com"),
    ],
)
def test_full_and_unknown_mailboxes_do_not_speak_against_their_provider(
    status: Status, diagnostic: str
) -> None:
    several = [attempt(m, status, diagnostic=diagnostic) for m in (1, 2, 3, 4)]
    assert provider_troubles(several, NOW) == ()


def test_blocks_are_refusals_that_may_blame_our_reputation() -> None:
    words = "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your "
    words += "Internet service provider since part of their network is on our block list (S3140). "
    words += "[x.eop-nam.prod.protection.outlook.com]"
    several = [attempt(m, Status.BOUNCED, diagnostic=words) for m in (1, 2, 3)]
    (trouble,) = provider_troubles(several, NOW)
    assert (trouble.bounced, trouble.blames_us) == (3, True)
    assert " is refusing us since " in headline(trouble, NOW)
    assert headline(trouble, NOW).endswith("over our reputation")


def test_bounces_are_forgotten_after_an_hour_and_what_waits_is_not() -> None:
    bounced = [attempt(m, Status.SOFT_BOUNCED) for m in (70, 65, 61)]
    assert provider_troubles(bounced, NOW) == ()
    waiting = [attempt(m) for m in (190, 185, 181)]
    assert provider_troubles(waiting, NOW)[0].deferred == 3


def test_it_is_over_when_the_provider_takes_our_emails_again() -> None:
    held = [attempt(m) for m in (50, 40, 30)]
    assert provider_troubles(held, NOW)
    taken = [attempt(5, Status.DELIVERED) for _ in range(8)]
    assert provider_troubles([*held, *taken], NOW) == ()


def test_what_one_answer_of_a_domain_tells_holds_for_the_whole_domain() -> None:
    mute = [attempt(m, domain="acme.example", diagnostic="") for m in (3, 2)]
    assert provider_troubles([*mute, attempt(1, domain="acme.example")], NOW)[0].provider == (
        "Microsoft 365"
    )
    named = [replace(a, isp="Google Workspace") for a in mute]
    assert provider_troubles([*named, attempt(1, domain="acme.example")], NOW)[0].provider == (
        "Google"
    )


@given(st.permutations([attempt(m) for m in (50, 40, 30, 5)] + [attempt(9, Status.DELIVERED)]))
def test_the_order_in_which_deliveries_are_read_does_not_matter(attempts: list[Attempt]) -> None:
    (trouble,) = provider_troubles(attempts, NOW)
    assert (trouble.since, trouble.deferred, trouble.deliveries) == (
        NOW - timedelta(minutes=50),
        4,
        5,
    )


# --------------------------------------------------------------------------- who is it


@pytest.mark.parametrize(
    ("domain", "told", "name"),
    [
        ("acme.example", "250 2.0.0 OK 1700000000 af79cd-20020a5d si123 - gsmtp", "Google"),
        ("acme.example", BUSY, "Microsoft 365"),
        ("acme.example", "451 4.7.650 [BL6.olc.protection.outlook.com] throttled", "Outlook.com"),
        ("acme.example", "421 4.7.0 [TSS04] deferred, mta7.am0.yahoodns.net", "Yahoo"),
        ("acme.example", "550 mx1.ppe-hosted.com", "Proofpoint"),
        ("yahoo.co.jp", "", "Yahoo"),
        ("gmail.com", "", "Google"),
        ("hotmail.fr", "", "Outlook.com"),
        ("acme.example", "550 5.1.1 <bob@hotmail.com>: User unknown", "acme.example"),
        ("acme.example", "", "acme.example"),
        ("notgmail.com", "", "notgmail.com"),
    ],
)
def test_a_provider_is_known_by_its_words_or_by_its_domain(
    domain: str, told: str, name: str
) -> None:
    assert provider_of(domain, [told]) == name


@given(st.text(max_size=50), st.text(max_size=3000))
def test_no_answer_is_too_strange(domain: str, told: str) -> None:
    assert isinstance(provider_of(domain, [told]), str)


# --------------------------------------------------------------------------- our own reputation


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "words"),
    [
        (1000, 61, 0, ("our bounce rate is 6.1 %: AWS reviews at 5 %",)),
        (1000, 120, 0, ("our bounce rate is 12 %: AWS may pause us at 10 %",)),
        (1000, 0, 2, ("our complaint rate is 0.2 %: AWS reviews at 0.1 %",)),
        (
            1000,
            50,
            5,
            (
                "our bounce rate is 5 %: AWS reviews at 5 %",
                "our complaint rate is 0.5 %: AWS may pause us at 0.5 %",
            ),
        ),
        (1000, 49, 0, ()),
        (10, 1, 1, ()),
        (199, 50, 10, ()),
        (800, 0, 1, ()),
        (0, 0, 0, ()),
    ],
)
def test_our_rates_are_told_once_aws_acts_on_them_and_they_mean_something(
    sent: int, bounced: int, complained: int, words: tuple[str, ...]
) -> None:
    assert reputation_words(Reputation(sent, bounced, complained)) == words
