"""``uv run python -m bench.doctor [WORD ...]``: found of tried, one line a set-up.

With words, only the set-ups with one of them in their name.

Every set-up is an office on the stand-in for AWS, over HTTP, with one thing broken; keys are of a
real KMS of moto. *Arrives* is whether a report of an email that was really sent is in the queue
afterwards, where the stand-in can tell; it does not enforce policies and keys.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.doctor.ground import Ground, ground
from bench.doctor.setups import BROKEN, HEALTHY, Setup
from core.rules.doctor.checks import Check, Result, worst

_NOT_ENFORCED = ("topic_policy", "topic_encryption", "queue_policy", "encryption")
_ARRIVES = {True: "yes", False: "no", None: "-"}


def look(office: Ground, setup: Setup) -> tuple[tuple[Check, ...], bool | None]:
    """Break it, have the doctor look, send an email, and make everything as it was."""
    office.restore()
    try:
        setup.change(office)
        return office.examine(), office.arrives()
    finally:
        office.stack.close()


def said(checks: Sequence[Check], setup: Setup) -> Check | None:
    """Return the leg that says it; ``None``: nobody does."""
    return next(
        (
            check
            for check in checks
            if check.leg == setup.leg
            and check.result in (Result.FAIL, Result.WARN)
            and check.next
            and setup.word.lower() in f"{check.title} {check.next}".lower()
        ),
        None,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="every one, unless named")
    words = parser.parse_args().words
    broken, healthy = _named(BROKEN, words), _named(HEALTHY, words)
    found = calm = 0
    with TemporaryDirectory() as folder, ground(Path(folder)) as office:
        print(f"{'found':<7}{'arrives':<9}what is broken\n{'':<16}what doctor says")
        for setup in broken:
            checks, arrives = look(office, setup)
            check = said(checks, setup)
            found += check is not None
            shown = "-" if setup.leg in _NOT_ENFORCED else _ARRIVES[arrives]
            print(f"{'yes' if check else 'NO':<7}{shown:<9}{setup.what}")
            for each in [check] if check else [c for c in checks if c.result is not Result.OK]:
                print(f"{'':<16}{each.result.value} {each.leg}: {each.title}")
                print(f"{'':<16}→ {each.next}")
        print(f"\n{'calm':<7}{'arrives':<9}what is healthy")
        for setup in healthy:
            checks, arrives = look(office, setup)
            is_calm = worst(checks) is Result.OK and all(each.is_known for each in checks)
            calm += is_calm
            print(f"{'yes' if is_calm else 'NO':<7}{_ARRIVES[arrives]:<9}{setup.what}")
            for each in checks:
                if each.result is not Result.OK:
                    print(f"{'':<16}{each.result.value} {each.leg}: {each.title}")
    print(f"\n{found} of {len(broken)} found; {calm} of {len(healthy)} healthy ones left alone")
    return 0 if (found, calm) == (len(broken), len(healthy)) else 1


def _named(setups: Sequence[Setup], words: Sequence[str]) -> list[Setup]:
    return [each for each in setups if not words or any(word in each.what for word in words)]


if __name__ == "__main__":
    sys.exit(main())
