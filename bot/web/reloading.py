"""Reading the programmes anew, for admins: what /reload does in Telegram, on a page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.index_holder import NotWaiting, ReloadRunning
from bot.jobs import Job
from bot.reload import Report, examine, read_goldens
from bot.services import Services, audit
from bot.texts import NB
from bot.texts.faults import FAULTS, explain
from bot.texts.mending import MENDING
from bot.web.proposals import REFRESH, gate
from bot.web.rendering import member_of, page, redirect, services_of
from bot.web.security import admin_only, form_of
from retrieval.build import Snapshot
from retrieval.semantic import Progress

logger = logging.getLogger(__name__)

_JOB = "reload"


@dataclass(slots=True)
class _Tried:
    """A version that was read and tried, and what was done with it.

    Attributes:
        token: Publishes or cancels it; empty where there is nothing to publish.
        back: Undoes it; empty until it is published.
        said: What was done, as the page says it.
    """

    report: Report
    token: str = ""
    back: str = ""
    said: str = ""


async def overview(request: Request) -> Response:
    """Show what is served, and what the last reading found."""
    admin_only(member_of(request))
    return _page(request)


async def start(request: Request) -> Response:
    """Start reading beside what is served."""
    admin_only(member_of(request))
    services = services_of(request)
    job = services.jobs.get(_JOB)
    if job is None or not job.running:
        await audit(services, member_of(request).name, "reload")

        async def work(progress: Progress) -> _Tried:
            return await _read(services, progress)

        services.jobs.start(_JOB, work)
    return redirect("/oppdater")


async def publish(request: Request) -> Response:
    """Serve what was read, in one swap."""
    admin_only(member_of(request))
    tried = _tried(request)
    if tried is None or not tried.token:
        return _page(request, MENDING.reload_gone)
    if tried.report.needs_confirmation and form_of(request).get("ment") != "ja":
        return _page(request, MENDING.reload_unconfirmed)

    def act() -> None:
        tried.back = services_of(request).index.publish(form_of(request).get("token", ""))
        tried.token, tried.said = "", NB.reload_published

    return await _done(request, "reload_publish", act)


async def cancel(request: Request) -> Response:
    """Let go of what was read."""

    def act() -> None:
        services_of(request).index.cancel(form_of(request).get("token", ""))
        _note(request, NB.reload_cancelled)

    return await _done(request, "reload_cancel", act)


async def undo(request: Request) -> Response:
    """Serve the version before again."""

    def act() -> None:
        services_of(request).index.undo(form_of(request).get("token", ""))
        _note(request, NB.reload_undone)

    return await _done(request, "reload_undo", act)


async def _read(services: Services, progress: Progress) -> _Tried:
    """Read, build and try. Raises what a build raises, and ReloadRunning."""
    goldens = await asyncio.to_thread(read_goldens, services.settings.seeds)
    least = services.settings.least_pledges

    def tried(old: Snapshot, new: Snapshot) -> Report:
        return examine(old, new, goldens, least)

    candidate, report = await services.index.prepare(tried, progress)
    if report.refusals or report.diff.same:
        services.index.cancel(candidate.token)
        return _Tried(report=report)
    return _Tried(report=report, token=candidate.token)


def _tried(request: Request) -> _Tried | None:
    job = services_of(request).jobs.get(_JOB)
    return job.result if job is not None and isinstance(job.result, _Tried) else None


def _note(request: Request, said: str) -> None:
    tried = _tried(request)
    if tried is not None:
        tried.token, tried.back, tried.said = "", "", said


async def _done(request: Request, action: str, act: Callable[[], None]) -> Response:
    """Write down what is about to be done, do it, and show the page; what no longer holds is told."""
    member, services = member_of(request), services_of(request)
    admin_only(member)
    await audit(services, member.name, action)
    try:
        act()
    except NotWaiting:
        _note(request, "")
        return _page(request, MENDING.reload_gone)
    logger.info("%s version=%s", action.replace("_", " "), services.index.snapshot.fingerprint)
    return redirect("/oppdater")


def _page(request: Request, fault: str = "") -> Response:
    services = services_of(request)
    job, tried = services.jobs.get(_JOB), _tried(request)
    response = page(
        request,
        "reload.html",
        status=HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        m=MENDING,
        nb=NB,
        job=job,
        tried=tried,
        report=tried.report if tried else None,
        refusals=[gate(r.gate, dict(r.values)) for r in tried.report.refusals] if tried else [],
        trouble=_trouble(job),
        fault=fault,
        snapshot=services.index.snapshot,
    )
    if job is not None and job.running:
        response.headers["Refresh"] = REFRESH
    return response


def _trouble(job: Job | None) -> str:
    """Return why reading came to nothing; empty where it did not."""
    error = job.error if job is not None else None
    if error is None:
        return ""
    if isinstance(error, ReloadRunning):
        return NB.reload_running
    if getattr(error, "fault", None) in FAULTS:
        return NB.reload_failed.format(fault=explain(error))  # type: ignore[arg-type]
    return MENDING.failed


routes = [
    Route("/oppdater", overview),
    Route("/oppdater/les", start, methods=["POST"]),
    Route("/oppdater/publiser", publish, methods=["POST"]),
    Route("/oppdater/avbryt", cancel, methods=["POST"]),
    Route("/oppdater/angre", undo, methods=["POST"]),
]
