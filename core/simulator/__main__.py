"""``python -m core.simulator``: how the demo starts the stand-in as its child."""

from __future__ import annotations

import argparse
import sys

from core.logs.setup import log, log_fault
from core.simulator import Delays, run

_parser = argparse.ArgumentParser(prog="core.simulator")
_parser.add_argument("--port", type=int, default=0)
_parser.add_argument("--json", action="store_true")
_parser.add_argument("--delay", type=float, default=0.0)
_parser.add_argument("--exit-with-parent", action="store_true")
_options = _parser.parse_args()
log.begin(verbose=False)
try:
    code = run(
        _options.port,
        _options.json,
        delays=Delays.paced(_options.delay) if _options.delay else Delays(),
        exit_with_parent=_options.exit_with_parent,
    )
except Exception as error:  # noqa: BLE001 - nobody sees what it writes on standard error
    log_fault("The stand-in for AWS ended because of a fault", error)
    code = 1
sys.exit(code)
