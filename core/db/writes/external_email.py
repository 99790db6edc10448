"""Emails that other programs sent: seen in SES's reports, linked to a document now or later.

Everything about one email happens under one lock on its message id, and the row in
``external_mails`` holds the one email it may become: two programs cannot both create it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from core.db.engine import Database, hold
from core.db.reads.unlinked import Known, links_of, ours_among, stored
from core.db.rows import digest, to_instant
from core.db.schema import deliveries, digests, emails, external_mails
from core.db.writes import outbox
from core.db.writes.event_matching import adopt_waiting, recognise, rematch
from core.db.writes.external_rows import _mark_ours, _remember_ours, row_of, seal, through, upsert
from core.db.writes.outbox import NewDelivery, NewEmail, SesAnswer, record_all
from core.db.writes.summaries import lock_documents, settle_deliveries, summarise_documents
from core.model.delivery import DeliveryEvent
from core.model.enums import EmailKind, Role, Status, address_key
from core.model.errors import NotFoundError
from core.model.reports import MailSeen
from core.rules.delivery.addresses import bare_address
from core.rules.delivery.external_email import Link, NumberSearch, Relinked, merge
from core.rules.search.text import storable

_AT_ONCE: Final = 500
_X = external_mails.c


def see(
    connection: Connection,
    mails: Iterable[MailSeen],
    facts: Collection[DeliveryEvent],
    search: NumberSearch | None = None,
) -> None:
    """Remember the emails that are not ours, and link those that are certain.

    To be called before the ``facts`` of the same bodies are stored: they then find the deliveries.
    """
    tagged = {storable(fact.message_id) for fact in facts if fact.tag}
    seen = _by_id(mails)
    foreign = {key: mail for key, mail in seen.items() if key not in tagged}
    if not seen and not tagged:
        return
    hold(connection, *(f"message {storable(fact.message_id)}" for fact in facts))
    recognise(connection, foreign.values())
    _mark_ours(connection, tagged)
    _remember_ours(connection, [mail for key, mail in seen.items() if key in tagged])
    known = stored(through(connection), set(foreign))
    linked = {key for key, row in known.items() if row.email_id}
    ours = ours_among(through(connection), set(foreign) - linked)
    changed = []
    for key, mail in foreign.items():
        before = known.get(key)
        whole = merge(before.mail, mail) if before else mail
        if key not in ours and (before is None or whole != before.mail):
            changed.append(replace(before, mail=whole) if before else Known(whole, None))
    _improve(connection, [each for each in changed if each.email_id or each.is_dismissed])
    waiting = [each.mail for each in changed if not each.email_id and not each.is_dismissed]
    _examine(connection, waiting, search)


def relink(database: Database, search: NumberSearch | None = None) -> Relinked:
    """Look again at all emails that hang on no document: an import may have brought theirs."""
    total, after = Relinked(), ""
    while True:
        with database.transaction() as connection:
            found, after = _relink_some(connection, after, search)
        total += found
        if not after:
            return total


def _relink_some(
    connection: Connection, after: str, search: NumberSearch | None
) -> tuple[Relinked, str]:
    """Return what came of a few hundred, and the id to go on ``after``; empty at the end."""
    ids = connection.scalars(
        select(_X.message_id)
        .where(_X.message_id > after, _X.email_id.is_(None), _X.is_ours == 0, _X.dismissed_at == 0)
        .order_by(_X.message_id)
        .limit(_AT_ONCE)
    ).all()
    if not ids:
        return Relinked(), ""
    hold(connection, *(f"message {message_id}" for message_id in ids))
    rows = through(connection)
    waiting = {
        key: row
        for key, row in stored(rows, ids).items()
        if not row.email_id and not row.is_dismissed
    }
    for key in ours_among(rows, set(waiting)):
        del waiting[key]
    pointed = {key for key, row in waiting.items() if row.is_pointed}
    made = _examine(connection, [row.mail for row in waiting.values()], search, pointed)
    return Relinked(len(ids), len(made), _adopt(connection, list(made))), ids[-1]


def link_by_hand(
    connection: Connection, message_id: str, document_id: int, by: str, at: datetime
) -> tuple[int, int]:
    """Link an email to a document, or to another one; return its id and how many facts came along.

    Raises:
        NotFoundError: SES reported nothing of such an email, or it is one of our own.
    """
    known = _held(connection, message_id)
    key = storable(message_id)
    if known.email_id:
        email_id = known.email_id
        _move(connection, email_id, document_id)
    elif known.mail.addressees:
        email_id = _create(connection, [(known.mail, document_id)])[key]
    else:
        raise NotFoundError("SES named no recipient of that email, so it cannot be linked.")
    digests.change(
        connection,
        update(emails)
        .where(emails.c.id == email_id)
        .values(linked_by=storable(by), linked_at=to_instant(at)),
    )
    _write_dismissal(connection, key, "", 0)
    return email_id, _adopt(connection, [key])


def dismiss(connection: Connection, message_id: str, by: str, at: datetime) -> MailSeen:
    """Write down that an email is about no document; nothing links it by itself any more.

    Raises:
        NotFoundError: there is no such email, or it hangs on a document already.
    """
    known = _held(connection, message_id)
    if known.email_id:
        raise NotFoundError(
            "That email is linked to a document already.",
            "outtray events link MESSAGE_ID NUMBER links it to another one.",
        )
    if not known.is_dismissed:  # who said it first is kept
        _write_dismissal(connection, storable(message_id), by, to_instant(at))
    return known.mail


def restore(connection: Connection, message_id: str) -> MailSeen:
    """Let an email wait again; raises ``NotFoundError`` where there is none, or nothing to undo."""
    known = _held(connection, message_id)
    if not known.is_dismissed:
        raise NotFoundError("Nobody said that this email is about no document.")
    _write_dismissal(connection, storable(message_id), "", 0)
    return known.mail


def _held(connection: Connection, message_id: str) -> Known:
    """Keep others from deciding about an email at the same time; return what is known of it."""
    key = storable(message_id)
    hold(connection, f"message {key}")
    known = stored(through(connection), [key]).get(key)
    if known is None or (not known.email_id and ours_among(through(connection), [key])):
        raise NotFoundError(
            f"No email of another program has the id {message_id!r}.",
            "outtray events unlinked --all lists what SES has reported.",
        )
    return known


def _write_dismissal(connection: Connection, key: str, by: str, at: int) -> None:
    connection.execute(
        update(external_mails)
        .where(_X.message_id == key)
        .values(dismissed_by=storable(by), dismissed_at=at)
    )
    seal(connection, [key])


# --------------------------------------------------------------------------- steps


def _by_id(mails: Iterable[MailSeen]) -> dict[str, MailSeen]:
    found: dict[str, MailSeen] = {}
    for mail in mails:
        key = storable(mail.message_id)
        if key:
            found[key] = merge(found[key], mail) if key in found else mail
    return found


def _examine(
    connection: Connection,
    mails: Sequence[MailSeen],
    search: NumberSearch | None,
    pointed: Collection[str] | None = None,
) -> dict[str, int]:
    """Decide on unlinked emails, write down what was found; return new emails by message id.

    Of emails that are stored already, ``pointed`` are the ids of those that pointed to a document;
    nothing else of them can have changed.
    """
    links = list(zip(mails, links_of(through(connection), mails, search), strict=True))
    rows = [row_of(mail, link) for mail, link in links]
    if pointed is not None:
        rows = [row for row in rows if row["is_pointed"] != (row["message_id"] in pointed)]
    upsert(connection, rows)
    certain = [
        (mail, link.document_id)
        for mail, link in links
        if link.document_id is not None and mail.addressees
    ]
    return _create(connection, certain)


def _create(connection: Connection, links: Sequence[tuple[MailSeen, int]]) -> dict[str, int]:
    """Write the emails, taken by SES when it says so; return them by message id."""
    if not links:
        return {}
    lock_documents(connection, {document_id for _, document_id in links})
    new = [_new_email(mail, document_id) for mail, document_id in links]
    answers = {
        tag: answer
        for (mail, _), email in zip(links, new, strict=True)
        for tag, answer in _answers(mail, email).items()
    }
    made = {
        storable(mail.message_id): each.email_id
        for (mail, _), each in zip(links, record_all(connection, new, answers), strict=True)
    }
    connection.execute(_LINK, [{"key": key, "to_email": made[key]} for key in made])
    seal(connection, made)
    return made


def _answers(mail: MailSeen, email: NewEmail) -> dict[str, SesAnswer]:
    taken = SesAnswer(Status.SENT, storable(mail.message_id), mail.region, mail.at)
    return {delivery.tag: taken for delivery in email.deliveries}


def _new_email(mail: MailSeen, document_id: int) -> NewEmail:
    return NewEmail(
        document_id=document_id,
        kind=EmailKind.EXTERNAL,
        subject=mail.subject,
        body="",
        sender=mail.source,
        sent_by=mail.source,
        created_at=mail.at,
        message_id="",
        mime=None,
        attachments=(),
        deliveries=tuple(
            NewDelivery(a.role or Role.TO, a.address, _tag(mail.message_id, a.address))
            for a in mail.addressees
        ),
    )


def _tag(message_id: str, address: str) -> str:
    """No tag that SES ever saw: it is there to be unique, and the same on every desk."""
    return f"external-{digest(f'{message_id} {address_key(address)}')[:32]}"


def _improve(connection: Connection, known: Sequence[Known]) -> None:
    """Tell emails that are decided upon what only a later report of SES has told."""
    for each in known:
        row = row_of(each.mail, Link())
        del row["is_pointed"]
        upsert(connection, [row])
        if each.email_id is None:
            continue
        digests.change(
            connection,
            update(emails)
            .where(emails.c.id == each.email_id)
            .values(subject=row["subject"], sender=row["source"], sent_by=row["source"]),
        )
    add_recipients(connection, [each for each in known if each.email_id is not None])


def add_recipients(connection: Connection, known: Iterable[Known]) -> None:
    """Write the recipients that only a later report has named, and decide again whose is what."""
    for each in known:
        rows = connection.execute(
            select(deliveries.c.address, deliveries.c.document_id).where(
                deliveries.c.email_id == each.email_id
            )
        ).all()
        there = {bare_address(row.address) for row in rows}
        new = tuple(a for a in each.mail.addressees if bare_address(a.address) not in there)
        if not new or not rows or each.email_id is None:
            continue
        lock_documents(connection, {rows[0].document_id})
        email = _new_email(replace(each.mail, addressees=new), rows[0].document_id)
        ids = outbox.add_deliveries(connection, each.email_id, email, _answers(each.mail, email))
        touched = rematch(connection, [storable(each.mail.message_id)])
        settle_deliveries(connection, touched | set(ids))


def _move(connection: Connection, email_id: int, document_id: int) -> None:
    """Hang an email that was linked before on another document."""
    before = connection.scalar(select(emails.c.document_id).where(emails.c.id == email_id))
    both = {document_id} if before is None else {document_id, before}
    lock_documents(connection, both)
    for statement in (
        update(emails).where(emails.c.id == email_id),
        update(deliveries).where(deliveries.c.email_id == email_id),
    ):
        digests.change(connection, statement.values(document_id=document_id))
    summarise_documents(connection, both)


def _adopt(connection: Connection, message_ids: Collection[str]) -> int:
    """Give the emails the facts that wait for them; return how many."""
    waiting = _count_waiting(connection, message_ids)
    settle_deliveries(connection, adopt_waiting(connection, message_ids))
    return waiting - _count_waiting(connection, message_ids)


def _count_waiting(connection: Connection, message_ids: Collection[str]) -> int:
    sql = "SELECT count(*) FROM events WHERE message_id {among} AND delivery_id IS NULL"
    return sum(int(row[0]) for row in through(connection)(sql, message_ids))


_LINK: Final = (
    update(external_mails)
    .where(_X.message_id == bindparam("key"), _X.email_id.is_(None))
    .values(email_id=bindparam("to_email"), is_pointed=0)
)
