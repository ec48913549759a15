"""Pledges against topics: the places that are covered, and many pledges in a quarter of the room."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval import membership as module
from retrieval.membership import COVERED, READ, Membership

PLEDGES, LEAVES, PLACES = 700, 40, 7


@pytest.fixture
def nearness() -> np.ndarray:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(PLEDGES, LEAVES)).astype(np.float32)
    rows[np.arange(PLEDGES), rng.integers(0, LEAVES - 5, PLEDGES)] += 5
    rows[:, LEAVES - 2 :] = -9.0  # no politics
    return rows


@pytest.fixture
def places() -> np.ndarray:
    return np.sort(np.random.default_rng(4).integers(0, PLACES, PLEDGES)).astype(np.int32)


@pytest.fixture
def politics() -> np.ndarray:
    return np.arange(LEAVES) < LEAVES - 2


def made(nearness, places, size=PLEDGES) -> Membership:
    rows = (nearness[at : at + size] for at in range(0, len(nearness), size))
    return Membership.of(rows, places, LEAVES)


@pytest.fixture
def few(nearness, places) -> Membership:
    found = made(nearness, places)
    assert found.profile.dtype == np.float32
    return found


@pytest.fixture
def compact(few, monkeypatch, nearness, places) -> Membership:
    monkeypatch.setattr(module, "COMPACT", 100)
    return made(nearness, places, size=64)


def test_a_place_covers_what_one_of_its_pledges_is_near(nearness, places, few, compact):
    for place in range(PLACES):
        expected = (nearness[places == place] >= COVERED).any(axis=0)
        assert expected.any()
        assert not expected.all()
        assert few.covered[place].tolist() == expected.tolist()
        assert compact.covered[place].tolist() == expected.tolist()


def test_the_chunks_make_no_difference(nearness, places):
    whole, cut = made(nearness, places), made(nearness, places, size=33)
    assert (whole.profile == cut.profile).all()
    assert (whole.covered == cut.covered).all()


def test_many_pledges_take_a_third_of_the_room(nearness, few, compact):
    room = [m.nearness.nbytes + m.profile.nbytes for m in (few, compact)]
    assert room[1] * 8 == room[0] * 3
    assert np.abs(compact.nearness.astype(np.float32) - nearness).max() < 0.01


def test_many_pledges_are_as_like_a_question_as_few(politics, few, compact):
    rng = np.random.default_rng(5)
    for _ in range(20):
        drawn = np.exp(3 * rng.normal(size=LEAVES)).astype(np.float32)
        shares = drawn / drawn.sum()
        exact, near = (m.likeness(shares, politics) for m in (few, compact))
        read = np.sort(shares[politics])[-READ:].sum()
        assert (near <= exact + 1 / 255).all()
        assert (exact - near).max() <= shares.sum() - read + 1 / 255
        assert near.dtype == np.float32


def test_topics_outside_politics_take_no_place_among_those_read(
    monkeypatch, nearness, politics, compact
):
    monkeypatch.setattr(module, "READ", 2)
    shares = np.full(LEAVES, 0.001, np.float32)
    shares[~politics] = 0.4  # a question that is mostly about something else
    shares[0] = 0.1
    found = compact.likeness(shares, politics)
    assert found.argmax() in np.flatnonzero(nearness[:, 0] > 3)


def test_no_pledge_is_no_place():
    none = Membership.of([], np.zeros(0, np.int32), LEAVES)
    assert none.covered.shape == (0, LEAVES)
    assert not none.covered.any(axis=0).any()
