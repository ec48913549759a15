"""Why a question should be answered or not: named numbers, each between about -1 and 1.

No number decides alone. ``decision.py`` weighs them; staff and ``--explain`` see them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from retrieval import words
from retrieval.question import Question
from retrieval.search import Scores, Searcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against an answer.

    Attributes:
        coverage: Share of the question's weight that the best of the top three pledges holds.
        normalised: Best lexical score over the best possible one.
        unmatched: Share of the weight that no pledge in question holds in any variant.
        head_unmatched: The question's most telling word is held by none of the top three.
        examples: Best example-question score over the best possible one.
        nearest: Cosine with the nearest example question of a pledge in question.
        centre: Cosine with the nearest centre of a pledge's example questions.
        outside: Cosine with the nearest question outside politics.
        inside: Cosine with the nearest question of a covered topic.
        uncovered: Cosine with the nearest question of a topic that no pledge in question covers.
        margin: ``nearest`` minus the larger of ``outside`` and ``uncovered``.
        covered: How much of the question's topics the pledges in question cover.
        topic: How much of the question's topics the first hit belongs to.
        dense: Best cosine with a pledge itself, as a z-score over the corpus divided by ten.
        known_silent: A word that the topic tree knows and no pledge in question holds.
        length: Number of content words, over ten.
        english: 1 for an English question: its lexical evidence is weaker.
    """

    coverage: float
    normalised: float
    unmatched: float
    head_unmatched: float
    examples: float
    nearest: float
    centre: float
    outside: float
    inside: float
    uncovered: float
    margin: float
    covered: float
    topic: float
    dense: float
    known_silent: float
    length: float
    english: float

    def vector(self) -> NDArray[np.float64]:
        """Return the numbers in the order of the class."""
        return np.asarray(astuple(self), dtype=np.float64)


NAMES = tuple(field.name for field in fields(Evidence))


def gather(
    searcher: Searcher, question: Question, scores: Scores, municipalities: Collection[str] = ()
) -> Evidence:
    """Gather the evidence for answering from the pledges of ``municipalities`` (empty: all)."""
    allowed = searcher.allowed(municipalities)
    order = np.flatnonzero(allowed)[np.argsort(-scores.total[allowed], kind="stable")]
    top = order[:3]
    concepts = question.concepts
    field = searcher.fields.text
    most = np.asarray(
        [
            c.weight * max((v.weight * field.idf(v.term) for v in c.variants), default=0.0) * (field.k1 + 1)
            for c in concepts
        ]
    )
    ideal = float(most.sum()) or 1.0
    share = np.minimum(1.0, scores.concepts / np.maximum(0.5 * most[:, None], 1e-9)) if len(concepts) else np.zeros((0, len(allowed)))
    coverage = float((most[:, None] * share[:, top]).sum(axis=0).max() / ideal) if len(top) and len(concepts) else 0.0
    anywhere = (scores.concepts[:, allowed] > 0).any(axis=1) if len(concepts) else np.zeros(0, bool)
    head = int(np.argmax([c.weight * (7.5 - words.zipf(c.word.split()[-1])) for c in concepts])) if concepts else -1
    lexical = scores.concepts.sum(axis=0)
    about = scores.about
    nearest = float(scores.nearest[allowed].max()) if allowed.any() else 0.0
    centre = float(scores.centre[allowed].max()) if allowed.any() else 0.0
    outside = inside = uncovered = covered = topic = known_silent = 0.0
    if about is not None and searcher.topics is not None and searcher.membership is not None:
        politics = searcher.topics.politics
        has = searcher.covered(municipalities)
        outside = float(about.nearest[~politics].max(initial=0.0))
        inside = float(about.nearest[politics & has].max(initial=0.0))
        uncovered = float(about.nearest[politics & ~has].max(initial=0.0))
        shares = searcher.topics.shares(about)
        covered = float(shares[has].sum())
        topic = float(scores.topics[top[0]]) if len(top) else 0.0
        silent = [
            not anywhere[i] and any(v.term in searcher.topics and v.source in ("word", "nynorsk", "english", "spelling") for v in c.variants)
            for i, c in enumerate(concepts)
        ]
        known_silent = float((most * np.asarray(silent, float)).sum() / ideal) if concepts else 0.0
    return Evidence(
        coverage=coverage,
        normalised=min(1.0, float(lexical[allowed].max(initial=0.0)) / ideal),
        unmatched=float(most[~anywhere].sum() / ideal) if len(concepts) else 1.0,
        head_unmatched=float(head >= 0 and not (scores.concepts[head, top] > 0).any()),
        examples=min(1.5, float(scores.examples[allowed].max(initial=0.0)) / ideal),
        nearest=nearest,
        centre=centre,
        outside=outside,
        inside=inside,
        uncovered=uncovered,
        margin=nearest - max(outside, uncovered),
        covered=covered,
        topic=topic,
        dense=float(scores.dense[allowed].max(initial=0.0)) / 10,
        known_silent=known_silent,
        length=len(concepts) / 10,
        english=float(question.language == "en"),
    )
