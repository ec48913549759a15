"""Why a question should be answered or not: named numbers, each between about -1 and 1.

No number decides alone. ``decision.py`` weighs them; staff and ``--explain`` see them.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray


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
        agree_lexical: Share of the five best by words that are among the five best by questions.
        agree_meaning: Share of the five best by words that are among the five best by meaning.
        agree_topic: Share of the five best by questions that are among the twenty best by topic.
        lead: Score of the first pledge over the sixth, and
        lead_far: over the twenty-first; each over three.
        affinity: z-score of the question's best topic, over five.
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
    agree_lexical: float
    agree_meaning: float
    agree_topic: float
    lead: float
    lead_far: float
    affinity: float
    length: float
    english: float

    def vector(self) -> NDArray[np.float64]:
        """Return the numbers in the order of the class."""
        return np.asarray(astuple(self), dtype=np.float64)


NAMES = tuple(field.name for field in fields(Evidence))
