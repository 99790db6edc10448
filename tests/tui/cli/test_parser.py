"""The command line's manners: exit codes, one JSON document, words for troubles."""

from __future__ import annotations

import sqlite3

import pytest

from core.db.migrations.runner import REVISIONS
from tests.tui.cli.office import DOCUMENTS, Office

# ------------------------------------------------------------------- answers


def test_documents_have_the_keys_of_the_contract(stocked: Office) -> None:
    (document,) = stocked.json("documents", "--search", "INV-2")
    assert (
        document
        | {
            "number": "INV-2",
            "kind": "invoice",
            "customer": "Hollow Mailbox Ltd",
            "status": "OPEN",
            "currency": "EUR",
            "total": "200.20",
            "balance_due": "50.00",
            "issued_on": "2026-01-06",
            "due_on": "2026-02-05",
            "send_count": 0,
            "last_sent_at": None,
            "last_recipient": None,
            "delivery": "NEVER_SENT",
            "unresolved_failure": False,
        }
        == document
    )
    assert "never_reached" in document


def test_filters_narrow_each_other(stocked: Office) -> None:
    found = stocked.json("documents", "--customer", "nordwind", "--kind", "invoice")
    assert {document["number"] for document in found} == {"INV-1", "PAID-1"}
    assert stocked.json("documents", "--search", "EST", "--kind", "invoice") == []


@pytest.mark.parametrize("word", ["never_sent", "NEVER_SENT", "never-sent"])
def test_a_status_is_understood_as_it_is_shown(stocked: Office, word: str) -> None:
    assert len(stocked.json("documents", "--delivery", word)) == 8


def test_limit_cuts_and_says_so_and_0_is_all(stocked: Office) -> None:
    cut = stocked.ok("documents", "--limit", "3", "--json")
    assert len(cut.json) == 3
    assert "3 of 8 documents" in cut.err
    assert len(stocked.json("documents", "--limit", "0")) == 8


def test_customers_are_found_by_name_address_and_number(stocked: Office) -> None:
    for text in ("hollow", "bounce@sim", "INV-2"):
        found = stocked.json("customers", text)
        assert [customer["name"] for customer in found] == ["Hollow Mailbox Ltd"]
    assert found[0]["open_balance"] == [{"value": "50.00", "currency": "EUR"}]


def test_the_log_of_what_was_never_sent_is_empty(stocked: Office) -> None:
    found = stocked.json("log", "INV-1")
    assert (found["document"]["number"], found["emails"]) == ("INV-1", [])


@pytest.mark.parametrize("command", ["customers", "documents", "events quarantine"])
def test_an_empty_database_is_an_empty_list(office: Office, command: str) -> None:
    assert office.json(*command.split()) == []


def test_an_upgrade_names_the_version_that_it_reached(office: Office) -> None:
    answer = office.json("db", "upgrade")
    assert answer == {"database": "outtray.db", "version": REVISIONS[-1]}


def test_a_database_server_that_is_down_is_told_as_a_server(office: Office) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql://outtray:secret@/x?host={office.folder}"
    answer = office.run("documents", OUTTRAY_DATABASE_URL=url)
    assert (answer.code, answer.out) == (1, "")
    assert "server runs" in answer.err
    assert "secret" not in answer.err


def test_the_database_of_a_person_is_nobody_elses(office: Office) -> None:
    office.ok("db", "upgrade")
    assert office.database.stat().st_mode & 0o777 == 0o600


# ------------------------------------------------------------------- which document


