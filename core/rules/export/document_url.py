"""Pure: the page of a document in the accounting system, from a URL with two gaps.

Numbers are foreign text: whatever they hold, they stay one part of the path or of the query.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from core.model.enums import DocumentKind

EXAMPLE: Final = "https://books.example/{kind}/{number}"
_GAP: Final = re.compile(r"\{([^{}]*)\}")
_PLAIN: Final = re.compile(r"[\x21-\x7e]+")
#: Browsers and terminals take no longer ones.
_LONGEST: Final = 2_000


def problem(template: str) -> str:
    """Return why ``template`` is no URL to put numbers into, in words; empty: it is one."""
    if not _PLAIN.fullmatch(template):
        return "it holds a blank or a letter that no URL has"
    gaps = _GAP.findall(template)
    unknown = [gap for gap in gaps if gap not in ("kind", "number")]
    if unknown or re.search(r"[{}]", _GAP.sub("", template)):
        return "only {kind} and {number} are filled in"
    if "number" not in gaps:
        return "{number} is missing"
    try:
        parts = urlsplit(template)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is no URL"
    if parts.scheme not in ("http", "https"):
        return "it must begin with https:// or http://"
    if not host or "{" in parts.netloc:
        return "it must name the computer, without a gap"
    if "@" in parts.netloc:
        return "a user or a password in it would be shown; leave them out"
    return ""


def url_of(template: str, kind: DocumentKind, number: str) -> str:
    """Return the URL of a document; empty where there is none to give.

    ``.`` and ``..`` would name the folder above, even percent-encoded.
    """
    if not template or number.strip() in ("", ".", ".."):
        return ""
    values = {"kind": kind.value, "number": quote(number, safe="", errors="replace")}
    url = _GAP.sub(lambda gap: values[gap[1]], template)
    return url if len(url) <= _LONGEST else ""
