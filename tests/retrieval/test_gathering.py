"""What speaks for and against an answer, on a small corpus and on the shipped one."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from retrieval.build import build
from retrieval.evidence import NAMES, Evidence
from retrieval.gathering import gather
from tests.conftest import write_programmes
from tests.word_encoder import WordEncoder

ROADS = """Program for bygda

Vei

Bygdelista vil:
• asfaltere grusveien til kirka
• senke fartsgrensen i sentrum
• strø fortauene om vinteren
"""
SCHOOLS = """Program for bygda

Skole

Bygdelista vil:
• gi alle elever gratis frukt
• ha leksehjelp på biblioteket
• bygge svømmehall ved ungdomsskolen
"""
TOPICS = """[[topic]]
id = "vei"
scope = "municipal"
name = { nb = "Vei", nn = "Veg", en = "Roads" }
words = ["vei", "fartsgrense", "fortau", "grusvei"]
questions = ["Når blir grusveien asfaltert?", "Hva er fartsgrensen i sentrum?", "Hvem strør fortauene?"]

[[topic]]
id = "skole"
scope = "municipal"
name = { nb = "Skole", nn = "Skule", en = "School" }
words = ["skole", "elev", "leksehjelp"]
questions = ["Får elevene leksehjelp?", "Blir det gratis frukt?", "Hva med ungdomsskolen?"]

[[topic]]
id = "hund"
scope = "municipal"
name = { nb = "Hund", nn = "Hund", en = "Dogs" }
words = ["hund", "båndtvang", "hundepark"]
questions = ["Kommer det en hundepark?", "Når er det båndtvang?", "Hva med løse hunder?"]

