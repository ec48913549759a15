"""The durable inbox: real SQLite and the real Application; processes that end are left behind."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.app import build_application
from bot.current_update import CURRENT_UPDATE
from bot.inbox import Inbox, InboxBot
from bot.limits import Pace
from bot.services import Services
from bot.storage_inbox import InboxStore, Step
from bot.texts import NB
from tests.bot.telegram_transport import DATE, FakeTelegram

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUNDAY = "Hva mener dere om søndagsåpne butikker?"
CANARY = "kanarifugl-i-gruven"


def raw(update_id: int, text: str = SUNDAY, chat: int = 11) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Kari", "language_code": "nb"}
    message = {
        "message_id": update_id, "date": DATE, "text": text,
        "chat": {"id": chat, "type": "private", "first_name": "Kari"}, "from": person,
    }  # fmt: skip
    return {"update_id": update_id, "message": message}


class Telegram(FakeTelegram):
    """Also gives out updates: all that were not confirmed, over and over, as the real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.pending: list[dict[str, Any]] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.after_send: Any = None

    async def do_request(self, url, method, request_data=None, *timeouts, **more):
        name = url.rsplit("/", 1)[1]
        if name == "getUpdates":
            offset = (request_data.parameters if request_data else {}).get("offset") or 0
            self.pending = [u for u in self.pending if u["update_id"] >= offset]
            self.calls.append((name, {}))
            if not self.pending:
                await asyncio.sleep(0.01)  # PTB asks again at once
            return 200, json.dumps({"ok": True, "result": self.pending}).encode()
        if name == "deleteWebhook":
            return 200, b'{"ok": true, "result": true}'
        if name == "sendMessage":
            await self.hold.wait()
            done = await super().do_request(url, method, request_data, *timeouts, **more)
            if self.after_send:
                self.after_send()
            return done
        return await super().do_request(url, method, request_data, *timeouts, **more)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


def new_inbox(services: Services, **more: Any) -> Inbox:
    return Inbox(InboxStore(services.storage), services.storage.cipher, lambda: NOW, **more)


@asynccontextmanager
async def process(services: Services, telegram: Telegram, **more: Any) -> AsyncIterator[Any]:
    """One life of the bot: what an earlier one left, then polling; a clean stop at the end."""
    inbox = new_inbox(services, **more)
    application = build_application(services.settings, services, telegram, inbox=inbox)
    async with application:
        for left in await inbox.recover(application.bot):
            await application.update_queue.put(left)
        await application.updater.start_polling(bootstrap_retries=0)
        await application.start()
        yield inbox
        await application.updater.stop()
        await application.stop()
        await inbox.close()


async def until(condition, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def rows(services: Services, sql: str) -> list[tuple]:
    db = sqlite3.connect(services.storage.path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


# ---- taking in


async def test_a_batch_is_on_disk_and_sealed_before_get_updates_returns(services, telegram) -> None:
    inbox = new_inbox(services)
    bot = InboxBot(inbox, token="42:x", request=telegram, get_updates_request=telegram)
    telegram.pending = [raw(7, CANARY), raw(8, CANARY)]
    updates = await bot.get_updates(timeout=10)
    assert [u.update_id for u in updates] == [7, 8]
    assert rows(services, "SELECT update_id, state FROM inbox") == [(7, "new"), (8, "new")]
    for file in services.storage.path.parent.iterdir():
        assert CANARY.encode() not in file.read_bytes()


async def test_what_cannot_be_committed_is_not_confirmed(services, telegram, caplog) -> None:
    inbox = new_inbox(services)
    bot = InboxBot(inbox, token="42:x", request=telegram, get_updates_request=telegram)
    telegram.pending = [raw(7, CANARY)]
    await services.storage.close()
    with pytest.raises(TelegramError):
        await bot.get_updates(timeout=10)
    await services.storage.open()
    [update] = await bot.get_updates(timeout=10)
    assert update.update_id == 7
    assert inbox.claim(7)
    assert "updates not written" in caplog.text and CANARY not in caplog.text


async def test_the_last_question_of_a_stop_takes_nothing_in(services, telegram) -> None:
    bot = InboxBot(
        new_inbox(services), token="42:x", request=telegram, get_updates_request=telegram
    )
    telegram.pending = [raw(7)]
    assert await bot.get_updates(timeout=timedelta(seconds=0)) == ()
    assert telegram.calls == []


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param({"update_id": 7, "message": {"date": "x"}}, id="a message without its parts"),
        pytest.param({"update_id": 7, "message": None}, id="null"),
        pytest.param({"update_id": 7, "callback_query": []}, id="a list"),
        pytest.param({"update_id": 7}, id="nothing"),
    ],
)
async def test_an_update_that_cannot_be_read_holds_up_nobody(services, telegram, strange) -> None:
    telegram.pending = [strange, raw(8)]
    async with process(services, telegram) as inbox:
        await until(lambda: telegram.texts and not inbox.open)
        assert "<blockquote>" in telegram.texts[0]
        await until(lambda: telegram.pending == [])  # a moment later: see the next test


