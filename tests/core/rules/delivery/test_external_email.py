"""Which document another program's email is about: certain, for a person to say, or none."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.enums import DocumentKind, Role, address_key
from core.model.reports import Addressee, MailSeen
from core.rules.delivery.external_email import (
    Link,
    Listed,
    decide,
    mention_key,
    mentions,
    merge,
    wanted_keys,
)
from core.settings.number_search import NumberSearch

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
KRAJCIK, NORDWIND = 1, 2
ADDRESSES = {"ann@krajcik.example": {KRAJCIK}, "ada@nordwind.example": {NORDWIND}}


def books(*numbers: str | tuple[str, int] | tuple[str, int, DocumentKind]) -> list[Listed]:
    """Documents with ids from 1; Krajcik's invoices unless told."""
    found = []
    for position, told in enumerate(numbers, 1):
        number, customer, kind, *_ = (
            (told, KRAJCIK, DocumentKind.INVOICE)
            if isinstance(told, str)
            else (*told, DocumentKind.INVOICE)
        )
        found.append(Listed(position, customer, kind, number))
    return found


def mail(
    subject: str = "", *to: str, documents: tuple[str, ...] = (), published: bool = True
) -> MailSeen:
    return MailSeen(
        message_id="m-1",
        at=AT,
        source="Shop <shop@krajcik.example>",
        subject=subject,
        addressees=tuple(Addressee(a, Role.TO) for a in to or ("Ann@Krajcik.example",)),
        documents=documents,
        published=published,
    )


def about(seen: MailSeen, documents: list[Listed], search: NumberSearch | None = None) -> Link:
    """Decide as the database does: with the documents that were asked for, and no other."""
    wanted = wanted_keys(seen, search)
    by_key: dict[str, list[Listed]] = defaultdict(list)
    for document in documents:
        if mention_key(document.number) in wanted:
            by_key[mention_key(document.number)].append(document)
    return decide(seen, by_key, ADDRESSES, search)


def ids(link: Link) -> tuple[int, ...]:
    return tuple(document.document_id for document in link.candidates)


# --------------------------------------------------------------------------- the subject


@pytest.mark.parametrize(
    ("number", "subject"),
    [
        ("INV-0042", "Your invoice INV-0042 from Acme"),
        ("INV-0042", "Re: [inv 0042] thank you"),
        ("INV-0042", "INV0042: payment received"),
        ("INV-0042", "Invoice INV/0042."),
        ("2026/0017", "Rechnung 2026-0017"),
        ("2026-11/0017", "Rechnung Nr. 2026-11/0017, fällig"),
        ("1042", "Invoice #1042"),
        ("1042", "Facture n°1042"),
        ("7", "Invoice #7 is due"),
        ("98", "Your invoice 98"),
        ("9", "Rechnung Nr. 9"),
        ("ÄÖ-7", "Angebot äö 7"),
    ],
)
def test_a_number_in_the_subject_and_the_customers_address_link(number: str, subject: str) -> None:
    assert about(mail(subject), books(number)) == Link(1)


@pytest.mark.parametrize(
    ("number", "subject"),
    [
        ("INV-0042", "Invoice INV-00421"),
        ("INV-0042", "Invoice XINV-0042"),
        ("0042", "Your order PO-0042"),
        ("INV-0042", "The scan INV-0042-final.pdf"),
        ("10", "Your 10 chairs are on their way"),
        ("350", "You owe 1,350.00 EUR"),
        ("2026-11", "Due on 2026-11-20"),
        ("1-23", "Invoice 12-3"),
        ("INV-0042", ""),
    ],
)
def test_what_only_resembles_a_number_links_nothing(number: str, subject: str) -> None:
    assert about(mail(subject), books(number)) == Link()


def test_a_number_without_a_recipient_of_the_customer_waits_for_a_person() -> None:
    link = about(mail("INV-0042", "ada@nordwind.example"), books("INV-0042"))
    assert (link.document_id, ids(link)) == (None, (1,))


def test_a_recipient_without_a_number_says_nothing() -> None:
    assert about(mail("Our opening hours"), books("INV-0042")) == Link()


def test_one_number_of_two_customers_is_told_apart_by_the_recipient() -> None:
    documents = books("INV-1", ("INV-1", NORDWIND))
    assert about(mail("Invoice INV-1"), documents) == Link(1)
    assert about(mail("Invoice INV-1", "ada@nordwind.example"), documents) == Link(2)
    both = about(mail("INV-1", "ann@krajcik.example", "ada@nordwind.example"), documents)
    assert (both.document_id, ids(both)) == (None, (1, 2))


def test_another_customers_document_better_spelt_does_not_hide_theirs() -> None:
    documents = books("INV-1", ("inv 1", NORDWIND))
    assert about(mail("Invoice INV-1", "ada@nordwind.example"), documents) == Link(2)


