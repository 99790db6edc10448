"""Which spellings name the same address: what servers and mail programs write for one mailbox.

A bounce names the address as the last server wrote it (``rfc822;ann@x.example.``), which is seldom
letter for letter what we sent to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from core.model.delivery import DeliveryState
from core.model.enums import STATUSES, DisplayStatus, Status, address_key
from core.model.history import Health

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


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One delivery to the address, on whatever document."""

    email_id: int
    created_at: datetime
    state: DeliveryState
    subject: str
    document_number: str


def health_of(records: Sequence[AddressRecord]) -> Health:
    """Return the newest telling fact about an address and its streak of soft bounces."""
    told = sorted(
        ((at, record.email_id, word, record) for record in records for at, word in _tells(record)),
        key=lambda entry: (entry[0], entry[1], STATUSES[entry[2]].rank),
    )
    if not told:
        return Health()
    streak = 0
    for _, _, word, _ in told:
        if word is DisplayStatus.SOFT_BOUNCED:
            streak += 1
        elif word is DisplayStatus.DELIVERED:
            streak = 0
    at, email_id, word, record = told[-1]
    return Health(
        word=word,
        at=at,
        soft_streak=streak,
        diagnostic=record.state.diagnostic,
        email_id=email_id,
        document_number=record.document_number,
        subject=record.subject,
        enhanced_status=record.state.enhanced_status,
        subtype=record.state.subtype,
    )


def _tells(record: AddressRecord) -> list[tuple[datetime, DisplayStatus]]:
    """The facts of one delivery that say something about the address itself."""
    state = record.state
    told: list[tuple[datetime, DisplayStatus]] = []
    delivered_at = state.delivered_at or state.opened_at or state.clicked_at
    if delivered_at is not None:
        told.append((delivered_at, DisplayStatus.DELIVERED))
    if state.bounced_at is not None and not state.is_forward:  # that is another address's trouble
        soft = state.status is Status.SOFT_BOUNCED
        # A bounce overrules the Delivery of the same email, whichever is dated earlier.
        at = max(state.bounced_at, delivered_at or state.bounced_at)
        told.append((at, DisplayStatus.SOFT_BOUNCED if soft else DisplayStatus.BOUNCED))
    if state.complained_at is not None:
        told.append((state.complained_at, DisplayStatus.COMPLAINED))
    if state.dropped_at is not None:
        told.append((state.dropped_at, DisplayStatus.DROPPED))
    return told


_IN_BRACKETS: Final = re.compile(r"(?P<name>.*)<(?P<address>[^<>]*)>", re.DOTALL)
_IN_COMMENT: Final = re.compile(
    r"(?P<address>(?=[^\s()<>]+@[^\s()<>])[^\s()<>]++)\s*+\((?P<name>[^()<>]*)\)"
)
_ESCAPED_CHARACTER: Final = re.compile(r"\\(.)", re.DOTALL)
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
    return _ESCAPED_CHARACTER.sub(r"\1", name[1:-1]) if _is_quoted(name) else name
