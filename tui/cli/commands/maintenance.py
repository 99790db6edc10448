"""Commands that keep things in order: trouble, doctor, the database."""

from __future__ import annotations

from argparse import Namespace

from tui.cli.commands.common import opened, put_json
from tui.cli.output.text import say
from tui.runtime.exit_codes import DONE, FAILED


def trouble(options: Namespace) -> int:
    from tui.cli.output import incidents

    with opened() as backend:
        return incidents.run(options, backend)


def doctor(options: Namespace) -> int:
    from tui.cli.output import doctor as examination

    return examination.run(options)


def aws_setup(options: Namespace) -> int:
    from core.backend import Backend
    from core.settings import loading
    from tui.cli.output import aws

    backend = Backend(loading.load())  # never opened: this is about AWS, not about a database
    try:
        return aws.setup(options, backend)
    finally:
        backend.close()


def db_upgrade(options: Namespace) -> int:
    with opened() as backend:
        label, version = backend.settings.database_label, backend.database_version()
    if options.json:
        put_json({"database": label, "version": version})
    else:
        say(f"{label} is up to date, at version {version}.")
    return DONE


def db_check(options: Namespace) -> int:
    from tui.cli.output import database_check

    told = None if options.json else database_check.progress()
    with opened() as backend:
        report = backend.mend(told) if options.mend else backend.check_summaries(told)
    if options.json:
        put_json(database_check.record(report))
    else:
        database_check.say_report(report, was_mended=options.mend)
    return DONE if report.is_clean else FAILED
