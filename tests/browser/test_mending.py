"""A question that was not answered becomes one that is: two people, one browser each, nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import sys

import pytest
from playwright.async_api import expect

from bot.answering import Answer, Outcome
from bot.services import answer_question
from bot.texts import NB
from bot.texts.inbox import INBOX
from bot.texts.mending import FAULTS, MENDING
from bot.texts.staff import STAFF
from tests.browser.conftest import ADMIN, REVIEWER
from tests.browser.house import House
from tests.conftest import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUESTION = "Når får guttungen et eple?"
REWORDED = ("Får guttungen eple snart?", "Kan guttungen min få epler?")


async def answered(house: House, question: str) -> Answer:
    """Answer as the bot does; not logged, so that the preview's figures stay what they are."""
    return (await answer_question(house.services, question, NB)).answer


async def corrections(house: House) -> tuple[int, list[dict[str, object]]]:
    """Run `loftebot corrections --json` on this corpus; return its exit code and what it lists."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "--config", str(house.config), "corrections", "--json",
        cwd=ROOT, env={**os.environ, "LOFTEBOT_SEEDS": str(house.services.settings.seeds)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, [json.loads(line) for line in out.decode().splitlines()]


async def test_a_failed_question_is_mended_from_end_to_end(house, sign_in) -> None:
    for question in (QUESTION, *REWORDED):
        assert (await answered(house, question)).outcome is Outcome.NONE, question
    await house.ask(QUESTION)
    await house.ask("Hva med benker i parken?")

    # the first: finds it in the queue, and what answers it
    first = await sign_in(REVIEWER)
    await first.get_by_role("link", name=QUESTION).click()
    await first.get_by_role("link", name=INBOX.mend).click()
    assert await first.get_by_label(MENDING.question).input_value() == QUESTION
    await first.get_by_label(MENDING.search, exact=True).fill("gratis frukt")
    await first.get_by_role("button", name=MENDING.search_button).click()
    await first.get_by_label("gi gratis frukt til elevene").check()
    await first.get_by_role("button", name=MENDING.propose).click()
    # The page looks again by itself while the preview is made.
    await expect(first.get_by_text(MENDING.preview_works)).to_be_visible()
    text = await first.inner_text("main")
    assert MENDING.preview_logged.format(tried=2, changed=1) in text
    assert FAULTS["own"] in text
    assert await first.get_by_role("button", name=MENDING.publish).count() == 0
    assert (await answered(house, QUESTION)).outcome is Outcome.NONE  # nothing is published yet

    # the second: sees what changes (it was tried already), and publishes
    second = await sign_in(ADMIN)
    await second.get_by_role("link", name="Rettelser").click()
    await second.get_by_role("link", name=QUESTION).click()
    await expect(second.get_by_text(MENDING.preview_works)).to_be_visible()
    own = second.get_by_role("region", name=MENDING.preview_own)
    assert await own.locator(".badge").all_inner_texts() == [
        STAFF.outcomes["none"],
        STAFF.outcomes["hit"],
    ]
    await second.get_by_role("button", name=MENDING.publish).click()
    await expect(second.get_by_text("Rettelser som virker: 1 av 1.")).to_be_visible()

    # asked again, and asked in other words
    for question in (QUESTION, *REWORDED):
        given = await answered(house, question)
        assert given.outcome is Outcome.HIT, question
        assert given.hits[0].pledge.quote == "gi gratis frukt til elevene i barneskolen"
    code, [entry] = await corrections(house)
    assert code == 0
    assert (entry["asks"], entry["works"], entry["by"]) == (QUESTION, True, "gransker, redaktør")
    await first.goto(f"{house.address}/sak/{await house.case_of(QUESTION)}")
    status = first.get_by_label(INBOX.status)
    assert await status.input_value() == "solved"
