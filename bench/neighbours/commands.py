"""Every command of the command line in words that it carries out on a stocked database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bench.neighbours.kinds import KINDS, Draw, Words

_OF_KINDS: Final = {kind.name: kind.words for kind in KINDS}


def _words(*arguments: str) -> Callable[[Draw], Words]:
    return lambda _: Words(arguments)


def _queued(*arguments: str) -> Callable[[Draw], Words]:
    return lambda draw: Words((*arguments, draw.queued_one()))


def _with_a_file(*arguments: str, text: str) -> Callable[[Draw], Words]:
    def made(draw: Draw) -> Words:
        file: Path = draw.folder / f"given{next(draw.numbers)}"
        file.write_text(text, encoding="utf-8")
        return Words((*arguments, str(file)))

    return made


def _resend(draw: Draw) -> Words:
    number = draw.fresh_one()  # what was never sent becomes an original
    return Words(("resend", number, "--yes"))


_EVENT: Final = '{"eventType": "Send", "mail": {"messageId": "m-1", "destination": []}}\n'

BESIDE: Final[Mapping[str, Callable[[Draw], Words]]] = {
    "documents": _OF_KINDS["documents"],
    "import": _OF_KINDS["import"],
    "customers": _words("customers"),
    "log": _queued("log"),
    "explain": _words("explain", "550 5.1.1 user unknown"),
    "send": _OF_KINDS["send"],
    "follow-up": _OF_KINDS["follow-up"],
    "resend": _resend,
    "templates list": _words("templates", "list"),
    "templates check": _words("templates", "check"),
    "templates preview": _queued("templates", "preview"),
    "fix": _words("fix", "nobody@example.org", "somebody@example.org", "--yes"),
    "outbox list": _words("outbox", "list"),
    "outbox work": _OF_KINDS["outbox work"],
    "outbox pause": _words("outbox", "pause", "--note", "lunch"),
    "outbox resume": _words("outbox", "resume"),
    "outbox cancel": _queued("outbox", "cancel"),
    "outbox settle": lambda draw: Words(
        ("outbox", "settle", draw.queued_one(), "--sent", "--note", "seen in SES")
    ),
    "snooze": _OF_KINDS["snooze"],
    "call": _OF_KINDS["call"],
    "export evidence": _OF_KINDS["export evidence"],
    "attention": _words("attention"),
    "insights": _words("insights"),
    "events pull": _OF_KINDS["events pull"],
    "events load": _with_a_file("events", "load", text=_EVENT),
    "events parse": _with_a_file("events", "parse", text=_EVENT),
    "events quarantine": _words("events", "quarantine", "retry"),
    "events unlinked": _words("events", "unlinked"),
    "events dismiss": _words("events", "dismiss", "no-such-email"),
    "events link": _words("events", "link", "--again"),
    "suppressions list": _words("suppressions", "list"),
    "suppressions check": _words("suppressions", "check", "stop@example.org"),
    "suppressions add": _OF_KINDS["suppressions add"],
    "suppressions remove": _words("suppressions", "remove", "stop@example.org", "--reason", "back"),
    "suppressions import": _OF_KINDS["suppressions import"],
    "suppressions export": _words("suppressions", "export"),
    "trouble": _words("trouble"),
    "doctor": _words("doctor"),
    "aws setup": _words("aws", "setup"),
    "db upgrade": _words("db", "upgrade"),
    "db check": _words("db", "check"),
    "db backup": _OF_KINDS["db backup"],
    "db restore": _with_a_file("db", "restore", "--yes", text="no database"),
    "keys": _words("keys"),
}

NOT_BESIDE: Final = {
    "demo": "has a database of its own",
    "simulator": "has no database",
    "setup": "asks a person before it opens any",
    "serve": "opens none: every browser gets a UI of its own",
}
