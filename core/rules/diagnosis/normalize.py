"""A server's answer → plain words that phrases can be compared with. Pure; never raises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import Final, NamedTuple

#: Of a longer answer its beginning and its end are read; both together bound the time.
_BEGINNING: Final = 800
_END: Final = 400
_MOST_WORDS: Final = 700

_CODE: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY: Final = re.compile(r"(?:^|[\s;:'\"<\[>(])([245]\d\d)(?=[\s\-:,;]|$)")
#: SES gives up after 840 minutes and wraps the last answer: ``554 4.4.7 Message expired: …<…>``.
_EXPIRED: Final = re.compile(r"message expired[^<]*<\s*(\S.*?)>?\s*$", re.IGNORECASE | re.DOTALL)
_REPEATED_CODE: Final = re.compile(
    r"(?:<crlf>\s*+|(?<!\s)(?=[^\S\r\n]*+[\r\n])\s++)\d{3}(?:[- ](?:\d\.\d{1,3}\.\d{1,3}\s)?)?",
    re.I,
)
#: A line that another one follows; programs that report it often put both on one line.
_CONTINUED: Final = re.compile(r"\b([245]\d\d)-")

#: Servers that pass on another server's words put one of these before them.
_PASSED_ON: Final = re.compile(
    r"""\]\s?(?:\(\S*\)\s?)?said:\s | remote\ (?:mail\ )?host\ said:\s
    | server\ returned\s*:?\s*['"]
    | server\ returned\ was:\s | response\ (?:from\ the\ remote\ server\ )?was:\s
    | did\ not\ like\ our\ (?:rcpt\ to|mail\ from|final\ data|data):? | responded\ with\ failure:
    | failed\ with:\s | responded\ as\ follows:\s | [Rr]eturned\ '(?=\d{3})
    | (?P<whom>recipient\ address\ rejected:\s(?!access\ denied))
    | delivery\ temporarily\ suspended:\s
    | smtp\ error\ from\ remote\ (?:mail\ )?server\ (?:after|for)\ .{0,200}?\]:\s """,
    re.IGNORECASE | re.VERBOSE,
)
#: … and say at which step of the conversation it was.
_STEP: Final = re.compile(
    r"""in\ reply\ to\ (?:end\ of\ )?(?P<reply>rcpt|mail|data|ehlo|helo)
    | after\ (?:pipelined\ )?(?:sending\ )?
      (?P<after>rcpt|mail\ from|end\ of\ data|data|ehlo|helo|initial)
    | did\ not\ like\ our\ (?:final\ )?(?P<like>rcpt|mail|data)
    | (?P<sent>after\ i\ sent\ the\ message) | (?P<rcpt>does\ not\ like\ recipient)
    | following\ (?P<following>rcpt|mail|data)
    | >>>\ (?P<transcript>rcpt|mail|data|helo|ehlo)
    | \bbut\ (?P<qmail>greeting|my\ name|sender)\ (?:failed|was\ rejected)
    | (?P<refused>refused\ to\ talk\ to\ me) """,
    re.IGNORECASE | re.VERBOSE,
)
_STEPS: Final = {
    "rcpt": "rcpt",
    "does": "rcpt",
    "mail": "mail",
    "data": "data",
    "end ": "data",
    "afte": "data",
    "ehlo": "connect",
    "helo": "connect",
    "init": "connect",
    "gree": "connect",
    "my n": "connect",
    "refu": "connect",
    "send": "mail",
}
_IN_REPLY: Final = re.compile(r"\(in reply to .{0,40}", re.IGNORECASE)

#: A host or link with one of these in it is a public block list, which is a reason.
_BLOCK_LISTS: Final = (
    *("spamhaus", "dnsbl", ".rbl", "-rbl", "rbl.", "rbl-", "/rbl", "sorbs.", "spamcop", "surbl"),
    *("barracudacentral", "uceprotect", "abuseat", "senderbase", "psbl.", "spamrats", "mailspike"),
    *("backscatterer", "njabl", "invaluement", "blocklist.", "blacklist.", "mail-abuse.", "uribl"),
    *("manitu.net", "sender.office", "bl.spam", "ipcheck.proofpoint"),
)
_BLOCK_LIST: Final = re.compile("|".join(map(re.escape, _BLOCK_LISTS)))
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:\[\]]*@[^\s<>\"'(),;:\[\]]*")
_IP: Final = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}\b|\[ip[^\]]{0,20}\]", re.I
)
_HYPHENATED: Final = re.compile(r"(?<=[a-z])- (?=[a-z])")
_OCTETS: Final = re.compile(r"=([0-9A-F]{2})")
#: Of doubly encoded letters these lose their second half where white space is tidied up.
_LOST: Final = re.compile("([ÃÐÑÙ]) ")
_SECOND_HALVES: Final = {"Ã": "\xa0", "Ð": "\xa0", "Ñ": "\x85", "Ù": "\x85"}
_NOT_ASCII: Final = re.compile("[\x80-\xff]")
_NOT: Final = re.compile(r"(?<=[a-z])n['’´`]t\b")
_POSSESSIVE: Final = re.compile(r"(?<=\w)['’´`]s\b")
_PUNCTUATION: Final = re.compile(r"[^\w.#]|_|#(?!ip\b|list\b)|\.(?!\w)|(?<!\w)\.")
_BLANKS: Final = re.compile(r"\s+")

_SPELLINGS: Final = (
    (" e mail", " email"),
    (" mail box", " mailbox"),
    (" mailboxes", " mailbox"),
    (" user id", " userid"),
    (" cannot ", " can not "),
    (" ca not ", " can not "),
    (" wo not ", " will not "),
)


class ServerReply(NamedTuple):
    words: str
    """Lower case, no punctuation, no names; one blank before and after every word."""
    code: str
    """The innermost enhanced status code, or empty."""
    reply: str
    """The innermost three-digit reply code, or empty."""
    step: str
    """``connect mail rcpt data``, or empty where nobody says."""
    is_last_before_giving_up: bool
    """It was taken out of SES's wrapper of expired mail."""
    raw: str
    """The whole told on one line, for marks of providers."""


