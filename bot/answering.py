"""Question to Answer, for every channel. Pure: no clock, no database, no Telegram.

What is found is shown in the party's own words; what is not found is said to be silent; what no
programme is about gets a fixed answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from retrieval.decision import Model
from retrieval.evidence import Evidence
from retrieval.gathering import gather
from retrieval.question import Question
from retrieval.search import Hit, Scores, Searcher
from retrieval.topics import Topic, plain

CRISIS, SERVICE = "crisis", "service"
# Scopes whose patterns say all there is to say; the others give way when the programmes answer.
_PLAIN_TALK = frozenset((CRISIS, "smalltalk", "abuse", "injection", "about_bot", "nonsense"))


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
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """How much to show.

    Attributes:
        max_quotes: Most quotes in one answer.
        max_per_municipality: Of them, when none was named and several have hits.
        least_share: Of the first hit's score that a further hit needs, 0 (show all) to 1.
    """

    max_quotes: int = 5
    max_per_municipality: int = 3
    least_share: float = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown for a question.

    Attributes:
        hits: Best first; empty for ``none`` and ``fixed``.
        more: Further hits that are good enough to be shown when asked for, best first.
        municipality: The one asked about, or None: all of them.
        municipalities: Those that have a programme here.
        names: Other parties or municipalities that were asked about, for the reason.
        language: ``nb``, ``nn`` or ``en``: of the sentences around the quotes.
        fixed: Topic id of a fixed answer; empty otherwise.
        fixed_text: The fixed answer in ``language``; empty otherwise.
        pages: (municipality, address) of the municipalities' own pages, where a fixed answer sends there.
        is_crisis: The message sounds like acute need: help comes alone and is not logged as text.
        fingerprint: Version of the index that answered.
        evidence: Why: numbers and words for staff and for ``--explain``.
        reading: The question as it was understood, so that it need not be read again; None where
            nobody read it.
    """

    question: str
    outcome: Outcome
    reason: Reason = Reason.FOUND
    hits: tuple[Hit, ...] = ()
    more: tuple[Hit, ...] = ()
    municipality: str | None = None
    municipalities: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    language: str = "nb"
    fixed: str = ""
    fixed_text: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    is_crisis: bool = False
    fingerprint: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    reading: Question | None = field(default=None, repr=False, compare=False)


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
    blank = Answer(
        question=text,
        outcome=Outcome.NONE,
        municipality=asked[0] if len(asked) == 1 else None,
        municipalities=searcher.municipalities,
        language=language,
        fingerprint=fingerprint,
        reading=question,
    )
    topic = searcher.topics.tree.matching(text) if searcher.topics else None
    if topic is not None and topic.scope == CRISIS and _is_politics(searcher, question):
        topic = None
    # Whoever is in need gets help, whatever was approved.
    if topic is None or topic.scope != CRISIS:
        approved = _approved(blank, searcher, policy, question, asked)
        if approved is not None:
            return approved
    if topic is not None and topic.scope in _PLAIN_TALK:
        return _fixed(blank, searcher, topic, "pattern")
    if question.other_parties:
        return replace(
            blank,
            reason=Reason.OTHER_PARTY,
            names=question.other_parties,
            evidence={"rule": "other_party"},
        )
    if question.other_municipalities:
        return replace(
            blank, reason=Reason.OTHER_MUNICIPALITY, names=question.other_municipalities,
            evidence={"rule": "other_municipality"},
        )  # fmt: skip
    if question.is_empty:
        if topic is not None:
            return _fixed(blank, searcher, topic, "pattern")
        return replace(blank, reason=Reason.EMPTY, evidence={"rule": "empty"})
    scores = searcher.score(question)
    hits = searcher.search(
        question, municipalities=asked, scores=scores, limit=6 * policy.max_quotes
    )
    found = gather(searcher, question, scores, asked)
    model = searcher.model
    probability = model.probability(found)
    why = _why(searcher, question, scores, found, model, probability, hits, asked)
    outside = topic or _outside(searcher, question, scores, found, model, probability)
    if outside is not None and (outside.scope == CRISIS or probability < model.hit):
        return _fixed(blank, searcher, outside, "pattern" if topic else "nearest outside", why)
    if probability < model.weak or not hits:
        return replace(blank, reason=Reason.SILENT, evidence={"rule": "probability", **why})
    outcome = Outcome.HIT if probability >= model.hit else Outcome.WEAK
    shown, more = choose(hits, policy, several=len(asked) != 1)
    return replace(
        blank, outcome=outcome, hits=tuple(shown), more=tuple(more),
        evidence={"rule": "probability", **why},
    )  # fmt: skip


