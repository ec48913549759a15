"""Take the pictures of staff's pages for docs/veileder.md: `make screenshots`.

The pages are the real ones, over the shipped programmes and the log of `scene.py`. Days and chance
are fixed, so that what differs from the pictures before differs on the pages.
"""

from __future__ import annotations

import asyncio
import io
import random
import secrets
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot.answering import Outcome
from bot.storage_staff import Member
from bot.texts.inbox import INBOX
from bot.texts.mending import MENDING
from bot.texts.staff import STAFF
from tests.browser.chromium import DESKTOP, PHONE, launched
from tests.browser.house import House, open_house
from tests.browser.scene import EDITOR, MENDED, OWN, REVIEWER, Clock, play
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "bilder-nettsidene"
COLOURS = 64  # of a picture: type and few grounds need no more
TALLEST = 1500  # pixels of the page; what is below is left out
WANTED = "kulturkort"  # a word of the pledge that answers the mended question


async def main() -> None:
    """Take all pictures anew."""
    chance = random.Random(5)
    # Cases of one day stand in the order of their keyed ids: with the same keys it is the same order.
    secrets.token_bytes = lambda n=32: chance.randbytes(n)  # type: ignore[assignment]
    clock = Clock()
    with tempfile.TemporaryDirectory() as temporary:
        seeds = Path(shutil.copytree(ROOT / "seeds", Path(temporary) / "seeds"))
        opened = open_house(Path(temporary), seeds, clock, encoder="true")
        async with opened as house, launched() as browser:
            cases = await play(house, clock)
            shutil.rmtree(FOLDER, ignore_errors=True)
            FOLDER.mkdir(parents=True)
            await pictures(house, browser, cases)
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.iterdir())}
    for name, size in sizes.items():
        print(f"{size / 1000:7.0f} kB  {name}")
    print(f"{sum(sizes.values()) / 1000:7.0f} kB  in all")


async def pictures(house: House, browser: Browser, cases: dict[str, str]) -> None:
    """Go the way that the guide goes, and take a picture at each stop."""
    mended, silent, taken = cases[MENDED], cases[OWN[1][0]], cases[OWN[3][0]]
    anew = (
        await house.services.storage.rows("SELECT outcome FROM answers WHERE case_id = ?", mended)
    )[0][0]
    assert anew == Outcome.NONE.value, "the question to be mended is answered: choose another"

    page = await (await browser.new_context(viewport=DESKTOP)).new_page()
    await page.goto(await house.link(EDITOR))
    await take(page, "logg-inn", 480)
    page = await signed_in(house, browser, EDITOR)
    await take(page, "innboks", 1150)
    await page.goto(f"{house.address}/sak/{silent}")
    await take(page, "sporsmal")
    await page.goto(f"{house.address}/sak/{taken}")
    await page.get_by_text(INBOX.why, exact=True).first.scroll_into_view_if_needed()
    await take(page, "sporsmal-med-svar")

    first = await signed_in(house, browser, REVIEWER)
    await first.goto(f"{house.address}/sak/{mended}/rett")
    await first.get_by_label(MENDING.search, exact=True).fill(f"{WANTED} for unge")
    await first.get_by_role("button", name=MENDING.search_button).click()
    await first.get_by_role("checkbox", name=WANTED).first.check()
    await first.evaluate("document.activeElement.blur()")
    await take(first, "rett-opp", 1150)
    await first.get_by_role("button", name=MENDING.propose).click()
    await expect(first.get_by_role("heading", name=MENDING.preview_own)).to_be_visible(
        timeout=60_000
    )
    await page.goto(first.url)
    await take(page, "forslag", 1300)
    await page.goto(f"{house.address}/forslag")
    await take(page, "rettelser", 700)

    await page.goto(f"{house.address}/oversikt")
    await take(page, "oversikt", 1500)
    await page.goto(f"{house.address}/oversikt/dekning")
    await take(page, "dekning", 1000)
    await page.goto(f"{house.address}/programmer")
    await take(page, "programmer", 700)
    file = house.services.index.snapshot.corpus.programmes[1].file
    await page.goto(f"{house.address}/programmer/{file}")
    await take(page, "program", 900)
    await page.goto(f"{house.address}/lofte/{pledge_id(house)}")
    await take(page, "lofte")
    await page.goto(f"{house.address}/prov")
    await page.get_by_label(STAFF.trial_question, exact=True).fill("Hva gjør dere med leksehjelp?")
    await page.get_by_role("button", name=STAFF.trial_button).click()
    await take(page, "prov", 1150)
    await page.goto(f"{house.address}/medarbeidere")
    await take(page, "medarbeidere")
    await page.goto(f"{house.address}/oppdater")
    await take(page, "oppdater", 500)

    dark = await signed_in(house, browser, EDITOR, color_scheme="dark")
    await take(dark, "innboks-mork", 800)
    await dark.goto(f"{house.address}/oversikt")
    await take(dark, "oversikt-mork", 900)

    small = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    phone = await signed_in(house, browser, REVIEWER, **small)
    await take(phone, "innboks-telefon", PHONE["height"])
    await phone.goto(f"{house.address}/sak/{taken}")
    await take(phone, "sporsmal-telefon", PHONE["height"])


def pledge_id(house: House) -> str:
    return next(p.id for p in house.services.index.snapshot.corpus.pledges if WANTED in p.quote)


async def signed_in(house: House, browser: Browser, member: Member, **options: object) -> Page:
    page = await (await browser.new_context(**{"viewport": DESKTOP, **options})).new_page()  # type: ignore[arg-type]
    await page.goto(await house.link(member))
    await page.get_by_role("button", name=STAFF.login_button).click()
    return page


async def take(page: Page, name: str, tallest: int = TALLEST) -> None:
    """Write a picture of the page down to a height."""
    await page.wait_for_load_state()
    await page.evaluate("scrollTo(0, 0)")
    size = page.viewport_size
    assert size is not None
    height = await page.evaluate("document.documentElement.offsetHeight")
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(max(height, 300), tallest)}
    taken = await page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
    image = Image.open(io.BytesIO(taken)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
