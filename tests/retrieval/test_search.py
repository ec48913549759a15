"""Ranking: on a small corpus whose right order can be worked out, and on the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from retrieval.build import Options, Snapshot, build
from retrieval.question import Switches
from retrieval.search import Hit, Searcher, Weights
from tests.conftest import ROOT, write_programmes
from tests.word_encoder import WordEncoder

OLD = """Program for bygda

Skole

Bygdelista vil:
• bygge ny svømmehall ved ungdomsskolen
• gi alle elever gratis frukt
• ha leksehjelp på biblioteket

Vei

Bygdelista vil:
• asfaltere grusveien til kirka
• senke fartsgrensen i sentrum
"""
NEW = """Program for bygda

Kultur

Bygdelista vil:
• bygge ny svømmehall ved ungdomsskolen
• gi støtte til korpsene
• ha bibliotek med lengre åpningstid
"""
ELSEWHERE = """Program for bygda

Idrett

Bygdelista vil:
• pusse opp svømmehallen
• lage lysløype rundt vannet
"""


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory):
    """Return a function: options -> the index of three small programmes."""
    folder = write_programmes(
        tmp_path_factory.mktemp("village"),
        ("Bygda", "2019-2023", OLD),
        ("Bygda", "2023-2027", NEW),
        ("Grenda", "", ELSEWHERE),
    )

    def make(encoder: WordEncoder | None = None, options: Options = Options()) -> Snapshot:
        return build(folder, encoder, options=replace(options, this_year=2025))

    return make


@pytest.fixture(scope="module")
def searcher(village) -> Searcher:
    return village().searcher


@pytest.fixture(scope="module")
def with_vectors(village) -> Searcher:
    return village(WordEncoder()).searcher


def find(searcher: Searcher, text: str, municipalities: Sequence[str] = (), **more) -> list[Hit]:
    return searcher.search(searcher.reader.read(text), municipalities=municipalities, **more)


def quotes(hits: Sequence[Hit]) -> list[str]:
    return [hit.pledge.quote for hit in hits]


def test_the_pledge_with_the_words_is_found(searcher):
    assert quotes(find(searcher, "leksehjelp"))[0] == "ha leksehjelp på biblioteket"


def test_a_pledge_without_any_word_of_the_question_is_no_hit(searcher):
    assert quotes(find(searcher, "lysløype")) == ["lage lysløype rundt vannet"]
    assert find(searcher, "kvikksølv") == []


def test_words_of_the_heading_lead_to_what_is_under_it_without_being_enough_alone(searcher):
    scores = searcher.score(searcher.reader.read("idrett"))
    assert [searcher.pledges[i].municipality for i in np.flatnonzero(scores.lexical > 0)] == [
        "Grenda",
        "Grenda",
    ]


def test_of_two_pledges_with_the_same_words_the_current_period_comes_first(searcher):
    hits = find(searcher, "svømmehall ved ungdomsskolen", ["Bygda"])
    assert [hit.pledge.period for hit in hits[:2]] == ["2023-2027", "2019-2023"]
    assert hits[0].score > hits[1].score


def test_a_programme_without_a_period_counts_as_current(searcher):
    expired = dict(zip(searcher.pledges, searcher._expired, strict=True))
    assert {p.period: bool(e) for p, e in expired.items()} == {
        "2019-2023": True,
        "2023-2027": False,
        "": False,
    }


def test_only_pledges_of_the_municipalities_are_hits(searcher, with_vectors):
    for one in (searcher, with_vectors):
        assert {h.pledge.municipality for h in find(one, "svømmehall", ["Grenda"])} == {"Grenda"}
        both = find(one, "svømmehall", ["Grenda", "Bygda"])
        assert {h.pledge.municipality for h in both} == {"Grenda", "Bygda"}
        assert quotes(both) == quotes(find(one, "svømmehall"))


def test_a_municipality_that_is_not_here_has_no_hits(searcher, with_vectors):
    assert find(searcher, "svømmehall", ["Oslo"]) == []
    assert find(with_vectors, "svømmehall", ["Oslo"]) == []
    assert not searcher.allowed(["Oslo"]).any()
    assert searcher.allowed().all()


def test_municipalities_are_those_of_the_corpus(searcher):
    assert searcher.municipalities == ("Bygda", "Grenda")


def test_the_best_come_first_and_ties_stay_in_document_order(searcher):
    scores = searcher.score(searcher.reader.read("svømmehall"))
    flat = replace(scores, total=np.zeros_like(scores.total), lexical=scores.lexical + 1)
    hits = searcher.search(searcher.reader.read("svømmehall"), scores=flat)
    assert [h.pledge.id for h in hits] == [p.id for p in searcher.pledges]
    real = find(searcher, "bygge svømmehall bibliotek")
    assert [h.score for h in real] == sorted((h.score for h in real), reverse=True)


def test_a_limit_takes_the_best_of_all(searcher):
    every = find(searcher, "svømmehall bibliotek")
    assert len(every) > 2
    assert find(searcher, "svømmehall bibliotek", limit=2) == every[:2]
    assert find(searcher, "svømmehall bibliotek", limit=0) == []


def test_a_hit_names_the_voters_words_that_it_holds(searcher):
    [hit] = find(searcher, "Biblioteket og leksehjelpen", limit=1)
    assert set(hit.matched) == {"biblioteket", "leksehjelpen"}


def test_an_empty_question_scores_nothing(searcher, with_vectors):
    for one in (searcher, with_vectors):
        scores = one.score(one.reader.read(""))
        assert not scores.lexical.any()
        assert scores.concepts.shape == (0, len(one.pledges))
        assert np.isfinite(scores.total).all()


@pytest.mark.parametrize("text", ["svømmehall", "romfart", "", "🙂", "a " * 3000])
def test_every_score_is_finite(searcher, with_vectors, text):
    for one in (searcher, with_vectors):
        scores = one.score(one.reader.read(text))
        for part in (scores.total, scores.lexical, scores.dense, scores.nearest, scores.concepts):
            assert np.isfinite(part).all()


def test_scoring_changes_nothing(searcher):
    question = searcher.reader.read("svømmehall")
    before = searcher.score(question).total.copy()
    find(searcher, "bibliotek")
    assert np.array_equal(searcher.score(question).total, before)


# ---- with vectors


def test_with_vectors_a_pledge_of_the_same_meaning_is_found_first(with_vectors):
    assert (
        quotes(find(with_vectors, "leksehjelp på biblioteket"))[0] == "ha leksehjelp på biblioteket"
    )


def test_with_vectors_every_pledge_is_ranked(with_vectors):
    assert len(find(with_vectors, "romfart")) == len(with_vectors.pledges)


def test_the_question_is_encoded_once_and_without_its_boilerplate(village):
    encoder = WordEncoder()
    searcher = village(encoder).searcher
    encoder.asked.clear()
    find(searcher, "Hva mener dere om svømmehall i Bygda?")
    assert encoder.asked == [("query", "svømmehall i ?")]


def test_a_bare_word_is_ranked_as_it_stands_and_judged_as_a_sentence(village):
    encoder = WordEncoder()
    searcher = village(encoder).searcher
    encoder.asked.clear()
    question = searcher.reader.read("svømmehall?")
    scores = searcher.score(question)
    assert encoder.asked == [("query", "svømmehall?"), ("query", "svømmehall i kommunen")]
    word, sentence = encoder.encode(["svømmehall?", "svømmehall i kommunen"], "query")
    assert np.array_equal(scores.centre, searcher.dense.questions.similarity(word)[1])
    assert np.array_equal(scores.nearest, searcher.dense.questions.similarity(sentence)[0])
    assert np.array_equal(scores.vector, sentence)


@pytest.fixture(scope="module")
def without_together() -> Snapshot:
    return build(ROOT / "seeds", options=Options(this_year=2026, switches=Switches(together=False)))


def test_a_pledge_that_writes_a_compound_apart_gains_and_no_other_does(lexical, without_together):
    """No pledge has «sosialdumping»; four have «sosial dumping»."""
    with_, without = lexical.searcher, without_together.searcher
    after, before = (s.score(s.reader.read("sosialdumping")).lexical for s in (with_, without))
    gained = after > 1.2 * before + 1e-6
    apart = ["sosial dumping" in pledge.quote.lower() for pledge in with_.pledges]
    assert sum(apart) == 4
    assert gained.tolist() == apart


def test_the_model_is_that_of_the_half_in_use(searcher, with_vectors):
    assert searcher.model is searcher.decision.lexical
    assert with_vectors.model is with_vectors.decision.semantic


# ---- weights


@pytest.mark.parametrize("name", Weights.__dataclass_fields__)
def test_a_weight_of_nothing_is_no_fault(village, name):
    options = Options(weights=replace(Weights(), **{name: 0.0}))
    assert quotes(find(village(options=options).searcher, "leksehjelp"))[0].startswith("ha lekse")


def test_grams_find_what_a_slip_of_the_keyboard_hides(village):
    plain = village(options=Options(weights=replace(Weights(), grams=0.0))).searcher
    question = "lysløyper"
    assert quotes(find(plain, question, limit=1)) == ["lage lysløype rundt vannet"]
    grams = plain._grams(plain.reader.read("lysløpye").concepts)
    assert plain.pledges[int(grams.argmax())].quote == "lage lysløype rundt vannet"


# ---- the shipped corpus


def test_sunday_shops_on_the_shipped_corpus(lexical):
    hits = find(lexical.searcher, "Hva mener dere om søndagsåpne butikker?", limit=3)
    assert {(h.pledge.municipality, h.pledge.period) for h in hits} == {
        ("Bærum", "2023-2027"),
        ("Lørenskog", ""),
    }
    assert all("søndagsåpne butikker" in h.pledge.quote for h in hits)


def test_every_pledge_is_found_by_its_own_words(lexical):
    """Others may say the same in other words, so not always first."""
    searcher = lexical.searcher
    places = []
    for pledge in searcher.pledges[::5]:
        found = quotes(find(searcher, pledge.quote, [pledge.municipality]))
        places.append(found.index(pledge.quote))
    assert len(places) > 80
    assert max(places) < 20
    assert sum(place == 0 for place in places) >= 0.8 * len(places)
