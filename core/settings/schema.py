"""Pure: which settings there are, and what a value must look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from core.model.errors import SettingsError

TRUE, FALSE = "true", "false"
QUIET_DAYS: Final = 7
_MOST_DAYS: Final = 366
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_SCHEMES: Final = ("sqlite", "postgresql", "postgres")
_MAILBOXES: Final = ("mail.from", "mail.reply_to")
_HIDDEN: Final = "***"
_LONGEST_PATTERN: Final = 1_000
_LONGEST_URL: Final = 5_000
"""The longest path that Linux takes has 4,095 bytes."""
_LAST_PORT: Final = 65_535
_MOST_SERVERS: Final = 5
"""One is asked after the other, and each may take some seconds not to answer."""
_LONGEST_LABEL: Final = 63
"""Of a host's name between two dots (RFC 1035, 2.3.4)."""
#: A password in a URL as SQLAlchemy finds it (it may hold ``?`` and ``/``), and one in its query.
_PASSWORD: Final = re.compile(r"(?P<before>\A[^:]+://[^:/@]*:)(?P<secret>.*)(?=@)", re.DOTALL)
#: User and password as SQLAlchemy finds them; a password may hold ``?`` and ``/``.
USER: Final = re.compile(r"\A[^:/@]*(?::[^@]*)?@")
_IN_QUERY: Final = re.compile(r"(?P<before>[?&][a-z]*pass(?:word|wd)?=)(?P<secret>[^&]*)", re.I)


class SettingKind(StrEnum):
    TEXT = "text"
    SWITCH = "switch"
    """True or false: in TOML without quotes."""
    NUMBER = "number"
    """In TOML without quotes, or with them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set."""

    key: str
    """As in the file, with dots: ``mail.from``."""
    variable: str
    """The environment variable, which wins."""
    help: str
    example: str = ""
    """Of switches and numbers: what is in force without it."""
    kind: SettingKind = SettingKind.TEXT
    at_once: bool = False
    """Whether a running program can follow a change."""

    @property
    def field(self) -> str:
        """Its name in ``Settings``."""
        name = self.variable.removeprefix("OUTTRAY_").lower()
        return "sender" if name == "from" else name  # a word of Python's own

    def typed(self, text: str) -> str | bool | int:
        """Return what ``text`` stands for; empty: the default."""
        if self.kind is SettingKind.SWITCH:
            return (text or self.example).lower() == TRUE
        return int(text or self.example) if self.kind is SettingKind.NUMBER else text


