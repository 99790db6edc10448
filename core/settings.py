"""Settings from TOML and the environment; a mistake names file, key and line."""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from core.errors import SettingsError

#: TOML key (dotted) → environment variable. The environment wins.
_VARIABLES: Final = {
    "database.url": "OUTTRAY_DATABASE_URL",
    "operator": "OUTTRAY_OPERATOR",
    "mail.from": "OUTTRAY_FROM",
    "mail.configuration_set": "OUTTRAY_CONFIGURATION_SET",
    "mail.number_pattern": "OUTTRAY_NUMBER_PATTERN",
    "mail.check_mx": "OUTTRAY_CHECK_MX",
    "calls.quiet_days": "OUTTRAY_CALL_QUIET_DAYS",
    "mail.language": "OUTTRAY_LANGUAGE",
    "mail.templates": "OUTTRAY_TEMPLATES",
    "feed.queue_url": "OUTTRAY_QUEUE_URL",
    "ui.theme": "OUTTRAY_THEME",
    "ui.mouse": "OUTTRAY_MOUSE",
    "ui.bell": "OUTTRAY_BELL",
    "ui.editor": "OUTTRAY_EDITOR",
    "documents.url": "OUTTRAY_DOCUMENT_URL",
}

#: Keys that are true or false: in TOML without quotes.
_SWITCHES: Final = ("mail.check_mx", "ui.mouse", "ui.bell")
#: Keys that are a number: in TOML without quotes, or with them.
_NUMBERS: Final = ("calls.quiet_days",)
_TRUE, _FALSE = "true", "false"
_QUIET_DAYS: Final = 7
_MOST_DAYS: Final = 366

#: User and password as SQLAlchemy finds them; a password may hold ``?`` and ``/``.
_USER: Final = re.compile(r"\A[^:/@]*(?::[^@]*)?@")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_SECTION: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_ASSIGNMENT: Final = re.compile(r"\s*([\w\"'.\s-]+?)\s*=")


