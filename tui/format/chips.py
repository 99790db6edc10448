"""Pure: the ready-made filters of the documents as chips, and what an empty table says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core.model.documents import DocumentView
from core.model.enums import DisplayStatus
from core.model.suppressions import ListPhase, SuppressionChip
from core.rules.filters import describe
from tui.commands.dispatch import another_filter, clears_the_search, key_of
from tui.format.badges import LATE_GLYPH, ChipItem, badge
from tui.format.text import cell, cut

if TYPE_CHECKING:
    from core.model.documents import DocumentFilter
    from core.model.suppressions import ListState, SuppressionFilter

_Look = tuple[DocumentView, str, str, str, bool]


def _of(word: DisplayStatus, *, always: bool = False) -> _Look:
    look = badge(word)
    name = word.value.replace("_", " ").capitalize()
    return DocumentView[word.name], name, look.glyph, look.tone, always


#: In the order of urgency. Chips that are not always there appear when they count something.
_LOOKS: Final[tuple[_Look, ...]] = (
    (DocumentView.ALL, "All", "", "", True),
    _of(DisplayStatus.BOUNCED, always=True),
    _of(DisplayStatus.COMPLAINED),
    _of(DisplayStatus.DROPPED),
    _of(DisplayStatus.DEFERRED),
    _of(DisplayStatus.FAILED),
    _of(DisplayStatus.UNCONFIRMED),
    (DocumentView.STUCK, "SENT ?", "➤", "tone--unconfirmed", False),
    (DocumentView.LATE, "Late", LATE_GLYPH, "tone--deferred", False),
    (DocumentView.NEEDS_CALL, "Needs a call", "☎", "ink--warning", False),
    (DocumentView.SNOOZED, "Snoozed", "zz", "ink--dim", False),
    _of(DisplayStatus.NEVER_SENT),
)


def chip_items(counts: Mapping[DocumentView, int], chosen: DocumentView) -> list[ChipItem]:
    """Return the chips for ``counts``; the chosen one is always among them."""
    return [
        ChipItem(chip, label, counts.get(chip), glyph, tone)
        for chip, label, glyph, tone, always in _LOOKS
        if always or chip is chosen or counts.get(chip)
    ]


def chip_label(chip: DocumentView) -> str:
    """What a chip is called."""
    return next((look[1] for look in _LOOKS if look[0] is chip), chip.value)


def nothing_found(where: DocumentFilter) -> str:
    """Say why the table is empty, and what to press."""
    if where.text or where.conditions:
        return _nothing_matches(where)
    if where.chip is DocumentView.BOUNCED:
        return f"No unresolved bounce.\n{key_of('documents.bounced')} shows all documents."
    if where.chip is DocumentView.STUCK:
        return f"No email waits for word for more than a day.\n{another_filter('documents')}"
    if where.chip is DocumentView.LATE:
        return "No email waits longer than its domain usually takes.\n" + another_filter(
            "documents"
        )
    if where.chip is DocumentView.NEEDS_CALL:
        return f"Nobody needs a call.\n{another_filter('documents')}"
    if where.chip is not DocumentView.ALL:
        return f"No document is “{chip_label(where.chip).lower()}”.\n{another_filter('documents')}"
    return "No documents yet.\nouttray import FILE…   reads them from your accounting program"


def _nothing_matches(where: DocumentFilter) -> str:
    """What the line looked for, and that the chip narrows as well where it does."""
    words = [f"“{cell(where.text, 40)}”"] if where.text else []
    said = cut(", ".join([*words, *(cell(describe(each)) for each in where.conditions)]), 70)
    chip = (
        ""
        if where.chip is DocumentView.ALL
        else f" The filter “{chip_label(where.chip)}” narrows, too."
    )
    return f"No document matches {said}.{chip}\n{clears_the_search()}"


_LISTS: Final[tuple[tuple[SuppressionChip, str, str, str, str], ...]] = (
    (SuppressionChip.ALL, "All", "", "", ""),
    (SuppressionChip.BOUNCES, "Bounces", "✖", "tone--bounced", "No hard bounce is listed."),
    (SuppressionChip.COMPLAINTS, "Complaints", "⚑", "tone--complained", "Nobody complained."),
    (SuppressionChip.OURS, "Ours", "⊘", "tone--dropped", "Our own list is empty."),
    (SuppressionChip.SES, "SES", "", "", "SES's list is empty."),
)


def suppression_items(
    counts: Mapping[SuppressionChip, int],
) -> list[ChipItem]:
    """Return the chips of the suppression lists; all of them are always there."""
    return [
        ChipItem(chip, label, counts.get(chip), glyph, tone)
        for chip, label, glyph, tone, _ in _LISTS
    ]


def nothing_suppressed(where: SuppressionFilter, state: ListState) -> str:
    """Say why the table is empty, and what to press."""
    if where.text:
        return f"No address matches “{cell(where.text, 40)}”.\n{clears_the_search()}"
    if state.phase in (ListPhase.READING, ListPhase.UNREAD):
        return "◌ Reading SES's list…"
    if state.phase is ListPhase.FAILED and where.chip is not SuppressionChip.OURS:
        return (
            f"SES's list cannot be read, and nothing is on ours.\n{cell(state.problem, 200)}\n"
            f"{cell(state.hint, 200)} {key_of('app.reload')} tries again."
        )
    if where.chip is not SuppressionChip.ALL:
        words = next(words for chip, *_, words in _LISTS if chip is where.chip)
        return f"{words}\n{another_filter('suppressions')}"
    return (
        "No address is suppressed.\nHard bounces and complaints come by themselves; "
        f"{key_of('suppressions.add')} puts an address on our own list."
    )


#: What the search line of the documents understands, for the help screen; see docs/filters.md.
FILTERS: Final = (
    ("krajcik inv-00", "Words: in number, customer and last recipient. All must be found."),
    ("bounced late", ("States: bounced soft complained dropped failed, sent deferred "
     "delivered opened clicked, late stuck, needs-call snoozed attention, never-sent "
     "never-reached, queued sending unconfirmed. Several: any of them.")),
    ("balance>500", ("Also total and sends, with < <= = >= >. Amounts: 500, 1,000.50; each in the "
     "document's own currency.")),
    ("sent<7d", "Less than 7 days ago; sent>30d more than 30. h d w m y. Also issued<30d."),
    ("sent>=2026-11-01", "Since that day. Also 2026-11, 2026, today, yesterday, tomorrow."),
    ("due<today", "Was due before today; due<7d is due in less than 7 days, or was."),
    ("overdue", "Open invoices past their day; overdue>30d by more than 30 days."),
    ("invoice estimate", "Of that kind."),
    ("to:@acme.com", "The domain of the last recipient; to:anna@ the name, to:anna any part."),
    ("customer:\"J Doe\"", "A part of the name. number:INV-00 a part of the number."),
    ("status:open", "Begins so. Also by:anna (who sent the latest) and currency:EUR."),
    ("-opened", "A minus: everything else. Also -to:@acme.com."),
    ("\"late\"", "Quotes: a word that would be a filter, or words in a row."),
)  # fmt: skip