async def test_what_comes_soon_after_a_batch_gathers_for_the_next(services, telegram) -> None:
    """Each batch costs a request and a commit; who writes when nobody else does waits for nothing."""
    inbox = new_inbox(services, gather=0.3)
    bot = InboxBot(inbox, token="42:x", request=telegram, get_updates_request=telegram)
    loop = asyncio.get_running_loop()
    telegram.pending = [raw(7)]
    began = loop.time()
    assert len(await bot.get_updates(timeout=10)) == 1
    assert loop.time() - began < 0.25
    more = asyncio.create_task(bot.get_updates(offset=8, timeout=10))
    await asyncio.sleep(0)
    telegram.pending = [raw(8), raw(9)]
    assert [update.update_id for update in await more] == [8, 9]
    assert loop.time() - began >= 0.25
    assert [name for name, _ in telegram.calls] == ["getUpdates"] * 2


async def test_a_quiet_telegram_is_asked_again_at_once(services, telegram) -> None:
    inbox = new_inbox(services, gather=60)
    bot = InboxBot(inbox, token="42:x", request=telegram, get_updates_request=telegram)
    async with asyncio.timeout(10):
        assert await bot.get_updates(timeout=10) == await bot.get_updates(timeout=10) == ()


async def test_what_is_no_update_at_all_is_left_out(services, telegram) -> None:
    bot = InboxBot(
        new_inbox(services), token="42:x", request=telegram, get_updates_request=telegram
    )
    telegram.pending = [{"update_id": 2**70}, {"update_id": 9}]
    assert [u.update_id for u in await bot.get_updates(timeout=10)] == [9]


async def test_no_more_is_fetched_than_can_be_worked_on(services, telegram) -> None:
    telegram.hold.clear()
    telegram.pending = [raw(i, chat=i) for i in range(1, 4)]
    async with process(services, telegram, capacity=3) as inbox:
        await until(lambda: inbox.open == 3)
        fetched = len(telegram.sent("getUpdates"))
        telegram.pending.append(raw(9))
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(telegram.sent("getUpdates")) <= fetched + 1
        assert inbox.open == 3
        telegram.hold.set()
        await until(lambda: len(telegram.texts) == 4)


# ---- answering


async def test_an_answered_update_leaves_its_id_and_nothing_else(services, telegram) -> None:
    telegram.pending = [raw(7)]
    async with process(services, telegram) as inbox:
        await until(lambda: telegram.texts and not inbox.open)
    assert rows(services, "SELECT count(*) FROM inbox") == [(0,)]
    assert rows(services, "SELECT update_id, delivery FROM inbox_seen") == [(7, "done")]
    assert len(await services.storage.answers()) == 1


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from((900, 901, 902, 17, 3)), min_size=1, max_size=8))
async def test_each_id_is_taken_once_however_often_and_in_whatever_order(
    services, telegram, ids: list[int]
) -> None:
    async with services.storage.transaction() as db:
        await db.execute("DELETE FROM inbox")
        await db.execute("DELETE FROM inbox_seen")
    inbox, taken = new_inbox(services), []
    for i, update_id in enumerate(ids):
        await inbox.accept([raw(update_id)] * (1 + i % 2))
        if inbox.claim(update_id):
            taken.append(update_id)
            if i % 2:
                inbox.done(update_id)
                await inbox.close()
    assert sorted(taken) == sorted(set(ids))


