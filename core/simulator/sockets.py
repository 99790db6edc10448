"""The connection below a WSGI request: is the client still there, and hanging up on it."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from typing import Any, Final

_NAP: Final = 0.1


def is_client_gone(environ: dict[str, Any]) -> bool:
    """Whether the client closed its end. Without a socket to ask (another server), it is there."""
    connection = environ.get("werkzeug.socket")
    if connection is None:
        return False
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def hang_up(environ: dict[str, Any], seconds: float, stopping: threading.Event) -> None:
    """Hold the client that long, or until it goes, then close without an answer.

    Raises:
        ConnectionAbortedError: always; the server takes it for a client that went away.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and not is_client_gone(environ):
        if stopping.wait(min(left, _NAP)):
            break
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):  # it went first
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
