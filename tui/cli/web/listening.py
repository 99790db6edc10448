"""The port in the browser's address: opened before its address is told, and who may call it so."""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass

from core.model.errors import UsageError
from tui.cli.web.guard import names_of, plain


@dataclass(frozen=True, slots=True)
class Listening:
    """An open port; nobody is answered before somebody accepts."""

    socket: socket.socket
    names: frozenset[str]
    urls: tuple[str, ...]
    """Without a token; the first is for this computer, where it can be reached so."""
    is_open_to_others: bool


def listen(host: str, port: int) -> Listening:
    """Open ``port`` at ``host``, a name or an address of this computer; 0: any free port.

    Raises:
        UsageError: it cannot be opened, in words.
    """
    family, address = _resolved(host)
    try:
        opened = socket.create_server((address, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)  # Python's own text names the address once more
        why = os.strerror(number) if number else error
        raise UsageError(
            f"Port {port} at {host} cannot be used: {why}.",
            "Choose another --port, or 0 for any free one; --host is an address of this computer.",
        ) from error
    found = ipaddress.ip_address(address.partition("%")[0])
    machine = frozenset[str]() if found.is_loopback else _machine()
    actual = int(opened.getsockname()[1])
    shown = [host]
    if found.is_unspecified:
        loopback = "127.0.0.1" if found.version == 4 else "::1"
        shown = [loopback, *sorted(machine - {"localhost"}, key=len)[:1]]
    urls = tuple(f"http://{_bracketed(name)}:{actual}/" for name in shown)
    return Listening(opened, names_of(host, address, machine), urls, not found.is_loopback)


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"{host} is no name or address of this computer.",
            "Use --host 127.0.0.1 for this computer alone, 0.0.0.0 for others, too.",
        ) from error
    return family, str(address[0])


def _machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({name, short, f"{short}.local", socket.getfqdn().lower()})


def _bracketed(name: str) -> str:
    return f"[{plain(name)}]" if ":" in name else name
