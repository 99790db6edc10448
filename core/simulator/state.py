"""What the stand-in remembers of SES: the account, its lists, and every accepted message."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final, Literal

Reason = Literal["BOUNCE", "COMPLAINT"]

REASONS: Final[tuple[Reason, ...]] = ("BOUNCE", "COMPLAINT")

QUEUE: Final = "outtray-events"
"""The name of the queue that the reports arrive in."""

EVENT_TYPES: Final = (
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "OPEN",
    "CLICK",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "SUBSCRIPTION",
)

# Real ids start with two bytes that differ by Region; those seen in captures.
_REGION_PREFIX: Final = {
    "us-east-1": "0100",
    "us-west-2": "0101",
    "eu-west-1": "0102",
    "eu-central-1": "0107",
    "us-east-2": "010f",
}


@dataclass(frozen=True, slots=True)
class SentMail:
    """Where the account lives; part of every ARN and event."""

    region: str
    account_id: str

    def arn(self, resource: str) -> str:
        return f"arn:aws:ses:{self.region}:{self.account_id}:{resource}"

    def new_id(self, at: datetime) -> str:
        """Return a message or feedback id of the shape that SES gives."""
        prefix = _REGION_PREFIX.get(self.region, "0100")
        return f"{prefix}{int(at.timestamp() * 1000):012x}-{uuid.uuid4()}-000000"


@dataclass(slots=True)
class Account:
    production_access: bool = True
    sending_enabled: bool = True
    enforcement_status: str = "HEALTHY"
    max_24_hour_send: float = 50_000.0
    """-1 means unlimited, as in ``GetAccount``."""
    max_send_rate: float = 14.0
    """Told, never enforced: the fault ``throttle`` refuses calls when a test wants it to."""
    sent_last_24_hours: int = 0
    suppressed_reasons: tuple[str, ...] = REASONS


@dataclass(slots=True)
class Identity:
    name: str
    verified: bool = True
    configuration_set: str = ""


@dataclass(slots=True)
class ConfigurationSet:
    """``options`` and ``destinations`` hold the API's own JSON, so that a Get returns the Put."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    destinations: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def sending_enabled(self) -> bool:
        return bool(self.options.get("SendingOptions", {}).get("SendingEnabled", True))

    @property
    def suppressed_reasons(self) -> tuple[str, ...] | None:
        """The set's own choice, which may be the empty tuple; ``None`` leaves it to the account."""
        reasons = self.options.get("SuppressionOptions", {}).get("SuppressedReasons")
        return None if reasons is None else tuple(reasons)

    def topics_for(self, event_type: str) -> list[str]:
        """Return the ARNs of the topics that get events of this type (upper snake case)."""
        return [
            definition["SnsDestination"]["TopicArn"]
            for definition in self.destinations.values()
            if definition.get("Enabled")
            and event_type in definition.get("MatchingEventTypes", ())
            and "SnsDestination" in definition
        ]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One entry of the account suppression list; the address keeps its case."""

    address: str
    reason: Reason
    at: datetime
    message_id: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One accepted ``SendEmail``."""

    message_id: str
    at: datetime
    source: str
    source_arn: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    configuration_set: str
    operation: str
    raw: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    track_opens: bool = True
    track_clicks: bool = True
    source_ip: str = "127.0.0.1"

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope, as submitted: To, then Cc, then Bcc."""
        return (*self.to, *self.cc, *self.bcc)


def bare(address: str) -> str:
    """Return the address without its display name."""
    return parseaddr(address)[1] or address.strip()


class State:
    """Everything the operations read and write. Take ``lock`` around a change or a longer look."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        with self.lock:
            self.account = Account()
            self.identities: dict[str, Identity] = {}
            self.configuration_sets: dict[str, ConfigurationSet] = {}
            self.suppressed: dict[str, Suppressed] = {}
            self.sent: list[Sent] = []
            self.reports: list[str] = []
            """What was published, as often as it was, oldest first."""

    def effective_reasons(self, configuration_set: str) -> tuple[str, ...]:
        """Return the reasons that stop mail: the configuration set's, else the account's."""
        chosen = self.configuration_sets.get(configuration_set)
        own = chosen.suppressed_reasons if chosen else None
        return self.account.suppressed_reasons if own is None else own

    def suppression_of(self, address: str, configuration_set: str) -> Suppressed | None:
        """Return the entry that stops mail to ``address``: sending ignores case."""
        reasons = self.effective_reasons(configuration_set)
        wanted = bare(address).casefold()
        hits: Sequence[Suppressed] = [
            entry
            for entry in self.suppressed.values()
            if entry.address.casefold() == wanted and entry.reason in reasons
        ]
        return max(hits, key=lambda entry: entry.at, default=None)

    def identity_for(self, sender: str) -> Identity | None:
        """Return the verified identity that covers ``sender``: the address itself, or its domain.

        An address identity is matched with its case, as SES does; a domain without.
        """
        address = bare(sender)
        domain = address.rpartition("@")[2].lower()
        for name in (address, domain):
            identity = self.identities.get(name)
            if identity is not None and identity.verified:
                return identity
        return None


_COUNTED: Final = ("throttle", "fail", "swallow", "suppression_fail")
_SECONDS: Final = ("slow", "swallow_seconds")
_SWITCHES: Final = ("duplicate", "shuffle")
_DEFAULTS: Final[dict[str, float]] = {
    **dict.fromkeys((*_COUNTED, *_SWITCHES, "slow"), 0),
    "swallow_seconds": 120.0,
}


class Faults:
    """Counters and switches, safe to read and set from several threads.

    ``throttle``, ``fail``, ``swallow`` and ``suppression_fail`` hold for the next n calls, or with
    ``true`` from now on; ``slow`` (seconds added to every answer of SES), ``swallow_seconds`` (how
    long a swallowed call is held), ``duplicate`` and ``shuffle`` hold from now on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values = dict(_DEFAULTS)

    def set(self, changes: Mapping[str, object]) -> None:
        """Change the faults named; the others stay.

        Raises:
            ValueError: an unknown name or a value that is neither a number nor true or false.
        """
        read = {name: _read(name, value) for name, value in changes.items()}
        with self._lock:
            self._values.update(read)

    def clear(self) -> None:
        with self._lock:
            self._values = dict(_DEFAULTS)

    def take(self, name: str) -> bool:
        """Return whether this call is one of the next n, and count it."""
        with self._lock:
            left = self._values[name]
            if left > 0:
                self._values[name] = left - 1
            return left > 0

    def seconds(self, name: str) -> float:
        with self._lock:
            return self._values[name]

    def is_on(self, name: str) -> bool:
        with self._lock:
            return bool(self._values[name])

    def as_dict(self) -> dict[str, float | bool]:
        with self._lock:
            values = dict(self._values)
        return {
            name: bool(value) if name in _SWITCHES or math.isinf(value) else value
            for name, value in values.items()
        }


def _read(name: str, value: object) -> float:
    if name not in _DEFAULTS:
        raise ValueError(f"No fault {name!r}. There are {', '.join(_DEFAULTS)}.")
    if name in _COUNTED and value is True:
        return math.inf
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value) if name in _SECONDS else int(value)
    raise ValueError(f"The fault {name!r} takes a number, zero or more, or true or false.")
