"""The message a person wrote as simple HTML: paragraphs, lists, emphasis, quotes, links. Pure.

Only what is named here is Markdown; raw HTML, images, headings and code are plain text. Foreign
values (a number, a customer's name) are literal wherever they stand: a name like
``[pay here](https://evil.example)`` reads in the HTML exactly as in the plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_RULES: Final = ("blockquote", "list", "newline", "escape", "emphasis", "link", "autolink")
_LINK: Final = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_SPECIAL: Final = re.compile(r"[\\`*_\[\]()<>!~]|://|^\s*(?:[-+>#]|\d+[.)])")
#: What follows a sentence's last link is the sentence's: no mark of its end, no closing bracket.
_BARE_LINK: Final = re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}*_~]", re.IGNORECASE)
_LEADING: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_HARD_BLANK: Final = "\u00a0"
_TAB: Final = 4
_BLOCKS: Final = frozenset({"p", "li", "blockquote", "ul", "ol"})
#: Longer texts are shown as they are: nobody writes them, and parsing them would take seconds.
_LONGEST: Final = 200_000


def to_html(text: str, literals: Iterable[str] = ()) -> str:
    """Return the body of an HTML part for ``text``; ``literals`` are never read as Markdown."""
    if len(text) > _LONGEST:
        return f"<p>{html.escape(text)}</p>\n"
    return str(_markdown().render(_protected(text, literals)))


def words_of(markup: str) -> str:
    """Return the words of an HTML part, a line a paragraph; a link with where it leads."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _protected(text: str, literals: Iterable[str]) -> str:
    """Escape every occurrence of a literal that could be read as Markdown; longest first."""
    wanted = sorted({v for v in literals if _SPECIAL.search(v)}, key=len, reverse=True)
    if not wanted:
        return text
    # A template may have changed its case.
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    return pattern.sub(lambda found: _PUNCTUATION.sub(r"\\\1", found[0]), text)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not for the first paint

    made = MarkdownIt("zero", {"html": False, "breaks": True, "xhtmlOut": False})
    made.enable(list(_RULES))
    made.validateLink = _is_safe  # type: ignore[method-assign]
    made.core.ruler.before("inline", "keep_leading_blanks", _keep_leading_blanks)
    made.core.ruler.after("inline", "link_bare", _link_bare)
    made.core.ruler.push("spell_out", _spell_out)
    return made


def _spell_out(state: StateCore) -> None:
    """``[]()`` leads nowhere and nobody is asked whether it is safe: it stays as it is written."""
    for block in state.tokens:
        is_empty = False
        for token in block.children or ():
            if token.type == "link_open":
                is_empty = not token.attrGet("href")
            if is_empty and token.type in ("link_open", "link_close"):
                token.content = "[" if token.type == "link_open" else "]()"
                token.type, token.tag, token.nesting = "text", "", 0


def _keep_leading_blanks(state: StateCore) -> None:
    """Figures that somebody has lined up with blanks stay where they are.

    Inside lists and quotes leading blanks are Markdown's own.
    """
    lines = state.src.split("\n")
    for block in state.tokens:
        if block.type == "inline" and block.level == 1 and block.map:
            written = "\n".join(lines[block.map[0] : block.map[1]]).rstrip()
            block.content = _LEADING.sub(
                lambda blanks: _HARD_BLANK * len(blanks[0].expandtabs(_TAB)), written
            )


def _link_bare(state: StateCore) -> None:
    """An address of the web that stands in a sentence by itself is a link.

    A literal's is not: its ``://`` is escaped, and so does not stand in one piece of text here.
    """
    for block in state.tokens:
        if not block.children:
            continue
        found: list[Token] = []
        depth = 0
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            found += [token] if token.type != "text" or depth else _linked(state, token)
        block.children = found


def _linked(state: StateCore, text: Token) -> Iterator[Token]:
    """The pieces of a text token: words and links in turn."""
    end = 0
    for link in _BARE_LINK.finditer(text.content):
        written = link[0]
        if text.content[link.end() :].startswith(")") and written.count("(") > written.count(")"):
            written += ")"  # a bracket that was opened inside the link
        href = state.md.normalizeLink(written)
        if not state.md.validateLink(href):
            continue
        yield _token("text", "", 0, text.content[end : link.start()])
        opening = _token("link_open", "a", 1)
        opening.attrSet("href", href)
        yield from (opening, _token("text", "", 0, written), _token("link_close", "a", -1))
        end = link.start() + len(written)
    yield _token("text", "", 0, text.content[end:])


def _token(kind: str, tag: str, nesting: Literal[-1, 0, 1], content: str = "") -> Token:
    from markdown_it.token import Token

    return Token(kind, tag, nesting, content=content)


def _is_safe(url: str) -> bool:
    return _LINK.match(url.strip()) is not None


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        """Where each open link leads, and how many parts there were before it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("• ")
        if tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            if unquote(href) != unquote("".join(self.parts[start:])):
                self.parts.append(f" ({href})")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))
