"""Two lines about a customer: who to write to and how that went; what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from core.model.documents import Overview
from core.model.enums import DisplayStatus
from tui.format.badges import badge, block, content, never_reached, sign, toned, word_of
from tui.format.chasing import PHONE, held_mark
from tui.format.suppressions import entry_words
from tui.format.text import ago, amounts, cell

if TYPE_CHECKING:
    from core.model.history import Contact, CustomerHeader

_WHY = {
    DisplayStatus.BOUNCED: "hard bounce",
    DisplayStatus.SOFT_BOUNCED: "soft bounce",
    DisplayStatus.COMPLAINED: "marked as spam",
    DisplayStatus.DROPPED: "on a suppression list",
    DisplayStatus.DEFERRED: "delayed",
}
_SHOWN_CONTACTS = 3


class CustomerCard(Widget):
    """Shows a customer's header, or the overview of all of them."""

    DEFAULT_CSS = "CustomerCard { height: 2; text-wrap: nowrap; text-overflow: ellipsis; }"

    shown: reactive[CustomerHeader | Overview | None] = reactive(None, layout=True)
    now: reactive[datetime | None] = reactive(None)

    def render(self) -> RenderResult:
        if self.shown is None or self.now is None:
            return Content("")
        if isinstance(self.shown, Overview):
            return overview_line(self.shown)
        return (
            contact_line(self.shown.contacts, self.now) + "\n" + balance_line(self.shown, self.now)
        )


def contact_line(contacts: Sequence[Contact], now: datetime) -> Content:
    """``brook59@example.org  ✖ BOUNCED  hard bounce, 2 h ago    also terrill@… ● delivered``."""
    if not contacts:
        return toned("No address is known for this customer.", DisplayStatus.DEFERRED)
    first, *others = contacts
    parts = [Content.styled(cell(first.address), "bold"), _first_health(first, now)]
    for position, contact in enumerate(others[: _SHOWN_CONTACTS - 1]):
        parts.append(Content.styled("    also " if position == 0 else "  ·  ", "$muted"))
        parts.append(Content(cell(contact.address)))
        parts.append(brief_health(contact, now))
    hidden = len(others) - _SHOWN_CONTACTS + 1
    if hidden > 0:
        parts.append(Content.styled(f"  and {hidden} more", "$muted"))
    return Content("").join(parts)


def _first_health(contact: Contact, now: datetime) -> Content:
    if contact.suppression is not None:
        said = entry_words(contact.suppression, now)
        shown = sign("SUPPRESSED", word_of(contact.suppression))
        return Content.assemble("  ", shown, (f" {said}", "$muted"))
    word = contact.health.word
    if word is None:
        return Content.styled("  never written to", "$muted")
    when = ago(contact.health.at, now)
    said = ", ".join(part for part in (_WHY.get(word, ""), when) if part)
    return Content.assemble("  ", content([block(word)]), (f"  {said}", "$muted"))


def brief_health(contact: Contact, now: datetime) -> Content:
    """`` ● delivered yesterday``: how the newest email to this address fared."""
    if contact.suppression is not None:
        meant, said = word_of(contact.suppression), entry_words(contact.suppression, now)
        return toned(f" {badge(meant).glyph} SUPPRESSED {said}", meant)
    word = contact.health.word
    if word is None:
        return Content.styled("  no email yet", "$muted")
    look = badge(word)
    label = look.label if word is DisplayStatus.NEVER_SENT else look.label.lower()
    when = ago(contact.health.at, now)
    return toned(f" {look.glyph} {label} {when}".rstrip(), word)


def balance_line(header: CustomerHeader, now: datetime) -> Content:
    """``open balance $3,220.51   $1,350.00 has never reached anyone   41 documents``."""
    counts = " · ".join(
        (
            _counted(header.documents, "document"),
            _counted(header.emails, "email"),
            _counted(header.follow_ups, "follow-up"),
        )
    )
    held = held_mark(header.held_until, now)
    return Content.assemble(
        ("open balance ", "$muted"),
        (amounts(header.open_balance), "bold"),
        "   " if header.never_reached else "",
        never_reached(header.never_reached),
        (f"   {counts}", "$muted"),
        (f"   {PHONE} {cell(header.phone, 30)}", "$muted") if header.phone else "",
        (f"   {held}" if held else "", "$muted"),
    )


def overview_line(overview: Overview) -> Content:
    """The same over all customers."""
    counts = " · ".join(
        (_counted(overview.customers, "customer"), _counted(overview.documents, "document"))
    )
    lost = overview.never_reached_documents
    where = f" on {_counted(lost, 'document')}" if lost else ""
    told = never_reached(overview.never_reached, where)
    return Content("   ").join([part for part in (told, Content.styled(counts, "$muted")) if part])


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
