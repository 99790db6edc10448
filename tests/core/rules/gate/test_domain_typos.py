"""Misspelt domains: what is proposed, and that nothing right is ever doubted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.gate.domain_typos import (
    KNOWN,
    LOOKALIKE_NAMES,
    MANY,
    NO_SUCH_ENDING,
    candidates,
    meant,
    meant_of_ours,
    slips,
)

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
_DOMAINS = st.builds("{}.{}".format, _WORDS, st.sampled_from(["com", "de", "co.uk", "con", "fr"]))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("hotmial.con", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("yahoo.couk", "yahoo.co.uk"),
        ("iclud.com", "icloud.com"),
        ("gxm.de", "gmx.de"),
        ("wbe.de", "web.de"),
        ("t-onlin.de", "t-online.de"),
        ("ornage.fr", "orange.fr"),
        ("btinternt.com", "btinternet.com"),
        ("comcast.ney", "comcast.net"),
        ("porton.me", "proton.me"),
        ("acme.cmo", "acme.com"),
        ("mail.acme.con", "mail.acme.com"),
    ],
)
def test_a_slip_of_the_fingers_is_seen(typed: str, wanted: str) -> None:
    assert meant(typed) == wanted


@pytest.mark.parametrize(
    "domain",
    [
        "mail.com",
        "gmx.de",
        "ymail.com",
        "email.com",
        "hotmail.fr",
        "outlook.fr",
        "outlook.de",
        "live.nl",
        "olive.com",
        "cloud.com",
        "online.de",
        "comcast.com",
        "verizon.com",
        "aok.com",
        "aon.com",
        "web.com",
        "gmx.dk",
        "hotmail.rs",
        "yahoo.dk",
        "free.fr",
        "love.com",
        "photon.me",
        "google.com",
        "me.com",
        "msn.com",
        "mac.com",
        "aol.de",
        "planet.com",
        "never.com",
        "acme.co",
        "customer.example",
        "a.b",
        "x",
        "localhost",
        "simulator.amazonses.com",
    ],
)
def test_what_only_looks_alike_raises_no_alarm(domain: str) -> None:
    assert meant(domain) == ""


@pytest.mark.parametrize("known", sorted(KNOWN))
def test_no_known_service_is_ever_doubted(known: str) -> None:
    assert meant(known) == ""
    assert candidates(known) == frozenset()
    assert meant_of_ours(known, {"other.example": 99}) == ""


@pytest.mark.parametrize("name", sorted(LOOKALIKE_NAMES))
def test_no_look_alike_is_doubted_under_a_real_ending(name: str) -> None:
    assert all(meant(f"{name}.{ending}") == "" for ending in ("com", "de", "fr", "net", "co.uk"))


@given(domain=_DOMAINS)
def test_what_is_proposed_is_another_domain_that_is_not_doubted_itself(domain: str) -> None:
    proposal = meant(domain)
    assert proposal != domain
    assert not proposal or meant(proposal) == ""
    assert proposal in KNOWN or not proposal or domain.rpartition(".")[2] in NO_SUCH_ENDING


@given(one=_WORDS, other=_WORDS)
def test_the_distance_is_one(one: str, other: str) -> None:
    assert slips(one, one) == 0
    assert (slips(one, other) == 0) is (one == other)
    assert slips(one, other) <= 4 * max(len(one), len(other)) + 1


@given(word=st.text("abcdefghij", min_size=3, max_size=12), data=st.data())
def test_swapped_and_doubled_letters_cost_least(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    doubled = word[: place + 1] + word[place] + word[place + 1 :]
    assert slips(swapped, word) <= 2
    assert slips(doubled, word) == 2


@given(name=st.text("abcdefghij", min_size=7, max_size=14), data=st.data())
def test_the_domain_that_a_slip_came_from_is_among_those_looked_up(
    name: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(name) - 2))
    for slip in (
        name[:place] + name[place + 1 :],
        name[:place] + "x" + name[place:],
        name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    ):
        typed = f"{slip}.example"
        wanted = f"{name}.example"
        if typed != wanted:
            assert wanted in candidates(typed)
            assert meant_of_ours(typed, {wanted: MANY}) == wanted


def test_our_own_domain_must_have_been_delivered_to_often_and_this_one_never() -> None:
    ours = "customer.example"
    assert meant_of_ours("custmer.example", {ours: MANY}) == ours
    assert meant_of_ours("custmer.example", {ours: MANY - 1}) == ""
    assert meant_of_ours("custmer.example", {ours: MANY, "custmer.example": 1}) == ""
    assert meant_of_ours(ours, {ours: MANY}) == ""


def test_of_several_the_one_with_most_addresses_is_meant() -> None:
    known = {"customer.example": MANY, "custamer.example": MANY + 1}
    assert meant_of_ours("custmer.example", known) == "custamer.example"


def test_short_names_are_other_companies() -> None:
    assert candidates("abc.example") == frozenset()
    assert meant_of_ours("abd.example", {"abc.example": 99}) == ""


def test_a_long_domain_costs_no_time() -> None:
    assert meant("a" * 250 + ".com") == ""
    assert candidates("a" * 250 + ".com") == frozenset()
