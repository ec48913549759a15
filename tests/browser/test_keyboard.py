"""By keyboard alone, and always seeing where one is."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from bot.texts.inbox import INBOX
from bot.texts.staff import STAFF
from tests.browser.conftest import ADMIN

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUESTION = "Hva vil dere gjøre med romfart?"
_WHERE = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const label = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText;
  return {
    label: (label || "").trim(), tag: e.tagName,
    outline: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && s.outlineColor,
    inside: r.width > 0 && r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth,
  };
}"""


async def tab_to(page: Page, label: str, most: int = 60) -> list[str]:
    """Press Tab until what has that label has the focus; return what was passed.

    Each stop must be seen: an outline, and inside the window.
    """
    passed: list[str] = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        here = await page.evaluate(_WHERE)
        assert here["outline"], (passed, here)
        assert here["inside"], (passed, here)
        if here["label"] == label:
            return passed
        passed.append(here["label"])
    raise AssertionError(f"no Tab leads to «{label}»: {passed}")


async def test_from_the_link_to_a_changed_status_by_keyboard_alone(house, profile) -> None:
    await house.ask(QUESTION)
    page = await (await profile()).new_page()
    await page.goto(await house.link(ADMIN))
    await tab_to(page, STAFF.login_button)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    # The skip link is the first stop, is seen there, and leads past the menu.
    assert await tab_to(page, STAFF.skip) == []
    await page.keyboard.press("Enter")
    await page.wait_for_url(
        "**/#main"
    )  # not at once: the browser takes the key in a process of its own
    passed = await tab_to(page, INBOX.more_filters)
    await page.keyboard.press("Enter")  # and through all that unfolds
    passed += await tab_to(page, QUESTION)
    assert INBOX.since in passed
    assert INBOX.search in passed and STAFF.sign_out not in passed
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert "/sak/" in page.url

    await tab_to(page, INBOX.status)
    # A letter chooses, as it does in every select; Space and Enter would open the list.
    await page.keyboard.type("Tatt")
    await tab_to(page, INBOX.save)
    async with page.expect_navigation():
        await page.keyboard.press("Space")
    assert await page.get_by_role("status").inner_text() == STAFF.said["case_saved"]
    assert await page.get_by_label(INBOX.status).input_value() == "taken"


async def test_what_is_folded_opens_by_keyboard(house, sign_in) -> None:
    await house.ask(QUESTION)
    page = await sign_in()
    await page.goto(f"{house.address}/sak/{await house.case_of(QUESTION)}")
    await tab_to(page, QUESTION)
    assert await page.get_by_text(INBOX.answer).is_visible()
    await page.keyboard.press("Space")
    assert not await page.get_by_text(INBOX.answer).is_visible()
    await page.keyboard.press("Enter")
    assert await page.get_by_text(INBOX.answer).is_visible()
