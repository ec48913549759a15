"""Who is staff: for admins to see and change, and one-time links for those without Telegram."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.services import Services, audit
from bot.staff import (
    LINK_MINUTES,
    LONGEST_NAME,
    MOST_ID,
    configured,
    everybody,
    is_name,
    login_token,
    member_named,
)
from bot.storage_staff import LastAdmin, Member, Role, StaffStore
from bot.texts.staff import STAFF
from bot.web.rendering import member_of, page, redirect, services_of
from bot.web.security import Form, admin_only, form_of
from bot.weblinks import login_link

HERE = "/medarbeidere"
_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)


async def listing(request: Request) -> Response:
    """List the staff, with a form to add one."""
    admin_only(member_of(request))
    return await _listing(request)


async def save(request: Request) -> Response:
    """Add a member, or change the one of that name."""
    admin = member_of(request)
    admin_only(admin)
    services, form = services_of(request), form_of(request)
    given, fault = _read(services, form)
    if given is not None:
        fault = _untouchable(services, admin, given.name) or await _taken(services, given)
    if given is None or fault:
        return await _listing(request, fault=fault)
    await audit(services, admin.name, "role_given", _detail(given))
    store, keep = StaffStore(services.storage), not services.settings.admins
    try:
        await store.put(given, admin.name, services.clock(), keep_admin=keep)
    except LastAdmin:
        return await _listing(request, fault=STAFF.staff_last)
    return redirect(HERE, said="member_saved")


async def remove(request: Request) -> Response:
    """Remove a member, and end their sessions."""
    admin = member_of(request)
    admin_only(admin)
    services, name = services_of(request), form_of(request).get("navn", "")
    if fault := _untouchable(services, admin, name):
        return await _listing(request, fault=fault)
    member = await member_named(services, name)
    if member is None:
        return await _listing(request, fault=STAFF.staff_unknown)
    await audit(services, admin.name, "role_removed", _detail(member))
    try:
        await StaffStore(services.storage).remove(name, keep_admin=not services.settings.admins)
    except LastAdmin:
        return await _listing(request, fault=STAFF.staff_last)
    request.app.state.sessions.end_all_of(name)
    return redirect(HERE, said="member_removed")


async def invite(request: Request) -> Response:
    """Make a one-time link and show it, this once: only its hash is kept."""
    admin = member_of(request)
    admin_only(admin)
    services = services_of(request)
    member = await member_named(services, form_of(request).get("navn", ""))
    if member is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    await audit(services, admin.name, "invite", member.name)
    link = login_link(services.settings, await login_token(services, member.name))
    return page(request, "invite.html", name=member.name, link=link, minutes=LINK_MINUTES)


def _untouchable(services: Services, admin: Member, name: str) -> str:
    """Return why a member may not be changed here, or nothing."""
    if name == admin.name:
        return STAFF.staff_not_self  # or nobody might be left who can undo it
    if any(member.name == name for member in configured(services.settings)):
        return STAFF.staff_not_settings
    return ""


async def _taken(services: Services, given: Member) -> str:
    """Return why a Telegram id cannot be given to them, or nothing: it has one member."""
    if given.telegram_id is None:
        return ""
    others = [m for m in await everybody(services) if m.name != given.name]
    return STAFF.staff_id_taken if given.telegram_id in {m.telegram_id for m in others} else ""


def _detail(member: Member) -> str:
    parts = (member.telegram_id, member.role.value, member.municipality, member.name)
    return " ".join(str(part) for part in parts if part is not None)


def _read(services: Services, form: Form) -> tuple[Member | None, str]:
    """Return the member that a form describes, or what is wrong with it."""
    name, place = form.get("navn", "").strip(), form.get("kommune", "")
    telegram, role = form.get("telegram", "").strip(), form.get("rolle", "")
    if not is_name(name):
        return None, STAFF.staff_bad_name.format(most=LONGEST_NAME)
    if role not in set(Role):
        return None, STAFF.staff_bad_role
    if place and place not in services.index.snapshot.corpus.municipalities:
        return None, STAFF.staff_bad_place
    if place and role == Role.ADMIN:
        return None, STAFF.staff_admin_place
    if telegram and not (_ID.fullmatch(telegram) and int(telegram) < MOST_ID):
        return None, STAFF.staff_bad_id
    member = Member(
        name=name,
        role=Role(role),
        telegram_id=int(telegram) if telegram else None,
        municipality=place or None,
    )
    return member, ""


async def _listing(request: Request, fault: str = "") -> Response:
    services = services_of(request)
    fixed = configured(services.settings)
    added = (await everybody(services))[len(fixed) :]
    return page(
        request,
        "staff.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        fixed=fixed,
        added=added,
        fault=fault,
        values=_values(request, added),
        municipality_options=[
            (name, name) for name in services.index.snapshot.corpus.municipalities
        ],
    )


def _values(request: Request, added: list[Member]) -> dict[str, str]:
    """Return what the form starts with: what was sent, the member to change, or a new reviewer."""
    form, changed = form_of(request), request.query_params.get("navn", "")
    known = next((member for member in added if member.name == changed), None)
    return {
        "name": form.get("navn", known.name if known else ""),
        "role": form.get("rolle", known.role.value if known else Role.REVIEWER.value),
        "place": form.get("kommune", (known.municipality if known else None) or ""),
        "telegram": form.get("telegram", str(known.telegram_id or "") if known else ""),
    }


routes = [
    Route(HERE, listing),
    Route(HERE, save, methods=["POST"]),
    Route(f"{HERE}/fjern", remove, methods=["POST"]),
    Route(f"{HERE}/lenke", invite, methods=["POST"]),
]
