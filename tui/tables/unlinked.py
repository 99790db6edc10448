"""Other programs' emails as rows of a table: where they come from, and their columns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.rules.delivery.external_email import Listed, Unlinked
from tui.format.badges import Span
from tui.format.text import ago, cell
from tui.widgets.data_table.column import Cell, Column, Context

if TYPE_CHECKING:
    from core.backend import Backend


@dataclass(frozen=True)
class UnlinkedSource:
    """Those that wait, or with ``everything`` all that hang on no document."""

    backend: Backend
    everything: bool = False
    _ids: dict[int, str] = field(default_factory=dict, repr=False, compare=False)
    """A table knows its rows by numbers, SES emails by words."""

    def count(self) -> int:
        return self.backend.linking.count(everything=self.everything)

    def page(self, offset: int, limit: int) -> Sequence[Unlinked]:
        rows = self.backend.linking.page(everything=self.everything, offset=offset, limit=limit)
        self._ids.update((self.key(row), row.mail.message_id) for row in rows)
        return rows

    def position(self, key: int) -> int | None:
        message_id = self._ids.get(key)
        if message_id is None:
            return None
        return self.backend.linking.position(message_id, everything=self.everything)

    def key(self, row: Unlinked) -> int:
        digest = hashlib.sha256(row.mail.message_id.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8])


def _at(row: Unlinked, context: Context) -> Cell:
    return (Span(ago(row.mail.at, context.now)),)


def _from(row: Unlinked, _: Context) -> Cell:
    return (Span(cell(row.mail.source)),)


def _to(row: Unlinked, _: Context) -> Cell:
    addresses = [cell(addressee.address) for addressee in row.mail.addressees]
    if not addresses:
        return (Span("nobody named", "ink--dim"),)
    more = f" +{len(addresses) - 1}" if len(addresses) > 1 else ""
    return (Span(addresses[0] + more),)


def _subject(row: Unlinked, _: Context) -> Cell:
    subject = cell(row.mail.subject)
    return (Span(subject, "ink--strong"),) if subject else (Span("no subject", "ink--dim"),)


def _points_to(row: Unlinked, context: Context) -> Cell:
    if row.dismissed_at is not None:
        when = ago(row.dismissed_at, context.now)
        return (Span(f"no document · {cell(row.dismissed_by, 20)}, {when}", "ink--dim"),)
    if not row.candidates:
        return (Span("nothing", "ink--dim"),)
    first, *others = row.candidates
    number = cell(first.number, 24)
    if others:
        return (Span(number), Span(f" or {len(others)} more", "ink--dim"))
    return (Span(number), Span(f" {cell(first.customer)}", "ink--dim", ""))


COLUMNS: Final[tuple[Column[Unlinked], ...]] = (
    Column("at", "Sent", 9, _at, ideal=11),
    Column("from", "From", 12, _from, ideal=24, weight=2, priority=2),
    Column("to", "To", 14, _to, ideal=24, weight=2, priority=1),
    Column("subject", "Subject", 16, _subject, ideal=30, weight=3),
    Column("points_to", "Points to", 14, _points_to, ideal=30, weight=2),
)


def named(candidate: Listed) -> str:
    """``INV-0042 of Krajcik & Sons``, harmless to show."""
    return f"{cell(candidate.number, 40)} of {cell(candidate.customer, 60)}"
