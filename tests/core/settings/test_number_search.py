"""The office's own pattern: it finds what ``re`` would find, and no subject holds anybody up."""

from __future__ import annotations

import re
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import SettingsError
from core.rules.delivery.external_email import mentions
from core.settings.editing import change
from core.settings.loading import Settings
from core.settings.number_search import NumberSearch
from core.settings.schema import check

#: Each needs longer than anybody waits for one subject.
SLOW = [
    (r"(?:a|aa)+$", "a" * 380 + "!"),
    (r"(.*a){25}$", "a" * 380 + "!"),
    (r"INV-(?:\d|\d\d)+$", "INV-" + "1" * 380 + "!"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 380 + "!"),
]
GOOD = [
    r"INV-\d+",
    r"Rechnung (\d+)",
    r"(?:No\.|Nr\.) ?(\d{3,})",
    r"\b([A-Z]{2,4})-(\d+)\b",
    r"(?i)inv[-_ ]?(\d+)|#(\d+)",
    r"[[a]\d",
]


@pytest.mark.parametrize(("pattern", "subject"), SLOW)
def test_a_subject_that_takes_too_long_has_no_number_and_is_counted(
    pattern: str, subject: str
) -> None:
    search = NumberSearch(pattern)
    began = time.process_time()
    assert mentions(subject, search) == ()
    assert time.process_time() - began < 1
    assert search.given_up == 1
    assert mentions(subject, search) == ()
    assert search.given_up == 1, "the same subject is not tried twice"


@pytest.mark.parametrize(("pattern", "_subject"), SLOW)
def test_a_slow_pattern_is_refused_when_it_is_set(pattern: str, _subject: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    check("mail.number_pattern", pattern, "mail.number_pattern")  # an older file still starts
    running = Settings("sqlite:///x.db", target=tmp_path / "config.toml")
    with pytest.raises(SettingsError, match="takes too long on some subjects"):
        change(running, {"mail.number_pattern": pattern})
    assert not (tmp_path / "config.toml").exists()
    change(running, {"mail.number_pattern": GOOD[0]})
    assert (tmp_path / "config.toml").exists()


@pytest.mark.parametrize("pattern", GOOD)
def test_a_usual_pattern_is_no_problem(pattern: str) -> None:
    assert NumberSearch(pattern).problem() == ""


@given(
    st.sampled_from([each for each in GOOD if "[[" not in each]),
    st.text(st.sampled_from("INV- 0042inv_#No.Nr.Rechnung é\n"), max_size=60),
)
def test_it_finds_what_re_finds(pattern: str, subject: str) -> None:
    found = [
        match.span(next((i for i, part in enumerate(match.groups(), 1) if part), 0))
        for match in re.finditer(pattern, subject)
    ]
    assert list(NumberSearch(pattern).spans(subject)) == found


def test_many_slow_subjects_together_take_a_few_seconds() -> None:
    search = NumberSearch(SLOW[0][0])
    began = time.process_time()
    for number in range(1_000):
        assert search.spans(f"{'a' * 380}{number}") == ()
    assert time.process_time() - began < 4
    assert search.given_up == 1_000


def test_after_a_slow_subject_the_next_one_is_still_searched() -> None:
    search = NumberSearch(r"INV-(?:\d|\d\d)+$")
    assert search.spans("INV-" + "1" * 380 + "!") == ()
    assert search.spans("Invoice INV-0042") == ((8, 16),)
    assert search.given_up == 1


def test_other_threads_go_on_meanwhile() -> None:
    search, ticks, is_over = NumberSearch(SLOW[0][0]), 0, threading.Event()

    def count() -> None:
        nonlocal ticks
        while not is_over.wait(0.005):
            ticks += 1

    thread = threading.Thread(target=count)
    thread.start()
    search.spans("warm up")  # the import holds everybody up
    before = ticks
    for number in range(3):
        search.spans(f"{'a' * 380}{number}")
    found = ticks - before
    is_over.set()
    thread.join()
    assert found > 5


@pytest.mark.parametrize(
    "pattern", ["(", "(" * 900, "(" * 20_000, "a{1,99999999999999999999}", "a" * 100_000, "[", "*"]
)
def test_what_cannot_be_read_as_a_pattern_is_said_in_words(pattern: str) -> None:
    with pytest.raises(SettingsError) as error:
        check("mail.number_pattern", pattern, "config.toml, line 3: mail.number_pattern")
    assert error.value.title.startswith("config.toml, line 3: mail.number_pattern cannot be used")
    assert len(str(error.value)) < 400


def test_a_pattern_that_only_re_can_read_finds_nothing_and_breaks_nothing() -> None:
    search = NumberSearch("(")
    assert search.spans("INV-0042") == ()
    assert search.given_up == 1
    assert "missing )" in search.problem()
