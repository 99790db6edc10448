"""Programs of every kind beside each other on one database: nothing is doubled, lost or damaged.

``uv run python -m bench.neighbours [--rounds N] [--postgresql] [--seed N]``. In each round some
fifteen programs (the terminal UI in a pty, workers, readers of the feed, imports, sends, checks,
copies …) start, end normally, are interrupted and killed in an order that the round's seed draws,
on a database of its own, against the stand-in for AWS, which doubles and shuffles what it reports.
PostgreSQL, with fsync on, is stopped and started meanwhile. Some programs are the installed
command; most are forked from a process that has everything imported.

At the end of a round, whoever was left in peace has to work still; then a last program does what is
left, and everything is compared with the stand-in's own record. ``--seed N --rounds 1`` runs a
round that failed again.

``--case [COMMAND]`` is one fault of before: see ``bench.neighbours.case``.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.neighbours import case, office
from bench.neighbours.rounds import Round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--case", nargs="*", metavar="COMMAND", help="every one, unless named")
    parser.add_argument("--times", type=int, default=20, help="of the case")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        # A shell starts what runs in the background with these ignored, and every child would be.
        is_interrupt = number is signal.SIGINT
        signal.signal(number, signal.default_int_handler if is_interrupt else signal.SIG_DFL)
    started = time.monotonic()
    if options.case is not None:
        with (
            TemporaryDirectory(prefix="outtray-", ignore_cleanup_errors=True) as name,
            office.opened(Path(name), is_postgresql=False, queued=case.RECIPIENTS) as opened,
        ):
            raise SystemExit(case.run(opened, options.case, options.times))
    counted: Counter[str] = Counter()
    findings: list[str] = []
    longest = 0
    with (
        TemporaryDirectory(prefix="outtray-", ignore_cleanup_errors=True) as name,
        office.opened(Path(name), is_postgresql=options.postgresql) as opened,
    ):
        for seed in range(options.seed, options.seed + options.rounds):
            current = Round(opened, seed)
            current.run()
            counted += current.counted
            longest = max(longest, current.counted["milliseconds"])
            for each in current.findings.all:
                print(f"seed {seed}: {each}", flush=True)
            findings += current.findings.all
            if sys.stderr.isatty():
                print(f"{seed - options.seed + 1} of {options.rounds}", end="\r", file=sys.stderr)
        database = opened.databases.name
    total = counted.pop("milliseconds", 0)
    print(database)
    for each, n in counted.items():
        print(f"{each:40} {n:8}")
    for kind in ("twice", "mistaken", "lost", "damaged", "faults"):
        print(f"{kind:40} {sum(each.startswith(kind + ':') for each in findings):8}")
    print(f"{'seconds a round, mean':40} {total / 1000 / max(1, options.rounds):8.1f}")
    print(f"{'seconds a round, longest':40} {longest / 1000:8.1f}")
    print(f"{'seconds':40} {time.monotonic() - started:8.0f}")
    raise SystemExit(1 if findings else 0)


if __name__ == "__main__":
    main()
