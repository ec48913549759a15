"""Where staff's pages are opened, which names they answer to, and what they need installed."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import quote, urlsplit

from bot.config import Settings

LOGIN = "/logg-inn"
_PACKAGES = ("jinja2", "matplotlib", "starlette", "tomlkit", "uvicorn", "xlsxwriter")
TOKEN = "nokkel"  # noqa: S105  # the name of the field, not a secret


def address(settings: Settings) -> str:
    """Return where staff open the pages, without a slash at the end.

    Not 127.0.0.1 where nothing is set: browsers differ in whether it may keep secure cookies.
    """
    return settings.review_url or f"http://localhost:{settings.review_port}"


def login_link(settings: Settings, token: str) -> str:
    """Return the one-time link that holds a token."""
    return f"{address(settings)}{LOGIN}?{TOKEN}={quote(token, safe='')}"


def origins(settings: Settings) -> frozenset[str]:
    """Return the origins that a form of ours may be sent from."""
    port = settings.review_port
    own = {f"http://localhost:{port}", f"http://127.0.0.1:{port}"}
    if settings.review_url:
        parts = urlsplit(settings.review_url)
        own.add(f"{parts.scheme}://{parts.netloc}".lower())
    return frozenset(own)


def hosts(settings: Settings) -> frozenset[str]:
    """Return the Host headers that we answer to: another name may be an attacker's (DNS rebinding)."""
    return frozenset(origin.partition("://")[2] for origin in origins(settings))


def missing_packages() -> list[str]:
    """Return which of the packages that only the pages need are not installed."""
    return [name for name in _PACKAGES if find_spec(name) is None]
