"""More arrives than can be answered: Telegram and the disk hold it, not the memory; nobody is forgotten."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict

from bot.app import build_application
from bot.inbox import CAPACITY, Inbox
from bot.limits import Pace
from bot.storage_inbox import InboxStore
from tests.bot.test_inbox import NOW, Telegram, raw, until

CHATS, BATCH = 500, 100  # Telegram gives out 100 updates at a time
ASKED = (
    "Hva mener dere om søndagsåpne butikker?",
    "Hva mener dere om skole?",
    "Hva vil dere gjøre for eldre?",
    "Hva mener dere om skolemat?",
)


class Batches(Telegram):
    async def do_request(self, url, method, request_data=None, *timeouts, **more):
        status, body = await super().do_request(url, method, request_data, *timeouts, **more)
        if url.endswith("/getUpdates"):
            answer = json.loads(body)
            body = json.dumps({"ok": True, "result": answer["result"][:BATCH]}).encode()
        return status, body


async def test_a_rush_waits_at_telegram_and_each_chat_is_answered_in_order(services) -> None:
    telegram = Batches()
    telegram.hold.clear()  # the slowest of answers: none at all
    rounds = [(question, chat) for question in ASKED for chat in range(1, CHATS + 1)]
    telegram.pending = [raw(n, text, chat) for n, (text, chat) in enumerate(rounds, 1)]
    inbox = Inbox(InboxStore(services.storage), services.storage.cipher, lambda: NOW)
    application = build_application(services.settings, services, telegram, inbox=inbox)
    application.bot.rate_limiter._pace = Pace(burst=10**9, total=10**9)
    before, most_open, most_tasks = len(asyncio.all_tasks()), 0, 0

    def look() -> None:
        nonlocal most_open, most_tasks
        most_open = max(most_open, inbox.open)
        most_tasks = max(most_tasks, len(asyncio.all_tasks()) - before)

    async with application:
        await application.updater.start_polling(bootstrap_retries=0)
        await application.start()
        await until(lambda: inbox.open >= CAPACITY)
        fetched = len(telegram.sent("getUpdates"))
        for _ in range(100):  # as often as it may: it asks for no more
            await asyncio.sleep(0)
        look()
        assert len(telegram.sent("getUpdates")) == fetched
        assert len(telegram.pending) >= len(rounds) - CAPACITY - BATCH
        telegram.after_send = look
        telegram.hold.set()
        await until(lambda: len(telegram.sent()) >= len(rounds) and not inbox.open, seconds=120)
        await application.updater.stop()
        await application.stop()
        await inbox.close()
    assert most_open < CAPACITY + BATCH
    # One task an update, and a handful that poll, write and send.
    assert most_tasks < CAPACITY + BATCH + 4 * services.settings.concurrent_chats
    answers = defaultdict(list)
    for call in telegram.sent():
        answers[call["chat_id"]].append(call["text"])
    assert answers.keys() == set(range(1, CHATS + 1))
    # Four questions, four answers, in the same order in every chat.
    assert len({tuple(texts) for texts in answers.values()}) == 1
    assert len(set(answers[1])) == len(ASKED)
