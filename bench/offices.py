"""What every proof with a stand-in for AWS begins with: an environment that leads there alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from core.db.writes.imported_records import CustomerEntry, DocumentEntry
from core.model.enums import DocumentKind


@contextmanager
def only_here(aws: Mapping[str, str], folder: Path, database_url: str) -> Iterator[None]:
    """Let this process, and those it starts, see ``aws`` and ``database_url``, nothing else."""
    settings = folder / "settings.toml"
    settings.write_text("", encoding="utf-8")
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("AWS_", "OUTTRAY_"))]:
        del os.environ[name]
    os.environ.update(
        aws,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        OUTTRAY_DATABASE_URL=database_url,
        OUTTRAY_CONFIG=str(settings),
        OUTTRAY_OPERATOR="anna",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def open_invoice(number: str, customer: str, address: str) -> DocumentEntry:
    """Return an invoice of 100 euros that nobody has paid."""
    owed = Decimal(100)
    entry = CustomerEntry(customer, address)
    return DocumentEntry(entry, DocumentKind.INVOICE, number, "OPEN", "EUR", owed, owed, None, None)
