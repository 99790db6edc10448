"""Whatever bytes a terminal sends, they are read, and do not end the program.

Textual 8.2 decodes its input strictly, so that one stray byte (an old way to report the mouse, a
letter of a Latin-1 terminal) ended it with a traceback (Textualize/textual#6456, #6668). Its
drivers take the decoder and the parser from names of their module; those names get others here.
``tests/tui/runtime/test_terminal_input.py`` says when Textual no longer needs the decoder. A
terminal that is gone is the end: Textual would ask it for ever, with all of a processor.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import Any, Final, Literal, NamedTuple, cast

from textual import _ansi_sequences
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.message import Message

_DECODER: Final = "getincrementaldecoder"
_PARSER: Final = "XTermParser"
_LISTENING: Final = ("linux_driver", "linux_inline_driver")
"""Those that tell their parser when nothing came."""


class TerminalGoneError(EOFError):
    """There is nobody any more who could press a key."""


def reads_any_byte(driver: type[Driver]) -> type[Driver]:
    """Return ``driver``, which takes any byte; Windows' reads characters anyway."""
    module: Any = sys.modules[driver.__module__]
    if hasattr(module, _DECODER):
        setattr(module, _DECODER, _lenient)
    if module.__name__.rpartition(".")[2] not in _LISTENING:
        return driver
    setattr(module, _PARSER, FilteredParser)

    def listen(self: Any) -> None:
        try:
            driver.run_input_thread(self)  # type: ignore[attr-defined]
        except (TerminalGoneError, OSError):
            self._app.call_later(self._app.exit, return_code=1)

    return type(driver.__name__, (driver,), {"run_input_thread": listen})


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    codec: Any = codecs.getincrementaldecoder(encoding)

    class Lenient(codec):  # type: ignore[misc]
        def decode(self, data: Any, final: bool = False) -> str:
            if not data and not final:
                raise TerminalGoneError
            return str(super().decode(data, final))

    return partial(Lenient, errors="replace")


