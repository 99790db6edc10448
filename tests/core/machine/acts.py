"""What a program, a person or the world does to an office; every act can be done in every state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from core.model.documents import DocumentFilter
from core.model.email import SendOutcome
from core.model.enums import DisplayStatus, EmailKind, address_key
from core.model.errors import FailedImport, NotFoundError, OuttrayError
from tests.core.machine.books import ADDRESSES

if TYPE_CHECKING:
    from core.backend import Backend
    from tests.core.machine.office import Office

BEHAVIOURS: Final = (
    "success",
    "bounce",
    "complaint",
    "soft_bounce",
    "deliver_then_bounce",
    "delay_then_deliver",
    "ooto",
    "open",
    "click",
    "reject",
    "suppressionlist",
    "delay",
)
_KINDS: Final = (EmailKind.ORIGINAL, EmailKind.FOLLOW_UP, EmailKind.RESEND)
#: Words that say that SES does not have it.
_NOT_SENT: Final = (DisplayStatus.QUEUED, DisplayStatus.FAILED, DisplayStatus.CANCELLED)


def import_books(office: Office, p: int, a: int) -> None:
    office.books.go_on(a)
    paths = office.books.export(office.folder)
    exported = dict(office.books.documents)
    for report in office.program(p).backend.import_files(paths):
        assert not isinstance(report, FailedImport), report
        assert not report.rejected, report
    if office.books.documents != exported:
        return  # another desk has imported a newer one meanwhile, and this was the last
    rows = office.program(p).backend.documents.page(DocumentFilter())
    stored = {row.number: (row.status, row.balance_due) for row in rows}
    expected = {d.number: (d.status, d.balance) for d in exported.values()}
    office.expect(stored == expected, f"imported {expected}, and there is {stored}")


def send(office: Office, p: int, a: int) -> SendOutcome | None:
    """Send at once: kind, document, address and a copy are all in ``a``."""
    document_id = office.document_id(a)
    if document_id is None:
        return None
    backend = office.program(p).backend
    draft = backend.compose(_KINDS[a // 7 % 3], document_id).draft
    to = ADDRESSES[a // 3 % len(ADDRESSES)]
    cc = (ADDRESSES[a // 5 % len(ADDRESSES)],) if a % 4 == 3 else ()
    draft = replace(draft, to=(to,), cc=tuple(c for c in cc if c != to), bcc=())
    return backend.send(draft, confirmed=a % 11 != 0)


def send_undisturbed(office: Office, p: int, a: int) -> None:
    """What a person is told about a send is what the stand-in says."""
    with suppress(OuttrayError):
        outcome = send(office, p, a)
        if outcome is None or outcome.email_id is None:
            return
        accepted = office.accepted()
        tags = office.tags_of(outcome.email_id)
        for told in outcome.recipients:
            times = sum(accepted.get(tag, 0) for tag in tags[address_key(told.address)])
            says_no = told.status in _NOT_SENT
            is_known = told.status is not DisplayStatus.UNCONFIRMED
            office.expect(
                not is_known or bool(times) is not says_no,
                f"{told.address}: {told.status} ({told.error}), and SES has it {times} times",
            )


def enqueue(office: Office, p: int, a: int) -> None:
    """Follow up or resend several documents at once."""
    backend = office.program(p).backend
    bulk = backend.outbox
    first = [office.document_id(a + n) for n in range(1 + a % 3)]
    ids = sorted({i for i in first if i is not None})
    kind = _KINDS[a // 3 % 3]
    drafts = []
    for i in ids:
        draft = backend.compose(kind, i).draft
        to = draft.to or (ADDRESSES[a % len(ADDRESSES)],)
        drafts.append(replace(draft, to=to[:1], cc=(), bcc=()))
    bulk.enqueue(drafts, confirmed=a % 10 != 0)


def again(office: Office, p: int, a: int) -> None:
    """Send the same message again, whatever became of it, as the outbox offers."""
    entry = office.entry(a)
    if entry is None:
        return
    backend = office.program(p).backend
    draft = backend.outbox.again(entry.delivery_id).draft
    if a % 2:
        backend.send(draft, confirmed=True)
    else:
        backend.outbox.enqueue([draft], confirmed=True)


def work(office: Office, p: int, a: int) -> None:
    backend = office.program(p).backend
    worker: Any = backend.outbox._worker
    worker._lanes = 3 if a % 4 == 3 else 1
    backend.outbox.work()


def pull(office: Office, p: int, a: int) -> None:
    office.post.prepare(a, most=1 + a % 12)
    office.program(p).backend.pull(0)


def recover(office: Office, p: int, a: int) -> None:
    office.program(p).backend.recover()


def cancel(office: Office, p: int, a: int) -> None:
    entry = office.entry(a, DisplayStatus.QUEUED)
    if entry is not None:
        office.program(p).backend.outbox.cancel([entry.delivery_id])


def settle(office: Office, p: int, a: int) -> None:
    """A person says what became of a delivery that nobody knows of, and may be mistaken."""
    entry = office.entry(a, DisplayStatus.UNCONFIRMED)
    if entry is None:
        return
    was_sent = bool(a % 2)
    tags = [t for s in office.tags_of(entry.email_id).values() for t in s]
    if not was_sent:
        office.misjudged.update(tags)
    outbox = office.program(p).backend.outbox
    outbox.settle(entry.delivery_id, was_sent=was_sent, note="asked them")


def pause(office: Office, p: int, a: int) -> None:
    office.program(p).backend.outbox.pause("month end")


def resume(office: Office, p: int, a: int) -> None:
    office.program(p).backend.outbox.resume()


def suppress_address(office: Office, p: int, a: int) -> None:
    address = ADDRESSES[a % len(ADDRESSES)]
    office.program(p).backend.suppressions.changes.add(address, "asked us to stop")
    office.look_at_own_list()


def suppress_at_ses(office: Office, p: int, a: int) -> None:
    address = ADDRESSES[a % len(ADDRESSES)]
    reason = "COMPLAINT" if a % 2 else "BOUNCE"
    changes = office.program(p).backend.suppressions.changes
    changes.add(address, "they said so", ses_reason=reason)


def release(office: Office, p: int, a: int) -> None:
    """A person takes an address off both lists, with a reason."""
    address = ADDRESSES[a % len(ADDRESSES)]
    office.unlist(address)
    changes = office.program(p).backend.suppressions.changes
    with suppress(NotFoundError):
        changes.remove(address, "they want our mail again", typed=address)
    office.look_at_own_list()


def behave(office: Office, p: int, a: int) -> None:
    """Addresses change: mailboxes are closed, fill up, or open again."""
    address = ADDRESSES[a % len(ADDRESSES)]
    office.aws.set_behaviours({address: BEHAVIOURS[a // 5 % len(BEHAVIOURS)]})


def break_something(office: Office, p: int, a: int) -> None:
    kind = ("throttle", "fail", "swallow", "slow")[a % 4]
    value = 0.002 if kind == "slow" else 1 + a // 4 % 2
    office.aws.set_faults(**{kind: value, "swallow_seconds": 0.01})


def wait_minutes(office: Office, p: int, a: int) -> None:
    """From seconds to hours; a lease is over after one minute."""
    office.clock.advance(seconds=(2, 61, 130, 700, 4000, 22_000)[a % 6])


def _seen(desk: Backend, where: DocumentFilter) -> dict[str, object]:
    return {
        "documents": desk.documents.page(where),
        "chips": dict(desk.documents.chip_counts(where)),
        "waiting": desk.outbox_waiting(),
        "failed": desk.documents.count_failed(),
        "progress": desk.outbox.overview().progress,
    }


def look(office: Office, p: int, a: int) -> None:
    """A second desk, open for long, sees what somebody sees who has just come."""
    where = DocumentFilter(as_of=office.clock.now)
    fresh = office.new_program(0)
    try:
        mine, theirs = (_seen(b, where) for b in (office.program(p).backend, fresh.backend))
        office.expect(mine == theirs, f"{mine} at one desk, {theirs} at another")
    finally:
        fresh.close()


ACTS: Final[Mapping[str, Callable[[Office, int, int], object]]] = {
    "import": import_books,
    "send": send,
    "enqueue": enqueue,
    "again": again,
    "work": work,
    "pull": pull,
    "recover": recover,
    "cancel": cancel,
    "settle": settle,
    "pause": pause,
    "resume": resume,
    "suppress": suppress_address,
    "suppress_at_ses": suppress_at_ses,
    "release": release,
    "behave": behave,
    "break": break_something,
    "wait": wait_minutes,
    "look": look,
}
"""What a program or the world does, by name."""
