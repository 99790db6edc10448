"""Keys of KMS in the way of reports: whether a service may use them, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.model.errors import BetweenError, FalseAnswerError, NotPermittedError, OuttrayError
from core.rules.doctor.checks import Check, Result, is_missing, unknown
from core.rules.doctor.policies import KEY_ACTIONS, Verdict, may_use_key

_ACTIONS: Final = " and ".join(KEY_ACTIONS)


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What is encrypted, and who has to write into it."""

    leg: str
    what: str
    """``topic`` or ``queue``."""
    service: str
    """``ses.amazonaws.com``, who writes."""
    who: str
    """The same in words: ``SES``."""
    source: str
    """The ARN that the service acts for."""
    owner: str
    """Whose own key AWS would take: ``SNS`` for a topic."""
    otherwise: str
    """How to do without a key."""


def judge_encryption(place: Encrypted, key: str, facts: Key | OuttrayError | None) -> Check:
    """``key`` is as topic or queue name it; ``facts`` what KMS says of it."""
    details = {"kms_key": key or None}
    if not key:
        return Check(place.leg, Result.OK, "No key of KMS is in the way.", details=details)
    yours = f"use a key of yours whose policy allows {_ACTIONS} to {place.service}."
    verdict = _verdict(place, key, facts)
    match verdict:
        case KeyVerdict.AWS_MANAGED:
            title = (
                f"The {place.what} is encrypted with AWS's own key for {place.owner}, which"
                f" {place.who} may not use: no report arrives."
            )
            todo = f"{place.otherwise}, or {yours}"
            return Check(place.leg, Result.FAIL, title, todo, details)
        case KeyVerdict.OFF:
            state = facts.state if isinstance(facts, Key) else ""
            title = f"The key of the {place.what}, {key}, is {state}: no report arrives."
            todo = f"Enable it in KMS, or {yours}"
            return Check(place.leg, Result.FAIL, title, todo, details)
        case KeyVerdict.REFUSED:
            title = (
                f"The policy of the {place.what}'s key {key} does not let {place.who} use it:"
                " no report arrives."
            )
            todo = f"Add a statement to the key's policy: Allow {_ACTIONS} to {place.service}."
            return Check(place.leg, Result.FAIL, title, todo, details)
        case KeyVerdict.USABLE:
            title = f"{place.who} may use the key of the {place.what}, {key}."
            return Check(place.leg, Result.OK, title, details=details)
    if isinstance(facts, OuttrayError) and is_missing(facts):
        title = f"The key of the {place.what}, {key}, is not there: no report arrives."
        return Check(place.leg, Result.FAIL, title, f"{place.otherwise}, or {yours}", details)
    return _not_checked(place, key, facts, details)


def _verdict(place: Encrypted, key: str, facts: Key | OuttrayError | None) -> KeyVerdict:
    if is_awss_own(key):
        return KeyVerdict.AWS_MANAGED
    if not isinstance(facts, Key):
        return KeyVerdict.UNKNOWN
    return judge_key(facts, place.service, place.source)


def _not_checked(
    place: Encrypted, key: str, facts: Key | OuttrayError | None, details: dict[str, str | None]
) -> Check:
    why = f"Whether {place.who} may use the {place.what}'s key {key} is not known"
    look = f"Look whether the key's policy allows {_ACTIONS} to {place.service}."
    error = facts.problem if isinstance(facts, Key) else facts
    if isinstance(error, NotPermittedError):
        look += " To have it checked allow kms:DescribeKey and kms:GetKeyPolicy."
    elif isinstance(error, BetweenError | FalseAnswerError):
        look = error.hint
    said = f": {error.title}" if error is not None else ": its policy has conditions that are"
    said += "" if error is not None else " not understood here."
    return unknown(place.leg, f"{why}{said}", look, details)


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
