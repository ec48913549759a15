"""rank_bm25's own fit, counted in NumPy and compiled to columns. Needed to build an index, not to ask it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from retrieval.columns import Columns, TermBag, length_norm

DENSE = (
    8  # a term of more than 1/DENSE of the documents has a row; docs/performance.md has the figures
)
_CHUNK = 1 << 21  # postings whose impacts are made at a time: bounds the memory of a build


def fit(bag: TermBag, *, k1: float, b: float) -> Columns:
    """Return the columns of analysed documents; there is a term in at least one."""
    return _compile(_Fit(bag, k1=k1, b=b))


class _Fit(BM25Okapi):  # type: ignore[misc]  # rank_bm25 ships no types
    """rank_bm25's fit, counting in NumPy, with an idf that is positive on every corpus.

    BM25Okapi's own idf is 0 or below for a term in half of the documents or more and is then
    replaced by a floor that lifts «og» above rare words; log(1 + (N - n + .5) / (n + .5)) is not.
    """

    def _initialize(self, corpus: TermBag) -> NDArray[np.int64]:
        """Count; return in how many documents each term is."""
        self.corpus_size = len(corpus)
        ends = np.asarray(corpus.ends, dtype=np.int64)
        self.doc_len = ends - np.concatenate([[0], ends[:-1]])
        self.avgdl = len(corpus.terms) / self.corpus_size
        bits = max(1, (self.corpus_size - 1).bit_length())
        keys = np.asarray(corpus.terms, dtype=np.int64)
        keys <<= bits
        keys |= np.repeat(np.arange(self.corpus_size), self.doc_len)
        keys.sort()  # term-major, documents ascending: the order of the postings
        first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        self.frequencies = np.diff(first, append=len(keys)).astype(np.int32)
        keys = keys[first]
        self.documents = (keys & ((1 << bits) - 1)).astype(np.int32)
        keys >>= bits
        self.starts = np.searchsorted(keys, np.arange(len(corpus.vocabulary) + 1))
        return np.diff(self.starts)

    def _calc_idf(self, nd: NDArray[np.int64]) -> None:
        self.idf = np.log1p((self.corpus_size - nd + 0.5) / (nd + 0.5))


def _compile(fit: _Fit) -> Columns:
    """Turn counts into impacts: idf * f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean))."""
    n, k1 = fit.corpus_size, fit.k1
    norm = length_norm(fit.doc_len, k1, fit.b, fit.avgdl)
    starts, counts = fit.starts, np.diff(fit.starts)
    impacts = np.empty(len(fit.documents), np.float32)
    edges = starts.searchsorted(np.arange(0, len(impacts), _CHUNK)).tolist()
    for first, last in pairwise((*edges, len(counts))):
        part = slice(starts[first], starts[last])
        f = fit.frequencies[part].astype(np.float64)
        idf = np.repeat(fit.idf[first:last], counts[first:last])
        impacts[part] = idf * (f * (k1 + 1) / (f + norm[fit.documents[part]]))
    often = np.flatnonzero(counts * DENSE > n)
    row_of = np.full(len(counts), -1, np.int32)
    row_of[often] = np.arange(len(often))
    rows = np.zeros((len(often), n), np.float32)
    seldom = np.ones(len(impacts), bool)
    for row, term in enumerate(often.tolist()):
        part = slice(starts[term], starts[term + 1])
        rows[row, fit.documents[part]] = impacts[part]
        seldom[part] = False
    counts[often] = 0
    return Columns(
        starts=np.concatenate([[0], counts.cumsum()]).astype(np.int64),
        documents=fit.documents[seldom],
        impacts=impacts[seldom],
        idf=fit.idf,
        row_of=row_of,
        rows=rows,
        lengths=fit.doc_len.astype(np.int32),
        settings=np.asarray([k1, fit.b, fit.avgdl], np.float64),
    )
