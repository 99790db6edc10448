"""Pure: who is let in. Whoever is works as this operator, so that a browser's tricks must not do.

The token keeps out who was not given the address. The name in Host keeps out a foreign page whose
name was pointed at us afterwards (DNS rebinding): its requests carry its own name. Origin keeps out
a page of another origin that opens our websocket; programs that are no browser send none.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

NOT_LET_IN: Final = (
    "This address has no token, or a wrong one."
    " Open the whole address that outtray serve printed, with ?token=… at its end."
)
FOREIGN_HOST: Final = (
    "This computer is not called that here. Open the address that outtray serve printed, or name"
    " the computer with --host."
)
FOREIGN_ORIGIN: Final = "Another page asked for this. Open the address that outtray serve printed."


@dataclass(frozen=True, slots=True)
class Guard:
    """What one server lets in."""

    token: str
    names: frozenset[str]
    """The names and addresses of this computer that may stand in Host, in small letters."""

    def refusal(self, host: str, origin: str | None, arrived_at: str) -> str:
        """Return why a request is refused, in words; empty: it is not.

        ``arrived_at`` is the address of this computer at which it arrived: naming an address
        cannot be a trick, since nobody's name was pointed at it.
        """
        name = name_in(host)
        if not name or (name not in self.names and name != plain(arrived_at)):
            return FOREIGN_HOST
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return FOREIGN_ORIGIN
        return ""

    def knows(self, token: str) -> bool:
        """Whether ``token`` is ours; takes the same time however much of it is."""
        return same(token, self.token)


def same(one: str, other: str) -> bool:
    """Compare secrets, in a time that says nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())


def asked(query: str) -> dict[str, str]:
    """Return what a query says.

    textual-serve's script puts ``?width=…`` behind the websocket's address, although ours has a
    query already.
    """
    found = parse_qs(query.replace("?", "&"), errors="replace")
    return {name: values[-1] for name, values in found.items()}


def name_in(host: str) -> str:
    """Return the name or address in a Host header, without its port; empty where it is none."""
    match = _HOST.fullmatch(host.lower())
    return plain(match[1].strip("[]")) if match else ""


def plain(address: str) -> str:
    """Return an address in its usual spelling, an IPv4 one inside IPv6 as itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.lower()
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def names_of(told: str, address: str, machine: frozenset[str]) -> frozenset[str]:
    """Return what this computer may be called by who listens at ``address``, told as ``told``.

    ``machine`` are its own names: they count where others can reach it.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    names = {plain(told.strip("[]"))}
    if found.is_loopback or found.is_unspecified:
        names |= _LOOPBACK_NAMES
    if not found.is_loopback:
        names |= {name.lower() for name in machine if name}
    return frozenset(names - {plain("0.0.0.0"), "::"})  # noqa: S104 (nobody is called so)
