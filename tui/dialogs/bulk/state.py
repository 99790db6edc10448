"""Pure: the verdicts on many documents by reason, what is ticked, and what it all says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.model.email import Decision
from core.model.enums import EmailKind
from core.model.outbox import BulkItem

#: What a finding says of several documents at once; another one says its own title.
TOGETHER: Final = {
    "no_sender": "No sender is set",
    "no_reports": "SES reports nothing back",
    "reply_to": "The Reply-To address is no email address",
    "no_subject": "The subject is empty",
    "no_message": "The message is empty",
    "no_address": "No address",
    "syntax": "An address is no email address",
    "too_many_recipients": "Too many recipients",
    "too_large": "Too large for SES",
    "attachment_blocked": "SES takes no attachment of that kind",
    "document_settled": "Settled already: there may be nothing to follow up on",
    "suppressed": "Suppressed by SES: nothing can be sent to the address",
    "suppression_unknown": "SES's suppression list could not be asked",
    "other_spellings_unknown": "Another spelling of the address could not be asked about",
    "suppression_ignored": "On SES's list, for a reason that does not stop this email",
    "suppressed_by_us": "On our own suppression list",
    "released": "Taken off a suppression list lately",
    "bad_address": "The last email to the address failed",
    "soft_bounces": "The last emails to the address came back for now",
    "provider_trouble": "The recipient's provider turns us away at the moment",
    "unconfirmed": "An earlier email may already be on its way",
    "mailed_today": "Already emailed today",
    "held": "Put off, promised or disputed: not to be chased now",
    "not_written": "The email could not be written",
    "same_content": "The same email was sent to the same address",
    "no_domain": "There is no such domain",
    "no_mail": "The domain of the address takes no email",
    "misspelt": "The address's domain looks misspelt",
    "pdf_missing": "The PDF is missing",
}
_CAN_GO: Final = "can go"
_ORDER: Final = (Decision.ALLOW, Decision.ASK, Decision.REFUSE)


@dataclass(frozen=True, slots=True)
class Group:
    """The documents about which the gate says the same."""

    decision: Decision
    title: str
    next: str
    items: tuple[BulkItem, ...]

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(item.document.id for item in self.items)


def groups(items: Iterable[BulkItem]) -> tuple[Group, ...]:
    """Return the documents by reason: those that can go, those asked about, the refused."""
    found: dict[tuple[Decision, str], list[BulkItem]] = {}
    for item in items:
        found.setdefault((item.decision, _code(item)), []).append(item)
    made = [_group(decision, some) for (decision, _), some in found.items()]
    return tuple(sorted(made, key=lambda group: (_ORDER.index(group.decision), -len(group.items))))


def _code(item: BulkItem) -> str:
    if item.decision is Decision.ALLOW or item.reason is None:
        return ""
    return item.reason.code


def _group(decision: Decision, items: Sequence[BulkItem]) -> Group:
    reason = items[0].reason
    if decision is Decision.ALLOW or reason is None:
        return Group(decision, _CAN_GO, "", tuple(items))
    title = TOGETHER.get(reason.code, reason.title)
    nexts = {item.reason.next for item in items if item.reason}
    # a next step that names an address is one customer's own; each document says it
    return Group(decision, title, nexts.pop() if len(nexts) == 1 else "", tuple(items))


# --------------------------------------------------------------------------- choosing


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: a group, or one document of an opened group."""

    group: int
    item: BulkItem | None = None


@dataclass(frozen=True, slots=True)
class BulkChoice:
    """What is ticked and opened. What the gate asks about begins without a tick: it was asked."""

    groups: tuple[Group, ...]
    ticked: frozenset[int]
    opened: frozenset[int] = frozenset()

    @classmethod
    def of(cls, items: Iterable[BulkItem]) -> BulkChoice:
        found = groups(items)
        can_go = (group.ids for group in found if group.decision is Decision.ALLOW)
        return cls(found, frozenset().union(*can_go))

    def lines(self) -> tuple[Line, ...]:
        lines: list[Line] = []
        for place, group in enumerate(self.groups):
            lines.append(Line(place))
            if place in self.opened:
                lines += [Line(place, item) for item in group.items]
        return tuple(lines)

    def can_tick(self, line: Line) -> bool:
        return self.groups[line.group].decision is not Decision.REFUSE

    def toggled(self, line: Line) -> BulkChoice:
        """Tick what has no tick, or take it away; a group as a whole, unless all of it has one."""
        if not self.can_tick(line):
            return self
        group = self.groups[line.group]
        if line.item is not None:
            return replace(self, ticked=self.ticked ^ {line.item.document.id})
        if group.ids <= self.ticked:
            return replace(self, ticked=self.ticked - group.ids)
        return replace(self, ticked=self.ticked | group.ids)

    def unfolded(self, line: Line) -> BulkChoice:
        """Open a group, or close it; from a document its group."""
        return replace(self, opened=self.opened ^ {line.group})

    def mark(self, line: Line) -> str:
        """``☑`` ticked, ``☐`` not, ``◪`` some of a group, ``✖`` refused."""
        if not self.can_tick(line):
            return "✖"
        if line.item is not None:
            return "☑" if line.item.document.id in self.ticked else "☐"
        inside = self.groups[line.group].ids & self.ticked
        if not inside:
            return "☐"
        return "☑" if inside == self.groups[line.group].ids else "◪"

    def chosen(self) -> tuple[BulkItem, ...]:
        """The ticked documents, in the order in which they are shown."""
        return tuple(
            item for group in self.groups for item in group.items if item.document.id in self.ticked
        )


# --------------------------------------------------------------------------- words


def title(kind: EmailKind, count: int) -> str:
    """``Follow up on 50 documents``."""
    verb = "Follow up on" if kind is EmailKind.FOLLOW_UP else "Resend"
    return f"{verb} {count:,} document{'' if count == 1 else 's'}"


def told(choice: BulkChoice) -> str:
    """What will happen: ``41 documents, 43 emails to 38 customers; 2 customers get several``."""
    chosen = choice.chosen()
    if not chosen:
        return "Nothing is ticked."
    by_customer: dict[int, int] = {}
    for item in chosen:
        key = item.document.customer_id
        by_customer[key] = by_customer.get(key, 0) + 1
    emails = sum(len(item.recipients) for item in chosen)
    words = (
        f"{_count(len(chosen), 'document')}, {_count(emails, 'email')}"
        f" to {_count(len(by_customer), 'customer')}"
    )
    several = sum(count > 1 for count in by_customer.values())
    if several:
        words += f"; {_count(several, 'customer')} get{'s' if several == 1 else ''} several"
    asked = sum(item.decision is Decision.ASK for item in chosen)
    if asked:
        words += f"; {asked:,} although the gate asks"
    return f"{words}."


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
