"""What a terminal sends, put in order before keys are read in it.

A paste is text and never keys, whatever is in it: Textual 8.2 types what follows an ESC inside a
paste, so that a copied log with colours would press letters on a list. A paste whose end never
comes gives the keyboard back. Text that arrives all at once is a paste although the terminal does
not say so (GNU screen, ``tmux paste-buffer`` without ``-p``): nobody types so fast. An answer to a
question that some other program asked is for nobody, and is left out.

Nothing but text and time: no terminal, no Textual.
"""

from __future__ import annotations

import re
from typing import Final, Literal

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
