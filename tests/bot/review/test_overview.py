"""The page of figures as a whole: what is told must give no small count away."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bot.privacy.aggregates import suppressed_inside
from bot.review.overview import (
    OTHER,
    OUTCOMES,
    OUTSIDE,
    PERIODS,
    VERDICTS,
    Overview,
    bars,
    figures,
    overview,
    root_of,
    window,
)
from retrieval.topics import Topic, TopicTree
from tests.bot.privacy.test_aggregates import given_away

TODAY = date(2026, 11, 25)
PLACES = ("", "Asker", "Bærum")


def topic(name: str, parent: str = "", scope: str = "municipal") -> Topic:
    return Topic(
        id=name, parent=parent, scope=scope, name={"nb": name}, words=(name,), questions=()
    )


TREE = TopicTree((
    topic("skole"), topic("skole.mat", "skole"), topic("skole.vei", "skole"),
    topic("eldre"), topic("eldre.hjem", "eldre"),
    topic("fast.tull", scope="nonsense"),
))  # fmt: skip
LEAVES = ("skole.mat", "skole.vei", "eldre.hjem", "fast.tull", "gone")
CUBE = tuple((d, t, m, o) for d in range(7) for t in LEAVES for m in PLACES for o in OUTCOMES)


def counts_of(cube: np.ndarray) -> tuple[list, list]:
    span = window(TODAY, 7)
    by_day: dict = {}
    by_topic: dict = {}
    for (d, t, m, o), n in zip(CUBE, cube, strict=True):
        if n:
            day = span.first + timedelta(d)
            by_day[day, o] = by_day.get((day, o), 0) + int(n)
            by_topic[t, m, o] = by_topic.get((t, m, o), 0) + int(n)
    return [(*key, n) for key, n in by_day.items()], [(*key, n) for key, n in by_topic.items()]


def shown(cube: np.ndarray) -> Overview:
    by_day, by_topic = counts_of(cube)
    return overview(window(TODAY, 7), by_day, by_topic, [], [], TREE)


def told(page: Overview) -> list[int | None]:
    """Return everything the page tells or hides, in the order of `sums`."""
    silent = {(s.topic, s.municipality): s.answers for s in page.silent}
    values: list[int | None] = []
    for table in (page.questions, page.topics):
        values += [n for row in table.cells for n in row]
        values += [*table.row_totals, *table.column_totals, table.total]
    return values + [silent.get((t, m)) for t in LEAVES[:3] for m in PLACES]


@cache
def sums() -> np.ndarray:
    """What each of it is the sum of: (values, cube)."""
    days = [np.array([d == day for d, *_ in CUBE], float) for day in range(7)]
    roots = ("skole", "eldre", OUTSIDE, OTHER)
    topics = [
        np.array([root_of(TREE.by_id, t) == root for _, t, *_ in CUBE], float) for root in roots
    ]
    outcomes = [np.array([o == outcome for *_, o in CUBE], float) for outcome in OUTCOMES]
    found = []
    for rows in (days, topics):
        found += [row * outcome for row in rows for outcome in outcomes]
        found += [*rows, *outcomes, np.ones(len(CUBE))]
    found += [
        np.array([(tt, mm, o) == (t, m, "none") for _, tt, mm, o in CUBE], float)
        for t in LEAVES[:3]
        for m in PLACES
    ]
    return np.array(found)


def random_cube(r: random.Random) -> np.ndarray:
    sparse = r.random() ** 2
    sizes = r.choice(((1, 2, 3), (1, 2, 3, 4, 5, 6, 9), (1, 3, 8, 40), (5, 9, 30)))
    return np.array([r.choice(sizes) if r.random() < sparse else 0 for _ in CUBE])


def test_500_random_pages_give_no_small_count_away_whatever_is_added_up() -> None:
    r, hidden_cells, shown_cells, silences = random.Random(3), 0, 0, 0
    for _ in range(500):
        cube = random_cube(r)
        page = shown(cube)
        values, real = told(page), sums() @ cube
        seen = np.array([value is not None for value in values])
        assert all(
            v == n and not 0 < n < 5 for v, n in zip(values, real, strict=True) if v is not None
        )
        public, small = sums()[seen], sums()[~seen & (real > 0) & (real < 5)]
        # The nearest that adding up and subtracting what is shown can come to what is hidden.
        nearest = (
            small @ public.T @ np.linalg.pinv(public @ public.T, 1e-9, hermitian=True) @ public
        )
        assert (np.abs(small - nearest).max(axis=1, initial=0) > 1e-6).all()
        hidden_cells += len(small)
        shown_cells += int(seen.sum())
        silences += len(page.silent)
    assert hidden_cells and shown_cells and silences


def test_the_inside_of_a_table_is_safe_with_all_its_totals_known() -> None:
    r = random.Random(8)
    for _ in range(500):
        height, width = r.randint(2, 6), r.randint(2, 6)
        table = [[r.choice((0, 0, 5, 9, 40, 2, 3)) for _ in range(width)] for _ in range(height)]
        inside = suppressed_inside(table)
        full = [[*row, sum(real)] for row, real in zip(inside, table, strict=True)]
        full.append([sum(column) for column in zip(*table, strict=True)] + [sum(map(sum, table))])
        small = [(i, j) for i, j in given_away(full) if 0 < table[i][j] < 5]
        for i, j in small:  # nothing is left to hide: its total is as small, and told by nobody
            assert all(n is None for n in inside[i]) or all(row[j] is None for row in inside)


def test_beside_a_hidden_total_only_what_there_is_to_hide_is_hidden() -> None:
    counts = {
        ("a", "x"): 3,
        ("b", "x"): 20,
        ("b", "y"): 20,
        ("c", "x"): 90,
        ("c", "y"): 90,
        ("d", "y"): 70,
    }
    table = figures(("a", "b", "c", "d"), ("x", "y", "z"), counts)
    assert table.row_totals == (None, None, 180, 70)
    assert table.cells == ((None, 0, 0), (None, 20, 0), (90, 90, 0), (0, 70, 0))
    assert table.total == 293


def test_a_column_whose_total_is_hidden_is_hidden_whole() -> None:
    table = figures(
        ("a", "b"), ("x", "y", "z"), {("a", "x"): 3, ("b", "y"): 20, ("a", "z"): 90, ("b", "z"): 80}
    )
    assert table.column_totals == (None, None, 170)
    assert [row[:2] for row in table.cells] == [(None, None), (None, None)]


def test_where_a_topics_unanswered_are_hidden_none_of_its_parts_is_shown() -> None:
    counts = [
        ("skole.mat", "Asker", "none", 9),
        ("skole.vei", "Asker", "hit", 3),
        ("eldre.hjem", "", "none", 9),
        ("eldre.hjem", "", "hit", 50),
    ]
    page = overview(window(TODAY, 7), [], counts, [], [], TREE)
    assert page.topics.cells[0][2] is None
    assert page.silent == ()
    more = [(t, m, o, 10 * n) for t, m, o, n in counts]
    assert len(overview(window(TODAY, 7), [], more, [], [], TREE).silent) == 2


def test_large_counts_are_all_shown_and_add_up() -> None:
    cube = np.array([9 if o == "none" else 20 for *_, o in CUBE])
    page = shown(cube)
    assert page.questions.total == page.topics.total == int(cube.sum())
    assert all(n is not None for row in page.questions.cells for n in row)
    assert {(s.topic, s.municipality): s.answers for s in page.silent} == {
        (t, m): 63 for t in LEAVES[:3] for m in PLACES
    }
    assert page.topics.rows == ("skole", "eldre", OUTSIDE, OTHER)
    share = page.questions.share("hit")
    assert share == pytest.approx(20 / 69)


def test_nothing_asked_is_a_page_of_zeros() -> None:
    page = overview(window(TODAY, 28), [], [], [], [], TREE)
    assert page.questions.total == page.votes.total == 0
    assert page.questions.share("hit") is None
    assert page.silent == page.complaints == ()


def test_few_complaints_are_hidden_with_what_they_could_be_worked_out_from() -> None:
    page = overview(window(TODAY, 7), [], [], [], [("topic", 3), ("place", 40), ("other", 9)], TREE)
    assert page.complaints == (("place", 40), ("other", None), ("topic", None))


@pytest.mark.parametrize("days", PERIODS)
def test_bars_are_whole_and_end_yesterday(days: int) -> None:
    span = window(TODAY, days)
    starts = bars(span)
    assert 7 <= len(starts) <= 31
    steps = {b - a for a, b in zip(starts, starts[1:], strict=False)}
    [step] = steps
    assert starts[0] == span.first
    assert starts[-1] + step - timedelta(1) == span.last == TODAY - timedelta(1)


def test_every_day_of_a_long_window_is_in_one_bar() -> None:
    span = window(TODAY, 364)
    days = [(span.first + timedelta(i), "hit", 10) for i in range(364)]
    votes = [(span.first + timedelta(i), VERDICTS[i % 2], 10) for i in range(364)]
    page = overview(span, days, [], votes, [], TREE)
    assert page.questions.row_totals == (280,) * 13
    assert page.votes.share("helpful") == 0.5


def test_the_shipped_tree_has_a_root_for_every_topic() -> None:
    from retrieval.topics import read_topics

    tree = read_topics(Path(__file__).parents[3] / "seeds")
    roots = {root_of(tree.by_id, leaf.id) for leaf in tree.leaves}
    assert OUTSIDE in roots
    assert len(roots) > 20
    assert root_of(tree.by_id, "") == OTHER
