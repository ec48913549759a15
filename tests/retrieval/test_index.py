"""BM25 by postings gives what rank_bm25 gives, and is safe where rank_bm25 is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
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
