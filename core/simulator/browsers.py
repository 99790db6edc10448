"""Keeps pages of other sites out: a browser on this machine reaches loopback for anybody's page.

A page whose name was made to lead here after it was loaded (DNS rebinding) still sends that name as
``Host``; a form, a script or an image of a page elsewhere sends its ``Origin``, or says that it
comes from another site. Programs send none of these but their ``Host``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

_OURS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Not ``*.localhost``: nothing is served by such a name, and some systems ask the network for it.

Nor another spelling of the address: a browser writes it in this one, and 0.0.0.0 leads here, too.
"""
_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:]+\]|[^:\[\]/@\\]+)(?::[0-9]{1,5})?", re.ASCII)
_FROM_ELSEWHERE: Final = "cross-site"


def refusal(environ: Mapping[str, Any]) -> str:
    """Return why a request is not answered, in words; empty where it may be."""
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is None:
        return "A request needs a Host header, with localhost, 127.0.0.1 or [::1]."
    if not _is_ours(host):
        return f"The local stand-in is localhost, 127.0.0.1 or [::1], and not {_shown(host)}."
    if origin is not None and not _is_our_origin(origin):
        return f"The local stand-in answers no page of {_shown(origin)}."
    if origin is None and environ.get("HTTP_SEC_FETCH_SITE", "").lower() == _FROM_ELSEWHERE:
        return "The local stand-in answers no page of another site."
    return ""


def _is_ours(authority: str) -> bool:
    """Whether ``host`` or ``host:port`` names this machine; any port: a tunnel may have its own."""
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        return False
    name = found[1]
    return name in _OURS or name == "localhost."  # with the dot it is the same name


def _is_our_origin(origin: str) -> bool:
    """``null``, what a sandbox or a file sends, names nobody; so it is foreign."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    is_bare = origin.lower() == f"{parts.scheme}://{parts.netloc}".lower()
    return is_bare and parts.scheme in ("http", "https") and _is_ours(parts.netloc)


def _shown(text: str) -> str:
    return repr(text[:100])
