"""Proposing a correction: what may be proposed, by whom, and who may decide it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.limits import LONGEST_QUESTION
from bot.privacy.redaction import redact
from bot.services import Services, audit
from bot.storage.database import clean
from bot.storage_proposals import Kind, Proposal, ProposalStore, State
from bot.storage_staff import Member
from retrieval import words
from retrieval.approved import same_question
from retrieval.build import Snapshot
from retrieval.corrections import Example, Outside, Synonym
from retrieval.lexicon import synonym_keys
from retrieval.question import MAX_PHRASE

MOST_PLEDGES, MOST_TARGETS, LONGEST_WORD, LONGEST_WHY = 5, 6, 60, 300


class MendFault(Exception):  # noqa: N818  # an answer to staff, most often
    """It cannot be done; ``fault`` names the sentence in ``bot/texts/mending.py``."""

    def __init__(self, fault: str, **values: object) -> None:
        self.fault, self.values = fault, values
        super().__init__(f"{fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a form holds: anyone's words."""

    kind: Kind
    question: str = ""
    pledges: tuple[str, ...] = ()
    topic: str = ""
    word: str = ""
    to: tuple[str, ...] = ()
    why: str = ""


def tidied(draft: Draft) -> Draft:
    """Return a draft with single spaces, redacted, and each word once."""
    return replace(
        draft,
        question=_line(draft.question),
        pledges=tuple(dict.fromkeys(draft.pledges)),
        word=_line(draft.word).lower(),
        to=tuple(dict.fromkeys(word for text in draft.to if (word := _line(text).lower()))),
        why=_line(draft.why),
    )


def _line(text: str) -> str:
    return redact(" ".join(clean(text).replace("\0", " ").split()))


def body_of(draft: Draft, snapshot: Snapshot) -> dict[str, object]:
    """Check a tidied draft against what is served; return the keys of its entry.

    Raises:
        MendFault: Saying what to mend.
    """
    if draft.kind is Kind.SYNONYM:
        return _synonym(draft, snapshot)
    if not draft.question:
        raise MendFault("no_question")
    if len(draft.question) > LONGEST_QUESTION:
        raise MendFault("too_long", most=LONGEST_QUESTION)
    return _example(draft, snapshot) if draft.kind is Kind.EXAMPLE else _outside(draft, snapshot)


def _example(draft: Draft, snapshot: Snapshot) -> dict[str, object]:
    known = {pledge.id: pledge for pledge in snapshot.corpus.pledges}
    gone = [name for name in draft.pledges if name not in known]
    if gone:
        raise MendFault("no_such_pledge", pledge=gone[0])
    if not 1 <= len(draft.pledges) <= MOST_PLEDGES:
        raise MendFault("pledges", most=MOST_PLEDGES)
    reader = snapshot.searcher.reader
    for entry in snapshot.corrections.entries:
        if isinstance(entry, Outside) and same_question(reader, draft.question, [entry.question]):
            raise MendFault("contradiction", line=entry.line)
        if (
            isinstance(entry, Example)
            and set(draft.pledges) <= set(entry.pledges)
            and same_question(reader, draft.question, [entry.question])
        ):
            raise MendFault("already", line=entry.line)
    return {
        "question": draft.question,
        "pledges": list(draft.pledges),
        "texts": [known[name].quote for name in draft.pledges],
    }


def _outside(draft: Draft, snapshot: Snapshot) -> dict[str, object]:
    topics = snapshot.searcher.topics
    topic = topics.tree.by_id.get(draft.topic) if topics is not None else None
    if topic is None:
        raise MendFault("no_such_topic")
    if topic.is_politics:
        raise MendFault("politics", topic=topic.name["nb"])
    reader = snapshot.searcher.reader
    for entry in snapshot.corrections.entries:
        if isinstance(entry, Synonym):
            continue
        if same_question(reader, draft.question, [entry.question]):
            same = isinstance(entry, Outside) and entry.topic == draft.topic
            raise MendFault("already" if same else "contradiction", line=entry.line)
    return {"question": draft.question, "topic": draft.topic}