class FilteredParser(XTermParser):
    """Textual's parser behind ``InputFilter``."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._filter = InputFilter()

    def feed(self, data: str) -> Iterable[Message]:
        if not data:  # the end
            yield from super().feed(data)
            return
        is_waiting = self._timeout_time is not None
        yield from self._pass_on(self._filter.take(data, monotonic(), is_waiting=is_waiting))

    def tick(self) -> Iterable[Message]:
        yield from self._pass_on(self._filter.wait(monotonic()))
        yield from super().tick()

    def _pass_on(self, text: str) -> Iterable[Message]:
        if text:  # an empty one would mean the end
            yield from super().feed(text)


_DIGITS: Final = "0123456789"
#: Those that a command has.
_SIGNS: Final = {";": "alt+semicolon"}


class _Named(NamedTuple):
    """What the parser asks of a key of its table."""

    value: str


def read_alt_keys() -> None:
    """Let ESC and a digit or sign be Alt and that key, for every parser of this process.

    Textual 8.2 reads ESC 1, ESC 2, ESC 3 as the characters that one terminal of macOS means by them
    (¡ ™ £), and ESC with a sign as the sign alone. Every other terminal says Alt+1 and Alt+; that
    way, and the person gets a letter in the address.
    """
    sequences = cast("dict[str, object]", _ansi_sequences.ANSI_SEQUENCES_KEYS)
    for digit in _DIGITS:
        _ = sequences.pop(f"\x1b{digit}", None)
    for sign, name in _SIGNS.items():
        sequences[f"\x1b{sign}"] = (_Named(name),)


START: Final = "\x1b[200~"
END: Final = "\x1b[201~"
ESCAPE_SECONDS: Final = 0.1
"""Esc alone is the key when nothing followed for so long; Textual waits for as long."""
SILENCE_SECONDS: Final = 1.0
"""A paste that says nothing for so long is over, although its end did not come."""
_BURST_SECONDS: Final = 0.04
"""What follows sooner belongs to the same paste."""
_CLOSE_SECONDS: Final = 0.02
"""A key that is held down repeats more slowly than that."""
_FEWEST: Final = 6
"""So many characters in one piece were not typed; type-ahead of a busy moment is less."""
_CERTAIN: Final = 64
_TOKEN: Final = re.compile(
    r"(?P<start>\x1b\[200~)"
    r"|(?P<string>\x1b(?:\](?=\d+;)|P(?=[\d>!=+$|])|_(?=G)))"
    r"|(?P<reply>\x1b\[(?:[?>=][\d;:]*[A-Za-z]|[03]n|\d{1,2}(?:;\d+){1,2}t))"
    # the mouse as it was told before UTF-8: three bytes, of which two may have become one letter
    r"|(?P<mouse>\x1b\[M(?:[^\x1b]{3}|[^\x1b]{0,2}(?=\x1b)))"
    r"|(?P<cut>\x1b\[(?:[?>=<]?[-\d;:$]{0,40}|M[^\x1b]{0,2})\Z|\x1b(?:\]\d*|[P_])\Z)"
    r"|(?P<report>\x1b\[(?:<[-\d;]+[Mm]|[IO]|\?[\d;]+\$y|48;[\d:;]+t))"
    r"|(?P<key>\x1b\x1b?(?:\[\[[A-E]|\[[0-?]*[ -/]*[@-~]|O[ -~]))"
    r"|(?P<escape>\x1b)"
    r"|(?P<text>[^\x1b]+)",
    re.DOTALL,
)
_KEYS: Final = ("\x1b[", "\x1b]", "\x1bP", "\x1b_")
"""Of what is held back, these are keys where nothing follows."""
_NOTHING: Final = "[?1;0$y"
"""After an ESC: a report that Textual does not want, so that it waits for no key any more."""
_STRING_END: Final = re.compile(r"\x07|\x1b\\|\x9c|[\x18\x1a]")
_SEQUENCE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x1b\x00]")
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-?]{0,30})?\Z")
_BREAK: Final = re.compile(r"[\r\n]")
_JOINER: Final = "\u200d"
_RUB_OUT: Final = frozenset("\x7f\x08")


class InputFilter:
    """Give it what is read, and the time; it gives back what Textual should read.

    ``take`` is for what came, ``wait`` for moments in which nothing did.

    A paste is text and never keys, whatever is in it: Textual 8.2 types what follows an ESC inside
    a paste, so that a copied log with colours would press letters on a list. A paste whose end
    never comes gives the keyboard back. Text that arrives all at once is a paste although the
    terminal does not say so (GNU screen, ``tmux paste-buffer`` without ``-p``): nobody types so
    fast. An answer to a question that some other program asked is for nobody, and is left out.

    Nothing but text and time: no terminal, no Textual.
    """

    def __init__(self) -> None:
        self._mode: Literal["keys", "paste", "answer"] = "keys"
        self._held = ""
        """The beginning of something, kept until the rest of it comes."""
        self._has_escaped = False
        """The last that was passed on is an ESC: a key, or the beginning of a sequence."""
        self._burst: list[str] = []
        """A paste that the terminal does not mark, until it is over."""
        self._after = ""
        """A key that came at the end of it."""
        self._last = 0.0

    def take(self, data: str, now: float, *, is_waiting: bool = True) -> str:
        """Return what to read; ``is_waiting``: whether an ESC is still open for what follows."""
        due = self.wait(now)
        gap, self._last = now - self._last, now
        out = [due]
        rest = self._held + data
        self._held = ""
        has_escaped, self._has_escaped = self._has_escaped and is_waiting and not due, False
        if has_escaped and self._mode == "keys":
            passed, rest = self._continue(rest)
            out.append(passed)
        while rest:
            if self._mode == "paste":
                passed, rest = self._in_paste(rest)
            elif self._mode == "answer":
                passed, rest = "", self._in_answer(rest)
            else:
                passed, rest = self._in_keys(rest, gap)
            out.append(passed)
        return "".join(out)

    def wait(self, now: float) -> str:
        """Return what is due because nothing came."""
        gap = now - self._last
        if self._mode == "paste":
            is_left = self._held == "\x1b" and gap >= ESCAPE_SECONDS  # somebody pressed Esc
            if not is_left and gap < SILENCE_SECONDS:
                return ""
            self._mode, self._held = "keys", ""
            return END
        if self._mode == "answer":
            if gap >= ESCAPE_SECONDS:
                self._mode, self._held = "keys", ""
            return ""
        out = self._flush() if self._burst and gap >= _BURST_SECONDS else ""
        if self._held and gap >= ESCAPE_SECONDS:
            held, self._held = self._held, ""
            out += held if held in _KEYS else ""
        return out

    # ------------------------------------------------------------------ the three modes

    def _in_paste(self, text: str) -> tuple[str, str]:
        inside, end, rest = text.partition(END)
        if end:
            self._mode = "keys"
            return _plain(inside) + END, rest
        cut = _UNFINISHED.search(text)
        at = cut.start() if cut else len(text)
        self._held = text[at:]
        return _plain(text[:at]), ""

    def _in_answer(self, text: str) -> str:
        end = _STRING_END.search(text)
        if end is None:
            self._held = "\x1b" if text.endswith("\x1b") else ""
            return ""
        self._mode = "keys"
        return text[end.end() :]

    def _in_keys(self, text: str, gap: float) -> tuple[str, str]:
        found: list[tuple[str, str]] = []
        at, begins = 0, ""
        for token in _TOKEN.finditer(text):  # every character is in one of them
            at, kind = token.end(), token.lastgroup or ""
            if kind in ("start", "string"):
                self._mode = "paste" if kind == "start" else "answer"
                begins = START if kind == "start" else ""
                break
            if kind == "cut":
                self._held = token[0]
            elif kind not in ("reply", "mouse"):
                found.append((kind, token[0]))
        passed = self._keys(found, gap)
        if begins and self._burst:
            passed += self._flush()
        self._has_escaped = at == len(text) and bool(found) and found[-1][0] == "escape"
        return passed + begins, text[at:]

    def _continue(self, text: str) -> tuple[str, str]:
        """Take the rest of a sequence whose ESC went on already."""
        token = _TOKEN.match("\x1b" + text)
        kind = token.lastgroup if token else None
        if token is None or kind in (None, "escape", "text"):
            return "", text
        rest = text[token.end() - 1 :]
        if kind == "cut":
            self._held, self._has_escaped = text, True
        elif kind == "start":
            self._mode = "paste"
        elif kind == "string":
            self._mode = "answer"
        if kind in ("start", "report", "key"):
            return token[0][1:], rest
        return "" if kind == "cut" else _NOTHING, rest

    # ------------------------------------------------------------------ keys, or a paste

    def _keys(self, found: list[tuple[str, str]], gap: float) -> str:
        typed = "".join(text for kind, text in found if kind == "text")
        goes_on = self._burst and (gap < _CLOSE_SECONDS or len(typed) > 2)
        if not _is_pasted(typed) and not (typed and goes_on):
            out = self._flush() if self._burst and typed else ""
            return out + "".join(text for _, text in found)
        self._burst.append(typed)
        last, text = found[-1]
        self._after = text if last in ("key", "escape") else ""
        return "".join(text for kind, text in found if kind == "report")

    def _flush(self) -> str:
        text, after = "".join(self._burst), self._after
        self._burst, self._after = [], ""
        if text[-1] < " " and not _BREAK.search(text[:-1]):
            text, after = text[:-1], text[-1] + after  # one line, and a key: typed ahead
        return START + _plain(text) + END + after


def _plain(text: str) -> str:
    """A paste has no sequences, and can neither begin nor end another one."""
    return _SEQUENCE.sub("", text)


def _is_pasted(typed: str) -> bool:
    if _JOINER in typed:
        return len(typed) > 2  # a family from a picker of emoji comes in one piece
    if len(typed) >= _CERTAIN:
        return len(set(typed)) > 1
    text = typed[:-1] if typed[-1:] < " " else typed
    # two characters, again and again: keys that are held down
    return len(text) >= _FEWEST and len(set(text)) > 2 and not _RUB_OUT & set(text)