def read(diagnostic: str) -> ServerReply:
    """Return the innermost answer of ``diagnostic``, ready to be compared."""
    told = diagnostic
    if len(told) > _BEGINNING + _END:
        told = f"{told[:_BEGINNING]} {told[-_END:]}"
    told = _readable(told)
    expired = _EXPIRED.search(told)
    lines = expired.group(1) if expired else told
    told = _one_line(lines)
    inner = _innermost(told)
    step = _STEP.search(told)
    words = plain(inner)
    return ServerReply(
        words=words,
        code=code_in(inner) or code_in(told) or code_in(lines),
        reply=(_REPLY.findall(inner) or _REPLY.findall(told) or [""])[0],
        step=_STEPS.get(next(filter(None, step.groups()))[:4].lower(), "") if step else "",
        is_last_before_giving_up=expired is not None,
        raw=words if inner == told else plain(told),
    )


def code_in(text: str) -> str:
    """Return the first enhanced status code in ``text``, or nothing."""
    found = _CODE.search(text)
    return ".".join(found.groups()) if found else ""


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def plain(text: str) -> str:
    """Return ``text`` as words: lower case, no accents, no punctuation, names taken out."""
    words = (_without_names(word) for word in text.lower().split())
    text = unaccented(_IP.sub(" #ip ", " ".join(words)))
    text = _NOT.sub(" not", _HYPHENATED.sub("", text))
    text = _POSSESSIVE.sub("", text).replace("'", "").replace("’", " ")
    text = f" {_BLANKS.sub(' ', _PUNCTUATION.sub(' ', text)).strip()} "
    for other, spelling in _SPELLINGS:
        text = text.replace(other, spelling)
    return text[:_MOST_WORDS]


