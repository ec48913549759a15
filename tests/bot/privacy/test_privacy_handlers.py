from __future__ import annotations

import asyncio
import json
import os
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from telegram import Update

from bot.app import build_application
from bot.handlers.privacy import EXPORT_FILE, WORDING
from bot.limits import Pace
from bot.privacy import buttons
from bot.services import erase, give_consent
from bot.texts import EN, LANGUAGES, NB
from tests.bot.telegram_transport import DATE, ME, FakeTelegram, Voter

TRIALS = int(os.environ.get("TRUST_TRIALS", "60"))  # 1,000 is what is promised
SUNDAY = "Hva mener dere om søndagsåpne butikker?"


class Talk:
    """A bot in one logging mode, and what it said."""

    def __init__(self, application, telegram: FakeTelegram, services) -> None:
        self.application, self.telegram, self.services = application, telegram, services
        self.kari, self.ole = Voter(application.bot, 11), Voter(application.bot, 12)

    async def hears(self, update: Update) -> dict:
        before = len(self.telegram.calls)
        await self.application.process_update(update)
        await asyncio.gather(*self.application._Application__create_task_tasks)
        said = [
            call for name, call in self.telegram.calls[before:]
            if name in ("sendMessage", "sendDocument", "editMessageText")
        ]  # fmt: skip
        assert said, self.telegram.calls[before:]
        return said[-1]


@pytest.fixture
async def talk_in(services, telegram, expected_errors):
    """Return a function: logging mode -> a Talk."""
    started = []

    async def make(mode: str, clock=None, **more) -> Talk:
        own = replace(services, settings=replace(services.settings, logging=mode, **more))
        own = replace(own, clock=clock or own.clock)
        application = build_application(own.settings, own, telegram)

        async def fail(update: object, context) -> None:
            expected_errors.append(type(context.error).__name__)

        application.add_error_handler(fail)
        await application.initialize()
        await application.start()
        started.append(application)
        return Talk(application, telegram, own)

    yield make
    for application in started:
        await application.stop()
        await application.shutdown()
    assert expected_errors == []


def data(call: dict) -> list[str]:
    rows = call.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


def document(call: dict) -> dict:
    assert EXPORT_FILE in repr(call["files"])
    [(_, content, _)] = call["files"].values()
    return json.loads(content)


# ---- /personvern


@pytest.mark.parametrize("mode", ["avidentifisert", "samtykke", "av"])
@pytest.mark.parametrize("command", ["/personvern", "/privacy"])
async def test_the_privacy_page_says_all_that_it_must_and_follows_the_settings(
    talk_in, mode: str, command: str
) -> None:
    talk = await talk_in(
        mode, retention_days=30, controller="Bærum Arbeiderparti", contact="vern@ap.example"
    )
    text = (await talk.hears(talk.kari.says(command)))["text"]
    for words in (
        "Ansvarlig: Bærum Arbeiderparti", "Kontakt: vern@ap.example", "Formål", "Grunnlag",
        "etter 30 dager", "Telegram ser meldingene", "/mine_data", "/slett", "Datatilsynet",
    ):  # fmt: skip
        assert words in text
    kept = {
        "avidentifisert": NB.privacy_anonymous, "samtykke": NB.privacy_consent, "av": NB.privacy_off,
    }  # fmt: skip
    assert [m for m, words in kept.items() if words in text] == [mode]
    assert "90" not in text
    assert "{" not in text


@pytest.mark.parametrize("code", LANGUAGES)
async def test_the_privacy_page_fits_one_message_in_every_language(talk_in, code: str) -> None:
    talk = await talk_in("samtykke")
    text = (await talk.hears(Voter(talk.application.bot, 13, code).says("/privacy")))["text"]
    assert len(text) < 4096
    assert "90" in text


# ---- /slett


async def test_nothing_stored_is_said_so(talk_in) -> None:
    talk = await talk_in("samtykke")
    call = await talk.hears(talk.kari.says("/slett"))
    assert (call["text"], data(call)) == (NB.erase_nothing, [])


