from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from bot.callback_data import Verdict
from bot.services import Services
from bot.terminal import chat
from bot.texts import NB

SUNDAY = "Hva mener dere om søndagsåpne butikker?"


@pytest.fixture
def talk(services: Services):
    """Return a function: what is typed -> what is shown. The input then ends."""

    async def go(*typed: str, before=None) -> list[str]:
        shown: list[str] = []
        lines: Iterator[str] = iter(typed)

        def read(prompt: str) -> str:
            assert prompt == "Du: "
            line = next(lines, None)
            if line is None:
                raise EOFError
            if callable(line):
                line()
                return ""
            return line

        await chat(services.settings, services, read, shown.append)
        return shown

    return go


async def test_a_question_is_answered_and_logged(talk, services) -> None:
    shown = await talk(SUNDAY)
    assert "Jeg har programmer for Asker, Bærum og Lørenskog." in shown[0]
    assert "«Si nei til flere søndagsåpne butikker»" in shown[2]
    assert shown[-1] == NB.chat_bye
    [logged] = await services.storage.answers()
    assert (logged.question, logged.channel) == (SUNDAY, "terminal")
    assert logged.pledge_ids


async def test_feedback_goes_to_the_last_answer(talk, services) -> None:
    shown = await talk("lærlinger", SUNDAY, "+", "-", "", " + ")
    assert shown.count(NB.vote_stored) == 3
    verdicts = {a.question: a.verdict for a in await services.storage.answers()}
    assert verdicts == {"lærlinger": None, SUNDAY: Verdict.HELPFUL}


async def test_feedback_before_any_question_is_explained(talk, services) -> None:
    assert NB.chat_no_answer_yet in await talk("+")
    assert await services.storage.answer_count() == 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/kilder", "Kontrollsum"),
        ("/hjelp", "/kilder"),
        ("/om", "ordrett"),
        ("/personvern", "etter 90 dager"),
        ("/finnesikke", NB.unknown_command),
        ("/reload", NB.unknown_command),
    ],
)
async def test_the_commands_are_those_of_the_bot(talk, services, command, words) -> None:
    assert words in (await talk(command))[2]
    assert await services.storage.answer_count() == 0


async def test_slutt_ends_it_and_nothing_after_is_read(talk, services) -> None:
    assert (await talk("/slutt", SUNDAY))[-1] == NB.chat_bye
    assert await services.storage.answer_count() == 0


async def test_ctrl_c_ends_it_politely(talk) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert (await talk(interrupt))[-1] == NB.chat_bye


async def test_a_failing_log_never_costs_the_answer(talk, services) -> None:
    with sqlite3.connect(services.storage.path) as db:
        db.execute("DROP TABLE answer_quotes")
    db.close()
    shown = await talk(SUNDAY, "+")
    assert "«Si nei til flere søndagsåpne butikker»" in shown[2]
    assert shown[3].startswith("(Spørsmålet ble ikke lagret")
    assert NB.chat_vote_hint not in shown
    assert NB.chat_no_answer_yet in shown


async def test_a_follow_up_is_about_the_question_before(talk, services) -> None:
    shown = await talk(SUNDAY, "Hva med Lørenskog?", "hvorfor det?", "mer")
    assert "Bærum" in shown[2]
    assert "Bærum" not in shown[4]
    assert "«Si nei til flere søndagsåpne butikker»" in shown[4]
    assert shown[6].startswith(NB.why_head)
    assert shown[7].startswith((NB.more_head, NB.no_more))
    assert await services.storage.answer_count() == 2


async def test_without_a_question_before_there_is_nothing_to_follow(talk) -> None:
    assert not any(NB.why_head in text for text in await talk("hvorfor det?", "mer"))
