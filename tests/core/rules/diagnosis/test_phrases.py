"""How the phrases of the rules are read."""

from __future__ import annotations

import pytest

from core.rules.diagnosis.normalize import PhraseBook
from core.rules.diagnosis.rules import PROVIDERS, STRONG, VAGUE


@pytest.mark.parametrize(
    ("phrase", "words", "stands"),
    [
        ("mailbox full", " the mailbox full ", True),
        ("mailbox full", " mailbox is full ", False),
        ("mailbox * full", " mailbox is full ", True),
        ("mailbox * full", f" mailbox {'x' * 60} full ", False),
        ("mailbox /is full", " mailbox full ", True),
        ("box", " mailbox ", False),
        ("exceed", " exceeded ", True),
        ("rbl.", " rblx ", False),
        ("not_found/unknown user", " not found user ", True),
        (".example.net * ok", " mx.example.net says ok ", True),
    ],
)
def test_phrases_are_read_as_the_rules_say(phrase: str, words: str, stands: bool) -> None:
    assert bool(PhraseBook([("found", phrase)]).cause(words)) is stands


def test_phrases_can_match_what_they_are_compared_with() -> None:
    for _, lines in (*PROVIDERS, *STRONG, *VAGUE):
        for phrase in lines.replace("\n", "|").split("|"):
            assert phrase == phrase.lower()
            assert not set("@<>()[]:;,'-") & set(phrase)
