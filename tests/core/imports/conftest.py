from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.imports import ParsedFile, read

Import = Callable[..., ParsedFile]


@pytest.fixture
def parse(tmp_path: Path) -> Import:
    """Write what is given to a file and read it."""

    def parse(content: str | bytes) -> ParsedFile:
        path = tmp_path / "export.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path)

    return parse
