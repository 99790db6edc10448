"""Markdown becomes simple HTML; nothing a stranger is called becomes anything at all."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mail.html import to_html, words_of

_ = to_html("")  # the first call imports the parser; that is no matter of any one example

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a"}
PIECES = st.sampled_from(
    ["<script>", "</p>", "[a](", ")", "javascript:", "http://x.example", "mailto:a@b.example", "<",
     ">", "![", "](", "*", "**", "_", "- ", "1. ", "> ", "\n", "\n\n", "\\", "&lt;", "&#x6a;",
     '"', "' onclick=x ", "data:text/html,", "`", "# ", "    ", "[r]", "[r]: ", "x", "\t", "//e.x"]
)  # fmt: skip
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=30).map("".join)


class Seen(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")


def assert_simple(markup: str) -> None:
    for tag, attrs in Seen(markup).tags:
        assert tag in TAGS
        assert set(attrs) <= ({"href", "title"} if tag == "a" else {"start"})
        if tag == "a":
            link = (attrs["href"] or "").lower()
            assert link.startswith(("http://", "https://", "mailto:"))


@given(TEXTS)
def test_whatever_is_written_only_simple_html_comes_out(text: str) -> None:
    assert_simple(to_html(text))


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>\n"),
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> so", "<blockquote>\n<p>so</p>\n</blockquote>\n"),
        ("[pay](https://x.example/?a=1&b=2)", '<p><a href="https://x.example/?a=1&amp;b=2">pay</a></p>\n'),
        ("[]() [a](  ) *b*", "<p>[]() [a]() <em>b</em></p>\n"),
        ("[no](javascript:alert(1))", "<p>[no](javascript:alert(1))</p>\n"),
        ("<b>x</b> &amp;", "<p>&lt;b&gt;x&lt;/b&gt; &amp;amp;</p>\n"),
        ("# no heading", "<p># no heading</p>\n"),
        ("INV_2026_42 costs 5*3*2", "<p>INV_2026_42 costs 5<em>3</em>2</p>\n"),
    ],
)  # fmt: skip
def test_paragraphs_lists_emphasis_quotes_and_links_are_understood(text: str, markup: str) -> None:
    assert to_html(text) == markup


@given(
    name=st.lists(PIECES, min_size=1, max_size=8).map("".join).map(lambda t: " ".join(t.split())),
    before=st.sampled_from(["", "Hi ", "**", "- ", "Dear *", "x\n\n"]),
    after=st.sampled_from(["", ",", "**", " - thanks", "*", "\n\n> so"]),
    change=st.sampled_from([str, str.upper, str.lower]),
)
def test_a_foreign_value_adds_no_tag_wherever_it_stands(
    name: str, before: str, after: str, change: type[str]
) -> None:
    """The same text with a plain name in its place has the same tags."""
    if not name or name in before + after:
        return
    hostile = Seen(to_html(before + change(name) + after, [name]))
    plain = Seen(to_html(before + "Krajcik" + after, ["Krajcik"]))
    assert [tag for tag, _ in hostile.tags if tag == "a"] == []
    if name[0].isalnum() and name[-1].isalnum():  # flanking decides about * beside it
        assert [t for t, _ in hostile.tags] == [t for t, _ in plain.tags]
        assert hostile.words.replace(change(name), "Krajcik") == plain.words


def test_a_name_that_is_a_link_reads_as_it_is_written() -> None:
    name = "[Pay here](https://evil.example)"
    assert to_html(f"Dear {name},", [name]) == f"<p>Dear {name},</p>\n"
    assert "<a" in to_html(f"Dear {name},")  # a person who writes it means it


def test_a_text_that_nobody_wrote_is_shown_as_it_is() -> None:
    assert to_html("*" * 300_000).startswith("<p>***")


def test_the_words_of_html_name_where_links_lead() -> None:
    markup = to_html("Hi *you*\n\n- [pay](https://x.example)\n- two\n\n> so <b>")
    assert words_of(markup) == "Hi you\n• pay (https://x.example)\n• two\nso <b>"


# --------------------------------------------------------------------------- as it was written


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("Pay at https://pay.example/INV-1?a=1&b=2.", "https://pay.example/INV-1?a=1&b=2"),
        ("(see http://acme.example/a_(b))", "http://acme.example/a_(b)"),
        ("HTTPS://acme.example, please", "HTTPS://acme.example"),
        ("- a list: https://acme.example/x!", "https://acme.example/x"),
        ("**https://acme.example/a_b_c**", "https://acme.example/a_b_c"),
    ],
)
def test_an_address_of_the_web_is_a_link_without_what_ends_the_sentence(
    text: str, href: str
) -> None:
    (found,) = re.findall(r'<a href="([^"]*)">', to_html(text))
    assert html.unescape(found) == href
    assert words_of(to_html(text)).count(href) == 1


@pytest.mark.parametrize("name", ["https://evil.example", "x https://evil.example/a y"])
def test_a_link_in_somebodys_name_is_no_link(name: str) -> None:
    assert "<a" not in to_html(f"Dear {name}, thank you.", [name])


def test_a_link_leads_nowhere_but_to_the_web() -> None:
    for text in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://"):
        assert "<a" not in to_html(text)


def test_leading_blanks_stay_where_they_were_typed() -> None:
    markup = to_html("  Net   10.00\n\tVAT  1.90\n\n- a\n  b\n\n> c")
    assert "<p>\u00a0\u00a0Net" in markup
    assert "\u00a0\u00a0\u00a0\u00a0VAT" in markup
    assert "<li>a<br>\nb</li>" in markup
