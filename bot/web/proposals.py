"""Proposed corrections: the list, and one with what it changes and what may be done with it."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.jobs import Job
from bot.reload import Report
from bot.review import preview
from bot.review.mending import MendFault, check_may_decide, may_see, refuse
from bot.review.publishing import Refused, publish
from bot.services import Services
from bot.storage_proposals import Proposal, ProposalStore, State
from bot.storage_staff import Member
from bot.texts import NB
from bot.texts.faults import FAULTS, explain
from bot.texts.mending import MENDING, sentence
from bot.web.rendering import member_of, page, redirect, services_of
from retrieval.semantic import Progress

DECIDED = 30  # that the list shows
REFRESH = "2"  # seconds until the browser looks again while something runs


async def proposals(request: Request) -> Response:
    """List what waits, and what was decided last."""
    services, member = services_of(request), member_of(request)
    store = ProposalStore(services.storage)
    return page(
        request,
        "proposals.html",
        m=MENDING,
        waiting=[p for p in await store.waiting() if may_see(member, p)],
        decided=[p for p in await store.decided(DECIDED) if may_see(member, p)],
    )


async def proposal(request: Request) -> Response:
    """Show one proposal, what it changes once that was tried, and the buttons that are theirs."""
    found = await _found(request)
    return _page(request, found)


async def look(request: Request) -> Response:
    """Start trying what it changes."""
    found = await _found(request)
    if found.state is State.WAITING:
        preview.start(services_of(request), found, member_of(request))
    return redirect(f"/forslag/{found.id}")


async def approve(request: Request) -> Response:
    """Start publishing it, once it was seen what it changes."""
    services, member, found = services_of(request), member_of(request), await _found(request)
    try:
        check_may_decide(services, member, found)
    except MendFault as exc:
        return _page(request, found, sentence(exc.fault, exc.values))
    seen = services.jobs.get(preview.job_key(services, found.id, member))
    if seen is None or not isinstance(seen.result, preview.Preview):
        return _page(request, found, sentence("no_preview", {}))

    async def work(progress: Progress) -> Report:
        return await publish(services, member, found.id, progress)

    services.jobs.start(("publish", found.id), work)
    return redirect(f"/forslag/{found.id}")


async def turn_down(request: Request) -> Response:
    """Refuse it, or withdraw one's own."""
    found = await _found(request)
    try:
        await refuse(services_of(request), member_of(request), found)
    except MendFault as exc:
        return _page(request, found, sentence(exc.fault, exc.values))
    return redirect("/forslag")


async def _found(request: Request) -> Proposal:
    store = ProposalStore(services_of(request).storage)
    found = await store.get(request.path_params["proposal_id"])
    if found is None or not may_see(member_of(request), found):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _page(request: Request, found: Proposal, fault: str = "") -> Response:
    services, member = services_of(request), member_of(request)
    publishing = services.jobs.get(("publish", found.id))
    tried = services.jobs.get(preview.job_key(services, found.id, member))
    works = any(job is not None and job.running for job in (publishing, tried))
    response = page(
        request,
        "proposal.html",
        status=HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        m=MENDING,
        proposal=found,
        targets=_targets(services, found),
        fault=fault,
        tried=tried,
        preview=tried.result if tried is not None else None,
        trouble=_trouble(tried),
        publishing=publishing,
        outcome=_outcome(publishing),
        own=found.made_by == member.name,
        hindrance=_hindrance(services, member, found),
        refusals=_refusals(tried),
    )
    if works:
        response.headers["Refresh"] = REFRESH
    return response


def _targets(services: Services, found: Proposal) -> list[tuple[str, str]]:
    """Return (id, words) of what it leads to; no id where there is no page for it."""
    if found.texts("to"):
        return [("", word) for word in found.texts("to")]
    snapshot = services.index.snapshot
    if "topic" in found.body:
        topics = snapshot.searcher.topics
        topic = topics.tree.by_id.get(str(found.body["topic"])) if topics is not None else None
        return [("", topic.name["nb"] if topic else str(found.body["topic"]))]
    here = {pledge.id for pledge in snapshot.corpus.pledges}
    rows = zip(found.texts("pledges"), found.texts("texts"), strict=False)
    return [(name if name in here else "", text) for name, text in rows]


def _hindrance(services: Services, member: Member, found: Proposal) -> str:
    """Return why they may not publish or refuse it; empty: they may."""
    try:
        check_may_decide(services, member, found)
    except MendFault as exc:
        return sentence(exc.fault, exc.values)
    return ""


def _trouble(job: Job | None) -> str:
    """Return why a job came to nothing; empty where it did not, or there is none."""
    error = job.error if job is not None else None
    if error is None:
        return ""
    if isinstance(error, MendFault):
        return sentence(error.fault, error.values)
    if isinstance(error, Refused):
        return MENDING.refused_by_gates
    if getattr(error, "fault", None) in FAULTS:
        return explain(error)  # type: ignore[arg-type]  # it has a fault
    return MENDING.failed


def _outcome(job: Job | None) -> list[str]:
    """Return what came of publishing, in sentences; none while it runs, or was not tried."""
    if job is None or job.running:
        return []
    if isinstance(job.result, Report):
        return [
            MENDING.published.format(
                total=job.result.diff.total, fingerprint=job.result.diff.fingerprint,
                passed=job.result.corrections_passed, corrections=job.result.corrections,
            )
        ]  # fmt: skip
    reasons = job.error.refusals if isinstance(job.error, Refused) else ()
    return [_trouble(job), *(gate(refusal.gate, dict(refusal.values)) for refusal in reasons)]


def gate(name: str, values: dict[str, object]) -> str:
    """Return why a gate refuses, in one line."""
    told: str = getattr(NB, f"reload_{name}")
    return told.format(**values)


def _refusals(tried: Job | None) -> list[str]:
    result = tried.result if tried is not None else None
    if not isinstance(result, preview.Preview):
        return []
    return [gate(refusal.gate, dict(refusal.values)) for refusal in result.report.refusals]


routes = [
    Route("/forslag", proposals),
    Route("/forslag/{proposal_id}", proposal),
    Route("/forslag/{proposal_id}/prov", look, methods=["POST"]),
    Route("/forslag/{proposal_id}/publiser", approve, methods=["POST"]),
    Route("/forslag/{proposal_id}/avvis", turn_down, methods=["POST"]),
]