@dataclass(frozen=True, slots=True)
class Settings:
    """What Outtray was told; AWS credentials and endpoints are boto3's own business."""

    database_url: str
    """Any SQLAlchemy URL."""
    operator: str = "unknown"
    """Who presses the keys: *sent by*."""
    sender: str = ""
    """The From address, with or without a display name."""
    configuration_set: str = ""
    number_pattern: str = ""
    """A regular expression for document numbers in other programs' subjects; its first group is the
    number. Empty: whatever number a document has."""
    check_mx: bool = False
    """Whether the DNS is asked for the mail servers of a recipient's domain; ``load`` says yes."""
    queue_url: str = ""
    """Empty: there is no feed, and the UI says so."""
    call_quiet_days: int = _QUIET_DAYS
    """After a call nobody needs to call about that document again for so many days."""
    theme: str = ""
    mouse: bool = True
    """Whether the terminal is asked to report the mouse."""
    bell: bool = False
    """Whether the terminal rings when an email has failed."""
    editor: str = ""
    """The command for long texts; empty: ``$VISUAL``, else ``$EDITOR``."""
    document_url: str = ""
    """A document's page in the accounting system; see ``core.document_links``."""
    lease: timedelta = timedelta(seconds=60)
    """How long an email stays with a program that says nothing more; not for settings files."""
    language: str = "en"
    """Of the emails: ``de``, ``de-AT``."""
    templates: Path | None = None
    """The folder of the office's own texts; it need not exist."""
    source: Path | None = field(default=None, compare=False)
    """The TOML file that was read, if there is one."""

    @property
    def database_label(self) -> str:
        """A short name of the database for the status bar; never holds a password."""
        scheme, _, rest = self.database_url.partition("://")
        if scheme.startswith("sqlite"):
            return Path(rest).name or "in memory"
        place = _USER.sub("", rest, count=1).partition("?")[0]
        return place.rpartition("@")[2] or scheme


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force.

    Raises:
        SettingsError: a file that cannot be read, an unknown key or a value of the wrong type.
    """
    env = os.environ if environment is None else environment
    path = _config_path(env)
    values = _from_file(path) if path is not None else {}
    if "mail.number_pattern" in values and path is not None:
        _check_pattern(values["mail.number_pattern"], _place(path, "mail.number_pattern"))
    for key, variable in _VARIABLES.items():
        if env.get(variable):
            values[key] = env[variable]
    if env.get("OUTTRAY_NUMBER_PATTERN"):
        _check_pattern(values["mail.number_pattern"], "OUTTRAY_NUMBER_PATTERN")
    check_mx = _switch(values, "mail.check_mx", _TRUE)
    _check_url(values, env, path)
    language = values.get("mail.language", "en")
    if not _LANGUAGE.fullmatch(language):
        place = "OUTTRAY_LANGUAGE" if env.get("OUTTRAY_LANGUAGE") or path is None else ""
        raise SettingsError(
            f"{place or _place(path or Path(), 'mail.language')} is {language!r}.",
            "Expected a language like en, de or de-AT.",
        )
    return Settings(
        database_url=values.get("database.url") or _default_database_url(),
        operator=values.get("operator") or _login_name(),
        sender=values.get("mail.from", ""),
        configuration_set=values.get("mail.configuration_set", ""),
        number_pattern=values.get("mail.number_pattern", ""),
        check_mx=check_mx,
        queue_url=values.get("feed.queue_url", ""),
        call_quiet_days=_quiet_days(values, env, path),
        theme=values.get("ui.theme", ""),
        mouse=_switch(values, "ui.mouse", _TRUE),
        bell=_switch(values, "ui.bell", _FALSE),
        editor=values.get("ui.editor", "").strip(),
        document_url=values.get("documents.url", ""),
        language=language,
        templates=_templates(values.get("mail.templates", ""), path),
        source=path,
    )


def _switch(values: Mapping[str, str], key: str, default: str) -> bool:
    value = values.get(key, default).lower()
    if value not in (_TRUE, _FALSE):  # those of a file are true or false by their type
        raise SettingsError(f"{_VARIABLES[key]} is {value!r}.", "Expected true or false.")
    return value == _TRUE


def _check_url(values: Mapping[str, str], env: Mapping[str, str], path: Path | None) -> None:
    template = values.get("documents.url", "")
    if not template:
        return
    from core import document_links  # few name a page

    reason = document_links.problem(template)
    if reason:
        variable = _VARIABLES["documents.url"]
        from_file = path is not None and not env.get(variable)
        place = _place(path, "documents.url") if path and from_file else variable
        raise SettingsError(
            f"{place} is {template[:200]!r}: {reason}.",
            f"Expected something like {document_links.EXAMPLE}.",
        )


def _quiet_days(values: Mapping[str, str], env: Mapping[str, str], path: Path | None) -> int:
    value = values.get("calls.quiet_days")
    if value is None:
        return _QUIET_DAYS
    from_file = path is not None and not env.get("OUTTRAY_CALL_QUIET_DAYS")
    place = _place(path, "calls.quiet_days") if path and from_file else "OUTTRAY_CALL_QUIET_DAYS"
    return _days(value, place)


def _templates(named: str, path: Path | None) -> Path:
    """The folder that is named, else ``templates`` beside the settings file."""
    if named:
        return Path(named).expanduser()
    if path is not None:
        return path.parent / "templates"
    from platformdirs import user_config_path

    return user_config_path("outtray", appauthor=False) / "templates"


def _config_path(env: Mapping[str, str]) -> Path | None:
    named = env.get("OUTTRAY_CONFIG")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingsError(
                f"The settings file {path} does not exist.",
                "Correct OUTTRAY_CONFIG, or unset it.",
            )
        return path
    from platformdirs import user_config_path  # not needed where OUTTRAY_CONFIG is set

    path = user_config_path("outtray", appauthor=False) / "config.toml"
    return path if path.is_file() else None


def _from_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}.", "Correct the line and start again.") from error
    values: dict[str, str] = {}
    for key, value in _flatten(data):
        if key not in _VARIABLES:
            raise SettingsError(
                f"{path}, line {_line_of(text, key)}: unknown key {key!r}.",
                f"Known keys: {', '.join(_VARIABLES)}.",
            )
        is_switch = key in _SWITCHES
        if key in _NUMBERS and type(value) is int:
            value = str(value)
        if not isinstance(value, bool if is_switch else str):
            raise SettingsError(
                f"{path}, line {_line_of(text, key)}: {key} is {value!r}.",
                "Expected true or false." if is_switch else "Expected a text in quotes.",
            )
        values[key] = str(value).lower() if is_switch else str(value)
    return values


def _check_pattern(pattern: str, place: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise SettingsError(
            f"{place} is no regular expression: {error}.",
            "Expected something like INV-\\d+; leave it out to find every document's number.",
        ) from error


def _days(value: str, place: str) -> int:
    if value.isascii() and value.isdigit() and int(value) <= _MOST_DAYS:
        return int(value)
    raise SettingsError(
        f"{place} is {value[:40]!r}.", f'Expected days, from "0" to "{_MOST_DAYS}".'
    )


def _place(path: Path, key: str) -> str:
    return f"{path}, line {_line_of(path.read_text('utf-8'), key)}: {key}"


def _flatten(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat.extend(_flatten(value, f"{prefix}{key}."))
        else:
            flat.append((prefix + key, value))
    return flat


def _line_of(text: str, key: str) -> int:
    """The line that assigns ``key``, or the inline table it stands in; 1 if neither is found."""
    section, around = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if found := _SECTION.match(line):
            section = _dotted(found[1]) + "."
        elif found := _ASSIGNMENT.match(line):
            assigned = section + _dotted(found[1])
            if assigned == key:
                return number
            if key.startswith(assigned + "."):
                around = number
    return around


def _dotted(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _default_database_url() -> str:
    from platformdirs import user_data_path  # only asked for where no database is named

    return f"sqlite:///{user_data_path('outtray', appauthor=False) / 'outtray.db'}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
