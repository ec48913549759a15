"""The best k of many scores, without sorting or partitioning them all.

Partitioning a vector that is mostly zeros takes fifteen times as long as one that is not
(docs/performance.md), and the scores of a question are mostly zeros.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 512  # scores whose maximum is taken together
SLACK = 1e-5  # share that a sum of floats in four bytes may be off by, generously
TIES = 256  # scores as good as the last one that are looked at again


def best(scores: NDArray[np.floating], k: int, *, above: float = 0.0) -> NDArray[np.int64]:
    """Return the places of the ``k`` highest scores above a limit, best first; ties by place.

    Args:
        scores: (n,); left as it was.
        k: At most so many, >= 0.
        above: A score must be higher than this.
    """
    places = reaching(scores, k, above=above)
    return places[np.argsort(-scores[places], kind="stable")[:k]]


def nearly_best(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Return ``best`` above 0 and whatever rounding may have put behind it; best first."""
    places = reaching(scores, k, above=0.0, slack=SLACK)
    places = places[np.argsort(-scores[places], kind="stable")[: k + TIES]]
    if len(places) <= k:
        return places
    found = scores[places]
    return places[found >= found[k - 1] * (1 - SLACK)] if k else places[:0]


def reaching(
    scores: NDArray[np.floating], k: int, *, above: float, slack: float = 0.0
) -> NDArray[np.int64]:
    """Return places, ascending, among which the best k are: few, where there are many scores."""
    if k <= 0:
        return np.zeros(0, np.int64)
    whole = len(scores) - len(scores) % BLOCK
    if k * 4 > whole // BLOCK:
        return np.flatnonzero(scores > above)
    blocks = scores[:whole].reshape(-1, BLOCK)
    maxima = blocks.max(axis=1)
    # k blocks reach the k-th highest maximum, so nothing below it is among the k best.
    limit = float(np.partition(maxima, -k)[-k])
    limit -= abs(limit) * slack
    if limit <= above:
        return np.flatnonzero(scores > above)
    rows = np.flatnonzero(maxima >= limit)
    if not slack and len(rows) > 2 * k:  # many share the limit, most often 0
        # k blocks hold the first k that reach it; fewer than k blocks hold what is above it.
        rows = np.union1d(rows[:k], np.flatnonzero(maxima > limit))
    row, column = np.nonzero(blocks[rows] >= limit)
    rest = whole + np.flatnonzero(scores[whole:] >= limit)
    return np.concatenate([rows[row] * BLOCK + column, rest])
