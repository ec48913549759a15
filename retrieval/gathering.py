"""A question and its scores to the evidence for answering it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval import words
from retrieval.evidence import Evidence
from retrieval.index import BM25Index
from retrieval.question import Concept, Question, Variant
from retrieval.search import Array, Scores, Searcher
from retrieval.top import best

Rows = NDArray[np.int64] | slice  # the pledges of some municipalities, or all

LEAD_FAR = 20  # places behind the first to which its lead is measured
TOP = 3  # pledges whose coverage counts: what a voter reads first
_TRANSLATED = frozenset(("nynorsk", "english", "spelling"))
# Ways a word reaches the topic tree as itself, not through a synonym or a part.
_AS_ITSELF = _TRANSLATED | {"word"}


def gather(
    searcher: Searcher, question: Question, scores: Scores, municipalities: Collection[str] = ()
) -> Evidence:
    """Gather the evidence for answering from the pledges of ``municipalities`` (empty: all)."""
    rows = np.flatnonzero(searcher.allowed(municipalities)) if municipalities else slice(None)
    order = best(scores.total[rows], LEAD_FAR + 1, above=-np.inf)
    order = order if isinstance(rows, slice) else rows[order]
    lexical = _lexical(searcher, question, scores, rows, order[:TOP])
    topics = _topics(searcher, question, scores, municipalities, lexical, order)
    nearest = _top(scores.nearest[rows])
    by_words, by_questions = _best(scores.lexical[rows], 5), _best(scores.centre[rows], 5)
    return Evidence(
        coverage=lexical.coverage,
        normalised=lexical.normalised,
        unmatched=lexical.unmatched,
        head_unmatched=lexical.head_unmatched,
        examples=min(1.5, _top(scores.examples[rows]) / lexical.ideal),
        nearest=nearest,
        centre=_top(scores.centre[rows]),
        outside=topics.outside,
        inside=topics.inside,
        uncovered=topics.uncovered,
        margin=nearest - max(topics.outside, topics.uncovered),
        covered=topics.covered,
        topic=topics.first_hit,
        dense=_top(scores.dense[rows]) / 10,
        known_silent=topics.known_silent,
        agree_lexical=len(by_words & by_questions) / 5,
        agree_meaning=len(by_words & _best(scores.dense[rows], 5)) / 5,
        agree_topic=len(by_questions & _best(scores.topics[rows], 20)) / 5,
        lead=_lead(scores.total[order], 5),
        lead_far=_lead(scores.total[order], LEAD_FAR),
        affinity=topics.affinity,
        length=len(question.concepts) / 10,
        english=float(question.language == "en"),
    )


@dataclass(frozen=True, slots=True)
class _Lexical:
    """How much of the question's words the pledges hold; ``most`` is each concept's best score."""

    coverage: float
    normalised: float
    unmatched: float
    head_unmatched: float
    ideal: float
    most: NDArray[np.float64]
    found: NDArray[np.bool_]


def _lexical(
    searcher: Searcher,
    question: Question,
    scores: Scores,
    rows: Rows,
    top: NDArray[np.int64],
) -> _Lexical:
    concepts, field = question.concepts, searcher.fields.text
    if not concepts or not len(top):
        return _Lexical(
            0.0, 0.0, 1.0, 0.0, 1.0, np.zeros(len(concepts)), np.zeros(len(concepts), bool)
        )
    most = np.asarray(
        [
            c.weight * (field.k1 + 1) * max(v.weight * field.idf(v.term) for v in _asked(c, field))
            for c in concepts
        ]
    )
    ideal = float(most.sum()) or 1.0
    # Half of the best possible score is full cover: a long pledge holds a word as surely as a short.
    share = np.minimum(1.0, scores.concepts[:, top] / np.maximum(0.5 * most[:, None], 1e-9))
    here = scores.concepts[:, rows]
    found = np.asarray(here.max(axis=1) > 0)
    # The rarest word in the language at large is what the question is about.
    head = int(np.argmax([c.weight * (7.5 - words.zipf(c.word.split()[-1])) for c in concepts]))
    return _Lexical(
        coverage=float((most[:, None] * share).sum(axis=0).max() / ideal),
        normalised=min(1.0, _top(here.sum(axis=0)) / ideal),
        unmatched=float(most[~found].sum() / ideal),
        head_unmatched=float(not (scores.concepts[head, top] > 0).any()),
        ideal=ideal,
        most=most,
        found=found,
    )


def _asked(concept: Concept, field: BM25Index) -> Sequence[Variant]:
    """Leave out a word that no pledge can have, where its bokmål is known: «skule», «kindergarten».

    Else the whole would count as rare as a word that nobody has used, and be found by a small part.
    """
    if not any(v.source in _TRANSLATED and v.term in field for v in concept.variants):
        return concept.variants
    return [v for v in concept.variants if v.source != "word" or v.term in field]


@dataclass(frozen=True, slots=True)
class _Topics:
    """The question against the topic tree; zeros where there is none."""

    outside: float = 0.0
    inside: float = 0.0
    uncovered: float = 0.0
    covered: float = 0.0
    first_hit: float = 0.0
    known_silent: float = 0.0
    affinity: float = 0.0


def _topics(
    searcher: Searcher,
    question: Question,
    scores: Scores,
    municipalities: Collection[str],
    lexical: _Lexical,
    order: NDArray[np.int64],
) -> _Topics:
    about, tree = scores.about, searcher.topics
    if about is None or tree is None:
        return _Topics()
    politics, has = tree.politics, searcher.covered(municipalities)
    # A word that the tree knows and no pledge holds speaks for silence; one nobody knows does not.
    silent = np.asarray(
        [
            not lexical.found[i]
            and any(v.term in tree and v.source in _AS_ITSELF for v in concept.variants)
            for i, concept in enumerate(question.concepts)
        ],
        bool,
    )
    return _Topics(
        outside=_top(about.nearest[~politics]),
        inside=_top(about.nearest[politics & has]),
        uncovered=_top(about.nearest[politics & ~has]),
        covered=float(tree.shares(about)[has].sum()),
        first_hit=float(scores.topics[order[0]]) if len(order) else 0.0,
        known_silent=float(lexical.most[silent].sum() / lexical.ideal),
        affinity=float(about.affinity.max()) / 5,
    )


def _top(scores: Array) -> float:
    """The best of the scores, 0 where there is none or all are negative."""
    return float(scores.max(initial=0.0))


def _best(scores: Array, count: int) -> set[int]:
    return set(best(scores, count, above=-np.inf).tolist())


def _lead(descending: Array, place: int) -> float:
    if not len(descending):
        return 0.0
    return float(descending[0] - descending[min(place, len(descending) - 1)]) / 3