def _approved(
    blank: Answer,
    searcher: Searcher,
    policy: AnswerPolicy,
    question: Question,
    asked: Sequence[str],
) -> Answer | None:
    """Return the answer that a person approved for just this question; None where there is none.

    The evidence is not asked: it would say yes, but may put another pledge first.
    """
    ruling = searcher.approved.find(question, asked) if searcher.approved else None
    if ruling is None:
        return None
    if ruling.topic:
        topics = searcher.topics
        topic = topics.tree.by_id.get(ruling.topic) if topics else None
        return None if topic is None else _fixed(blank, searcher, topic, "approved")
    scores = searcher.score(question)
    hits = searcher.search(question, municipalities=asked, scores=scores)
    top = max((hit.score for hit in hits), default=0.0)
    found_by_id = {hit.pledge.id: hit for hit in hits}
    first = [found_by_id[name] for name in ruling.pledge_ids if name in found_by_id]
    if not first:
        return None  # approved for another municipality's pledges
    # Above all others, yet near: how far down the rest is good enough is measured from the first.
    raised = [replace(hit, score=top + (len(first) - i) * 1e-4) for i, hit in enumerate(first)]
    rest = [hit for hit in hits if hit.pledge.id not in ruling.pledge_ids]
    ordered = [*raised, *rest][: 6 * policy.max_quotes]
    found = gather(searcher, question, scores, asked)
    model = searcher.model
    why = _why(searcher, question, scores, found, model, model.probability(found), ordered, asked)
    shown, more = choose(ordered, policy, several=len(asked) != 1)
    return replace(
        blank, outcome=Outcome.HIT, hits=tuple(shown), more=tuple(more),
        evidence={"rule": "approved", **why},
    )  # fmt: skip


def _fixed(
    blank: Answer,
    searcher: Searcher,
    topic: Topic,
    rule: str,
    why: Mapping[str, object] | None = None,
) -> Answer:
    text = topic.answer[blank.language].replace("{municipalities}", ", ".join(blank.municipalities))
    pages = searcher.municipality_pages if topic.scope == SERVICE else {}
    return replace(
        blank,
        outcome=Outcome.FIXED,
        reason=Reason.OUTSIDE,
        fixed=topic.id,
        fixed_text=text,
        pages=tuple((n, p) for n, p in pages.items() if blank.municipality in (None, n)),
        is_crisis=topic.scope == CRISIS,
        evidence={"rule": rule, **(why or {})},
    )


# A long message that matches a crisis pattern by a turn of phrase («…, pappa vil dø et rolig sted») and
# is clearly about a topic of politics: this many words, and this much affinity beyond every crisis.
_LONG, _CLEARLY = 8, 3.0


def _is_politics(searcher: Searcher, question: Question) -> bool:
    """Take a crisis pattern's word back only where meaning, not just words, says otherwise."""
    about = searcher.score(question).about if len(question.text.split()) >= _LONG else None
    if about is None or searcher.topics is None or not about.nearest.any():
        return False
    crisis = np.asarray([leaf.scope == CRISIS for leaf in searcher.topics.leaves])
    return bool(about.affinity[~crisis].max() - about.affinity[crisis].max() >= _CLEARLY)


# A message is taken for one of an outside topic when its nearest question there is this near (cosine
# after the projection) and nearer than any pledge's by the margin. Acute need is caught with less
# certainty, but only in messages that do not address the party: «hva gjør dere mot selvmord» is
# politics. Measured: docs/relevance.md.
_NEAR, _MARGIN = 0.50, 0.10
_CRISIS_NEAR, _CRISIS_MARGIN, _CRISIS_SURE, _CRISIS_WORDS = 0.35, -0.10, 0.55, 3
# «Hva gjør dere for å beholde sykepleiere» is no question to the service desk.
_NOT_ASKED_OF_A_PARTY = frozenset(("service", "general_knowledge"))
_ADDRESSES_PARTY = frozenset(
    """dere deres dokker dokke dokkers dykk dykkar partiet ap kommunen kommunens kommuna kommune
    politikk politikken planen plan tiltak budsjett budsjettet you your yours municipality council
    party skolene skulane eldre forebygge førebyggje forebygging bedre flere fleire nok""".split()
)


