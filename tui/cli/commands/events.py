"""``outtray events``: what SES reports, from the queue or from files."""

from __future__ import annotations

import signal
import sys
import time
from argparse import Namespace
from contextlib import suppress
from typing import Final, NoReturn

from core.backend import Backend
from core.model.errors import OuttrayError, SettingsError
from core.model.reports import IngestReport
from core.settings import loading
from tui.cli.commands.common import (
    next_pause,
    open_when_it_answers,
    opened,
    put_json,
    say_it_tries_again,
)
from tui.cli.output import reports, stamped_lines, text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell
from tui.runtime.exits import DONE, FAILED

_LONGEST_POLL_SECONDS: Final = 20


def events_pull(options: Namespace) -> int:
    if options.follow:
        return _follow(as_json=options.json)
    with opened() as backend:
        total = IngestReport()
        while True:
            report = backend.pull(1)
            if not report.read:
                break
            total += report
    _put_ingest(total, as_json=options.json)
    return DONE


def _follow(*, as_json: bool) -> int:
    """Until SIGTERM or Ctrl-C; what goes wrong is said, and tried again after a while."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stamped_lines.begin()
    backend = Backend(loading.load(), tell=text.say)
    try:
        open_when_it_answers(backend, time.sleep)
        _pull_on(backend, as_json=as_json)
    except KeyboardInterrupt:
        return DONE
    finally:
        backend.close()


def _pull_on(backend: Backend, *, as_json: bool) -> NoReturn:
    pause = 0.0
    while True:
        try:
            report = backend.pull(_LONGEST_POLL_SECONDS)
        except SettingsError:
            raise  # waiting does not configure a queue
        except OuttrayError as error:
            pause = next_pause(pause)
            say_it_tries_again(error, pause)
            time.sleep(pause)
            continue
        pause = 0.0
        if report.read and as_json:
            sys.stdout.write(text.as_json(records.plain(report)) + "\n")
            sys.stdout.flush()
        elif report.read:
            say(reports.ingest_line(report))
            reports.unsearched(report.unsearched)


def events_load(options: Namespace) -> int:
    total, code = IngestReport(), DONE
    with opened() as backend:
        for path in options.files:
            try:
                total += backend.load_events(path)
            except OuttrayError as error:
                say(cell(str(error)))
                code = FAILED
    _put_ingest(total, as_json=options.json)
    return code


def _put_ingest(report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        put_json(records.plain(report))
    else:
        say(reports.ingest_line(report))
        reports.unsearched(report.unsearched)


def events_parse(options: Namespace) -> int:
    from core.backend import event_files

    with suppress(OuttrayError):  # settings that cannot be used are no matter here
        Backend(loading.load()).close()  # it names the files that are not to be read
    entries: list[records.Json] = []
    code = DONE
    for path in options.files:
        try:
            entries.extend(reports.parsed_json(path, event_files.parse(path)))
        except OuttrayError as error:
            say(cell(str(error)))
            code = FAILED
    if options.json:
        put_json(entries)
    else:
        reports.parsed(entries)
    return code


def events_quarantine(options: Namespace) -> int:
    from tui.cli.output import reports

    with opened() as backend:
        return reports.run(options, backend)


def events_unlinked(options: Namespace) -> int:
    from tui.cli.output import unlinked

    with opened() as backend:
        return unlinked.unlinked(options, backend)


def events_dismiss(options: Namespace) -> int:
    from tui.cli.output import unlinked

    with opened() as backend:
        return unlinked.dismiss(options, backend)


def events_link(options: Namespace) -> int:
    from tui.cli.output import unlinked

    with opened() as backend:
        return unlinked.link(options, backend)
