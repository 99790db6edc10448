"""Files of this computer that a person attaches."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from core.files import protected_files
from core.model.email import AttachedFile
from core.model.errors import InputError


def read_attachment(path: Path) -> AttachedFile:
    """Read a file to attach.

    Raises:
        InputError: it cannot be read; sending without it would be a surprise.
    """
    try:
        content = protected_files.read_bytes(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be attached: {error.strerror}.", "Nothing was sent."
        ) from error
    guessed, packing = mimetypes.guess_type(path.name)
    content_type = None if packing else guessed  # x.csv.gz is no text/csv
    return AttachedFile(path.name, content_type or "application/octet-stream", content)
