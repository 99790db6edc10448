"""``uv run python -m bench.ui [DOCUMENTS …] [--runs N] [--peers]``.

Databases of so many documents are made once and kept in ``--folder``. Ratios are between medians
of programs run in turn in this very run; milliseconds are a side note. With ``--runs 0`` everything
is started, every key is pressed once, and nothing counted: it shows whether they answer at all.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ui import databases, report
from bench.ui.measure import Samples, keys, start_up
from bench.ui.programs import Program, bare, outtray, peers, surroundings


def main() -> int:
    """Run everything and print the tables; return 1 if ours or the bare app did not answer."""
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description=__doc__)
    parser.add_argument("documents", nargs="*", type=int, default=[600, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=9, help="of each program, and of each key")
    parser.add_argument("--peers", action="store_true", help="install and start others' programs")
    parser.add_argument("--only", choices=["start", "keys"], help="half of it")
    parser.add_argument("--folder", type=Path, help="where databases are kept (default: nowhere)")
    options = parser.parse_args()
    report.header()
    with TemporaryDirectory(prefix="outtray-bench-ui-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        ours = [
            outtray(databases.of(folder, documents), f"{documents:,} documents")
            for documents in options.documents
        ]
        home = surroundings(Path(temporary))
        samples = Samples()
        others: list[Program] = []
        if options.only != "keys":
            words: list[str] = []
            if options.peers:
                for peer in peers(folder, databases.of(folder, options.documents[0])):
                    if isinstance(peer, str):
                        words.append(peer)
                    else:
                        others.append(peer)
            programs = [bare(), *ours, *others]
            start_up(programs, home, options.runs, samples)
            report.start_up([program.name for program in programs], samples, options.runs)
            print(*(f"not measured: {word}" for word in words), sep="\n")
        if options.only != "start":
            programs = [bare(1_000), *ours]
            keys(programs, home, options.runs, samples)
            report.keys([program.name for program in programs], samples, options.runs)
    silent = {name for _, name in samples.words} - {program.name for program in others}
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
