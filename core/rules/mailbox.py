"""A mailbox as people type it: a name, and an address in angle brackets."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_IN_BRACKETS: Final = re.compile(r"(?P<name>.*)<(?P<address>[^<>]*)>", re.DOTALL)
_IN_COMMENT: Final = re.compile(
    r"(?P<address>(?=[^\s()<>]+@[^\s()<>])[^\s()<>]++)\s*+\((?P<name>[^()<>]*)\)"
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
LONGEST_LOCAL_PART: Final = 64
"""Octets; RFC 5321, 4.5.3.1.1."""


class Mailbox(NamedTuple):
    """``name`` is for people and may hold anything; ``address`` may still be none."""

    name: str
    address: str


def parse_mailbox(text: str) -> Mailbox:
    """Return name and address of ``Acme, Inc. <billing@acme.example>``, as it was typed.

    RFC 5322 wants quotes around a name with a comma, an ``@`` or the like; people leave them out,
    and a parser that insists finds another address, or none. What is no single mailbox comes back
    whole as the address, so that whoever checks addresses refuses it.
    """
    line = text.strip()
    found = _IN_BRACKETS.fullmatch(line)
    if found and not _is_ambiguous(found["name"].strip()):
        return Mailbox(_unquoted(found["name"].strip()), found["address"].strip())
    found = _IN_COMMENT.fullmatch(line)
    if found:
        return Mailbox(found["name"].strip(), found["address"])
    return Mailbox("", line)


def is_address(address: str) -> bool:
    """Whether this may be an address at all; whether SES takes it is another question."""
    user, at, domain = address.rpartition("@")
    is_one_word = not any(letter.isspace() or letter in "<>," for letter in address)
    return bool(user and at and "." in domain.strip(".") and is_one_word)


def is_too_long(address: str) -> bool:
    """Whether the part before the ``@`` has more octets than a server has to take."""
    return len(address.rpartition("@")[0].encode("utf-8", "replace")) > LONGEST_LOCAL_PART


def _is_ambiguous(name: str) -> bool:
    """``A <a@x.example>, B`` is a second mailbox, not a name; in quotes anything is a name."""
    return not _is_quoted(name) and ("<" in name or ">" in name)


def _is_quoted(name: str) -> bool:
    return len(name) > 1 and name[0] == name[-1] == '"'


def _unquoted(name: str) -> str:
    return _ESCAPED.sub(r"\1", name[1:-1]) if _is_quoted(name) else name
