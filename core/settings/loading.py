"""Settings from TOML and the environment; a mistake names file, key and line."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from core.model.errors import SettingsError
from core.settings import toml_file
from core.settings.schema import BY_KEY, FALSE, QUIET_DAYS, SETTINGS, USER, SettingKind, check
from core.settings.toml_file import FileSettings, KeyLine

_TEXTUALS: Final = "TEXTUAL_ANIMATIONS"


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """Where a value comes from: a variable wins over a line; neither: it is the default."""

    variable: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What Outtray was told; AWS credentials and endpoints are boto3's own business.

    What each means is said in ``SETTINGS``.
    """

    database_url: str
    operator: str = "unknown"
    sender: str = ""
    """The From address, with or without a display name, as in ``reply_to``."""
    reply_to: str = ""
    configuration_set: str = ""
    number_pattern: str = ""
    """Its first group is the number. Empty: whatever number a document has."""
    check_mx: bool = False
    """``load`` says yes."""
    queue_url: str = ""
    """Empty: there is no feed, and the UI says so."""
    call_quiet_days: int = QUIET_DAYS
    theme: str = ""
    motion: bool = True
    mouse: bool = True
    bell: bool = False
    editor: str = ""
    document_url: str = ""
    """See ``core.rules.export.document_url``."""
    lease: timedelta = timedelta(seconds=60)
    """How long an email stays with a program that says nothing more; not for settings files."""
    minute: timedelta = timedelta(minutes=1)
    """How long the brake waits first where SES does not answer; not for settings files."""
    language: str = "en"
    templates: Path | None = None
    keys: tuple[KeyLine, ...] = ()
    """A person's own keys, as they are written; ``tui.commands.keymap`` judges them."""
    source: Path | None = field(default=None, compare=False)
    """The TOML file that was read, if there is one."""
    target: Path | None = field(default=None, compare=False)
    """The file that a change is written into; ``None``: these are not to be changed."""
    origins: Mapping[str, SettingOrigin] = field(default_factory=dict, compare=False)
    """Key of the file → where its value is from; what is missing is a default."""

    @property
    def database_label(self) -> str:
        """A short name of the database for the status bar; never holds a password."""
        scheme, _, rest = self.database_url.partition("://")
        if scheme.startswith("sqlite"):
            return Path(rest).name or "in memory"
        place = USER.sub("", rest, count=1).partition("?")[0]
        return place.rpartition("@")[2] or scheme

    def value(self, key: str) -> str:
        """Return what is in force for a key of the file, as it would be written there."""
        setting = BY_KEY[key]
        found = getattr(self, setting.field)
        text = "" if found is None else str(found)
        return text.lower() if setting.kind is SettingKind.SWITCH else text


def load(environment: Mapping[str, str] | None = None, *, may_be_new: bool = False) -> Settings:
    """Return the settings in force; with ``may_be_new`` the file that is named need not exist.

    Raises:
        SettingsError: a file that cannot be read, an unknown key or a value of the wrong type.
    """
    env = os.environ if environment is None else environment
    path, target = _config_path(env, may_be_new=may_be_new)
    file = toml_file.read(path) if path is not None else FileSettings({}, {})
    values = dict(file.values)
    origins = {key: SettingOrigin(line=line) for key, line in file.lines.items()}
    for setting in SETTINGS:
        found = env.get(setting.variable)
        if found:
            check(setting.key, found, setting.variable)
            values[setting.key] = found
            origins[setting.key] = SettingOrigin(setting.variable, file.lines.get(setting.key, 0))
    if _is_still(env):
        values["ui.motion"] = FALSE
        origins["ui.motion"] = SettingOrigin(_TEXTUALS, file.lines.get("ui.motion", 0))
    said: dict[str, Any] = {each.field: each.typed(values.get(each.key, "")) for each in SETTINGS}
    said |= {
        "database_url": said["database_url"] or _default_database_url(),
        "operator": said["operator"] or _login_name(),
        "language": said["language"] or "en",
        "templates": _templates(said["templates"], target),
        "editor": said["editor"].strip(),
    }
    return Settings(**said, keys=file.keys, source=path, target=target, origins=origins)


def _is_still(env: Mapping[str, str]) -> bool:
    """Textual's own word for *no motion*, which other programs of the person follow, too."""
    return env.get(_TEXTUALS, "").lower() == "none" and not env.get("OUTTRAY_MOTION")


def _templates(named: str, target: Path) -> Path:
    """The folder that is named, else ``templates`` beside the settings file."""
    return Path(named).expanduser() if named else target.parent / "templates"


def _config_path(env: Mapping[str, str], *, may_be_new: bool) -> tuple[Path | None, Path]:
    """Return the file to read, if there is one, and the one to write."""
    named = env.get("OUTTRAY_CONFIG")
    if named:
        path = Path(named).expanduser()
        try:
            is_file, is_there = path.is_file(), path.exists()
        except OSError as error:
            raise SettingsError(
                f"The settings file cannot be read: {error.strerror}.", "Correct OUTTRAY_CONFIG."
            ) from error
        if not is_file:
            if may_be_new and not is_there:
                return None, path
            raise SettingsError(
                f"The settings file {path} does not exist.",
                "Correct OUTTRAY_CONFIG, or unset it; outtray setup writes a new one.",
            )
        return path, path
    path = default_path()
    return (path if path.is_file() else None), path


def default_path() -> Path:
    """Return where the settings file is, or would be, unless another is named."""
    from platformdirs import user_config_path  # not needed where OUTTRAY_CONFIG is set

    return user_config_path("outtray", appauthor=False) / "config.toml"


def _default_database_url() -> str:
    from platformdirs import user_data_path  # only asked for where no database is named

    return f"sqlite:///{user_data_path('outtray', appauthor=False) / 'outtray.db'}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