async def test_a_second_delivery_is_not_answered_again_nor_after_a_restart(
    services, telegram
) -> None:
    telegram.pending = [raw(900), raw(900), raw(17)]  # the ids went down: a new sequence
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 2 and not inbox.open)
        telegram.pending = [raw(900), raw(17)]
        await until(lambda: not telegram.pending)
    telegram.pending = [raw(17), raw(18, "lærlinger")]
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 3 and not inbox.open)
    assert "lærlinger" in telegram.texts[2]
    assert len(await services.storage.answers()) == 3


async def test_the_mark_is_on_disk_when_the_message_goes_out(services, telegram) -> None:
    seen = []
    telegram.after_send = lambda: seen.extend(rows(services, "SELECT update_id, state FROM inbox"))
    telegram.pending = [raw(7)]
    async with process(services, telegram) as inbox:
        await until(lambda: telegram.texts and not inbox.open)
    assert seen == [(7, "sending")]


async def test_a_refusal_takes_the_mark_back(services, telegram) -> None:
    telegram.will_refuse("sendMessage", 429, "Too Many Requests: retry after 1")
    telegram.pending = [raw(7)]
    async with process(services, telegram):
        await until(lambda: telegram.sent())
        await until(lambda: rows(services, "SELECT state FROM inbox") == [("new",)])
        # stopped while it waits
    assert rows(services, "SELECT state FROM inbox") == [("new",)]
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 2 and not inbox.open)
    assert len(await services.storage.answers()) == 1  # not logged twice


async def test_an_answer_goes_out_even_where_the_mark_cannot_be_written(services) -> None:
    inbox = new_inbox(services)
    await inbox.accept([raw(7)])
    await services.storage.close()
    await asyncio.wait_for(inbox.sending(7), 5)
    await services.storage.open()
    await until(lambda: rows(services, "SELECT state FROM inbox") == [("sending",)])


# ---- what an earlier process left


async def left_behind(services: Services, *steps: tuple[int, Step | None, timedelta]) -> None:
    """As after kill -9: rows in the given states, of the given age."""
    for update_id, step, age in steps:
        inbox = Inbox(
            InboxStore(services.storage), services.storage.cipher, lambda age=age: NOW - age
        )
        await inbox.accept([raw(update_id, chat=update_id)])
        if step is not None:
            await InboxStore(services.storage).apply([(update_id, step)], NOW)


async def test_what_was_not_answered_is_answered_in_its_order(services, telegram) -> None:
    hour = timedelta(hours=1)
    await left_behind(services, (30, None, 2 * hour), (10, None, hour), (20, None, timedelta()))
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 3 and not inbox.open)
    assert [call["chat_id"] for call in telegram.sent()] == [30, 10, 20]


async def test_what_was_under_way_is_counted_and_never_sent_again(
    services, telegram, caplog
) -> None:
    minutes = timedelta(minutes=1)
    await left_behind(
        services, (1, Step.SENDING, 9 * minutes), (2, Step.SENDING, 11 * minutes),
        (3, Step.SENDING, -60 * minutes),
    )  # fmt: skip
    async with process(services, telegram):
        await until(lambda: telegram.texts)
        telegram.pending = [raw(1, chat=1), raw(2, chat=2)]
        await until(lambda: not telegram.pending)
    assert [(c["chat_id"], c["text"]) for c in telegram.sent()] == [(1, NB.restarted)]
    assert await InboxStore(services.storage).unknown_deliveries() == (1, 2, 3)
    assert caplog.text.count("ukjent levering") == 3
    async with process(services, telegram):  # told once
        await until(lambda: len(telegram.sent("getUpdates")) > 3)
    assert len(telegram.texts) == 1


