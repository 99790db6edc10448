"""The words about a key of KMS in the way: of the topic, or of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.model.errors import BetweenError, FalseAnswerError, NotPermittedError, OuttrayError
from core.rules.doctor.checks import Check, Result, is_missing, unknown
from core.rules.doctor.keys import Key, KeyVerdict, is_awss_own, judge_key
from core.rules.doctor.policies import KEY_ACTIONS

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
