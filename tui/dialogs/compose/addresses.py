"""Pure: several addresses in one line, and what the one being typed may become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.model.email import KnownAddress
from core.model.enums import address_key

_SEPARATORS: Final = re.compile(r"[,;\s]+")
#: ``Ann Lee <ann@x.example>``, as other programs copy an address: from bracket to bracket, so that
#: the time grows with the text and not with its square, however long a stranger's is.
_BRACKETED: Final = re.compile(r"<\s*+([^<>\s]++)\s*+>")
_AROUND_NAMES: Final = ',;<>"'
_MOST: Final = 6


def addresses(typed: str) -> tuple[str, ...]:
    """Return the addresses of a field, separated by comma, semicolon or blank."""
    bare, at = [], 0
    for found in _BRACKETED.finditer(typed):
        bare += [_without_name(typed[at : found.start()]), found[1]]
        at = found.end()
    return tuple(part for part in _SEPARATORS.split(" ".join([*bare, typed[at:]])) if part)


def _without_name(text: str) -> str:
    """Return what stands before the name of an address; it may be in quotation marks."""
    rest = text.rstrip()
    if rest.endswith('"') and '"' in rest[:-1]:
        return rest[: rest.rindex('"', 0, -1)]
    return text[: max(map(text.rfind, _AROUND_NAMES)) + 1]


def piece(value: str, cursor: int) -> tuple[int, int]:
    """Return where the address at the cursor begins and ends."""
    start = max((m.end() for m in _SEPARATORS.finditer(value) if m.end() <= cursor), default=0)
    end = min((m.start() for m in _SEPARATORS.finditer(value) if m.start() >= cursor), default=None)
    return start, len(value) if end is None else end


def suggestions(known: Sequence[KnownAddress], value: str, cursor: int) -> tuple[KnownAddress, ...]:
    """Return what the piece at the cursor may become; nothing for a piece that is complete."""
    start, end = piece(value, cursor)
    typed = value[start:end].casefold()
    if not typed:
        return ()
    taken = {address_key(a) for a in addresses(value[:start] + value[end:])}
    found = [
        each
        for each in known
        if typed in f"{each.contact.address} {each.contact.name}".casefold()
        and address_key(each.contact.address) not in taken
    ]
    if any(address_key(each.contact.address) == address_key(typed) for each in found):
        return ()
    # What begins so comes before what merely holds it.
    found.sort(key=lambda each: not each.contact.address.casefold().startswith(typed))
    return tuple(found[:_MOST])


def completed(value: str, cursor: int, address: str) -> tuple[str, int]:
    """Return the line and the cursor after ``address`` took the place of the piece."""
    start, end = piece(value, cursor)
    return value[:start] + address + value[end:], start + len(address)


def of(known: Iterable[KnownAddress], address: str) -> KnownAddress | None:
    key = address_key(address)
    return next((each for each in known if address_key(each.contact.address) == key), None)
