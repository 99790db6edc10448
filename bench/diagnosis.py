"""How well and how fast diagnostics are understood.

``python -m bench.diagnosis [--own] [--rounds N]``; ``--own`` leaves out the labelled diagnostics,
which are not in the repository.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from bench.diagnosis_rows import LABELLED, Row, own_rows, rows, split
from core.rules.diagnosis import explain
from core.rules.diagnosis.codes import CODES, REPLIES, SUBJECTS
from core.rules.diagnosis.meanings import DEAD, MEANINGS
from core.rules.diagnosis.normalize import code_in, read

_KINDS: Final = ("expected-table", "provider-doc", "rhost-pattern")


class Guess(NamedTuple):
    class_: str
    cause: str
    hard: bool


Guesser = Callable[[Row], Guess]


def by_rules(row: Row) -> Guess:
    found = explain(row.diagnostic, row.code)
    return Guess(found.class_, found.cause, found.hard)


def by_words_alone(row: Row) -> Guess:
    found = explain(row.diagnostic)
    return Guess(found.class_, found.cause, found.hard)


def by_enhanced_code(row: Row) -> Guess:
    code = row.code or code_in(row.diagnostic)
    _, _, detail = code.partition(".")
    return _guess(CODES.get(code) or CODES.get(detail) or SUBJECTS.get(detail[:1], "undefined"))


def by_reply_code(row: Row) -> Guess:
    return _guess(REPLIES.get(read(row.diagnostic).reply, "undefined"))


def _guess(cause: str) -> Guess:
    return Guess(MEANINGS[cause].class_, cause.partition(":")[0], cause in DEAD)


def _percent(hits: Iterable[bool]) -> str:
    counted = list(hits)
    return f"{100 * sum(counted) / len(counted):5.1f} %" if counted else "    –  "


def measure(title: str, part: Sequence[Row], guesser: Guesser) -> str:
    """Return one line: how many, and how often class, cause and *hard* are right."""
    guesses = [(row, guesser(row)) for row in part]
    return (
        f"{title:34} {len(part):4}  "
        f"class {_percent(guess.class_ == row.class_ for row, guess in guesses)}  "
        f"cause {_percent(guess.cause == row.cause for row, guess in guesses)}  "
        f"hard {_percent(guess.hard == row.hard for row, guess in guesses if row.hard is not None)}"
    )


def confusion(part: Sequence[Row]) -> list[str]:
    """Return the classes taken for another, by class alone: the rows stay unseen."""
    wrong = Counter(
        (row.class_, guess.class_) for row in part if (guess := by_rules(row)).class_ != row.class_
    )
    return [f"  {count:2} × {is_} taken for {taken}" for (is_, taken), count in wrong.most_common()]


def timings(labelled: Sequence[Row], rounds: int) -> str:
    """Return median and 99th percentile of one call's processor time, after loading."""
    explain(labelled[0].diagnostic)
    spent: list[float] = []
    for _ in range(rounds):
        for row in labelled:
            begun = time.thread_time()
            explain(row.diagnostic, row.code)
            spent.append((time.thread_time() - begun) * 1e6)
    slow = statistics.quantiles(spent, n=100)[98]
    return f"{statistics.median(spent):.0f} µs median, {slow:.0f} µs p99"


def loading() -> str:
    """Return what importing and the first call cost in a fresh interpreter."""
    script = (
        "import time; a = time.perf_counter(); from core.rules.diagnosis import explain; "
        "b = time.perf_counter(); explain('550 x'); c = time.perf_counter(); "
        "print(f'{(b - a) * 1e3:.0f} ms import, {(c - b) * 1e3:.0f} ms first call')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--own", action="store_true", help="only the texts of this repository")
    parser.add_argument("--rounds", type=int, default=20, help="of the timing")
    options = parser.parse_args()
    if not options.own and not LABELLED.exists():
        sys.stderr.write("The labelled diagnostics are not here; --own does without them.\n")
        return 1
    read_before, unread = own_rows()
    labelled = [*read_before, *unread] if options.own else rows()
    lines = [
        *([] if options.own else of_labelled(labelled)),
        measure("our own texts, read", read_before, by_rules),
        measure("our own texts, unread", unread, by_rules),
        f"one call: {timings(labelled, options.rounds)}",
        f"loading:  {loading()}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def of_labelled(labelled: Sequence[Row]) -> list[str]:
    """Return a line for each part of them and each way to guess, and what was confused."""
    tuned, held_out = split(labelled)
    return [
        measure("tuned", tuned, by_rules),
        measure("held out", held_out, by_rules),
        *(
            measure(f"held out, {kind}", [r for r in held_out if r.kind == kind], by_rules)
            for kind in _KINDS
        ),
        measure("held out, without the code's column", held_out, by_words_alone),
        measure("held out, enhanced code alone", held_out, by_enhanced_code),
        measure("held out, reply code alone", held_out, by_reply_code),
        measure("all, enhanced code alone", labelled, by_enhanced_code),
        measure("all, reply code alone", labelled, by_reply_code),
        "held out, confused:",
        *confusion(held_out),
    ]


if __name__ == "__main__":
    sys.exit(main())