def unaccented(text: str) -> str:
    """Return ``text`` without the marks on its letters: ``boîte`` is ``boite``."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _without_names(word: str) -> str:
    """Links and addresses are names, not reasons: ``user-unknown@…`` says nothing of the cause."""
    if "." in word and _BLOCK_LIST.search(word):
        return "#list"
    if "://" in word or word.startswith("www."):
        return ""
    return _ADDRESS.sub(" ", word) if "@" in word else word


def _one_line(text: str) -> str:
    """Return an answer of several lines as one, without the codes that begin each of them."""
    line = _BLANKS.sub(" ", _REPEATED_CODE.sub(" ", text)).strip()
    continued = _CONTINUED.search(line)
    if not continued:
        return line
    start = continued.end()
    again = rf" {continued.group(1)}(?:-| |$)(?:\d\.\d{{1,3}}\.\d{{1,3}}(?= |$))?"
    return line[:start] + re.sub(again, " ", line[start:])


def _innermost(told: str) -> str:
    """Return what the last server in the chain said; all of it where nobody passes it on."""
    text = _IN_REPLY.sub(" ", told)
    for found in reversed(list(_PASSED_ON.finditer(text))):
        if len(text) - found.end() > len("550 no"):
            whom = "recipient " if found["whom"] else ""
            return whom + text[found.end() :]
    return text


def _give_back(letter: re.Match[str]) -> str:
    return letter.group(1) + _SECOND_HALVES[letter.group(1)]


def _readable(text: str) -> str:
    """Return ``text`` with quoted-printable octets and doubly encoded letters put right."""
    if "=" in text and len(_OCTETS.findall(text)) > 1:
        text = _OCTETS.sub(lambda octet: chr(int(octet.group(1), 16)), text)
    if _NOT_ASCII.search(text):
        octets = _LOST.sub(_give_back, text).encode("latin-1", "ignore")
        repaired = octets.decode("utf-8", "ignore")
        if any(letter > "\x7f" for letter in repaired):
            return repaired
    return text


#: How many letters ``*`` may stand for.
_GAP: Final = 45
#: So many letters of a phrase, or all of a shorter one, choose the drawer it is kept in.
_KEY: Final = 6
_ANYWHERE: Final = ""
#: From so many places of its first part on the rest of a phrase is looked for.
_TRIES: Final = 5
Alternatives = tuple[str, ...]


class Phrase(NamedTuple):
    rank: int
    """Its rule's place: the lowest one that matches wins."""
    first: str
    rest: tuple[Alternatives, ...]


class PhraseBook:
    """Phrases in drawers by their first letters, so that most are never looked at."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self._drawers: dict[str, list[Phrase]] = {}
        self._causes: list[str] = []
        for rank, (cause, lines) in enumerate(rules):
            self._causes.append(cause)
            for line in lines.splitlines():
                for text in line.split("|"):
                    if text.strip():
                        self._keep(rank, unaccented(text))
        self._short = [key for key in self._drawers if 0 < len(key) < _KEY]

    def _keep(self, rank: int, text: str) -> None:
        first, *rest = (alternatives(part) for part in text.split("*"))
        for start in first:
            key = start[1 : 1 + _KEY] if start.startswith(" ") else _ANYWHERE
            self._drawers.setdefault(key, []).append(Phrase(rank, start, tuple(rest)))

    def cause(self, words: str) -> str:
        """Return the cause of the first rule with a phrase in ``words``, or nothing."""
        best = len(self._causes)
        keys = self._drawers.keys() & _starts(words)
        keys |= {key for key in self._short if f" {key}" in words}
        for key in (_ANYWHERE, *keys):
            for phrase in self._drawers.get(key, ()):
                if phrase.rank >= best:
                    break  # a drawer is in the order of the rules
                if phrase.first in words and _stands_in(words, phrase):
                    best = phrase.rank
        return self._causes[best] if best < len(self._causes) else ""


def alternatives(part: str) -> Alternatives:
    """Return all that one part of a phrase may look like: ``a/b c`` is ``a c`` and ``b c``."""
    choices = [
        [word.replace("_", " ") for word in choice.split("/")] for choice in part.strip().split()
    ]
    made = (" ".join(word for word in words if word) for words in product(*choices))
    return tuple(dict.fromkeys(_anchored(text) for text in made if text))


def _anchored(text: str) -> str:
    """Put a blank in front, and read a full stop as one.

    Scripts without blanks and the ends of host names stand anywhere.
    """
    closed = text[:-1] + " " if text.endswith(".") else text
    return closed if closed[0] == "." or closed[0] >= "\u2e80" else f" {closed}"


def _starts(words: str) -> set[str]:
    """Return the first letters from every start of a word on."""
    found: set[str] = set()
    position = words.find(" ")
    while position >= 0:
        found.add(words[position + 1 : position + 1 + _KEY])
        position = words.find(" ", position + 1)
    return found


def _stands_in(words: str, phrase: Phrase) -> bool:
    if not phrase.rest:
        return phrase.first in words
    position = words.find(phrase.first)
    for _ in range(_TRIES):
        if position < 0:
            return False
        if _follows(words, position + len(phrase.first), phrase.rest):
            return True
        position = words.find(phrase.first, position + 1)
    return False


def _follows(words: str, start: int, rest: tuple[Alternatives, ...]) -> bool:
    """Say whether every part of ``rest`` follows, each close behind the one before."""
    for options in rest:
        start = max(0, start - 1)  # the blank before a word may be the one that closed another
        window = words[start : start + _GAP]
        ends = [at + len(option) for option in options if (at := window.find(option)) >= 0]
        if not ends:
            return False
        start += min(ends)
    return True
