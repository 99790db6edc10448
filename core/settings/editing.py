"""The settings one by one: what is in force, where from, and what the next start will change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.model.errors import SettingsError
from core.settings import toml_file
from core.settings.loading import SettingOrigin, Settings, load
from core.settings.schema import (
    BY_KEY,
    SETTINGS,
    Setting,
    check_entered,
    shown,
    unshown,
    unusable_pattern,
)
from core.settings.toml_file import KeyLine


@dataclass(frozen=True, slots=True)
class InForce:
    """One setting."""

    setting: Setting
    value: str
    """What the next start will use; a password in it is ``***``."""
    origin: SettingOrigin
    running: str
    """What this program uses, which is another where it has to be started again."""

    @property
    def waits(self) -> bool:
        return self.value != self.running


@dataclass(frozen=True, slots=True)
class Survey:
    """All settings as they are now, in the file and in the environment."""

    rows: tuple[InForce, ...]
    keys: tuple[KeyLine, ...]
    source: str
    """The file; empty where there is none."""


def survey(running: Settings, environment: Mapping[str, str] | None = None) -> Survey:
    """Look again at file and environment; settings that are not to be changed stay as they are.

    Raises:
        SettingsError: the file cannot be read any more, or says something wrong.
    """
    fresh = running
    if running.target is not None:
        fresh = load(_environment(running, environment))
    rows = tuple(
        InForce(
            setting,
            shown(setting.key, fresh.value(setting.key)),
            fresh.origins.get(setting.key, SettingOrigin()),
            shown(setting.key, running.value(setting.key)),
        )
        for setting in SETTINGS
    )
    return Survey(rows, fresh.keys, str(fresh.source or ""))


def _environment(running: Settings, environment: Mapping[str, str] | None) -> dict[str, str]:
    env = dict(os.environ if environment is None else environment)
    env.pop("OUTTRAY_CONFIG", None)
    if running.target is not None and running.target.is_file():
        env["OUTTRAY_CONFIG"] = str(running.target)
    return env


def change(running: Settings, typed: Mapping[str, str]) -> None:
    """Write values into the settings file; an empty one goes back to its default.

    ``***`` in a URL stands for the password that is there.

    Raises:
        SettingsError: a value is wrong, or the file cannot be written: nothing was changed.
    """
    target = writable(running)
    before = load({"OUTTRAY_CONFIG": str(target)}) if target.is_file() else running
    changes: dict[str, str] = {}
    for key, text in typed.items():
        value = text.strip()
        if key in BY_KEY:
            value = unshown(key, value, before.value(key))
            check_entered(key, value)
            if key == "mail.number_pattern" and value:
                _check_speed(value)
        changes[key] = value
    toml_file.change(target, changes)


def _check_speed(pattern: str) -> None:
    from core.settings.number_search import NumberSearch

    reason = NumberSearch(pattern).problem()
    if reason:
        raise unusable_pattern(reason)


def writable(running: Settings) -> Path:
    """Return the file to write; raises ``SettingsError`` where these are not to be changed."""
    if running.target is None:
        raise SettingsError(
            "The settings of the demo are its own.", "Outtray without demo has settings to change."
        )
    return running.target
