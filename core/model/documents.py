"""What the screens and the command line show, and how it is filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.enums import STATUSES

if TYPE_CHECKING:
    from core.model.conditions import Condition
    from core.model.delivery import DocumentSummary
    from core.model.enums import DocumentKind


class DocumentOrder(StrEnum):
    LAST_SENT = "last_sent"
    NUMBER = "number"
    CUSTOMER = "customer"
    KIND = "kind"
    STATUS = "status"
    CURRENCY = "currency"
    TOTAL = "total"
    BALANCE = "balance"
    SENDS = "sends"
    LAST_RECIPIENT = "last_recipient"
    DELIVERY = "delivery"
    """From what went best to what went worst; within one status by when it was sent."""
    ISSUED = "issued"
    DUE = "due"


class CustomerOrder(StrEnum):
    ATTENTION = "attention"
    """Who has most that needs attention, then whom to call, then by name: only this way round."""
    NAME = "customer"
    DOCUMENTS = "documents"
    LAST_SENT = "last_sent"


@dataclass(frozen=True, slots=True)
class DocumentSort:
    column: DocumentOrder = DocumentOrder.LAST_SENT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class CustomerSort:
    column: CustomerOrder = CustomerOrder.ATTENTION
    descending: bool = True


NEWEST_SENT = DocumentSort()
MOST_ATTENTION = CustomerSort()


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of the customers screen."""

    id: int
    name: str
    address: str
    """The primary contact's; empty when there is none."""
    open_balance: tuple[Amount, ...]
    """One amount a currency; empty when nothing is open."""
    documents: int
    last_sent_at: datetime | None
    bounced: int
    complained: int
    dropped: int
    failed: int
    never_reached: int
    """Documents that were sent, are open, and reached nobody."""
    unconfirmed: int = 0
    """Documents of whose latest email nobody knows yet whether it was sent."""
    needs_call: int = 0
    """Documents that call for the phone."""
    held_until: datetime | None = None
    """Nobody chases this customer before that moment; it may have passed."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the communications screen."""

    id: int
    customer_id: int
    customer: str
    kind: DocumentKind
    number: str
    status: str
    currency: str
    total: Decimal
    balance_due: Decimal
    issued_on: date | None
    due_on: date | None
    pdf: str
    summary: DocumentSummary
    has_draft: bool = False
    """Somebody wrote an email about it and did not send it yet."""
    awaited: Awaited | None = None
    """Of the latest email, while it is on its way; ``None``: confirmed, or no pace is known."""
    held_until: datetime | None = None
    """Nobody chases before that moment: the later one of the document's and its customer's."""
    quiet_until: datetime | None = None
    """A call puts the need of the next one off until then."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """An email that its recipient's server has not confirmed, and until when that is usual."""

    domain: str
    usual_seconds: float
    """What this domain takes as a rule."""
    sent_at: datetime
    late_at: datetime
    """After this moment it is late."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the customers screen says above its table."""

    customers: int
    documents: int
    attention: int
    """Customers that need attention."""
    bounced: int
    """Documents with an unresolved bounce."""
    never_reached: tuple[Amount, ...]
    never_reached_documents: int
    unlinked: int = 0
    """Emails of other programs that wait for a person to say which document they are about."""


@dataclass(frozen=True, slots=True)
class Late:
    """An email that its recipient's server should have confirmed long ago."""

    domain: str
    usual_seconds: float
    """What this domain takes as a rule."""
    waited_seconds: float


class DocumentView(StrEnum):
    """The ready-made filters above the tables, and the words of ``--delivery``."""

    ALL = "all"
    ATTENTION = "attention"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    DROPPED = "dropped"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    NEVER_SENT = "never_sent"
    NEVER_REACHED = "never_reached"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    SOFT_BOUNCED = "soft_bounced"
    STUCK = "stuck"
    """SENT, and no word for a day: ``SENT ?``. It depends on ``DocumentFilter.as_of``."""
    LATE = "late"
    """On its way for longer than its domain takes, and not ``STUCK``. Depends on ``as_of``, too."""
    NEEDS_CALL = "needs_call"
    """See ``core.rules.chasing.call_reminders``; it depends on ``as_of`` as well."""
    SNOOZED = "snoozed"


#: What a status is filtered by; a cancelled email counts as never sent and has none.
VIEW_OF: Final = {
    word: DocumentView[word.name] for word in STATUSES if word.name in DocumentView.__members__
}


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents; every part narrows the rest."""

    customer_id: int | None = None
    customer: str = ""
    """Part of a customer's name, as typed."""
    text: str = ""
    """Words looked for in number, customer and last recipient."""
    kind: DocumentKind | None = None
    chip: DocumentView = DocumentView.ALL
    number: str = ""
    """Exactly this document number."""
    conditions: tuple[Condition, ...] = ()
    """What a line of the filter says beyond plain words; see ``core.rules.filters``."""
    as_of: datetime | None = None
    """Now, for what depends on it: the front door fills it in. Without it nothing counts as stuck,
    late, held, or in need of a call."""
    late: tuple[int, ...] = ()
    """The ids for ``DocumentView.LATE``, filled in likewise: they depend on every domain's pace."""
    sort: DocumentSort = NEWEST_SENT
    found: frozenset[int] | None = None
    """The ids that answer to words which an index knows; the database fills it in."""

    @property
    def asks_for_late(self) -> bool:
        """Whether ``late`` has to be filled in."""
        return self.chip is DocumentView.LATE or any(
            DocumentView.LATE in getattr(condition, "chips", ()) for condition in self.conditions
        )


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    text: str = ""
    """Words looked for in name, addresses, or the beginning of a document number."""
    attention: bool = False
    as_of: datetime | None = None
    """Now, as in ``DocumentFilter``."""
    sort: CustomerSort = MOST_ATTENTION
    found: frozenset[int] | None = None
    """As in ``DocumentFilter``."""


@dataclass(frozen=True, slots=True)
class Found:
    """Customers in the order of how well they match."""

    ids: tuple[int, ...]
    has_more: bool = False
    """There are more than are named here."""
    alike: int = 0
    """The last so many of them are only spelt alike."""
    may_look_alike: bool = False
    """So few match that it is worth asking again for those that are spelt alike."""
