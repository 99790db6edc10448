"""Pure: the addresses that a dialog offers below To, and what taking one does to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.email import Verdict
from core.model.enums import address_key
from core.model.history import Contact, Health
from tui.dialogs.compose.addresses import addresses
from tui.dialogs.compose.state import alternatives


@dataclass(frozen=True, slots=True)
class Offer:
    """An address that can be taken with a key."""

    contact: Contact
    instead_of: str = ""
    """The misspelt address that it corrects; empty: it replaces whatever is in To."""


def offers(contacts: Sequence[Contact], to: Iterable[str], verdict: Verdict | None) -> list[Offer]:
    """Return what was probably meant first, then the customer's other addresses."""
    typed = list(to)
    keys = {address_key(address) for address in typed}
    findings = verdict.findings if verdict else ()
    proposed = {
        f.proposal: f.address for f in findings if f.proposal and address_key(f.address) in keys
    }
    known = {address_key(contact.address): contact for contact in contacts}
    meant = [
        Offer(known.get(address_key(p), Contact("", p, primary=False, health=Health())), address)
        for p, address in proposed.items()
        if address_key(p) not in keys
    ]
    taken = {address_key(offer.contact.address) for offer in meant}
    others = alternatives(contacts, typed)
    return meant + [Offer(c) for c in others if address_key(c.address) not in taken]


def taken(to: str, offer: Offer) -> str:
    """Return what To holds once ``offer`` was taken."""
    if not offer.instead_of:
        return offer.contact.address
    wrong = address_key(offer.instead_of)
    return ", ".join(offer.contact.address if address_key(a) == wrong else a for a in addresses(to))
