"""What Textual reads of what a terminal sent: a paste is never a key, nor is an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from tui.runtime.terminal_input import END, SILENCE_SECONDS, START, InputFilter

SPLIT = f"{START}He\x1b[31mllo\rtwo\x1b[0m 👩\u200d👧{END}"
ANSWERS = [
    "\x1b[?62;1;4c",  # what it is
    "\x1b[>41;370;0c",
    "\x1b[?0u",  # its keyboard
    "\x1b[0n",
    "\x1b[8;24;80t",  # its size
    "\x1b]11;rgb:0000/0000/0000\x1b\\",  # its colours
    "\x1b]11;rgb:0000/0000/0000\x07",
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[M#\ufffd0",  # an old report of the mouse
]


class Terminal:
    """Textual's own parser behind the filter, and a clock."""

    def __init__(self) -> None:
        self._filter, self._parser, self.now = InputFilter(), XTermParser(), 100.0
        self.read: list[str] = []

    def send(self, *pieces: str, after: float = 0.001) -> Terminal:
        for piece in pieces:
            self.now += after
            waits = self._parser._timeout_time is not None
            self._feed(self._filter.take(piece, self.now, is_waiting=waits))
        return self

    def rest(self, seconds: float = 0.2) -> Terminal:
        self.now += seconds
        self._feed(self._filter.wait(self.now))
        if self._parser._timeout_time is not None:
            self._parser._timeout_time = 0
            self._note(self._parser.tick())
        return self

    def _feed(self, text: str) -> None:
        if text:
            self._note(self._parser.feed(text))

    def _note(self, found: object) -> None:
        for event in found:  # type: ignore[attr-defined]
            if isinstance(event, events.Paste):
                self.read.append(f"pasted {event.text}")
            elif isinstance(event, events.Key):
                self.read.append(event.key)


def read(*pieces: str, after: float = 0.001) -> list[str]:
    return Terminal().send(*pieces, after=after).rest().rest().read


def test_textual_still_types_what_follows_an_esc_in_a_paste() -> None:
    """Where this fails, Textual has mended it, and a good part of the filter can go."""
    found = XTermParser().feed(f"{START}a \x1b[31mlog{END}")
    assert [event.key for event in found if isinstance(event, events.Key)][-3:] == ["l", "o", "g"]


@pytest.mark.parametrize("at", range(1, len(SPLIT)))
def test_a_paste_is_one_and_plain_wherever_it_is_cut(at: int) -> None:
    assert read(SPLIT[:at], SPLIT[at:]) == ["pasted Hello\rtwo 👩\u200d👧"]


@pytest.mark.parametrize("inside", ["\x1bq", "\x1b\x1b", START, "\x1b]0;q", "\x9b1m", "\x00"])
def test_no_key_is_in_a_paste(inside: str) -> None:
    told = read(f"{START}a{inside}b{END}x")
    assert told[0].startswith("pasted a")
    assert told[1:] == ["x"]


@given(st.text(alphabet=st.characters(exclude_characters="\x1b")), st.integers(0, 9))
def test_whatever_is_in_a_paste_is_no_key(inside: str, cuts: int) -> None:
    size = max(len(inside) // (cuts + 1), 1)
    pieces = [inside[at : at + size] for at in range(0, len(inside), size)]
    told = read(START, *pieces, END)
    assert told in ([f"pasted {inside.replace(chr(0), '')}"], ["pasted "])


@given(st.lists(st.text(alphabet="\x1b[]OPM?<>;0126cnutRq~\x07\\a é\ufffd\r\x00", min_size=1)))
def test_nothing_that_comes_is_too_much(pieces: list[str]) -> None:
    terminal = Terminal().send(*pieces).rest(SILENCE_SECONDS + 0.1).rest()
    terminal.read.clear()
    assert terminal.send("x").rest().read == ["x"]  # the keyboard is there again


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_for_nobody_wherever_it_is_cut(answer: str) -> None:
    for at in range(len(answer)):
        assert read(answer[:at], answer[at:], "x") == ["x"]


def test_an_old_report_of_the_mouse_may_have_become_shorter() -> None:
    assert Terminal().send("\x1b[M#é").rest().send("x").read == ["x"]
    assert read("\x1b[MC\ufffd" * 9 + "\x1b[A") == ["up"]


def test_what_is_a_key_stays_one() -> None:
    keys = {"\x1b": "escape", "\x1ba": "alt+a", "\x1bOP": "f1", "\x1b[B": "down", "\x1b[20~": "f9"}
    assert {sent: read(sent) for sent in keys} == {sent: [key] for sent, key in keys.items()}
    assert read("\x1b[2", "0~") == ["f9"]
    assert read("\x1b[B" * 50) == ["down"] * 50
    assert read("j" * 50) == ["j"] * 50  # held down


def test_a_paste_without_an_end_gives_the_keyboard_back() -> None:
    terminal = Terminal().send(f"{START}half")
    assert terminal.rest(0.5).read == []
    assert terminal.rest(SILENCE_SECONDS).send("q").read == ["pasted half", "q"]


def test_esc_ends_a_paste_without_an_end() -> None:
    terminal = Terminal().send(f"{START}half").send("\x1b", after=0.3).rest(0.15)
    assert terminal.send("q").read == ["pasted half", "q"]


def test_text_all_at_once_is_a_paste_though_nothing_says_so() -> None:
    assert read("f\rsend it\r\x13y\r") == ["pasted f\rsend it\r\x13y\r"]
    assert read("a\x1b[31mlog of colours\x1b[0m\rq\r") == ["pasted alog of colours\rq\r"]
    assert read("the first half, ", "q\r", "y") == ["pasted the first half, q\ry"]
    assert read("👩\u200d🚒") == ["pasted 👩\u200d🚒"]


def test_what_a_person_typed_ahead_is_typed() -> None:
    assert read("abc\r") == ["a", "b", "c", "enter"]
    assert read("INV-0042\r") == ["pasted INV-0042", "enter"]  # a scanner of bar codes
    assert read(*"quick fingers", after=0.03)[:5] == ["q", "u", "i", "c", "k"]
    assert read("abd\x7fc\x7fd") == ["a", "b", "d", "backspace", "c", "backspace", "d"]
