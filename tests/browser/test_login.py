"""Getting in and out, in a real browser."""

from __future__ import annotations

import pytest

from bot.texts.staff import STAFF
from bot.web.sessions import COOKIE
from tests.browser.conftest import ADMIN

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def links_left(house) -> int:
    [(count,)] = await house.services.storage.rows("SELECT count(*) FROM logins")
    return int(count)


async def test_a_link_signs_in_once_by_its_button(house, profile) -> None:
    context = await profile()
    page, link = await context.new_page(), await house.link(ADMIN)
    await page.goto(link)
    await page.goto(link)  # looking uses nothing up
    assert await links_left(house) == 1
    assert not await context.cookies()
    await page.get_by_role("button", name=STAFF.login_button).click()
    await page.wait_for_url(f"{house.address}/")
    assert await links_left(house) == 0

    [cookie] = await context.cookies()
    assert cookie["name"] == COOKIE and COOKIE.startswith("__Host-")
    assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict"
    assert (cookie["path"], cookie["expires"]) == ("/", -1)  # gone with the browser
    assert await page.evaluate("document.cookie") == ""

    # The link is of no use to who finds it afterwards.
    stranger = await (await profile()).new_page()
    await stranger.goto(link)
    await stranger.get_by_role("button", name=STAFF.login_button).click()
    assert await stranger.get_by_role("alert").inner_text() == STAFF.login_broken
    await stranger.goto(f"{house.address}/")
    assert stranger.url == f"{house.address}/logg-inn"


async def test_signing_out_closes_the_pages(house, sign_in) -> None:
    page = await sign_in()
    [cookie] = await page.context.cookies()
    await page.get_by_role("button", name=STAFF.sign_out).click()
    assert await page.get_by_role("status").inner_text() == STAFF.said["signed_out"]
    assert not await page.context.cookies()
    for _ in range(2):
        await page.goto(f"{house.address}/programmer")
        assert page.url == f"{house.address}/logg-inn"
        await page.context.add_cookies([cookie])  # a copy of it opens nothing either


async def test_a_link_in_another_page_reaches_nothing(house, sign_in, profile) -> None:
    """The cookie does not go along with what another site sends (SameSite)."""
    page = await sign_in()
    await page.route("http://elsewhere.test/", lambda route: route.fulfill(
        content_type="text/html",
        body=f'<form method="post" action="{house.address}/logg-ut"><button>x</button></form>',
    ))  # fmt: skip
    await page.goto("http://elsewhere.test/")
    await page.get_by_role("button").click()
    assert await page.get_by_role("heading").inner_text() == STAFF.error_title
    await page.goto(f"{house.address}/programmer")
    assert page.url == f"{house.address}/programmer"
