"""Both suppression lists as one. Pure: merging, filters, which email caused an entry, words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.enums import address_key
from core.model.suppressions import SuppressedAddress, SuppressionChip, SuppressionFilter

if TYPE_CHECKING:
    from core.model.suppressions import Cause, Suppression

GLOBAL_LIST: Final = (
    "SES also keeps a list over all its accounts, which nobody can see: mail may still be dropped. "
    "The next hard bounce puts the address back."
)
#: An entry is made within seconds of the report that causes it; the rest is for slow clocks.
_FITS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """A hard bounce or a complaint in our history."""

    address_key: str
    is_complaint: bool
    at: datetime
    ses_message_id: str
    cause: Cause


def merge(ses: Iterable[Suppression], own: Iterable[Suppression]) -> tuple[SuppressedAddress, ...]:
    """Return one row an address, whatever its spellings; the newest first, undated ones last."""
    found: dict[str, list[Suppression]] = {}
    for entry in (*ses, *own):
        found.setdefault(address_key(entry.address), []).append(entry)
    rows = [SuppressedAddress(tuple(entries)) for entries in found.values()]
    return tuple(sorted(rows, key=_newest_first))


def _newest_first(row: SuppressedAddress) -> tuple[float, str]:
    return (-row.since.timestamp() if row.since else float("inf"), row.key)


def chosen(
    rows: Iterable[SuppressedAddress], where: SuppressionFilter
) -> tuple[SuppressedAddress, ...]:
    """Return the rows that answer to every word and to the chip."""
    words = where.text.casefold().split()
    return tuple(
        row for row in rows if is_in(row, where.chip) and all(w in _search(row) for w in words)
    )


def counts(rows: Sequence[SuppressedAddress], text: str) -> Mapping[SuppressionChip, int]:
    found = chosen(rows, SuppressionFilter(text))
    return {chip: sum(is_in(row, chip) for row in found) for chip in SuppressionChip}


def is_in(row: SuppressedAddress, chip: SuppressionChip) -> bool:
    match chip:
        case SuppressionChip.ALL:
            return True
        case SuppressionChip.BOUNCES:
            return any(entry.reason.strip().upper() == "BOUNCE" for entry in row.entries)
        case SuppressionChip.COMPLAINTS:
            return row.is_complaint
        case SuppressionChip.OURS:
            return "own" in row.lists
        case SuppressionChip.SES:
            return "ses" in row.lists


def _search(row: SuppressedAddress) -> str:
    parts = ((e.address, reason_words(e.reason), e.reason, e.added_by) for e in row.entries)
    return " ".join(part for several in parts for part in several).casefold()


def cause_of(row: SuppressedAddress, failures: Sequence[Failure]) -> Cause | None:
    """Return the email that SES named, or else the failure in our history that fits the entry."""
    for entry in row.entries:
        for failure in failures:
            if entry.ses_message_id and failure.ses_message_id == entry.ses_message_id:
                return failure.cause
    for entry in row.entries:
        if entry.source != "ses" or entry.since is None:
            continue
        fitting = [
            (abs(failure.at - entry.since), failure.cause)
            for failure in failures
            if failure.address_key == row.key and failure.is_complaint == entry.is_complaint
        ]
        near = [pair for pair in fitting if pair[0] <= _FITS]
        if near:
            best = min(near, key=lambda pair: (pair[0], pair[1].email_id))[1]
            return replace(best, is_named=False)
    return None


# --------------------------------------------------------------------------- words


def reason_words(reason: str) -> str:
    """``hard bounce``, ``complaint (marked as spam)``; our own reasons as they were written."""
    known = {"BOUNCE": "hard bounce", "COMPLAINT": "complaint (marked as spam)"}
    return known.get(reason.strip().upper(), reason.strip())


def list_words(lists: Iterable[str]) -> str:
    """``SES``, ``ours`` or ``both``."""
    names = set(lists)
    return "both" if len(names) > 1 else {"ses": "SES"}.get(next(iter(names), ""), "ours")


def weightiest(entries: Iterable[Suppression]) -> Suppression | None:
    """Return the entry to speak of where there is room for one: what stops, complaints first."""
    return min(
        (entry for entry in entries),
        key=lambda e: (bool(e.ignored_by), not e.is_complaint, e.source != "ses"),
        default=None,
    )
