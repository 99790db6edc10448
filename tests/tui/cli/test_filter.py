"""``--filter``: the search line of the screens on the command line."""

from __future__ import annotations

from tests.tui.cli.office import Office

_TIME = "7x is no time: 7d, 2w, 3m, or a date such as 2026-11-01"


def numbers(office: Office, *options: str) -> set[str]:
    return {document["number"] for document in office.json("documents", *options)}


def test_words_and_filters_find_documents(stocked: Office) -> None:
    everything = numbers(stocked)
    owed = numbers(stocked, "--filter", "balance>=50")
    assert "INV-2" in owed
    assert owed < everything
    assert numbers(stocked, "--filter=-balance>=50") == everything - owed
    assert numbers(stocked, "--filter", 'customer:"hollow mailbox" balance=50') == {"INV-2"}
    assert numbers(stocked, "--filter", "never-sent") == everything
    assert numbers(stocked, "--filter", "sent<7d") == set()
    assert numbers(stocked, "--filter", "due:2026-02-05 number:2") == {"INV-2"}


def test_it_narrows_what_the_other_options_leave(stocked: Office) -> None:
    assert numbers(stocked, "--filter", "inv status:open", "--customer", "nordwind") == {"INV-1"}
    assert numbers(stocked, "--search", "EST", "--filter", "invoice") == set()
    assert numbers(stocked, "--search", "inv", "--filter", "hollow") == {"INV-2"}
    assert numbers(stocked, "--filter", "invoice", "--delivery", "bounced") == set()


def test_what_says_nothing_is_marked_and_nothing_is_listed(stocked: Office) -> None:
    failed = stocked.run("documents", "--filter", "é bounced sent<7x  kind:order balance>5")
    assert failed.code == 2
    assert failed.out == ""
    assert failed.err.splitlines() == [
        "  é bounced sent<7x  kind:order balance>5",
        "            ^^^^^^^  ^^^^^^^^^^",
        f"outtray: {_TIME}; order is no kind: invoice or estimate.",
        '         For example: sent<7d, kind:invoice. Quotes make it a word: "sent<7x".',
    ]


def test_hostile_text_in_the_line_reaches_no_terminal(stocked: Office) -> None:
    failed = stocked.run("documents", "--filter", "balance>\x1b[2J\u202e [/b]")
    assert failed.code == 2
    assert "\x1b" not in failed.err
    assert "\u202e" not in failed.err
    assert numbers(stocked, "--filter", "\x1b]0;x\x07 '; DROP TABLE documents; --") == set()
    assert len(numbers(stocked)) == 8
