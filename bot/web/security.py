"""The gate before every page: who is spoken to, who speaks, and what a browser may do with the answer.

Nothing gets past it: not an error, not a file, not a page that a module adds later.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, ImmutableMultiDict, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.services import Services
from bot.staff import member_named
from bot.storage import StorageError
from bot.storage_staff import Member, Role
from bot.web.rendering import error_page
from bot.web.sessions import COOKIE, Session, Sessions
from bot.weblinks import LOGIN, hosts, origins

logger = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MOST_BYTES = 64 * 1024  # of a form
MOST_FIELDS = 200
LONGEST_URL = 4096  # bytes of path and query
CSRF = "csrf"  # the field of a form
# Open to who is not signed in; all else is closed, also what does not exist.
OPEN = frozenset((LOGIN, "/static/style.css", "/static/icon.svg", "/favicon.ico"))
_METHODS = frozenset(("GET", "HEAD", "POST"))

Form = ImmutableMultiDict[str, str]


class Refused(Exception):  # noqa: N818  # an answer, not a fault
    """A request that goes no further, with the status that says why."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status
        super().__init__(status.phrase)


class Gate:
    """The middleware. Puts ``member``, ``session`` and ``form`` into the request's state."""

    def __init__(self, app: ASGIApp, services: Services, sessions: Sessions) -> None:
        self._app, self._services, self._sessions = app, services, sessions
        self._hosts, self._origins = hosts(services.settings), origins(services.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, send it to the login, or refuse it."""
        if scope["type"] != "http":
            return  # no web sockets, nothing to start or stop
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        request = Request(scope, receive)
        request.state.member = request.state.session = None
        request.state.form = Form()
        try:
            answer = await self._stopped(request)
            await (answer or self._app)(scope, receive, guarded)
        except Refused as exc:
            await error_page(request, exc.status)(scope, receive, guarded)
        except StorageError as exc:
            logger.error("page not shown: %s", exc)  # noqa: TRY400  # the trace would add nothing
            if not begun:
                status = HTTPStatus.SERVICE_UNAVAILABLE
                await error_page(request, status)(scope, receive, guarded)
        except Exception:
            logger.exception("page failed")
            if not begun:
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                await error_page(request, status)(scope, receive, guarded)

    async def _stopped(self, request: Request) -> Response | None:
        """Return where to send who is not signed in; None: go on. Raises Refused."""
        scope, headers = request.scope, request.headers
        if headers.get("host", "").lower() not in self._hosts:
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST)
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_URL:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG)
        if request.method not in _METHODS:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        posted = request.method == "POST"
        if posted and not self._is_own(headers):
            raise Refused(HTTPStatus.FORBIDDEN)
        session, member = await self._signed_in(request)
        request.state.session, request.state.member = session, member
        if posted:
            request.state.form = await _form(request)
            if session is not None and not session.sent(request.state.form.get(CSRF, "")):
                raise Refused(HTTPStatus.FORBIDDEN)
        if member is None and request.url.path not in OPEN:
            if posted:
                raise Refused(HTTPStatus.UNAUTHORIZED)
            return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        return None

    def _is_own(self, headers: Headers) -> bool:
        """Was the form sent from one of our pages?

        With no-referrer, browsers send «Origin: null» also from our own: then Sec-Fetch-Site, which
        no page can set, must say it. One of the two must speak for it, and neither against.
        """
        origin, site = headers.get("origin", "null").lower(), headers.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        return origin in self._origins or (origin == "null" and site == "same-origin")

    async def _signed_in(self, request: Request) -> tuple[Session | None, Member | None]:
        """Return session and member. Asked anew each time: who is removed is out at once."""
        key = request.cookies.get(COOKIE)
        session = self._sessions.use(key)
        if session is None:
            return None, None
        member = await member_named(self._services, session.name)
        if member is None:
            self._sessions.end_all_of(session.name)
            return None, None
        return session, member


async def _form(request: Request) -> Form:
    """Return the fields of a form. Raises Refused: too large, or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = b""
    # Counted as it comes: Content-Length may lie, or be missing.
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        # Browsers break the lines of a text area by CR LF; we mean LF.
        fields = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as exc:
        raise Refused(HTTPStatus.BAD_REQUEST) from exc
    return Form([(name, value.replace("\r\n", "\n")) for name, value in fields])


# ---- for the pages


def form_of(request: Request) -> Form:
    """Return what was sent: ``get(name)`` for one value, ``getlist(name)`` for all of a name.

    Size, origin and token were checked at the gate. The values are anyone's words.
    """
    form: Form = request.state.form
    return form


def admin_only(member: Member) -> None:
    """Let only admins go on. Raises Refused (403), which becomes a page."""
    if member.role is not Role.ADMIN:
        raise Refused(HTTPStatus.FORBIDDEN)


def may_see(member: Member, municipality: str | None) -> bool:
    """May they see what was asked about this municipality? (None: about none in particular.)"""
    return member.municipality is None or member.municipality == municipality