def _synonym(draft: Draft, snapshot: Snapshot) -> dict[str, object]:
    word, to = draft.word, draft.to
    for text in (word, *to):
        pieces = text.split()
        if not text or len(text) > LONGEST_WORD or len(pieces) > MAX_PHRASE:
            raise MendFault("word", most=MAX_PHRASE)
        if not any(any(c.isalpha() for c in piece) for piece in pieces):
            raise MendFault("word", most=MAX_PHRASE)
    if not 1 <= len(to) <= MOST_TARGETS:
        raise MendFault("targets", most=MOST_TARGETS)
    if not draft.why or len(draft.why) > LONGEST_WHY:
        raise MendFault("why", most=LONGEST_WHY)
    synonyms, keys = snapshot.lexicon.synonyms, synonym_keys(word)
    for target in to:
        if synonym_keys(target) & keys:
            raise MendFault("itself", word=word)
        back = {other for key in synonym_keys(target) for other in synonyms.get(key, ())}
        if any(synonym_keys(other) & keys for other in back):
            raise MendFault("two_way", word=word, target=target)
        if not _is_in_programmes(target, snapshot):
            raise MendFault("not_in_programmes", target=target)
    there = {target for key in keys for target in synonyms.get(key, ())}
    if set(to) <= there:
        raise MendFault("synonym_already", word=word)
    return {"word": word, "to": list(to), "why": draft.why}


def _is_in_programmes(target: str, snapshot: Snapshot) -> bool:
    return any(words.stem(part) in snapshot.searcher.fields.text for part in target.split())


# ---- by whom


async def propose(
    services: Services, member: Member, draft: Draft, case_id: str | None, place: str | None
) -> str:
    """Store a proposal, redacted; return its id.

    Args:
        services: With an opened log.
        member: Who proposes.
        draft: As the form had it.
        case_id: The case it mends, if any.
        place: The municipality that the case was asked about: who sees only that one sees this.

    Raises:
        MendFault: If it cannot be proposed.
        StorageError: If it was not stored.
    """
    snapshot, store = services.index.snapshot, ProposalStore(services.storage)
    draft = tidied(draft)
    body = body_of(draft, snapshot)
    if member.municipality is not None and draft.kind is Kind.EXAMPLE:
        _only_theirs(member, draft.pledges, snapshot)
    for other in await store.waiting():
        if other.kind is draft.kind and {**other.body, "place": None} == {**body, "place": None}:
            raise MendFault("waiting_already", proposal=other.id)
    await audit(services, member.name, "correction_propose", draft.kind.value, 1)
    return await store.put(
        draft.kind, {**body, "place": place}, case_id, member.name, services.clock()
    )


def _only_theirs(member: Member, names: Iterable[str], snapshot: Snapshot) -> None:
    theirs = {p.id for p in snapshot.corpus.pledges if p.municipality == member.municipality}
    if not set(names) <= theirs:
        raise MendFault("others_place", place=member.municipality)


def may_see(member: Member, proposal: Proposal) -> bool:
    """May they see it? Who reviews one municipality sees what was asked there, and their own."""
    return (
        member.municipality is None
        or proposal.made_by == member.name
        or proposal.body.get("place") == member.municipality
    )


def check_may_decide(services: Services, member: Member, proposal: Proposal) -> None:
    """Let only those on who may publish or refuse it.

    With ``review.second_person`` that is never who made it, admin or not: who is alone switches it
    off. Who reviews one municipality decides only on what concerns its pledges alone.

    Raises:
        MendFault: Saying why not.
    """
    if proposal.state is not State.WAITING:
        raise MendFault("decided", name=proposal.decided_by)
    if services.settings.second_person and proposal.made_by == member.name:
        raise MendFault("own")
    if member.municipality is not None:
        if proposal.kind is not Kind.EXAMPLE:
            raise MendFault("for_all", place=member.municipality)
        _only_theirs(member, proposal.texts("pledges"), services.index.snapshot)


async def refuse(services: Services, member: Member, proposal: Proposal) -> None:
    """Turn a proposal down, or withdraw one's own. Raises MendFault or StorageError."""
    own = proposal.made_by == member.name
    if proposal.state is not State.WAITING:
        raise MendFault("decided", name=proposal.decided_by)
    if not own:
        check_may_decide(services, member, proposal)
    state = State.WITHDRAWN if own else State.REFUSED
    await audit(services, member.name, f"correction_{state.value}", proposal.id, 1)
    store = ProposalStore(services.storage)
    if not await store.decide(proposal.id, state, member.name, services.clock()):
        other = await store.get(proposal.id)
        raise MendFault("decided", name=other.decided_by if other else "")
