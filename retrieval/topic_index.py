"""Which topics a question is about, and which a pledge belongs to, by one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.document import Pledge, numbered
from retrieval.examples import ExampleEntry
from retrieval.fields import example_analyzer, passage_analyzer
from retrieval.index import BM25Index
from retrieval.lexicon import Lexicon
from retrieval.membership import Membership, chunks
from retrieval.neighbours import Dense, Neighbours
from retrieval.question import Concept
from retrieval.semantic import Progress, SentenceEncoder, Vectors, VectorStore
from retrieval.topics import Topic, TopicTree

Array = NDArray[np.float32]

# How the three views of a topic count: its words, its nearest question, its questions' centre.
LEXICAL, NEAREST, CENTRE = 0.3, 0.3, 0.4
SHARPNESS = 1.0  # of a question's choice among the topics; flat from .7 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScores:
    """A question against every leaf topic.

    Attributes:
        affinity: z-scores, weighted over the three views.
        lexical: BM25 of the topic's words and questions, unscaled.
        nearest: Cosine with its nearest question; zeros without an encoder.
    """

    affinity: Array
    lexical: Array
    nearest: Array


class TopicIndex:
    """The leaves of a topic tree, searchable. Immutable once built."""

    def __init__(
        self,
        tree: TopicTree,
        lexicon: Lexicon,
        encoder: SentenceEncoder | None,
        store: VectorStore | None,
        progress: Progress | None = None,
    ) -> None:
        self._open(tree, lexicon)
        analyzer = self._analyzer
        self.bm25 = BM25Index(
            [
                # Names and words twice: they were chosen to tell the topic apart.
                analyzer.terms("\n".join((t.name["nb"], *t.words, *t.words, *t.questions)))
                for t in self.leaves
            ],
            k1=1.2,
            b=0.5,
        )
        rows = [(i, q) for i, topic in enumerate(self.leaves) for q in topic.questions]
        vectors = np.zeros((0, 0), np.float32)
        owners = np.asarray([], np.int64)
        if encoder is not None and store is not None:
            vectors = store.vectors(encoder, "query", [q for _, q in rows], progress)
            owners = np.asarray([i for i, _ in rows], np.int64)
        self.neighbours = Neighbours(vectors, owners, len(self.leaves))

    @classmethod
    def of(
        cls, tree: TopicTree, lexicon: Lexicon, bm25: BM25Index, neighbours: Neighbours
    ) -> TopicIndex:
        """Return the index that these are the parts of."""
        index = cls.__new__(cls)
        index._open(tree, lexicon)  # noqa: SLF001  # our own
        index.bm25, index.neighbours = bm25, neighbours
        return index

    def _open(self, tree: TopicTree, lexicon: Lexicon) -> None:
        self.leaves: tuple[Topic, ...] = tree.leaves
        self.tree = tree
        self.politics = np.asarray([topic.is_politics for topic in self.leaves], bool)
        self._analyzer = example_analyzer(lexicon)

    def __contains__(self, term: object) -> bool:
        return term in self.bm25

    def scores(self, concepts: Sequence[Concept], vector: Vectors | None) -> TopicScores:
        """Score every leaf against a question."""
        lexical = np.zeros(len(self.leaves), np.float32)
        for concept in concepts:
            best = np.zeros(len(self.leaves), np.float32)
            for variant in concept.variants:
                scores = np.zeros(len(self.leaves), np.float32)
                self.bm25.add(scores, variant.term, variant.weight)
                np.maximum(best, scores, out=best)
            lexical += concept.weight * best
        return self._combine(lexical, vector)

    def _combine(self, lexical: Array, vector: Vectors | None) -> TopicScores:
        nearest = centre = np.zeros(len(self.leaves), np.float32)
        affinity = _z(lexical)
        if vector is not None and len(self.neighbours.owners):
            nearest, centre = self.neighbours.similarity(vector)
            affinity = LEXICAL * affinity + NEAREST * _z(nearest) + CENTRE * _z(centre)
        return TopicScores(affinity=affinity, lexical=lexical, nearest=nearest)

    def shares(self, scores: TopicScores) -> Array:
        """Return how the question divides over the leaves: positive, summing to 1."""
        return _softmax(scores.affinity, SHARPNESS)

    # ---- pledges

    def membership(
        self,
        pledges: Sequence[Pledge],
        examples: Mapping[str, ExampleEntry],
        dense: Dense | None,
        encoder: SentenceEncoder | None,
        store: VectorStore | None,
    ) -> Membership:
        """Compare each pledge with each leaf; never outside politics.

        The pledge's own words and vectors count, and its example questions where it has some.
        """
        rows = (
            self._nearness(pledges[place], examples, dense, place, encoder, store)
            for place in chunks(len(pledges))
        )
        return Membership.of(rows, numbered(pledges)[1], len(self.leaves))

    def _nearness(
        self,
        pledges: Sequence[Pledge],
        examples: Mapping[str, ExampleEntry],
        dense: Dense | None,
        place: slice,
        encoder: SentenceEncoder | None,
        store: VectorStore | None,
    ) -> Array:
        """Return z-scores of some pledges (rows) with each leaf (column)."""
        analyzer = passage_analyzer()
        words = np.stack(
            [
                _z(self.bm25.scores(dict.fromkeys(analyzer.terms(f"{p.quote} . {p.parent}"))))
                for p in pledges
            ]
        )
        views = [(0.5, words)]
        if dense is not None and len(self.neighbours.owners):
            near = [
                self.neighbours.centre_similarity(v[place]) for v in (dense.passages, dense.context)
            ]
            views.append((0.5, 0.5 * _z_rows(near[0]) + 0.5 * _z_rows(near[1])))
        asked = self._asked(pledges, examples, encoder, store)
        total = sum(weight for weight, _ in views)
        out = np.zeros((len(pledges), len(self.leaves)), np.float32)
        for weight, view in views:
            out += np.float32(weight / total) * view
        if asked is not None:
            has = np.asarray([p.id in examples for p in pledges])
            out = np.where(has[:, None], 0.5 * out + 0.5 * asked, out)
        out[:, ~self.politics] = -9.0
        return np.asarray(out, np.float32)

    def _asked(
        self,
        pledges: Sequence[Pledge],
        examples: Mapping[str, ExampleEntry],
        encoder: SentenceEncoder | None,
        store: VectorStore | None,
    ) -> Array | None:
        """z-scores from the example questions, as if each were asked."""
        entries = [(i, e) for i, p in enumerate(pledges) if (e := examples.get(p.id))]
        if not entries:
            return None
        rows = np.zeros((len(pledges), len(self.leaves)), np.float32)
        if encoder is not None and store is not None and len(self.neighbours.owners):
            questions = [q for _, entry in entries for q in entry.questions]
            near = self.neighbours.centre_similarity(store.vectors(encoder, "query", questions))
            at = 0
            for i, entry in entries:
                rows[i] = _z(near[at : at + len(entry.questions)].mean(axis=0))
                at += len(entry.questions)
        else:
            for i, entry in entries:
                text = "\n".join((*entry.questions, *entry.words))
                rows[i] = _z(self.bm25.scores(dict.fromkeys(self._analyzer.terms(text))))
        return rows


def _softmax(scores: Array, sharpness: float) -> Array:
    e = np.exp((scores - scores.max(axis=-1, keepdims=True)) * sharpness)
    return np.asarray(e / e.sum(axis=-1, keepdims=True), np.float32)


def _z(scores: Array) -> Array:
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    return np.asarray((scores - scores.mean()) / spread, np.float32)


def _z_rows(scores: Array) -> Array:
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9))