def test_a_document_nobody_knows_is_told_with_how_to_find_it(stocked: Office) -> None:
    answer = stocked.run("log", "INV-404", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "INV-404" in answer.err
    assert "--search" in answer.err


def test_two_documents_of_one_number_are_told_apart_by_what_one_says(stocked: Office) -> None:
    header = DOCUMENTS.partition("\n")[0]
    twin = "INV-1,estimate,2,SENT,EUR,1.00,,2026-01-05,"
    stocked.ok("import", stocked.write("twin.csv", f"{header}\n{twin}\n"))
    answer = stocked.run("log", "INV-1", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "2 documents" in answer.err
    assert "--customer" in answer.err
    by_kind = stocked.json("log", "INV-1", "--kind", "estimate")["document"]
    assert by_kind["customer"] == "Hollow Mailbox Ltd"
    by_name = stocked.json("log", "INV-1", "--customer", "nordwind")["document"]
    assert by_name["kind"] == "invoice"


@pytest.mark.parametrize("number", ["", "  "])
@pytest.mark.parametrize("command", ["log", "send", "outbox cancel", "snooze", "export evidence"])
def test_an_empty_number_is_no_document_rather_than_any(
    office: Office, command: str, number: str
) -> None:
    header = DOCUMENTS.partition("\n")[0]
    only = "INV-1,invoice,Nordwind,OPEN,EUR,1.00,1.00,2026-01-05,"
    office.ok("import", office.write("one.csv", f"{header}\n{only}\n"))
    answer = office.run(*command.split(), number)
    assert answer.code in (1, 2)
    assert "number is missing" in answer.err


# ------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    "command",
    [
        "nonsense",
        "documents --delivery nonsense",
        "documents --limit -1",
        "documents --limit many",
        "documents --json --csv",
        "log",
        "events",
        "explain",
        "explain text --stdin",
        "events pull --once --follow",
    ],
)
def test_wrong_usage_is_2_and_prints_no_result(office: Office, command: str) -> None:
    answer = office.run(*command.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_the_ui_without_a_terminal_says_so(office: Office) -> None:
    answer = office.run()
    assert (answer.code, answer.out) == (2, "")
    assert "terminal" in answer.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("operater = 'anna'\n", "line 1: unknown key 'operater'"),
        ("\noperator = 3\n", "line 2: operator is 3"),
        ("operator = \n", "line 1"),
    ],
)
def test_a_mistake_in_the_settings_names_file_and_line(
    office: Office, content: str, words: str
) -> None:
    path = office.write("config.toml", content)
    answer = office.run("documents", OUTTRAY_CONFIG=str(path))
    assert answer.code == 2
    assert str(path) in answer.err
    assert words in answer.err


def test_a_settings_file_that_is_gone_is_a_mistake(office: Office) -> None:
    answer = office.run("documents", OUTTRAY_CONFIG="gone.toml")
    assert answer.code == 2
    assert "OUTTRAY_CONFIG" in answer.err


def test_the_settings_file_of_the_platform_is_read(office: Office) -> None:
    folder = office.folder / "config" / "outtray"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f"[database]\nurl = 'sqlite:///{office.folder}/ours.db'\n", encoding="utf-8"
    )
    office.ok("db", "upgrade")
    assert (office.folder / "ours.db").exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite:///{folder}/broken.db", 1),
        ("sqlite:///{folder}", 1),
        ("no-url", 2),  # a mistake in the settings
        ("oracle://h/x", 2),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_words(
    office: Office, url: str, code: int
) -> None:
    office.write("broken.db", "not a database " * 100)
    answer = office.run("documents", OUTTRAY_DATABASE_URL=url.format(folder=office.folder))
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith("outtray: ")


def test_a_database_of_a_newer_outtray_is_left_alone(stocked: Office) -> None:
    with sqlite3.connect(stocked.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    answer = stocked.run("documents")
    assert answer.code == 1
    assert "newer Outtray" in answer.err


def test_a_backup_is_a_whole_database_and_replaces_nothing(stocked: Office) -> None:
    copy = stocked.folder / "copy.db"
    assert stocked.json("db", "backup", copy)["file"] == str(copy)
    found = stocked.json("documents", OUTTRAY_DATABASE_URL=f"sqlite:///{copy}")
    assert len(found) == 8
    for taken in (copy, stocked.database):
        answer = stocked.run("db", "backup", taken)
        assert answer.code == 2
        assert "exists already" in answer.err


def test_db_check_finds_nothing_and_then_what_was_changed_behind_its_back(stocked: Office) -> None:
    assert stocked.json("db", "check")["differences"] == []
    with sqlite3.connect(stocked.database) as connection:
        connection.execute("UPDATE documents SET send_count = 7 WHERE number = 'INV-1'")
    connection.close()
    answer = stocked.run("db", "check", "--json")
    assert answer.code == 1
    found = [d for d in answer.json["differences"] if d["column"] == "send_count"]
    assert [(d["stored"], d["computed"]) for d in found] == [(7, 0)]
