"""P15: everybody gets the same pledges, nobody is written to first, and it is said who writes."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.answering import Answer, Outcome
from bot.app import build_application
from bot.callback_data import Verdict
from bot.handlers.status import tell_admins
from bot.inbox import Inbox
from bot.limits import Pace
from bot.services import give_consent, log_answer, store_vote
from bot.storage_choices import Choice
from bot.storage_inbox import InboxStore
from bot.texts import LANGUAGES
from bot.upkeep import Upkeep
from tests.bot.telegram_transport import Voter
from tests.conftest import ADMIN, ROOT

ASKERS = int(os.environ.get("TRUST_ASKERS", "6"))  # 100 is what is promised
QUESTIONS = int(os.environ.get("TRUST_QUESTIONS", "25"))  # 200 is what is promised
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUNDAY = "Hva mener dere om søndagsåpne butikker?"
AUTOMATIC = {"nb": "automatisk", "nn": "automatisk", "en": "automatic"}


def questions() -> list[str]:
    lines = (ROOT / "tests" / "data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line)["question"] for line in lines]
    return random.Random(15).sample(found, QUESTIONS)


async def test_whoever_asks_in_whatever_language_and_whenever_gets_the_same_words(
    services, telegram
) -> None:
    now = [NOON]
    services = replace(services, clock=lambda: now[0])
    application = build_application(services.settings, services, telegram)
    chance, asked = random.Random(4), questions()
    given: dict[str, set[tuple[str, ...]]] = {question: set() for question in asked}
    ids, languages = set(), ("nb", "nn", "en", "de", None)
    # Telegram's pace is not what is measured here.
    application.bot.rate_limiter._pace = Pace(burst=10**9, total=10**9)
    async with application:
        for asker in range(ASKERS):
            for number, question in enumerate(chance.sample(asked, len(asked))):
                # Another id before the limit of questions a minute is reached.
                voter = Voter(
                    application.bot, 10_000 * (asker + 1) + number // 15, languages[asker % 5]
                )
                ids.add(voter.id)
                now[0] = NOON + timedelta(minutes=chance.randrange(60 * 24 * 80))
                telegram.calls.clear()
                await application.process_update(voter.says(question))
                [answer] = telegram.texts
                quotes = re.findall(r"(?s)<blockquote[^>]*>(.*?)</blockquote>", answer)
                given[question].add(tuple(quotes))
    assert len(ids) >= ASKERS
    assert sum(any(quotes) for quotes in given.values()) > QUESTIONS / 2, "few answers: fix this"
    assert {question: kinds for question, kinds in given.items() if len(kinds) > 1} == {}


async def test_the_bot_writes_only_to_who_has_written(services, telegram, tmp_path) -> None:
    """Voters of earlier days are left alone through upkeep, a backup, a reload and a restart."""
    now, seconds = [NOON], [0.0]
    settings = replace(services.settings, logging="samtykke", backup_hours=1)
    services = replace(services, settings=settings, clock=lambda: now[0])
    for user in range(500, 520):  # known from before: consent, a choice, an answer, a vote
        await give_consent(services, user, "v1")
        await services.choices.keep(user, Choice("Asker", "nb"))
        asked = Answer(question="skole", outcome=Outcome.NONE)
        answer_id = await log_answer(services, asked, "telegram", user)
        assert answer_id
        await store_vote(services, answer_id, Verdict.HELPFUL, user)
    inbox = Inbox(InboxStore(services.storage), services.storage.cipher, services.clock)
    person = {"id": 500, "is_bot": False, "first_name": "V"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 500, "type": "private"}, "from": person}
    await inbox.accept([{"update_id": 1, "message": {**message, "text": "skole"}}])
    inbox.claim(1)
    inbox.done(1)
    await inbox.close()

    now[0] += timedelta(days=2)
    inbox = Inbox(InboxStore(services.storage), services.storage.cipher, services.clock)
    application = build_application(settings, services, telegram, inbox=inbox)
    upkeep = Upkeep(services, lambda: seconds[0], lambda _: asyncio.Event().wait())
    async with application:
        await application.start()
        assert await inbox.recover(application.bot) == []
        await upkeep.start(tell_admins(application.bot, upkeep.admins))
        upkeep.alerts.note("recovered", "loggen er hentet tilbake")
        for _ in range(72):
            seconds[0] += 3600
            now[0] += timedelta(hours=1)
            upkeep.tick()
            await asyncio.gather(*upkeep._jobs.values())
        await services.index.reload()
        assert {int(call["chat_id"]) for call in telegram.sent()} == {ADMIN}, "fix this test"
        writer = Voter(application.bot, 600)
        await application.process_update(writer.says(SUNDAY))
        await upkeep.stop()
        await application.stop()
    await inbox.close()
    assert list(settings.backups.iterdir()), "no upkeep was done: fix this test"
    reached = {int(p["chat_id"]) for name, p in telegram.calls if "chat_id" in p}
    assert reached == {ADMIN, 600}


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize("command", ["/start", "/om"])
async def test_who_runs_it_and_that_it_is_automatic_is_said(
    application, process, telegram, services, code: str, command: str
) -> None:
    await process(Voter(application.bot, 11, code).says(command))
    [said] = telegram.texts
    assert services.settings.party_name in said
    assert AUTOMATIC[code] in said.lower()
