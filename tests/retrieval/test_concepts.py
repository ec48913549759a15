"""Concepts: the best variant counts fully, the others by a part; the same for few pledges and many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.concepts import ConceptScorer
from retrieval.index import BM25Index
from retrieval.question import Concept, Variant

TERMS = st.lists(st.sampled_from("abcdefg"), max_size=6)
PLEDGES = st.lists(st.tuples(TERMS, TERMS), min_size=1, max_size=12).filter(
    lambda rows: any(text for text, _ in rows) and any(heading for _, heading in rows)
)
VARIANTS = st.dictionaries(
    st.sampled_from([*"abcdefgz", "a b", "c z", "d e f"]), st.floats(0.1, 1), min_size=1, max_size=5
)
CONCEPTS = st.lists(st.tuples(VARIANTS, st.floats(0.15, 1)), max_size=4)


def concepts(rows) -> list[Concept]:
    return [
        Concept(
            "ord", tuple(Variant(t, w, "word") for t, w in variants.items()), weight, known=True
        )
        for variants, weight in rows
    ]


def scorer(pledges) -> ConceptScorer:
    text = BM25Index([text for text, _ in pledges], k1=0.8, b=0.5)
    heading = BM25Index([heading for _, heading in pledges], k1=0.8, b=0.3)
    return ConceptScorer(text, heading, heading_weight=0.5, tie=0.5)


@given(PLEDGES, CONCEPTS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_few_and_many_pledges_are_scored_alike_to_the_last_bit(monkeypatch, pledges, rows):
    asked, one = concepts(rows), scorer(pledges)
    few = one(asked)
    with monkeypatch.context() as patched:
        patched.setattr("retrieval.concepts.SMALL", 0)
        for _ in range(2):  # the second finds its buffers as clean as the first
            many = one(asked)
            assert np.array_equal(few[0], many[0])
            assert np.array_equal(few[1], many[1])


@pytest.mark.parametrize("small", [0, 100])
def test_the_best_variant_counts_fully_and_the_others_by_half(monkeypatch, small):
    monkeypatch.setattr("retrieval.concepts.SMALL", small)
    pledges = [(["a", "b"], []), (["a"], ["b"]), (["c"], ["d"])]
    one = scorer(pledges)
    text = BM25Index([text for text, _ in pledges], k1=0.8, b=0.5)
    heading = BM25Index([heading for _, heading in pledges], k1=0.8, b=0.3)
    a, b, b_above = (i.scores([t]) for i, t in ((text, "a"), (text, "b"), (heading, "b")))
    each, total = one(concepts([({"a": 1.0, "b": 0.8}, 0.5)]))
    other = 0.8 * (b + 0.5 * b_above)
    expected = 0.5 * (np.maximum(a, other) + 0.5 * np.minimum(a, other))
    assert np.allclose(each[0], expected)
    assert np.array_equal(each[0], total)


def test_no_concept_gives_nothing():
    each, total = scorer([(["a"], ["b"])])([])
    assert each.shape == (0, 1)
    assert total.tolist() == [0]
