from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bot.answering import Answer, Outcome
from bot.app import build_application
from bot.callback_data import Verdict, Vote
from bot.storage import Storage
from bot.texts import EN, NB, NN
from retrieval.corpus import CorpusError
from tests.bot.telegram_transport import Voter
from tests.conftest import ADMIN

REASONS = [
    NB.complaint_topic,
    NB.complaint_meaning,
    NB.complaint_place,
    NB.complaint_outdated,
    NB.complaint_other,
]
SUNDAY = "Hva mener dere om søndagsåpne butikker?"


def keys(call: dict, what: str) -> list[str]:
    rows = call.get("reply_markup", {}).get("inline_keyboard", [])
    return [button[what] for row in rows for button in row if what in button]


def buttons(call: dict) -> list[str]:
    return keys(call, "text")


def data(call: dict) -> list[str]:
    return keys(call, "callback_data")


# ---- questions


async def test_a_question_gets_one_message_with_quotes_and_buttons(
    process, voter, telegram
) -> None:
    await process(voter.says(SUNDAY))
    [call] = telegram.sent()
    assert "<blockquote>Si nei til flere søndagsåpne butikker</blockquote>" in call["text"]
    assert "<b>Lørenskog</b>" in call["text"] and "<b>Bærum</b>" in call["text"]
    assert call["parse_mode"] == "HTML"
    assert call["link_preview_options"]["is_disabled"] is True
    assert buttons(call)[:2] == ["👍", "👎"]
    assert {NB.button_context, NB.button_share} <= set(buttons(call))


async def test_the_log_holds_what_was_shown_and_not_who_asked(
    process, voter, telegram, services
) -> None:
    await process(voter.says(SUNDAY))
    [logged] = await services.storage.answers()
    assert (logged.question, logged.channel, logged.outcome) == (SUNDAY, "telegram", "hit")
    assert logged.fingerprint == services.index.snapshot.fingerprint
    [text] = telegram.texts
    quotes = {p.id: p.quote for p in services.index.snapshot.corpus.pledges}
    assert logged.pledge_ids
    assert text.count("<blockquote>") == len(logged.pledge_ids)
    assert all(quotes[i] in text for i in logged.pledge_ids)
    raw = services.storage.path.read_bytes()
    for trace in (b"kari_normann", b"Kari", SUNDAY.encode()):
        assert trace not in raw


async def test_nothing_found_is_an_ordinary_answer(process, voter, telegram, services) -> None:
    await process(voter.says("xyzzy plugh"))
    [call] = telegram.sent()
    assert call["text"] in (NB.none_silent, NB.none_empty)
    assert buttons(call)[:2] == ["👍", "👎"]
    assert NB.button_topics in buttons(call)
    assert await services.storage.answer_count() == 1


async def test_help_in_need_comes_alone(
    application, process, voter, telegram, services, monkeypatch
) -> None:
    need = Answer(question="", outcome=Outcome.FIXED, fixed_text="Ring 113", is_crisis=True)
    monkeypatch.setattr("bot.services.answer", lambda *_, **__: need)
    await process(voter.says("…"))
    [call] = telegram.sent()
    assert call["text"] == "Ring 113"
    assert buttons(call) == []


async def test_a_failing_log_never_costs_the_voter_the_answer(
    process, voter, telegram, services
) -> None:
    with sqlite3.connect(services.storage.path) as db:
        db.execute("DROP TABLE answer_quotes")
    db.close()
    await process(voter.says(SUNDAY))
    [call] = telegram.sent()
    assert "<blockquote>" in call["text"]
    assert buttons(call) == [NB.button_share, NB.button_topics]  # none that needs the log


async def test_the_log_line_is_about_the_question_without_its_words(process, voter, caplog) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await process(voter.says(SUNDAY))
    assert "outcome=hit" in caplog.text
    assert "søndag" not in caplog.text


@pytest.mark.parametrize(("code", "texts"), [("nn", NN), ("en-GB", EN), ("de", NB), (None, NB)])
async def test_the_voter_is_spoken_to_in_their_language(
    application, process, telegram, code, texts
) -> None:
    await process(Voter(application.bot, language=code).says("?"))
    assert telegram.texts == [texts.none_empty]


# ---- votes


async def test_a_press_is_stored_acknowledged_and_marked(
    process, voter, telegram, services
) -> None:
    await process(voter.says(SUNDAY))
    _, down = data(telegram.sent()[0])[:2]
    await process(voter.presses(down))
    [logged] = await services.storage.answers()
    assert logged.verdict is Verdict.NOT_HELPFUL
    assert [c["text"] for c in telegram.sent("answerCallbackQuery")] == [NB.ask_why]
    [edit] = telegram.sent("editMessageReplyMarkup")
    assert buttons(edit) == ["👍", "✓ 👎", *REASONS]
    methods = [name for name, _ in telegram.calls]
    assert methods.index("answerCallbackQuery") < methods.index("editMessageReplyMarkup")


