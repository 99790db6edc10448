"""Drafts as the sending tests write them."""

from __future__ import annotations

from typing import Any

from core.model.documents import DocumentRow
from core.model.email import Draft, SendOutcome
from core.model.enums import DisplayStatus, EmailKind

ANN, BOB, BOSS = "ann@customer.example", "bob@customer.example", "boss@outtray.example"


def draft(row: DocumentRow, *to: str, **changes: Any) -> Draft:
    values: dict[str, Any] = {
        "document_id": row.id,
        "kind": EmailKind.ORIGINAL,
        "to": to or (ANN,),
        "subject": f"Invoice {row.number}",
        "body": "Hi",
        **changes,
    }
    return Draft(**values)


def words(outcome: SendOutcome) -> list[DisplayStatus]:
    return [recipient.status for recipient in outcome.recipients]
