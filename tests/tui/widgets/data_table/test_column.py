"""What the tables say, and what they leave out on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.model.delivery import DocumentSummary
from core.model.documents import Amount, CustomerRow, DocumentRow
from core.model.enums import DisplayStatus, DocumentKind
from tui.format.badges import NAMES, Span
from tui.tables.customers import CUSTOMER_COLUMNS
from tui.tables.documents import ALL_DOCUMENT_COLUMNS, DOCUMENT_COLUMNS
from tui.widgets.data_table.column import GAP, Column, Context, fit
from tui.widgets.data_table.painter import GUTTER, fill

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
CONTEXT = Context(NOW, "USD")

INVOICE = DocumentRow(
    id=1,
    customer_id=1,
    customer="Ludwig Krajcik DVM",
    kind=DocumentKind.INVOICE,
    number="INV-0042",
    status="partial",
    currency="USD",
    total=Decimal(1350),
    balance_due=Decimal("849.10"),
    issued_on=None,
    due_on=None,
    pdf="",
    summary=DocumentSummary(
        word=DisplayStatus.BOUNCED,
        send_count=4,
        last_sent_at=NOW - timedelta(hours=2),
        last_recipient="brook59@example.org",
        unresolved=frozenset({DisplayStatus.BOUNCED}),
    ),
)
CUSTOMER = CustomerRow(
    id=1,
    name="Ludwig Krajcik DVM",
    address="brook59@example.org",
    open_balance=(Amount(Decimal("3220.51"), "USD"),),
    documents=41,
    last_sent_at=NOW - timedelta(hours=2),
    bounced=3,
    complained=1,
    dropped=1,
    failed=0,
    never_reached=2,
)


def said(columns: Sequence[Column[Any]], row: object, context: Context = CONTEXT) -> dict[str, str]:
    shown = [column for column in columns if not column.hidden]
    cells = {column.id: column.value(row, context) for column in shown}
    return {name: "".join(span.text for span in cell).strip() for name, cell in cells.items()}


def style(columns: Sequence[Column[Any]], name: str, row: object) -> str:
    column = next(column for column in columns if column.id == name)
    return column.value(row, CONTEXT)[0].style


def titles(columns: Sequence[Column[Any]], screen: int) -> list[str]:
    return [column.title for column, _ in fit(columns, screen - GUTTER - 1)]  # 1: the scroll bar


def test_a_document_says_all_that_became_of_it() -> None:
    assert said(DOCUMENT_COLUMNS, INVOICE) == {
        "number": "INV-0042",
        "kind": "Invoice",
        "status": "PARTIAL",
        "total": "1,350.00",
        "balance": "849.10",
        "sends": "4",
        "last_sent": "2 h ago",
        "last_recipient": "brook59@example.org",
        "delivery": "✖ BOUNCED",
    }


def test_an_estimate_has_no_balance() -> None:
    estimate = replace(INVOICE, kind=DocumentKind.ESTIMATE, balance_due=Decimal(4200))
    assert said(DOCUMENT_COLUMNS, estimate)["balance"] == ""


def test_what_is_closed_or_nothing_is_dim() -> None:
    paid = replace(INVOICE, status="PAID", balance_due=Decimal(0))
    assert style(DOCUMENT_COLUMNS, "status", paid) == "ink--dim"
    assert style(DOCUMENT_COLUMNS, "balance", paid) == "ink--dim"
    assert style(DOCUMENT_COLUMNS, "status", INVOICE) == ""


def test_an_amount_in_another_currency_carries_its_sign() -> None:
    foreign = replace(INVOICE, currency="EUR")
    assert said(DOCUMENT_COLUMNS, foreign)["balance"] == "€849.10"
    assert said(DOCUMENT_COLUMNS, foreign, Context(NOW))["balance"] == "849.10"


def test_an_amount_too_wide_is_rounded_visibly_rather_than_cut() -> None:
    rich = replace(INVOICE, balance_due=Decimal("1234567.89"))
    balance = next(column for column in DOCUMENT_COLUMNS if column.id == "balance")
    spans = fill(balance.value(rich, CONTEXT), 10, "right")
    assert "".join(span.text for span in spans) == "≈1,234,568"


def test_a_document_never_sent_is_said_to_be_so_quietly() -> None:
    draft = replace(INVOICE, summary=DocumentSummary(never_reached=True))
    words = said(DOCUMENT_COLUMNS, draft)
    assert (words["delivery"], words["last_sent"], words["sends"]) == ("· never sent", "", "0")
    assert style(DOCUMENT_COLUMNS, "delivery", draft) == "tone--never-sent"


def test_a_document_without_a_word_for_a_day_is_doubted() -> None:
    summary = DocumentSummary(
        word=DisplayStatus.SENT, send_count=1, last_sent_at=NOW - timedelta(hours=26)
    )
    assert said(DOCUMENT_COLUMNS, replace(INVOICE, summary=summary))["delivery"] == "➤ SENT ?"


def test_a_customer_says_what_needs_attention() -> None:
    assert said(CUSTOMER_COLUMNS, CUSTOMER) == {
        "customer": "Ludwig Krajcik DVM",
        "address": "brook59@example.org",
        "open_balance": "3,220.51",
        "documents": "41",
        "last_sent": "2 h ago",
        "attention": "✖ 3 bounced  ⚑ 1 complained  ⊘ 1 dropped  never reached · 2 documents",
    }


def test_a_customer_without_trouble_shows_none() -> None:
    calm = replace(CUSTOMER, bounced=0, complained=0, dropped=0, never_reached=0, open_balance=())
    words = said(CUSTOMER_COLUMNS, calm)
    assert (words["attention"], words["open_balance"]) == ("", "0.00")


def test_balances_in_several_currencies_stay_apart_however_narrow() -> None:
    both = (Amount(Decimal(12900), "EUR"), Amount(Decimal(3), "USD"))
    cell = CUSTOMER_COLUMNS[2].value(replace(CUSTOMER, open_balance=both), CONTEXT)
    assert cell[0].text == "€12,900.00 + $3.00"
    assert cell[0].short == "€12,900.00 +1"


def test_every_cell_uses_known_styles() -> None:
    rows = [(DOCUMENT_COLUMNS, INVOICE), (ALL_DOCUMENT_COLUMNS, INVOICE)]
    spans = [s for columns, row in rows for c in columns for s in c.value(row, CONTEXT)]
    spans += [s for column in CUSTOMER_COLUMNS for s in column.value(CUSTOMER, CONTEXT)]
    assert {span.style for span in spans} - {""} <= NAMES


def test_at_80_columns_the_documents_keep_what_matters() -> None:
    kept = ["Number", "Balance", "Last sent", "Last recipient", "Delivery"]
    assert titles(DOCUMENT_COLUMNS, 80) == kept
    assert titles(ALL_DOCUMENT_COLUMNS, 80) == ["Number", "Customer", *kept[1:]]


def test_at_80_columns_an_address_of_usual_length_is_whole() -> None:
    widths = {column.id: width for column, width in fit(DOCUMENT_COLUMNS, 77)}
    assert widths["last_recipient"] >= len("brook59@example.org")


def test_at_132_columns_everything_is_there() -> None:
    for columns in (DOCUMENT_COLUMNS, CUSTOMER_COLUMNS):
        assert titles(columns, 132) == [each.title for each in columns if not each.hidden]


@pytest.mark.parametrize("columns", [DOCUMENT_COLUMNS, ALL_DOCUMENT_COLUMNS, CUSTOMER_COLUMNS])
@given(width=st.integers(-5, 400))
def test_columns_never_take_more_than_there_is(columns: Any, width: int) -> None:
    fitted = fit(columns, width)
    assert len(fitted) >= 1
    assert sum(w for _, w in fitted) + GAP * (len(fitted) - 1) <= max(0, width)


@given(st.lists(st.builds(Span, st.text(max_size=8), st.just(""), st.none() | st.text(max_size=3))))
def test_a_filled_cell_is_as_wide_as_its_column(spans: list[Span]) -> None:
    from tui.format.text import cell

    clean = tuple(Span(cell(s.text), "", None if s.short is None else cell(s.short)) for s in spans)
    assert cell_len("".join(span.text for span in fill(clean, 12, "left"))) == 12


def test_a_narrow_delivery_keeps_the_unresolved_failure_and_gives_up_the_word() -> None:
    summary = DocumentSummary(
        word=DisplayStatus.DELIVERED, unresolved=frozenset({DisplayStatus.BOUNCED})
    )
    cell = DOCUMENT_COLUMNS[-1].value(replace(INVOICE, summary=summary), CONTEXT)
    assert "".join(span.text for span in fill(cell, 16, "left")).rstrip() == " ●  ⟵ BOUNCED"


@pytest.mark.parametrize("columns", [DOCUMENT_COLUMNS, ALL_DOCUMENT_COLUMNS])
@pytest.mark.parametrize("width", range(36, 80, 2))
def test_what_became_of_a_document_is_shown_at_any_width(
    columns: tuple[Column[DocumentRow], ...], width: int
) -> None:
    shown = [column.id for column, _ in fit(columns, width)]
    assert {"number", "delivery"} <= set(shown)
