"""The program: Ctrl-C ends it with a word at any moment. ``python -m tui`` says how it is started.

Nothing is imported here before somebody listens: to load the program takes long enough to be
interrupted.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program and exit with its code."""
    try:
        from tui.cli.main import main as start

        start()
    except KeyboardInterrupt:
        sys.stderr.write("outtray: Stopped.\n")
        sys.exit(1)
    finally:
        _listen_no_more()


def _listen_no_more() -> None:
    """What is done is done: Python's own last steps would be interrupted with a traceback."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.stderr.write("outtray: To start Outtray, run `outtray`.\n")
    sys.stderr.write("         In a checkout of the source: uv run outtray\n")
    sys.exit(2)