_switch: Final = partial(Setting, kind=SettingKind.SWITCH)
SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("operator", "OUTTRAY_OPERATOR", "Who you are: “sent by” in every history.", "anna"),
    Setting(
        "database.url",
        "OUTTRAY_DATABASE_URL",
        "Where everything is kept: a SQLite file, or a PostgreSQL server.",
        "sqlite:////home/anna/out.db",
    ),
    Setting(
        "mail.from",
        "OUTTRAY_FROM",
        "The From address; SES must have verified it or its domain.",
        "Acme, Inc. <billing@acme.com>",
    ),
    Setting(
        "mail.reply_to",
        "OUTTRAY_REPLY_TO",
        "Where answers go, if not to the From address.",
        "Billing <billing@acme.com>",
    ),
    Setting(
        "mail.configuration_set",
        "OUTTRAY_CONFIGURATION_SET",
        "SES's configuration set; it publishes what becomes of emails.",
        "outtray",
    ),
    _switch(
        "mail.check_mx",
        "OUTTRAY_CHECK_MX",
        "Whether the DNS is asked for the mail servers of a recipient's domain.",
        TRUE,
    ),
    Setting(
        "mail.language", "OUTTRAY_LANGUAGE", "The language of the texts one begins with.", "de-AT"
    ),
    Setting(
        "mail.templates",
        "OUTTRAY_TEMPLATES",
        "The folder of the office's own texts; it need not exist.",
        "/srv/templates",
    ),
    Setting(
        "mail.number_pattern",
        "OUTTRAY_NUMBER_PATTERN",
        "A regular expression for document numbers in other programs' subjects.",
        "INV-\\d+",
    ),
    Setting(
        "calls.quiet_days",
        "OUTTRAY_CALL_QUIET_DAYS",
        "For so many days after a call nobody needs to call about that document.",
        str(QUIET_DAYS),
        SettingKind.NUMBER,
    ),
    Setting(
        "feed.queue_url",
        "OUTTRAY_QUEUE_URL",
        "The SQS queue that SES's reports arrive in.",
        "https://sqs.eu-central-1.amazonaws.com/123456789012/outtray-events",
    ),
    Setting(
        "documents.url",
        "OUTTRAY_DOCUMENT_URL",
        "A document's page in the accounting system.",
        "https://books.example/{kind}/{number}",
    ),
    Setting("ui.theme", "OUTTRAY_THEME", "The colours.", "outtray-dark", at_once=True),
    _switch(
        "ui.motion",
        "OUTTRAY_MOTION",
        "Whether anything on the screen moves by itself: sliding, a blinking cursor.",
        TRUE,
        at_once=True,
    ),
    _switch(
        "ui.mouse", "OUTTRAY_MOUSE", "Whether the terminal is asked to report the mouse.", TRUE
    ),
    _switch(
        "ui.bell", "OUTTRAY_BELL", "Whether the terminal rings when an email has failed.", FALSE
    ),
    Setting(
        "ui.editor",
        "OUTTRAY_EDITOR",
        "The command for long texts; without it $VISUAL, else $EDITOR.",
        "nano",
    ),
)
BY_KEY: Final[Mapping[str, Setting]] = {setting.key: setting for setting in SETTINGS}


def check(key: str, value: str, place: str) -> None:
    """Raise ``SettingsError``, which begins with ``place``, where a program cannot start with it.

    A From address or a URL that looks wrong is no reason not to start: ``check_entered``.
    """
    setting = BY_KEY[key]
    shown = value[:40]
    if setting.kind is SettingKind.SWITCH and value.lower() not in (TRUE, FALSE):
        raise SettingsError(f"{place} is {shown!r}.", "Expected true or false.")
    if setting.kind is SettingKind.NUMBER and not _is_days(value):
        raise SettingsError(f"{place} is {shown!r}.", f'Expected days, from "0" to "{_MOST_DAYS}".')
    if key == "mail.language" and not _LANGUAGE.fullmatch(value):
        raise SettingsError(f"{place} is {shown!r}.", "Expected a language like en, de or de-AT.")
    if key == "mail.number_pattern":
        _check_pattern(value, place)
    if key == "database.url":
        _check_database(value, place)
    if key == "documents.url":
        _check_page(value, place)


def check_entered(key: str, value: str) -> None:
    """Raise ``SettingsError`` for what a person should not write into the file; empty is a default.

    All that ``check`` says, and what only shows itself later: addresses, URLs.
    """
    if not value:
        return
    if any(not letter.isprintable() for letter in value):
        raise SettingsError(f"{key} holds a character that cannot be seen.", "Type it again.")
    check(key, value, key)
    from urllib.parse import urlsplit  # slow to import, and the first paint needs neither

    from core.rules.delivery.addresses import is_address, parse_mailbox

    if key in _MAILBOXES:
        if not is_address(parse_mailbox(value).address):
            raise SettingsError(
                f"{value[:60]!r} is no address.",
                "Expected something like billing@acme.com, or Acme, Inc. <billing@acme.com>.",
            )
    elif key == "database.url":
        scheme, _, rest = value.partition("://")
        if scheme.startswith("sqlite") and rest in ("", "/"):
            raise _no_database(key, "it names no file")
    elif key == "feed.queue_url":
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.count("/") < 2:
            raise SettingsError(
                f"{value[:60]!r} is no URL of a queue.",
                "SQS shows it: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.",
            )


