"""Oversikt: figures and pictures, what the programmes cover, and the queue to take along."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.browsing import place_of, slug_of
from bot.review.charts import NAMES, chart_of, shown
from bot.review.coverage import ENOUGH, coverage, pledges_on
from bot.review.drawing import svg
from bot.review.export import Export
from bot.review.overview import PERIODS, Overview
from bot.review.statistics import key_figures, overview_of, tree_of
from bot.services import audit
from bot.texts.overview import OVERVIEW
from bot.web.rendering import member_of, page, services_of

DAYS = 28  # where nobody asks for others
_KEPT = 60.0  # seconds: the pictures of a page are of the same figures, read once
_DARK = "mork"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def overview(request: Request) -> Response:
    """Show the figures of some days: pictures first, the numbers below each."""
    days, services = _days(request), services_of(request)
    figures = await _figures(request, days)
    tree = tree_of(services.index.snapshot)
    return page(
        request,
        "overview.html",
        o=OVERVIEW,
        days=days,
        periods=[(str(period), OVERVIEW.periods[period]) for period in PERIODS],
        keys=key_figures(figures),
        charts=[(name, chart_of(name, figures, tree)) for name in NAMES],
        complaints=[(OVERVIEW.complaints[name], shown(n)) for name, n in figures.complaints],
        counts_only=services.settings.logging == "av",
    )


async def diagram(request: Request) -> Response:
    """Draw one chart of the page."""
    name = request.path_params["name"]
    if name not in NAMES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    figures = await _figures(request, _days(request))
    chart = chart_of(name, figures, tree_of(services_of(request).index.snapshot))
    dark = request.query_params.get("drakt") == _DARK
    return Response(await asyncio.to_thread(svg, chart, dark=dark), media_type="image/svg+xml")


async def _figures(request: Request, days: int) -> Overview:
    """Return the figures that a member may see, after writing down that they look.

    Kept for a minute, so that a page and its pictures are one reading, and one row of the audit.
    """
    services, member = services_of(request), member_of(request)
    state, now = request.app.state, time.monotonic()
    if not hasattr(state, "figures"):
        state.figures, state.figures_lock = {}, asyncio.Lock()
    kept: dict[tuple[object, ...], tuple[float, Overview]] = state.figures
    today = services.clock().date()
    key = (member.name, member.municipality, days, today, services.index.snapshot.fingerprint)
    async with state.figures_lock:  # the pictures are asked for all at once
        for old in [k for k, (since, _) in kept.items() if now - since > _KEPT]:
            del kept[old]
        if key not in kept:
            await audit(services, member.name, "overview", f"days={days}")
            kept[key] = now, await overview_of(services, days, member.municipality)
        return kept[key][1]


async def matrix(request: Request) -> Response:
    """Show how many pledges each municipality has on each topic."""
    found = await asyncio.to_thread(coverage, services_of(request).index.snapshot)
    return page(
        request,
        "coverage.html",
        o=OVERVIEW,
        coverage=found,
        places=[(place, slug_of(place)) for place in found.municipalities],
        enough=ENOUGH,
    )


async def cell(request: Request) -> Response:
    """List the pledges of one municipality on one topic."""
    snapshot = services_of(request).index.snapshot
    place = place_of(request.path_params["municipality"], snapshot.corpus.municipalities)
    topic = tree_of(snapshot).by_id.get(request.path_params["topic"])
    if place is None or topic is None or not topic.is_politics:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    pledges = await asyncio.to_thread(pledges_on, snapshot, place, topic)
    return page(request, "cell.html", o=OVERVIEW, place=place, topic=topic, pledges=pledges)


async def csv_file(request: Request) -> Response:
    """Give the queue as CSV."""
    taken = Export(services_of(request), member_of(request), _days(request))
    await taken.count("csv")
    return _download(taken.csv(), f"{taken.name}.csv", "text/csv; charset=utf-8")


async def xlsx_file(request: Request) -> Response:
    """Give the queue as an Excel file."""
    taken = Export(services_of(request), member_of(request), _days(request))
    await taken.count("xlsx")
    return _download(taken.xlsx(), f"{taken.name}.xlsx", _XLSX)


def _download(parts: AsyncIterator[bytes], name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, headers=headers, media_type=kind)


def _days(request: Request) -> int:
    asked = request.query_params.get("dager", "")
    return int(asked) if asked in {str(days) for days in PERIODS} else DAYS


routes = [
    Route("/oversikt", overview),
    Route("/oversikt/dekning", matrix),
    Route("/oversikt/dekning/{municipality}/{topic}", cell),
    Route("/diagram/{name}.svg", diagram),
    Route("/eksport.csv", csv_file),
    Route("/eksport.xlsx", xlsx_file),
]
