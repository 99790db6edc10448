"""The verdicts on many documents by reason, and what is ticked: pure."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core
from core.model.delivery import DocumentSummary
from core.model.documents import DocumentRow
from core.model.email import Decision, Finding, Verdict, Weight
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.errors import InputError
from core.model.outbox import BulkItem, Enqueued, LeftOut, OutboxEntry
from tui.dialogs.bulk import result, view
from tui.dialogs.bulk.state import TOGETHER, BulkChoice, Line, groups, title, told
from tui.tables.export_file import free_name

AT = datetime(2026, 11, 25, 14, 12, tzinfo=UTC)
SUPPRESSED = Finding(Weight.REFUSE, "suppressed", "Suppressed: nothing …", "hard bounce", "Use x.")
MAILED = Finding(Weight.ASK, "mailed_today", "INV-1 was already emailed today", "by ben", "Wait.")
PAID = Finding(Weight.ASK, "document_settled", "Invoice INV-1 is PAID", "", "Only if you mean it.")


def item(number: int, *findings: Finding, customer: int = 0) -> BulkItem:
    row = DocumentRow(
        id=number,
        customer_id=customer or number,
        customer=f"Customer {customer or number}",
        kind=DocumentKind.INVOICE,
        number=f"INV-{number}",
        status="OPEN",
        currency="USD",
        total=Decimal(1),
        balance_due=Decimal(1),
        issued_on=None,
        due_on=None,
        pdf="",
        summary=DocumentSummary(),
    )
    return BulkItem(row, (f"to{number}@customer.example",), "Hello", Verdict(findings))


def a_choice() -> BulkChoice:
    return BulkChoice.of(
        [item(1), item(2, MAILED), item(3), item(4, SUPPRESSED), item(5, PAID), item(6, MAILED)]
    )


def test_documents_are_grouped_by_what_the_gate_says_of_them() -> None:
    found = groups((*a_choice().groups[0].items, item(7, MAILED, SUPPRESSED)))
    assert [(group.decision, len(group.items)) for group in found] == [
        (Decision.ALLOW, 2),
        (Decision.REFUSE, 1),
    ]
    choice = a_choice()
    assert [(g.decision, g.title) for g in choice.groups] == [
        (Decision.ALLOW, "can go"),
        (Decision.ASK, "Already emailed today"),
        (Decision.ASK, "Settled already: there may be nothing to follow up on"),
        (Decision.REFUSE, "Suppressed by SES: nothing can be sent to the address"),
    ]


def test_what_the_gate_asks_about_is_sent_only_when_it_is_ticked() -> None:
    choice = a_choice()
    assert [each.document.id for each in choice.chosen()] == [1, 3]
    assert [each.document.id for each in choice.toggled(Line(1)).chosen()] == [1, 3, 2, 6]


def test_a_group_can_be_unticked_as_a_whole_and_one_by_one() -> None:
    choice = a_choice()
    assert choice.mark(Line(0)) == "☑"
    some = choice.toggled(Line(0, choice.groups[0].items[0]))
    assert (some.mark(Line(0)), [i.document.id for i in some.chosen()]) == ("◪", [3])
    assert choice.toggled(Line(0)).chosen() == ()
    assert some.toggled(Line(0)).mark(Line(0)) == "☑"


def test_what_is_refused_can_never_be_ticked() -> None:
    choice = a_choice()
    assert choice.mark(Line(3)) == "✖"
    assert choice.toggled(Line(3)) == choice
    assert choice.toggled(Line(3, choice.groups[3].items[0])) == choice


def test_an_opened_group_lists_its_documents() -> None:
    choice = a_choice().unfolded(Line(1))
    assert [line.item.document.id if line.item else "" for line in choice.lines()] == [
        "", "", 2, 6, "", "",
    ]  # fmt: skip
    assert choice.unfolded(Line(1, choice.groups[1].items[0])).lines() == a_choice().lines()


def test_a_group_names_no_next_step_that_is_one_documents_own() -> None:
    other = replace(SUPPRESSED, next="Use y.")
    (group,) = groups([item(1, SUPPRESSED), item(2, other)])
    assert group.next == ""
    assert "Use y." in view.line(BulkChoice((group,), frozenset()), Line(0, group.items[1])).plain
    (same,) = groups([item(1, SUPPRESSED), item(2, SUPPRESSED)])
    assert same.next == "Use x."


def test_whatever_the_gate_can_find_has_a_name_for_several_documents() -> None:
    """A title of one document (who promised, which address) would be said of all of them."""
    codes = {
        str(node.args[1].value)
        for file in Path(core.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Finding"
        and isinstance(node.args[1], ast.Constant)
    }
    assert {"held", "suppressed", "mailed_today"} <= codes
    assert codes - {"not_ours"} <= set(TOGETHER), "not_ours is said where one fixes an address"


def test_it_says_what_will_leave() -> None:
    choice = BulkChoice.of([item(1, customer=9), item(2, customer=9), item(3), item(4, MAILED)])
    assert told(choice) == ("3 documents, 3 emails to 2 customers; 1 customer gets several.")
    assert told(choice.toggled(Line(1))).endswith("; 1 although the gate asks.")
    assert told(BulkChoice((), frozenset())) == "Nothing is ticked."
    assert title(EmailKind.FOLLOW_UP, 1) == "Follow up on 1 document"


@given(st.lists(st.sampled_from([(), (MAILED,), (PAID,), (SUPPRESSED,), (PAID, SUPPRESSED)])),
       st.lists(st.integers(0, 30)))  # fmt: skip
def test_whatever_is_toggled_nothing_refused_is_chosen_and_nothing_is_chosen_twice(
    verdicts: list[tuple[Finding, ...]], presses: list[int]
) -> None:
    choice = BulkChoice.of(item(n, *findings) for n, findings in enumerate(verdicts, 1))
    for press in presses:
        lines = choice.lines()
        if lines:
            line = lines[press % len(lines)]
            choice = choice.unfolded(line) if press % 3 == 0 else choice.toggled(line)
    chosen = [each.document.id for each in choice.chosen()]
    assert len(chosen) == len(set(chosen))
    assert all(each.decision is not Decision.REFUSE for each in choice.chosen())


# --------------------------------------------------------------------------- the result


def entry(number: int, word: DisplayStatus, error: str = "") -> OutboxEntry:
    return OutboxEntry(
        delivery_id=number,
        email_id=number,
        document_id=number,
        number=f"INV-{number}",
        customer=f"Customer {number}",
        kind=EmailKind.FOLLOW_UP,
        subject="Hello",
        address=f"to{number}@customer.example",
        word=word,
        queued_at=AT,
        sent_by="anna",
        error=error,
    )


def test_the_result_names_what_went_wrong_then_what_went_and_last_what_was_not_ticked() -> None:
    choice = a_choice()
    enqueued = Enqueued("b", (1,), (LeftOut(3, Verdict(), is_overtaken=True),))
    made = result.results(
        choice,
        enqueued,
        [entry(1, DisplayStatus.SENT), entry(8, DisplayStatus.FAILED, "SES said: no")],
    )
    assert [(r.number, r.state) for r in made] == [
        ("INV-8", "FAILED"),
        ("INV-3", "not sent"),
        ("INV-1", "SENT"),
        ("INV-2", "not sent"),
        ("INV-6", "not sent"),
        ("INV-5", "not sent"),
        ("INV-4", "not sent"),
    ]
    assert "somebody else wrote" in made[1].reason
    assert "hard bounce" in made[6].reason


def test_the_exported_result_holds_no_formula_and_overwrites_nothing(tmp_path: Path) -> None:
    path = free_name(tmp_path, "follow-up", "csv", AT)
    made = [result.Result("=1+1", "@evil", "a@b.example", DisplayStatus.SENT, "SENT", "-2\nx")]
    result.write(path, made)
    text = path.read_text()
    assert text.splitlines()[0] == "number,customer,address,state,reason"
    assert text.splitlines()[1].startswith("'=1+1,'@evil,a@b.example,SENT,'-2")
    assert len(text.splitlines()) == 2
    with pytest.raises(InputError, match="is there already"):
        result.write(path, made)
    assert free_name(tmp_path, "follow-up", "csv", AT) != path
    with pytest.raises(InputError, match="cannot be written"):
        result.write(tmp_path / "none" / "x.csv", made)
