"""The templates folder: one Markdown file a text, with a few lines above ``---``.

::

    subject: Second reminder: invoice {{ number }}
    after_days: 14
    after_follow_ups: 1
    ---
    Hello {{ contact }},

    invoice {{ number }} is **{{ days_overdue }} days** overdue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.files import protected_files
from core.mail.mime import one_line
from core.model.enums import DocumentKind, EmailKind
from core.rules.chasing.reminder_steps import (
    EXPECTED_NAME,
    ReminderStep,
    TemplateName,
    languages,
    name_of,
)
from core.rules.delivery.addresses import is_address, parse_mailbox

_LARGEST: Final = 100_000
_KEYS: Final = ("subject", "reply_to", "after_days", "after_follow_ups")
VARIABLES: Final = (
    "number",
    "kind",
    "customer",
    "contact",
    "total",
    "balance",
    "currency",
    "issued_on",
    "due_on",
    "days_overdue",
    "last_sent_on",
    "sends",
    "operator",
    "sender",
)


class TemplateFileError(Exception):
    """A file that cannot be used: its name, the line, the reason."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {reason}.")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Template:
    """A file that could be read; whether it can be filled in is another question."""

    file: str
    name: TemplateName
    step: ReminderStep
    subject: str
    body: str
    subject_line: int
    body_line: int
    """The line of the file that ``body`` begins on."""
    reply_to: str = ""
    """Where answers go; empty: the file says nothing of it."""


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A file of the folder; ``template`` or ``error`` is set, ``name`` where it says something."""

    file: str
    name: TemplateName | None
    template: Template | None = None
    error: TemplateFileError | None = None


def entries(folder: Path | None) -> tuple[TemplateEntry, ...]:
    """Return what lies in the folder, by name; nothing where there is no folder."""
    if folder is None or not folder.is_dir():
        return ()
    found = sorted(p for p in folder.iterdir() if p.suffix == ".md" and not p.name.startswith("."))
    return tuple(map(_entry, found))


def fitting(
    all_entries: tuple[TemplateEntry, ...], kind: DocumentKind, email: EmailKind, language: str
) -> tuple[TemplateEntry, ...]:
    """Return the files for one kind of email in the best language there is, step by step."""
    mine = [e for e in all_entries if e.name and (e.name.kind, e.name.email) == (kind, email)]
    for candidate in languages(language):
        found = [entry for entry in mine if entry.name and entry.name.language == candidate]
        if found:
            return tuple(sorted(found, key=lambda entry: entry.file))
    return ()


def fill_in(template: Template, values: Mapping[str, object]) -> tuple[str, str]:
    """Return subject and message.

    Raises:
        TemplateFileError: it cannot be filled in, or nothing is left of it.
    """
    subject = one_line(_render(template, template.subject, values, template.subject_line))
    body = _render(template, template.body, values, template.body_line).strip()
    if not subject:
        raise TemplateFileError(template.file, template.subject_line, "the subject is empty")
    if not body:
        raise TemplateFileError(template.file, template.body_line, "the message is empty")
    return subject, body


def unknown_variable(template: Template) -> TemplateFileError | None:
    """Return what is wrong before anything is filled in: its marks, or a misspelt variable."""
    from core.mail.templates.sandbox import BrokenTemplateError, variables

    for source, line in (
        (template.subject, template.subject_line),
        (template.body, template.body_line),
    ):
        try:
            used = variables(source)
        except BrokenTemplateError as error:
            return TemplateFileError(template.file, line + error.line - 1, error.reason)
        for name in sorted(used - set(VARIABLES) - _loop_names(source)):
            at = line + source[: source.index(name)].count("\n")
            known = ", ".join(VARIABLES)
            return TemplateFileError(
                template.file, at, f"there is no variable {name}; there are {known}"
            )
    return None


def _loop_names(source: str) -> set[str]:
    from jinja2 import Environment, nodes

    tree = Environment(autoescape=False).parse(source)  # noqa: S701 - parsed, never rendered
    return {n.name for n in tree.find_all(nodes.Name) if n.ctx == "store"} | {"loop"}


def _render(template: Template, source: str, values: Mapping[str, object], line: int) -> str:
    from core.mail.templates.sandbox import BrokenTemplateError, render

    try:
        return render(source, values, template.name.language)
    except BrokenTemplateError as error:
        raise TemplateFileError(template.file, line + error.line - 1, error.reason) from error


def _entry(path: Path) -> TemplateEntry:
    name = name_of(path.name)
    if name is None:
        return TemplateEntry(path.name, None, error=TemplateFileError(path.name, 0, EXPECTED_NAME))
    try:
        return TemplateEntry(path.name, name, _read(path, name))
    except TemplateFileError as error:
        return TemplateEntry(path.name, name, error=error)


def _read(path: Path, name: TemplateName) -> Template:
    try:
        if protected_files.is_protected(path):
            raise TemplateFileError(path.name, 0, "it belongs to Outtray's own database")
        if path.stat().st_size > _LARGEST:
            raise TemplateFileError(path.name, 0, f"it is larger than {_LARGEST // 1000} kB")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise TemplateFileError(path.name, 0, f"{error.strerror}".lower()) from error
    except UnicodeDecodeError as error:
        raise TemplateFileError(path.name, 0, "it is not written in UTF-8") from error
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if line.strip() == "---"), None)
    if end is None:
        raise TemplateFileError(path.name, 1, "expected subject: …, then a line of ---")
    head, at = _head(path.name, lines[:end])
    if "subject" not in head:
        raise TemplateFileError(path.name, end + 1, "the subject is missing above the line of ---")
    step = ReminderStep(
        name.step,
        name.name,
        _figure(path.name, head, at, "after_days", 0),
        _figure(path.name, head, at, "after_follow_ups", max(0, name.step - 1)),
    )
    body = "\n".join(lines[end + 1 :])
    return Template(
        path.name,
        name,
        step,
        head["subject"],
        body,
        at["subject"],
        end + 2,
        _reply_to(path.name, head, at),
    )


def _reply_to(file: str, head: Mapping[str, str], at: Mapping[str, int]) -> str:
    typed = head.get("reply_to", "")
    if typed and not is_address(parse_mailbox(typed).address):
        raise TemplateFileError(file, at["reply_to"], f"reply_to is {typed!r}, which is no address")
    return typed


def _head(file: str, lines: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    head: dict[str, str] = {}
    at: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or key not in _KEYS:
            expected = ", ".join(_KEYS)
            raise TemplateFileError(file, number, f"{key!r} is not known here; expected {expected}")
        if key in head:
            raise TemplateFileError(file, number, f"{key} is given twice")
        head[key], at[key] = value.strip(), number
    return head, at


def _figure(
    file: str, head: Mapping[str, str], at: Mapping[str, int], key: str, default: int
) -> int:
    text = head.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise TemplateFileError(
            file,
            at[key],
            f"{key} is {text!r}; expected a number of days"
            if key == "after_days"
            else f"{key} is {text!r}; expected a number",
        )
    return int(text)
