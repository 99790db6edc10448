"""What strangers wrote never does anything but stand there."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.model.delivery import DocumentSummary, EmailSummary
from core.model.documents import Amount
from core.model.enums import DisplayStatus
from core.rules.monitoring.feed_health import is_stuck
from tui.format import badges
from tui.format.text import ago, amount, amounts, cell, clock_time, moment, money, paragraphs, size

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)

_BREAKERS = (
    *("\x1b[2J", "\x1b]0;x\x07", "\x9b", "\u202e", "\u2066", "\u200d", "\ufe0f", "\u0301", "\0"),
    *("\r\n", "\u2028", "\t", "[/foo]", "[@click=app.quit]x[/]", "日本", "👍🏽", "👨‍👩‍👧"),
)
#: Any code point, lone surrogates too, with what breaks terminals made more likely.
hostile = st.lists(
    st.one_of(
        st.characters(),
        st.integers(0xD800, 0xDFFF).map(chr),
        st.sampled_from(_BREAKERS),
    ),
    max_size=60,
).map("".join)


def is_harmless(text: str) -> bool:
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in text)


@given(hostile)
def test_no_control_bidi_or_invisible_character_leaves_cell(text: str) -> None:
    assert is_harmless(cell(text))


@given(hostile, st.integers(0, 80))
def test_cell_is_never_wider_than_asked(text: str, width: int) -> None:
    assert cell_len(cell(text, width)) <= width


@given(hostile, hostile)
def test_a_cell_does_not_change_the_width_of_its_neighbour(one: str, other: str) -> None:
    left, right = cell(one), cell(other)
    assert cell_len(left + "  " + right) == cell_len(left) + 2 + cell_len(right)


@given(st.lists(st.text("abcxyzÄß日本0123", min_size=1), min_size=1), hostile)
def test_no_visible_word_is_lost(words: list[str], noise: str) -> None:
    shown = cell(noise.join(words))
    position = 0
    for word in words:
        position = shown.index(word, position) + len(word)


@given(hostile)
def test_cell_of_a_cell_is_the_same(text: str) -> None:
    assert cell(cell(text)) == cell(text)


@given(hostile, st.integers(0, 200))
def test_paragraphs_are_harmless_and_limited(text: str, limit: int) -> None:
    lines = paragraphs(text, limit)
    assert all(is_harmless(line) for line in lines)
    assert sum(map(len, lines)) <= limit * 4 + 1  # a tab becomes four


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("[/foo] [@click=app.quit]x[/]", "[/foo] [@click=app.quit]x[/]"),
        ("Invoice\r\n\r\nBcc: me@example.com\n", "Invoice⏎Bcc: me@example.com"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("pay\u200bpal", "paypal"),
        ("\x1b]0;owned\x07 bell", "␛]0;owned␇ bell"),
        ("a\x9bb\x7f", "a�b␡"),
        ("one\ttwo\u00a0three", "one two three"),
        ("half \ud83d", "half �"),
        ("Zoe\u0308", "Zoe\u0308"),
        ("👨‍👩‍👧 ❤️ 👍🏽", "👨👩👧 ❤ 👍"),
    ],
)
def test_what_would_act_is_shown_or_left_out(foreign: str, shown: str) -> None:
    assert cell(foreign) == shown


def test_a_cut_is_marked_and_never_splits_a_wide_or_combined_character() -> None:
    assert cell("Ludwig Krajcik", 8) == "Ludwig…"
    assert cell("日本語", 4) == "日…"
    assert cell("Zoe\u0308 Smith", 4) == "Zoe\u0308…"


def test_hundreds_of_marks_on_one_letter_are_not_all_written() -> None:
    assert len(cell("a" + "\u0301" * 5000)) < 10


def test_paragraphs_keep_lines_and_indentation() -> None:
    assert paragraphs("Hi,\r\n\n  the invoice\tis due\x1b[0m.\n\n") == [
        "Hi,",
        "",
        "  the invoice   is due␛[0m.",
    ]
    assert paragraphs("abcdef", 3) == ["abc", "…"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-20), "now"),
        (timedelta(seconds=1), "now"),
        (timedelta(seconds=3), "3 s ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=14), "14 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=39), "12 Oct"),
        (timedelta(days=404), "12 Oct 2025"),
        (timedelta(days=-3), "23 Nov"),
    ],
)
def test_ago_counts_in_the_unit_a_person_would(before: timedelta, words: str) -> None:
    assert ago(NOW - before, NOW, UTC) == words


def test_yesterday_begins_at_the_midnight_of_the_reader() -> None:
    evening = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert ago(evening, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), UTC) == "yesterday"
    assert ago(evening, datetime(2026, 11, 20, 1, 30, tzinfo=UTC), UTC) == "2 h ago"
    assert ago(evening, NOW, timezone(timedelta(hours=2))) == "14 h ago"
    assert ago(None, NOW) == ""


def test_moments_are_in_the_readers_zone() -> None:
    berlin = timezone(timedelta(hours=1))
    assert moment(NOW, NOW, berlin) == "today 15:05"
    assert moment(NOW - timedelta(days=1), NOW, berlin) == "19 Nov 15:05"
    assert moment(NOW - timedelta(days=400), NOW, UTC) == "16 Oct 2025 14:05"
    assert clock_time(NOW, seconds=True, zone=UTC) == "14:05:00"


@pytest.mark.parametrize(
    ("value", "currency", "figure", "with_sign"),
    [
        ("1350", "USD", "1,350.00", "$1,350.00"),
        ("1200", "EUR", "1,200.00", "€1,200.00"),
        ("5", "CHF", "5.00", "CHF 5.00"),
        ("-5", "usd", "-5.00", "-$5.00"),
        ("1234", "JPY", "1,234", "¥1,234"),
        ("1.5", "KWD", "1.500", "KWD 1.500"),
        ("0", "", "0.00", "0.00"),
        ("7", "\x1b[2J", "7.00", "␛[2J 7.00"),
    ],
)
def test_money_has_the_digits_and_the_sign_of_its_currency(
    value: str, currency: str, figure: str, with_sign: str
) -> None:
    assert money(Decimal(value), currency) == figure
    assert amount(Amount(Decimal(value), currency)) == with_sign


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_no_amount_is_endless(value: Decimal) -> None:
    assert len(money(value, "USD")) < 60


def test_several_currencies_are_never_added_up() -> None:
    both = (Amount(Decimal("3220.51"), "USD"), Amount(Decimal(12), "EUR"))
    assert amounts(both) == "$3,220.51 + €12.00"
    assert amounts(()) == "0.00"


def test_sizes_are_short() -> None:
    assert [size(n) for n in (812, 12_345, 999_999, 1_400_000)] == [
        "812 B",
        "12 kB",
        "1.0 MB",
        "1.4 MB",
    ]


# --------------------------------------------------------------------------- badges


def plain(spans: tuple[badges.Span, ...]) -> str:
    return "".join(span.text for span in spans).strip()


@pytest.mark.parametrize("word", list(DisplayStatus))
def test_every_word_has_a_glyph_of_one_cell_and_a_label(word: DisplayStatus) -> None:
    look = badges.badge(word)
    assert cell_len(look.glyph) == 1
    assert len(look.label) > 3
    assert {look.style, look.tone} <= badges.NAMES


def test_an_unresolved_failure_follows_the_badge() -> None:
    summary = DocumentSummary(
        word=DisplayStatus.SENT, unresolved=frozenset({DisplayStatus.BOUNCED})
    )
    assert plain(badges.delivery(summary)) == "➤ SENT  ⟵ BOUNCED"


def test_a_failed_document_does_not_say_so_twice() -> None:
    summary = DocumentSummary(
        word=DisplayStatus.BOUNCED, unresolved=frozenset({DisplayStatus.BOUNCED})
    )
    assert plain(badges.delivery(summary)) == "✖ BOUNCED"


def test_a_failed_copy_shows_how_many_were_reached() -> None:
    summary = DocumentSummary(
        word=DisplayStatus.DELIVERED,
        other_failed=True,
        delivered=1,
        recipients=2,
        unresolved=frozenset({DisplayStatus.BOUNCED}),
    )
    assert plain(badges.delivery(summary)) == "● DELIVERED  ! 1/2"
    email = EmailSummary(DisplayStatus.DELIVERED, other_failed=True, delivered=2, recipients=3)
    assert plain(badges.email_delivery(email)) == "● DELIVERED  ! 2/3"


def test_sent_without_a_word_for_a_day_is_doubted() -> None:
    assert is_stuck(DisplayStatus.SENT, NOW - timedelta(hours=25), NOW)
    assert not is_stuck(DisplayStatus.SENT, NOW - timedelta(hours=23), NOW)
    assert not is_stuck(DisplayStatus.DELIVERED, NOW - timedelta(hours=25), NOW)
    assert (
        plain(badges.delivery(DocumentSummary(word=DisplayStatus.SENT), stuck=True)) == "➤ SENT ?"
    )


def test_a_badge_in_content_is_words_and_the_themes_variables() -> None:
    content = badges.content([badges.block(DisplayStatus.BOUNCED), badges.Span("x", "ink--dim")])
    assert content.plain == " ✖ BOUNCED x"
    assert [span.style for span in content.spans] == [
        "bold $badge-bounced-text on $badge-bounced",
        "$muted",
    ]