async def test_a_question_that_was_logged_and_not_answered_is_logged_once(
    services, telegram
) -> None:
    telegram.hold.clear()
    telegram.pending = [raw(7)]
    inbox = new_inbox(services)
    await inbox.accept(telegram.pending)
    assert inbox.claim(7)
    from bot.answering import Answer, Outcome

    token = CURRENT_UPDATE.set(7)
    await services.storage.record_answer(Answer(question=SUNDAY, outcome=Outcome.HIT), "t", NOW)
    CURRENT_UPDATE.reset(token)
    telegram.hold.set()
    async with process(services, telegram) as inbox:
        await until(lambda: telegram.texts and not inbox.open)
    assert len(await services.storage.answers()) == 1


async def test_a_row_that_no_longer_opens_is_counted_out_and_the_bot_goes_on(
    services, telegram, caplog
) -> None:
    await left_behind(services, (1, None, timedelta()), (2, None, timedelta()))
    async with services.storage.transaction() as db:
        await db.execute("UPDATE inbox SET payload = x'00' WHERE update_id = 1")
    async with process(services, telegram) as inbox:
        await until(lambda: telegram.texts and not inbox.open)
    assert [call["chat_id"] for call in telegram.sent()] == [2]
    assert "update_id=1 unreadable" in caplog.text


async def test_what_ends_the_process_every_time_is_given_up(services, telegram) -> None:
    await left_behind(services, (1, None, timedelta()), (2, None, timedelta()))
    store = InboxStore(services.storage)
    for _ in range(21):
        # Each process comes as far as to begin it, and ends.
        inbox = Inbox(store, services.storage.cipher, lambda: NOW)
        assert len(await inbox.recover(ExtBot("42:TEST-secret"))) == 2
        await inbox.begin(1)
        await inbox.begin(1)
    left = await store.recover(NOW)
    assert ([kept.update_id for kept in left.waiting], left.given_up) == ([2], 1)
    assert await store.unknown_deliveries() == (1,)


async def test_starts_that_never_come_to_it_cost_no_question(services, telegram) -> None:
    await left_behind(services, (1, None, timedelta()))
    store = InboxStore(services.storage)
    for _ in range(200):
        assert len((await store.recover(NOW)).waiting) == 1
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 1 and not inbox.open)
    assert await store.unknown_deliveries() == ()


async def test_what_is_answered_after_a_restart_was_written_down_as_begun(
    services, telegram, monkeypatch
) -> None:
    begun: list[int] = []
    begin = Inbox.begin

    async def watched(self: Inbox, update_id: int) -> None:
        await begin(self, update_id)
        begun.extend(n for (n,) in rows(services, "SELECT tries FROM inbox"))

    monkeypatch.setattr(Inbox, "begin", watched)
    await left_behind(services, (1, None, timedelta()))
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 1 and not inbox.open)
    assert begun == [1]


async def test_ids_are_forgotten_after_two_days_and_work_never(services) -> None:
    store = InboxStore(services.storage)
    await left_behind(services, (1, Step.DONE, timedelta()), (2, None, timedelta()))
    await store.recover(NOW + timedelta(days=2))
    assert rows(services, "SELECT update_id FROM inbox_seen") == [(1,)]
    await store.recover(NOW + timedelta(days=3))
    assert rows(services, "SELECT update_id FROM inbox_seen") == []
    assert await store.open_count() == 1


# ---- stopping


async def test_a_stop_drains_nothing_and_loses_nothing(services, telegram) -> None:
    telegram.hold.clear()
    telegram.pending = [raw(i, chat=i % 50 + 1) for i in range(1, 501)]
    loop = asyncio.get_running_loop()
    async with process(services, telegram) as inbox:
        await until(lambda: inbox.open == 500)
        stopping = loop.time()
        loop.call_later(0.3, telegram.hold.set)
    assert loop.time() - stopping < 4
    sent = [call["chat_id"] for call in telegram.sent()]
    assert len(sent) < 200
    states = dict(rows(services, "SELECT state, count(*) FROM inbox GROUP BY state"))
    assert (
        states.get("new", 0)
        + len(rows(services, "SELECT 1 FROM inbox_seen"))
        + states.get("sending", 0)
        == 500
    )
    assert states["new"] >= 300


