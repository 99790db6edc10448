"""May an AWS service use the KMS key that a topic or a queue is encrypted with?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.model.errors import OuttrayError
from core.rules.doctor.policies import Verdict, may_use_key

_USABLE_STATE: Final = "Enabled"
_AWS: Final = "AWS"


class KeyVerdict(StrEnum):
    USABLE = "usable"
    AWS_MANAGED = "aws_managed"
    """AWS's own key for the service: its policy is fixed, and lets no other service use it."""
    OFF = "off"
    """Disabled, or waiting to be deleted."""
    REFUSED = "refused"
    """Its policy does not let the service, or denies it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Key:
    """What KMS says of a key; empty where it was not said."""

    arn: str
    manager: str = ""
    state: str = ""
    policy: str | None = None
    """``None``: it could not be read."""
    problem: OuttrayError | None = None
    """What kept it from being read."""


def is_awss_own(name: str) -> bool:
    """Whether the name alone says so: ``alias/aws/sns``, also at the end of an ARN."""
    return "alias/aws/" in name


def is_alias(name: str) -> bool:
    """Whether KMS has to say which key it is; an alias has no policy of its own."""
    return name.startswith("alias/") or ":alias/" in name


def judge_key(key: Key, service: str, source_arn: str) -> KeyVerdict:
    """Judge for one service, which acts for ``source_arn``."""
    if key.manager == _AWS or is_awss_own(key.arn):
        return KeyVerdict.AWS_MANAGED
    if key.state and key.state != _USABLE_STATE:
        return KeyVerdict.OFF
    if key.policy is None:
        return KeyVerdict.UNKNOWN
    verdict = may_use_key(key.policy, service, key.arn, source_arn).verdict
    if verdict.lets_in:
        return KeyVerdict.USABLE
    return KeyVerdict.UNKNOWN if verdict is Verdict.UNKNOWN else KeyVerdict.REFUSED
