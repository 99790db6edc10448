"""Tries every compiled pattern of this program on long hostile texts; run as a program of its own.

``python -m tests.core.pattern_trials`` writes a line a pattern: ``module.NAME`` and ``ok``, or the
text that it took too long on. (``re`` looks for signals while it searches, in the main thread.)
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Final

LENGTH: Final = 20_000
SECONDS: Final = 0.4
"""Of a processor, for one text: a hundred times what a pattern needs that looks at it once."""
_MATCHES: Final = 2_000
#: Where the code itself bounds what a pattern is given, to so many characters.
BOUNDED: Final = {
    "core.rules.diagnosis.normalize": 1_202,  # read() takes the beginning and the end of an answer
    "core.rules.delivery.addresses": 1_000,  # bare_address() cuts
    "core.rules.filters.parser": 1_000,  # read() cuts
    "core.rules.filters.values": 1_000,
}
_UNITS: Final = (
    *("a", "1", " ", "\n", "\t", ".", ",", "-", "_", "/", "\\", '"', "'", "`", "(", ")", "[", "]"),
    *(
        "{",
        "}",
        "<",
        ">",
        "@",
        ":",
        ";",
        "=",
        "?",
        "*",
        "#",
        "&",
        "+",
        "|",
        "~",
        "é",
        "\u00c3",
        "°",
    ),
    *("a ", "1 ", "a.", "1.", "1,", "a@", "a1", "4.4.4.", "550-", "a:", "a: b\n", " a", "A", "aA"),
    *("\\a", '"a" ', "(a", "<a", "<a>", "a=", "=C3", "[a", "{a", "http://", "https://a", "a-"),
    *("invoice ", "message expired <", "said: ", "in reply to ", "- ", "\r\n", "= ", "balance>"),
    *('to:"', "No. ", "From a\n", "mailto:", "x-a:", "1-1-", "1 d ", "in ", "in 1 "),
)
_BEGINNINGS: Final = ("[", '"', "(", "<", "{", "a ", "1 ", "a@", "1.", "message expired <")
_ENDINGS: Final = ("", "\N{SNOWMAN}", "\n!", "=", ">", "]")


def texts(length: int) -> Iterator[str]:
    """Yield what is tried: one thing over and over, then something that does not fit."""
    for unit in _UNITS:
        repeated = (unit * (length // len(unit) + 1))[:length]
        for ending in _ENDINGS if len(unit) == 1 else _ENDINGS[:3]:
            yield repeated + ending
    for beginning in _BEGINNINGS:
        for unit in (" ", "a", "1", "."):
            yield beginning + unit * length + "\N{SNOWMAN}"


def patterns() -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Yield module, name and pattern of every one that a module of ``core`` or ``tui`` keeps."""
    for package in ("core", "tui"):
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                is_text = isinstance(value, re.Pattern) and isinstance(value.pattern, str)
                if is_text and _is_defined_in(module, name):
                    yield found.name, name, value


def _is_defined_in(module: object, name: str) -> bool:
    return bool(re.search(rf"^{name}\b.*=", inspect.getsource(module), re.MULTILINE))  # type: ignore[arg-type]


def uses(module: str, name: str) -> frozenset[str]:
    """Return the ways in which a pattern is applied, by the source of its module."""
    source = inspect.getsource(sys.modules[module])
    ways = set(re.findall(rf"\b{name}\.(\w+)", source))
    mentioned = len(re.findall(rf"\b{name}\b", source)) - 1  # but for where it is made
    if mentioned != len(re.findall(rf"\b{name}\.(?:\w+)", source)):
        ways.add("search")  # it goes by another name somewhere
    return frozenset(ways)


class TooSlowError(Exception):
    """The pattern would have gone on."""


def _end(number: int, frame: object) -> None:
    raise TooSlowError


def try_out(pattern: re.Pattern[str], ways: frozenset[str], length: int) -> str:
    """Return the beginning of a text that takes the pattern too long, or nothing."""
    for text in texts(length):
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            if ways - {"match", "fullmatch"}:
                _ = list(islice(pattern.finditer(text), _MATCHES))
            if "match" in ways:
                _ = pattern.match(text)
            if "fullmatch" in ways:
                _ = pattern.fullmatch(text)
        except TooSlowError:
            return repr(text[:20])
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def main() -> None:
    signal.signal(signal.SIGVTALRM, _end)
    for module, name, pattern in patterns():
        sys.stdout.write(f"{module}.{name} ")
        sys.stdout.flush()
        slow = try_out(pattern, uses(module, name), BOUNDED.get(module, LENGTH))
        sys.stdout.write(f"too long on {slow}…\n" if slow else "ok\n")


if __name__ == "__main__":
    main()
