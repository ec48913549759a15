"""Words that try to be more than words, in a real browser: nothing moves (TRUST S4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from playwright.async_api import Page

from bot.answering import Answer, Outcome, Reason
from bot.review import preview
from bot.review.cases import save
from bot.services import log_answer
from bot.storage_proposals import Kind, ProposalStore
from bot.storage_review import CaseState, Status
from bot.texts.mending import MENDING
from bot.texts.staff import STAFF
from tests.bot.web.payloads import disarmed, payloads
from tests.browser.conftest import ADMIN
from tests.browser.house import House

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
PAGES = 3  # at a time
# Every element, with the names of its attributes: what a payload would add to.
_SHAPE = "[...new Set([...document.querySelectorAll('*')].map(e => [e.localName, ...e.getAttributeNames().sort()].join(' ')))]"
_VIOLATIONS = """window.violations = [];
document.addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective + ' ' + e.blockedURI), true);"""


class Watch:
    """What pages do that they must not."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.seen: list[str] = []

    async def over(self, page: Page) -> None:
        async def opened(dialog: object) -> None:
            self.seen.append("a dialog")
            await dialog.dismiss()  # type: ignore[attr-defined]

        page.on("dialog", opened)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))
        page.on("popup", lambda other: self.seen.append(f"a window: {other.url}"))
        page.on("request", self._request)
        await page.add_init_script(_VIOLATIONS)

    def _console(self, line: object) -> None:
        url = line.location["url"]  # type: ignore[attr-defined]
        if not url.endswith("/favicon.ico"):  # which browsers ask for, and we have not
            self.seen.append(f"console: {line.text} {url}")  # type: ignore[attr-defined]

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith(f"{self._address}/"):
            self.seen.append(f"a request: {url}")


async def shape(page: Page, watch: Watch) -> set[str]:
    found, broken = await page.evaluate(f"[{_SHAPE}, window.violations]")
    watch.seen += broken
    return set(found)


async def asked(house: House, words: str) -> str:
    """Log a question of these words as one that found nothing, with all that a page can show of it."""
    services = house.services
    answer = Answer(
        question=words, outcome=Outcome.NONE, reason=Reason.SILENT, municipality="Asker", fingerprint=words,
        evidence={"rule": words, "topic": words, "nearest_example": words, "probability": 0.1,
                  "concepts": {words: [words]}, "unmatched": [words]},
    )  # fmt: skip
    answer_id = await log_answer(services, answer, "telegram")
    [(case_id,)] = await services.storage.rows(
        "SELECT case_id FROM answers WHERE id = ?", answer_id
    )
    state = CaseState(status=Status.TAKEN, owner=ADMIN.name, note=words)
    if not (await services.storage.rows("SELECT 1 FROM cases WHERE id = ?", str(case_id))):
        await save(services, ADMIN, str(case_id), state)
    return str(case_id)


async def walk(page: Page, watch: Watch, base: str, paths: Sequence[str]) -> dict[str, set[str]]:
    """Open pages one after another; return the shapes by kind of page."""
    found: dict[str, set[str]] = {}
    for path in paths:
        await page.goto(base + path)
        kind = "/rett" if path.endswith("/rett") else path[:5]
        found.setdefault(kind, set()).update(await shape(page, watch))
    return found


async def harmless(house: House, page: Page, watch: Watch) -> dict[str, set[str]]:
    """Return what the pages consist of for words that are only words."""
    paths = ["/"]
    for words in ["ord", "", "benker i parken", *map(disarmed, payloads()[:7])]:
        case_id = await asked(house, words)
        paths += [f"/sak/{case_id}", f"/sak/{case_id}/rett"]
    return await walk(page, watch, house.address, [*paths, "/"])


async def test_three_hundred_payloads_are_words_on_the_pages(house, sign_in) -> None:
    first = await sign_in(ADMIN)
    watch = Watch(house.address)
    pages = [first, *[await first.context.new_page() for _ in range(PAGES - 1)]]
    for page in pages:
        await watch.over(page)
    allowed = await harmless(house, first, watch)
    cases = list(dict.fromkeys([await asked(house, payload) for payload in payloads()]))
    assert len(cases) > 100, "the payloads are no longer cases of their own"
    queue = [f"/?side={n}" for n in range(1, 16)]
    # The form of every third: 3 and the 7 families have no common part, so all families come there.
    paths = (
        queue + [f"/sak/{case}" for case in cases] + [f"/sak/{case}/rett" for case in cases[::3]]
    )
    shares = [paths[n::PAGES] for n in range(PAGES)]
    found = await asyncio.gather(
        *(
            walk(page, watch, house.address, share)
            for page, share in zip(pages, shares, strict=True)
        )
    )
    allowed["/?sid"] = allowed["/"] | {"a href rel", "nav aria-label class"}
    allowed["/sak/"] |= {"details class"}  # one that is folded
    for shapes in found:
        for kind, elements in shapes.items():
            assert elements <= allowed[kind], (kind, elements - allowed[kind])
    assert {"/?sid", "/sak/", "/rett"} == {kind for shapes in found for kind in shapes}
    assert watch.seen == []


async def test_payloads_in_a_preview_a_trial_and_the_files_are_words(house, sign_in) -> None:
    page = await sign_in(ADMIN)
    watch = Watch(house.address)
    await watch.over(page)
    allowed: set[str] = set()
    pledge = house.services.index.snapshot.corpus.pledges[0]
    store = ProposalStore(house.services.storage)
    one_of_each = payloads()[:7]  # families come in turn
    for words in [*map(disarmed, one_of_each[:2]), *one_of_each]:
        await asked(house, words)
        body = {"question": words, "pledges": [pledge.id], "texts": [words], "place": None}
        proposal = await store.put(Kind.EXAMPLE, body, None, "b", house.services.clock())
        made = await store.get(proposal)
        assert made is not None
        await preview.start(house.services, made, ADMIN).finished.wait()
        await page.goto(f"{house.address}/forslag/{proposal}")
        assert await page.get_by_role("heading", name=MENDING.preview_own).count()
        elements = await shape(page, watch)
        await page.goto(f"{house.address}/forslag")
        elements |= await shape(page, watch)
        await page.goto(f"{house.address}/prov")
        await page.get_by_label(STAFF.trial_question, exact=True).fill(words)
        await page.get_by_role("button", name=STAFF.trial_button).click()
        await page.wait_for_load_state()
        elements |= await shape(page, watch)
        if words in one_of_each:
            assert elements <= allowed, (words, elements - allowed)
        else:
            allowed |= elements
    # A file is taken along, never shown.
    for name in ("/eksport.csv", "/eksport.xlsx"):
        async with page.expect_download() as download:
            await page.evaluate(f"location.href = '{name}?dager=7'")
        await (await download.value).delete()
    assert watch.seen == []


async def test_the_watch_sees_what_it_is_there_for(house, profile) -> None:
    """Else the tests above would pass over anything."""
    page = await (await profile()).new_page()
    watch = Watch("http://localhost:1")
    await watch.over(page)
    headers = {"content-security-policy": "default-src 'none'; script-src 'unsafe-inline'"}
    await page.route("http://localhost:1/", lambda route: route.fulfill(
        headers=headers, content_type="text/html",
        body="<img src=http://elsewhere.test/x><script>alert(1); throw Error('x')</script>",
    ))  # fmt: skip
    await page.goto("http://localhost:1/")
    assert "img src" in await shape(page, watch)
    told = " ".join(watch.seen)
    for sign in ("a dialog", "console: ", "script: ", "img-src http://elsewhere.test/x"):
        assert sign in told, (sign, told)