def test_the_longest_number_is_meant() -> None:
    assert about(mail("INV 2026 17"), books("INV-2026-17", "2026", "2026-17")) == Link(1)


def test_two_documents_in_one_subject_wait_for_a_person() -> None:
    assert ids(about(mail("INV-1 and INV-2"), books("INV-1", "INV-2"))) == (1, 2)


def test_of_two_numbers_that_differ_in_signs_the_one_spelt_so_is_meant() -> None:
    documents = books("INV-1", "INV/1")
    assert about(mail("Invoice INV/1"), documents) == Link(2)
    assert ids(about(mail("Invoice INV 1"), documents)) == (1, 2)


def test_a_pattern_of_the_office_is_the_only_one_that_counts() -> None:
    documents = books("77", "INV-0042")
    assert about(mail("Beleg 77 zu INV-0042"), documents, NumberSearch(r"Beleg (\d+)")) == Link(1)
    assert about(mail("INV-0042"), documents, NumberSearch(r"Beleg (\d+)")) == Link()
    assert about(mail("INV-0042"), documents, NumberSearch(r"INV-\d+")) == Link(2)


# --------------------------------------------------------------------------- the tag


@pytest.mark.parametrize("value", ["INV-0042", "inv_0042", "invoice:INV-0042", "invoice_INV-0042"])
def test_a_document_tag_links_whoever_the_recipient_is(value: str) -> None:
    seen = mail("Hello", "someone@elsewhere.example", documents=(value,))
    assert about(seen, books("INV-0042")) == Link(1)


def test_the_tag_goes_before_the_subject() -> None:
    assert about(mail("About INV-2", documents=("INV-1",)), books("INV-1", "INV-2")) == Link(1)


def test_a_tag_that_names_nothing_leaves_the_subject() -> None:
    assert about(mail("About INV-2", documents=("order-9",)), books("INV-1", "INV-2")) == Link(2)


def test_a_kind_in_the_tag_tells_an_invoice_from_an_estimate() -> None:
    documents = books(("7", KRAJCIK, DocumentKind.INVOICE), ("7", KRAJCIK, DocumentKind.ESTIMATE))
    assert about(mail(documents=("estimate:7",)), documents) == Link(2)
    assert ids(about(mail(documents=("7",)), documents)) == (1, 2)


def test_a_tag_of_two_customers_is_told_apart_by_the_recipient() -> None:
    documents = books("INV-1", ("INV-1", NORDWIND))
    assert about(mail("", "ada@nordwind.example", documents=("INV-1",)), documents) == Link(2)
    assert ids(about(mail("", "x@y.example", documents=("INV-1",)), documents)) == (1, 2)


@pytest.mark.parametrize("documents", [("INV-1",), ()])
def test_a_notification_without_tags_may_be_about_our_own_email_and_links_nothing(
    documents: tuple[str, ...],
) -> None:
    link = about(mail("INV-1", documents=documents, published=False), books("INV-1"))
    assert (link.document_id, ids(link)) == (None, (1,))


# --------------------------------------------------------------------------- any order, any text

_ADDRESSEES = st.builds(
    Addressee, st.sampled_from(["a@x.example", "A@x.example", "b@x.example"]),
    st.sampled_from([None, *Role]),
)  # fmt: skip
_MAILS = st.builds(
    MailSeen,
    message_id=st.just("m-1"),
    at=st.sampled_from([AT, AT + timedelta(seconds=1)]),
    source=st.sampled_from(["", "a", "b"]),
    subject=st.sampled_from(["", "INV-1", "INV-2"]),
    addressees=st.lists(_ADDRESSEES, max_size=3).map(tuple),
    documents=st.lists(st.sampled_from(["1", "2"]), max_size=2).map(tuple),
    region=st.sampled_from(["", "eu-west-1"]),
    published=st.booleans(),
)


@given(st.lists(_MAILS, min_size=1, max_size=3))
def test_tellings_of_one_email_add_up_to_the_same_in_any_order_and_doubled(
    told: list[MailSeen],
) -> None:
    def whole(order: tuple[MailSeen, ...]) -> MailSeen:
        result = merge(order[0], order[0])
        for each in order:
            result = merge(result, each)
        return result

    results = {whole(order) for order in permutations(told)}
    assert len(results) == 1
    (one,) = results
    keys = [address_key(a.address) for a in one.addressees]
    assert sorted(set(keys)) == keys


@given(st.text(max_size=600))
def test_no_subject_is_too_strange(subject: str) -> None:
    for mention in mentions(subject):
        assert mention.key
        assert subject[mention.start : mention.end] == mention.text


@given(st.text(alphabet="INV-/_ 0123456789#", min_size=1, max_size=12))
def test_the_same_number_is_found_however_its_signs_are_written(number: str) -> None:
    assert mention_key(number) == mention_key(number.lower())
    assert mention_key(number.replace("-", "/")) == mention_key(number)
