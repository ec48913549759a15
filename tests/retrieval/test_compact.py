"""Many vectors are kept in eight bits and multiplied in blocks: the scores are those of the floats."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from retrieval import semantic
from retrieval.build import Options, build
from retrieval.neighbours import Neighbours
from retrieval.persistence import open_snapshot
from retrieval.semantic import BLOCK, FINE, LEVELS, Compact, compact, in_blocks
from tests.word_encoder import WordEncoder

OPTIONS = Options(this_year=2026)
QUESTIONS = ("Hva mener dere om søndagsåpne butikker?", "skulehelseteneste i Asker", "buss", "hei")


def unit(count: int, wide: int = 384, seed: int = 3):
    rows = np.random.default_rng(seed).standard_normal((count, wide), np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 77])
def test_blocks_give_the_full_product(count):
    rows, query = unit(count), unit(1)[0]
    small = Compact.of(rows)
    assert small.levels.dtype == np.int8
    assert len(small) == count
    full = small.levels.astype(np.float32) * small.scales[:, None] @ query
    assert np.allclose(small @ query, full, atol=1e-6), "the blocks change nothing"
    assert np.allclose(small @ query, rows @ query, atol=2e-3), "eight bits, next to nothing"
    assert np.allclose(
        np.concatenate([np.zeros((0, 384)), *(b for _, b in in_blocks(small))]), small[:]
    )


def test_rows_are_within_half_a_step():
    rows = unit(500)
    for levels in (LEVELS, FINE):
        step = np.abs(rows).max(axis=1, keepdims=True) / levels
        assert (np.abs(Compact.of(rows, levels)[:] - rows) <= step / 2 + 1e-6).all()


def test_what_a_store_gave_loses_nothing():
    store, encoder = semantic.VectorStore(WordEncoder.dimensions), WordEncoder()
    rows = store.vectors(encoder, "passage", [f"skole {n} og buss {n // 7}" for n in range(300)])
    assert np.allclose(Compact.of(rows, LEVELS)[:], rows, atol=1e-6)


def test_rows_of_zeros_score_zero():
    rows = unit(3)
    rows[1] = 0
    assert (Compact.of(rows) @ rows[0])[1] == 0


def test_few_rows_stay_floats_and_nothing_is_rounded_twice(monkeypatch):
    monkeypatch.setattr(semantic, "COMPACT", 10)
    few, many = unit(9), unit(10)
    assert compact(few) is few
    small = compact(many)
    assert isinstance(small, Compact)
    assert compact(small) is small


def test_neighbours_of_many_questions_are_those_of_the_floats(monkeypatch):
    vectors, owners = unit(900, 48), np.repeat(np.arange(300), 3)
    floats = Neighbours(vectors, owners, 301)
    monkeypatch.setattr(semantic, "COMPACT", 100)
    small = Neighbours(vectors, owners, 301)
    assert isinstance(small.vectors, Compact)
    assert isinstance(small.centres, Compact)
    for row in (0, 10, 899):
        for one, two in zip(
            floats.similarity(vectors[row]), small.similarity(vectors[row]), strict=True
        ):
            assert np.allclose(one, two, atol=0.01)
        assert small.nearest_of(int(owners[row]), vectors[row]) == row
    near = (n.centre_similarity(compact(vectors)) for n in (floats, small))
    assert np.allclose(*near, atol=0.02)


def mapped(array) -> bool:
    """Whether an array lies in a file that is mapped, and cannot be written to."""
    base = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return not array.flags.writeable and not array.flags.owndata
        base = base.base
    return False


@pytest.mark.parametrize("limit", [10**9, 100], ids=["floats", "eight bits"])
def test_a_saved_index_maps_its_vectors(seeds, tmp_path, monkeypatch, limit):
    folder = tmp_path / "seeds"
    shutil.copytree(seeds, folder, ignore=shutil.ignore_patterns("vectors.npz"))
    exact = build(folder, WordEncoder(), None, OPTIONS).searcher
    monkeypatch.setattr(semantic, "COMPACT", limit)
    for _ in range(2):  # built and saved; read back
        read = open_snapshot(folder, WordEncoder(), None, OPTIONS, None, tmp_path / "i.saved")
    dense = read.searcher.dense
    for rows in (dense.passages, dense.context, dense.questions.vectors, dense.questions.centres):
        assert isinstance(rows, Compact) is (limit == 100)
        arrays = (rows.levels, rows.scales) if isinstance(rows, Compact) else (rows,)
        assert all(mapped(array) for array in arrays)
    for text in QUESTIONS:
        one, two = (s.score(s.reader.read(text)) for s in (exact, read.searcher))
        assert np.allclose(one.dense, two.dense, atol=1e-3)
        # An owner at the edge of the nearest may be just inside of it or just outside.
        assert (np.abs(one.nearest - two.nearest) > 0.02).mean() <= 0.01
        assert np.allclose(one.total, two.total, atol=0.02)
