"""Working the queue in a real browser: filter, open, change, undo, and two at once; also without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from bot.callback_data import Verdict
from bot.texts.inbox import INBOX
from bot.texts.staff import STAFF
from tests.browser.conftest import ADMIN, REVIEWER
from tests.browser.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")
SILENT = "Hva vil dere gjøre med romfart?"
DISLIKED = "Blir det flere sykkelveier langs skolen?"
FRUIT = "Får elevene gratis frukt i barneskolen?"


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def asked(house: House) -> None:
    await house.ask(SILENT, "Asker")
    await house.ask(SILENT, "Asker")
    await house.ask("Hva mener dere om hval?", "Bygda")
    await house.ask(FRUIT)
    await house.ask(DISLIKED)
    await house.vote(DISLIKED, Verdict.NOT_HELPFUL)


async def questions(page: Page) -> set[str]:
    return set(await page.locator("a.main").all_inner_texts())


async def chosen(page: Page, label: str) -> str:
    return str(
        await page.get_by_label(label, exact=True).evaluate("e => e.selectedOptions[0].text")
    )


async def test_the_queue_is_worked_from_end_to_end(house, sign_in, scripts) -> None:
    await asked(house)
    page = await sign_in(REVIEWER, java_script_enabled=scripts)
    assert await questions(page) == {SILENT, "Hva mener dere om hval?", DISLIKED}

    # filter
    await page.get_by_label(INBOX.municipality).select_option("Asker")
    await page.get_by_role("button", name=INBOX.apply, exact=True).click()
    assert await questions(page) == {SILENT}
    assert INBOX.found_one.format(answers=2) in await page.inner_text("main")
    await page.get_by_role("link", name=INBOX.clear).click()
    await page.get_by_text(INBOX.more_filters).click()
    await page.get_by_label(INBOX.reason).select_option(INBOX.disliked)
    await page.get_by_role("button", name=INBOX.apply, exact=True).click()
    assert await questions(page) == {DISLIKED}
    await page.get_by_role("link", name=INBOX.clear).click()
    await page.get_by_label(INBOX.search).fill("romf")
    await page.get_by_role("button", name=INBOX.apply, exact=True).click()
    assert await questions(page) == {SILENT}

    # open, change
    await page.get_by_role("link", name=SILENT).click()
    assert await page.get_by_role("heading", level=1).inner_text() == SILENT
    await page.get_by_label(INBOX.status).select_option(INBOX.statuses["silent"])
    await page.get_by_label(INBOX.owner).select_option(REVIEWER.name)
    await page.get_by_label(INBOX.note).fill("Ingen av programmene\nnevner rommet.")
    await page.get_by_role("button", name=INBOX.save).click()
    assert await page.get_by_role("status").inner_text() == STAFF.said["case_saved"]
    assert await chosen(page, INBOX.status) == INBOX.statuses["silent"]
    assert (
        await page.get_by_label(INBOX.note).input_value() == "Ingen av programmene\nnevner rommet."
    )
    history = page.get_by_role("region", name=INBOX.history)
    assert INBOX.statuses["silent"] in await history.inner_text()

    # back where one was, and the case is no longer there
    await page.get_by_role("link", name=INBOX.back).click()
    await page.wait_for_url("**sok=romf**")
    assert await questions(page) == set()
    await page.go_back()

    # undo
    await page.get_by_role("button", name=INBOX.undo).click()
    assert await page.get_by_role("status").inner_text() == STAFF.said["case_undone"]
    assert await chosen(page, INBOX.status) == INBOX.statuses["new"]
    assert await page.get_by_label(INBOX.note).input_value() == ""
    await page.get_by_role("link", name=INBOX.back).click()
    assert await questions(page) == {SILENT}


async def test_two_at_once_see_each_other(house, sign_in, scripts) -> None:
    await asked(house)
    mine = await sign_in(REVIEWER, java_script_enabled=scripts)
    theirs = await sign_in(ADMIN, java_script_enabled=scripts)
    case = f"{house.address}/sak/{await house.case_of(SILENT)}"
    for page in (mine, theirs):
        await page.goto(case)
    await theirs.get_by_label(INBOX.status).select_option(INBOX.statuses["taken"])
    await theirs.get_by_label(INBOX.note).fill("Jeg spør gruppa.")
    await theirs.get_by_role("button", name=INBOX.save).click()

    await mine.get_by_label(INBOX.status).select_option(INBOX.statuses["spam"])
    await mine.get_by_role("button", name=INBOX.save).click()
    told = await mine.get_by_role("alert").inner_text()
    assert INBOX.conflict in told and ADMIN.name in told and "Jeg spør gruppa." in told
    assert (
        await chosen(mine, INBOX.status) == INBOX.statuses["spam"]
    )  # what they chose is still there
    await theirs.reload()
    assert (
        await chosen(theirs, INBOX.status) == INBOX.statuses["taken"]
    )  # and nothing was swallowed

    await mine.get_by_role("button", name=INBOX.save).click()
    await theirs.goto(case)
    assert await chosen(theirs, INBOX.status) == INBOX.statuses["spam"]
    history = await theirs.get_by_role("region", name=INBOX.history).inner_text()
    assert history.index(REVIEWER.name) < history.index(ADMIN.name)