async def test_a_call_that_hangs_does_not_hold_up_the_stop(services, telegram) -> None:
    telegram.hold.clear()
    telegram.pending = [raw(1)]
    loop = asyncio.get_running_loop()
    async with process(services, telegram):
        await until(lambda: rows(services, "SELECT state FROM inbox") == [("sending",)])
        stopping = loop.time()
    assert loop.time() - stopping < 4
    assert rows(services, "SELECT state FROM inbox") == [("sending",)]
    left = await InboxStore(services.storage).recover(NOW)
    assert [kept.update_id for kept in left.unsure] == [1]


async def test_a_lost_connection_is_not_answered_twice_but_told(
    services, telegram, monkeypatch
) -> None:
    real, calls = telegram.do_request, []

    async def lossy(url, *rest, **more):
        done = await real(url, *rest, **more)
        if url.endswith("sendMessage"):
            calls.append(1)
            if len(calls) == 1:
                raise NetworkError("lost") from httpx.ReadError("reset")
        return done

    monkeypatch.setattr(telegram, "do_request", lossy)
    telegram.pending = [raw(7)]
    async with process(services, telegram) as inbox:
        await until(lambda: len(calls) == 2 and not inbox.open)
    assert "<blockquote>" in telegram.texts[0]
    assert telegram.texts[1] == NB.maybe_lost


# ---- R5, R6: the disk is full, or somebody else holds the log


async def asked_and_served(services: Services, telegram: Telegram, count: int, mend: Any) -> None:
    """Have ``count`` voters ask while the log cannot be written; ``mend`` ends that after a while."""
    telegram.pending = [raw(n, chat=n) for n in range(1, count + 1)]
    inbox = new_inbox(services)
    application = build_application(services.settings, services, telegram, inbox=inbox)
    application.bot.rate_limiter._pace = Pace(burst=10**9, total=10**9)
    async with application:
        await application.updater.start_polling(bootstrap_retries=0)
        await application.start()
        await until(lambda: len(telegram.sent("getUpdates")) >= 3)
        assert not telegram.sent(), "the log was written to: fix this test"
        assert len(telegram.pending) == count, "confirmed, and on no disk"
        await mend()
        await until(lambda: len(telegram.sent()) >= count and not inbox.open, seconds=60)
        await application.updater.stop()
        await application.stop()
        await inbox.close()
    assert sorted(int(call["chat_id"]) for call in telegram.sent()) == list(range(1, count + 1))
    assert len(await services.storage.answers()) == count
    assert rows(services, "PRAGMA integrity_check") == [("ok",)]


async def test_a_full_disk_loses_no_question(services, telegram, caplog) -> None:
    """R5: nothing is confirmed that could not be kept; when there is room, all are answered once."""
    [row] = await services.storage._db.execute_fetchall("PRAGMA page_count")
    await services.storage._db.execute(f"PRAGMA max_page_count = {row[0]}")

    async def room() -> None:
        await services.storage._db.execute("PRAGMA max_page_count = 1000000")

    await asked_and_served(services, telegram, 100, room)
    assert "full" in caplog.text


async def test_a_log_that_others_hold_locked_loses_no_question_and_no_voter_hears_of_it(
    services, telegram, caplog
) -> None:
    """R6, past what the log itself waits for: Telegram keeps the questions until it is free."""
    await services.storage._db.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(services.storage.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    async def free() -> None:
        other.execute("ROLLBACK")

    try:
        await asked_and_served(services, telegram, 30, free)
    finally:
        other.close()
    assert "locked" in caplog.text
    assert not [text for text in telegram.texts if "<blockquote>" not in text]


async def test_few_of_what_was_left_are_begun_at_once(services, telegram, monkeypatch) -> None:
    at_once, most = 0, 0
    sending = Inbox.sending

    async def watched(self: Inbox, update_id: int) -> None:
        nonlocal at_once, most
        begun = sum(n for (n,) in rows(services, "SELECT tries FROM inbox WHERE state = 'new'"))
        at_once, most = begun, max(most, begun)
        await sending(self, update_id)

    monkeypatch.setattr(Inbox, "sending", watched)
    await left_behind(services, *((n, None, timedelta()) for n in range(1, 41)))
    async with process(services, telegram) as inbox:
        await until(lambda: len(telegram.texts) == 40 and not inbox.open)
    assert 1 <= most <= 4
