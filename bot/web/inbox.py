"""Innboks and one case: what voters ask that needs eyes, and what staff make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.answering import Answer
from bot.callback_data import Complaint
from bot.review.again import Again, answered_today, shown_again
from bot.review.cases import (
    LONGEST_NOTE,
    Case,
    Conflict,
    NothingToUndo,
    open_case,
    owners,
    save,
    undo,
)
from bot.review.queue import Shown, queue_page, together
from bot.review.search import QuestionSearch
from bot.services import Services
from bot.storage_review import (
    AGAIN,
    DISLIKED,
    OPEN,
    OUTCOMES,
    CaseGone,
    CaseState,
    Filter,
    ReviewStore,
    Status,
)
from bot.texts.inbox import INBOX
from bot.texts.staff import STAFF
from bot.web.rendering import member_of, page, redirect, services_of
from bot.web.security import form_of

WORDINGS = 8  # shown of a case, each with its answer
_LONGEST_SEARCH = 200  # characters
_ALL, _NO_PLACE = "alle", "ingen"
# The names in the address: a filter can be kept as a bookmark.
_NAMES = ("vis", "kommune", "utfall", "grunn", "status", "eier", "fra", "til", "sok")


# ---- the queue


async def inbox(request: Request) -> Response:
    """Show a page of the queue by the filter in the address; what is not valid there is left out."""
    services, member = services_of(request), member_of(request)
    asked = _asked(request)
    search = _search(request)
    shown = await queue_page(
        services,
        member,
        _filter(asked),
        _number(request.query_params.get("side", "")),
        words=asked["sok"],
        search=search,
    )
    search.warm_up()
    address = _address(asked)
    return page(
        request,
        "inbox.html",
        i=INBOX,
        queue=shown,
        asked=asked,
        address=address,
        pages_url=f"/?{address}&side=" if address else "/?side=",
        percent=int(100 * shown.read),
        options=await _options(services),
        restricted=member.municipality is not None,
        is_default=not address,
    )


def _asked(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "")[:_LONGEST_SEARCH].strip() for name in _NAMES}


def _filter(asked: Mapping[str, str]) -> Filter:
    place, status = asked["kommune"], asked["status"]
    return Filter(
        municipality={"": None, _NO_PLACE: ""}.get(place, place),
        outcome=asked["utfall"] if asked["utfall"] in OUTCOMES else "",
        reason=asked["grunn"] if asked["grunn"] in {DISLIKED, *Complaint} else "",
        status="" if status == _ALL else status if status in {AGAIN, *Status} else OPEN,
        owner=asked["eier"],
        since=_day(asked["fra"]),
        until=_day(asked["til"]),
        needy=asked["vis"] != _ALL,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _address(asked: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


async def _options(services: Services) -> dict[str, list[tuple[str, str]]]:
    """Return what can be chosen in each field: (value, label)."""
    names = await owners(services)
    outcomes = [(outcome, STAFF.outcomes[outcome]) for outcome in OUTCOMES]
    return {
        "vis": [("", INBOX.show_needy), (_ALL, INBOX.show_all)],
        "kommune": [
            ("", STAFF.all),
            (_NO_PLACE, INBOX.no_municipality),
            *((name, name) for name in services.index.snapshot.corpus.municipalities),
        ],
        "utfall": [("", STAFF.all), *outcomes],
        "grunn": [("", STAFF.all), (DISLIKED, INBOX.disliked), *INBOX.complaints.items()],
        "status": [
            ("", INBOX.open),
            (AGAIN, INBOX.again),
            (_ALL, STAFF.all),
            *INBOX.statuses.items(),
        ],
        "eier": [("", STAFF.all), *((name, name) for name in names)],
    }


def _search(request: Request) -> QuestionSearch:
    """Return the one search of these pages, made when first needed."""
    state = request.app.state
    if getattr(state, "question_search", None) is None:
        state.question_search = QuestionSearch(services_of(request).storage)
    found: QuestionSearch = state.question_search
    return found


# ---- one case


@dataclass(frozen=True, slots=True)
class _Wording:
    """Alike answers, and the message they were."""

    shown: Shown
    again: Again


async def case_page(request: Request) -> Response:
    """Show a case."""
    opened = await _open(request)
    return await _page(request, opened, opened.state)


async def change(request: Request) -> Response:
    """Store what a member made of a case; where another was first, show both and store nothing."""
    services, member, form = services_of(request), member_of(request), form_of(request)
    case_id = request.path_params["case_id"]
    status, owner = form.get("status", ""), form.get("eier", "")
    version = _version(form.get("versjon", ""))
    note = form.get("notat", "")
    if status not in set(Status) or version is None or len(note) > LONGEST_NOTE:
        opened = await _open(request)
        return await _page(
            request, opened, opened.state, HTTPStatus.BAD_REQUEST, fault=INBOX.bad_form
        )
    known = {"", *await owners(services)}
    wanted = CaseState(
        status=Status(status), owner=owner if owner in known else "", note=note, version=version
    )
    try:
        await save(services, member, case_id, wanted)
    except CaseGone:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except Conflict as conflict:
        return await _conflict(request, conflict)
    return redirect(_back_to(request, case_id), "case_saved")


async def take_back(request: Request) -> Response:
    """Undo the last change of a case; where another was first, show it and undo nothing."""
    services, member, form = services_of(request), member_of(request), form_of(request)
    case_id = request.path_params["case_id"]
    try:
        await undo(services, member, case_id, _version(form.get("versjon", "")) or 0)
    except CaseGone:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except NothingToUndo:
        opened = await _open(request)
        return await _page(
            request, opened, opened.state, HTTPStatus.CONFLICT, fault=INBOX.undo_failed
        )
    except Conflict as conflict:
        return await _conflict(request, conflict, mine=conflict.now)
    return redirect(_back_to(request, case_id), "case_undone")


async def _conflict(
    request: Request, conflict: Conflict, mine: CaseState | None = None
) -> Response:
    opened = await _open(request)
    return await _page(
        request, opened, mine or conflict.mine, HTTPStatus.CONFLICT, others=conflict.others
    )


async def _open(request: Request) -> Case:
    try:
        return await open_case(
            services_of(request), member_of(request), request.path_params["case_id"]
        )
    except CaseGone:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None


async def _page(
    request: Request,
    opened: Case,
    written: CaseState,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    fault: str = "",
    others: Sequence[object] = (),
) -> Response:
    """Return a case's page. ``written`` is what the form holds: what is stored, or was to be."""
    services = services_of(request)
    snapshot, settings = services.index.snapshot, services.settings
    groups = together(opened.answers)
    newest = [group.answer for group in groups[:WORDINGS]]
    wordings = [
        _Wording(replace(group, answer=answer), shown_again(answer, snapshot, settings.party_name))
        for group, answer in zip(
            groups, await ReviewStore(services.storage).explained(newest), strict=False
        )
    ]
    today: Answer | None = None
    if wordings and wordings[0].shown.answer.question:
        today = await asyncio.to_thread(
            answered_today, wordings[0].shown.answer, snapshot, services.policy
        )
    topics = snapshot.searcher.topics
    # The one who has it may have left: they stay to be chosen, or saving would take it from them.
    names = sorted({*await owners(services), *filter(None, (written.owner, opened.state.owner))})
    return page(
        request,
        "case.html",
        status.value,
        i=INBOX,
        case=opened.queued,
        state=opened.state,
        written=written,
        wordings=wordings,
        hidden=len(groups) - len(wordings),
        looked_at=len(opened.answers),
        today=today,
        history=opened.history,
        topic_names={t.id: t.name["nb"] for t in topics.tree.topics} if topics else {},
        status_options=list(INBOX.statuses.items()),
        owner_options=[("", INBOX.nobody), *((name, name) for name in names)],
        most=LONGEST_NOTE,
        fault=fault,
        others=others,
        case_path=f"/sak/{quote(opened.queued.id)}",
        address=_address(_asked(request)),
    )


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _back_to(request: Request, case_id: str) -> str:
    address = _address(_asked(request))
    return f"/sak/{quote(case_id, safe='')}" + (f"?{address}" if address else "")


routes = [
    Route("/", inbox),
    Route("/sak/{case_id}", case_page),
    Route("/sak/{case_id}", change, methods=["POST"]),
    Route("/sak/{case_id}/angre", take_back, methods=["POST"]),
]
