"""What an index is made from and what it is made of: numbered terms, and columns of postings."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class _Numbers(dict[str, int]):
    """Numbers terms in the order they come in."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class TermBag:
    """Analysed documents as numbers: what an index is built from. Filled while analysing."""

    def __init__(self, corpus: Iterable[Iterable[str]] = ()) -> None:
        self.vocabulary: dict[str, int] = _Numbers()
        self.terms = array("i")
        self.ends = array("q")
        for terms in corpus:
            self.add(terms)

    def __len__(self) -> int:
        return len(self.ends)

    def add(self, terms: Iterable[str]) -> None:
        """Append a document."""
        self.terms.extend(map(self.vocabulary.__getitem__, terms))
        self.ends.append(len(self.terms))

    def extend(self, other: TermBag) -> None:
        """Append the documents of another bag; terms are numbered as if all had been added here."""
        if other.terms:
            number = np.fromiter(
                map(self.vocabulary.__getitem__, other.vocabulary), np.intc, len(other.vocabulary)
            )
            self.ends.extend((np.asarray(other.ends, dtype=np.int64) + len(self.terms)).tolist())
            self.terms.frombytes(number[np.asarray(other.terms)].tobytes())
        else:
            self.ends.extend([len(self.terms)] * len(other))


@dataclass(frozen=True, slots=True)
class Columns:
    """What an index is made of, as it is kept in memory and on disk.

    Attributes:
        starts: (terms + 1,) int64. The slice of a term that has a row is empty.
        documents: (postings,) int32, ascending within a term.
        impacts: (postings,) float32.
        idf: (terms,) float64.
        row_of: (terms,) int32: the term's row, -1 where it has none.
        rows: (terms with a row, documents) float32.
        lengths: (documents,) int32, in terms.
        settings: k1, b, mean length; float64.
    """

    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    impacts: Scores
    idf: NDArray[np.float64]
    row_of: NDArray[np.int32]
    rows: Scores
    lengths: NDArray[np.int32]
    settings: NDArray[np.float64]


def length_norm(
    lengths: NDArray[np.integer], k1: float, b: float, mean: float
) -> NDArray[np.float64]:
    """Return what a document's length puts under its term frequencies."""
    return np.asarray(k1 * (1 - b + b * lengths / mean), dtype=np.float64)
