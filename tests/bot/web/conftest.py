"""The real pages over the real services, and a browser without a network."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette

from bot.services import Services
from bot.storage_staff import Member, Role, StaffStore
from bot.web.app import build_web
from bot.web.sessions import COOKIE, Sessions

ADDRESS = "http://localhost:8765"
ADMIN = Member(name="redaktør", role=Role.ADMIN)
REVIEWER = Member(name="gransker", role=Role.REVIEWER)
ASKER = Member(name="gransker i Asker", role=Role.REVIEWER, municipality="Asker")


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Browser:
    """Opens pages and sends the forms on them, as a browser does."""

    client: httpx.AsyncClient
    sessions: Sessions
    key: str = ""
    last: httpx.Response | None = field(default=None, repr=False)

    @property
    def cookies(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.key}"} if self.key else {}

    @property
    def csrf(self) -> str:
        session = self.sessions.use(self.key)
        return session.csrf if session else ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        self.last = await self.client.get(path, headers=self.cookies | headers)
        return self.last

    async def post(
        self, path: str, data: dict[str, object] | None = None, **headers: str
    ) -> httpx.Response:
        sent = {"csrf": self.csrf, **(data or {})}
        own = {"sec-fetch-site": "same-origin", "origin": "null"}
        self.last = await self.client.post(path, data=sent, headers=own | self.cookies | headers)
        return self.last


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def sessions(seconds: Seconds) -> Sessions:
    return Sessions(seconds)


@pytest.fixture
def web(services: Services, sessions: Sessions) -> Starlette:
    return build_web(services, sessions=sessions)


@pytest.fixture
async def client(web: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    # What a page raises is a page itself: nothing may come out of the application.
    transport = httpx.ASGITransport(web, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def browser_of(services: Services, sessions: Sessions, client: httpx.AsyncClient):
    """Return a function: a member -> their browser, signed in; None: nobody's."""

    async def make(member: Member | None) -> Browser:
        if member is None:
            return Browser(client, sessions)
        await StaffStore(services.storage).put(member, "a test", services.clock())
        return Browser(client, sessions, sessions.begin(member.name))

    return make


@pytest.fixture
async def admin(browser_of) -> Browser:
    return await browser_of(ADMIN)


@pytest.fixture
async def reviewer(browser_of) -> Browser:
    return await browser_of(REVIEWER)


@pytest.fixture
async def from_asker(browser_of) -> Browser:
    return await browser_of(ASKER)


def sample_paths(web: Starlette, services: Services, **values: str) -> list[tuple[str, str]]:
    """Return (method, path) of every route, its parameters filled in with what exists.

    A route with a parameter that has no value here fails the test that asks: add one.
    """
    pledge = services.index.snapshot.corpus.pledges[0]
    known = {
        "file": pledge.programme.file,
        "pledge_id": pledge.id,
        "name": "dager",
        "municipality": "asker",
        "topic": "skole",
        "case_id": "a-none",
        "proposal_id": "none",
        **values,
    }
    found = []
    for route in web.routes:
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: known[m[1]], route.path)
        found += [(method, path) for method in sorted(route.methods or ())]
    assert len(found) > 8, "fix this function"
    return found
