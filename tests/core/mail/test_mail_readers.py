"""Readers that nobody here wrote find in an email what the person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import mail_readers
from core.simulator import Simulator


def test_pythons_parser_reads_every_email_as_it_was_written(aws: Simulator, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OUTTRAY_DATABASE_URL", "OUTTRAY_FROM"):
            patch.setenv(name, "")  # the bench sets them; this takes them back
        sent = list(mail_readers.leave(aws, tmp_path))
    assert len(sent) == 10
    for draft, sender, mime in sent:
        seen = mail_readers.by_python(mime)
        assert mail_readers.differences(mail_readers.meant(draft, sender), seen) == []
