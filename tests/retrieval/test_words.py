"""Lemma, stem and folding, pinned by a file with the known failures in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import words


def test_stems_are_those_of_the_golden_file(data):
    lines = (data / "stems_nb.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert len(pairs) >= 150
    assert len({form for form, _ in pairs}) == len(pairs), "a form stands twice"
    changed = [
        f"{form}: {words.stem(form)}, was {stem}"
        for form, stem in pairs
        if words.stem(form) != stem
    ]
    assert changed == []


@pytest.mark.parametrize(
    "forms",
    [
        pytest.param("bok boka boken bøker bøkene", id="umlaut"),
        pytest.param("barnehage barnehagen barnehager barnehagene barnehagens", id="regular"),
        pytest.param("vei veien veier veiene", id="short word"),
        pytest.param("bygge bygger bygde bygget bygd", id="verb"),
        pytest.param("innføre innfører innførte innført", id="verb with prefix"),
        pytest.param("syk syke", id="adjective"),
        pytest.param("gammel gamle", id="irregular adjective"),
        pytest.param("mann menn mennene", id="mann"),
    ],
)
def test_forms_of_a_word_meet(forms):
    assert len({words.stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("fastlege", "fast"), ("billig", "bil"), ("billigere", "bil"), ("bolig", "bol")],
)
def test_words_that_have_nothing_in_common_do_not_meet(one, other):
    assert words.stem(one) != words.stem(other)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("paaske", "påske"),
        ("paske", "påske"),
        ("soer", "sør"),
        ("sor", "sør"),
        ("baere", "bære"),
        ("lorenskog", "lørenskog"),
        ("idé", "ide"),
    ],
)
def test_folding_meets_both_ways_of_typing(written, meant):
    assert words.fold(written) == words.fold(meant)


@given(st.text(min_size=1, max_size=40))
def test_folding_once_is_enough_and_nothing_raises(text):
    folded = words.fold(text.lower())
    assert all(letter not in folded for letter in "æøåäö")
    words.stem(text.lower())
    words.lemma(text.lower())


def test_nfc_drops_what_only_looks():
    assert words.nfc("sko\u00adle\u200b\u202e \u00a0A\u030as") == "skole  Ås"