def _outside(
    searcher: Searcher,
    question: Question,
    scores: Scores,
    found: Evidence,
    model: Model,
    probability: float,
) -> Topic | None:
    """Return the outside topic that the message surely belongs to, or None."""
    about, topics = scores.about, searcher.topics
    if about is None or topics is None or topics.politics.all():
        return None
    rival = max(found.nearest, found.inside, found.uncovered)
    first = topics.leaves[int(about.affinity.argmax())]
    spoken = plain(question.text).split()
    if (
        first.scope == CRISIS
        and len(spoken) >= _CRISIS_WORDS
        and not question.municipalities
        and not _ADDRESSES_PARTY.intersection(spoken)
    ):
        near = float(about.nearest[int(about.affinity.argmax())])
        sure = probability < model.weak or near >= _CRISIS_SURE
        if sure and near >= max(_CRISIS_NEAR, rival + _CRISIS_MARGIN):
            return first
    outside = np.flatnonzero(~topics.politics)
    best = int(outside[about.nearest[outside].argmax()])
    near = float(about.nearest[best])
    topic = topics.leaves[best]
    if topic.scope in _NOT_ASKED_OF_A_PARTY and _ADDRESSES_PARTY.intersection(spoken):
        return None
    if topic.scope != CRISIS and probability < model.weak and near >= max(_NEAR, rival + _MARGIN):
        return topic
    return None


def _why(
    searcher: Searcher,
    question: Question,
    scores: Scores,
    found: Evidence,
    model: Model,
    probability: float,
    hits: Sequence[Hit],
    asked: Sequence[str],
) -> dict[str, object]:
    """Gather what staff need to see why this answer was given."""
    matched = {word for hit in hits[:3] for word in hit.matched}
    topic = ""
    if scores.about is not None and searcher.topics is not None:
        topic = searcher.topics.leaves[int(scores.about.affinity.argmax())].id
    return {
        "probability": round(probability, 3),
        "concepts": {c.word: [v.term for v in c.variants[:6]] for c in question.concepts},
        "matched": sorted(matched),
        "unmatched": [c.word for c in question.concepts if c.word not in matched],
        "topic": topic,
        "nearest": round(found.nearest, 3),
        "nearest_example": searcher.nearest_example(scores, asked),
        "reasons": dict(model.reasons(found)),
    }


def choose(
    hits: Sequence[Hit], policy: AnswerPolicy, *, several: bool
) -> tuple[list[Hit], list[Hit]]:
    """Pick what is shown, and what is left to show; both best first.

    Near-duplicates come once. Every municipality that has a hit good enough gets one place at
    least, as far as there are places; then the best hits fill up.

    Args:
        several: No single municipality was asked about.
    """
    good: list[Hit] = []
    said: list[tuple[str, frozenset[str]]] = []
    for hit in hits:
        if good and hit.score < policy.least_share * hits[0].score:
            break
        spoken = _said(hit)
        if not any(_same(spoken, other) for other in said):
            good.append(hit)
            said.append(spoken)
    count: dict[str, int] = {}
    first = [] if not several else list({h.pledge.municipality: h for h in reversed(good)}.values())
    shown = sorted(first, key=lambda hit: -hit.score)[: policy.max_quotes]
    for hit in shown:
        count[hit.pledge.municipality] = 1
    for roomy in (False, True):  # second round: places that no municipality claimed
        for hit in good:
            place = hit.pledge.municipality
            full = several and not roomy and count.get(place, 0) >= policy.max_per_municipality
            if len(shown) == policy.max_quotes or full or hit in shown:
                continue
            count[place] = count.get(place, 0) + 1
            shown.append(hit)
    return (
        sorted(shown, key=lambda hit: -hit.score),
        [hit for hit in good if hit not in shown],
    )


def _said(hit: Hit) -> tuple[str, frozenset[str]]:
    return hit.pledge.programme.file, frozenset(hit.pledge.quote.lower().rstrip(". ").split())


def _same(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> bool:
    """Two quotes of one programme that say the same in nearly the same words."""
    return one[0] == other[0] and len(one[1] & other[1]) >= 0.9 * len(one[1] | other[1])
