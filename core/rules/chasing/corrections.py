"""Which failed sends a corrected address should repeat: pure; none that was repeated already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.model.delivery import DeliveryView
from core.model.documents import DocumentRow
from core.model.email import Draft, Finding, Verdict, Weight
from core.model.enums import EmailKind, address_key
from core.rules.delivery.status import FAILURES
from core.rules.gate.gate import is_settled


def open_failure(address: str, deliveries: Iterable[DeliveryView]) -> DeliveryView | None:
    """Return the newest failure of ``address`` that still needs somebody; ``None``: there is none.

    What went to it later, or to an address chosen in its place, and did not fail as well has mended
    it or still may: sending once more would mail them twice.
    """
    newest: DeliveryView | None = None
    standing_in = {address_key(address)}
    for delivery in sorted(deliveries, key=lambda d: (d.created_at, d.email_id)):
        replaces = delivery.replaces is not None and address_key(delivery.replaces) in standing_in
        if replaces:
            standing_in.add(address_key(delivery.address))
        elif address_key(delivery.address) not in standing_in:
            continue
        failed = delivery.state.word in FAILURES
        if address_key(delivery.address) == address_key(address):
            newest = delivery if failed else None
        elif not failed:
            newest = None
    return newest


def repaired(draft: Draft, old: str, new: str) -> Draft:
    """Return ``draft`` for ``new`` alone: whoever else it went to has it already."""
    return replace(draft, to=(new,), cc=(), bcc=(), replaces=old)


def verdict_on(draft: Draft, document: DocumentRow, verdict: Verdict) -> Verdict:
    """Return the gate's verdict and what else a person should know before many leave at once."""
    return Verdict((*verdict.findings, *_beside(draft, document)))


def _beside(draft: Draft, document: DocumentRow) -> Iterable[Finding]:
    if is_settled(document.status):
        yield Finding(
            Weight.ASK,
            "document_settled",
            f"{document.number} is {document.status}",
            "They may not need it any more.",
            "Tick it only if they asked for it.",
        )
    if draft.kind is not EmailKind.RESEND:
        yield Finding(
            Weight.ASK,
            "not_ours",
            "Another program sent this; its content is not here",
            "What would leave is our own original.",
            "Send it from there, or send our original with {documents.resend}.",
        )


def is_ticked(verdict: Verdict) -> bool:
    """Whether a document is offered for sending without a person having to tick it."""
    held_back = {"document_settled", "not_ours"}
    return not any(f.weight is Weight.REFUSE or f.code in held_back for f in verdict.findings)


def superseded(changes: Sequence[tuple[str, str]], current: Iterable[str]) -> Mapping[str, str]:
    """Return old address → the one in force, as keys, from changes in their order.

    An address that was taken back, or whose replacement is no longer a contact, is not superseded.
    """
    to: dict[str, str] = {}
    for old, new in changes:
        to.pop(new, None)
        to[old] = new
    known = set(current)
    found: dict[str, str] = {}
    for old in to:
        seen, at = {old}, old
        while at in to and to[at] not in seen:
            at = to[at]
            seen.add(at)
        if at != old and at in known:
            found[old] = at
    return found
