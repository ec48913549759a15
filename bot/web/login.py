"""Signing in by a one-time link, and out."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.limits import Admission, Limiter
from bot.services import audit
from bot.staff import LINK_MINUTES, member_named
from bot.storage_staff import StaffStore
from bot.web.rendering import page, redirect, services_of
from bot.web.security import Refused, form_of
from bot.web.sessions import COOKIE
from bot.weblinks import LOGIN, TOKEN

ATTEMPTS_A_MINUTE = 20  # from one address
ALL_ATTEMPTS_A_MINUTE = 300
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits, as secrets.token_urlsafe writes them


async def ask(request: Request) -> Response:
    """Show the button that signs in. Uses nothing up: chat programs open links to preview them."""
    token = request.query_params.get(TOKEN, "")
    known = token if _FORM.fullmatch(token) else ""
    return page(
        request, "login.html", token=known, field_name=TOKEN, broken=bool(token) and not known,
        minutes=LINK_MINUTES,
    )  # fmt: skip


async def sign_in(request: Request) -> Response:
    """Use a link up, once, and begin a session."""
    _limit(request)
    services, token = services_of(request), form_of(request).get(TOKEN, "")
    name = None
    if _FORM.fullmatch(token):
        name = await StaffStore(services.storage).take_login(token, services.clock())
    member = await member_named(services, name) if name is not None else None
    if member is None:
        return page(
            request, "login.html", HTTPStatus.FORBIDDEN, token="", field_name=TOKEN, broken=True,
            minutes=LINK_MINUTES,
        )  # fmt: skip
    await audit(services, member.name, "login")
    sessions = request.app.state.sessions
    sessions.end(request.cookies.get(COOKIE))  # of who had this browser before
    answer = redirect("/")
    answer.set_cookie(
        COOKIE, sessions.begin(member.name), path="/", secure=True, httponly=True, samesite="strict"
    )
    return answer


async def sign_out(request: Request) -> Response:
    """End the session."""
    request.app.state.sessions.end(request.cookies.get(COOKIE))
    answer: RedirectResponse = redirect(LOGIN, said="signed_out")
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def _limit(request: Request) -> None:
    """Count an attempt; before the log is asked, which writes. Raises Refused."""
    one, every = request.app.state.attempts
    # Behind a proxy all come from its address; the last one named there is the proxy's own word.
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()[:64]
    client = request.client.host if request.client else ""
    admitted = (one.admit((client, forwarded)), every.admit(""))
    if any(admission is not Admission.WELCOME for admission in admitted):
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS)


def attempts() -> tuple[Limiter, Limiter]:
    """Return what counts the attempts: of one address, and of all."""
    return Limiter(ATTEMPTS_A_MINUTE), Limiter(ALL_ATTEMPTS_A_MINUTE)


routes = [
    Route(LOGIN, ask),
    Route(LOGIN, sign_in, methods=["POST"]),
    Route("/logg-ut", sign_out, methods=["POST"]),
]
