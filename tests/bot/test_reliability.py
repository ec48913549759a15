"""R14 to R16: Telegram misbehaves, the clock jumps, and updates of every kind arrive."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update
from telegram.error import Conflict, NetworkError

from bot import limits, ordering, sending
from bot.context import BotContext
from bot.handlers import errors
from bot.inbox import parse
from bot.limits import Pace
from bot.sending import PatientSender
from bot.texts import NB
from tests.bot.telegram_transport import DATE, Voter

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))

# ---- R16: updates of every kind

_ID = st.integers(1, 2**52)
_TEXT = st.text(max_size=300) | st.just("") | st.text("a ", min_size=4000, max_size=4096)
_WORD = st.text(min_size=1, max_size=20)
_FILE = {"file_id": "f", "file_unique_id": "u"}


def maybe(strategy):
    return st.none() | strategy


def obj(required: dict, **optional) -> st.SearchStrategy[dict]:
    """Objects with or without their optional fields, and sometimes with a null in one."""
    return st.fixed_dictionaries(required, optional={k: maybe(v) for k, v in optional.items()})


USER = obj(
    {"id": _ID, "is_bot": st.booleans(), "first_name": _WORD},
    last_name=_WORD, username=_WORD, language_code=_WORD | st.sampled_from(("nb", "nn", "en", "")),
)  # fmt: skip
CHAT = st.one_of(
    obj({"id": _ID, "type": st.just("private")}, first_name=_WORD),
    obj({"id": _ID.map(lambda n: -n), "type": st.sampled_from(("group", "supergroup", "channel"))}, title=_WORD),
    obj({"id": _ID, "type": _WORD}),
)  # fmt: skip
CONTENT: dict[str, st.SearchStrategy] = {
    "text": _TEXT | st.sampled_from(("/start", "/reload", "/hjelp@x", "/", "//", "/\x00", "?")),
    "caption": _TEXT,
    "photo": st.lists(st.just({**_FILE, "width": 1, "height": 1}), max_size=2),
    "voice": st.just({**_FILE, "duration": 1}),
    "video": st.just({**_FILE, "width": 1, "height": 1, "duration": 1}),
    "video_note": st.just({**_FILE, "length": 1, "duration": 1}),
    "document": obj({k: st.just(v) for k, v in _FILE.items()}, file_name=_WORD),
    "sticker": st.just({**_FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}),
    "contact": obj({"phone_number": _WORD, "first_name": _WORD}, user_id=_ID),
    "location": st.just({"longitude": 10.0, "latitude": 59.0}),
    "dice": st.just({"emoji": "🎲", "value": 3}),
    "poll": st.just({
        "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
    }),
    "new_chat_members": st.lists(USER, max_size=2),
    "left_chat_member": USER,
    "pinned_message": st.just({"message_id": 0, "date": 0, "chat": {"id": 1, "type": "private"}}),
    "migrate_to_chat_id": _ID,
    "new_chat_title": _WORD,
    "media_group_id": _WORD,
    "forward_origin": st.just({"type": "hidden_user", "date": DATE, "sender_user_name": "x"}),
    "entities": st.lists(st.fixed_dictionaries({
        "type": st.sampled_from(("bot_command", "url", "mention", "bold", "ukjent")),
        "offset": st.integers(0, 300), "length": st.integers(0, 300),
    }), max_size=3),
}  # fmt: skip
MESSAGE = st.fixed_dictionaries(
    {"message_id": st.integers(0, 10**9), "date": st.integers(0, 2**31 - 1), "chat": CHAT},
    optional={"from": maybe(USER), "sender_chat": maybe(CHAT), **{k: maybe(v) for k, v in CONTENT.items()}},
)  # fmt: skip
QUERY = obj(
    {"id": _WORD, "from": USER, "chat_instance": _WORD},
    message=MESSAGE, data=_WORD | st.just(""), inline_message_id=_WORD, game_short_name=_WORD,
)  # fmt: skip
INLINE = obj({"id": _WORD, "from": USER, "query": _TEXT, "offset": _WORD | st.just("")})
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query",
    "inline_query", "my_chat_member", "poll", "message_reaction", "ukjent",
)  # fmt: skip
UPDATE = st.one_of(
    *(st.tuples(st.just(k), MESSAGE) for k in KINDS[:4]),
    st.tuples(st.just("message"), MESSAGE),
    st.tuples(st.just("callback_query"), QUERY),
    st.tuples(st.just("inline_query"), INLINE),
    st.tuples(st.sampled_from(KINDS), _JSON),
)


@settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(kind_and_body=UPDATE)
async def test_no_update_of_any_kind_is_too_much(
    application, telegram, stranger_id, kind_and_body
) -> None:
    kind, body = kind_and_body
    if isinstance(body, dict) and isinstance(body.get("chat"), dict):
        # A private chat has its user's id; a new one each time: nobody comes near a limit.
        number = stranger_id()
        if body["chat"].get("type") == "private":
            body = {**body, "chat": {**body["chat"], "id": number}}
            body["from"] = {
                **(body.get("from") or {"is_bot": False, "first_name": "X"}),
                "id": number,
            }
    telegram.calls.clear()
    update = parse({"update_id": 1, kind: body}, application.bot)
    await application.process_update(update)  # the fixture fails on any error of a handler
    message = update.message
    if message is not None and message.chat.type == "private" and not _documented_silence(message):
        assert telegram.sent() or telegram.sent("sendPhoto"), "a message got no reply"
    if update.callback_query is not None:
        assert telegram.sent("answerCallbackQuery")


def _documented_silence(message) -> bool:
    """What is no message of a voter: someone joined, a title changed, a message was pinned."""
    from telegram.ext import filters

    status = filters.StatusUpdate.ALL.check_update(Update(1, message=message))
    return bool(status) or bool(message.media_group_id)  # an album is answered once


@pytest.fixture
def stranger_id():
    numbers = iter(range(10**6, 10**9))
    return lambda: next(numbers)


@pytest.mark.parametrize(
    "content",
    [
        {"contact": {"phone_number": "+4791234567", "first_name": "Kanari"}},
        {"location": {"longitude": 10.123, "latitude": 59.987}},
        {"photo": [{**_FILE, "width": 1, "height": 1}], "caption": "kanarifugl"},
    ],
    ids=["contact", "location", "photo"],
)
async def test_contacts_locations_and_photos_are_never_stored(
    process, voter, services, content
) -> None:
    await process(voter.sends(**content))
    assert await services.storage.answer_count() == 0


# ---- R14: who else polls, and polling that fails


class Context:
    """As much of a context as an error that belongs to no update has."""

    def __init__(self, services, error: Exception) -> None:
        self.services, self.error = services, error


async def test_a_second_instance_is_told_of_in_one_line(services, caplog) -> None:
    context: Any = Context(services, Conflict("terminated by other getUpdates request"))
    assert BotContext is not None
    await errors.failed(None, context)
    [record] = [r for r in caplog.records if r.name == "bot.handlers.errors"]
    assert record.levelname == "ERROR"
    assert isinstance(record.exc_info[1], Conflict)  # bot.alerts makes «to instanser» of it


async def test_a_hiccup_of_polling_is_a_warning(services, caplog) -> None:
    context: Any = Context(services, NetworkError("502"))
    await errors.failed(None, context)
    assert [r.levelname for r in caplog.records if r.name.startswith("bot.")] == ["WARNING"]


async def test_one_chats_429_does_not_hold_up_another(services, telegram) -> None:
    import asyncio
    import json

    from bot.app import build_application
    from tests.bot.telegram_transport import FakeTelegram

    class Flooded(FakeTelegram):
        async def do_request(self, url, method, request_data=None, *rest, **more):
            done = await super().do_request(url, method, request_data, *rest, **more)
            if url.endswith("sendMessage") and self.calls[-1][1]["chat_id"] == 1:
                body = {"ok": False, "error_code": 429, "description": "Too Many Requests",
                        "parameters": {"retry_after": 60}}  # fmt: skip
                return 429, json.dumps(body).encode()
            return done

    telegram = Flooded()
    settings_ = services.settings
    from dataclasses import replace

    application = build_application(replace(settings_, concurrent_chats=1), services, telegram)
    async with application:
        await application.start()
        for chat in (1, 2, 3):
            await application.update_queue.put(Voter(application.bot, chat).says("lærlinger"))
        async with asyncio.timeout(1):
            while len(telegram.sent()) < 3:
                await asyncio.sleep(0.005)
        await application.stop()  # does not wait the minute out
    assert [call["chat_id"] for call in telegram.sent()] == [1, 2, 3]


# ---- R15: clocks


def test_intervals_are_of_the_monotonic_clock() -> None:
    import ast
    import inspect

    for module in (limits, ordering, sending):
        names = {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(ast.parse(inspect.getsource(module)))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        assert not names & {"time.time", "datetime.now", "datetime.utcnow"}, module.__name__


@pytest.mark.parametrize(
    "jump",
    [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650), timedelta(days=-1)],
    ids=str,
)
async def test_a_clock_that_jumps_changes_neither_inbox_nor_waits(services, telegram, jump) -> None:
    from bot.inbox import Inbox
    from bot.storage_inbox import InboxStore

    now = [datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)]  # an hour before the clocks go back
    inbox = Inbox(InboxStore(services.storage), services.storage.cipher, lambda: now[0])
    await inbox.accept([{"update_id": 1}])
    assert inbox.claim(1)
    inbox.done(1)
    await inbox.accept([{"update_id": 2}])
    now[0] += jump
    await inbox.accept([{"update_id": 1}, {"update_id": 3}])
    assert not inbox.claim(1)
    assert inbox.claim(2) and inbox.claim(3)
    await inbox.close()
    left = await InboxStore(services.storage).recover(now[0])
    assert {kept.update_id for kept in left.waiting} == {2, 3}


def test_waits_are_never_negative() -> None:
    for times in ([5.0, 5.0, 5.0], [5.0, 6.0, 9.0]):
        ticks = iter(times * 4)
        pace = Pace(burst=1, total=1, clock=lambda ticks=ticks: next(ticks))
        assert all(pace.chat_wait(1) >= 0 and pace.total_wait() >= 0 for _ in range(3))


async def test_a_message_waits_for_its_chats_turn_and_other_calls_do_not() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def call() -> bool:
        return True

    sender = PatientSender(sleep, pace=Pace(burst=1, clock=lambda: 0.0))
    for endpoint in ("sendMessage", "sendChatAction", "answerCallbackQuery", "sendMessage"):
        await sender.process_request(call, (), {}, endpoint, {"chat_id": 1}, None)
    assert waits == [1.0]


def test_the_texts_of_doubt_are_not_answers() -> None:
    assert {NB.restarted, NB.maybe_lost} & {NB.went_wrong, NB.none_silent} == set()
