"""Text to terms: the same for questions and passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.analysis import (
    Analyzer,
    hyphens,
    lowercase,
    stem_filter,
    stop_filter,
    word_tokenizer,
)
from retrieval.fields import grams, passage_analyzer
from retrieval.stopwords import BOKMAAL


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return passage_analyzer()


def tokens(text: str) -> list[str]:
    return [token.term for token in word_tokenizer(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("E18 og E16", ["E18", "og", "E16"], id="letters and digits stay together"),
        pytest.param("T-bane", ["T-bane"], id="hyphen inside"),
        pytest.param("hull i CV-en", ["hull", "i", "CV"], id="ending of an acronym"),
        pytest.param("E18-en og NAV-ene", ["E18", "og", "NAV"], id="endings of acronyms"),
        pytest.param("16-19 år", ["16-19", "år"], id="range"),
        pytest.param("klima/ miljø", ["klima", "miljø"], id="slash"),
        pytest.param("«dulting».", ["dulting"], id="quotation marks"),
        pytest.param("helse- og", ["helse-", "og"], id="a suspended hyphen is kept"),
        pytest.param(
            "fritids – og idrett", ["fritids –", "og", "idrett"], id="so is a suspended dash"
        ),
        pytest.param("12 % i 2020", ["12", "i", "2020"], id="numbers"),
        pytest.param("under_strek", ["under", "strek"], id="underscore"),
        pytest.param("A-krimsenter", ["A-krimsenter"], id="a letter and a word"),
        pytest.param("", [], id="nothing"),
        pytest.param("🙂 … !!", [], id="no words"),
    ],
)
def test_the_tokenizer(text, expected):
    assert tokens(text) == expected


@given(st.text(max_size=200))
def test_offsets_point_into_the_text_and_are_in_order(text):
    found = list(word_tokenizer(text))
    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert all(text[t.start : t.end].startswith(t.term) for t in found)


@given(st.text(max_size=120))
def test_the_whole_chain_never_raises_and_keeps_offsets(text):
    for token in passage_analyzer().tokens(text):
        assert token.term
        assert token.start < token.end


def test_stop_words_are_dropped_before_folding(analyzer):
    """Else «bor» would go with «bør», and «for» with «før»."""
    assert "bør" in BOKMAAL
    assert "bor" not in BOKMAAL
    assert analyzer.terms("bør bor") == ["bo"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        pytest.param("helse- og omsorgstjenester", "helsetjenest", id="suspended first part"),
        pytest.param("helse- og omsorgstjenester", "omsorgstjenest", id="the whole second word"),
        pytest.param("gang- og sykkelvei", "gangvei", id="gangvei"),
        pytest.param("barne- og ungdomsskoler", "barneskol", id="barneskole"),
        pytest.param("el-sykkel", "elsykkel", id="hyphenated word joined"),
        pytest.param("el-sykkel", "sykkel", id="hyphenated word in parts"),
        pytest.param("T-banen", "t-ban", id="T-bane"),
        pytest.param("skolehelsetjenesten", "helsetjenest", id="two parts of three"),
        pytest.param("E18", "e18", id="E18"),
        pytest.param("Bærum", "barum", id="folded"),
    ],
)
def test_a_passage_is_found_by(analyzer, text, term):
    assert term in analyzer.terms(text)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("paaskemarked", "påskemarked"),
        ("soppelkasser", "søppelkassene"),
        ("soeppelkasse", "søppelkassene"),
        ("barnehagene", "Barnehage"),
    ],
)
def test_folding_brings_both_spellings_together(analyzer, question, passage):
    assert set(analyzer.terms(question)) & set(analyzer.terms(passage))


def test_filters_change_terms_and_never_offsets():
    chain = Analyzer(
        word_tokenizer, (lowercase, stop_filter(frozenset(["i"])), hyphens, stem_filter)
    )
    text = "EL-sykkel i Asker"
    assert {text[t.start : t.end] for t in chain.tokens(text)} == {"EL-sykkel", "Asker"}


def test_a_dash_for_suspension_is_completed(analyzer):
    assert "fritidsaren" in analyzer.terms("fritids – og idrettsarenaer")


@pytest.mark.parametrize(
    ("term", "expected"),
    [("skole", ["^sko", "skol", "kole", "ole$"]), ("sv", ["^sv$"]), ("", ["^$"])],
)
def test_grams(term, expected):
    assert grams(term) == expected
