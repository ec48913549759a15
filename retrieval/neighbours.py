"""Question against question: the nearest example questions, in a space that tells pledges apart.

Sentence vectors of one language model all point roughly the same way (cosines of .8 to .9 between
strangers). The example questions show which directions vary *within* one pledge's questions and so
say nothing about which pledge is meant; dividing these out is linear discriminant analysis without
its last step, and needs no training beyond one 384 by 384 decomposition at build.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.semantic import LEVELS, Rows, Vectors, compact, in_blocks

# Ridge on the within-class variance, as a share of its mean: from .05 to 1 all did about as well.
_RIDGE = 1.0
NEAR = 64  # owners, nearest by their centre, whose single questions are compared


@dataclass(frozen=True, slots=True)
class Projection:
    """``(x - mean) @ matrix``, then unit length."""

    mean: Vectors
    matrix: Vectors

    def __call__(self, vectors: Vectors) -> Vectors:
        """Project one vector or rows of them."""
        moved = (vectors - self.mean) @ self.matrix
        norm = np.linalg.norm(moved, axis=-1, keepdims=True)
        return np.asarray(moved / np.where(norm == 0, 1, norm), dtype=np.float32)


_fitted: dict[bytes, Projection] = {}
_KEPT = 4  # two are learnt in a build, and a reload mostly learns the same again


def fit_projection(vectors: Vectors, owners: NDArray[np.int64]) -> Projection:
    """Learn the projection from vectors and the class each belongs to; remembers the last few.

    Args:
        vectors: (n, d), sorted by owner.
        owners: (n,), ascending.
    """
    digest = hashlib.blake2b(np.ascontiguousarray(vectors).data, digest_size=16)
    digest.update(np.ascontiguousarray(owners).data)
    digest.update(repr(vectors.shape).encode())
    known = _fitted.pop(digest.digest(), None) or _fit(vectors, owners)
    _fitted[digest.digest()] = known  # the newest last
    while len(_fitted) > _KEPT:
        _fitted.pop(next(iter(_fitted)), None)
    return known


def _fit(vectors: Vectors, owners: NDArray[np.int64]) -> Projection:
    starts = np.flatnonzero(np.r_[True, np.diff(owners) > 0])
    counts = np.diff(np.r_[starts, len(owners)])
    centres = np.add.reduceat(vectors, starts, axis=0) / counts[:, None]
    rest = vectors - np.repeat(centres, counts, axis=0)
    values, axes = np.linalg.eigh(rest.T @ rest / len(vectors))
    scale = 1.0 / np.sqrt(np.maximum(values, 0) + _RIDGE * max(float(values.mean()), 1e-9))
    return Projection(
        mean=vectors.mean(axis=0).astype(np.float32),
        matrix=((axes * scale) @ axes.T).astype(np.float32),
    )


def _centres(vectors: Vectors, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> Vectors:
    centres = np.add.reduceat(vectors, starts, axis=0) / counts[:, None]
    norms = np.linalg.norm(centres, axis=1, keepdims=True)
    return np.asarray(centres / np.where(norms == 0, 1, norms), np.float32)


class Neighbours:
    """Example questions and their owners, ready to be asked who is nearest.

    Args:
        vectors: (n, d) unit vectors, sorted by owner; many are kept in eight bits.
        owners: (n,) ascending numbers ``0 .. size - 1``; some may own none.
        size: How many owners there are.
        projection: One learned elsewhere; None: learn it from these.
        projected: The vectors have been through the projection before they were saved.
        centres: (owners that own some, d), saved beside projected vectors: these are then not read.
    """

    def __init__(
        self,
        vectors: Rows,
        owners: NDArray[np.int64],
        size: int,
        projection: Projection | None = None,
        *,
        projected: bool = False,
        centres: Rows | None = None,
    ) -> None:
        self.size = size
        self.projection = projection
        self.owners = owners
        self.vectors = vectors  # of no owners, none
        self.centres = centres
        if not len(owners):
            return
        if not projected:
            self.projection = projection or fit_projection(vectors[:], owners)
            vectors = self.projection(vectors[:])
        self._starts = np.flatnonzero(np.r_[True, np.diff(owners) > 0])
        self._present = owners[self._starts]
        counts = np.diff(np.r_[self._starts, len(owners)])
        self._rows = [np.arange(a, a + n) for a, n in zip(self._starts, counts, strict=True)]
        if self.centres is None:
            self.centres = compact(_centres(vectors[:], self._starts, counts))
        self.vectors = compact(vectors)

    def similarity(self, vector: Vectors) -> tuple[Vectors, Vectors]:
        """Return per owner the cosine of its nearest question, and of their centre.

        Owners that are not among the ``NEAR`` nearest centres get the lowest of the nearest
        questions found; an owner without questions gets the medians: neither for nor against.
        """
        nearest = np.zeros(self.size, np.float32)
        centre = np.zeros(self.size, np.float32)
        if not len(self.owners) or self.projection is None or self.centres is None:
            return nearest, centre
        moved = self.projection(vector)
        mean = self.centres @ moved
        if len(mean) < self.size:  # np.median loads a whole package at first
            centre[:] = np.median(mean)
        centre[self._present] = mean
        # The nearest question is looked for where the centres are near: a tenth of the multiplications.
        near = np.argsort(-mean, kind="stable")[:NEAR]
        rows = np.concatenate([self._rows[i] for i in near])
        sizes = np.asarray([len(self._rows[i]) for i in near])
        best = np.maximum.reduceat(self.vectors[rows] @ moved, np.cumsum(sizes) - sizes)
        if len(mean) < self.size:
            nearest[:] = np.median(best)
        nearest[self._present] = best.min()
        nearest[self._present[near]] = best
        return nearest, centre

    def centre_similarity(self, vectors: Rows) -> Vectors:
        """Return the cosine of each vector (row) with each owner's centre; 0 where it has none."""
        out = np.zeros((len(vectors), self.size), np.float32)
        if len(self.owners) and self.projection is not None and self.centres is not None:
            centres = self.centres[:].T
            for place, block in in_blocks(vectors):
                out[place, self._present] = self.projection(block) @ centres
        return out

    def nearest_of(self, owner: int, vector: Vectors) -> int:
        """Return the row of the owner's nearest question, or -1 where it has none."""
        if not len(self.owners) or self.projection is None:
            return -1
        place = np.flatnonzero(self._present == owner)
        if not len(place):
            return -1
        rows = self._rows[int(place[0])]
        return int(rows[(self.vectors[rows] @ self.projection(vector)).argmax()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """Vectors of the corpus; of many pledges in eight bits, which loses nothing that the store held.

    Attributes:
        passages: (pledges, d), the quotes; unit length.
        context: (pledges, d), the quotes behind their headings.
        questions: Their example questions.
        asked: The words of each row of ``questions``.
    """

    passages: Rows
    context: Rows
    questions: Neighbours
    asked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("passages", "context"):
            object.__setattr__(self, name, compact(getattr(self, name), LEVELS))
