"""``doctor``, ``aws setup``, ``trouble``: how sending and its reports fare, in lines."""

from __future__ import annotations

import json
import re
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from core.backend import Backend
from core.model.errors import OuttrayError, SettingsError
from core.model.feed import AccountNotice
from core.rules.doctor.aws_plan import Names, SetUp, SetUpStep
from core.rules.doctor.checks import Check, Result, summary, unsettled, worst
from core.rules.monitoring.incidents import (
    ProviderTrouble,
    Reputation,
    extent,
    headline,
    reputation_words,
)
from core.rules.monitoring.incidents import notice_headline as notice_words
from core.settings import loading
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell
from tui.runtime.exits import DONE, FAILED

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
    shape = "leg result title next? details checked=is_known"
    return {
        "result": worst(checks).value,
        "checks": [records.shaped(check, shape) for check in checks],
    }


def setup(options: Namespace, backend: Backend) -> int:
    """Print the plan, or carry it out; ends with the settings."""
    names = Names(backend.settings.configuration_set or "outtray", options.name)
    made = backend.set_up(names, apply=options.apply)
    if options.json:
        sys.stdout.write(text.as_json(setup_record(made, applied=options.apply), indent=2) + "\n")
    else:
        _print_setup(made)
    if made.problem is not None:
        say(f"outtray: {cell(made.problem.title)}")
        say(
            f"         {cell(_what_next(made.problem))} What was made stays; run it again to go on."
        )
        return FAILED
    return FAILED if options.apply and made.is_broken else DONE


def _what_next(problem: OuttrayError) -> str:
    """A no that has no next step of its own is about the step, and about the names in it."""
    return problem.hint or (
        "Look at what this step asks for: --name and OUTTRAY_CONFIGURATION_SET choose other names."
    )


def setup_record(made: SetUp, *, applied: bool) -> records.Json:
    step = "what service operation parameters"
    return records.shaped(
        made,
        "configuration_set queue_url?",
        apply=applied,
        done=[records.shaped(each, step) for each in made.done],
        missing=[records.shaped(each, step) for each in made.missing],
        by_hand=[records.shaped(check, "leg result title next?") for check in made.by_hand],
        error=None if made.problem is None else str(made.problem),
    )


def command_line(step: SetUpStep) -> str:
    """Return the call as AWS's own command line takes it."""
    operation = re.sub(r"(?<!^)(?=[A-Z])", "-", step.operation).lower()
    given = shlex.quote(json.dumps(dict(step.parameters)))
    return f"aws {step.service} {operation} --cli-input-json {given}"


def _print_setup(made: SetUp) -> None:
    for title, steps in (("Done", made.done), ("Missing", made.missing)):
        for step in steps:
            sys.stdout.write(f"# {title}: {step.what}\n{cell(command_line(step))}\n\n")
    if made.missing and made.problem is None:
        say("Nothing was changed. outtray aws setup --apply makes all of it.")
    elif not made.done and not made.missing and not made.by_hand:
        say("Everything is there.")
    for check in made.by_hand:
        sign = "wrong" if check.result is Result.FAIL else "look at"
        say(f"By hand, {sign}: {cell(check.title, 600)}")
        if check.next:
            say(f"  → {cell(check.next, 600)}")
    queue = f"queue_url = {json.dumps(made.queue_url)}"
    if not made.queue_url:
        queue = "# queue_url is known once the queue is there"
    name = json.dumps(made.configuration_set)
    sys.stdout.write(f"# config.toml\n[mail]\nconfiguration_set = {name}\n[feed]\n{queue}\n")


def trouble(options: Namespace, backend: Backend) -> int:
    """Print what goes wrong now; that something does is no failure of the command."""
    found = backend.trouble()
    now = datetime.now(UTC)
    if options.json:
        answer = {
            "providers": [_provider(each, now) for each in found.providers],
            "reputation": _reputation(found.reputation),
            "notices": [_notice(each, now) for each in found.notices],
        }
        sys.stdout.write(text.as_json(answer, indent=2) + "\n")
        return DONE
    lines = [f"{cell(notice_words(notice, now))}." for notice in found.notices]
    lines += [f"{cell(headline(t, now))}; do not resend ({extent(t)})." for t in found.providers]
    words = reputation_words(found.reputation)
    lines += [f"{said[0].upper()}{said[1:]}." for said in words]
    for line in lines:
        sys.stdout.write(line + "\n")
    if not lines:
        say("No trouble is known.")
    return DONE


def _provider(trouble: ProviderTrouble, now: datetime) -> records.Json:
    shape = "provider since deferred bounced customers deliveries blames_us"
    return records.shaped(trouble, shape, text=headline(trouble, now))


def _notice(notice: AccountNotice, now: datetime) -> records.Json:
    return records.shaped(notice, "kind subject since=at words", text=notice_words(notice, now))


def _reputation(known: Reputation) -> records.Json:
    return records.shaped(
        known,
        "sent bounced complained",
        bounce_rate=round(known.bounce_rate, 6),
        complaint_rate=round(known.complaint_rate, 6),
        warnings=list(reputation_words(known)),
    )
