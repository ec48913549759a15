"""Every page, in light, in dark and on a phone: nothing sticks out, and axe finds nothing serious."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.callback_data import Verdict
from bot.texts.inbox import INBOX
from bot.texts.mending import MENDING
from bot.texts.staff import STAFF
from tests.bot.web.conftest import sample_paths
from tests.browser.chromium import PHONE
from tests.browser.conftest import ADMIN, REVIEWER
from tests.browser.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")
NO_PAGES = ("/static/", "/favicon.ico", "/diagram/", "/eksport")  # a sheet, pictures and downloads
QUESTION = "Når får guttungen et eple?"
LONG = "Ufattelig" + "lang" * 60 + " tekst uten mellomrom?"
MODES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
}
_RULES = {"resultTypes": ["violations"]}


async def fill(house: House) -> None:
    """Ask what makes every part of the pages appear."""
    for question in (QUESTION, LONG, "Hva mener dere om hval?"):
        await house.ask(question, "Asker")
    for _ in range(6):
        await house.ask("Hva med benker i parken?")
    await house.vote("Hva med benker i parken?", Verdict.NOT_HELPFUL)


@pytest_asyncio.fixture(loop_scope="session", params=MODES)
async def page(request: pytest.FixtureRequest, house: House, sign_in) -> AsyncIterator[Page]:
    """Return a signed-in page over a log that has something on every page."""
    await fill(house)
    # axe comes in through the debugger and then calls itself: the pages' own rules would stop it.
    yield await sign_in(ADMIN, bypass_csp=True, **MODES[request.param])


async def steps(house: House, page: Page) -> AsyncIterator[str]:
    """Lead the page to every page there is, and to what pages become; yield what each is."""
    case = await house.case_of(QUESTION)
    await page.goto(f"{house.address}/sak/{case}")
    await page.get_by_label(INBOX.note).fill(LONG)
    await page.get_by_label(INBOX.owner).select_option(ADMIN.name)
    await page.get_by_role("button", name=INBOX.save).click()
    yield "case, saved"
    await page.go_back()
    await page.get_by_label(INBOX.status).select_option(INBOX.statuses["spam"])
    await page.evaluate("document.querySelector('[name=versjon]').value = '0'")
    await page.get_by_role("button", name=INBOX.save).click()
    assert await page.get_by_role("alert").count(), "a conflict"
    yield "case, conflict"
    await page.goto(f"{house.address}/sak/{case}/rett")
    await page.get_by_label(MENDING.search, exact=True).fill("frukt")
    await page.get_by_role("button", name=MENDING.search_button).click()
    yield "mend, found"
    await page.get_by_role("button", name=MENDING.propose).click()
    assert await page.get_by_role("alert").count(), "nothing is ticked"
    yield "mend, refused"
    await page.get_by_label("gi gratis frukt til elevene").check()
    await page.get_by_role("button", name=MENDING.propose).click()
    await expect(page.get_by_text(MENDING.preview_works)).to_be_visible()
    yield "proposal, tried"
    values = {"case_id": case, "proposal_id": page.url.rpartition("/")[2], "topic": "vei"}
    for method, path in sample_paths(house.web, house.services, **values):
        if method == "GET" and not path.startswith(NO_PAGES):
            answer = await page.goto(house.address + path)
            assert answer is not None and answer.status == 200, path
            yield path
    for path in ("/rett?slag=synonym", "/rett?slag=outside", f"/?sok={quote(LONG[:190])}", "/?vis=alle&status=alle",
                 "/oversikt/dekning/asker/vei", "/finnes-ikke"):  # fmt: skip
        await page.goto(house.address + path)
        for folded in await page.locator("details:not([open]) > summary").all():
            await folded.click()
        yield path
    await page.goto(f"{house.address}/prov")
    await page.get_by_label(STAFF.trial_question, exact=True).fill(
        "Får elevene gratis frukt i barneskolen?"
    )
    await page.get_by_role("button", name=STAFF.trial_button).click()
    assert await page.locator(".message blockquote").count()
    yield "trial, answered"
    await page.goto(await house.link(REVIEWER))
    yield "login, by link"
    await page.goto(f"{house.address}/medarbeidere")
    await page.get_by_role("button", name=STAFF.staff_invite).first.click()
    assert await page.locator("code.copy").count()
    yield "invite"
    await page.context.clear_cookies()
    await page.goto(f"{house.address}/logg-inn?nokkel=x")
    yield "login, broken"


async def test_every_page_in_every_mode(house, page, request, record_property) -> None:
    mode, axe = request.node.callspec.params["page"], Axe()
    seen, faults, lesser = [], [], []
    async for name in steps(house, page):
        seen.append(name)
        await page.wait_for_load_state()  # the style sheet is there
        wide, window = await page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        if wide > window or (mode == "phone" and window != PHONE["width"]):
            faults.append(f"{name}: {wide} px wide in a window of {window}")
        found = await axe.run(page, options=_RULES)
        for violation in found.response["violations"]:
            line = f"{name}: {violation['impact']} {violation['id']}: " + "; ".join(
                node["html"][:120] for node in violation["nodes"][:3]
            )
            (faults if violation["impact"] in ("serious", "critical") else lesser).append(line)
    assert len(seen) > 25, seen
    record_property("moderate and minor", lesser)
    for line in lesser:
        print(line)
    assert not faults, "\n".join(faults)


async def test_dark_is_dark_and_light_is_light(house, sign_in) -> None:
    """With words that are legible on their ground, which axe checks, in colours that are others."""
    await house.ask(QUESTION)
    colours = {}
    for mode in ("light", "dark"):
        page = await sign_in(ADMIN, **MODES[mode])
        colours[mode] = await page.evaluate(
            "['body', '.rows', 'button', 'input', 'h1'].map(name => {"
            " const s = getComputedStyle(document.querySelector(name));"
            " return [s.color, s.backgroundColor]; })"
        )
    for light, dark in zip(colours["light"], colours["dark"], strict=True):
        assert light[0] != dark[0], light
    assert brightness(colours["light"][0][1]) > 200 > 60 > brightness(colours["dark"][0][1])
    assert brightness(colours["light"][0][0]) < brightness(colours["dark"][0][0])


def brightness(colour: str) -> float:
    """Return how bright «rgb(1, 2, 3)» is, 0 to 255."""
    numbers = [float(part) for part in colour.strip("rgba()").split(",")[:3]]
    return sum(numbers) / 3
