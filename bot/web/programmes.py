"""The programmes as the bot reads them: every file, every pledge, and where each stands."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.browsing import MOST, pledge_of, surroundings
from bot.rendering import period_label
from bot.texts import NB
from bot.web.rendering import page, services_of
from retrieval.build import Snapshot
from retrieval.document import Pledge
from retrieval.membership import COVERED


async def overview(request: Request) -> Response:
    """List every file of the corpus."""
    snapshot = services_of(request).index.snapshot
    counts = Counter(pledge.programme.file for pledge in snapshot.corpus.pledges)
    order = {place: i for i, place in enumerate(snapshot.corpus.municipalities)}
    programmes = sorted(
        snapshot.corpus.programmes,
        key=lambda p: (order.get(p.municipality, len(order)), -p.first_year, p.file),
    )
    return page(
        request, "programmes.html", programmes=programmes, counts=counts,
        fingerprint=snapshot.fingerprint, periods=_periods(snapshot),
    )  # fmt: skip


async def programme(request: Request) -> Response:
    """Show one file's pledges, by heading; only those that hold the words asked for."""
    snapshot = services_of(request).index.snapshot
    name = request.path_params["file"]
    found = next((p for p in snapshot.corpus.programmes if p.file == name), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = request.query_params.get("ord", "").strip()[:100]
    every = [p for p in snapshot.corpus.pledges if p.programme.file == name]
    shown = [p for p in every if _holds(p, words.casefold().split())]
    groups = [
        (list(headings), list(pledges))
        for headings, pledges in groupby(shown, key=lambda pledge: pledge.headings)
    ]
    return page(
        request, "programme.html", programme=found, groups=groups, words=words,
        shown=len(shown), total=len(every), period=_periods(snapshot)[name], link=found.url,
    )  # fmt: skip


async def pledge(request: Request) -> Response:
    """Show one pledge in its place, with what leads to it."""
    snapshot = services_of(request).index.snapshot
    found = pledge_of(snapshot, request.path_params["pledge_id"])
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    own = [p for p in snapshot.corpus.pledges if p.programme.file == found.programme.file]
    at = own.index(found)
    entry = snapshot.examples.by_pledge.get(found.id)
    return page(
        request, "pledge.html", here="/programmer", pledge=found, around=surroundings(found),
        previous=own[at - 1] if at else None, following=own[at + 1] if at + 1 < len(own) else None,
        period=_periods(snapshot)[found.programme.file],
        examples=len(entry.questions) if entry else 0, topics=topic_names(snapshot, found),
        link=found.programme.url,
    )  # fmt: skip


def topic_names(snapshot: Snapshot, pledge: Pledge) -> list[str]:
    """Return the topics that a pledge is shown under, nearest first; none where there is no tree."""
    searcher = snapshot.searcher
    if searcher.topics is None or searcher.membership is None:
        return []
    near = searcher.membership.nearness[snapshot.corpus.pledges.index(pledge)]
    best = sorted(range(len(near)), key=lambda k: -near[k])[:MOST]
    leaves = searcher.topics.leaves
    return [leaves[k].name["nb"] for rank, k in enumerate(best) if rank == 0 or near[k] >= COVERED]


def _holds(pledge: Pledge, words: list[str]) -> bool:
    """Every word stands in the quote, what it continues or a heading, whatever the case."""
    text = "\n".join((pledge.quote, pledge.lead_in, pledge.parent, *pledge.headings)).casefold()
    return all(word in text for word in words)


def _periods(snapshot: Snapshot) -> dict[str, str]:
    return {p.file: period_label(p, NB, snapshot.this_year) for p in snapshot.corpus.programmes}


routes = [
    Route("/programmer", overview),
    Route("/programmer/{file}", programme),
    Route("/lofte/{pledge_id}", pledge),
]
