"""D: all that the filter shows into a file, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.model.documents import CustomerRow, DocumentFilter, DocumentRow, DocumentView
from core.model.errors import InputError
from core.rules.export.tabular import Form, readable
from tests.tui.company import NOW
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend, as_backend
from tests.tui.test_hostile import HOSTILE, company_of
from tui.dialogs.export import ExportDialog
from tui.format import records
from tui.format.records import suppression_row
from tui.tables import export_file
from tui.tables.customers import CUSTOMER_COLUMNS
from tui.tables.documents import ALL_DOCUMENT_COLUMNS
from tui.tables.export_file import Sheet
from tui.tables.sources import CustomerSource, SuppressionSource
from tui.tables.suppressions import SUPPRESSION_COLUMNS
from tui.widgets.data_table.column import Context


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def go_on(_done: int, _total: int) -> bool:
    return True


def sheet(backend: FakeBackend, where: DocumentFilter | None = None) -> Sheet[DocumentRow]:
    return Sheet(
        "documents",
        ALL_DOCUMENT_COLUMNS,
        Context(NOW),
        records.document,
        lambda: export_file.documents(as_backend(backend), where or DocumentFilter()),
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_d_writes_what_filter_and_chip_show_in_the_order_shown(
    backend: FakeBackend, home: Path
) -> None:
    async with driving(backend) as person:
        await person.press("down")
        await person.do("app.all")
        await person.do("documents.bounced")
        await person.do("documents.export")
        assert isinstance(person.app.screen, ExportDialog)
        path = Path(person.app.screen.to.value)
        assert path == home / "Downloads" / "outtray-documents-2026-11-20-1603.csv"
        await person.press("enter")
        assert "3 rows in" in person.words
    rows = read_csv(path)
    shown = backend.documents.page(DocumentFilter(chip=DocumentView.BOUNCED), 0, 99)
    assert [row["number"] for row in rows] == [row.number for row in shown]
    assert rows[0]["Number (shown)"] == "INV-0042"
    assert rows[0]["balance_due"] == "849.10"
    assert "BOUNCED" in rows[0]["Delivery (shown)"]
    assert rows[0]["last_sent_at"].endswith("Z")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_the_form_changes_the_name_and_what_is_there_stays(
    backend: FakeBackend, tmp_path: Path
) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.export")
        dialog = person.app.screen
        assert isinstance(dialog, ExportDialog)
        dialog.to.value = str(tmp_path / "x.csv")
        await person.press("tab", "right")
        assert dialog.to.value == str(tmp_path / "x.json")
        (tmp_path / "x.json").write_text("mine")
        await person.do("chase.save")
        assert "is there already" in person.words
        assert (tmp_path / "x.json").read_text() == "mine"
        dialog.to.value = str(tmp_path / "no" / "x.json")
        await person.do("chase.save")
        assert "cannot be written to: No such file or directory" in person.words
        dialog.to.value = str(tmp_path / "y.json")
        await person.do("chase.save")
    where = DocumentFilter(customer_id=1)
    kept = json.loads((tmp_path / "y.json").read_text())
    assert kept == [records.document(row) for row in backend.documents.page(where, 0, 99)]


async def test_the_other_tables_are_exported_too(backend: FakeBackend, home: Path) -> None:
    async with driving(backend) as person:
        await person.press("down")
        await person.do("customers.export")
        await person.press("enter")
        await person.do("app.attention")
        await person.do("attention.export")
        await person.press("enter")
        await person.do("app.outbox")
        await person.press("d")  # nothing to export there, and no key that does something else
        assert not isinstance(person.app.screen, ExportDialog)
    names = sorted(path.name for path in (home / "Downloads").iterdir())
    assert names == [
        "outtray-attention-2026-11-20-1603.csv",
        "outtray-customers-2026-11-20-1603.csv",
    ]
    customers = read_csv(home / "Downloads" / names[1])
    assert len(customers) == 23
    assert "849.10 USD" not in customers[0]["open_balance"]
    assert customers[0]["open_balance"].endswith(" USD")


async def test_while_it_writes_escape_stops_and_nothing_is_left(
    backend: FakeBackend, home: Path
) -> None:
    async with driving(backend) as person:
        await person.press("down")
        await person.do("app.all")
        await person.do("documents.export")
        backend.hold("documents")
        await person.pilot.press("enter")
        await person.tick()
        assert person.app.screen.is_busy  # type: ignore[attr-defined]
        await person.pilot.press("escape")
        await person.tick()
        backend.release("documents")
        await person.settle()
        assert "Stopped; nothing was kept of it." in person.words
        assert not isinstance(person.app.screen, ExportDialog)
    assert list((home / "Downloads").iterdir()) == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("form", list(Form))
def test_hostile_text_stays_text_in_every_form(text: str, form: Form, tmp_path: Path) -> None:
    backend = FakeBackend(company_of(f"={text}|`<b>"), NOW)
    written = export_file.write(sheet(backend), form, tmp_path / f"x.{form}", go_on)
    assert written is not None
    assert written.rows == 1
    content = written.path.read_text("utf-8-sig")
    lines = content.replace("\r\n", "\n").split("\n")
    if form is Form.JSON:  # nothing is left out of it
        assert readable(content) == content
    else:
        assert all(line == "" or line.isprintable() for line in lines)
    if form is Form.CSV:
        (row,) = read_csv(written.path)
        assert row["number"].startswith("'=")
        assert row["Customer (shown)"].startswith("'=")
        assert not any(value.startswith(("=", "+", "@")) for value in row.values())
    elif form is Form.JSON:
        (record,) = json.loads(content)
        assert record["number"] == f"={text}|`<b>"
    else:
        assert len(lines) == 4
        assert lines[2].count("|") - lines[2].count("\\|") == len(ALL_DOCUMENT_COLUMNS) + 1
        assert "\\<b\\>" in lines[2]


def test_a_failure_half_way_leaves_nothing(backend: FakeBackend, tmp_path: Path) -> None:
    def broken() -> tuple[int, Iterator[Sequence[DocumentRow]]]:
        def chunks() -> Iterator[Sequence[DocumentRow]]:
            yield backend.documents.page(DocumentFilter(), 0, 5)
            raise InputError("The database went away.")

        return 10, chunks()

    with pytest.raises(InputError, match="went away"):
        export_file.write(replace(sheet(backend), read=broken), Form.CSV, tmp_path / "x.csv", go_on)
    assert list(tmp_path.glob("*.csv")) == list(tmp_path.glob(".*")) == []


def test_a_name_that_somebody_takes_meanwhile_is_left_to_them(
    backend: FakeBackend, tmp_path: Path
) -> None:
    target = tmp_path / "x.csv"

    def tell(_done: int, _total: int) -> bool:
        target.write_text("theirs")
        return True

    with pytest.raises(InputError, match="is there already"):
        export_file.write(sheet(backend), Form.CSV, target, tell)
    assert target.read_text() == "theirs"
    assert list(tmp_path.glob(".*")) == []


def test_lists_and_parts_of_a_record_are_one_cell_each(
    backend: FakeBackend, tmp_path: Path
) -> None:
    def of(source: Any, columns: Any, record: Any) -> list[dict[str, str]]:
        made = Sheet("x", columns, Context(NOW), record, lambda: export_file.pages(source))
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        assert export_file.write(made, Form.CSV, path, go_on) is not None
        return read_csv(path)

    from core.model.documents import CustomerFilter
    from core.model.suppressions import SuppressionFilter

    found = of(
        CustomerSource(as_backend(backend), CustomerFilter()), CUSTOMER_COLUMNS, records.customer
    )
    assert len(found) == len(backend.customers.page(CustomerFilter(), 0, 99))
    rows: Sequence[CustomerRow] = backend.customers.page(CustomerFilter(), 0, 99)
    assert found[0]["name"] == rows[0].name
    listed = SuppressionSource(as_backend(backend), SuppressionFilter())
    assert len(of(listed, SUPPRESSION_COLUMNS, suppression_row)) == listed.count()


def test_without_a_folder_for_downloads_it_is_the_current_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "Downloads").rmdir()
    monkeypatch.chdir(tmp_path)
    first = export_file.suggested("documents", Form.CSV, NOW)
    assert first == tmp_path / "outtray-documents-2026-11-20-1603.csv"
    first.write_text("")
    assert export_file.suggested("documents", Form.CSV, NOW).name.endswith("-1603-2.csv")
