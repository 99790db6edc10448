"""A server's words → the cause, whose fault it is, and what to do. Pure; the rules are data.

The order of evidence: what SES itself says (a suppression list), the telling words of the
innermost answer, the enhanced status code, vague words, SES's subtype, the reply code. Codes such
as 5.7.1 hide a dozen causes and are asked last; words seldom do. Where the words suit many causes
(*rejected*, *no such user*) and the code only one (5.2.2, 5.7.26), the code is believed.

There is no last stage of learnt weights: neither naive Bayes nor the nearest known texts named
more than six causes in ten on families of texts left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.rules.delivery.events import is_list
from core.rules.diagnosis.codes import CODES, EXACT, GENERAL, HIDING, REPLIES, SUBJECTS, SUBTYPES
from core.rules.diagnosis.meanings import DEAD, MEANINGS
from core.rules.diagnosis.normalize import PhraseBook, ServerReply, is_code, read
from core.rules.diagnosis.rules import PROVIDERS, STRONG, VAGUE

#: What the step of the conversation makes of a cause.
_AT_STEP: Final = {
    ("userunknown", "data"): "filtered",  # it let the address pass and refused the message
    ("rejected", "connect"): "blocked",
    ("undefined", "connect"): "blocked",
    ("undefined", "mail"): "rejected",
    ("userunknown", "mail"): "rejected",
}
#: With this word a server that asks to come back does not say that the mailbox is not there.
_UNAVAILABLE: Final = " unavailable "


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
    """What may help, in a few words; empty where nothing can be sent."""


def explain(diagnostic: str, enhanced_status: str = "", subtype: str = "") -> Diagnosis:
    """Return what ``diagnostic`` means; ``subtype`` is SES's, e.g. ``Transient/MailboxFull``."""
    answer = read(diagnostic)
    code = _code(answer, enhanced_status.strip())
    shade = _shade(answer, code, subtype)
    if shade == "undefined" and not answer.raw.strip() and subtype == "Transient/General":
        shade = "vacation"  # a report without code and words is somebody's automatic reply
    cause = shade.partition(":")[0]
    meaning = MEANINGS[shade]
    return Diagnosis(
        cause=cause,
        class_=meaning.class_,
        fault=meaning.fault,
        hard=shade in DEAD and not (cause == "notaccept" and code.startswith("4")),
        enhanced_status=code,
        advice=meaning.advice,
        next=meaning.next,
    )


def _code(answer: ServerReply, given: str) -> str:
    """Return the code that says most: in a wrapper the inner one, elsewhere the given one."""
    known = given if is_code(given) else ""
    if answer.code and (answer.is_last_before_giving_up or known.endswith(".0.0")):
        return answer.code
    return known or answer.code


def _shade(answer: ServerReply, code: str, subtype: str) -> str:
    """Return the cause, with the shade of it where one is known: ``blocked:greylisted``."""
    sub = subtype.rpartition("/")[2]
    if is_list(subtype):
        return "suppressed"
    shade = (
        _said(answer, code)
        or _by_code(code, trusted=True)
        or _books()[2].cause(answer.words)
        or _by_code(code, trusted=False)
        or SUBTYPES.get(sub, "")
        or REPLIES.get(answer.reply, "")
        or ("expired" if answer.is_last_before_giving_up else "")
        or ("systemerror" if _is_passing(answer, code) else "undefined")
    )
    return _corrected(shade, answer, code)


def _said(answer: ServerReply, code: str) -> str:
    """Return the cause that telling words name, or an exact code where the words suit much."""
    providers, strong, _ = _books()
    said = providers.cause(answer.raw) or strong.cause(answer.words)
    if said in GENERAL:
        return EXACT.get(code.partition(".")[2], said)
    return said


def _corrected(shade: str, answer: ServerReply, code: str) -> str:
    """Return ``shade`` in the light of the code and of the step of the conversation."""
    if shade == "mailboxfull" and code.endswith(".3.1"):
        return "systemfull"
    if MEANINGS[shade].class_ == "too_big" and code.endswith(".2.3"):
        return "exceedlimit"
    if shade == "userunknown" and code.endswith((".1.7", ".1.8")):
        return "rejected"  # these two codes are about the sender's address
    if shade == "userunknown" and _is_passing(answer, code) and _UNAVAILABLE in answer.words:
        return "userunknown:unavailable"
    return _AT_STEP.get((shade, answer.step), shade)


def _is_passing(answer: ServerReply, code: str) -> bool:
    """Say whether the server asks to come back: its codes begin with a 4."""
    return "4" in (code[:1], answer.reply[:1])


def _by_code(code: str, *, trusted: bool) -> str:
    _, _, detail = code.partition(".")
    if not detail or (trusted and detail in HIDING):
        return ""
    listed = CODES.get(code) or CODES.get(detail, "")
    return listed or ("" if trusted or detail == "0.0" else SUBJECTS.get(detail[0], ""))


@lru_cache(maxsize=1)
def _books() -> tuple[PhraseBook, PhraseBook, PhraseBook]:
    """Return the phrases of providers, telling and vague ones, taken apart at first use."""
    return PhraseBook(PROVIDERS), PhraseBook(STRONG), PhraseBook(VAGUE)
