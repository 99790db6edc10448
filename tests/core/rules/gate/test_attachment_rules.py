"""What may go along, and that the document's PDF is never forgotten quietly."""

from __future__ import annotations

import pytest

from core.model.email import Weight
from core.model.enums import EmailKind
from core.rules.gate.document_rules import (
    FileFacts,
    PdfFacts,
    blocked_ending,
    findings,
    missing_pdf,
)

PDF = PdfFacts("INV-0042", "INV-0042.pdf", "/docs/INV-0042.pdf", is_there=True)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("setup.exe", ".exe"),
        ("SETUP.EXE", ".exe"),
        ("bill.pdf.exe", ".exe"),
        ("bill.exe. ", ".exe"),
        ("link.url", ".url"),
        ("run.ps1", ".ps1"),
        ("x.tmp", ".tmp"),
        ("page.js", ".js"),
        ("bill.pdf", ""),
        ("bill.exe.pdf", ""),
        ("sums.xlsx", ""),
        ("all.zip", ""),
        ("exe", ""),
        ("", ""),
    ],
)
def test_what_ses_would_refuse_is_known_by_its_ending(name: str, ending: str) -> None:
    assert blocked_ending(name) == ending


def test_a_blocked_file_is_refused_in_words() -> None:
    (found,) = findings(EmailKind.FOLLOW_UP, PDF, [FileFacts("setup.exe")])
    assert (found.weight, found.code) == (Weight.REFUSE, "attachment_blocked")
    assert found.title == "SES takes no .exe files: setup.exe"


@pytest.mark.parametrize("kind", [EmailKind.ORIGINAL, EmailKind.RESEND])
@pytest.mark.parametrize(
    ("pdf", "files", "reason"),
    [
        (PDF, ["INV-0042.pdf"], ""),
        (PDF, ["inv 0042 (corrected).PDF"], ""),
        (PDF, ["terms.pdf"], "it was removed"),
        (PDF, ["INV-0042.txt"], "it was removed"),
        (PDF, [], "it was removed"),
        (PdfFacts("INV-0042", "INV-0042.pdf", "/docs/INV-0042.pdf"), [], "file missing: /docs"),
        (PdfFacts("INV-0042", "INV-0042.pdf"), [], "not known"),
        (PdfFacts("INV-0042", ""), [], ""),
    ],
)
def test_the_pdf_of_an_original_or_resend_is_missed(
    kind: EmailKind, pdf: PdfFacts, files: list[str], reason: str
) -> None:
    facts = [FileFacts(name) for name in files]
    assert missing_pdf(kind, pdf, facts).startswith(reason) or reason in missing_pdf(
        kind, pdf, facts
    )
    assert bool(missing_pdf(kind, pdf, facts)) == bool(reason)
    found = list(findings(kind, pdf, facts))
    assert [(f.weight, f.code) for f in found] == [(Weight.ASK, "pdf_missing")] * bool(reason)


def test_a_follow_up_goes_without() -> None:
    assert missing_pdf(EmailKind.FOLLOW_UP, PDF, []) == ""