async def test_changing_ones_mind_replaces_the_vote(process, voter, telegram, services) -> None:
    await process(voter.says(SUNDAY))
    up, down = data(telegram.sent()[0])[:2]
    await process(voter.presses(down), voter.presses(up))
    [logged] = await services.storage.answers()
    assert logged.verdict is Verdict.HELPFUL
    assert buttons(telegram.sent("editMessageReplyMarkup")[-1]) == ["✓ 👍", "👎"]


async def test_quick_parallel_and_late_presses_leave_one_vote_the_last(
    application, voter, telegram, services, expected_errors
) -> None:
    """R4: 👍👎👍 at once, the same twice in parallel, and once more after a restart."""
    await application.process_update(voter.says(SUNDAY))
    up, down = data(telegram.sent()[0])[:2]

    async def press(application, *presses: str) -> list[tuple[str, str]]:
        before = len(telegram.sent("answerCallbackQuery"))
        for pressed in presses:
            await application.update_queue.put(Voter(application.bot).presses(pressed))
        async with asyncio.timeout(10):
            while len(telegram.sent("answerCallbackQuery")) < before + len(presses):
                await asyncio.sleep(0.005)
        with closing(sqlite3.connect(services.storage.path)) as db:
            return db.execute("SELECT answer_id, verdict FROM votes").fetchall()

    answer_id = Vote.decode(up).answer_id
    assert await press(application, up, down, up) == [(answer_id, "helpful")]
    assert await press(application, down, down) == [(answer_id, "not_helpful")]
    # At the same time, whatever the order: one of the two, once.
    await asyncio.gather(
        *(application.process_update(Voter(application.bot).presses(p)) for p in (up, down, up))
    )
    with closing(sqlite3.connect(services.storage.path)) as db:
        assert len(db.execute("SELECT 1 FROM votes").fetchall()) == 1

    await application.stop()
    await services.storage.close()
    async with Storage(services.storage.path, services.storage.cipher) as storage:
        again = build_application(services.settings, replace(services, storage=storage), telegram)
        async with again:
            await again.start()
            assert await press(again, up, down) == [(answer_id, "not_helpful")]
            await again.stop()


async def test_a_double_tap_does_no_harm(process, voter, telegram) -> None:
    await process(voter.says(SUNDAY))
    telegram.will_refuse(
        "answerCallbackQuery",
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    telegram.will_refuse(
        "editMessageReplyMarkup", 400, "Bad Request: message is not modified: specified new …"
    )
    await process(voter.presses(data(telegram.sent()[0])[1]))
    assert len(telegram.sent()) == 1  # nobody is told that something went wrong


async def test_a_vote_that_was_not_stored_is_not_said_to_be(
    process, voter, telegram, services
) -> None:
    await process(voter.says(SUNDAY))
    with sqlite3.connect(services.storage.path) as db:
        db.execute("DROP TABLE votes")
    db.close()
    await process(voter.presses(data(telegram.sent()[0])[0]))
    assert [c["text"] for c in telegram.sent("answerCallbackQuery")] == [NB.vote_failed]
    assert telegram.sent("editMessageReplyMarkup") == []


@pytest.mark.parametrize(
    "pressed",
    [
        pytest.param(Vote("A" * 22, Verdict.HELPFUL).encode(), id="an answer that is gone"),
        pytest.param("v1:+:short", id="a forged one"),
    ],
)
async def test_a_button_of_nothing_is_acknowledged_too(process, voter, telegram, pressed) -> None:
    await process(voter.presses(pressed))
    assert [c["text"] for c in telegram.sent("answerCallbackQuery")] == [NB.vote_expired]


# ---- what is not a question

FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 1, "height": 1}]
ORIGIN = {"type": "hidden_user", "date": 1_780_000_000, "sender_user_name": "Ola"}


async def test_an_album_gets_one_line(process, voter, telegram) -> None:
    album = {"photo": PHOTO, "media_group_id": "a1"}
    await process(voter.sends(**album), voter.sends(**album))
    await process(voter.sends(**album | {"media_group_id": "a2"}))
    assert telegram.texts == [NB.not_picture, NB.not_picture]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(({"photo": PHOTO}, NB.not_picture), id="photo"),
        pytest.param(({"voice": {**FILE, "duration": 1}}, NB.not_voice), id="voice"),
        pytest.param(
            ({"contact": {"phone_number": "1", "first_name": "Ola"}}, NB.not_personal), id="contact"
        ),
        pytest.param(
            ({"location": {"longitude": 1.0, "latitude": 2.0}}, NB.not_personal), id="location"
        ),
        pytest.param(({"dice": {"emoji": "🎲", "value": 3}}, NB.not_text), id="dice"),
        pytest.param(({"document": FILE}, NB.not_text), id="document"),
        pytest.param(
            ({"text": SUNDAY, "forward_origin": ORIGIN}, NB.not_forwarded), id="forwarded"
        ),
    ],
)
async def test_what_is_not_a_question_gets_one_fitting_line(
    process, voter, telegram, services, content
) -> None:
    content, line = content
    await process(voter.sends(**content))
    assert telegram.texts == [line]
    assert await services.storage.answer_count() == 0


async def test_an_edit_is_not_answered_anew(process, voter, telegram) -> None:
    await process(voter.edits(SUNDAY), voter.edits("/start"))
    assert telegram.sent() == []


