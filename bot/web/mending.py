"""Proposing a correction: choose what kind it is, find what it leads to, send it on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.limits import LONGEST_QUESTION
from bot.review import preview
from bot.review.mending import LONGEST_WHY, LONGEST_WORD, Draft, MendFault, propose
from bot.services import Services
from bot.storage_proposals import Kind, ProposalStore
from bot.storage_review import QueueCase, ReviewStore
from bot.storage_staff import Member
from bot.texts.mending import MENDING, sentence
from bot.web.rendering import member_of, page, redirect, services_of
from bot.web.security import form_of, may_see
from retrieval.build import Snapshot
from retrieval.document import Pledge

FOUND = 12  # pledges that a search shows
SEARCH, PROPOSE = "sok", "foresla"  # what the buttons of the form say


async def mend(request: Request) -> Response:
    """Show the form for one kind of correction; search, or propose. By POST: words are no address."""
    services, member, form = services_of(request), member_of(request), form_of(request)
    case = await _case(services, member, request.path_params.get("case_id"))
    kind = _kind(form.get("slag") or request.query_params.get("slag", ""))
    first = case.question if case is not None and request.method == "GET" else ""
    draft = Draft(
        kind=kind,
        question=form.get("sporsmal", first),
        pledges=tuple(form.getlist("lofte")),
        topic=form.get("emne", ""),
        word=form.get("ord", ""),
        to=tuple(form.get("til", "").split("\n")),
        why=form.get("hvorfor", ""),
    )
    fault = ""
    if form.get("gjor") == PROPOSE:
        try:
            proposal_id = await propose(
                services, member, draft, case.id if case else None,
                case.municipality if case else member.municipality,
            )  # fmt: skip
        except MendFault as exc:
            fault = sentence(exc.fault, exc.values)
        else:
            proposal = await ProposalStore(services.storage).get(proposal_id)
            if proposal is not None:
                preview.start(services, proposal, member)
            return redirect(f"/forslag/{proposal_id}")
    words = form.get("sok", "").strip()[:LONGEST_QUESTION]
    shown = []
    if kind is Kind.EXAMPLE:
        shown = await _pledges(services, member, words or draft.question, draft.pledges)
    return page(
        request,
        "mend.html",
        m=MENDING,
        case=case,
        action=request.url.path,
        kind=kind.value,
        draft=draft,
        targets="\n".join(draft.to),
        words=words,
        pledges=shown,
        topics=_topics(services.index.snapshot),
        fault=fault,
        most=LONGEST_QUESTION,
        most_word=LONGEST_WORD,
        most_why=LONGEST_WHY,
    )


async def _case(services: Services, member: Member, case_id: str | None) -> QueueCase | None:
    """Return the case that is to be mended, if the address names one that they may see."""
    if case_id is None:
        return None
    case = await ReviewStore(services.storage).case(case_id)
    if case is None or not may_see(member, case.municipality):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return case


def _kind(text: str) -> Kind:
    return Kind(text) if text in set(Kind) else Kind.EXAMPLE


async def _pledges(
    services: Services, member: Member, words: str, ticked: Sequence[str]
) -> list[Pledge]:
    """Return the ticked pledges, then those that the words find."""
    snapshot = services.index.snapshot
    known = {pledge.id: pledge for pledge in snapshot.corpus.pledges}
    found = [known[name] for name in ticked if name in known]
    if words.strip():
        # In a thread: the encoder takes some 20 ms.
        places = (member.municipality,) if member.municipality else ()
        found += await asyncio.to_thread(partial(find_pledges, snapshot, words, places))
    return list(dict.fromkeys(found))


def find_pledges(snapshot: Snapshot, words: str, places: Sequence[str] = ()) -> list[Pledge]:
    """Return the pledges that words find, best first; also where the bot itself would be silent."""
    searcher = snapshot.searcher
    question = searcher.reader.read(words)
    if question.is_empty:
        return []
    hits = searcher.search(question, municipalities=places or question.municipalities, limit=FOUND)
    return [hit.pledge for hit in hits]


def _topics(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return (id, name) of the topics that have a fixed answer."""
    topics = snapshot.searcher.topics
    if topics is None:
        return []
    return [(topic.id, topic.name["nb"]) for topic in topics.tree.topics if not topic.is_politics]


routes = [
    Route("/rett", mend, methods=["GET", "POST"]),
    Route("/sak/{case_id}/rett", mend, methods=["GET", "POST"]),
]
