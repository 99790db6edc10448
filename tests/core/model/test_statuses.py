"""The one table of statuses is whole, and what stands elsewhere for a reason agrees with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from rich.cells import cell_len
from textual.theme import Theme

from core.db.lists import filter_sql
from core.db.rows import STATE_TIMES
from core.db.schema import documents
from core.model.delivery import DeliveryState
from core.model.documents import VIEW_OF
from core.model.enums import (
    BEST_TO_WORST,
    FLAGS,
    STATUSES,
    DisplayStatus,
    Engagement,
    Outcome,
    Status,
    Tone,
)
from core.rules.filters.values import STATES
from tui.format.badges import badge
from tui.format.chips import FILTERS
from tui.runtime import themes

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("word", DisplayStatus)
def test_every_status_has_a_row(word: DisplayStatus) -> None:
    entry = STATUSES[word]
    assert cell_len(entry.glyph) == 1
    assert entry.label
    assert entry.advice.endswith(".")
    assert entry.tone in get_args(Tone)
    assert entry.outcome in get_args(Outcome)
    assert badge(word).text == f"{entry.glyph} {entry.label}"


def test_whatever_becomes_of_a_delivery_can_be_shown() -> None:
    shown = {axis.name for axis in Status} | {each.name for each in Engagement if each}
    assert shown | {"NEVER_SENT"} == {word.name for word in DisplayStatus}


def test_no_two_statuses_are_equally_bad() -> None:
    assert max(Counter(entry.rank for entry in STATUSES.values()).values()) == 1


def test_the_two_orders_are_those_of_the_design() -> None:
    assert " ".join(BEST_TO_WORST) == (
        "NEVER_SENT CANCELLED CLICKED OPENED DELIVERED SENT SENDING QUEUED DEFERRED UNCONFIRMED"
        " SOFT_BOUNCED FAILED DROPPED BOUNCED COMPLAINED"
    )
    assert " ".join(each.name for each in sorted(Status)) == (
        "QUEUED SENDING UNCONFIRMED FAILED CANCELLED SENT DEFERRED DROPPED DELIVERED SOFT_BOUNCED"
        " BOUNCED COMPLAINED"
    )


def test_times_are_those_of_a_delivery() -> None:
    assert {entry.time for entry in STATUSES.values()} - {""} == set(STATE_TIMES)
    assert set(STATE_TIMES) <= {each.name for each in fields(DeliveryState)}


def test_every_failure_is_remembered_by_a_bit_of_its_own() -> None:
    kept = [(entry.flag, entry.bit) for entry in STATUSES.values() if entry.outcome == "failed"]
    assert len(set(kept)) == len(kept)
    assert {flag for flag, _ in kept} <= set(documents.c.keys())
    assert {flag for flag, _ in kept} == set(FLAGS)


def test_every_status_but_a_cancelled_one_is_a_filter_that_the_docs_know() -> None:
    assert set(DisplayStatus) - set(VIEW_OF) == {DisplayStatus.CANCELLED}
    helped = " ".join(text for _, text in FILTERS).replace(",", " ").replace(".", " ").split()
    about_filters = (DOCS / "filters.md").read_text(encoding="utf-8")
    about_commands = (DOCS / "command-line.md").read_text(encoding="utf-8")
    for word, view in VIEW_OF.items():
        names = [name for name, known in STATES.items() if known is view]
        assert set(names) & set(helped), f"tui/format/chips.py does not say {names}"
        assert any(f"`{name}`" in about_filters for name in names), f"docs/filters.md: {names}"
        assert view.value in about_commands, f"docs/command-line.md, --delivery: {view.value}"
        assert word.value in about_commands, f"docs/command-line.md, delivery: {word.value}"


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_every_theme_has_colours_for_every_status(theme: Theme) -> None:
    for word in DisplayStatus:
        name = themes.variable_name(word)
        assert {f"badge-{name}", f"badge-{name}-text", f"tone-{name}"} <= set(theme.variables)


def test_partial_indexes_have_the_conditions_of_the_queries_word_by_word() -> None:
    """Else SQLite does not see that an index is meant: a change of these needs a migration."""
    texts = {str(index.dialect_options["sqlite"]["where"]) for index in documents.indexes}
    assert filter_sql.NEEDS_ATTENTION.replace("d.", "") in texts
    assert filter_sql.REACHED_NOBODY.replace("d.", "")[1:-1] in texts
