"""What became of many at once: a list to look at, and a CSV file to keep."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.files import protected_files
from core.model.enums import DisplayStatus
from core.model.errors import InputError
from core.model.outbox import BulkItem, Enqueued, OutboxEntry
from tui.dialogs.bulk.state import BulkChoice
from tui.format.text import csv_cell

_COLUMNS = ("number", "customer", "address", "state", "reason")


@dataclass(frozen=True, slots=True)
class Result:
    """One recipient of one document, or a document that was left out."""

    number: str
    customer: str
    address: str
    word: DisplayStatus | None
    """``None``: nothing was put into the outbox."""
    state: str
    reason: str = ""


def results(
    choice: BulkChoice, enqueued: Enqueued | None, entries: Sequence[OutboxEntry]
) -> list[Result]:
    """Return all that was judged: what failed, what was overtaken, what went, what was not ticked.

    ``entries`` are the deliveries of what was put into the outbox.
    """
    made = [Result(e.number, e.customer, e.address, e.word, e.word.value, e.error) for e in entries]
    bad = [each for each in made if each.word in (DisplayStatus.FAILED, DisplayStatus.UNCONFIRMED)]
    others = [
        each for each in made if each.word not in (DisplayStatus.FAILED, DisplayStatus.UNCONFIRMED)
    ]
    left_out = {each.document_id for each in enqueued.left_out} if enqueued else set()
    items = [item for group in choice.groups for item in group.items]
    ticked = [item for item in items if item.document.id in choice.ticked]
    overtaken = [_left_out(item, True) for item in ticked if item.document.id in left_out]
    unticked = [_left_out(item, False) for item in items if item.document.id not in choice.ticked]
    return [*bad, *overtaken, *others, *unticked]


def _left_out(item: BulkItem, is_overtaken: bool) -> Result:
    number, customer = item.document.number, item.document.customer
    address = ", ".join(item.recipients)
    if is_overtaken:
        reason = "somebody else wrote about it meanwhile; look at it, then send it singly"
        return Result(number, customer, address, None, "not sent", reason)
    finding = item.reason
    said = " · ".join(filter(None, (finding.title, finding.detail))) if finding else "unticked"
    return Result(number, customer, address, None, "not sent", said)


def write(path: Path, made: Sequence[Result]) -> Path:
    """Write the CSV file; text that a spreadsheet would run as a formula gets an apostrophe.

    Raises:
        InputError: it is there already, or cannot be written; nothing is left half-written.
    """
    rows = [(r.number, r.customer, r.address, r.state, r.reason) for r in made]
    protected_files.refuse(path)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows([csv_cell(value) for value in row] for row in rows)
    except FileExistsError as error:
        raise InputError(f"{path} is there already.", "Choose another name.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.", "Choose another folder."
        ) from error
    return path
