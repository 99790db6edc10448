"""What a queue of reports must be like, and what the address of one says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

TWO_WEEKS: Final = 14 * 24 * 3600
"""Seconds: the longest that SQS keeps anything."""
SHORTEST_VISIBILITY: Final = 30
"""Seconds: SQS's own default. A batch is stored in much less, also when the database is busy."""
LONGEST_DELAY: Final = 0
"""Seconds: a report that waits in the queue is a status that is wrong meanwhile."""
FEWEST_RECEIVES: Final = 3
"""A report that was received and not stored must come again: a crash, then a busy database."""
GOOD_RECEIVES: Final = 5


@dataclass(frozen=True, slots=True)
class Redrive:
    """A queue's ``RedrivePolicy``."""

    target: str = ""
    """ARN of the dead-letter queue; empty: none."""
    receives: int | None = None
    """``maxReceiveCount``; ``None`` where it is none."""

    @property
    def gives_up_too_soon(self) -> bool:
        return bool(self.target) and self.receives is not None and self.receives < FEWEST_RECEIVES


def redrive(policy: str) -> Redrive:
    """Read a ``RedrivePolicy``; a text that is none has no target."""
    try:
        found: Any = json.loads(policy or "{}")
    except ValueError:
        return Redrive()
    if not isinstance(found, dict):
        return Redrive()
    arn = found.get("deadLetterTargetArn", "")
    if not isinstance(arn, str) or arn.count(":") != 5:
        return Redrive()
    count = str(found.get("maxReceiveCount", ""))
    return Redrive(arn, int(count) if count.isdecimal() else None)


def better_attributes(now: Mapping[str, str], dead_letters: str) -> dict[str, str]:
    """Return the attributes that have to be set for ``now`` to be good; all, for a new queue.

    ``dead_letters`` is the ARN of the queue that takes what cannot be stored.
    """
    wanted: dict[str, str] = {}
    if _number(now, "MessageRetentionPeriod", 0) < TWO_WEEKS:
        wanted["MessageRetentionPeriod"] = str(TWO_WEEKS)
    if _number(now, "VisibilityTimeout", 0) < SHORTEST_VISIBILITY:
        wanted["VisibilityTimeout"] = str(SHORTEST_VISIBILITY)
    if _number(now, "DelaySeconds", 0) > LONGEST_DELAY:
        wanted["DelaySeconds"] = str(LONGEST_DELAY)
    known = redrive(now.get("RedrivePolicy", ""))
    if not known.target or known.gives_up_too_soon:
        target = known.target or dead_letters
        policy = {"deadLetterTargetArn": target, "maxReceiveCount": GOOD_RECEIVES}
        wanted["RedrivePolicy"] = json.dumps(policy)
    return wanted


def _number(attributes: Mapping[str, str], name: str, default: int) -> int:
    text = str(attributes.get(name, ""))
    return int(text) if text.isdecimal() else default


# --------------------------------------------------------------------------- its address


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """What was given as the queue's URL."""

    is_url: bool
    name: str
    """Empty where nothing in it can be a name."""
    account: str = ""
    region: str = ""
    """As the address says it; empty: it says none."""

    @property
    def is_fifo(self) -> bool:
        return self.name.endswith(".fifo")


_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo")
_REGION: Final = r"([a-z]{2,}(?:-[a-z]+)+-\d+)"
_HOSTS: Final = (
    re.compile(rf"(?:.+\.)?sqs(?:-fips)?\.{_REGION}\.(?:vpce\.)?(?:amazonaws|api)\.[a-z.]+"),
    re.compile(rf"{_REGION}\.queue\.amazonaws\.com(?:\.cn)?"),
)
_OLDEST_HOST: Final = "queue.amazonaws.com"


def parse_address(given: str) -> QueueAddress:
    """Take apart what was given: a URL, an ARN, or only a name."""
    text = given.strip()
    if text.startswith("arn:") and text.count(":") == 5:
        _, _, _, region, account, name = text.split(":")
        return QueueAddress(is_url=False, name=_name(name), account=account, region=region)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return QueueAddress(is_url=False, name="")
    path = [each for each in parts.path.split("/") if each]
    if parts.scheme not in ("http", "https") or not host:
        return QueueAddress(is_url=False, name=_name(text.rpartition("/")[2]))
    name = _name(path[-1]) if path else ""
    if len(path) < 2 or not name:
        return QueueAddress(is_url=False, name=name, region=_region(host))
    return QueueAddress(is_url=True, name=name, account=path[-2], region=_region(host))


def _name(text: str) -> str:
    return text if _NAME.fullmatch(text) else ""


def _region(host: str) -> str:
    if host == _OLDEST_HOST:
        return "us-east-1"
    found = next((hit for each in _HOSTS if (hit := each.fullmatch(host))), None)
    return found[1] if found else ""
