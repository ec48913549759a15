from __future__ import annotations

import random

import numpy as np
import pytest

from bot.privacy.aggregates import suppressed


def given_away(shown: list[list[int | None]]) -> list[tuple[int, int]]:
    """Return the hidden cells that the sums of rows and columns determine: linear algebra."""
    cells = [(r, c) for r, row in enumerate(shown) for c, n in enumerate(row) if n is None]
    if not cells:
        return []
    height, width = len(shown), len(shown[0])
    sums = [[(1 if c < width - 1 else -1) * (row == r) for row, c in cells] for r in range(height)]
    sums += [[(1 if r < height - 1 else -1) * (col == c) for r, col in cells] for c in range(width)]
    _, values, vectors = np.linalg.svd(np.array(sums, float))
    free = vectors[int((values > 1e-9).sum()) :]
    fixed = np.abs(free).max(axis=0) < 1e-9 if len(free) else np.ones(len(cells), bool)
    return [cell for cell, is_fixed in zip(cells, fixed, strict=True) if is_fixed]


def test_500_random_tables_give_no_small_count_away() -> None:
    random_ = random.Random(5)
    seen_hidden = seen_shown = 0
    for _ in range(500):
        height, width = random_.randint(1, 6), random_.randint(1, 6)
        table = [
            [random_.choice((0, 0, 1, 2, 3, 4, 5, 6, 9, 40, 300)) for _ in range(width)]
            for _ in range(height)
        ]
        shown = suppressed(table)
        full = [[*row, sum(row)] for row in table]
        full.append([sum(column) for column in zip(*full, strict=True)])
        for row, real in zip(shown, full, strict=True):
            for count, was in zip(row, real, strict=True):
                assert count is None or (count == was and not 0 < count < 5)
                seen_hidden += count is None
                seen_shown += count is not None
        assert given_away(shown) == []
    assert seen_hidden and seen_shown


def test_the_check_itself_finds_a_table_that_gives_a_count_away() -> None:
    assert given_away([[None, 10, 13], [10, 10, 20], [13, 20, 33]]) == [(0, 0)]


def test_as_little_as_possible_is_hidden() -> None:
    assert suppressed([[10, 20], [30, 40]]) == [[10, 20, 30], [30, 40, 70], [40, 60, 100]]
    shown = suppressed([[3, 10, 50], [20, 9, 60], [30, 40, 70]])
    assert sum(count is None for row in shown for count in row) == 4
    assert suppressed([[3]]) == [[None, None], [None, None]]
    assert suppressed([]) == [[0]]


@pytest.mark.parametrize("table", [[[1], [1, 2]], [[-1]]])
def test_what_is_no_table_of_counts_is_refused(table) -> None:
    with pytest.raises(ValueError, match="not a table"):
        suppressed(table)


def test_k_may_grow_and_never_shrink() -> None:
    assert suppressed([[7, 50], [60, 70]], k=10)[0][0] is None
    with pytest.raises(ValueError, match="at least 5"):
        suppressed([[7]], k=4)
