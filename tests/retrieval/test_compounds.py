"""Compounds, pinned by a file with the known failures in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import compounds, words
from retrieval.analysis import Token
from retrieval.fields import known_part


def rows(data, name):
    """Lines of the golden file, and whether they stand under «known failures»."""
    failure = False
    for line in (data / name).read_text(encoding="utf-8").splitlines():
        failure |= "known failures" in line
        if line and not line.startswith("#"):
            word, parts = line.split("\t")
            yield word, () if parts == "-" else tuple(parts.split()), failure


def test_splits_are_those_of_the_golden_file(data):
    table = list(rows(data, "compounds_nb.tsv"))
    assert len(table) >= 110
    assert len({word for word, *_ in table}) == len(table), "a word stands twice"
    found = {word: compounds.split(words.lemma(word), known_part) for word, *_ in table}
    assert [
        (word, found[word], "was", parts) for word, parts, _ in table if found[word] != parts
    ] == []


def test_most_compounds_are_split_and_most_other_words_are_not(data):
    table = list(rows(data, "compounds_nb.tsv"))
    assert sum(failure for *_, failure in table) / len(table) < 0.15
    assert sum(bool(parts) for _, parts, failure in table if not failure) > 80


@pytest.mark.parametrize(
    ("word", "about"),
    [
        ("avfallshåndtering", "avfall"),
        ("eldrepolitikk", "eldre"),
        ("skoletilbud", "skole"),
        ("bussordning", "buss"),
        ("skole", ""),
        ("politikk", ""),
    ],
)
def test_modifier(word, about):
    assert compounds.modifier(word) == about


def test_sub_compounds_come_with_and_without_a_link():
    assert compounds.sub_compounds(("skole", "helse", "tjeneste")) == (
        "skolehelse",
        "skoleshelse",
        "helsetjeneste",
        "helsestjeneste",
    )
    assert compounds.sub_compounds(("skole", "mat")) == ()


@pytest.mark.parametrize("word", ["", "a", "ab", "kontroll", "ææææææ", "x" * 79])
def test_what_is_no_compound_stays_whole(word):
    assert compounds.split(word, known_part) == ()


@given(st.text(alphabet="abdeghiklmnoprstuvyæøå", max_size=30))
def test_any_split_is_made_of_known_words(word):
    parts = compounds.split(word, known_part)
    assert len(parts) != 1
    assert all(part for part in parts)


def suspended(*terms: str) -> list[str]:
    complete = compounds.suspended_filter(known_part)
    return [t.term for t in complete([Token(term, i, i + 1) for i, term in enumerate(terms)])]


def test_a_suspended_part_is_completed_by_the_next_compound():
    assert suspended("helse-", "og", "omsorgstjenester") == [
        "helse",
        "og",
        "helsetjeneste",
        "omsorgstjenester",
    ]


def test_two_suspended_parts_wait_for_the_same_word():
    assert {"skoletjeneste", "helsetjeneste"} <= set(
        suspended("skole-", "helse-", "og", "omsorgstjenester")
    )


def test_a_suspended_part_without_a_compound_stays_itself():
    assert suspended("helse-", "og", "skole") == ["helse", "og", "skole"]
