"""What ``outtray db check`` says, for people and as JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tui.cli.output.text import say
from tui.format.records import shaped
from tui.format.text import cell

if TYPE_CHECKING:
    from core.model.integrity import CheckReport, Difference

_MOST: Final = 50
_SECONDS: Final = 2.0
_TO_MEND: Final = "outtray db check --mend puts right what can be worked out."
_LEFT: Final = "What follows from a damaged row was left as it is."


def progress() -> Callable[[str, int], object] | None:
    """Say what is being looked at, on a terminal and only when it takes long."""
    if not sys.stderr.isatty():
        return None
    last = time.monotonic()

    def tell(what: str, done: int) -> None:
        nonlocal last
        if time.monotonic() - last < _SECONDS:
            return
        last = time.monotonic()
        words = f"{done}%" if what == "structure" else f"{done} rows"
        print(f"Checking {what}: {words} …", file=sys.stderr, flush=True)

    return tell


def record(report: CheckReport) -> dict[str, Any]:
    """The JSON of the command."""
    from core.model.integrity import NEXT_STEP

    names = ("table", "column", "reason")
    return shaped(
        report,
        "deliveries documents customers damage notes mended_damage copy",
        differences=[_difference(each) for each in report.differences],
        mended=[_difference(each) for each in report.mended],
        not_findable=[dict(zip(names, each, strict=True)) for each in report.not_findable],
        next_step=None if report.is_clean else NEXT_STEP,
    )


def _difference(d: Difference) -> dict[str, Any]:
    return shaped(d, "table id column stored computed words columns mendable=is_mendable")


def say_report(report: CheckReport, *, was_mended: bool) -> None:
    from core.model.integrity import NEXT_STEP

    for note in report.notes:
        say(cell(note))
    if report.mended or report.mended_damage:
        copy = f" A copy of before: {report.copy}." if report.copy else ""
        say(f"{_count(len(report.mended) + len(report.mended_damage))} put right.{copy}")
        _say_lines(report.mended_damage, report.mended)
    _say_lines(report.damage, report.differences)
    found = len(report.differences) + len(report.damage)
    say(
        f"{report.deliveries} deliveries, {report.documents} documents, {report.customers} "
        f"customers: {_count(found)}."
    )
    if any(d.is_mendable for d in report.differences):
        say(_LEFT if was_mended else _TO_MEND)
    if found:
        say(NEXT_STEP)


def _say_lines(damage: tuple[str, ...], differences: tuple[Difference, ...]) -> None:
    lines = [cell(line, 400) for line in damage] + [_line(d) for d in differences]
    for line in lines[:_MOST]:
        sys.stdout.write(line + "\n")
    if len(lines) > _MOST:
        say(f"… and {len(lines) - _MOST} more: --json has them all.")


def _line(d: Difference) -> str:
    where = f"{d.table} {cell(str(d.id), 80)} {d.column}"
    if d.column == "*" or (d.columns and not d.is_mendable):
        return f"{where}: {cell(d.words, 400)}"
    told = f"{d.words} " if d.words else ""
    expected = "" if d.computed is None and d.words else f", expected {d.computed!r}"
    return f"{where}: {told}stored {d.stored!r}{expected}"


def _count(n: int) -> str:
    return "1 difference" if n == 1 else f"{n} differences"
