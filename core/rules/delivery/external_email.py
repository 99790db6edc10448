"""Which document is an email about that another program sent? Pure: what SES told, what we know.

A ``document`` tag names it, or a document's number in the subject does *and* a recipient belongs to
its customer. Anything less, or more than one answer, is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final, Protocol

from core.model.enums import DocumentKind, address_key
from core.model.reports import Addressee, MailSeen
from core.rules.delivery.addresses import bare_address

#: The name of the message tag in which other programs may name the document.
DOCUMENT_TAG: Final = "document"

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
#: What may stand between the parts of one number: ``INV-2026/0042``, ``INV 0042``, ``Nr. 0042``.
_BETWEEN: Final = re.compile(r"[-_/.:#]?\s?[-_/.:#]?")
#: What ties two parts together: the ``0042`` of ``PO-0042`` is no number of its own.
_TIED: Final = frozenset({"", "-", "_", "/"})
_LONGEST_RUN: Final = 8
_LONGEST_SUBJECT: Final = 400
#: A bare number shorter than this has to be called one: *10 chairs* is not invoice 10.
_SHORTEST_BARE: Final = 3
_CALLED: Final = re.compile(
    r"(?:#|°|\b(?:invoice|bill|estimate|quote|quotation|proposal|offer|number|no|rechnung|angebot"
    r"|nummer|nr|facture|devis|numéro|factura|presupuesto|fattura|preventivo|factuur|offerte)[.:]?)"
    r"\s*\Z",
    re.IGNORECASE,
)
_KIND_PREFIX: Final = re.compile(r"(invoice|estimate)[-_.:/ ]+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document that an email may be about."""

    document_id: int
    customer_id: int
    kind: DocumentKind
    number: str
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An email that waits for a person."""

    mail: MailSeen
    candidates: tuple[Listed, ...]
    """The documents that something in it points to."""
    dismissed_by: str = ""
    """Who said that it is about no document; empty: nobody."""
    dismissed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Relinked:
    """What another look at the emails of other programs has brought."""

    examined: int = 0
    linked: int = 0
    applied: int = 0
    """Facts that have found their delivery."""
    unsearched: int = 0
    """Subjects that the office's own pattern took too long on."""

    def __add__(self, other: Relinked) -> Relinked:
        return Relinked(
            self.examined + other.examined,
            self.linked + other.linked,
            self.applied + other.applied,
            self.unsearched + other.unsearched,
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """Something in a subject that a document's number may look like."""

    key: str
    text: str
    start: int
    end: int


class NumberSearch(Protocol):
    """Finds what the office says is a number; takes a moment, whatever the subject is."""

    def __hash__(self) -> int: ...

    @property
    def given_up(self) -> int:
        """Return how many subjects it took too long on, until now."""
        ...

    def spans(self, subject: str) -> Sequence[tuple[int, int]]:
        """Return where numbers begin and end; nothing in a subject that is given up."""
        ...


def given_up(search: NumberSearch | None) -> int:
    """Return how many subjects ``search`` took too long on, until now."""
    return search.given_up if search is not None else 0


@dataclass(frozen=True, slots=True)
class Link:
    """``document_id`` where one document is certain; else those that a person may choose from."""

    document_id: int | None = None
    candidates: tuple[Listed, ...] = ()


def mention_key(number: str) -> str:
    """Return a number as others write it too: ``INV-0042``, ``inv 0042`` and ``INV0042`` agree.

    What is letters and what is digits stays told apart, so that 1-23 is not 12-3.
    """
    return "-".join(_TOKEN.findall(number.casefold()))


def merge(one: MailSeen, other: MailSeen) -> MailSeen:
    """Return what two tellings of one email say together, the same in both orders."""
    roles: dict[str, Addressee] = {}
    for addressee in sorted((*one.addressees, *other.addressees), key=_certainty):
        roles.setdefault(bare_address(addressee.address), addressee)
    return MailSeen(
        message_id=one.message_id,
        at=min(one.at, other.at),
        source=max(one.source, other.source),
        subject=max(one.subject, other.subject),
        addressees=tuple(roles[key] for key in sorted(roles)),
        documents=tuple(sorted({*one.documents, *other.documents})),
        region=max(one.region, other.region),
        published=one.published or other.published,
    )


def _certainty(addressee: Addressee) -> tuple[bool, str, str]:
    return (addressee.role is None, str(addressee.role), addressee.address)


# --------------------------------------------------------------------------- numbers in a subject


@lru_cache(maxsize=2_000)  # asked for twice an email, and many emails have one subject
def mentions(subject: str, search: NumberSearch | None = None) -> tuple[Mention, ...]:
    """Return what may be a number; which of them is one, the documents decide.

    With ``search`` only what it finds.
    """
    subject = subject[:_LONGEST_SUBJECT]
    found = _by_shape(subject) if search is None else _searched(subject, search)
    return tuple(dict.fromkeys(found))


def _searched(subject: str, search: NumberSearch) -> Iterator[Mention]:
    for start, end in search.spans(subject):
        key = mention_key(subject[start:end])
        if key:
            yield Mention(key, subject[start:end], start, end)


def _by_shape(subject: str) -> Iterator[Mention]:
    """Every run of letters and digits that holds a digit and is not cut out of a longer one."""
    tokens = list(_TOKEN.finditer(subject))
    pairs = list(pairwise(tokens))
    joins = [bool(_BETWEEN.fullmatch(subject, a.end(), b.start())) for a, b in pairs]
    ties = [_are_tied(a[0], subject[a.end() : b.start()], b[0]) for a, b in pairs]
    for first in range(len(tokens)):
        if first and ties[first - 1]:
            continue
        for last in range(first, min(first + _LONGEST_RUN, len(tokens))):
            if last > first and not joins[last - 1]:
                break
            start, end = tokens[first].start(), tokens[last].end()
            whole = last == len(ties) or not ties[last]
            if whole and _is_likely(subject, start, end):
                yield Mention(mention_key(subject[start:end]), subject[start:end], start, end)


def _are_tied(before: str, gap: str, after: str) -> bool:
    amount = gap in (".", ",") and before.isdigit() and after.isdigit()
    return gap in _TIED or amount


def _is_likely(subject: str, start: int, end: int) -> bool:
    text = subject[start:end]
    if not text.isdigit():
        return any(char.isdigit() for char in text)
    return len(text) >= _SHORTEST_BARE or bool(_CALLED.search(subject, 0, start))


# --------------------------------------------------------------------------- the decision


def wanted_keys(mail: MailSeen, search: NumberSearch | None = None) -> set[str]:
    """Return the ``mention_key`` of everything that may be a document of this email."""
    named = {key for value in mail.documents for key, _ in _tagged(value)}
    return named | {mention.key for mention in mentions(mail.subject, search)}


def decide(
    mail: MailSeen,
    documents: Mapping[str, Sequence[Listed]],
    customers: Mapping[str, Collection[int]],
    search: NumberSearch | None = None,
) -> Link:
    """Return what the email is about, given documents by ``mention_key``, customers by address.

    The tag goes before the subject. Only a published email is linked without a person: of another
    one nobody can say that it was not ours.
    """
    known = {c for a in mail.addressees for c in customers.get(address_key(a.address), ())}
    tagged = _documents_tagged(mail, documents)
    found = tagged or _documents_mentioned(mail.subject, documents, known, search)
    theirs = [document for document in found if document.customer_id in known]
    certain = theirs or (found if tagged else [])
    if len(certain) == 1 and mail.published:
        return Link(certain[0].document_id)
    return Link(candidates=tuple(certain or found))


def _tagged(value: str) -> Iterator[tuple[str, DocumentKind | None]]:
    """The ways to read a tag: a number, or ``invoice:`` or ``estimate:`` and a number."""
    yield mention_key(value), None
    if split := _KIND_PREFIX.fullmatch(value.strip()):
        yield mention_key(split[2]), DocumentKind(split[1].lower())


def _documents_tagged(mail: MailSeen, documents: Mapping[str, Sequence[Listed]]) -> list[Listed]:
    found: list[Listed] = []
    for value in mail.documents:
        for key, kind in _tagged(value):
            of_kind = [d for d in documents.get(key, ()) if kind is None or d.kind is kind]
            if of_kind:
                found += _spelt(of_kind, value)
                break
    return _once(found)


def _documents_mentioned(
    subject: str,
    documents: Mapping[str, Sequence[Listed]],
    customers: Collection[int],
    search: NumberSearch | None,
) -> list[Listed]:
    """What the subject names; a number within a longer one that exists as well is not meant.

    Of several documents of one number those of the recipient's ``customers`` are looked at first:
    another customer's document, better spelt, must not hide them.
    """
    hits = [m for m in mentions(subject, search) if documents.get(m.key)]
    whole = [m for m in hits if not any(_holds(other, m) for other in hits)]
    found: list[Listed] = []
    for mention in whole:
        alike = documents[mention.key]
        theirs = [document for document in alike if document.customer_id in customers]
        found += _spelt(theirs or alike, mention.text)
    return _once(found)


def _holds(longer: Mention, shorter: Mention) -> bool:
    inside = longer.start <= shorter.start and shorter.end <= longer.end
    return inside and (longer.start, longer.end) != (shorter.start, shorter.end)


def _spelt(documents: Sequence[Listed], text: str) -> list[Listed]:
    """Those whose number is spelt just so, where numbers differ in their signs only."""
    exact = [d for d in documents if d.number.casefold() == text.strip().casefold()]
    return exact or list(documents)


def _once(documents: Iterable[Listed]) -> list[Listed]:
    by_id = {document.document_id: document for document in documents}
    return [by_id[key] for key in sorted(by_id)]
