"""The office's own texts: filled in, fenced in, and replaced by ours where they are broken."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.mail.html import to_html
from core.mail.mime import compose, one_line
from core.mail.templates import loader
from core.mail.templates.sandbox import BrokenTemplateError, render
from core.mail.templates.wording import Occasion, Office, versions
from core.model.enums import DocumentKind, EmailKind
from core.model.history import Contact, Health
from core.rules.chasing import reminder_steps
from tests.core.mail.test_mime import AT, HOSTILE, MESSAGE_ID, NAMES, SENDER, document, draft

TODAY = date(2026, 12, 24)
SEED_SUBJECT = "Following up on invoice INV-0042"
SEED = (
    "Hi, I wanted to follow up on invoice INV-0042. 849.10 USD is still due."
    " Let us know if you have any questions."
)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def texts(folder: Path | None, **changes: Any) -> Any:
    office = Office("anna", SENDER, changes.pop("language", "en"), folder)
    contacts = (Contact("Ann Lee", "ann@customer.example", primary=True, health=Health()),)
    emails = changes.pop("emails", ())
    kind = changes.pop("email", EmailKind.FOLLOW_UP)
    occasion = Occasion(document(**changes), contacts, emails, TODAY)
    return versions(office, kind, occasion, attached=False)


# --------------------------------------------------------------------------- what is built in


def test_without_templates_the_first_text_is_the_agreed_one_however_late_it_is() -> None:
    made, chosen = texts(None, due_on=date(2026, 1, 1))
    assert [version.name for version in made] == ["friendly", "firm", "final"]
    assert chosen == 0
    assert (made[0].subject, made[0].body) == (SEED_SUBJECT, SEED)
    assert all(version.body for version in made)


def test_a_folder_that_is_not_there_is_no_problem(tmp_path: Path) -> None:
    made, _ = texts(tmp_path / "none")
    assert made[0].problem == ""


# --------------------------------------------------------------------------- filling in


def test_every_variable_can_be_used(tmp_path: Path) -> None:
    body = "\n".join(f"{name}={{{{ {name} }}}}" for name in loader.VARIABLES)
    write(tmp_path, "invoice.follow_up.1.friendly.en.md", f"subject: {{{{ number }}}}\n---\n{body}")
    made, _ = texts(tmp_path)
    assert made[0].problem == ""
    assert made[0].body.split("\n") == [
        "number=INV-0042",
        "kind=invoice",
        "customer=Krajcik & Sons",
        "contact=Ann Lee",
        "total=1,350.00",
        "balance=849.10",
        "currency=USD",
        "issued_on=1 November 2026",
        "due_on=1 December 2026",
        "days_overdue=23",
        "last_sent_on=",
        "sends=0",
        "operator=anna",
        "sender=Outtray Office",
    ]


def test_other_languages_choose_how_dates_are_written(tmp_path: Path) -> None:
    text = (
        "subject: Rechnung {{ number }}\n---\nfällig am {{ due_on|date('%d.%m.%Y') }}, {{ due_on }}"
    )
    write(tmp_path, "invoice.follow_up.1.freundlich.de.md", text)
    made, _ = texts(tmp_path, language="de-AT")
    assert (made[0].subject, made[0].body) == (
        "Rechnung INV-0042",
        "fällig am 01.12.2026, 2026-12-01",
    )
    made, _ = texts(tmp_path, language="fr")
    assert made[0].body == SEED  # neither French nor English is there


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_a_value_adds_no_line_and_no_header(tmp_path: Path, hostile: str) -> None:
    name = "invoice.follow_up.1.friendly.en.md"
    write(tmp_path, name, "subject: x {{ number }} {{ customer }}\n---\nDear {{ customer }}")
    made, _ = texts(tmp_path, number=hostile, customer=hostile)
    assert "\n" not in made[0].subject
    assert made[0].body == f"Dear {one_line(hostile)}".strip()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.lists(st.text() | st.sampled_from(HOSTILE), min_size=4, max_size=4),
    around=st.text(st.characters(exclude_characters="{}#%")) | st.sampled_from(HOSTILE),
)
def test_no_template_and_no_value_adds_a_header_or_a_recipient(
    tmp_path: Path, values: list[str], around: str
) -> None:
    number, customer, contact, operator = values
    subject = around.split("\n")[0].encode("utf-8", "replace").decode()
    text = f"subject: x{subject}" + "{{ number }}{{ customer }}\n---\n{{ contact }} {{ operator }}."
    write(tmp_path, "invoice.follow_up.1.friendly.en.md", text)
    office = Office(operator, SENDER, "en", tmp_path)
    known = (Contact(contact, "ann@customer.example", primary=True, health=Health()),)
    row = document(number=number, customer=customer)
    made, _ = versions(office, EmailKind.FOLLOW_UP, Occasion(row, known, (), TODAY), attached=False)
    assert made[0].subject
    assert made[0].body
    filled = draft(subject=made[0].subject, body=made[0].body, bcc=("boss@outtray.example",))
    mime = compose(filled, SENDER, MESSAGE_ID, AT, (number, customer, contact))
    message = message_from_bytes(mime, policy=compat32)
    assert sorted(message.keys()) == sorted(NAMES)
    assert message["To"] == "ann@customer.example"
    assert b"boss@outtray.example" not in mime


# --------------------------------------------------------------------------- fences


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("\n\n{{ nope }}", 3, "undefined"),
        ("\n{% if %}", 2, "Expected"),
        ("{{ number.__class__ }}", 1, "getattr is not allowed"),
        ("{{ number['x'] }}", 1, "getitem is not allowed"),
        ("{{ number.format(1) }}", 1, "is not allowed"),
        ("{{ [].append(1) }}", 1, "is not allowed"),
        ("{% for i in range(10**9) %}x{% endfor %}", 1, "is not allowed"),
        ("{{ 'a' * 10**9 }}", 1, "mul is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", 1, "pow is not allowed"),
        ("{{ '%999999999d' % 1 }}", 1, "mod is not allowed"),
        ("{% set x = 1 %}", 1, "assign is not allowed"),
        ("{% include '/etc/passwd' %}", 1, "include is not allowed"),
        ("{% extends 'x' %}", 1, "extends is not allowed"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 1, "is not allowed"),
        ("{{ number|center(1000000000) }}", 1, "there is no filter center"),
        ("{{ number|attr('__class__') }}", 1, "there is no filter attr"),
        ("{{ self }}", 1, "only texts"),
        ("{{ ('('|upper) + sends }}", 1, "concatenate"),
        ("{{ " + "(" * 5000, 1, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_could_harm_is_refused_with_its_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(BrokenTemplateError, match=reason) as error:
        render(source, {"number": "INV-1", "sends": 2})
    assert error.value.line == line


def test_a_runaway_loop_ends_soon() -> None:
    loops = 12
    source = "{% for a in number %}" * loops + "x" * 100 + "{% endfor %}" * loops
    started = time.monotonic()
    with pytest.raises(BrokenTemplateError, match=r"does not end|characters"):
        render(source, {"number": "x" * 300})
    assert time.monotonic() - started < 5


def test_a_text_that_grows_without_end_is_cut_off() -> None:
    source = "{% for a in number %}" + "x" * 1_000 + "{% endfor %}"
    with pytest.raises(BrokenTemplateError, match="50,000 characters"):
        render(source, {"number": "x" * 300})


# --------------------------------------------------------------------------- broken files


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("subject: x\n---\n\nDear {{ custmer }}", "line 4: 'custmer' is undefined."),
        ("subject: {{ x.y }}\n---\nHi", "line 1: getattr is not allowed in a template."),
        ("subject: x\nbcc: thief@evil.example\n---\nHi", "line 2: 'bcc' is not known here"),
        ("subject: x\nafter_days: soon\n---\nHi", "line 2: after_days is 'soon'"),
        ("subject: x\nsubject: y\n---\nHi", "line 2: subject is given twice."),
        ("after_days: 1\n---\nHi", "line 2: the subject is missing"),
        ("Hi", "line 1: expected subject"),
        ("", "line 1: expected subject"),
        ("subject: x\n---\n   \n", "line 3: the message is empty."),
        ("subject: {{ '' }}\n---\nHi", "line 1: the subject is empty."),
    ],
)
def test_a_broken_template_is_named_and_the_built_in_text_used(
    tmp_path: Path, text: str, problem: str
) -> None:
    name = "invoice.follow_up.1.friendly.en.md"
    write(tmp_path, name, text)
    made, chosen = texts(tmp_path)
    assert made[chosen].problem.startswith(f"{name}, {problem}")
    assert (made[chosen].subject, made[chosen].body) == (SEED_SUBJECT, SEED)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "invoice.follow_up.1.friendly.en.md").write_bytes(b"\xff\xfe\x00")
    made, _ = texts(tmp_path)
    assert "not written in UTF-8" in made[0].problem
    assert made[0].body == SEED


def test_a_misspelt_name_is_told_where_its_text_is_missed(tmp_path: Path) -> None:
    write(tmp_path, "invoice.folow_up.1.friendly.en.md", "subject: x\n---\nHi")
    made, _ = texts(tmp_path)
    assert made[0].problem.startswith("invoice.folow_up.1.friendly.en.md: expected")


def test_a_misspelt_variable_is_found_even_where_it_is_not_reached(tmp_path: Path) -> None:
    text = "subject: x\n---\n{% if sends > 99 %}\n{{ custmer }}{% endif %}"
    write(tmp_path, "invoice.original.en.md", text)
    (entry,) = loader.entries(tmp_path)
    assert entry.template is not None
    problem = loader.unknown_variable(entry.template)
    assert problem is not None
    assert (problem.line, "there is no variable custmer" in problem.reason) == (4, True)


# --------------------------------------------------------------------------- which step


STEPS = (
    reminder_steps.ReminderStep(1, "friendly"),
    reminder_steps.ReminderStep(2, "firm", after_days=14, after_follow_ups=1),
    reminder_steps.ReminderStep(3, "final", after_days=30, after_follow_ups=2),
)


@pytest.mark.parametrize(
    ("age", "follow_ups", "chosen"),
    [(0, 0, 0), (13, 5, 0), (14, 0, 0), (14, 1, 1), (99, 1, 1), (30, 2, 2), (29, 9, 1)],
)
def test_a_step_needs_both_its_age_and_the_follow_ups_before_it(
    age: int, follow_ups: int, chosen: int
) -> None:
    assert reminder_steps.choose(STEPS, age, follow_ups) == chosen


def test_the_steps_of_the_office_are_chosen_by_age(tmp_path: Path) -> None:
    head = "subject: {}\nafter_days: {}\nafter_follow_ups: 0\n---\nHi"
    write(tmp_path, "invoice.follow_up.1.friendly.en.md", head.format("one", 0))
    write(tmp_path, "invoice.follow_up.2.firm.en.md", head.format("two", 20))
    write(tmp_path, "invoice.follow_up.3.final.en.md", head.format("three", 60))
    write(tmp_path, "estimate.follow_up.1.friendly.en.md", head.format("other", 0))
    made, chosen = texts(tmp_path)  # 23 days overdue
    assert [version.subject for version in made] == ["one", "two", "three"]
    assert made[chosen].name == "firm"
    made, chosen = texts(tmp_path, due_on=None)
    assert made[chosen].name == "friendly"


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("invoice.follow_up.2.firm.de-AT.md",
         (DocumentKind.INVOICE, EmailKind.FOLLOW_UP, 2, "firm", "de-AT")),
        ("estimate.original.en.md",
         (DocumentKind.ESTIMATE, EmailKind.ORIGINAL, 0, "original", "en")),
        ("invoice.follow_up.0.firm.en.md", None),
        ("invoice.follow_up.firm.en.md", None),
        ("invoice.original.en.txt", None),
        ("../invoice.original.en.md", None),
    ],
)  # fmt: skip
def test_the_name_of_a_file_says_what_it_is_for(file: str, found: tuple[Any, ...] | None) -> None:
    name = reminder_steps.name_of(file)
    read = name and (name.kind, name.email, name.step, name.name, name.language)
    assert read == found


def test_literal_values_stay_literal_in_the_html_that_leaves(tmp_path: Path) -> None:
    name = "[Pay here](https://evil.example)"
    write(
        tmp_path, "invoice.follow_up.1.friendly.en.md",
        "subject: x\n---\nDear **{{ customer }}**, {{ customer|upper }}",
    )  # fmt: skip
    made, _ = texts(tmp_path, customer=name)
    mime = compose(draft(body=made[0].body), SENDER, MESSAGE_ID, AT, (name,))
    assert b"<a" not in mime
    assert b"<strong>" in mime
    assert replace(made[0]).body.startswith(f"Dear **{name}**")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ " + "+".join("1" * 20_000) + " }}", id="a sum of 20,000 terms"),
        pytest.param("{{ " + "+" * 20_000 + "1 }}", id="20,000 signs"),
        pytest.param("{{ 1" + " or 1" * 15_000 + " }}", id="15,000 alternatives"),
        pytest.param("{{ number" + "|d" * 20_000 + " }}", id="20,000 filters"),
        pytest.param("{{ " + "[" * 20_000 + "]" * 20_000 + " }}", id="20,000 lists"),
        pytest.param("{% if 1 %}" * 5_000 + "{% endif %}" * 5_000, id="5,000 conditions"),
        pytest.param("{% if 1 %}" + "{% elif 1 %}" * 8_000 + "{% endif %}", id="8,000 elif"),
        pytest.param("{% for a in [1] %}" * 25 + "{% endfor %}" * 25, id="25 loops"),
        pytest.param("{{ " + "9" * 90_000 + " }}", id="a number of 90,000 digits"),
        pytest.param("{{ 1e999 }}", id="a number that is infinite"),
    ],
)
def test_a_template_that_is_too_much_for_python_is_refused_in_words(source: str) -> None:
    began = time.process_time()
    with pytest.raises(BrokenTemplateError) as error:
        render(source, {"number": "INV-1"})
    assert time.process_time() - began < 2
    assert "recursion" not in error.value.reason
    assert len(error.value.reason) < 200


@pytest.mark.parametrize("mark", ["+", ">", "*", "[", "-", "_", "`", "<", "&", "{", "![](", "a*"])
def test_twenty_thousand_of_a_mark_are_written_in_two_seconds(mark: str) -> None:
    began = time.process_time()
    with suppress(BrokenTemplateError):  # {{ opens something
        assert to_html(render(mark * 20_000, {}))
    assert time.process_time() - began < 2
