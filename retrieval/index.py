"""BM25 by postings: a question touches only its own terms.

Term-major columns: the documents of term t are ``documents[starts[t] : starts[t + 1]]``, ascending,
and beside each stands what the term adds to its score. A term of an eighth of the documents has a row
of one float a document instead: adding the row is quicker than adding at so many places.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.columns import Columns, Scores, TermBag, length_norm
from retrieval.saved import load, save
from retrieval.top import SLACK, TIES, nearly_best, reaching

SMALL = 40_000  # documents up to which scores are added up in float64, and need no second look
_FEW = 100  # postings up to which fancy indexing beats np.add.at
_FEW_FOUND = 64  # documents up to which Python's sort beats NumPy's
_SCORE = itemgetter(1)
_STRIKES = 60_000  # scores up to which reading them k times beats everything else


class EmptyIndexError(ValueError):
    """There is nothing to index: no document, or only documents without terms."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a term occurs: documents in ascending order, and what it adds to each one's score."""

    documents: NDArray[np.int64]
    impacts: Scores


class _Addend(NamedTuple):
    """A term's posting in float64, and its row where it has one: made when first asked for."""

    df: int
    documents: NDArray[np.int64]
    impacts: NDArray[np.float64]
    row: NDArray[np.float64] | None


def _clearing(
    scores: NDArray[np.floating], k: int, telling: NDArray[np.int64], slack: float = 0.0
) -> NDArray[np.int64]:
    """Return places, ascending, that hold the k best scores above 0 and few others.

    Args:
        telling: Documents of the question's rarest term, k or more: the k-th best of them is a bar
            that the k best of all must clear. One comparison finds them.
    """
    known = scores[telling]
    known.sort()
    bar = known.item(len(known) - k) * (1 - slack) if k else np.inf
    return (scores >= bar if bar > 0 else scores > 0).nonzero()[0]