[[topic]]
id = "vaer"
scope = "smalltalk"
name = { nb = "Vær", nn = "Vêr", en = "Weather" }
words = ["vær", "regn", "sol"]
questions = ["Hvordan blir været?", "Kommer det regn i morgen?", "Blir det sol?"]
answer = { nb = "Spør noen andre.", nn = "Spør andre.", en = "Ask others." }
"""
BETWEEN_0_AND_1 = (
    "coverage", "normalised", "unmatched", "head_unmatched", "covered", "known_silent",
    "agree_lexical", "agree_meaning", "agree_topic", "english",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_programmes(
        tmp_path_factory.mktemp("evidence"), ("Bygda", "", ROADS), ("Grenda", "", SCHOOLS)
    )
    (folder / "topics.toml").write_text(TOPICS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def searcher(folder):
    return build(folder).searcher


@pytest.fixture(scope="module")
def with_vectors(folder):
    return build(folder, WordEncoder()).searcher


def evidence(searcher, text: str, *municipalities: str) -> Evidence:
    question = searcher.reader.read(text)
    return gather(searcher, question, searcher.score(question), municipalities)


def test_a_question_in_the_words_of_a_pledge_is_covered(searcher):
    found = evidence(searcher, "leksehjelp på biblioteket")
    assert found.coverage == pytest.approx(1.0)
    assert found.unmatched == 0.0
    assert found.head_unmatched == 0.0


def test_a_word_that_no_pledge_holds_is_missed(searcher):
    found = evidence(searcher, "kvikksølv på biblioteket")
    assert 0 < found.coverage < 1
    assert 0 < found.unmatched < 1
    assert found.head_unmatched == 1.0


def test_a_question_about_nothing_here_has_nothing_for_it(searcher):
    found = evidence(searcher, "kvikksølv")
    assert (found.coverage, found.normalised, found.unmatched) == (0.0, 0.0, 1.0)
    assert found.head_unmatched == 1.0


def test_only_pledges_of_the_municipality_count(searcher):
    here, there = (
        evidence(searcher, "leksehjelp", "Grenda"),
        evidence(searcher, "leksehjelp", "Bygda"),
    )
    assert here.coverage == pytest.approx(1.0)
    assert here.unmatched == 0.0
    assert there.coverage == 0.0
    assert there.unmatched == 1.0


def test_a_word_of_the_topic_tree_that_no_pledge_holds_is_known_silence(searcher):
    assert evidence(searcher, "hundepark").known_silent == pytest.approx(1.0)
    assert evidence(searcher, "fartsgrense").known_silent == 0.0
    assert evidence(searcher, "kvikksølv").known_silent == 0.0  # nobody knows it


def test_meaning_tells_what_is_outside_politics(with_vectors):
    weather = evidence(with_vectors, "Kommer det regn i morgen?")
    roads = evidence(with_vectors, "Når blir grusveien asfaltert?")
    # Four topics are too few for any to count as covered: all of politics is «uncovered».
    assert weather.outside > weather.uncovered
    assert roads.uncovered > roads.outside
    assert weather.outside > roads.outside


def test_without_an_encoder_there_is_no_evidence_of_meaning(searcher):
    found = evidence(searcher, "Når blir grusveien asfaltert?")
    assert (found.nearest, found.centre, found.outside, found.inside, found.dense) == (0,) * 5


def test_length_and_language_are_told(searcher):
    assert evidence(searcher, "leksehjelp").length == pytest.approx(0.1)
    assert evidence(searcher, "leksehjelp").english == 0.0
    assert evidence(searcher, "What will you do about the road speed limit?").english == 1.0


TEXTS = [
    "", "leksehjelp", "kvikksølv", "Asker", "🙂", "a " * 2000, "skole " * 700,
    "What about school lunches?", "hundepark og båndtvang på fortauene",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("place", [(), ("Bygda",), ("Oslo",), ("Bygda", "Grenda")])
def test_every_number_is_finite_and_of_its_size(searcher, with_vectors, text, place):
    for one in (searcher, with_vectors):
        found = evidence(one, text, *place)
        assert np.isfinite(found.vector()).all()
        for name in BETWEEN_0_AND_1:
            assert -1e-6 <= getattr(found, name) <= 1 + 1e-6, name
        assert 0 <= one.model.probability(found) <= 1


def test_numbers_do_not_depend_on_what_was_asked_before(searcher):
    first = evidence(searcher, "leksehjelp")
    evidence(searcher, "hundepark")
    assert astuple(evidence(searcher, "leksehjelp")) == astuple(first)


def test_a_corpus_without_topics_still_gives_evidence(tmp_path):
    searcher = build(write_programmes(tmp_path, ("Bygda", "", ROADS))).searcher
    found = evidence(searcher, "fartsgrensen")
    assert found.coverage == pytest.approx(1.0)
    assert (found.outside, found.covered, found.known_silent, found.affinity) == (0, 0, 0, 0)
    assert len(astuple(found)) == len(NAMES)


def test_what_the_shipped_programmes_speak_of_is_likelier_answered(lexical):
    searcher = lexical.searcher
    spoken = [
        "Hva mener dere om søndagsåpne butikker?",
        "hva vil dere gjøre for lærlinger",
        "T-banen i Bærum",
    ]
    silent = [
        "hva med pensjonsalderen i Stortinget",
        "hvem vant kampen i går",
        "kan du oversette dette til fransk",
    ]
    low = min(searcher.model.probability(evidence(searcher, t)) for t in spoken)
    high = max(searcher.model.probability(evidence(searcher, t)) for t in silent)
    assert low > high


@pytest.mark.parametrize(
    ("written", "meant"), [("skulane", "skolene"), ("kindergartens", "barnehager")]
)
def test_a_word_in_another_language_is_no_rarer_than_its_bokmaal(lexical, written, meant):
    """No pledge has «skule»; were it asked for as such, «skole» would be a small part of it."""
    searcher = lexical.searcher
    theirs, ours = evidence(searcher, written), evidence(searcher, meant)
    assert theirs.normalised > 0.6 * ours.normalised > 0.0
    assert theirs.coverage > 0.6 * ours.coverage


def test_a_slip_is_no_rarer_than_the_word_that_it_is_of(lexical):
    theirs, ours = (evidence(lexical.searcher, text) for text in ("barnehgae", "barnehage"))
    assert theirs.normalised > 0.8 * ours.normalised


def test_a_translation_that_no_pledge_holds_makes_nothing_of_the_word(lexical):
    question = lexical.searcher.reader.read("medverknad")
    assert {"nynorsk"} <= {v.source for v in question.concepts[0].variants}
    assert evidence(lexical.searcher, "medverknad").coverage < 0.5
