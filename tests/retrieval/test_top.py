"""The best of many scores: what a full sort would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.top import BLOCK, best, nearly_best


def sorted_out(scores, k, above=0.0):
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    return [i for i in order if scores[i] > above][:k]


@given(st.lists(st.integers(-3, 9), max_size=40), st.integers(0, 50), st.integers(-2, 5))
def test_few_scores(values, k, above):
    scores = np.asarray(values, np.float32)
    assert best(scores, k, above=above).tolist() == sorted_out(values, k, above)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("k", [1, 5, 30])
def test_many_scores_with_ties_and_mostly_zeros(seed, k):
    rng = np.random.default_rng(seed)
    n = 200 * BLOCK + int(rng.integers(0, BLOCK))
    scores = np.where(rng.random(n) < 10.0 ** -(seed + 1), rng.integers(1, 60, n), 0)
    scores = scores.astype(np.float32)
    expected = sorted_out(scores.tolist(), k)
    assert best(scores, k).tolist() == expected
    assert nearly_best(scores, k)[:k].tolist() == expected


def test_all_scores_below_zero_can_be_ranked():
    scores = -np.arange(1, 100 * BLOCK, dtype=np.float32)
    assert best(scores, 3, above=-np.inf).tolist() == [0, 1, 2]


def test_what_rounding_may_have_put_behind_comes_along():
    scores = np.zeros(100 * BLOCK, np.float32)
    scores[[7, 9_000, 20_000]] = [2.0, 1.0, 1.0 - 1e-6]
    scores[30_000] = 0.99
    assert best(scores, 2).tolist() == [7, 9_000]
    assert nearly_best(scores, 2).tolist() == [7, 9_000, 20_000]
