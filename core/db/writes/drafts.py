"""Drafts that wait: saved while one types, gone with the email they become."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.db.engine import Reader
from core.db.rows import from_date, from_money, known_instant, to_date, to_instant, to_money
from core.db.schema.decisions import draft_files, drafts, snapshots
from core.model.email import AttachedFile, Draft, SavedDraft, Snapshot
from core.model.enums import EmailKind
from core.rules.search.text import storable

_LISTS = ("to", "cc", "bcc", "references")
_TEXTS = ("subject", "body", "reply_to", "in_reply_to", "expected_pdf")


def save(connection: Connection, draft: Draft, operator: str, at: datetime) -> None:
    """Keep ``draft`` in place of the one that was kept before."""
    digests = [hashlib.sha256(file.content).hexdigest() for file in draft.attachments]
    values = {"fields": _fields(draft, digests), "saved_at": to_instant(at)}
    draft_id = connection.scalar(
        select(drafts.c.id).where(_is(draft.document_id, draft.kind, operator))
    )
    if draft_id is None:
        key = {
            "document_id": draft.document_id,
            "kind": draft.kind.value,
            "operator": storable(operator),
        }
        draft_id = connection.scalar(insert(drafts).values(**key, **values).returning(drafts.c.id))
    else:
        connection.execute(update(drafts).where(drafts.c.id == draft_id).values(values))
    _keep_files(connection, draft_id, dict(zip(digests, draft.attachments, strict=True)))


def discard(connection: Connection, document_id: int, kind: EmailKind, operator: str) -> None:
    """Forget the draft of this document, kind and operator, if there is one."""
    connection.execute(delete(drafts).where(_is(document_id, kind, operator)))


def find(reader: Reader, document_id: int, kind: EmailKind, operator: str) -> SavedDraft | None:
    """Return the draft that waits; an attachment that cannot be read back is left out."""
    rows = reader.rows(
        "SELECT id, fields, saved_at FROM drafts"
        " WHERE document_id = :document AND kind = :kind AND operator = :operator",
        {"document": document_id, "kind": kind.value, "operator": storable(operator)},
    )
    if not rows:
        return None
    draft_id, fields, saved_at = rows[0]
    contents = {
        digest: bytes(content)
        for digest, content in reader.rows(
            "SELECT sha256, content FROM draft_files WHERE draft_id = :id", {"id": draft_id}
        )
    }
    found = json.loads(fields)
    return SavedDraft(_draft(document_id, kind, found, contents), known_instant(saved_at))


def of_others(reader: Reader, document_id: int, operator: str) -> tuple[tuple[str, datetime], ...]:
    """Return who else has a draft about a document, and of when; the newest first."""
    return tuple(
        (row[0], known_instant(row[1]))
        for row in reader.rows(
            "SELECT operator, max(saved_at) FROM drafts WHERE document_id = :document"
            " AND operator <> :operator GROUP BY operator ORDER BY 2 DESC",
            {"document": document_id, "operator": storable(operator)},
        )
    )


def _is(document_id: int, kind: EmailKind, operator: str) -> Any:
    d = drafts.c
    return (
        (d.document_id == document_id) & (d.kind == kind.value) & (d.operator == storable(operator))
    )


def _keep_files(
    connection: Connection, draft_id: int | None, files: dict[str, AttachedFile]
) -> None:
    f = draft_files.c
    kept = set(connection.scalars(select(f.sha256).where(f.draft_id == draft_id)))
    gone = kept - files.keys()
    if gone:
        connection.execute(
            delete(draft_files).where(f.draft_id == draft_id, f.sha256.in_(sorted(gone)))
        )
    new = [
        {"draft_id": draft_id, "sha256": digest, "content": file.content}
        for digest, file in files.items()
        if digest not in kept
    ]
    if new:
        connection.execute(insert(draft_files), new)


def _fields(draft: Draft, digests: list[str]) -> str:
    """ASCII JSON: it takes any text, NUL and broken surrogates included."""
    return json.dumps(
        {
            **{name: list(getattr(draft, name)) for name in _LISTS},
            **{name: getattr(draft, name) for name in _TEXTS},
            "replaces": draft.replaces,
            "files": [
                {"name": file.name, "type": file.content_type, "sha256": digest}
                for file, digest in zip(draft.attachments, digests, strict=True)
            ],
        }
    )


def _draft(
    document_id: int, kind: EmailKind, fields: Mapping[str, Any], contents: Mapping[str, bytes]
) -> Draft:
    lists: dict[str, Any] = {name: tuple(fields.get(name, ())) for name in _LISTS}
    texts: dict[str, Any] = {name: fields.get(name, "") for name in _TEXTS}
    return Draft(
        document_id=document_id,
        kind=kind,
        **lists,
        **texts,
        replaces=fields.get("replaces"),
        attachments=tuple(
            AttachedFile(file["name"], file["type"], contents[file["sha256"]])
            for file in fields.get("files", ())
            if file["sha256"] in contents
        ),
    )


def record_snapshot(connection: Connection, kept: Sequence[tuple[int, Snapshot | None]]) -> None:
    """Write the snapshots of emails, by email id."""
    rows = [
        {
            "email_id": email_id,
            "status": storable(snapshot.status),
            "currency": snapshot.currency,
            "total": to_money(snapshot.total),
            "balance_due": to_money(snapshot.balance_due),
            "due_on": to_date(snapshot.due_on),
        }
        for email_id, snapshot in kept
        if snapshot is not None
    ]
    if rows:
        connection.execute(insert(snapshots), rows)


def find_snapshot(reader: Reader, email_id: int) -> Snapshot | None:
    """Return how the document stood; ``None`` for emails that did not keep it."""
    rows = reader.rows(
        "SELECT status, currency, total, balance_due, due_on FROM snapshots WHERE email_id = :id",
        {"id": email_id},
    )
    if not rows:
        return None
    status, currency, total, balance, due_on = rows[0]
    return Snapshot(status, currency, from_money(total), from_money(balance), from_date(due_on))
