"""What each concept of a question gives each pledge: its best variant, and a part of what others add."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.index import SMALL, BM25Index, Posting
from retrieval.question import Concept

Array = NDArray[np.float32]
Places = NDArray[np.int64]


class ConceptScorer:
    """Scores concepts over one or two fields of the same pledges. Any thread may ask.

    Args:
        text: The field that counts fully.
        heading: A field beside it, or None.
        heading_weight: What a word of it counts, against 1 in ``text``.
        tie: What the other variants of a concept add, 0 (nothing) to 1 (fully).
    """

    def __init__(
        self, text: BM25Index, heading: BM25Index | None, *, heading_weight: float, tie: float
    ) -> None:
        self._text, self._heading = text, heading
        self._heading_weight, self._tie = heading_weight, tie
        self._scratch = threading.local()

    def __call__(self, concepts: Sequence[Concept]) -> tuple[Array, Array]:
        """Return what each concept gives: (concepts, pledges), and their sum: (pledges,)."""
        each = np.zeros((len(concepts), self._text.size), np.float32)
        if self._text.size <= SMALL:
            for row, concept in zip(each, concepts, strict=True):
                self._score(row, concept)
            return each, each.sum(axis=0)
        total = np.zeros(self._text.size, np.float32)
        for row, concept in zip(each, concepts, strict=True):
            places, scores = self._score_touched(concept)
            row[places] = scores
            total[places] += scores
        return each, total

    def _score(self, out: Array, concept: Concept) -> None:
        """Score all pledges: where they are few, whole rows are the quickest."""
        best, total = np.zeros_like(out), np.zeros_like(out)
        for variant in concept.variants:
            text, heading = self._postings(variant.term)
            if text is None and heading is None:
                continue
            scores = np.zeros_like(out)
            if text is not None:
                scores[text.documents] = np.float32(variant.weight) * text.impacts
            if heading is not None:
                weight = np.float32(variant.weight * self._heading_weight)
                scores[heading.documents] += weight * heading.impacts
            np.maximum(best, scores, out=best)
            total += scores
        out[:] = concept.weight * (best + self._tie * (total - best))

    def _score_touched(self, concept: Concept) -> tuple[Places, Array]:
        """Score only the pledges that hold a variant: the same sums in the same order."""
        one, best, total = self._buffers()
        met: list[Places] = []
        for variant in concept.variants:
            text, heading = self._postings(variant.term)
            parts: list[Places] = []
            if text is not None:
                one[text.documents] = np.float32(variant.weight) * text.impacts
                parts.append(text.documents)
            if heading is not None:
                weight = np.float32(variant.weight * self._heading_weight)
                parts.append(heading.documents[one[heading.documents] == 0])
                one[heading.documents] += weight * heading.impacts
            if not parts:
                continue
            places = parts[0] if len(parts) == 1 else np.concatenate(parts)
            scores, before = one[places], best[places]
            one[places] = 0
            met.append(places[before == 0])
            best[places] = np.maximum(before, scores)
            total[places] += scores
        if not met:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        places = met[0] if len(met) == 1 else np.concatenate(met)
        most, every = best[places], total[places]
        best[places] = 0
        total[places] = 0
        scores = np.float32(concept.weight) * (most + np.float32(self._tie) * (every - most))
        return places, scores

    def _postings(self, term: str) -> tuple[Posting | None, Posting | None]:
        heading = self._heading.posting(term) if self._heading is not None else None
        return self._text.posting(term), heading

    def _buffers(self) -> tuple[Array, Array, Array]:
        """Return this thread's zeros; whoever takes them puts zeros back."""
        try:
            return self._scratch.buffers  # type: ignore[no-any-return]
        except AttributeError:
            zeros = (np.zeros(self._text.size, np.float32) for _ in range(3))
            self._scratch.buffers = tuple(zeros)
            return self._scratch.buffers  # type: ignore[no-any-return]
