"""The rules of delivery status once more, as a fold over generated facts.

Written from the description of the rules and without ``core.rules.delivery.status``, so that a
mistake would have to be made twice to go unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bench.histories import STRANGER, Document, History, Sent
from core.db.engine import Database
from core.model.delivery import DeliveryEvent
from core.model.enums import DocumentKind, Role, Status

_AXIS: Final = (
    "QUEUED",
    "SENDING",
    "UNCONFIRMED",
    "FAILED",
    "SENT",
    "DEFERRED",
    "DROPPED",
    "DELIVERED",
    "SOFT_BOUNCED",
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
    "FORWARD",
    "SOFT_BOUNCED",
    "FAILED",
    "DROPPED",
    "BOUNCED",
    "COMPLAINED",
)
#: FORWARD is SOFT_BOUNCED, but of an address that it was forwarded to.
_FAILED: Final = {"BOUNCED", "SOFT_BOUNCED", "FORWARD", "DROPPED", "COMPLAINED", "FAILED"}
_REACHED: Final = {"DELIVERED", "OPENED", "CLICKED"}
_GOT_THERE: Final = _REACHED | {"FORWARD"}
_PLAIN: Final = {
    "Send": "SENT",
    "DeliveryDelay": "DEFERRED",
    "Delivery": "DELIVERED",
    "Open": "DELIVERED",
    "Click": "DELIVERED",
    "Reject": "DROPPED",
    "Rendering Failure": "DROPPED",
}
_LISTS: Final = {"suppressed", "onaccountsuppressionlist"}


def word_of(sent: Sent) -> str:
    """Fold the facts about one delivery into the word that its badge shows, or FORWARD."""
    # Without SES's answer only our tag says whose the facts are; one is enough for all.
    is_known = sent.local.name == "SENT" or sent.is_tagged
    facts = sent.facts if is_known else []
    delivered = [fact.at for fact in facts if fact.type == "Delivery"]
    found = {sent.local.name}
    soft, forwards, engagement = [], 0, 0
    for fact in facts:
        status = _status(fact, bool(delivered))
        engagement = max(engagement, {"Open": 1, "Click": 2}.get(fact.type, 0))
        if delivered and fact.recipient == STRANGER and status in ("BOUNCED", "SOFT_BOUNCED"):
            forwards += 1
        elif status == "SOFT_BOUNCED":
            soft.append(fact.at)
        elif status:
            found.add(status)
    is_soft = bool(soft) and (not delivered or max(soft) >= max(delivered))
    if is_soft or forwards:
        found.add("SOFT_BOUNCED")
    highest = max(found, key=_AXIS.index)
    if highest == "DELIVERED":
        return ("DELIVERED", "OPENED", "CLICKED")[engagement]
    return "FORWARD" if highest == "SOFT_BOUNCED" and not is_soft else highest


def _status(fact: DeliveryEvent, was_delivered: bool) -> str | None:
    if fact.type in _PLAIN:
        return _PLAIN[fact.type]
    kind, _, subtype = fact.subtype.lower().replace("_", "").replace("-", "").rpartition("/")
    if subtype in _LISTS:
        return "DROPPED"
    if fact.type == "Complaint":
        return None if subtype == "notspam" else "COMPLAINED"
    if fact.type.lower() != "bounce":
        return None
    if kind == "permanent":
        return "BOUNCED"
    is_silent = not fact.diagnostic and subtype in ("general", "undetermined")
    if is_silent and (was_delivered or (kind, subtype) == ("transient", "general")):
        return None  # out of office
    return "SOFT_BOUNCED"


def document_of(document: Document) -> dict[str, Any]:
    """Fold the words of all deliveries into what the document's row shows."""
    words = [[word_of(sent) for sent in email] for email in document.emails]
    flat = [word for email in words for word in email]
    ever = any(word in _GOT_THERE or word == "COMPLAINED" for word in flat)
    still = _unresolved(document.emails, words)
    row: dict[str, Any] = {
        "word": "NEVER_SENT",
        "other_failed": 0,
        "delivered": 0,
        "recipients": 0,
        "send_count": sum(any(word != "FAILED" for word in email) for email in words),
        "ever_delivered": int(ever),
        "never_reached": int(document.balance > 0 and not ever),
        "is_forward": 0,
        "open_bounce": bool(still & {"SOFT_BOUNCED", "FORWARD"}) + 2 * ("BOUNCED" in still),
        "open_complaint": int("COMPLAINED" in still),
        "open_drop": int("DROPPED" in still),
        "open_failure": int("FAILED" in still),
    }
    if words:
        latest = list(zip(document.emails[-1], words[-1], strict=True))
        to = [word for sent, word in latest if sent.role is Role.TO]
        others = [word for sent, word in latest if sent.role is not Role.TO]
        word = max(to, key=_WORSE.index)
        row["word"] = _shown(word)
        row["is_forward"] = int(word == "FORWARD")
        row["other_failed"] = int(any(word in _FAILED for word in others))
        row["delivered"] = sum(word in _REACHED for _, word in latest)
        row["recipients"] = len(latest)
    return row


def _shown(word: str) -> str:
    return "SOFT_BOUNCED" if word == "FORWARD" else word


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
                    each.address in names and said in _GOT_THERE
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
            and document.kind is DocumentKind.INVOICE
            and row["send_count"] > 0
            and row["word"] not in waits
            for document, row in rows
        ),
    }


def differences(database: Database, histories: Sequence[History]) -> Iterator[str]:
    """Yield what the database has and the fold has not."""
    stored = _rows(database, "deliveries", "tag", ("status", "engagement"))
    names = {int(status): status.name for status in Status}
    documents = _rows(database, "documents", "number", tuple(document_of(_NOTHING)))
    customers = _rows(database, "customers", "name", tuple(customer_of(History("", [], []))))
    for history in histories:
        for sent in history.deliveries():
            status, engagement = stored[sent.tag].values()
            word = names[status]
            shown = ("DELIVERED", "OPENED", "CLICKED")[engagement] if status == 80 else word
            if shown != _shown(word_of(sent)):
                yield f"delivery {sent.tag}: {shown} for {word_of(sent)}"
        for document in history.documents:
            if documents[document.number] != document_of(document):
                yield f"document {document.number}: {documents[document.number]} for fold"
        if customers[history.customer] != customer_of(history):
            yield f"customer {history.customer}: {customers[history.customer]} for fold"


_NOTHING: Final = Document("", DocumentKind.INVOICE, 0, [])  # type: ignore[arg-type]


def _rows(
    database: Database, table: str, key: str, columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    sql = f"SELECT {key}, {', '.join(columns)} FROM {table}"  # noqa: S608 (our own names)
    found = database.reader.rows(sql, {})
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}
