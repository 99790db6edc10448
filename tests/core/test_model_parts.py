"""The words of ``core.model`` are there, and each part is loaded no sooner than it is asked for."""

from __future__ import annotations

import subprocess
import sys
from types import FunctionType

import pytest

import core.model


def test_every_word_is_in_the_part_that_is_said_to_hold_it() -> None:
    parts = core.model._HOMES
    words = [word for words in parts.values() for word in words.split()]
    assert sorted(words) == sorted(core.model.__all__)
    for part, names in parts.items():
        home = __import__(f"core.model.{part}", fromlist=["*"])
        found = [vars(home)[word] for word in names.split()]
        homes = {each.__module__ for each in found if isinstance(each, type | FunctionType)}
        assert homes == {f"core.model.{part}"}


def test_a_word_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ImportError, match="Invoicee"):
        from core.model import Invoicee  # type: ignore[attr-defined] # noqa: F401


def test_what_is_not_asked_for_is_not_made() -> None:
    code = "import sys; from core.model import Chip; print('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    made = set(run.stdout.split())
    assert "core.model.rows" in made
    assert not {"core.model.composing", "core.model.outbox", "core.model.insights"} & made
