"""One browser for all tests here; for each test pages, log, corpus and profile of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from bot.storage_staff import Member, Role
from bot.texts.staff import STAFF
from retrieval.corrections import CORRECTIONS
from tests.browser.chromium import DESKTOP, INSTALL, executable, is_required, launched
from tests.browser.house import House, open_house
from tests.conftest import ROOT, write_programmes
from tests.retrieval.test_corrections import ASKER, BYGDA, TOPICS

LIMIT = 15_000  # milliseconds that a page or an element may take: never waited for when all is well
ADMIN = Member(name="redaktør", role=Role.ADMIN)
REVIEWER = Member(name="gransker", role=Role.REVIEWER)

Open = Callable[..., Awaitable[Page]]


def small_corpus(folder: Path) -> Path:
    """Write two short programmes, topics and the shipped corrections."""
    seeds = write_programmes(folder, ("Asker", "2023-2027", ASKER), ("Bygda", "2023-2027", BYGDA))
    (seeds / "topics.toml").write_text(TOPICS, encoding="utf-8")
    shipped = (ROOT / "seeds" / CORRECTIONS).read_text(encoding="utf-8")
    (seeds / CORRECTIONS).write_text(shipped, encoding="utf-8")
    return seeds


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if executable() is None:
        if is_required():
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def house(chromium: Browser, tmp_path: Path) -> AsyncIterator[House]:
    """Return the pages; first the browser, so that where there is none nothing is built."""
    async with open_house(tmp_path, small_corpus(tmp_path / "seeds")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def profile(chromium: Browser) -> AsyncIterator[Callable[..., Awaitable[BrowserContext]]]:
    """Return a function: options -> a new profile of the browser, which knows nothing."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> BrowserContext:
            context = await chromium.new_context(**{"viewport": DESKTOP, **options})
            context.set_default_timeout(LIMIT)
            stack.push_async_callback(context.close)
            return context

        yield make


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(house: House, profile) -> Open:
    """Return a function: a member, options of the profile -> their page, signed in by a link."""

    async def make(member: Member = ADMIN, **options: Any) -> Page:
        page = await (await profile(**options)).new_page()
        await page.goto(await house.link(member))
        await page.get_by_role("button", name=STAFF.login_button).click()
        await page.wait_for_url(f"{house.address}/")  # loaded, with its style sheet
        return page

    return make
