"""Values to pages: Jinja2 with escaping on everywhere, and what every page has in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from bot.services import Services
from bot.storage_staff import Member, Role
from bot.texts.staff import STAFF

_FOLDER = Path(__file__).parent / "templates"
_MACROS = "macros.html"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,  # whatever a file is called
        undefined=StrictUndefined,  # a misspelt name is a failing page, not an empty place
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day_text, "number": number_text}
    return made


def day_text(day: date | str) -> str:
    """Return a day as people write it: 2026-01-31 -> 31. januar 2026"""
    moment = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return f"{moment.day}. {STAFF.months[moment.month - 1]} {moment.year}"


def number_text(number: float) -> str:
    """Group digits with a hard space, and write a comma: 12345.6 -> 12 345,6"""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


_ENVIRONMENT = _environment()


def services_of(request: Request) -> Services:
    """Return the parts that the pages work with."""
    services: Services = request.app.state.services
    return services


def member_of(request: Request) -> Member:
    """Return who is signed in; the gate lets nobody else come to a page."""
    member = request.state.member
    assert isinstance(member, Member), "promised by the gate"
    return member


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page.

    A template has, besides ``values``: ``t`` (the sentences), ``member`` (None: nobody is signed
    in), ``csrf``, ``here`` (the path), ``nav``, ``said`` (of what was just done), and every macro of
    ``macros.html`` by its name.
    """
    member, session = request.state.member, request.state.session
    common: dict[str, Any] = {
        "t": STAFF,
        "member": member,
        "csrf": session.csrf if session else "",
        "here": request.url.path,
        "nav": navigation(request.app.state.paths, member),
        "said": STAFF.said.get(request.query_params.get("sagt", ""), ""),
    }
    macros = _ENVIRONMENT.get_template(_MACROS).make_module(common)
    names = {name: macro for name, macro in vars(macros).items() if not name.startswith("_")}
    html = _ENVIRONMENT.get_template(template).render(common | names | values)
    return HTMLResponse(html, status)


def error_page(request: Request, status: HTTPStatus) -> HTMLResponse:
    """Return the page for a refusal or a fault. Nothing of the request is repeated in it."""
    sentence = STAFF.errors.get(status.value, STAFF.errors[500])
    return page(request, "error.html", status.value, sentence=sentence)


def redirect(path: str, said: str = "") -> RedirectResponse:
    """Send the browser to one of our pages, by GET.

    Args:
        path: An own one.
        said: Key of a sentence in ``STAFF.said`` that is shown there.

    Raises:
        ValueError: If it could lead elsewhere.
    """
    if not path.startswith("/") or path[1:2] in ("/", "\\") or any(c < " " for c in path):
        raise ValueError("not a path of ours")
    if said:
        assert said in STAFF.said, said
        path += f"{'&' if '?' in path else '?'}sagt={said}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def navigation(paths: Sequence[str], member: Member | None) -> list[tuple[str, str]]:
    """Return (path, label) of what a member may open; nothing for who is not signed in."""
    if member is None:
        return []
    return [
        (path, label)
        for path, label, admins in STAFF.navigation
        if path in paths and (not admins or member.role is Role.ADMIN)
    ]
