"""What the operations of SES v2 share: one account in one Region, and the request at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from core.simulator.events import Delays
from core.simulator.faults import Faults
from core.simulator.outcomes import Behaviour
from core.simulator.problems import bad_request
from core.simulator.publish import Publisher
from core.simulator.state import SentMail, State


class Topics(Protocol):
    """What SES needs of SNS."""

    def has_topic(self, arn: str) -> bool: ...

    def publish(self, topic_arn: str, subject: str, text: str) -> None:
        """Publish; a topic that is gone swallows the text, as it does for SES."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart. ``path`` holds the variable parts of the path, in order."""

    path: tuple[str, ...] = ()
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    source_ip: str = "127.0.0.1"

    def required(self, name: str) -> Any:
        value = self.body.get(name)
        if value in (None, ""):
            raise bad_request(f"Missing required field: {name}.")
        return value


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Service:
    """The parts that an operation works on."""

    origin: SentMail
    state: State
    faults: Faults
    topics: Topics
    publisher: Publisher
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    delays: Delays = field(default_factory=Delays)
    clock: Callable[[], datetime] = utc_now


Operation = Callable[[Service, Call], dict[str, Any]]


def page(
    items: Sequence[Any], call_token: str | None, size: int
) -> tuple[Sequence[Any], str | None]:
    """Return one page and the token of the next; the token is the place in the list.

    Raises:
        ValueError: the token is none of ours.
    """
    start = int(call_token or "0")
    if not 0 <= start <= len(items):
        raise ValueError(call_token)
    end = start + size
    return items[start:end], str(end) if end < len(items) else None