async def test_erasure_asks_first_and_gives_a_receipt(talk_in) -> None:
    talk = await talk_in("samtykke")
    offer = await talk.hears(talk.kari.says("/samtykke"))
    await talk.hears(talk.kari.presses(data(offer)[0]))
    await talk.hears(talk.kari.says(SUNDAY))
    await talk.hears(talk.kari.says("lærlinger"))
    call = await talk.hears(talk.kari.says("/slett"))
    assert "2 spørsmål" in call["text"]
    assert data(call) == [buttons.ERASE_ALL, buttons.ERASE_NOTHING]
    assert (await talk.hears(talk.ole.presses(buttons.ERASE_ALL)))["text"].startswith("Slettet: 0 ")
    assert (await talk.hears(talk.kari.presses(buttons.ERASE_NOTHING)))["text"] == NB.erase_kept
    assert await talk.services.storage.answer_count() == 2
    said = await talk.hears(talk.kari.presses(buttons.ERASE_ALL))
    assert said["text"].startswith("Slettet: 2 spørsmål")
    assert await talk.services.storage.answer_count() == 0
    assert (await talk.hears(talk.kari.says("/slett")))["text"] == NB.erase_nothing


async def test_one_answer_is_erased_by_replying_to_it(talk_in) -> None:
    talk = await talk_in("avidentifisert")
    answer = await talk.hears(talk.kari.says(SUNDAY))
    await talk.hears(talk.kari.says("lærlinger"))
    assert (await talk.hears(talk.kari.says("/slett")))["text"] == NB.erase_anonymous
    shown = {
        "message_id": 1001, "date": DATE, "chat": talk.kari.chat, "from": ME, "text": "…",
        "reply_markup": answer["reply_markup"],
    }  # fmt: skip
    call = await talk.hears(talk.kari.sends(text="/slett", reply_to_message=shown))
    assert call["text"] == NB.erase_one_confirm
    assert (await talk.hears(talk.kari.presses(data(call)[0])))["text"] == NB.erase_one_done
    [left] = await talk.services.storage.answers()
    assert left.question == "lærlinger"
    assert (await talk.hears(talk.kari.presses(data(call)[0])))["text"] == NB.erase_gone


async def test_an_answer_with_a_person_is_erased_by_nobody_else(talk_in) -> None:
    talk = await talk_in("samtykke")
    offer = await talk.hears(talk.kari.says("/samtykke"))
    await talk.hears(talk.kari.presses(data(offer)[0]))
    await talk.hears(talk.kari.says(SUNDAY))
    [logged] = await talk.services.storage.answers()
    press = buttons.erase_one(logged.id)
    assert (await talk.hears(talk.ole.presses(press)))["text"] == NB.erase_gone
    assert (await talk.hears(talk.kari.presses(press)))["text"] == NB.erase_one_done


# ---- /mine_data


async def test_a_copy_is_one_json_file_with_ones_own_rows(talk_in) -> None:
    talk = await talk_in("samtykke")
    for voter, question in ((talk.kari, SUNDAY), (talk.ole, "lærlinger")):
        offer = await talk.hears(voter.says("/samtykke"))
        await talk.hears(voter.presses(data(offer)[0]))
        await talk.hears(voter.says(question))
    own = document(await talk.hears(talk.kari.says("/mine_data")))
    assert [row["tekst"] for row in own["spørsmål"]] == [SUNDAY]
    assert own["spørsmål"][0]["løfter"]
    assert [c["tekstversjon"] for c in own["samtykker"]] == ["2026-11-24"]
    assert "lærlinger" not in json.dumps(own, ensure_ascii=False)
    assert "11" not in {key for row in own["spørsmål"] for key in row}
    await talk.hears(talk.kari.says("/mine_data"))
    await talk.hears(talk.kari.says("/mine_data"))
    assert (await talk.hears(talk.kari.says("/mine_data")))["text"] == NB.export_limit
    assert document(await talk.hears(talk.ole.says("/mine_data")))["spørsmål"]


