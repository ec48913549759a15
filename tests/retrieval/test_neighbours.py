"""Question against question, in a space that tells pledges apart."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.neighbours import Neighbours, fit_projection


def cloud(classes: int = 20, each: int = 8, dimensions: int = 24, seed: int = 7):
    """Classes that differ a little, under noise in a few shared directions: as sentence vectors do."""
    rng = np.random.default_rng(seed)
    noisy = np.ones(dimensions)
    noisy[:4] = 6.0  # what varies within every class
    centres = rng.normal(size=(classes, dimensions))
    rows = (
        np.repeat(centres, each, axis=0)
        + 0.5 * rng.normal(size=(classes * each, dimensions)) * noisy
    )
    rows += 8.0  # everything points roughly the same way
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.repeat(np.arange(classes), each)


def nearest_share(vectors, owners) -> float:
    """Share of rows whose nearest other row is of the same class."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return float((owners[cosines.argmax(axis=1)] == owners).mean())


def test_the_projection_tells_classes_apart_better_than_the_raw_cosine():
    vectors, owners = cloud()
    projected = fit_projection(vectors, owners)(vectors)
    assert nearest_share(projected, owners) > nearest_share(vectors, owners) + 0.1


def test_the_projection_helps_with_classes_it_never_saw():
    vectors, owners = cloud(classes=40)
    seen = owners < 20
    projected = fit_projection(vectors[seen], owners[seen])(vectors[~seen])
    assert nearest_share(projected, owners[~seen]) > nearest_share(vectors[~seen], owners[~seen])


def test_projected_vectors_are_of_unit_length():
    vectors, owners = cloud()
    projected = fit_projection(vectors, owners)(vectors)
    assert np.allclose(np.linalg.norm(projected, axis=1), 1, atol=1e-5)
    assert projected.dtype == np.float32


def test_a_question_finds_its_owner_and_its_row():
    vectors, owners = cloud()
    neighbours = Neighbours(vectors, owners, 20)
    nearest, centre = neighbours.similarity(vectors[33])
    assert nearest.argmax() == centre.argmax() == owners[33]
    assert nearest.max() == pytest.approx(1.0, abs=1e-4)
    assert neighbours.nearest_of(int(owners[33]), vectors[33]) == 33
    assert nearest.shape == centre.shape == (20,)


def test_an_owner_without_questions_gets_the_median_of_the_others():
    vectors, owners = cloud(classes=5)
    spread = np.asarray([0, 1, 3, 4, 6])[owners]  # 2 and 5 own none
    nearest, centre = Neighbours(vectors, spread, 7).similarity(vectors[0])
    present = [0, 1, 3, 4, 6]
    for owner in (2, 5):
        assert nearest[owner] == pytest.approx(np.median(nearest[present]))
        assert centre[owner] == pytest.approx(np.median(centre[present]))


def test_no_questions_at_all_say_nothing():
    neighbours = Neighbours(np.zeros((0, 4), np.float32), np.zeros(0, np.int64), 3)
    nearest, centre = neighbours.similarity(np.ones(4, np.float32))
    assert nearest.tolist() == centre.tolist() == [0, 0, 0]
    assert neighbours.nearest_of(0, np.ones(4, np.float32)) == -1


def test_an_owner_without_questions_has_no_nearest_one():
    vectors, owners = cloud(classes=5)
    spread = np.asarray([0, 1, 3, 4, 6])[owners]
    assert Neighbours(vectors, spread, 7).nearest_of(2, vectors[0]) == -1


def test_one_question_each_is_enough():
    vectors = np.eye(3, dtype=np.float32)
    nearest, _ = Neighbours(vectors, np.arange(3), 3).similarity(vectors[1])
    assert nearest.argmax() == 1


def test_one_single_question_gives_no_warning_and_no_nan():
    vector = np.asarray([[1.0, 0.0]], np.float32)
    nearest, centre = Neighbours(vector, np.asarray([0]), 1).similarity(vector[0])
    assert np.isfinite(nearest).all()
    assert np.isfinite(centre).all()


def test_a_projection_learned_elsewhere_is_used():
    vectors, owners = cloud()
    learned = fit_projection(vectors, owners)
    assert Neighbours(vectors[:16], owners[:16], 2, learned).projection is learned
