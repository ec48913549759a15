"""A question and its scores to the evidence for answering it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from retrieval import words
from retrieval.evidence import Evidence
from retrieval.question import Question
from retrieval.search import Array, Scores, Searcher


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
            c.weight
            * max((v.weight * field.idf(v.term) for v in c.variants), default=0.0)
            * (field.k1 + 1)
            for c in concepts
        ]
    )
    ideal = float(most.sum()) or 1.0
    share = (
        np.minimum(1.0, scores.concepts / np.maximum(0.5 * most[:, None], 1e-9))
        if len(concepts)
        else np.zeros((0, len(allowed)))
    )
    coverage = (
        float((most[:, None] * share[:, top]).sum(axis=0).max() / ideal)
        if len(top) and len(concepts)
        else 0.0
    )
    anywhere = (scores.concepts[:, allowed] > 0).any(axis=1) if len(concepts) else np.zeros(0, bool)
    head = (
        int(np.argmax([c.weight * (7.5 - words.zipf(c.word.split()[-1])) for c in concepts]))
        if concepts
        else -1
    )
    lexical = scores.concepts.sum(axis=0)
    about = scores.about
    nearest = float(scores.nearest[allowed].max()) if allowed.any() else 0.0
    centre = float(scores.centre[allowed].max()) if allowed.any() else 0.0
    by_words, by_questions = _best(scores.lexical, allowed, 5), _best(scores.centre, allowed, 5)
    by_meaning, by_topic = _best(scores.dense, allowed, 5), _best(scores.topics, allowed, 20)
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
            not anywhere[i]
            and any(
                v.term in searcher.topics and v.source in ("word", "nynorsk", "english", "spelling")
                for v in c.variants
            )
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
        agree_lexical=len(by_words & by_questions) / 5,
        agree_meaning=len(by_words & by_meaning) / 5,
        agree_topic=len(by_questions & by_topic) / 5,
        lead=_lead(scores.total[order], 5),
        lead_far=_lead(scores.total[order], 20),
        affinity=0.0 if about is None else float(about.affinity.max()) / 5,
        length=len(concepts) / 10,
        english=float(question.language == "en"),
    )


def _best(scores: Array, allowed: NDArray[np.bool_], count: int) -> set[int]:
    rows = np.flatnonzero(allowed)
    return {int(i) for i in rows[np.argsort(-scores[allowed], kind="stable")[:count]]}


def _lead(descending: Array, place: int) -> float:
    return (
        float(descending[0] - descending[min(place, len(descending) - 1)]) / 3
        if len(descending)
        else 0.0
    )
