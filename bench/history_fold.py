"""The rules of delivery status once more, as a fold over generated facts.

Written from the description of the rules and without ``core.status``, so that a mistake would have
to be made twice to go unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bench.histories import Document, History, Sent
from core.db.engine import Database
from core.model import Fact, Kind, Role

_AXIS: Final = (
    "QUEUED",
    "SENDING",
    "UNCONFIRMED",
    "FAILED",
    "SENT",
    "DEFERRED",
    "SOFT_BOUNCED",
    "DROPPED",
    "DELIVERED",
    "BOUNCED",
    "COMPLAINED",
)
#: What a person must see first, last.
_WORSE: Final = (
    "CLICKED",
    "OPENED",
    "DELIVERED",
    "SENT",
    "SENDING",
    "QUEUED",
    "DEFERRED",
    "UNCONFIRMED",
    "SOFT_BOUNCED",
    "FAILED",
    "DROPPED",
    "BOUNCED",
    "COMPLAINED",
)
_FAILED: Final = {"BOUNCED", "SOFT_BOUNCED", "DROPPED", "COMPLAINED", "FAILED"}
_REACHED: Final = {"DELIVERED", "OPENED", "CLICKED"}
_PLAIN: Final = {
    "Send": "SENT",
    "DeliveryDelay": "DEFERRED",
    "Delivery": "DELIVERED",
    "Open": "DELIVERED",
    "Click": "DELIVERED",
    "Reject": "DROPPED",
    "Rendering Failure": "DROPPED",
}
_OF_SUBTYPE: Final = {
    "Permanent/General": "BOUNCED",
    "Permanent/NoEmail": "BOUNCED",
    "Permanent/OnAccountSuppressionList": "DROPPED",
    "Permanent/Suppressed": "DROPPED",
    "Transient/MailboxFull": "SOFT_BOUNCED",
    "Undetermined/Undetermined": "SOFT_BOUNCED",
    "abuse": "COMPLAINED",
    "OnAccountSuppressionList": "DROPPED",
}


def word_of(sent: Sent) -> str:
    """Fold the facts about one delivery into the word that its badge shows."""
    highest, engagement = sent.local.name, 0
    # Without SES's answer only our tag says whose the facts are; one is enough for all.
    is_known = sent.local.name == "SENT" or sent.is_tagged
    for fact in sent.facts if is_known else ():
        if fact.reports_nobody or fact.recipient.strip().lower() not in ("", sent.address):
            continue
        status = _status(fact)
        if status and _AXIS.index(status) > _AXIS.index(highest):
            highest = status
        engagement = max(engagement, {"Open": 1, "Click": 2}.get(fact.type, 0))
    return ("DELIVERED", "OPENED", "CLICKED")[engagement] if highest == "DELIVERED" else highest


def _status(fact: Fact) -> str | None:
    if fact.subtype == "Transient/General":
        return "SOFT_BOUNCED" if fact.diagnostic else None  # unexplained: out of office
    return _PLAIN.get(fact.type) or _OF_SUBTYPE.get(fact.subtype)


def document_of(document: Document) -> dict[str, Any]:
    """Fold the words of all deliveries into what the document's row shows."""
    words = [[word_of(sent) for sent in email] for email in document.emails]
    flat = [word for email in words for word in email]
    ever = any(word in _REACHED or word == "COMPLAINED" for word in flat)
    still = _unresolved(document.emails, words)
    row: dict[str, Any] = {
        "word": "NEVER_SENT",
        "other_failed": 0,
        "delivered": 0,
        "recipients": 0,
        "send_count": sum(any(word != "FAILED" for word in email) for email in words),
        "ever_delivered": int(ever),
        "never_reached": int(document.balance > 0 and not ever),
        "open_bounce": ("SOFT_BOUNCED" in still) + 2 * ("BOUNCED" in still),
        "open_complaint": int("COMPLAINED" in still),
        "open_drop": int("DROPPED" in still),
        "open_failure": int("FAILED" in still),
    }
    if words:
        latest = list(zip(document.emails[-1], words[-1], strict=True))
        to = [word for sent, word in latest if sent.role is Role.TO]
        others = [word for sent, word in latest if sent.role is not Role.TO]
        row["word"] = max(to, key=_WORSE.index)
        row["other_failed"] = int(any(word in _FAILED for word in others))
        row["delivered"] = sum(word in _REACHED for _, word in latest)
        row["recipients"] = len(latest)
    return row


def _unresolved(emails: Sequence[Sequence[Sent]], words: Sequence[Sequence[str]]) -> set[str]:
    """What failed, with no later delivery to the address nor to whoever replaced it since."""
    still: set[str] = set()
    for at, (email, told) in enumerate(zip(emails, words, strict=True)):
        for sent, word in zip(email, told, strict=True):
            if word not in _FAILED:
                continue
            names, is_good = {sent.address}, False
            for later, later_words in zip(emails[at + 1 :], words[at + 1 :], strict=True):
                names |= {each.address for each in later if each.replaces in names}
                is_good = is_good or any(
                    each.address in names and said in _REACHED
                    for each, said in zip(later, later_words, strict=True)
                )
            if not is_good:
                still.add(word)
    return still


def customer_of(history: History) -> dict[str, int]:
    rows = [(document, document_of(document)) for document in history.documents]
    opens = ("open_bounce", "open_complaint", "open_drop", "open_failure")
    waits = {"QUEUED", "SENDING", "SENT", "DEFERRED"}
    return {
        "documents": len(rows),
        "attention": sum(
            any(row[name] for name in opens) or row["word"] == "UNCONFIRMED" for _, row in rows
        ),
        "bounced": sum(row["open_bounce"] > 0 for _, row in rows),
        "complained": sum(row["open_complaint"] for _, row in rows),
        "dropped": sum(row["open_drop"] for _, row in rows),
        "failed": sum(row["open_failure"] for _, row in rows),
        "unconfirmed": sum(row["word"] == "UNCONFIRMED" for _, row in rows),
        "never_reached": sum(
            row["never_reached"] > 0
            and document.kind is Kind.INVOICE
            and row["send_count"] > 0
            and row["word"] not in waits
            for document, row in rows
        ),
    }


def differences(database: Database, histories: Sequence[History]) -> Iterator[str]:
    """Yield what the database has and the fold has not."""
    stored = _rows(database, "deliveries", "tag", ("status", "engagement"))
    names = {10 * n + 10: word for n, word in enumerate(_AXIS[:3])}
    names |= {35: "FAILED"} | {10 * n: word for n, word in enumerate(_AXIS[4:], 4)}
    documents = _rows(database, "documents", "number", tuple(document_of(_NOTHING)))
    customers = _rows(database, "customers", "name", tuple(customer_of(History("", [], []))))
    for history in histories:
        for sent in history.deliveries():
            status, engagement = stored[sent.tag].values()
            word = names[status]
            shown = ("DELIVERED", "OPENED", "CLICKED")[engagement] if status == 80 else word
            if shown != word_of(sent):
                yield f"delivery {sent.tag}: {shown} for {word_of(sent)}"
        for document in history.documents:
            if documents[document.number] != document_of(document):
                yield f"document {document.number}: {documents[document.number]} for fold"
        if customers[history.customer] != customer_of(history):
            yield f"customer {history.customer}: {customers[history.customer]} for fold"


_NOTHING: Final = Document("", Kind.INVOICE, 0, [])  # type: ignore[arg-type]


def _rows(
    database: Database, table: str, key: str, columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    sql = f"SELECT {key}, {', '.join(columns)} FROM {table}"  # noqa: S608 (our own names)
    found = database.reader.rows(sql, {})
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}
