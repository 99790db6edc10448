"""Who is meant by what was typed: judged one customer at a time, without any database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.rules.search.ranking import (
    Candidate,
    MatchRank,
    Rank,
    Typed,
    begins_a_word,
    edits,
    grams,
    marks,
    name_words,
    number_rank,
    ranked,
    stand,
    swaps,
    word_starts,
)
from core.rules.search.text import search_key

_LETTERS = st.sampled_from("abKé ß&-'.@株ト0\u0301İﬁ\u202e\x00🙂")
NAMES = st.text(_LETTERS, min_size=1, max_size=14).filter(search_key)
ANYTHING = st.text(max_size=30)


def customer(name: str, *addresses: str, **more: object) -> Candidate:
    key = search_key(name)
    entry = Candidate(1, key, search_key(" ".join([name, *addresses])))
    return Candidate(entry.id, entry.name_key, entry.search, **more)  # type: ignore[arg-type]


def rank(text: str, entry: Candidate, *, alike: bool = False) -> Rank | None:
    place = stand(Typed.of(text), entry, alike=alike)
    return place.rank if place else None


def test_the_ranks_from_the_whole_name_to_a_slip() -> None:
    entry = customer("Ludwig Krajčík & Sons", "ann@mail.example", number=None)
    for text, expected in {
        "LUDWIG KRAJCIK & SONS": Rank.EXACT,
        "ludw": Rank.NAME,
        "ludwig kraj": Rank.NAME,
        "kraj lud": Rank.WORD,
        "son": Rank.WORD,
        "ann@": Rank.ADDRESS,
        "mail.ex": Rank.ADDRESS,
        "kraj mail": Rank.ADDRESS,
        "ajci": Rank.PART,
        "krajcki": None,
        "aj": None,
        "": None,
    }.items():
        assert rank(text, entry) is expected, text
    assert rank("krajcki", entry, alike=True) is Rank.ALIKE
    assert rank("mail krajcki", entry, alike=True) is Rank.ALIKE
    assert rank("krxxxki", entry, alike=True) is None


def test_numbers_by_their_beginning_and_by_the_number_they_end_in() -> None:
    assert number_rank("inv-0042", "inv-0042") is Rank.EXACT
    assert number_rank("inv-00", "inv-0042") is Rank.NUMBER
    assert number_rank("42", "inv-0042") is number_rank("042", "inv-0042") is Rank.TAIL
    assert number_rank("4", "inv-0042") is number_rank("0", "inv-0000") is None
    assert number_rank("42", "inv-1042") is None


def test_inside_a_rank_those_who_need_attention_come_first_then_names() -> None:
    entries = [
        Candidate(1, "krb", "krb"),
        Candidate(2, "kra", "kra"),
        Candidate(3, "krz", "krz", needs_attention=True),
        Candidate(4, "a kr", "a kr", needs_attention=True),
        Candidate(5, "kr", "kr"),
    ]
    assert [place.id for place in ranked(Typed.of("kr"), entries)] == [5, 3, 2, 1, 4]


@given(NAMES, st.integers(1, 14))
def test_another_letter_of_the_name_never_loses_it_nor_ranks_it_lower(name: str, end: int) -> None:
    key, entry = search_key(name), customer(name)
    before, after = rank(key[:end], entry), rank(key[: end + 1], entry)
    if search_key(key[:end]) == key[:end]:
        assert before in (Rank.EXACT, Rank.NAME)
        assert after in (Rank.EXACT, Rank.NAME)


@given(st.lists(st.tuples(NAMES, st.booleans()), max_size=12), ANYTHING | NAMES)
def test_the_order_is_total_and_the_same_whatever_order_they_come_in(
    people: list[tuple[str, bool]], text: str
) -> None:
    typed = Typed.of(text)
    entries = [
        Candidate(n, search_key(name), search_key(name), urgent)
        for n, (name, urgent) in enumerate(people)
    ]
    found = ranked(typed, entries, alike=True)
    assert found == ranked(typed, reversed(entries), alike=True)
    assert len(set(found)) == len(found)
    assert all(isinstance(place, MatchRank) for place in found)


@given(NAMES | ANYTHING, NAMES)
def test_a_word_begins_where_words_are_said_to_begin(name: str, part: str) -> None:
    key, word = search_key(name), search_key(part).replace(" ", "")
    if word:
        assert begins_a_word(word, key) == any(key.startswith(word, n) for n in word_starts(key))
        assert begins_a_word(word, key) == any(w.startswith(word) for w in name_words(key))


@given(ANYTHING | NAMES, ANYTHING | NAMES)
def test_marks_lie_apart_within_what_is_shown(shown: str, text: str) -> None:
    last = 0
    for start, end in marks(Typed.of(text), shown, alike=True):
        assert last <= start < end <= len(shown)
        last = end + 1


@given(NAMES)
def test_what_was_typed_in_full_is_marked_in_full(name: str) -> None:
    stretches = marks(Typed.of(name), name)
    marked = "".join(name[start:end] for start, end in stretches)
    assert search_key(marked) == search_key(name)


def test_marks_follow_accents_ligatures_and_slips() -> None:
    for name, text, expected in (
        ("Krajčík & Sons", "krajcik", "Krajčík"),
        ("Mu\u0308ller", "mul", "Mu\u0308l"),
        ("ﬁne print", "fi", "ﬁ"),
        ("O'Brien Ltd", "brien", "Brien"),
        ("Anna Sonja", "so", "So"),
        ("Bakery Halwood", "halwodo", "Halwood"),
    ):
        assert [name[a:b] for a, b in marks(Typed.of(text), name, alike=True)] == [expected]
    name = "Ludwig Krajcik DVM"
    found = marks(Typed.of("kraj lud"), name)
    assert [name[a:b] for a, b in found] == ["Lud", "Kraj"]


def test_slips_are_counted_to_the_likeliest_beginning_of_a_word() -> None:
    for typed, word, expected in (
        ("kraj", "krajcik", 0),
        ("krja", "krajcik", 1),
        ("krajick", "krajcik", 1),
        ("rajcik", "krajcik", 1),
        ("krrajcik", "krajcik", 1),
        ("muelle", "muller", 1),
        ("kxyj", "kraj", 2),
        ("abcd", "wxyz", None),
        ("", "abc", 0),
    ):
        assert edits(typed, word, 2) == expected, (typed, word)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_slips_are_those_of_the_plain_rule(typed: str, word: str) -> None:
    def plain(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        best = min(
            plain(a[:-1], b) + 1, plain(a, b[:-1]) + 1, plain(a[:-1], b[:-1]) + (a[-1] != b[-1])
        )
        if a[-2:] == b[-2:][::-1] and len(a) > 1 and len(b) > 1:
            best = min(best, plain(a[:-2], b[:-2]) + 1)
        return best

    if len(typed) + len(word) <= 9:  # the plain rule takes for ever
        expected = min(plain(typed, word[:end]) for end in range(len(word) + 1))
        assert edits(typed, word, 2) == (expected if expected <= 2 else None)


def test_what_is_compared_shares_letters_or_is_a_swap() -> None:
    assert grams("kra") == {" kr", "kra"}
    assert "sons" in swaps("snos")
