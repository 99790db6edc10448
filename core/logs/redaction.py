"""Text without addresses, secrets and values: for a log that one may hand to a stranger.

It hides rather too much than too little: what only looks like an address is hidden as well. What
was hidden once is not looked at again, so that nothing is put together from two halves.
"""

from __future__ import annotations

import re
from typing import Final

ADDRESS: Final = "‹address›"
SECRET: Final = "‹secret›"  # noqa: S105 - what stands in its place
VALUES: Final = "‹values›"

LONGEST: Final = 30_000
"""Characters that are looked at; the middle of a longer text is left out."""

_VALUES: Final = re.compile(
    r"""
    (?P<before> \[parameters:\  )                   [^\n]*             # SQLAlchemy
    | (?P<detail> \b(?:DETAIL|CONTEXT):\  )         [^\n]*             # PostgreSQL
    | (?P<input> \binvalid\ input\ [^\n:]{1,80}:\  ) [^\n]*
    | (?P<value> \bvalue:\  )                       [^\n]{0,500}?(?=,\ type:)  # botocore
    """,
    re.VERBOSE,
)

# One letter of an address or of what surrounds it in a program's text, up to a delimiter.
_LETTER: Final = r"""[^\s<>()\[\],;:"@]"""
_STARTS: Final = rf"(?<!{_LETTER})"
_AT: Final = r"(?:@|＠|﹫|&\#0{0,4}64;|&\#x0{0,4}40;|&commat;|\\x40|\\u0040)"
_HOST: Final = rf"(?:{_LETTER}+|\[[^\]\s]*\])"
_PERCENT_AT: Final = r"%(?:25){0,3}40"
_PERCENT_LETTER: Final = r"""[^\s<>()\[\],;:"@/?&=]"""
_NAME: Final = r"[\w-]{1,80}(?:\.[\w-]{1,80})*\.[A-Za-z]{2,}"
_DOTTED: Final = r"[\w-]+(?:\.[\w-]+)+"
_KEY: Final = (
    r"(?:token|passw(?:or)?d|passphrase|pwd|secret|signature|api[_-]?key|access[_-]?key"
    r"|session[_-]?id|private[_-]?key|credential)(?![\w-]{0,40}(?:Error|Exception|Warning)\b)"
    r"[\w-]{0,40}"
)
_IS: Final = r"""\\{0,4}["']?\s{0,3}(?:=>|=|:|%3D)\s{0,3}"""
_QUOTED_VALUE: Final = r"""b?\\{0,4}"[^"\n]*"|b?'[^'\n]*'"""
_BASE64: Final = "[A-Za-z0-9+/=_-]"
_MIXED: Final = rf"(?={_BASE64}*[0-9])(?={_BASE64}*[A-Z])(?={_BASE64}*[a-z])"

_HIDDEN: Final = re.compile(
    rf"""
    # Where a traceback points: a long path looks like a secret.
    (?P<place> ^\s{{0,20}}File\ "[^"\n]*",\ line\ \d+ )
    | (?P<key_block> -----BEGIN\ [A-Z ]{{0,40}}PRIVATE\ KEY-----[\s\S]*?(?:-----END[^\n]*|\Z) )
    # A login in a URL, as SQLAlchemy reads it: its password may hold what a web address may not.
    | (?P<login> (?<!https)(?<!http)(?<!wss)(?<!ws)://[^\s:/@?\#]{{0,300}}:[^\s"'<>]{{0,2000}}@ )
    | (?P<web_login> ://[^\s/?\#"'<>]{{0,2000}}@[^\s/?\#"'<>]* )
    | (?P<header> (?i:\b(?:proxy-)?authorization|\b(?:set-)?cookie){_IS} )
      (?: {_QUOTED_VALUE} | [^\n]+ )
    | (?P<key> (?i:{_KEY}){_IS} ) (?: {_QUOTED_VALUE} | [^\s"'<>]+ )
    | (?P<scheme> (?i:\b(?:bearer|basic))\s{{1,3}} ) [A-Za-z0-9+/=._~-]{{6,}}
    | (?P<address>
        \\{{0,8}}" (?: [^"\\\n] | \\. ){{1,100}}? \\{{0,8}}" (?: {_AT} {_HOST} )+
        | {_STARTS} {_LETTER}+ (?: {_AT} {_HOST} )+
        | {_STARTS} {_LETTER}{{1,320}} [ \t]{{0,2}} @ [ \t]{{0,2}} {_DOTTED}
        | (?<!{_PERCENT_LETTER}) {_PERCENT_LETTER}+ (?: {_PERCENT_AT} {_PERCENT_LETTER}+ )+
        | {_STARTS} {_LETTER}+? =40 (?= {_NAME} ) {_LETTER}+
      )
    | (?P<secret>
        (?<![A-Za-z0-9])
        (?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|APKA|AROA|ASCA) [A-Z0-9]{{12,}}
        | \beyJ[\w-]{{5,}}\.[\w-]{{5,}}(?:\.[\w-]*)?
        | (?<!{_BASE64}) {_MIXED}
          (?: [A-Za-z0-9+/]{{40,44}}={{0,2}} | {_BASE64}{{80,}} ) (?!{_BASE64})
      )
    """,
    re.VERBOSE | re.MULTILINE,
)
_NAMED: Final = re.compile(rf'"[^"\n]{{0,200}}"[ \t]{{0,3}}<{ADDRESS}>')


def redacted(text: str) -> str:
    """Return ``text`` with the addresses, secrets and values in it hidden."""
    hidden = _HIDDEN.sub(_instead, _VALUES.sub(_without_values, _middle_left_out(text)))
    return _NAMED.sub(ADDRESS, hidden)  # whose it is, is a part of how it is written in a header


def _middle_left_out(text: str) -> str:
    """Cut at blanks: half an address would not be known for one."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    head = re.sub(r"\S*\Z", "", text[:half])
    tail = re.sub(r"\A\S*", "", text[-half:])
    return f"{head}\n… {len(text) - len(head) - len(tail)} characters left out …\n{tail}"


def _without_values(found: re.Match[str]) -> str:
    return f"{found[found.lastgroup or 0]}{VALUES}"


def _instead(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "address":
        return _around(found[0])
    if kind == "place":
        return _without_login(found[0])
    if kind == "login":
        return f"://{SECRET}@"
    if kind == "web_login":
        return f"://{SECRET}"
    if kind in ("header", "key", "scheme"):
        return f"{found[kind]}{SECRET}"
    return SECRET


def _without_login(place: str) -> str:
    """The folder of a person may be called after their address."""
    if "@" not in place:
        return place
    before, _, after = place.partition('"')
    name = after.replace("\\", "/").rpartition("/")[2]
    return f'{before}"{ADDRESS}/{name}'


def _around(found: str) -> str:
    """Keep the signs around an address that a program's text put there."""
    bare = found.lstrip("'`{*")
    end = bare.rstrip(".'`}!?*")
    return found[: len(found) - len(bare)] + ADDRESS + bare[len(end) :]
