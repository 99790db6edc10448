"""The first start: whether it is one, and what follows once the settings are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.backend import Backend
from core.model.email import AwsFound
from core.model.errors import FailedImport, InputError
from core.model.reports import ImportReport
from core.rules.doctor.checks import Check
from core.settings.loading import Settings, load

__all__ = ["Begun", "aws_found", "begin", "is_first", "readable"]

_SAY_NOTHING = frozenset({"ui.theme", "ui.motion"})


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of the new settings."""

    settings: Settings
    checks: tuple[Check, ...]
    imported: ImportReport | FailedImport | None = None


def is_first(settings: Settings) -> bool:
    """Whether nobody has set anything up here: no file, no variable, nothing in the database."""
    if settings.source is not None or settings.origins.keys() - _SAY_NOTHING:
        return False
    backend = Backend(settings)
    try:
        if backend.database_version() is None:
            return True
        backend.open()
        overview = backend.overview()
        return not overview.customers and not overview.documents
    finally:
        backend.close()


def begin(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Begun:
    """Open the database that is named now, import ``file`` into it, look at every leg.

    Raises:
        SettingsError, DatabaseError: the settings cannot be used.
    """
    settings = load(environment, may_be_new=True)
    backend = Backend(settings)
    try:
        backend.open()
        imported = backend.import_files([file])[0] if file is not None else None
        return Begun(settings, backend.examine(), imported)
    finally:
        backend.close()


def readable(typed: str) -> Path:
    """Return the file that is named; raises ``InputError`` where there is none."""
    path = Path(typed).expanduser()
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Name an export of your accounting program.")
    return path


def aws_found() -> AwsFound:
    """Say what boto3's own chain finds; may take seconds, raises nothing."""
    from core.aws import chain

    return chain.found()
