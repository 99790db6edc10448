"""What all commands share: the configured database, and JSON on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core import settings
from core.backend import Backend
from tui import prints


@contextmanager
def opened() -> Iterator[Backend]:
    """The configured database, created or brought up to date."""
    backend = Backend(settings.load(), tell=prints.say)
    try:
        backend.open()
        yield backend
    finally:
        backend.close()


def put_json(value: Any) -> None:
    sys.stdout.write(prints.as_json(value, indent=2) + "\n")
