"""/innboks, /statistikk and /eksport in Telegram: what staff get, and that nobody else does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from telegram import Update

from bot.answering import Answer, Outcome
from bot.app import build_application
from bot.handlers.staff import PRESS
from bot.services import Services
from bot.storage_review import Filter, ReviewStore, Status
from bot.storage_staff import Member, Role, StaffStore
from bot.texts import NB
from bot.texts.inbox import INBOX
from bot.texts.overview import OVERVIEW
from tests.bot.telegram_transport import DATE, Voter
from tests.conftest import ADMIN

OLE, KARI, STRANGER = 71, 72, 999
STAFF_CHAT = -500
COMMANDS = ("/innboks", "/statistikk", "/eksport")


@pytest.fixture
def settings(settings):
    return replace(settings, staff_chat=STAFF_CHAT)


@pytest.fixture
async def staff(services: Services) -> StaffStore:
    store = StaffStore(services.storage)
    await store.put(Member(name="Ole", role=Role.REVIEWER, telegram_id=OLE), "x", services.clock())
    asker = Member(name="Kari", role=Role.REVIEWER, telegram_id=KARI, municipality="Asker")
    await store.put(asker, "x", services.clock())
    return store


async def ask(services: Services, question: str, number: int = 0, days_ago: int = 0, **more) -> str:
    values = {"outcome": Outcome.NONE, "municipality": "Bærum", **more}
    likeness = number.to_bytes(16, "big") if number else None
    at = services.clock() - timedelta(days_ago)
    return await services.storage.record_answer(
        Answer(question=question, **values), "telegram", at, None, likeness
    )


@pytest.fixture
async def queue(services: Services, staff) -> None:
    await ask(services, "Kommer det svømmehall?", 1, days_ago=0)
    await ask(services, "Kommer det svømmehall snart?", 1, days_ago=2)
    await ask(services, "Hva med <b>gang</b>vei?", 2, days_ago=1, municipality="Asker")
    await ask(services, "Får vi kino?", 3, days_ago=3)
    await ask(services, "Skole?", 4, outcome=Outcome.HIT)


@pytest.fixture
def says(application, telegram):
    """Return a function: an id writes -> the messages that come; tasks beside have ended."""

    async def go(user_id: int, text: str, chat: int | None = None, **more) -> list[dict]:
        voter = Voter(application.bot, user_id)
        if chat is not None:
            voter.chat = {"id": chat, "type": "supergroup", "title": "Stab"}
        raw = voter.says(text).to_dict()
        raw["message"] |= more
        return await done(Update.de_json(raw, application.bot))

    async def done(update: Update) -> list[dict]:
        telegram.calls.clear()
        before = asyncio.all_tasks()
        await application.process_update(update)
        async with asyncio.timeout(30):
            while fresh := asyncio.all_tasks() - before:
                await asyncio.wait(fresh)
        return [p for name, p in telegram.calls if name.startswith(("send", "edit", "answerC"))]

    go.done = done
    return go


@pytest.fixture
def presses(application, says):
    """Return a function: an id presses a button of a card -> the calls that come."""

    async def go(user_id: int, data: str, chat: int | None = None) -> list[dict]:
        voter = Voter(application.bot, user_id)
        if chat is not None:
            voter.chat = {"id": chat, "type": "supergroup", "title": "Stab"}
        return await says.done(voter.presses(data))

    return go


def buttons(call: dict) -> dict[str, str]:
    markup = call["reply_markup"]
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return {b["text"]: b["callback_data"] for row in rows for b in row}


def edited(calls: list[dict]) -> dict:
    [call] = [c for c in calls if "message_id" in c and "text" in c]
    return call


def notice(calls: list[dict]) -> str | None:
    [call] = [c for c in calls if "callback_query_id" in c]
    return call.get("text")


# ---- /innboks


async def test_a_card_shows_the_question_and_what_can_be_done(queue, says) -> None:
    [card] = await says(OLE, "/innboks")
    assert "Kommer det svømmehall?" in card["text"]
    assert OVERVIEW.card_times.format(count=2) in card["text"]
    assert OVERVIEW.card_left.format(number=1, total=3) in card["text"]
    assert list(buttons(card)) == [
        "Tar den",
        "Løst",
        "Finnes ikke",
        "Ikke relevant",
        "Spam",
        "Neste",
    ]
    assert all(PRESS.match(data) and len(data.encode()) <= 64 for data in buttons(card).values())


async def test_a_voters_words_are_no_markup(queue, says) -> None:
    [card] = await says(KARI, "/innboks")
    assert "<b>gang</b>vei" in card["text"]
    assert "parse_mode" not in card


async def test_the_queue_is_worked_from_the_first_card_to_the_last(
    queue, says, presses, services
) -> None:
    [card] = await says(OLE, "/innboks")
    seen = []
    for label in ("Løst", "Finnes ikke", "Spam"):
        seen.append(card["text"].partition("\n")[0])
        card = edited(await presses(OLE, buttons(card)[label]))
        card = edited(await presses(OLE, buttons(card)["Neste"]))
    assert len(set(seen)) == 3
    assert card["text"] == OVERVIEW.inbox_empty
    cases = await ReviewStore(services.storage).page(Filter(needy=True), 10)
    assert {case.status for case in cases} == {Status.SOLVED, Status.SILENT, Status.SPAM}
    assert {case.owner for case in cases} == {"Ole"}


async def test_next_after_one_that_is_done_leaves_none_out(queue, says, presses) -> None:
    [card] = await says(OLE, "/innboks")
    second = edited(await presses(OLE, buttons(card)["Neste"]))["text"].partition("\n")[0]
    card = edited(await presses(OLE, buttons(card)["Løst"]))
    assert edited(await presses(OLE, buttons(card)["Neste"]))["text"].startswith(second)


async def test_next_goes_through_all_and_begins_again(queue, says, presses) -> None:
    [card] = await says(OLE, "/innboks")
    seen = [card["text"].partition("\n")[0]]
    for _ in range(3):
        card = edited(await presses(OLE, buttons(card)["Neste"]))
        seen.append(card["text"].partition("\n")[0])
    assert len(set(seen)) == 3
    assert seen[0] == seen[3]


async def test_taking_a_case_names_who_has_it_and_is_written_down(
    queue, says, presses, services
) -> None:
    [card] = await says(OLE, "/innboks")
    calls = await presses(OLE, buttons(card)["Tar den"])
    assert notice(calls) == OVERVIEW.done.format(status=INBOX.statuses["taken"])
    assert "(Ole)" in edited(calls)["text"]
    rows = await services.storage.audit()
    assert ("Ole", "case_change") in {(row.actor, row.action) for row in rows}
    assert not [row for row in rows if "svømmehall" in row.detail]


async def test_a_solved_case_that_fails_again_comes_back_as_a_card_that_says_so(
    staff, says, presses, services
) -> None:
    await ask(services, "Får vi kino?", 3)
    [card] = await says(OLE, "/innboks")
    card = edited(await presses(OLE, buttons(card)["Løst"]))
    assert "Status: Løst (Ole)" in card["text"]
    assert [c["text"] for c in await says(OLE, "/innboks")] == [OVERVIEW.inbox_empty]
    await ask(services, "Blir det kino?", 3)
    [card] = await says(OLE, "/innboks")
    assert f"Status: {INBOX.again} (Ole)" in card["text"]
    assert OVERVIEW.card_left.format(number=1, total=1) in card["text"]
    card = edited(await presses(OLE, buttons(card)["Tar den"]))
    assert f"Status: {INBOX.statuses['taken']} (Ole)" in card["text"]
    card = edited(await presses(OLE, buttons(card)["Løst"]))
    assert OVERVIEW.card_left.format(number=1, total=1) not in card["text"]
    assert [c["text"] for c in await says(OLE, "/innboks")] == [OVERVIEW.inbox_empty]


async def test_who_comes_second_is_told_and_changes_nothing(queue, says, presses, services) -> None:
    [first] = await says(OLE, "/innboks")
    [second] = await says(ADMIN, "/innboks")
    await presses(OLE, buttons(first)["Løst"])
    calls = await presses(ADMIN, buttons(second)["Spam"])
    assert notice(calls) == OVERVIEW.conflict.format(name="Ole")
    case_id = PRESS.match(buttons(first)["Løst"])[4]
    assert (await ReviewStore(services.storage).state(case_id)).status is Status.SOLVED
    # The card is drawn anew, so a second try holds.
    await presses(ADMIN, buttons(edited(calls))["Spam"])
    assert (await ReviewStore(services.storage).state(case_id)).status is Status.SPAM


async def test_a_note_of_the_web_page_outlives_a_press(queue, says, presses, services) -> None:
    from bot.review.cases import save
    from bot.storage_review import CaseState

    [card] = await says(OLE, "/innboks")
    case_id = PRESS.match(buttons(card)["Løst"])[4]
    ole = Member(name="Ole", role=Role.REVIEWER, telegram_id=OLE)
    await save(services, ole, case_id, CaseState(status=Status.TAKEN, note="Spør teknisk etat."))
    [card] = await says(OLE, "/innboks")
    await presses(OLE, buttons(card)["Løst"])
    assert (await ReviewStore(services.storage).state(case_id)).note == "Spør teknisk etat."


async def test_who_reviews_one_municipality_sees_and_changes_only_its_own(
    queue, says, presses, services
) -> None:
    [card] = await says(KARI, "/innboks")
    assert OVERVIEW.card_left.format(number=1, total=1) in card["text"]
    [theirs] = await says(OLE, "/innboks")
    for label in ("Løst", "Neste"):
        calls = await presses(KARI, buttons(theirs)[label])
        assert "svømmehall" not in json.dumps(calls, default=str, ensure_ascii=False)
    case_id = PRESS.match(buttons(theirs)["Løst"])[4]
    assert (await ReviewStore(services.storage).state(case_id)).version == 0


async def test_the_role_is_asked_for_at_each_press(queue, says, presses, staff, services) -> None:
    [card] = await says(OLE, "/innboks")
    await staff.remove("Ole")
    for user in (OLE, STRANGER):
        calls = await presses(user, buttons(card)["Løst"])
        assert [c.get("text") for c in calls] == [NB.vote_expired]
    case_id = PRESS.match(buttons(card)["Løst"])[4]
    assert (await ReviewStore(services.storage).state(case_id)).version == 0


async def test_a_card_that_was_sent_on_to_another_chat_does_nothing(
    queue, says, presses, services
) -> None:
    [card] = await says(OLE, "/innboks")
    assert [c.get("text") for c in await presses(OLE, buttons(card)["Løst"], chat=-77)] == [
        NB.vote_expired
    ]
    assert notice(
        await presses(OLE, buttons(card)["Løst"], chat=STAFF_CHAT)
    ) == OVERVIEW.done.format(status="Løst")


async def test_a_case_that_is_gone_is_said_to_be(queue, says, presses, services) -> None:
    answer_id = await ask(services, "Skal bort", days_ago=0)
    data = f"s1:s:0:0:a-{answer_id}"
    await services.storage.erase_answers([answer_id], services.clock())
    calls = await presses(OLE, data)
    assert notice(calls) == OVERVIEW.gone
    assert edited(calls)["text"] == OVERVIEW.gone


# ---- /statistikk, /eksport


async def test_statistics_are_a_picture_with_the_figures_in_words(staff, says, services) -> None:
    for _ in range(40):
        await ask(services, "Skole?", days_ago=2, outcome=Outcome.HIT, evidence={"topic": "skole"})
    [sent] = await says(OLE, "/statistikk 7")
    assert "photo" in json.dumps(sent, default=str)
    assert "40 spørsmål" in sent["caption"]
    assert len(sent["caption"]) <= 1024
    [row] = [e for e in await services.storage.audit() if e.action == "statistics"]
    assert (row.actor, row.detail) == ("Ole", "days=7")


async def test_statistics_of_too_few_tell_no_number(staff, says, services) -> None:
    for _ in range(3):
        await ask(services, "Skole?", days_ago=2)
    [sent] = await says(OLE, "/statistikk")
    assert OVERVIEW.days_few in sent["text"]
    assert "3" not in sent["text"].partition("\n")[2]


async def test_the_export_is_a_file_of_what_they_may_see(queue, says, services) -> None:
    [sent] = await says(KARI, "/eksport")
    assert sent["caption"] == OVERVIEW.export_caption.format(count=1, days=28)
    [(name, data, kind)] = sent["files"].values()
    assert name.endswith(".csv")
    assert "gang" in data.decode()
    assert "svømmehall" not in data.decode()
    [row] = [e for e in await services.storage.audit() if e.action == "export"]
    assert (row.actor, row.rows) == ("Kari", 1)


async def test_nothing_to_take_is_said(staff, says) -> None:
    [sent] = await says(OLE, "/eksport 7")
    assert sent["text"] == OVERVIEW.export_empty.format(days=7)


# ---- where, and who


@pytest.mark.parametrize("command", COMMANDS)
async def test_others_get_what_an_unknown_command_gets(queue, says, command: str) -> None:
    assert [c["text"] for c in await says(STRANGER, command)] == [NB.unknown_command]
    origin = {
        "type": "user",
        "date": DATE,
        "sender_user": {"id": OLE, "is_bot": False, "first_name": "O"},
    }
    assert [c["text"] for c in await says(OLE, command, forward_origin=origin)] == [
        NB.unknown_command
    ]


@pytest.mark.parametrize("command", COMMANDS)
async def test_in_the_staffs_chat_staff_are_answered_and_others_met_with_silence(
    queue, says, command: str
) -> None:
    assert len(await says(OLE, command, chat=STAFF_CHAT)) == 1
    assert await says(STRANGER, command, chat=STAFF_CHAT) == []
    assert await says(OLE, command, chat=-77) == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_where_no_chat_is_configured_no_group_is_answered(
    services, staff, telegram, command: str
) -> None:
    alone = replace(services, settings=replace(services.settings, staff_chat=0))
    application = build_application(alone.settings, alone, telegram)
    async with application:
        voter = Voter(application.bot, OLE)
        voter.chat = {"id": STAFF_CHAT, "type": "supergroup", "title": "Stab"}
        await application.process_update(voter.says(command))
    assert not telegram.sent()


async def test_a_failing_log_is_said_and_shows_nothing(queue, says, services) -> None:
    await says(OLE, "/innboks")
    async with services.storage.transaction() as db:
        await db.execute("ALTER TABLE audit RENAME TO audit_gone")
    for command in COMMANDS:
        assert [c["text"] for c in await says(OLE, command)] == [OVERVIEW.failed]
