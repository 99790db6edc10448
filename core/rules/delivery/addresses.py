"""Which spellings name the same address: what servers and mail programs write for one mailbox.

A bounce names the address as the last server wrote it (``rfc822;ann@x.example.``), which is seldom
letter for letter what we sent to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from core.model.enums import address_key

#: The type of a DSN's address (``rfc822;``, RFC 3464; ``utf-8;``, RFC 6533), and what Exchange and
#: web pages put before one.
_PREFIX: Final = re.compile(r"\s*(?:[a-z][a-z0-9-]*\s*;|smtp\s*:|(mailto)\s*:)", re.IGNORECASE)
#: A quoted text, which is kept, or a comment.
_ASIDE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\((?:[^()\\]|\\.)*\)')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_AROUND: Final = "<>,;. \t\r\n"
_QUOTES: Final = "\"'`"
#: The dots of other scripts that IDNA takes for a dot.
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")
_ENCODED: Final = "xn--"
_GMAIL: Final = "gmail.com"
_ALSO_GMAIL: Final = frozenset({_GMAIL, "googlemail.com"})
_LONGEST: Final = 1_000
"""Characters of a name that are looked at; an address has at most 320."""


@lru_cache(maxsize=10_000)
def bare_address(written: str) -> str:
    """Return the address without what is written around it: one spelling for one address.

    Empty where nothing is named. Labels and the dots in Gmail names stay: they tell two recipients
    of one email apart.
    """
    text = "".join(c for c in written[:_LONGEST] if unicodedata.category(c) not in ("Cf", "Cc"))
    text = _without_prefixes(text)
    if text.rstrip(" .").endswith(">") and "<" in text:
        text = _without_prefixes(text[text.rindex("<") + 1 :])
    text = _without_comments(text).strip(_AROUND)
    while text[:1] in _QUOTES and text[1:] and text.endswith(text[0]):
        text = text[1:-1].strip(_AROUND)
    local, at, domain = text.rpartition("@")
    if not at:
        return address_key(text)
    return f"{_local_part(local)}@{_domain(domain)}"


@lru_cache(maxsize=10_000)
def mailbox_key(written: str) -> str:
    """Return what is equal for all spellings of one mailbox, with or without a label."""
    local, at, domain = bare_address(written).rpartition("@")
    if not at:
        return domain
    local = local.partition("+")[0] or local
    if domain in _ALSO_GMAIL:
        local, domain = local.replace(".", "") or local, _GMAIL
    return f"{local}@{domain}"


def is_same_address(reported: str, ours: str) -> bool:
    """Whether ``reported`` names the address that we sent to; an empty name is ours."""
    if address_key(reported) == address_key(ours):
        return True
    return not bare_address(reported) or mailbox_key(reported) == mailbox_key(ours)


#: How an address is looked for among several, the strictest first.
_LOOKS: Final[tuple[Callable[[str], str], ...]] = (address_key, bare_address, mailbox_key)


def position_of(reported: str, addresses: Sequence[str]) -> int | None:
    """Return which of several recipients is named; ``None`` where none is, or one cannot say."""
    if not bare_address(reported):
        return None
    for look in _LOOKS:
        wanted = look(reported)
        found = [n for n, address in enumerate(addresses) if look(address) == wanted]
        spelt = {address_key(addresses[n]) for n in found}
        if found:
            return found[0] if len(spelt) == 1 else None
    return None


def _without_prefixes(text: str) -> str:
    while found := _PREFIX.match(text):
        text = text[found.end() :]
        if found[1]:  # the rest is a link
            text = unquote(text.partition("?")[0])
    return text


def _without_comments(text: str) -> str:
    """Take comments away, the innermost first."""
    while True:
        less = _ASIDE.sub(r"\1", text)
        if less == text:
            return text
        text = less


def _local_part(local: str) -> str:
    text = local.strip()
    if quoted := _QUOTED.fullmatch(text):
        text = _ESCAPED.sub(r"\1", quoted[1])
    return unicodedata.normalize("NFC", text.casefold())


def _domain(domain: str) -> str:
    """The part after the @ in Unicode: its Punycode, its letters and its dots are one spelling."""
    text = unicodedata.normalize("NFKC", _DOTS.sub(".", domain)).lower().strip(_AROUND)
    return ".".join(_label(label) for label in text.split("."))


def _label(label: str) -> str:
    if not label.startswith(_ENCODED):
        return label
    try:
        return unicodedata.normalize("NFC", label[len(_ENCODED) :].encode().decode("punycode"))
    except UnicodeError:
        return label
