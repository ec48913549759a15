"""BM25 by postings gives what rank_bm25 gives, and is safe where rank_bm25 is not."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from retrieval.index import BM25Index, EmptyIndexError


class Reference(BM25Okapi):
    """rank_bm25 itself, with the idf that is positive on every corpus."""

    def _calc_idf(self, nd):
        self.idf = {
            term: math.log(1 + (self.corpus_size - df + 0.5) / (df + 0.5))
            for term, df in nd.items()
        }


TERMS = st.lists(st.sampled_from("abcdefg"), max_size=12)
CORPORA = st.lists(TERMS, min_size=1, max_size=12).filter(any)


@given(CORPORA, TERMS, st.floats(0.1, 3), st.floats(0, 1))
@settings(max_examples=200)
def test_scores_are_those_of_rank_bm25(corpus, query, k1, b):
    expected = Reference(corpus, k1=k1, b=b).get_scores(query)
    assert np.allclose(BM25Index(corpus, k1=k1, b=b).scores(query), expected, rtol=1e-4, atol=1e-5)


def exactly(index: BM25Index, corpus, terms, k1, b) -> list[tuple[int, float]]:
    """What rank_bm25 says, on our idf: every document with a term, best first."""
    reference = Reference(corpus, k1=k1, b=b)
    for term in reference.idf:
        assert math.isclose(reference.idf[term], index.idf(term), rel_tol=1e-14)
        reference.idf[term] = index.idf(term)
    scores = reference.get_scores(terms)
    order = sorted(range(len(corpus)), key=lambda i: (-scores[i], i))
    return [(i, float(scores[i])) for i in order if scores[i] > 0]


@pytest.fixture(params=["small", "large"])
def either(request, monkeypatch):
    """Corpora of both kinds: added up in float64, and in float32 with a second look."""
    if request.param == "large":
        monkeypatch.setattr("retrieval.index.SMALL", 0)


@given(CORPORA, TERMS, st.floats(0.1, 3), st.floats(0, 1))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_best_are_those_of_rank_bm25_to_the_last_bit(either, corpus, terms, k1, b):
    index = BM25Index(corpus, k1=k1, b=b)
    assert index.search(terms, len(corpus)) == exactly(index, corpus, terms, k1, b)


def zipf_corpus(documents: int, seed: int) -> list[list[str]]:
    rng = np.random.default_rng(seed)
    ranks = np.minimum(rng.zipf(1.3, size=(documents, 12)), 3000)
    return [[f"t{r}" for r in row[: rng.integers(1, 12)]] for row in ranks]


@pytest.mark.parametrize("seed", [1, 2])
def test_many_documents_are_ranked_as_by_rank_bm25_to_the_last_bit(either, seed):
    corpus = zipf_corpus(4000, seed)
    index = BM25Index(corpus, k1=0.8, b=0.5)
    assert len(index.columns.rows), "some term is frequent enough for a row"
    assert len(index.columns.documents), "and some are not"
    rng = np.random.default_rng(seed)
    for _ in range(40):
        terms = [f"t{r}" for r in np.minimum(rng.zipf(1.3, size=rng.integers(1, 9)), 3500)]
        expected = exactly(index, corpus, terms, 0.8, 0.5)
        assert index.search(terms, 5) == expected[:5]
        allowed = rng.random(len(corpus)) < 0.1
        assert index.search(terms, 5, allowed) == [h for h in expected if allowed[h[0]]][:5]


def test_a_search_leaves_nothing_for_the_next_one(either):
    corpus = zipf_corpus(500, 3)
    index = BM25Index(corpus, k1=0.8, b=0.5)
    first = index.search(["t1", "t9", "t40"], 5)
    index.search(["t2", "t3", "t1", "t77"], 9)
    index.search(["t9"], 3, np.zeros(500, bool))
    assert index.search(["t1", "t9", "t40"], 5) == first


def test_threads_do_not_disturb_each_other(either):
    index = BM25Index(zipf_corpus(3000, 4), k1=0.8, b=0.5)
    questions = [[f"t{i}", f"t{i + 1}", "t1"] for i in range(2, 60)] * 5
    alone = [index.search(q, 5) for q in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda q: index.search(q, 5), questions)) == alone


def test_a_term_of_a_thousand_repeats_is_still_exact(either):
    corpus = [["a"] * 1000 + ["b"], ["a"] * 999 + ["b"] * 3, ["c"], ["c", "d"]] * 5
    index = BM25Index(corpus, k1=1.5, b=0.75)
    assert index.search(["a", "b"], 20) == exactly(index, corpus, ["a", "b"], 1.5, 0.75)


@given(CORPORA, TERMS)
def test_a_document_with_a_term_of_the_question_scores_above_zero_and_no_other_does(corpus, query):
    scores = BM25Index(corpus, k1=0.8, b=0.5).scores(query)
    assert [bool(set(document) & set(query)) for document in corpus] == [
        bool(s > 0) for s in scores
    ]


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_nothing_to_index_is_refused(corpus):
    with pytest.raises(EmptyIndexError):
        BM25Index(corpus, k1=0.8, b=0.5)


def test_one_document_is_found_and_scores_above_zero():
    index = BM25Index([["skole", "mat"]], k1=0.8, b=0.5)
    assert index.scores(["skole"])[0] > 0
    assert index.size == 1


def test_a_term_in_every_document_still_counts():
    assert all(BM25Index([["a"], ["a", "b"], ["a"]], k1=0.8, b=0.5).scores(["a"]) > 0)


def test_a_repeated_term_of_the_question_counts_twice():
    index = BM25Index([["a", "b"], ["b"]], k1=0.8, b=0.5)
    assert np.allclose(index.scores(["a", "a"]), 2 * index.scores(["a"]))


def test_a_repeated_term_of_a_document_counts_more_and_less_than_double():
    index = BM25Index([["a", "x"], ["a", "a"]], k1=0.8, b=0.5)
    once, twice = index.scores(["a"])
    assert once < twice < 2 * once


def test_an_unknown_term_gives_nothing_and_the_highest_idf():
    index = BM25Index([["a"], ["b"]], k1=0.8, b=0.5)
    assert index.scores(["z"]).tolist() == [0, 0]
    assert index.posting("z") is None
    assert "z" not in index
    assert index.idf("z") > index.idf("a")


@given(CORPORA, st.lists(st.sampled_from("abcdefgz"), min_size=2, max_size=3, unique=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_several_terms_are_one_term_of_the_documents_that_have_them_all(either, corpus, terms):
    index, term = BM25Index(corpus, k1=0.8, b=0.5), " ".join(terms)
    both = [i for i, document in enumerate(corpus) if set(terms) <= set(document)]
    for _ in range(2):  # the second finds it remembered
        found = index.posting(term)
        if not both:
            assert found is None
            assert index.idf(term) == 0.0
            continue
        assert found is not None
        assert found.documents.tolist() == both
        # As rare as those documents, as frequent as its terms are on average.
        assert math.isclose(
            index.idf(term), math.log(1 + (len(corpus) - len(both) + 0.5) / (len(both) + 0.5))
        )
        parts = [index.scores([t])[both] / index.idf(t) for t in terms]
        assert np.allclose(found.impacts, index.idf(term) * np.mean(parts, axis=0), rtol=1e-4)
        scores = np.zeros(len(corpus), np.float32)
        index.add(scores, term, 0.5)
        assert np.flatnonzero(scores).tolist() == both


def test_the_order_of_several_terms_is_nothing():
    index = BM25Index([["a", "b"], ["b", "b", "a"], ["a"], ["c"]], k1=0.8, b=0.5)
    forth, back = index.posting("a b"), index.posting("b a")
    assert forth is not None and back is not None
    assert forth.documents.tolist() == back.documents.tolist() == [0, 1]
    assert np.allclose(forth.impacts, back.impacts)


def test_weights_scale_what_a_term_adds():
    index = BM25Index([["a"], ["b"]], k1=0.8, b=0.5)
    scores = np.zeros(2, np.float32)
    index.add(scores, "a", 0.5)
    assert np.allclose(scores, 0.5 * index.scores(["a"]))


def test_the_index_knows_its_terms():
    index = BM25Index([["a", "b"], ["b", "c"]], k1=0.8, b=0.5)
    assert sorted(index.terms()) == ["a", "b", "c"]
    assert len(index) == 3
    posting = index.posting("b")
    assert posting is not None
    assert posting.documents.tolist() == [0, 1]
