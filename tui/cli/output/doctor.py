"""``outtray doctor``: one line a leg, and what to do about those that are broken."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from core.backend import Backend
from core.model.errors import SettingsError
from core.rules.doctor.checks import Check, Result, summary, unsettled, worst
from core.settings import loading
from tui.cli.output import text
from tui.format import records
from tui.format.text import cell
from tui.runtime.exit_codes import DONE, FAILED

_SIGNS: Final = {
    Result.OK: "ok",
    Result.WARN: "warn",
    Result.FAIL: "FAIL",
    Result.SKIPPED: "skipped",
}


def run(options: Namespace) -> int:
    """Print the checks; fail where one of them does."""
    checks = _examine()
    if options.json:
        sys.stdout.write(text.as_json(as_answer(checks), indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines(checks)))
        text.say(summary(checks))
    return FAILED if worst(checks) is Result.FAIL else DONE


def _examine() -> tuple[Check, ...]:
    try:
        chosen = loading.load()
    except SettingsError as error:
        return unsettled(error)
    backend = Backend(chosen)  # never opened: that would create or upgrade what is looked at
    try:
        return backend.examine()
    finally:
        backend.close()


def lines(checks: Sequence[Check]) -> list[str]:
    """Return the report for people; what AWS and files say is made harmless."""
    found = []
    for check in checks:
        leg = check.leg.replace("_", " ")
        found.append(f"{_SIGNS[check.result]:<8}{leg:<20}{cell(check.title, 600)}")
        if check.next:
            found.append(f"{'':<28}→ {cell(check.next, 600)}")
    return found


def as_answer(checks: Sequence[Check]) -> records.Json:
    """Return the report for scripts."""
    return {
        "result": worst(checks).value,
        "checks": [
            {
                "leg": check.leg,
                "result": check.result.value,
                "title": check.title,
                "next": check.next or None,
                "details": dict(check.details),
                "checked": check.is_known,
            }
            for check in checks
        ],
    }
