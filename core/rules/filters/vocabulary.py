"""The words that a line of the filter knows. Pure."""

from __future__ import annotations

from typing import Final

from core.model.conditions import Measure, Moment, Part
from core.model.documents import VIEW_OF, DocumentView
from core.model.enums import DocumentKind

#: In the order in which they are offered.
STATES: Final = {
    **{
        view.value.replace("_", "-"): view
        for view in (
            DocumentView.STUCK,
            DocumentView.LATE,
            DocumentView.NEEDS_CALL,
            *VIEW_OF.values(),
            DocumentView.NEVER_REACHED,
            DocumentView.SNOOZED,
            DocumentView.ATTENTION,
        )
    },
    "soft": DocumentView.SOFT_BOUNCED,
}
KINDS: Final = {
    "invoice": DocumentKind.INVOICE,
    "estimate": DocumentKind.ESTIMATE,
    "invoices": DocumentKind.INVOICE,
    "estimates": DocumentKind.ESTIMATE,
}
OVERDUE: Final = Moment.OVERDUE.value
COMPARED: Final[dict[str, Measure | Moment]] = {
    **{measure.value: measure for measure in Measure},
    **{moment.value: moment for moment in Moment},
}
SAID: Final = {part.value: part for part in Part if part is not Part.WORDS}

#: What a beginning is completed to.
OFFERS: Final = (
    "balance>",
    *STATES,
    "overdue",
    "sent<",
    "due<",
    "issued<",
    "to:",
    "total>",
    "sends>",
    "customer:",
    "number:",
    "by:",
    "status:",
    "kind:",
    "currency:",
    "invoice",
    "estimate",
    "overdue>",
)
FIRST_OFFERED: Final = 2
"""Letters; a single one begins too much."""


def completion(line: str) -> str:
    """Return ``line`` with its last word gone on to the filter that it begins; empty for none."""
    word = line[line.rfind(" ") + 1 :]
    bare = word.removeprefix("-").lower()
    if len(bare) < FIRST_OFFERED or line != line.rstrip():
        return ""
    for offer in OFFERS:
        if offer.startswith(bare) and len(offer) > len(bare):
            return line + offer[len(bare) :]
    return ""


def begins_a_filter(word: str) -> bool:
    """Whether whoever types ``word`` may be on the way to a filter."""
    bare = word.removeprefix("-").lower()
    return bool(bare) and any(offer.startswith(bare) for offer in OFFERS)
