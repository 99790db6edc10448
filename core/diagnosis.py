"""A server's words → the cause, whose fault it is, and what to do. Pure; the rules are data.

What SES itself says (a suppression list) is believed first, then the words, then the enhanced
status code, then SES's subtype: codes such as 5.7.1 hide a dozen causes, words seldom do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.diagnosis_codes import CODES, SUBJECTS, SUBTYPES
from core.diagnosis_meanings import DEAD, MEANINGS
from core.diagnosis_rules import PHRASES
from core.status import SUPPRESSED_SUBTYPES

#: More than any answer worth reading; bounds the time.
_MOST: Final = 4_000

_CODE: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
#: SES gives up after 840 minutes and wraps the last answer: ``554 4.4.7 Message expired: …<…>``.
_EXPIRED: Final = re.compile(r"message expired[^<]*<\s*(\S.*?)>?\s*$", re.IGNORECASE | re.DOTALL)
_REPEATED_CODE: Final = re.compile(
    r"(?:<crlf>|[\r\n]+)\s*\d{3}(?:[- ](?:\d\.\d{1,3}\.\d{1,3}\s)?)?", re.I
)
#: Links and addresses are names, not reasons: ``user-unknown@…`` says nothing about the cause.
_NAMES: Final = re.compile(r"https?://\S+|\S+@\S+")
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    cause: str
    """One of Sisimai's reason words; ``undefined`` where nobody can say."""
    class_: str
    """``address mailbox_full too_big blocked temporary unknown``."""
    fault: str
    """``recipient their_server our_reputation our_configuration passing``."""
    hard: bool
    """The address is dead; trying again cannot help."""
    enhanced_status: str
    """The code that explains it: the innermost one of a wrapped answer."""
    advice: str
    next: str


def explain(diagnostic: str, enhanced_status: str = "", subtype: str = "") -> Diagnosis:
    """Return what ``diagnostic`` means; ``subtype`` is SES's, e.g. ``Transient/MailboxFull``."""
    words, wrapped = _unwrap(diagnostic[:_MOST])
    code = _code(words, enhanced_status.strip(), wrapped=wrapped)
    cause = _cause(words, code, subtype.rpartition("/")[2], wrapped=wrapped)
    if cause == "undefined" and not words and subtype == "Transient/General":
        cause = "vacation"  # a report without code and words is somebody's automatic reply
    meaning = MEANINGS[cause]
    return Diagnosis(
        cause=cause,
        class_=meaning.class_,
        fault=meaning.fault,
        hard=cause in DEAD,
        enhanced_status=code,
        advice=meaning.advice,
        next=meaning.next,
    )


def _unwrap(diagnostic: str) -> tuple[str, bool]:
    """Return the answer on one line, and whether it was the last one before SES gave up."""
    inner = _EXPIRED.search(diagnostic)
    told = inner.group(1) if inner else diagnostic
    return _BLANKS.sub(" ", _REPEATED_CODE.sub(" ", told)).strip(), inner is not None


def _code(words: str, given: str, *, wrapped: bool) -> str:
    """Return the code that says most: in a wrapper the inner one, elsewhere the given one."""
    found = _CODE.search(words)
    told = ".".join(found.groups()) if found else ""
    known = given if _CODE.fullmatch(given) else ""
    if told and (wrapped or known.endswith(".0.0")):
        return told
    return known or told


def _cause(words: str, code: str, subtype: str, *, wrapped: bool) -> str:
    if subtype in SUPPRESSED_SUBTYPES:
        return "suppressed"
    said = _said(words)
    if said:
        return said
    _, _, detail = code.partition(".")
    by_code = CODES.get(detail) or ("" if detail in ("", "0.0") else SUBJECTS.get(detail[0], ""))
    by_subtype = SUBTYPES.get(subtype, "")
    return by_code or by_subtype or ("expired" if wrapped else "undefined")


def _said(words: str) -> str:
    """Return the first cause whose phrases stand in ``words``; empty if none does."""
    text = " " + _BLANKS.sub(" ", _NAMES.sub(" ", words)).lower()
    for cause, phrases in _compiled():
        if any(_stands_in(text, phrase) for phrase in phrases):
            return cause
    return ""


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Return the phrases taken apart at ``|`` and ``*``, once."""
    return tuple(
        (cause, tuple(tuple(p.split("*")) for line in lines for p in line.split("|")))
        for cause, lines in PHRASES
    )


def _stands_in(text: str, parts: tuple[str, ...]) -> bool:
    position = 0
    for part in parts:
        position = text.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True
