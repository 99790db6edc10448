"""``outtray aws setup``: what the way from SES to the queue needs, as calls one can read."""

from __future__ import annotations

import json
import re
import shlex
import sys
from argparse import Namespace

from core.backend import Backend
from core.model.errors import OuttrayError
from core.rules.doctor.aws_plan import Names, SetUp, SetUpStep
from core.rules.doctor.checks import Result
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell
from tui.runtime.exit_codes import DONE, FAILED


def setup(options: Namespace, backend: Backend) -> int:
    """Print the plan, or carry it out; ends with the settings."""
    names = Names(backend.settings.configuration_set or "outtray", options.name)
    made = backend.set_up(names, apply=options.apply)
    if options.json:
        sys.stdout.write(text.as_json(as_answer(made, applied=options.apply), indent=2) + "\n")
    else:
        _print(made)
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


def as_answer(made: SetUp, *, applied: bool) -> records.Json:
    return {
        "apply": applied,
        "done": [_step(step) for step in made.done],
        "missing": [_step(step) for step in made.missing],
        "configuration_set": made.configuration_set,
        "queue_url": made.queue_url or None,
        "by_hand": [
            {"leg": check.leg, "result": check.result.value, "title": check.title}
            | {"next": check.next or None}
            for check in made.by_hand
        ],
        "error": None if made.problem is None else str(made.problem),
    }


def _step(step: SetUpStep) -> records.Json:
    return {
        "what": step.what,
        "service": step.service,
        "operation": step.operation,
        "parameters": dict(step.parameters),
    }


def command_line(step: SetUpStep) -> str:
    """Return the call as AWS's own command line takes it."""
    operation = re.sub(r"(?<!^)(?=[A-Z])", "-", step.operation).lower()
    given = shlex.quote(json.dumps(dict(step.parameters)))
    return f"aws {step.service} {operation} --cli-input-json {given}"


def _print(made: SetUp) -> None:
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
