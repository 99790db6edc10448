"""``templates list``, ``check``, ``preview``."""

from __future__ import annotations

from argparse import Namespace

from core.model.enums import DocumentKind, EmailKind
from tui.cli.commands.common import opened, put_json
from tui.cli.output import compose
from tui.cli.output.text import say
from tui.format.text import cell
from tui.runtime.exit_codes import DONE, FAILED


def list_templates(options: Namespace) -> int:
    _ = _listed(options)
    return DONE


def check(options: Namespace) -> int:
    return FAILED if _listed(options) else DONE


def preview(options: Namespace) -> int:
    kind = EmailKind.ORIGINAL if options.original else EmailKind.FOLLOW_UP
    with opened() as backend:
        which = DocumentKind(options.kind) if options.kind else None
        document = backend.documents.find(options.number, options.customer, which)
        made = backend.composing.compose(kind, document.id, options.language)
    fitting = made.versions[made.chosen]
    wanted = made.versions
    if options.step is not None:
        wanted = (compose.version(made, options.step),)
    if options.json:
        put_json([compose.text(each, fits=each is fitting) for each in wanted])
    else:
        for each in wanted:
            compose.print_text(each, fits=each is fitting)
    return DONE


def _listed(options: Namespace) -> int:
    """Print every file; return how many cannot be used."""
    with opened() as backend:
        reports = backend.composing.templates()
        folder = backend.settings.templates
    if options.json:
        put_json([compose.template(report) for report in reports])
    else:
        compose.print_reports(reports)
        if not reports:
            say(f"No templates in {cell(str(folder))}; the built-in texts are used.")
    return sum(bool(report.problem) for report in reports)
