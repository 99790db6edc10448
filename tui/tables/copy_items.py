"""Pure: what can be copied of a row, the most useful first; all of it is harmless text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core.model.attention import AttentionRow
from core.model.documents import CustomerRow, DocumentRow
from core.model.email import Preview
from core.model.history import EmailEntry
from core.model.outbox import OutboxEntry
from core.model.suppressions import SuppressedAddress
from core.rules.export.document_url import url_of
from tui.format.text import cell, paragraphs
from tui.widgets.data_table.column import Column, Context

if TYPE_CHECKING:
    from core.model.reports import MailSeen

_LONGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to copy."""

    label: str
    text: str


def block(text: str) -> str:
    """Return ``text`` with its lines, and nothing else that a terminal would obey."""
    return "\n".join(paragraphs(text, _LONGEST))


def whole(columns: Sequence[Column[Any]], row: Any, context: Context) -> str:
    """Return every column of ``row`` with its title, a line each; those that say nothing not."""
    lines = []
    for column in columns:
        said = " ".join("".join(span.text for span in column.value(row, context)).split())
        if said:
            lines.append(f"{column.title}: {said}")
    return "\n".join(lines)


def of_document(row: DocumentRow, template: str) -> tuple[Item, ...]:
    return _items(
        ("Number", row.number),
        ("Address", row.summary.last_recipient),
        ("Customer", row.customer),
        ("Link", url_of(template, row.kind, row.number)),
        ("PDF", row.pdf),
    )


def of_customer(row: CustomerRow) -> tuple[Item, ...]:
    return _items(("Address", row.address), ("Customer", row.name))


def of_email(email: EmailEntry, number: str) -> tuple[Item, ...]:
    """Begin with what the server said, where it said anything."""
    said = dict.fromkeys(filter(None, (r.state.diagnostic or r.error for r in email.recipients)))
    to = [recipient.address for recipient in email.recipients]
    return (
        *_items(
            *(("Diagnostic", text) for text in said),
            *(("Address", address) for address in to),
            ("Subject", email.subject),
            ("Number", number),
            *(("SES's id", recipient.ses_message_id) for recipient in email.recipients),
        ),
        *_block("Message", block(email.body)),
    )


def of_suppression(row: SuppressedAddress) -> tuple[Item, ...]:
    cause = row.cause
    return _items(
        *(("Address", spelling) for spelling in row.spellings),
        *(("Reason", entry.reason) for entry in row.entries),
        ("Number", cause.document_number if cause else ""),
        ("Subject", cause.subject if cause else ""),
        *(("SES's id", entry.ses_message_id) for entry in row.entries),
    )


def of_attention(row: AttentionRow, template: str) -> tuple[Item, ...]:
    number, *others = of_document(row.document, template)
    return _unique((number, *_items(("Address", row.address), ("Wrong", row.words)), *others))


def of_outbox(row: OutboxEntry) -> tuple[Item, ...]:
    return _items(
        ("Number", row.number),
        ("Address", row.address),
        ("Reason", row.error),
        ("Subject", row.subject),
        ("Customer", row.customer),
        ("SES's id", row.ses_message_id),
    )


def of_unlinked(mail: MailSeen) -> tuple[Item, ...]:
    return _items(
        *(("Address", addressee.address) for addressee in mail.addressees),
        ("Subject", mail.subject),
        ("From", mail.source),
        ("SES's id", mail.message_id),
    )


def of_preview(seen: Preview) -> tuple[Item, ...]:
    headers = "\n".join(f"{cell(name)}: {cell(value)}" for name, value in seen.headers)
    text = block(seen.text)
    return (
        *_block("Message", text),
        *_block("Headers", headers),
        *_block("Both", f"{headers}\n\n{text}"),
        *_items(*(("Address", address) for _, address in seen.recipients)),
    )


def _items(*pairs: tuple[str, str]) -> tuple[Item, ...]:
    return _unique(Item(label, cell(text)) for label, text in pairs)


def _block(label: str, text: str) -> tuple[Item, ...]:
    return (Item(label, text),) if text.strip() else ()


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for item in items:
        if item.text:
            found.setdefault(item.text, item)
    return tuple(found.values())
