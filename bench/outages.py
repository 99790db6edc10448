"""What an outage costs: two real programs, 40 emails, and a real server that goes wrong in between.

For every outage a database of its own. Two processes run ``outtray outbox work --follow`` while a
server in front of the stand-in answers wrongly, or not at all, for what the brake takes for two
hours: its minute lasts a twentieth of a second. Then the outage ends, nobody touches anything, and
what waited must have been accepted exactly once.

Outages of HTTP hit ``SendEmail`` alone. That is the worst case: GetAccount answers all the time, so
that emails are risked again as often as they ever are.

Run: ``python -m bench.outages [--emails 40] [--minutes 120] [--only NAME]``; ends with 1 where
anything is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.kill_send import Office, open_office
from bench.outage_server import OUTAGES, Between, Outage
from core.model.enums import DisplayStatus
from core.services.sending.outbox_worker import LANES

PROGRAMS: Final = 2
MINUTE: Final = 0.05
"""Seconds that a minute of the brake lasts."""
_TWO_HOURS: Final = 120
_READS_FOR: Final = 1
"""Seconds that a program waits for an answer; a minute in life."""
_PATIENCE: Final = 150.0
MOST_SPENT: Final = 5


@dataclass
class Row:
    """One outage, and how everything stood at its end."""

    outage: Outage
    emails: int
    queued: int = 0
    unconfirmed: int = 0
    failed: int = 0
    met: int = 0
    """Calls of SendEmail that met it."""
    accepted: int = 0
    """In the end, by SES."""
    doubled: int = 0
    seconds: float = 0
    """From its end until nothing waited."""
    said: str = ""

    @property
    def spent(self) -> int:
        return self.unconfirmed + self.failed

    @property
    def wrong(self) -> list[str]:
        allowed = MOST_SPENT + LANES * PROGRAMS if self.outage.spends else 0
        found = []
        if self.spent > allowed:
            found.append(f"{self.spent} spent, {allowed} allowed")
        if self.failed:
            found.append(f"{self.failed} failed")
        if self.accepted != self.emails - self.unconfirmed:
            found.append(f"{self.accepted} accepted of {self.emails - self.unconfirmed}")
        if self.doubled:
            found.append(f"{self.doubled} doubled")
        return found


def work(environment: dict[str, str], without_dns: str) -> None:
    """Run the real command line until killed, with a shorter read time-out."""
    import socket

    from core.aws.clients import Clients
    from tui.cli.main import run

    os.environ.clear()
    os.environ.update(environment)
    Clients.mail = lambda self: self._client(  # type: ignore[method-assign]
        "mail", "sesv2", read_timeout=_READS_FOR, retries=1
    )
    real = socket.getaddrinfo

    def resolve(*arguments: Any, **more: Any) -> Any:
        if Path(without_dns).exists():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(*arguments, **more)

    socket.getaddrinfo = resolve
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.exit(run(["outbox", "work", "--follow", "--json", "--minute", str(MINUTE)]))


@contextmanager
def _started(office: Office, between: Between, no_dns: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_SESV2": between.url,
        "AWS_CA_BUNDLE": str(between.good),
    }
    programs = [
        office.forks.Process(target=work, args=(environment, str(no_dns)), daemon=True)
        for _ in range(PROGRAMS)
    ]
    for each in programs:
        each.start()
    try:
        yield
    finally:
        for each in programs:
            each.kill()
            each.join(30)


def suffer(office: Office, outage: Outage, folder: Path, emails: int, minutes: float) -> Row:
    """Let two programs meet one outage, end it, and see what became of everything."""
    row, no_dns = Row(outage, emails), folder / "no-dns"
    between = Between(office.simulator.url, folder, is_tls=outage.way == "tls")
    ids = office._fill(emails)
    between.begin(outage)
    if outage.way == "dns":
        no_dns.touch()
    try:
        with _started(office, between, no_dns):
            _until_it_has_begun(office, between)
            time.sleep(minutes * MINUTE)
            row.said = next((e.error for e in office.backend.outbox.entries() if e.error), "")
            row.met = between.sends
            between.end()
            no_dns.unlink(missing_ok=True)
            ended = time.monotonic()
            while office.backend.outbox.waiting() and time.monotonic() - ended < _PATIENCE:
                time.sleep(0.05)
            row.seconds = time.monotonic() - ended
            _count(office, ids, row)
    finally:
        between.close()
    recipients = Counter(r for each in office.simulator.sent() for r in each["recipients"])
    row.accepted, row.doubled = len(recipients), sum(n > 1 for n in recipients.values())
    return row


def _until_it_has_begun(office: Office, between: Between) -> None:
    """Processes take a while to start; the outage is counted from its first victim."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and not between.sends:
        if any(entry.error for entry in office.backend.outbox.entries()):
            return
        time.sleep(0.02)


def _count(office: Office, ids: tuple[int, ...], row: Row) -> None:
    entries = office.backend.outbox.deliveries(ids)
    words = Counter(entry.word for entry in entries)
    row.unconfirmed, row.failed = words[DisplayStatus.UNCONFIRMED], words[DisplayStatus.FAILED]
    row.queued = row.emails - row.spent  # during the outage; they have gone since
    row.said = row.said or next((entry.error for entry in entries if entry.error), "")


def run_one(outage: Outage, emails: int, minutes: float = _TWO_HOURS) -> Row:
    with TemporaryDirectory(prefix="outtray-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with ExitStack() as stack:
            url = f"sqlite:///{folder / 'outtray.db'}"
            office = stack.enter_context(open_office(url, folder, 1))
            return suffer(office, outage, folder, emails, minutes)


HEAD: Final = (
    f"{'outage':24} {'queued':>6} {'unconf.':>7} {'failed':>6} {'calls':>5} {'accepted':>8}"
    f" {'doubled':>7} {'over in':>8}"
)


def line(row: Row) -> str:
    return (
        f"{row.outage.name:24} {row.queued:6} {row.unconfirmed:7} {row.failed:6} {row.met:5}"
        f" {row.accepted:8} {row.doubled:7} {row.seconds:6.1f} s  {'; '.join(row.wrong) or 'ok'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=_TWO_HOURS, help="of the brake")
    parser.add_argument("--only", default="", help="the outages with this in their name")
    parser.add_argument("--words", action="store_true", help="print what was said, too")
    options = parser.parse_args()
    print(HEAD, flush=True)
    wrong = 0
    for outage in OUTAGES:
        if options.only in outage.name:
            row = run_one(outage, options.emails, options.minutes)
            print(line(row), flush=True)
            if options.words:
                print(f"    {row.said}", flush=True)
            wrong += bool(row.wrong)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
