"""Question to ranked hits. A Searcher is an immutable snapshot: it is lent, and replaced whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from retrieval import words
from retrieval.document import Pledge
from retrieval.fields import Fields, grams
from retrieval.index import BM25Index
from retrieval.question import Concept, Question, QuestionReader
from retrieval.semantic import SentenceEncoder, Vectors

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How the parts of the score count. Chosen on ``dev``; docs/relevance.md has the curves."""

    heading: float = 0.5
    grams: float = 0.1
    tie: float = 0.5
    examples: float = 0.8
    dense: float = 0.1
    dense_examples: float = 0.4
    expired: float = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """Vectors of the corpus: passages and example questions, one row each, unit length.

    Attributes:
        passages: (pledges, d), the quotes.
        context: (pledges, d), the quotes behind their headings.
        questions: (example questions, d), sorted by owner.
        owners: Pledge index of each row of ``questions``, ascending.
    """

    passages: Vectors
    context: Vectors
    questions: Vectors
    owners: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A pledge that was found.

    Attributes:
        score: Only its order within one question means anything.
        matched: Words of the question that the pledge or its headings hold, as the voter wrote them.
    """

    pledge: Pledge
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Everything a question was scored by, one float a pledge each: the evidence behind a ranking."""

    total: Array
    lexical: Array
    examples: Array
    dense: Array
    context: Array
    dense_examples: Array
    concepts: Array
    """(concepts, pledges): what each concept gave."""


class Searcher:
    """Answers questions over one corpus with one set of word lists. Never changes once built."""

    def __init__(
        self,
        pledges: Sequence[Pledge],
        reader: QuestionReader,
        fields: Fields,
        dense: Dense | None,
        encoder: SentenceEncoder | None,
        weights: Weights,
        this_year: int,
    ) -> None:
        self.pledges = tuple(pledges)
        self.reader, self.fields = reader, fields
        self.dense, self.encoder, self.weights = dense, encoder, weights
        self._expired = np.asarray([p.programme.last_year < this_year for p in pledges], np.float32)
        self._place = {
            name: np.asarray([p.municipality == name for p in pledges], bool)
            for name in {p.municipality for p in pledges}
        }
        if dense is not None and len(dense.owners):
            self._starts = np.flatnonzero(np.r_[True, np.diff(dense.owners) > 0])
            self._owners = dense.owners[self._starts]

    # ---- scoring

    def score(self, question: Question) -> Scores:
        """Score every pledge against the question."""
        n, w = len(self.pledges), self.weights
        concepts = self._concepts(question.concepts, self.fields.text, self.fields.heading)
        lexical = concepts.sum(axis=0)
        if w.grams:
            lexical = lexical + w.grams * self._grams(question.concepts)
        examples = np.zeros(n, np.float32)
        if self.fields.examples is not None and w.examples:
            examples = self._concepts(question.concepts, self.fields.examples, None).sum(axis=0)
        dense, context, asked = self._dense(question)
        total = (
            _scaled(lexical)
            + w.examples * _scaled(examples)
            + w.dense * (_z(dense) + _z(context))
            + w.dense_examples * _z(asked)
            - w.expired * self._expired
        )
        return Scores(
            total=total, lexical=lexical, examples=examples, dense=dense, context=context,
            dense_examples=asked, concepts=concepts,
        )  # fmt: skip

    def _concepts(
        self, concepts: Sequence[Concept], text: BM25Index, heading: BM25Index | None
    ) -> Array:
        """Per concept: the best variant, and a part of what the others add."""
        out = np.zeros((len(concepts), len(self.pledges)), np.float32)
        for i, concept in enumerate(concepts):
            best, total = np.zeros(out.shape[1], np.float32), np.zeros(out.shape[1], np.float32)
            for variant in concept.variants:
                scores = np.zeros(out.shape[1], np.float32)
                text.add(scores, variant.term, variant.weight)
                if heading is not None:
                    heading.add(scores, variant.term, variant.weight * self.weights.heading)
                np.maximum(best, scores, out=best)
                total += scores
            out[i] = concept.weight * (best + self.weights.tie * (total - best))
        return out

    def _grams(self, concepts: Sequence[Concept]) -> Array:
        scores = np.zeros(len(self.pledges), np.float32)
        for concept in concepts:
            for gram in grams(words.fold(concept.word)):
                self.fields.grams.add(scores, gram, concept.weight)
        return scores

    def _dense(self, question: Question) -> tuple[Array, Array, Array]:
        n = len(self.pledges)
        if self.dense is None or self.encoder is None or not question.content:
            return (np.zeros(n, np.float32),) * 3
        vector = self.encoder.encode([question.content], "query")[0]
        asked = np.zeros(n, np.float32)
        if len(self.dense.owners):
            cosines = self.dense.questions @ vector
            best = np.maximum.reduceat(cosines, self._starts)
            asked[:] = best.min()
            asked[self._owners] = best
        return self.dense.passages @ vector, self.dense.context @ vector, asked

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Municipalities that have pledges here."""
        return self.reader.places.own

    def strength(self, question: Question, scores: Scores, hits: Sequence[Hit]) -> float:
        """How well the best hits cover the question, 0 to 1: half coverage, half normalised BM25."""
        if not hits or not question.concepts:
            return 0.0
        index = {pledge.id: i for i, pledge in enumerate(self.pledges)}
        rows = [index[hit.pledge.id] for hit in hits[:3]]
        ideal, covered = 0.0, np.zeros(len(rows))
        for k, concept in enumerate(question.concepts):
            best = max((self.fields.text.idf(v.term) for v in concept.variants), default=0.0)
            most = concept.weight * best * (self.fields.text.k1 + 1)
            ideal += most
            share = np.minimum(1.0, scores.concepts[k, rows] / (0.5 * most)) if most else 0.0
            covered += most * share
        if ideal <= 0:
            return 0.0
        normalised = float(scores.concepts[:, rows].sum(axis=0).max()) / ideal
        return 0.5 * float(covered.max()) / ideal + 0.5 * min(1.0, normalised)

    # ---- ranking

    def search(
        self,
        question: Question,
        *,
        municipalities: Collection[str] = (),
        limit: int | None = None,
        scores: Scores | None = None,
    ) -> list[Hit]:
        """Return the best ``limit`` hits (None: all), best first; ties in document order.

        Args:
            municipalities: Only pledges of these; empty: all.
        """
        scores = scores or self.score(question)
        allowed = np.ones(len(self.pledges), bool)
        if municipalities:
            allowed = np.any([self._place[m] for m in municipalities if m in self._place], axis=0)
        reached = (scores.lexical > 0) | (scores.examples > 0) | (scores.dense_examples > 0) | (scores.dense > 0)
        candidates = np.flatnonzero(allowed & reached)
        order = candidates[np.argsort(-scores.total[candidates], kind="stable")]
        return [self._hit(question, scores, int(i)) for i in order[:limit]]

    def _hit(self, question: Question, scores: Scores, i: int) -> Hit:
        matched = tuple(
            c.word for k, c in enumerate(question.concepts) if scores.concepts[k, i] > 0
        )
        return Hit(pledge=self.pledges[i], score=float(scores.total[i]), matched=matched)


def _scaled(scores: Array) -> Array:
    top = float(scores.max()) if len(scores) else 0.0
    return scores / np.float32(top) if top > 0 else scores


def _z(scores: Array) -> Array:
    spread = float(scores.std())
    return (scores - scores.mean()) / np.float32(spread) if spread > 1e-9 else np.zeros_like(scores)
