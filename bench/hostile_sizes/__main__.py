"""Hostile sizes and shapes, each to the installed command in a process of its own.

``uv run python -m bench.hostile_sizes [AREA ...] [--only TEXT]`` prints a table: the input,
the exit code, the seconds by the clock and of a processor, what is said. It ends with 1 where one
hangs, is slow, or shows a traceback or a password.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.hostile_sizes.cases import cases
from bench.hostile_sizes.office import Office, Run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help="every one, unless named")
    parser.add_argument("--only", default="", metavar="TEXT", help="inputs with it in their name")
    parser.add_argument("--faults", action="store_true", help="print only what is wrong")
    options = parser.parse_args()
    wanted = [
        case
        for case in cases()
        if (not options.areas or case.area in options.areas) and options.only in case.name
    ]
    if not wanted:
        parser.error("no input is called that")
    faulty, slowest = 0, 0.0
    print(f"{'area':<9} {'input':<46} {'exit':>4} {'clock':>5} {'work':>6}  what is said")
    with (
        TemporaryDirectory(prefix="outtray-") as name,
        closing(Office(Path(name))) as office,
    ):
        for case in wanted:
            run = office.run(case)
            faulty += bool(run.faults)
            slowest = max(slowest, run.worked)
            if run.faults or not options.faults:
                print(_line(run), flush=True)
    print(f"{len(wanted)} inputs, {faulty} faulty, the slowest {slowest:.1f} s of work")
    return 1 if faulty else 0


def _line(run: Run) -> str:
    code = "—" if run.code is None else run.code
    said = run.said if len(run.said) <= 110 else run.said[:109] + "…"
    what = f"{run.case.area:<9} {run.case.name[:46]:<46} {code!s:>3}"
    line = f"{what} {run.seconds:6.2f} {run.worked:6.2f}  {said}"
    return line + "".join(f"\n          ✖ {fault}" for fault in run.faults)


if __name__ == "__main__":
    raise SystemExit(main())
