"""The message a person wrote as simple HTML: paragraphs, lists, emphasis, quotes, links. Pure.

Only what is named here is Markdown; raw HTML, images, headings and code are plain text. Foreign
values (a number, a customer's name) are literal wherever they stand: a name like
``[pay here](https://evil.example)`` reads in the HTML exactly as in the plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

_RULES: Final = ("blockquote", "list", "newline", "escape", "emphasis", "link", "autolink")
_LINK: Final = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_SPECIAL: Final = re.compile(r"[\\`*_\[\]()<>!~]|^\s*(?:[-+>#]|\d+[.)])")
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


def _is_safe(url: str) -> bool:
    return _LINK.match(url.strip()) is not None


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("• ")
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self.parts.append(f" ({self._links.pop()})")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))