async def test_no_copy_ever_holds_a_word_of_anybody_else(talk_in) -> None:
    """P8, at random: who asks, who asks for a copy, who erases, on which day."""
    chance, now = random.Random(8), [datetime(2026, 11, 24, 12, tzinfo=UTC)]
    talk = await talk_in("samtykke", clock=lambda: now[0])
    talk.application.bot.rate_limiter._pace = Pace(burst=10**9, total=10**9)
    asked: dict[int, list[str]] = {}
    copies = 0
    for trial in range(TRIALS):
        # Others' limits of copies and questions are their own: a few new voters all the time.
        a, b = chance.sample(range(1000 + trial // 4 * 4, 1006 + trial // 4 * 4), 2)
        for user in (a, b):
            if user not in asked:
                await give_consent(talk.services, user, WORDING)
                asked[user] = []
        canary = f"kanari{trial:04}zq"
        await talk.hears(Voter(talk.application.bot, a).says(f"søndagsåpne butikker {canary}"))
        asked[a].append(canary)
        said = await talk.hears(Voter(talk.application.bot, b).says("/mine_data"))
        if "files" in said:
            found = re.findall(r"kanari\d{4}zq", json.dumps(document(said)))
            assert sorted(found) == asked[b], f"trial {trial}"
            copies += 1
        else:
            assert said["text"] == NB.export_limit or not asked[b]
        if chance.random() < 0.1:
            await erase(talk.services, b)
            del asked[b]
        now[0] += timedelta(hours=chance.choice((0, 1, 12, 30)))
    assert copies > TRIALS / 3, "few copies were given: fix this test"


# ---- consent


async def test_consent_is_one_tap_each_way_and_no_condition(talk_in) -> None:
    talk = await talk_in("samtykke")
    answer = await talk.hears(talk.kari.says(SUNDAY))
    assert "<blockquote>" in answer["text"]
    assert await talk.services.storage.answer_count() == 0
    offer = await talk.hears(talk.kari.says("/samtykke"))
    yes, no = data(offer)
    assert await talk.services.storage.consents([]) == []
    assert (await talk.hears(talk.kari.presses(no)))["text"] == NB.consent_kept_off
    await talk.hears(talk.kari.says(SUNDAY))
    assert await talk.services.storage.answer_count() == 0
    assert (await talk.hears(talk.kari.presses(yes)))["text"] == NB.consent_given
    same = await talk.hears(talk.kari.says(SUNDAY))
    assert same["text"] == answer["text"]
    assert await talk.services.storage.answer_count() == 1
    back = await talk.hears(talk.kari.says("/samtykke"))
    assert data(back) == [buttons.WITHDRAW]
    said = await talk.hears(talk.kari.presses(buttons.WITHDRAW))
    assert said["text"].startswith("Samtykket er trukket. Slettet: 1 ")
    await talk.hears(talk.kari.says(SUNDAY))
    assert await talk.services.storage.answer_count() == 0


async def test_a_yes_to_other_words_is_no_yes(talk_in) -> None:
    talk = await talk_in("samtykke")
    said = await talk.hears(talk.kari.presses(buttons.consent_to("2020-01-01")))
    assert said["text"] == NB.consent_kept_off
    await talk.hears(talk.kari.says(SUNDAY))
    assert await talk.services.storage.answer_count() == 0


@pytest.mark.parametrize("mode", ["avidentifisert", "av"])
async def test_where_no_consent_is_needed_none_is_asked_for_or_taken(talk_in, mode) -> None:
    talk = await talk_in(mode)
    call = await talk.hears(Voter(talk.application.bot, 13, "en").says("/samtykke"))
    assert (call["text"], data(call)) == (EN.consent_not_needed, [])
    await talk.hears(talk.kari.presses(buttons.consent_to("2026-11-24")))
    assert "consents" not in repr(await talk.services.storage.consents([]))


# ---- when the log fails


@pytest.mark.parametrize("command", ["/slett", "/mine_data", "/samtykke"])
async def test_a_failing_log_is_said_and_nothing_else(talk_in, command: str) -> None:
    talk = await talk_in("samtykke")
    await talk.services.storage.close()
    assert (await talk.hears(talk.kari.says(command)))["text"] == NB.privacy_failed
    for press in (buttons.ERASE_ALL, buttons.WITHDRAW):
        assert (await talk.hears(talk.kari.presses(press)))["text"] == NB.privacy_failed


async def test_a_reload_is_written_down_before_it_is_done(talk_in, tmp_path) -> None:
    talk = await talk_in("avidentifisert")
    admin = Voter(talk.application.bot, 77)
    await talk.hears(admin.says("/reload"))
    [entry] = await talk.services.storage.audit()
    assert (entry.actor, entry.action) == ("77", "reload")
    await talk.services.storage.close()
    before = talk.services.index.snapshot
    assert (await talk.hears(admin.says("/reload")))["text"] == NB.privacy_failed
    assert talk.services.index.snapshot is before


def test_a_button_under_an_answer_tells_its_answer() -> None:
    answer_id = "A" * 22
    for form in (
        f"v1:+:{answer_id}",
        f"p1:0:{answer_id}",
        f"r1:t:{answer_id}",
        f"a1:asker:{answer_id}",
    ):
        assert buttons.answer_in(form) == answer_id
    for form in ("k1:asker", "x1:" + "A" * 22, "", "v1:+:short", f"v1:+:{answer_id}\n"):
        assert buttons.answer_in(form) is None
    assert len(buttons.erase_one(answer_id)) <= 64