def _check_database(value: str, place: str) -> None:
    """Whether it is a database that Outtray knows, and a server can be asked for it."""
    scheme, separator, rest = value.partition("://")
    name = scheme.partition("+")[0]
    if len(value) > _LONGEST_URL:
        raise _no_database(place, f"it is longer than {_LONGEST_URL:,} characters")
    if not separator or not name.isidentifier():
        raise _no_database(place, "it does not begin with sqlite:// or postgresql://")
    if name not in _SCHEMES:
        raise _no_database(place, f"Outtray does not work with {name[:20]}")
    reason = "" if name == "sqlite" else _server_problem(rest)
    if reason:
        raise _no_database(place, reason)


def _no_database(place: str, reason: str) -> SettingsError:
    """Never repeats the value: it may hold a password."""
    return SettingsError(
        f"{place} is no URL of a database that Outtray can use: {reason}.",
        "Expected sqlite:////home/anna/out.db, or postgresql://user:password@host/name.",
    )


def _server_problem(rest: str) -> str:
    """What is wrong with the server in ``user:password@server:port/name?option=value``."""
    server = re.split("[/?]", USER.sub("", rest, count=1), maxsplit=1)[0]
    if server.startswith("["):
        host, bracket, after = server[1:].partition("]")
        if not bracket or after[:1] not in ("", ":"):
            return "its server lacks a closing bracket"
        port = after[1:]
    else:
        host, _, port = server.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
        return f"its port is no number from 1 to {_LAST_PORT}"
    hosts = host.split(",")
    if len(hosts) > _MOST_SERVERS:
        return f"it names more than {_MOST_SERVERS} servers"
    if any(len(label) > _LONGEST_LABEL for each in hosts for label in each.split(".")):
        return "its server's name is too long"
    return ""


def _check_page(template: str, place: str) -> None:
    from core.rules.export import document_url  # few name a page

    reason = document_url.problem(template)
    if reason:
        raise SettingsError(
            f"{place} is {template[:200]!r}: {reason}.",
            f"Expected something like {document_url.EXAMPLE}.",
        )


def _is_days(value: str) -> bool:
    is_figure = value.isascii() and value.isdigit() and len(value) <= len(str(_MOST_DAYS))
    return is_figure and int(value) <= _MOST_DAYS


def _check_pattern(pattern: str, place: str) -> None:
    """Whether it can take long on a subject is found out where it is used, and when it is set."""
    import warnings

    reason = ""
    if len(pattern) > _LONGEST_PATTERN:
        reason = f"it is longer than {_LONGEST_PATTERN:,} characters"
    else:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what may change in a later Python
                re.compile(pattern)
        except RecursionError:
            reason = "it is nested too deeply"
        except (re.error, OverflowError) as error:
            reason = f"{error}"
    if reason:
        raise unusable_pattern(reason, place)


def unusable_pattern(reason: str, place: str = "mail.number_pattern") -> SettingsError:
    """Return what to say of a pattern for numbers that cannot be used."""
    return SettingsError(
        f"{place} cannot be used as a regular expression: {reason}.",
        "Expected something like INV-\\d+; leave it out to find every document's number.",
    )


def slow_pattern(count: int) -> SettingsError:
    """Return what to say when it took too long on so many subjects."""
    subjects = "one subject" if count == 1 else f"{count:,} subjects"
    return SettingsError(
        f"mail.number_pattern took too long on {subjects}; no number was looked for there.",
        "Write a simpler pattern, then run: outtray events link --again",
    )


# --------------------------------------------------------------------------- passwords


def shown(key: str, value: str) -> str:
    """Return ``value`` as people may see it: a password in it is ``***``."""
    if key != "database.url":
        return value
    hidden = _PASSWORD.sub(lambda found: found["before"] + _HIDDEN, value)
    return _IN_QUERY.sub(lambda found: found["before"] + _HIDDEN, hidden)


def unshown(key: str, typed: str, before: str) -> str:
    """Return ``typed`` with the passwords of ``before`` where it still says ``***``."""
    if key != "database.url":
        return typed
    for pattern in (_PASSWORD, _IN_QUERY):
        kept, written = pattern.search(before), pattern.search(typed)
        if kept and written and written["secret"] == _HIDDEN:
            start, end = written.span("secret")
            typed = typed[:start] + kept["secret"] + typed[end:]
    return typed
