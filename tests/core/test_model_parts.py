"""The words of ``core.model`` are there, and each part is loaded no sooner than it is asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import UnionType

import pytest

import core.model


def test_every_word_is_in_the_part_that_is_said_to_hold_it() -> None:
    parts = core.model._HOMES
    words = [word for some in parts.values() for word in some.split()]
    assert sorted(words) == sorted(core.model.__all__)
    for part, some in parts.items():
        home = vars(import_module(f"core.model.{part}"))
        for word in some.split():
            assert getattr(core.model, word) is home[word]
            made_in = getattr(home[word], "__module__", home["__name__"])
            assert isinstance(home[word], UnionType) or made_in == home["__name__"], word


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