class BM25Index:
    """Scores of terms over documents ``0 .. size - 1``. Immutable once built; any thread may ask.

    Args:
        corpus: Terms of each document, in document order.
        k1: Term-frequency saturation, > 0.
        b: Length normalisation, 0 (off) to 1 (full).

    Raises:
        EmptyIndexError: If no document has a term.
    """

    def __init__(self, corpus: TermBag | Sequence[Sequence[str]], *, k1: float, b: float) -> None:
        bag = corpus if isinstance(corpus, TermBag) else TermBag(corpus)
        if not len(bag.terms):
            raise EmptyIndexError("nothing to index: no document has a term")
        from retrieval.fit import fit  # noqa: PLC0415  # an index that is read back needs no rank_bm25

        self._open(dict(bag.vocabulary), fit(bag, k1=k1, b=b))

    def save(self, path: Path) -> None:
        """Write the index to a file of its own. Raises OSError."""
        save(path, "", self.plain())

    @classmethod
    def load(cls, path: Path) -> BM25Index:
        """Read an index back; it stays on disk until used. Raises SavedError."""
        return cls.made(load(path, ""))

    def plain(self) -> dict[str, Any]:
        """Return the values that the index is saved as."""
        return {"terms": tuple(self.vocabulary), "columns": self.columns}

    @classmethod
    def made(cls, saved: Mapping[str, Any]) -> BM25Index:
        """Return the index that was saved as these values."""
        return cls.of(
            dict(zip(saved["terms"], range(len(saved["terms"])), strict=True)), saved["columns"]
        )

    @classmethod
    def of(cls, vocabulary: Mapping[str, int], columns: Columns) -> BM25Index:
        """Return the index that these are the parts of."""
        index = cls.__new__(cls)
        index._open(vocabulary, columns)  # noqa: SLF001  # our own
        return index

    def _open(self, vocabulary: Mapping[str, int], columns: Columns) -> None:
        self.vocabulary, self.columns = vocabulary, columns
        self.size = len(columns.lengths)
        self.k1, self._b, self._mean = (float(value) for value in columns.settings)
        self._small = self.size <= SMALL
        self._seen: dict[str, Posting | None] = {}
        self._exact: dict[str, _Addend] = {}
        self._scratch = threading.local()

    def __contains__(self, term: object) -> bool:
        return term in self.vocabulary

    def __len__(self) -> int:
        return len(self.vocabulary)

    def terms(self) -> Iterable[str]:
        """Return every term of the index."""
        return self.vocabulary.keys()

    def idf(self, term: str) -> float:
        """Return the term's idf; a term that is nowhere gets the highest possible one.

        Several terms (see `posting`) that no document has together get 0: nothing is asked for.
        """
        number = self.vocabulary.get(term)
        if number is not None:
            return float(self.columns.idf[number])
        if " " not in term:
            return self._idf(0)
        found = self.posting(term)
        return 0.0 if found is None else self._idf(len(found.documents))

    def _idf(self, documents: int) -> float:
        return float(np.log1p((self.size - documents + 0.5) / (documents + 0.5)))

    def posting(self, term: str) -> Posting | None:
        """Return where the term occurs, or None.

        Several terms with a space between are one term of the documents that have them all.
        """
        if term in self._seen:
            return self._seen[term]
        number = self.vocabulary.get(term)
        if number is None:
            return self._together(term) if " " in term else None
        row = self.row(term)
        if row is not None:
            documents = np.flatnonzero(row)
            found = Posting(documents, row[documents])
        else:
            part = slice(*self.columns.starts[number : number + 2].tolist())
            documents = self.columns.documents[part].astype(np.int64)
            found = Posting(documents, self.columns.impacts[part])
        if self._small:  # else what was asked for would in time be a second index in memory
            self._seen[term] = found
        return found

    def _together(self, term: str) -> Posting | None:
        parts = term.split()
        if not all(part in self.vocabulary for part in parts):
            return None
        fewest, *others = sorted(parts, key=self.idf, reverse=True)
        first = self.posting(fewest)
        assert first is not None
        documents, saturated = first.documents, first.impacts / np.float32(self.idf(fewest))
        for part in others:
            impacts = self._impacts(part, documents)
            held = impacts > 0
            documents = documents[held]
            saturated = saturated[held] + impacts[held] / np.float32(self.idf(part))
        if not len(documents):
            return None
        # How often each occurs and how long the document is: the mean of what the parts make of it.
        found = Posting(documents, saturated * np.float32(self._idf(len(documents)) / len(parts)))
        if self._small:
            self._seen[term] = found
        return found

    def _impacts(self, term: str, documents: NDArray[np.int64]) -> Scores:
        """Return what a known term adds to each of these documents."""
        row = self.row(term)
        if row is not None:
            return np.asarray(row[documents])
        found = self.posting(term)
        assert found is not None
        places = found.documents.searchsorted(documents).clip(max=len(found.documents) - 1)
        return np.where(found.documents[places] == documents, found.impacts[places], np.float32(0))

    def row(self, term: str) -> Scores | None:
        """Return one float a document of a term that many documents have; None for others."""
        number = self.vocabulary.get(term)
        at = -1 if number is None else int(self.columns.row_of[number])
        return None if at < 0 else self.columns.rows[at]

    def add(self, scores: Scores, term: str, weight: float = 1.0) -> None:
        """Add the term's impacts to ``scores`` (one float a document), in place."""
        row = self.row(term)
        if row is not None:
            scores += np.float32(weight) * row
            return
        found = self.posting(term)
        if found is None:
            return
        added = np.float32(weight) * found.impacts
        if len(added) <= _FEW:
            scores[found.documents] += added
        else:
            np.add.at(scores, found.documents, added)

    def scores(self, terms: Iterable[str]) -> Scores:
        """Return the score of every document, in float32."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term in terms:
            self.add(scores, term)
        return scores

    # ---- the best documents

    def search(
        self, terms: Sequence[str], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """Return the ``k`` best documents that have a term, best first; ties by document.

        Scores are rank_bm25's ``get_scores`` in float64, to the last bit: terms count in their
        order, and as often as they are repeated.

        Args:
            allowed: (documents,) which may be found; None: all.
        """
        return (
            self._search_small(terms, k, allowed)
            if self._small
            else self._search_large(terms, k, allowed)
        )

    def _search_small(
        self, terms: Sequence[str], k: int, allowed: NDArray[np.bool_] | None
    ) -> list[tuple[int, float]]:
        scores = self._buffer(np.float64)
        known, telling, fewest = self._exact, None, self.size
        for term in terms:
            addend = known.get(term)
            if addend is None:
                if term not in self.vocabulary:
                    continue
                addend = known[term] = self._addend(term)
            df, documents, impacts, row = addend
            if row is not None:
                scores += row
                continue
            if df <= _FEW:
                scores[documents] += impacts
            else:
                np.add.at(scores, documents, impacts)
            if k <= df < fewest:
                telling, fewest = documents, df
        if allowed is not None:
            scores *= allowed
        if telling is None or k * self.size <= _STRIKES:
            return self._strike(scores, k)
        places = _clearing(scores, k, telling)
        found = scores[places]
        scores.fill(0.0)
        if len(places) > _FEW_FOUND:  # else sorted by Python before NumPy has begun
            order = (-found).argsort(kind="stable")[:k]
            places, found = places[order], found[order]
        best = list(zip(places.tolist(), found.tolist(), strict=True))
        best.sort(key=_SCORE, reverse=True)  # stable: of equals the first document
        return best[:k]

    def _strike(self, scores: NDArray[np.floating], k: int) -> list[tuple[int, float]]:
        """Take the highest score, strike it out, and again; leaves zeros."""
        best, highest, item = [], scores.argmax, scores.item
        for _ in range(k):
            place = int(highest())  # the first of equals
            if (score := item(place)) <= 0.0:
                break
            best.append((place, score))
            scores[place] = 0.0
        scores.fill(0.0)
        return best

    def _search_large(
        self, terms: Sequence[str], k: int, allowed: NDArray[np.bool_] | None
    ) -> list[tuple[int, float]]:
        scores, columns = self._buffer(np.float32), self.columns
        telling, fewest = None, self.size
        numbers = [n for term in terms if (n := self.vocabulary.get(term)) is not None]
        for number in numbers:
            if (row := columns.row_of.item(number)) >= 0:
                scores += columns.rows[row]
                continue
            start, end = columns.starts.item(number), columns.starts.item(number + 1)
            documents = columns.documents[start:end].astype(np.int64)
            np.add.at(scores, documents, columns.impacts[start:end])
            if k <= end - start < fewest:
                telling, fewest = documents, end - start
        if allowed is not None:
            scores *= allowed
        places = (
            reaching(scores, k, above=0.0, slack=SLACK)
            if telling is None
            else _clearing(scores, k, telling, SLACK)
        )
        if len(places) > TIES:
            places = places[nearly_best(scores[places], k)]
        scores.fill(0.0)
        return self._rescore(places, numbers)[:k]

    def _rescore(
        self, documents: NDArray[np.int64], terms: Sequence[int]
    ) -> list[tuple[int, float]]:
        """Add up the documents' scores in float64, as rank_bm25 does, and sort by them."""
        columns, narrow = self.columns, documents.astype(np.int32)
        impacts = np.zeros((len(terms), len(documents)), np.float32)
        for i, number in enumerate(terms):
            if (row := columns.row_of.item(number)) >= 0:
                impacts[i] = columns.rows[row][documents]
                continue
            start, end = columns.starts.item(number), columns.starts.item(number + 1)
            at = columns.documents[start:end].searchsorted(narrow)
            at += start
            held = columns.documents.take(at, mode="clip") == narrow
            held &= at < end
            np.multiply(columns.impacts.take(at, mode="clip"), held, out=impacts[i])
        total = np.zeros(len(documents))
        for part in self._in_full(columns.idf[terms][:, None], documents, impacts):
            total += part
        found = zip(documents.tolist(), total.tolist(), strict=True)
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _in_full(
        self, idf: NDArray[np.float64] | float, documents: NDArray[np.int64], impacts: Scores
    ) -> NDArray[np.float64]:
        """Return impacts in float64, bit for bit rank_bm25's; 0 stays 0.

        The term's frequency is not kept: it is what makes the impact what it is. Rounding finds
        it exactly up to a frequency of a thousand; beyond, one more or less changes nothing that
        float32 could tell.
        """
        norm = length_norm(self.columns.lengths[documents], self.k1, self._b, self._mean)
        inner = impacts / idf
        f = np.rint(norm * inner / np.maximum(self.k1 + 1 - inner, 1e-12))
        # An empty document has no length to speak of, and no term: 0 / 0 is 0 here.
        return np.asarray(idf * (f * (self.k1 + 1) / np.maximum(f + norm, 1e-300)))

    def _addend(self, term: str) -> _Addend:
        number, row = self.vocabulary[term], self.row(term)
        idf = float(self.columns.idf[number])
        if row is not None:
            full = np.zeros(self.size)
            places = np.flatnonzero(row)
            full[places] = self._in_full(idf, places, row[places])
            return _Addend(len(places), places, full[places], full)
        start, end = self.columns.starts[number : number + 2].tolist()
        documents = self.columns.documents[start:end].astype(np.int64)
        impacts = self._in_full(idf, documents, self.columns.impacts[start:end])
        return _Addend(end - start, documents, impacts, None)

    def _buffer(self, dtype: type[np.floating]) -> NDArray[np.floating]:
        """Return this thread's zeros, one a document; whoever takes them puts zeros back."""
        try:
            return self._scratch.buffer  # type: ignore[no-any-return]
        except AttributeError:
            self._scratch.buffer = np.zeros(self.size, dtype)
            return self._scratch.buffer  # type: ignore[no-any-return]
