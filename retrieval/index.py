"""BM25 on rank_bm25's own fit, compiled to postings so that a question touches only its own terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

Scores = NDArray[np.float32]


class EmptyIndexError(ValueError):
    """There is nothing to index: no document, or only documents without terms."""


class _Fit(BM25Okapi):  # type: ignore[misc]  # rank_bm25 ships no types
    """rank_bm25's fit with an idf that is positive on every corpus.

    BM25Okapi's own idf is 0 or below for a term in half of the documents or more and is then
    replaced by a floor that lifts «og» above rare words; log(1 + (N - n + .5) / (n + .5)) is not.
    """

    def _calc_idf(self, nd: dict[str, int]) -> None:
        n = self.corpus_size
        self.idf = {term: float(np.log1p((n - df + 0.5) / (df + 0.5))) for term, df in nd.items()}


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a term occurs: documents in ascending order, and what it adds to each one's score."""

    documents: NDArray[np.int64]
    impacts: Scores


class BM25Index:
    """Scores of terms over documents ``0 .. size - 1``. Immutable once built.

    Args:
        corpus: Terms of each document, in document order.
        k1: Term-frequency saturation, > 0.
        b: Length normalisation, 0 (off) to 1 (full).

    Raises:
        EmptyIndexError: If no document has a term.
    """

    def __init__(self, corpus: Sequence[Sequence[str]], *, k1: float, b: float) -> None:
        if not any(corpus):
            raise EmptyIndexError("nothing to index: no document has a term")
        fit = _Fit([list(terms) for terms in corpus], k1=k1, b=b)
        self.size: int = fit.corpus_size
        self.k1 = k1
        self._idf: dict[str, float] = fit.idf
        # rank_bm25 gives a document the impact idf * f * (k1 + 1) / (f + k1 * (1 - b + b * len / avg)).
        norm = k1 * (1 - b + b * np.asarray(fit.doc_len, dtype=np.float64) / fit.avgdl)
        columns: dict[str, tuple[list[int], list[int]]] = {}
        for document, counts in enumerate(fit.doc_freqs):
            for term, count in counts.items():
                ids, freqs = columns.setdefault(term, ([], []))
                ids.append(document)
                freqs.append(count)
        self._postings: dict[str, Posting] = {}
        for term, (ids, freqs) in columns.items():
            documents = np.asarray(ids, dtype=np.int64)
            f = np.asarray(freqs, dtype=np.float64)
            impacts = fit.idf[term] * (f * (k1 + 1) / (f + norm[documents]))
            self._postings[term] = Posting(documents, impacts.astype(np.float32))

    def __contains__(self, term: object) -> bool:
        return term in self._postings

    def __len__(self) -> int:
        return len(self._postings)

    def terms(self) -> Iterable[str]:
        """Return every term of the index."""
        return self._postings.keys()

    def idf(self, term: str) -> float:
        """Return the term's idf; a term that is nowhere gets the highest possible one."""
        return self._idf.get(term, float(np.log1p((self.size + 0.5) / 0.5)))

    def posting(self, term: str) -> Posting | None:
        """Return where the term occurs, or None."""
        return self._postings.get(term)

    def add(self, scores: Scores, term: str, weight: float = 1.0) -> None:
        """Add the term's impacts to ``scores`` (one float a document), in place."""
        found = self._postings.get(term)
        if found is not None:
            scores[found.documents] += np.float32(weight) * found.impacts

    def scores(self, terms: Iterable[str]) -> Scores:
        """Return the score of every document; equal to rank_bm25's ``get_scores``."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term in terms:
            self.add(scores, term)
        return scores
