"""The timeline of a document as Markdown and as a page to print: pure, foreign text harmless."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from core.model.delivery import DocumentSummary
from core.model.enums import DisplayStatus
from core.model.history import DocumentLog
from core.rules.delivery.timeline import BYTES_CAVEAT, MACHINE_CAVEAT, TimelineEntry

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|~&$]|^[-+#=]|(?<=^[0-9])[.)])")
_HOW_TO_CHECK: Final = "SHA256SUMS names every file: sha256sum -c SHA256SUMS checks them."
_STYLE: Final = """\
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; max-width: 48rem; margin: 2rem auto; }
h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
time { color: #444; font-variant-numeric: tabular-nums; }
p, ul { margin: .2rem 0; } li, h1, h2 { overflow-wrap: anywhere; }
table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
section { break-inside: avoid; } footer { margin-top: 2rem; color: #444; font-size: .9rem; }
@page { margin: 2cm; }
"""


def plain(text: str) -> str:
    """Return foreign text as one line that nothing interprets: no controls, no bidi marks."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    line = "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(line.split())


def both_times(at: datetime, zone: tzinfo | None = None) -> str:
    """``2026-11-20 14:02:11 UTC · 2026-11-20 15:02:11 CET (+0100)``."""
    local = at.astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC · {local:%Y-%m-%d %H:%M:%S %Z (%z)}"


def facts(log: DocumentLog) -> list[tuple[str, str]]:
    """Return what heads the page: the document as the accounting system told it last."""
    row = log.document
    found = [
        ("Document", f"{row.kind.value} {row.number}"),
        ("Customer", row.customer),
        ("Phone", log.phone),
        ("Status", row.status),
        ("Total", f"{row.total:,} {row.currency}"),
        ("Balance due", f"{row.balance_due:,} {row.currency}"),
        ("Issued on", row.issued_on.isoformat() if row.issued_on else ""),
        ("Due on", row.due_on.isoformat() if row.due_on else ""),
        ("Emails", str(len(log.emails))),
        ("Delivery now", _delivery(row.summary)),
    ]
    return [(name, plain(value)) for name, value in found if value]


def _delivery(summary: DocumentSummary) -> str:
    if summary.word is DisplayStatus.SOFT_BOUNCED:
        return "delivered, but a forward of it failed" if summary.is_forward else "soft bounce"
    return summary.word.value.replace("_", " ").lower()


def markdown(log: DocumentLog, entries: Sequence[TimelineEntry], zone: tzinfo | None = None) -> str:
    """Return the timeline as Markdown."""
    lines = [f"# Evidence: {_md(log.document.number)}", ""]
    lines += [f"- {name}: {_md(value)}" for name, value in facts(log)]
    for entry in entries:
        lines += ["", f"## {_md(entry.title)}", "", f"{both_times(entry.at, zone)}", ""]
        lines += [f"- {_md(line)}" for line in entry.lines]
    if not log.emails:
        lines += ["", "Nothing was sent about this document."]
    lines += ["", "---", "", BYTES_CAVEAT, "", MACHINE_CAVEAT, "", _HOW_TO_CHECK]
    return "\n".join(lines) + "\n"


def page(log: DocumentLog, entries: Sequence[TimelineEntry], zone: tzinfo | None = None) -> str:
    """Return the timeline as one HTML page that needs nothing beside it."""
    title = f"Evidence: {_h(log.document.number)}"
    rows = "".join(f"<tr><td>{n}</td><td>{_h(v)}</td></tr>\n" for n, v in facts(log))
    sections = "".join(_section(entry, zone) for entry in entries)
    nothing = "" if log.emails else "<p>Nothing was sent about this document.</p>\n"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<table>\n{rows}</table>\n{nothing}{sections}<footer>\n<p>{BYTES_CAVEAT}</p>\n"
        f"<p>{MACHINE_CAVEAT}</p>\n<p>{_HOW_TO_CHECK}</p>\n</footer>\n</body>\n</html>\n"
    )


def _section(entry: TimelineEntry, zone: tzinfo | None) -> str:
    lines = "".join(f"<li>{_h(line)}</li>\n" for line in entry.lines)
    listed = f"<ul>\n{lines}</ul>\n" if lines else ""
    return (
        f"<section>\n<h2>{_h(entry.title)}</h2>\n"
        f"<p><time>{both_times(entry.at, zone)}</time></p>\n{listed}</section>\n"
    )


def _md(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", plain(text))


def _h(text: str) -> str:
    return html.escape(plain(text))


_LONGEST: Final = 100
"""Bytes; every file system takes 255, and a folder may lie deep."""


_FORBIDDEN: Final = frozenset('<>:"/\\|?*')


#: Windows's devices: not allowed as names, whatever the extension.
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³")}
)


def safe_name(text: str, instead: str = "file") -> str:
    """Return ``text`` as the name of one file or folder; ``instead`` where nothing is left of it.

    Whoever needs different texts to give different names puts a number before it.
    """
    folded = unicodedata.normalize("NFC", text)
    plain = "".join("_" if _is_unsafe(letter) else letter for letter in folded)
    plain = " ".join(plain.split()).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if dot and stem and 0 < len(suffix) <= 10:
        short = f"{_cut(stem, _LONGEST - len(suffix.encode()) - 1)}.{suffix}"
    else:
        short = _cut(plain, _LONGEST)
    short = short.strip(" .") or instead
    return f"_{short}" if short.partition(".")[0].strip().casefold() in _RESERVED else short


def _is_unsafe(letter: str) -> bool:
    return letter in _FORBIDDEN or unicodedata.category(letter)[0] == "C"


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(most, 1)].decode(errors="ignore").rstrip()
