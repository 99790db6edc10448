"""One template in a small part of Jinja2: values, conditions, loops over lists; nothing else.

Three fences, each enough by itself: Jinja's own immutable sandbox; a list of the marks that are
allowed, checked before anything runs (no attributes, no calls, no assignments, so nothing can
grow); and a budget of steps, seconds and characters while it runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_DEEPEST: Final = 100
"""What is within what: a sum of so many terms, so many conditions. Python takes no more of some."""
_TOO_DEEP: Final = "something in it is too long or nested too deeply"
_MOST_STEPS: Final = 5_000
_MOST_SECONDS: Final = 1.0
_MOST_LETTERS: Final = 50_000
_TOO_LONG_NUMBER: Final = "a number in it has too many digits"
_FILTERS: Final = ("upper", "lower", "title", "capitalize", "trim", "default", "d", "length")
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
    nodes.Filter,
    nodes.Test,
)


class BrokenTemplateError(Exception):
    """Where it is broken, counted from 1 within the text, and why."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def variables(source: str) -> frozenset[str]:
    """Return the names that ``source`` uses.

    Raises:
        BrokenTemplateError: it cannot be read, or uses what is not allowed.
    """
    return frozenset(
        node.name
        for node in _tree(_Sandbox("en"), source).find_all(nodes.Name)
        if node.ctx == "load"
    )


def render(source: str, values: Mapping[str, object], language: str = "en") -> str:
    """Return ``source`` filled in.

    Raises:
        BrokenTemplateError: it cannot be read, asks for what is not there, or does not end.
    """
    sandbox = _Sandbox(language)
    tree = _tree(sandbox, source)
    for loop in tree.find_all(nodes.For):
        # The environment's own attribute: no name in a template can stand in its way.
        tick = nodes.Call(nodes.EnvironmentAttribute("tick"), [], [], None, None)
        loop.body.insert(0, nodes.Output([tick], lineno=loop.lineno))
    try:
        template = sandbox.from_string(tree)
        return "".join(_limited(template.generate(**values)))
    except BrokenTemplateError:
        raise
    except TemplateError as error:
        raise BrokenTemplateError(_words(error), _line(error)) from error
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise BrokenTemplateError(_TOO_DEEP) from error  # more than Python itself takes
    except (ArithmeticError, TypeError, ValueError) as error:
        raise BrokenTemplateError(f"{error}.", _line(error)) from error
    except NameError as error:  # how Jinja writes 1e999
        raise BrokenTemplateError(_TOO_LONG_NUMBER, _line(error)) from error


class _Sandbox(ImmutableSandboxedEnvironment):
    """Values are cleaned before they come in; autoescape stays off, the result is no HTML."""

    def __init__(self, language: str) -> None:
        super().__init__(
            undefined=StrictUndefined, autoescape=False, finalize=self._shown, cache_size=0
        )
        self._language = language
        self._steps = 0
        self._deadline = time.monotonic() + _MOST_SECONDS
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"date": _dated}

    def tick(self) -> str:
        """Count one turn of a loop."""
        self._steps += 1
        if self._steps > _MOST_STEPS or time.monotonic() > self._deadline:
            raise BrokenTemplateError("it does not end: too many turns of a loop")
        return ""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        return False

    def _shown(self, value: object) -> object:
        if isinstance(value, (str, int, Undefined)):
            return value
        if not isinstance(value, date):
            raise BrokenTemplateError("only texts, figures and dates can be written")
        return f"{value.day} {value:%B %Y}" if self._language == "en" else value.isoformat()


def _dated(value: object, pattern: str = "%d.%m.%Y") -> str:
    """``due_on|date("%d.%m.%Y")``: day, month and year in figures; empty for no date."""
    if not isinstance(value, date):
        return ""
    figures = {"%d": f"{value.day:02}", "%-d": str(value.day), "%m": f"{value.month:02}"}
    figures |= {"%-m": str(value.month), "%Y": f"{value.year:04}", "%y": f"{value.year % 100:02}"}
    for mark, figure in figures.items():
        pattern = pattern.replace(mark, figure)
    return pattern


def _tree(sandbox: _Sandbox, source: str) -> nodes.Template:
    try:
        tree = sandbox.parse(source)
    except TemplateSyntaxError as error:
        raise BrokenTemplateError(_words(error), error.lineno) from error
    except RecursionError as error:
        raise BrokenTemplateError(_TOO_DEEP) from error
    except ValueError as error:
        raise BrokenTemplateError(_TOO_LONG_NUMBER) from error
    for node, depth in _all(tree):
        if depth > _DEEPEST:
            raise BrokenTemplateError(_TOO_DEEP, node.lineno)
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__.lower()
            raise BrokenTemplateError(f"{what} is not allowed in a template", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in sandbox.filters:
            known = ", ".join(sorted(sandbox.filters))
            raise BrokenTemplateError(
                f"there is no filter {node.name}; there are {known}", node.lineno
            )
    return tree


def _all(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node, in the order of the text, with how many stand around it."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        children = [(child, depth + 1) for child in node.iter_child_nodes()]
        waiting += reversed(children)


def _limited(parts: Iterator[str]) -> Iterator[str]:
    length = 0
    for part in parts:
        length += len(part)
        if length > _MOST_LETTERS:
            raise BrokenTemplateError(f"it writes more than {_MOST_LETTERS:,} characters")
        yield part


def _words(error: TemplateError) -> str:
    return f"{error.message or type(error).__name__}".rstrip(".")


def _line(error: BaseException) -> int:
    """The line of the template that the traceback passed through last."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
