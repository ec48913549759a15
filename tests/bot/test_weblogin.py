"""`/weblogin`: who gets a link, and what it is like (TRUST S7)."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bot.app import build_application
from bot.storage_staff import Member, Role, StaffStore
from bot.texts import NB
from tests.bot.telegram_transport import FakeTelegram, Voter
from tests.conftest import ADMIN


@pytest.fixture
async def chat(services, telegram: FakeTelegram):
    """Return a function: a Telegram id, a text or a whole message -> what the bot sent."""
    settings = replace(services.settings, review=True, review_url="https://stab.example.org")
    own = replace(services, settings=settings)
    application = build_application(settings, own, telegram)
    async with application:

        async def say(user_id: int, text: str, **more: object) -> list[dict[str, object]]:
            voter, before = Voter(application.bot, user_id), len(telegram.sent())
            update = voter.sends(text=text, **more) if more else voter.says(text)
            await application.process_update(update)
            return telegram.sent()[before:]

        yield say


async def links(services) -> int:
    return len(await services.storage.rows("SELECT * FROM logins"))


async def test_listed_staff_get_a_link_without_a_preview(services, chat) -> None:
    [message] = await chat(ADMIN, "/weblogin")
    assert re.search(r"https://stab\.example\.org/logg-inn\?nokkel=[\w-]{43}$", message["text"])
    preview = message["link_preview_options"]
    assert (json.loads(preview) if isinstance(preview, str) else preview) == {"is_disabled": True}
    assert await services.storage.rows("SELECT actor, action, detail FROM audit") == [
        (str(ADMIN), "weblogin", "")
    ]


async def test_a_new_link_kills_the_old(services, chat) -> None:
    store = StaffStore(services.storage)
    old, new = [(await chat(ADMIN, "/weblogin"))[0]["text"][-43:] for _ in range(2)]
    assert await links(services) == 1
    assert await store.take_login(old, services.clock()) is None
    assert await store.take_login(new, services.clock()) == str(ADMIN)


async def test_a_reviewer_named_in_the_log_gets_one_too(services, chat) -> None:
    await StaffStore(services.storage).put(
        Member(name="ny", role=Role.REVIEWER, telegram_id=5), "a test", services.clock()
    )
    [message] = await chat(5, "/weblogin")
    assert (
        await StaffStore(services.storage).take_login(message["text"][-43:], services.clock())
        == "ny"
    )


async def test_to_all_others_the_command_is_unknown(services, chat) -> None:
    forwarded = {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1}}
    for sent in (await chat(11, "/weblogin"), await chat(ADMIN, "/weblogin", **forwarded)):
        assert [m["text"] for m in sent] == [NB.unknown_command]
    group = {"chat": {"id": -5, "type": "group", "title": "x"}}
    assert await chat(ADMIN, "/weblogin", **group) == []
    assert await links(services) == 0


async def test_without_pages_there_is_no_such_command(
    services, application, telegram, process
) -> None:
    await process(Voter(application.bot, ADMIN).says("/weblogin"))
    assert telegram.texts == [NB.unknown_command]
    assert await links(services) == 0


async def test_a_log_that_fails_gives_no_link_and_says_so(services, chat) -> None:
    await services.storage.close()
    [message] = await chat(ADMIN, "/weblogin")
    await services.storage.open()
    assert "nokkel" not in message["text"]
    assert await links(services) == 0
