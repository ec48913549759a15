"""Question to ranked hits. A Searcher is an immutable snapshot: it is lent, and replaced whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval import words
from retrieval.approved import Approved
from retrieval.concepts import ConceptScorer
from retrieval.decision import Decision, Model
from retrieval.document import Pledge, Standing, numbered
from retrieval.fields import Fields, grams
from retrieval.membership import Membership
from retrieval.neighbours import Dense
from retrieval.question import Concept, Question, QuestionReader
from retrieval.semantic import SentenceEncoder, Vectors
from retrieval.top import best
from retrieval.topic_index import TopicIndex, TopicScores

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How the parts of the score count. Chosen on ``dev``; docs/relevance.md has the curves."""

    heading: float = 0.5
    grams: float = 0.1
    tie: float = 0.5
    examples: float = 1.3
    examples_alone: float = 1.8
    """Weight of the example questions where no encoder speaks for them too."""
    dense: float = 0.08
    centre: float = 0.3
    topics: float = 1.2
    expired: float = 0.08


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
    """Cosine with the pledge, and with the pledge behind its headings, as z-scores added."""
    nearest: Array
    """Cosine with the pledge's nearest example question, after the projection."""
    centre: Array
    """Cosine with the centre of its example questions, after the projection."""
    topics: Array
    """How much of the question's topics the pledge belongs to."""
    concepts: Array
    """(concepts, pledges): what each concept gave."""
    vector: Vectors | None
    """The question's vector, as a sentence; None without an encoder."""
    about: TopicScores | None
    """The question, as a sentence, against the topic tree; None where there is no tree."""


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
        topics: TopicIndex | None = None,
        membership: Membership | None = None,
        decision: Decision | None = None,
        approved: Approved | None = None,
    ) -> None:
        self.decision, self.approved = decision, approved
        self.pledges = tuple(pledges)
        self.topics = topics
        self.membership = membership
        self.reader, self.fields = reader, fields
        self.dense, self.encoder, self.weights = dense, encoder, weights
        self._expired = np.asarray(
            [p.programme.standing(this_year) is Standing.ENDED for p in pledges], np.float32
        )
        self._numbers, self._place = numbered(pledges)
        self._words = ConceptScorer(
            fields.text, fields.heading, heading_weight=weights.heading, tie=weights.tie
        )
        self._asked = None
        if fields.examples is not None:
            self._asked = ConceptScorer(fields.examples, None, heading_weight=0.0, tie=weights.tie)

    # ---- scoring

    def score(self, question: Question) -> Scores:
        """Score every pledge against the question."""
        w, nothing = self.weights, np.zeros(len(self.pledges), np.float32)
        concepts, lexical = self._words(question.concepts)
        if w.grams:
            lexical = lexical + w.grams * self._grams(question.concepts)
        total = _scaled(lexical)
        examples = dense = nearest = centre = about_topics = nothing
        vector = asked = about = None
        if self.dense is not None and self.encoder is not None and question.content:
            # A bare word is ranked by as it stands (nDCG@5 of keywords .98, as a sentence .96), but
            # whether there is an answer at all is seen better in a sentence (docs/relevance.md).
            texts = dict.fromkeys((question.content, question.sentence))
            vector, *as_sentence = self.encoder.encode(list(texts), "query")
            asked = as_sentence[0] if as_sentence else vector
            dense = _z(self.dense.passages @ vector) + _z(self.dense.context @ vector)
            nearest, centre = self.dense.questions.similarity(vector)
            if as_sentence:
                nearest = self.dense.questions.similarity(asked)[0]
        if self._asked is not None and w.examples:
            examples = self._asked(question.concepts)[1]
            total = total + (w.examples_alone if vector is None else w.examples) * _scaled(examples)
        if vector is not None:
            total = total + w.dense * dense + w.centre * _z(centre)
        if self.topics is not None and self.membership is not None and w.topics:
            about = self.topics.scores(question.concepts, vector)
            about_topics = self.membership.likeness(self.topics.shares(about), self.topics.politics)
            total = total + w.topics * _scaled(about_topics)
            if asked is not vector:
                about = self.topics.scores(question.concepts, asked)
        total = total - w.expired * self._expired
        return Scores(
            total=total, lexical=lexical, examples=examples, dense=dense, nearest=nearest,
            centre=centre, topics=about_topics, concepts=concepts, vector=asked, about=about,
        )  # fmt: skip

    def _grams(self, concepts: Sequence[Concept]) -> Array:
        scores = np.zeros(len(self.pledges), np.float32)
        for concept in concepts:
            for gram in grams(words.fold(concept.word)):
                self.fields.grams.add(scores, gram, concept.weight)
        return scores

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Municipalities that have pledges here."""
        return self.reader.places.own

    @property
    def model(self) -> Model:
        """The fitted model that decides whether to answer, for this searcher's half or whole."""
        assert self.decision is not None, "a searcher that answers has one; see build()"
        return self.decision.lexical if self.dense is None else self.decision.semantic

    @cached_property
    def municipality_pages(self) -> dict[str, str]:
        """The municipalities' own web pages, where the corpus names them."""
        pages = {p.municipality: p.programme.municipality_page for p in self.pledges}
        return {name: pages[name] for name in self.municipalities if pages.get(name)}

    def nearest_example(self, scores: Scores, municipalities: Collection[str] = ()) -> str:
        """Return the example question that is most like the question; empty without an encoder."""
        if self.dense is None or scores.vector is None or not self.dense.asked:
            return ""
        near = np.where(self.allowed(municipalities), scores.nearest, -np.inf)
        row = self.dense.questions.nearest_of(int(near.argmax()), scores.vector)
        return self.dense.asked[row] if row >= 0 else ""

    def allowed(self, municipalities: Collection[str] = ()) -> NDArray[np.bool_]:
        """Return which pledges belong to one of the municipalities; all where none is given."""
        if not municipalities:
            return np.ones(len(self.pledges), bool)
        found = np.zeros(len(self.pledges), bool)
        for name in municipalities:
            if name in self._numbers:
                found |= self._place == self._numbers[name]
        return found

    def covered(self, municipalities: Collection[str] = ()) -> NDArray[np.bool_]:
        """Return which leaf topics a pledge of the municipalities belongs to."""
        assert self.membership is not None, "asked only where there is a topic tree"
        covered = self.membership.covered
        if municipalities:
            covered = covered[[self._numbers[n] for n in municipalities if n in self._numbers]]
        return np.asarray(covered.any(axis=0))

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
        allowed = self.allowed(municipalities)
        if self.dense is None:
            allowed &= (scores.lexical > 0) | (scores.examples > 0)
        total = np.where(allowed, scores.total, np.float32(-np.inf))
        order = best(total, len(total) if limit is None else limit, above=-np.inf)
        return [self._hit(question, scores, int(i)) for i in order]

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