async def test_what_is_said_in_a_group_is_not_said_to_us(
    process, voter, telegram, services
) -> None:
    voter.chat = {"id": -5, "type": "group", "title": "Nabolaget"}
    await process(voter.says(SUNDAY), voter.says("/start"), voter.says("/reload"))
    assert telegram.sent() == []
    assert await services.storage.answer_count() == 0


# ---- commands


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/start", "Asker, Bærum og Lørenskog"),
        ("/start dyplenke", "Asker, Bærum og Lørenskog"),
        ("/hjelp", "/kilder"),
        ("/help", "/kilder"),
        ("/om", "Arbeiderpartiet"),
        ("/personvern", "Ansvarlig: ikke oppgitt ennå. Kontakt: ikke oppgitt ennå."),
        ("/privacy", "etter 90 dager"),
        ("/kilder", "Bærum Arbeiderparti: Program for kommunestyreperioden 2019-2023"),
        ("/kilder", "oppbevart, men ikke et program"),
        ("/HJELP", "/kilder"),
        ("/finnesikke", NB.unknown_command),
    ],
)
async def test_a_command_shows_its_page(process, voter, telegram, services, command, words) -> None:
    await process(voter.says(command))
    [text] = telegram.texts
    assert words in text
    assert "{" not in text
    assert await services.storage.answer_count() == 0


# ---- reload


@pytest.fixture
async def admin(application) -> Voter:
    return Voter(application.bot, user_id=ADMIN)


async def finished(application) -> None:
    """Wait for the handlers that run beside (block=False)."""
    await application.stop()


async def test_an_admin_reloads_and_is_told_the_difference(
    application, process, admin, telegram
) -> None:
    await process(admin.says("/reload"))
    await finished(application)
    assert telegram.texts == [NB.reload_started]
    *_, done = telegram.sent("editMessageText")  # before it, perhaps how far it had come
    assert done["text"].startswith("Ingenting er endret.")
    assert "reply_markup" not in done, "there is nothing to publish"


async def test_a_fault_is_named_and_the_old_index_goes_on(
    application, process, admin, telegram, services, tmp_path
) -> None:
    old = services.index.snapshot

    def rebuild(_):
        raise CorpusError(tmp_path / "<x>.txt", 12, "empty")

    services.index._rebuild = rebuild
    await process(admin.says("/reload"))
    await finished(application)
    [told] = telegram.sent("editMessageText")
    assert "<x>.txt:12: filen er tom." in told["text"]
    assert "parse_mode" not in told  # a name from a file is not markup
    assert services.index.snapshot is old


async def test_nobody_else_can_reload_or_learn_that_it_exists(process, voter, telegram) -> None:
    await process(voter.says("/reload"))
    assert telegram.texts == [NB.unknown_command]


async def test_without_admins_nobody_can_reload(services, telegram) -> None:
    nobody = replace(services.settings, admins=frozenset())
    async with build_application(
        nobody, replace(services, settings=nobody), telegram
    ) as application:
        await application.process_update(Voter(application.bot, user_id=ADMIN).says("/reload"))
    assert telegram.texts == [NB.unknown_command]


# ---- errors


async def test_an_error_is_told_with_a_reference_and_logged_without_words(
    expected_errors, process, voter, telegram, services, caplog
) -> None:
    expected_errors.append("RuntimeError")
    services.index._snapshot = replace(services.index.snapshot, searcher=BrokenSearcher())
    await process(voter.says(SUNDAY))
    [text] = telegram.texts
    ref = text.split("(ref ")[1].split(")")[0]
    assert text == NB.went_wrong.format(ref=ref)
    assert f"ref={ref} error=RuntimeError" in caplog.text
    assert "søndag" not in caplog.text and "kari" not in caplog.text.lower()


class BrokenSearcher:
    encoder = None

    @property
    def reader(self) -> None:
        raise RuntimeError(f"something about {SUNDAY}")


async def test_a_refused_press_is_told_as_an_answer_to_the_press(
    expected_errors, process, voter, telegram
) -> None:
    await process(voter.says(SUNDAY))
    expected_errors.append("BadRequest")
    telegram.will_refuse("editMessageReplyMarkup", 400, "Bad Request: BUTTON_DATA_INVALID")
    await process(voter.presses(data(telegram.sent()[0])[0]))
    assert "Noe gikk galt (ref" in telegram.sent("answerCallbackQuery")[-1]["text"]


async def test_a_voter_who_has_blocked_the_bot_is_no_error(
    expected_errors, process, voter, telegram, caplog
) -> None:
    expected_errors.append("Forbidden")
    telegram.will_refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await process(voter.says(SUNDAY))
    assert len(telegram.sent()) == 1
    assert "ref=" not in caplog.text


async def test_when_even_the_apology_fails_nothing_is_raised(
    expected_errors, process, voter, telegram, caplog
) -> None:
    expected_errors.append("NetworkError")
    telegram.will_refuse("sendMessage", 500, "Internal Server Error", times=2)
    await process(voter.says(SUNDAY))
    assert len(telegram.sent()) == 2
    assert "not told: NetworkError" in caplog.text
