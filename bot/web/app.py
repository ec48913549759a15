"""Staff's pages put together: one gate, and the routes of every module."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.services import Services
from bot.web import inbox, login, mending, overview, programmes, proposals, reloading, staff, trial
from bot.web.rendering import error_page
from bot.web.security import Gate
from bot.web.sessions import Sessions

Tell = Callable[[str], Awaitable[None]]

_STATIC = Path(__file__).parent / "static"
_STYLE, _ICON = _STATIC / "style.css", _STATIC / "icon.svg"
# Every module with pages. A later one adds its line.
_MODULES = (
    inbox,
    mending,
    proposals,
    reloading,
    overview,
    login,
    programmes,
    trial,
    staff,
)


def build_web(
    services: Services, *, sessions: Sessions | None = None, tell: Tell | None = None
) -> Starlette:
    """Put the pages together. Opens nothing.

    Args:
        services: With an opened log.
        sessions: Who is signed in; None: nobody yet.
        tell: Sends one text to the admins; None: there is no way to them.
    """
    sessions = sessions if sessions is not None else Sessions()
    routes = [route for module in _MODULES for route in module.routes]
    paths = {route.path for route in routes}
    if "/" not in paths:
        routes.append(Route("/", programmes.overview))
    app = Starlette(
        routes=[
            Route("/static/style.css", _style),
            Route("/static/icon.svg", _icon),
            Route("/favicon.ico", _icon),  # what browsers ask for unasked
            *routes,
        ],
        middleware=[Middleware(Gate, services=services, sessions=sessions)],
        exception_handlers={HTTPException: _failed},
    )
    app.router.redirect_slashes = False  # would repeat the request's path in an answer
    app.state.services, app.state.sessions, app.state.tell = services, sessions, tell
    app.state.attempts = login.attempts()
    app.state.paths = frozenset(paths)
    return app


async def _style(request: Request) -> Response:
    del request
    return FileResponse(_STYLE, media_type="text/css")


async def _icon(request: Request) -> Response:
    del request
    return FileResponse(_ICON, media_type="image/svg+xml")


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "promised by exception_handlers"
    return error_page(request, HTTPStatus(error.status_code))
