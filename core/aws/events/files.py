"""Split the text of a file into bodies: an array, one object, JSON lines, or objects in a row.

Pure. What cannot be read becomes a body of its own, so that it is quarantined and never lost, and
its neighbours are read as if it were not there. A text that holds no JSON at all, an email for
instance, is one body.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from core.aws.events.mail_reports import is_email

_DECODER: Final = json.JSONDecoder()
_FIRST_LOOK: Final = 4_096
_LONGEST_WORD: Final = 64
"""An error so near to the end may be the cut's: a word, a figure or an escape is not whole."""
_BETWEEN: Final = re.compile(r"[\s,]*")
#: ``[`` opens an array of messages only before something that can be one: a log line may
#: begin with ``[2024-``.
_ARRAY_START: Final = re.compile(r'\[\s*[\[{"\]]')


class Body(NamedTuple):
    """A part of a file, and the line it begins on, from 1."""

    text: str
    line: int


def split_bodies(text: str) -> list[str]:
    """Return the bodies in ``text`` as they stand there, in order; never raises."""
    return [body.text for body in numbered_bodies(text)]


def numbered_bodies(text: str) -> list[Body]:
    """Return the bodies in ``text`` with the lines they begin on, in order; never raises."""
    text = text.removeprefix("\ufeff")
    if is_email(text):  # it may hold anything
        return [Body(text, 1)]
    splitter = _Splitter(text)
    starts = splitter.split()
    if splitter.bodies and not splitter.has_json:
        return [Body(text.strip(), text[: len(text) - len(text.lstrip())].count("\n") + 1)]
    lines, at, found = 1, 0, []
    for start, body in zip(starts, splitter.bodies, strict=True):
        lines += text.count("\n", at, start)
        found.append(Body(body, lines))
        at = start
    return found


@dataclass(slots=True)
class _Splitter:
    """A position in a text. The current line is held apart: errors inside it stay cheap."""

    text: str
    pos: int = 0
    in_array: bool = False
    line: str = ""
    line_start: int = 0
    line_end: int = -1
    bodies: list[str] = field(default_factory=list)
    has_json: bool = False

    def split(self) -> list[int]:
        """Fill ``bodies``; return where each begins."""
        starts = []
        while self._move_to_next():
            char = self.text[self.pos]
            if char == "]" and self.in_array:
                self.in_array = False
                self.pos += 1
            elif char == "[" and not self.in_array and _ARRAY_START.match(self.text, self.pos):
                self.in_array = self.has_json = True
                self.pos += 1
            else:
                end = self._end_of_value()
                self.has_json = self.has_json or end is not None
                end = end or self._end_of_unreadable()
                starts.append(self.pos)
                self.bodies.append(self.text[self.pos : end].rstrip())
                self.pos = end
        return starts

    def _move_to_next(self) -> bool:
        """Skip what stands between two values; False at the end of the text."""
        found = _BETWEEN.match(self.text, self.pos)
        self.pos = found.end() if found else self.pos
        if self.pos >= len(self.text):
            return False
        if self.pos > self.line_end:
            self.line_start = self.text.rfind("\n", 0, self.pos) + 1
            self.line_end = self._end_of_line(self.pos)
            self.line = self.text[self.line_start : self.line_end]
        return True

    def _end_of_line(self, pos: int) -> int:
        found = self.text.find("\n", pos)
        return len(self.text) if found < 0 else found

    def _end_of_value(self) -> int | None:
        """Return where the JSON value here ends, looking past the line only if it is unfinished."""
        if not self.in_array and self.text[self.pos] not in '{["':
            return None  # words and numbers are no messages: the whole line is one unreadable body
        try:
            return self.line_start + _DECODER.raw_decode(self.line, self.pos - self.line_start)[1]
        except json.JSONDecodeError as error:
            if self.line[error.pos :].strip(" \t\r,"):
                return None
        except (ValueError, RecursionError):
            return None
        return self._end_past_the_line()

    def _end_past_the_line(self) -> int | None:
        """Look at more and more of the text: an error costs as much as there stands before it."""
        length = _FIRST_LOOK
        while True:
            part = self.text[self.pos : self.pos + length]
            is_all = self.pos + length >= len(self.text)
            try:
                return self.pos + _DECODER.raw_decode(part)[1]
            except json.JSONDecodeError as error:
                is_cut = error.pos > length - _LONGEST_WORD or error.msg.startswith("Unterminated")
                if is_all or not is_cut:
                    return None
            except (ValueError, RecursionError):
                return None
            length *= 4

    def _end_of_unreadable(self) -> int:
        """Return the end of the line, and of what is indented below it like a part of it."""
        end = self.line_end
        if self.text[self.pos] not in "{[":
            return end
        indent = _indent(self.line)
        while end < len(self.text):
            following_end = self._end_of_line(end + 1)
            following = self.text[end + 1 : following_end]
            bare = following.strip()
            closes = bare.rstrip(",") in ("}", "]") and _indent(following) == indent
            if bare and not closes and _indent(following) <= indent:
                break
            end = following_end
            if closes:
                break
        return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
