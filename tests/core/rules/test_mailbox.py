"""A From value is taken as people type it, and never as somebody else's address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.delivery.addresses import Mailbox, is_address, is_too_long, parse_mailbox

BILLING = "billing@acme.example"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (BILLING, ""),
        (f"  <{BILLING}> ", ""),
        (f"Acme, Inc. <{BILLING}>", "Acme, Inc."),
        (f'"Acme, Inc." <{BILLING}>', "Acme, Inc."),
        (f"Smith & Söhne <{BILLING}>", "Smith & Söhne"),
        (f"sales@acme <{BILLING}>", "sales@acme"),
        (f'The "Best" Office <{BILLING}>', 'The "Best" Office'),
        (f'"The \\"Best\\" Office" <{BILLING}>', 'The "Best" Office'),
        (f"O'Neill (Billing); Dept: 7 <{BILLING}>", "O'Neill (Billing); Dept: 7"),
        (f'"<Acme>" <{BILLING}>', "<Acme>"),
        (f"{BILLING} (Acme)", "Acme"),
    ],
)
def test_a_name_may_hold_anything(typed: str, name: str) -> None:
    assert parse_mailbox(typed) == Mailbox(name, BILLING)


@pytest.mark.parametrize(
    "typed",
    [
        f"{BILLING}, thief@evil.example",
        f"Acme <{BILLING}>, thief@evil.example",
        f"Acme <{BILLING}>, Thief <thief@evil.example>",
        f"Acme {BILLING}",
        f"Acme <{BILLING}",
        "Acme, Inc.",
        "",
    ],
)
def test_what_is_no_single_mailbox_has_no_address_that_could_be_used(typed: str) -> None:
    assert not is_address(parse_mailbox(typed).address)


@given(st.text(st.characters(blacklist_characters='<>"\\', blacklist_categories=("Cc", "Cs"))))
def test_the_address_in_brackets_is_found_whatever_stands_before_it(name: str) -> None:
    assert parse_mailbox(f"{name} <{BILLING}>") == Mailbox(name.strip(), BILLING)


def test_a_local_part_of_64_octets_is_the_longest() -> None:
    assert not is_too_long("a" * 64 + "@x.example")
    assert is_too_long("a" * 65 + "@x.example")
    assert is_too_long("ü" * 33 + "@x.example")
