"""Maintenance: one fixed sentence instead of answers, help all the same, and it outlives a restart."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bot import maintenance
from bot.app import build_application
from bot.callback_data import AskAgain
from bot.handlers.status import status_text
from bot.health import Health, response
from bot.index_holder import IndexReader
from bot.services import Services, answer_question
from bot.storage_staff import Member, Role, StaffStore
from bot.texts import EN, LANGUAGES, NB, NN
from retrieval.build import Snapshot
from tests.bot.telegram_transport import ME, Voter
from tests.conftest import ADMIN

SUNDAY = "Hva mener dere om søndagsåpne butikker?"
CRY = "jeg vil ta livet mitt"
CHIEF = Member(name=str(ADMIN), role=Role.ADMIN, telegram_id=ADMIN)


@pytest.fixture
def chief(application) -> Voter:
    return Voter(application.bot, user_id=ADMIN)


async def restarted(services: Services) -> Services:
    """The same log in a new process."""
    fresh = replace(services, health=Health())
    await maintenance.load(fresh)
    return fresh


def healthz(services: Services) -> dict:
    body = response(services.health, b"GET /healthz HTTP/1.1").partition(b"\r\n\r\n")[2]
    return dict(json.loads(body))


async def test_an_admin_switches_it_and_everybody_sees_it(
    process, chief, voter, telegram, services
) -> None:
    await process(chief.says("/vedlikehold"))
    assert telegram.texts[-1] == f"{NB.maintenance_is_off}\n{NB.maintenance_usage}"
    assert healthz(services)["maintenance"] is False
    await process(voter.says(SUNDAY))
    assert "søndagsåpne" in telegram.texts[-1].lower()
    answers = await services.storage.answer_count()

    await process(chief.says("/vedlikehold på"))
    assert telegram.texts[-1] == NB.maintenance_is_on
    assert healthz(services)["maintenance"] is True
    assert healthz(services)["ok"] in (True, False)
    await process(chief.says("/status"))
    assert telegram.texts[-1].startswith(NB.status_maintenance)
    await process(voter.says(SUNDAY))
    assert NB.maintenance in telegram.texts[-1]
    assert "butikker" not in telegram.texts[-1]
    assert await services.storage.answer_count() == answers, "nothing was answered"

    await process(chief.says("/vedlikehold av"))
    assert telegram.texts[-1] == NB.maintenance_is_off
    assert NB.status_maintenance not in await status_text(services, NB)
    await process(voter.says(SUNDAY))
    assert "søndagsåpne" in telegram.texts[-1].lower()
    rows = [(r.actor, r.action) for r in await services.storage.audit()]
    assert rows == [(str(ADMIN), "maintenance_on"), (str(ADMIN), "maintenance_off")]


@pytest.mark.parametrize("words", ["", "på", "av"])
async def test_nobody_else_can_switch_it(process, voter, telegram, services, words) -> None:
    store = StaffStore(services.storage)
    await store.put(
        Member(name="Ole", role=Role.REVIEWER, telegram_id=voter.id), "x", services.clock()
    )
    await process(voter.says(f"/vedlikehold {words}".strip()))
    assert telegram.texts == [NB.unknown_command]
    assert not services.health.maintenance
    await store.remove("Ole")


async def test_another_word_is_told_how(process, chief, telegram, services) -> None:
    await process(chief.says("/vedlikehold kanskje"))
    assert telegram.texts == [NB.maintenance_usage]
    assert not services.health.maintenance


async def test_it_outlives_a_restart(services, telegram) -> None:
    await maintenance.switch(services, CHIEF, on=True)
    assert (await restarted(services)).health.maintenance
    fresh = replace(services, health=Health())
    application = build_application(fresh.settings, fresh, telegram)
    async with application:
        assert application.post_init is not None
        await application.post_init(application)
        telegram.calls.clear()
        await application.process_update(Voter(application.bot).says(SUNDAY))
    assert NB.maintenance in telegram.texts[-1]
    await maintenance.switch(services, CHIEF, on=False)
    assert not (await restarted(services)).health.maintenance


async def test_what_cannot_be_written_down_does_not_hold(
    process, chief, telegram, services
) -> None:
    await services.storage.close()
    await process(chief.says("/vedlikehold på"))
    assert telegram.texts == [NB.privacy_failed]
    assert not services.health.maintenance
    await services.storage.open()


@pytest.mark.parametrize("texts", [NB, NN, EN], ids=["nb", "nn", "en"])
async def test_voters_are_told_in_their_language(
    application, process, telegram, services, texts
) -> None:
    services.health.maintenance = True
    await process(Voter(application.bot, language=texts.code).says(SUNDAY))
    assert texts.maintenance in telegram.texts[-1]
    assert len({t.maintenance for t in LANGUAGES.values()}) == 3


async def test_who_needs_help_at_once_gets_it(services, telegram, lexical: Snapshot) -> None:
    whole = replace(services, index=IndexReader(lexical, lambda _: lexical))
    whole.health.maintenance = True
    help_ = (await answer_question(whole, CRY, NB)).answer
    assert help_.is_crisis, "fix this test"
    async with build_application(whole.settings, whole, telegram) as application:
        voter = Voter(application.bot)
        await application.process_update(voter.says(CRY))
        assert "113" in telegram.texts[-1] and NB.maintenance not in telegram.texts[-1]
        group = Voter(application.bot)
        group.chat = {"id": -5, "type": "group", "title": "G"}
        await application.process_update(group.says(f"/spor {CRY}"))
        assert "113" in telegram.texts[-1] and NB.maintenance not in telegram.texts[-1]


async def test_follow_ups_edits_and_buttons_that_ask_are_questions_too(
    process, voter, telegram, services
) -> None:
    await process(voter.says("Hva vil dere gjøre med T-banen i Bærum?"))
    answer = telegram.sent()[-1]
    services.health.maintenance = True
    for text in ("hvorfor det?", "mer", "Hva med Asker?", f"/spor {SUNDAY}"):
        await process(voter.says(text))
        assert NB.maintenance in telegram.texts[-1], text
    telegram.calls.clear()
    await process(voter.edits("Hva med skole?", 1))
    assert NB.maintenance in telegram.sent("editMessageText")[-1]["text"]
    data = [
        b.get("callback_data", "") for row in answer["reply_markup"]["inline_keyboard"] for b in row
    ]
    again = [d for d in data if re.match(AskAgain.PATTERN, d)]
    assert again, answer["reply_markup"]
    await process(voter.presses(again[0]))
    assert NB.maintenance in telegram.texts[-1]


@pytest.mark.parametrize("command", ["/tema", "/kilder", "/hjelp", "/start", "/personvern"])
async def test_nothing_else_changes(process, voter, telegram, services, command) -> None:
    await process(voter.says(command))
    services.health.maintenance = True
    await process(voter.says(command))
    assert telegram.texts[-1] == telegram.texts[-2]
    assert NB.maintenance not in telegram.texts[-1]


async def test_groups_and_inline_are_told_too(
    application, process, voter, telegram, services
) -> None:
    services.health.maintenance = True
    group = Voter(application.bot)
    group.chat = {"id": -5, "type": "group", "title": "G"}
    await process(group.says(f"/spor {SUNDAY}"))
    assert NB.maintenance in telegram.texts[-1]
    ours = {"message_id": 9, "date": 1, "chat": group.chat, "from": ME, "text": "…"}
    await process(group.sends(text="og skole?", reply_to_message=ours))
    assert NB.maintenance in telegram.texts[-1]
    await process(voter.asks_inline("søndagsåpne butikker"))
    [shown] = telegram.sent("answerInlineQuery")
    assert shown["results"] in ([], "[]")
    assert shown["button"]["text"] == NB.maintenance_short
    services.health.maintenance = False
    await process(voter.asks_inline("søndagsåpne butikker"))
    assert telegram.sent("answerInlineQuery")[-1]["results"] not in ([], "[]")


async def test_the_button_of_inline_mode_is_short_enough() -> None:
    for texts in LANGUAGES.values():
        assert 0 < len(texts.maintenance_short) <= 64
