"""An answer as the voter saw it, made again from what the log keeps of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering import CRISIS, Answer, AnswerPolicy, Outcome, Reason, answer
from bot.rendering import Paragraph, answer_paragraphs, fit
from bot.storage_review import CaseAnswer
from bot.texts import texts_for
from retrieval.build import Snapshot
from retrieval.search import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An answer made again.

    Attributes:
        paragraphs: Empty where nothing of it can be shown any more.
        gone: How many of its quotes are in no programme any more. Those that are shown are word for
            word what was shown then: a pledge's id follows its words.
        same: The programmes are the version that answered; else headings and periods may have
            changed since, and the sentences around the quotes too.
        pledges: Ids of the quotes that are shown, best first.
    """

    paragraphs: Sequence[Paragraph]
    gone: int
    same: bool
    pledges: Sequence[str]


def shown_again(logged: CaseAnswer, snapshot: Snapshot, party: str) -> Again:
    """Make the message of a logged answer again, in the language it was given in."""
    by_id = {pledge.id: pledge for pledge in snapshot.corpus.pledges}
    hits = tuple(
        Hit(pledge=by_id[i], score=0.0, matched=()) for i in logged.pledge_ids if i in by_id
    )
    made = _answer(logged, snapshot, hits)
    quotes = made is not None and made.outcome in (Outcome.HIT, Outcome.WEAK)
    texts = texts_for(logged.language)
    empty = made is None or (quotes and not hits)
    return Again(
        paragraphs=[] if empty or made is None
        else answer_paragraphs(made, texts, party, snapshot.this_year),
        gone=len(logged.pledge_ids) - len(hits),
        same=logged.fingerprint == snapshot.fingerprint,
        pledges=[hit.pledge.id for hit in hits],
    )  # fmt: skip


def answered_today(logged: CaseAnswer, snapshot: Snapshot, policy: AnswerPolicy) -> Answer:
    """Answer the question anew with the version in service. Takes some 20 ms; logs nothing."""
    given = answer(
        logged.question,
        snapshot.searcher,
        policy,
        municipality=logged.municipality,
        language=logged.language,
        fingerprint=snapshot.fingerprint,
    )
    return fit(given, texts_for(logged.language), this_year=snapshot.this_year)


def _answer(logged: CaseAnswer, snapshot: Snapshot, hits: tuple[Hit, ...]) -> Answer | None:
    """Return the logged answer as far as it can be known; None where it cannot."""
    try:
        outcome, reason = Outcome(logged.outcome), Reason(logged.reason)
    except ValueError:
        return None  # of a newer or older program
    searcher = snapshot.searcher
    names: tuple[str, ...] = ()
    if reason in (Reason.OTHER_PARTY, Reason.OTHER_MUNICIPALITY):
        read = searcher.reader.read(logged.question)
        names = read.other_parties if reason is Reason.OTHER_PARTY else read.other_municipalities
        if not names:
            return None
    topic = None
    if logged.fixed:
        topic = searcher.topics.tree.by_id.get(logged.fixed) if searcher.topics else None
        if topic is None or not topic.answer:
            return None
    text = topic.answer.get(logged.language, "") if topic else ""
    return Answer(
        question=logged.question,
        outcome=outcome,
        reason=reason,
        hits=hits,
        municipality=logged.municipality,
        municipalities=searcher.municipalities,
        names=names,
        language=logged.language,
        fixed=logged.fixed,
        fixed_text=text.replace("{municipalities}", ", ".join(searcher.municipalities)),
        is_crisis=topic is not None and topic.scope == CRISIS,
        fingerprint=logged.fingerprint,
    )
