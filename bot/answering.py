"""Question to Answer, for every channel. Pure: no clock, no database, no Telegram.

What is found is shown in the party's own words; what is not found is said to be silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from retrieval.question import Question
from retrieval.search import Hit, Searcher


class Outcome(StrEnum):
    """What an answer is. Shown, logged and measured apart."""

    HIT = "hit"
    WEAK = "weak"
    NONE = "none"
    FIXED = "fixed"


class Reason(StrEnum):
    """Why nothing is quoted."""

    FOUND = ""
    SILENT = "silent"
    EMPTY = "empty"
    OTHER_PARTY = "other_party"
    OTHER_MUNICIPALITY = "other_municipality"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """How to decide and how much to show.

    Attributes:
        hit: Evidence from which an answer is shown as it is, 0 to 1.
        weak: Evidence from which it is shown with a reservation, 0 to ``hit``.
        max_quotes: Most quotes in one answer.
        max_per_municipality: Of them, when none was named and several have hits.
    """

    hit: float = 0.40
    weak: float = 0.25
    max_quotes: int = 5
    max_per_municipality: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown for a question.

    Attributes:
        hits: Best first; empty for ``none`` and ``fixed``.
        municipality: The one asked about, or None: all of them.
        names: Other parties or municipalities that were asked about, for the reason.
        language: ``nb``, ``nn`` or ``en``: of the sentences around the quotes.
        fixed: Topic id of a fixed answer; empty otherwise.
        fingerprint: Version of the index that answered.
        evidence: Why: numbers and words for staff and for ``--explain``.
    """

    question: str
    outcome: Outcome
    reason: Reason = Reason.FOUND
    hits: tuple[Hit, ...] = ()
    municipality: str | None = None
    municipalities: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    language: str = "nb"
    fixed: str = ""
    fingerprint: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)


def answer(
    text: str,
    searcher: Searcher,
    policy: AnswerPolicy,
    *,
    municipality: str | None = None,
    language: str = "nb",
    fingerprint: str = "",
) -> Answer:
    """Answer a question with the party's own words, or say that there are none.

    Args:
        municipality: Chosen beforehand; one named in the question wins over it.
    """
    question = searcher.reader.read(text)
    asked = question.municipalities or ((municipality,) if municipality else ())
    about = dict(
        question=text,
        municipality=asked[0] if len(asked) == 1 else None,
        municipalities=searcher.municipalities,
        language=language,
        fingerprint=fingerprint,
    )
    if question.other_parties:
        return Answer(**about, outcome=Outcome.NONE, reason=Reason.OTHER_PARTY, names=question.other_parties)  # type: ignore[arg-type]
    if question.other_municipalities:
        return Answer(
            **about, outcome=Outcome.NONE, reason=Reason.OTHER_MUNICIPALITY,  # type: ignore[arg-type]
            names=question.other_municipalities,
        )  # fmt: skip
    if question.is_empty:
        return Answer(**about, outcome=Outcome.NONE, reason=Reason.EMPTY)  # type: ignore[arg-type]
    scores = searcher.score(question)
    hits = searcher.search(question, municipalities=asked, scores=scores, limit=4 * policy.max_quotes)
    strength = searcher.strength(question, scores, hits)
    evidence = {"strength": round(strength, 3), "unmatched": _unmatched(question, hits)}
    outcome = (
        Outcome.HIT if strength >= policy.hit else Outcome.WEAK if strength >= policy.weak else Outcome.NONE
    )
    if outcome is Outcome.NONE or not hits:
        return Answer(**about, outcome=Outcome.NONE, reason=Reason.SILENT, evidence=evidence)  # type: ignore[arg-type]
    shown = choose(hits, policy, several=len(asked) != 1)
    return Answer(**about, outcome=outcome, hits=tuple(shown), evidence=evidence)  # type: ignore[arg-type]


def choose(hits: Sequence[Hit], policy: AnswerPolicy, *, several: bool) -> list[Hit]:
    """Pick what is shown: near-duplicates once, and room for each municipality that has a hit.

    Args:
        several: No single municipality was asked about.
    """
    shown: list[Hit] = []
    count: dict[str, int] = {}
    later: list[Hit] = []
    for hit in hits:
        if any(_same(hit, other) for other in shown):
            continue
        place = hit.pledge.municipality
        if several and count.get(place, 0) >= policy.max_per_municipality:
            later.append(hit)
            continue
        count[place] = count.get(place, 0) + 1
        shown.append(hit)
        if len(shown) == policy.max_quotes:
            break
    shown += later[: policy.max_quotes - len(shown)]
    return sorted(shown, key=lambda hit: -hit.score)


def _same(one: Hit, other: Hit) -> bool:
    """Two quotes of one programme that say the same in nearly the same words."""
    if one.pledge.programme.file != other.pledge.programme.file:
        return False
    a, b = (set(h.pledge.quote.lower().rstrip(". ").split()) for h in (one, other))
    return len(a & b) >= 0.9 * len(a | b)


def _unmatched(question: Question, hits: Sequence[Hit]) -> list[str]:
    found = {word for hit in hits[:3] for word in hit.matched}
    return [concept.word for concept in question.concepts if concept.word not in found]
