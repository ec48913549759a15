"""`loftebot keys rotate` beside a bot that serves: O7."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.answering import Answer, Outcome
from bot.privacy.crypto import sealed_with
from bot.privacy.keys import Keys
from bot.services import copy_of, erase, give_consent, log_answer
from bot.storage_choices import Choice
from bot.upkeep import Upkeep

VOTER = 11


@pytest.fixture
def serving(in_mode, clock, tmp_path):
    """Services that somebody rotates the keys of, and a function: seconds pass."""
    services = in_mode("samtykke")
    settings = replace(services.settings, backup_hours=0, backups=tmp_path / "b", notify_socket="")
    services = replace(services, settings=settings)

    async def parked(seconds: float) -> None:
        await asyncio.Event().wait()

    upkeep = Upkeep(services, clock.monotonic, parked)

    async def passes(seconds: int) -> None:
        for _ in range(seconds):
            clock.passes(timedelta(seconds=1))
            upkeep.tick()
            await upkeep.settle()

    return services, passes


async def asks(services, words: str) -> str:
    shown = Answer(question=words, outcome=Outcome.NONE)
    answer_id = await log_answer(services, shown, "telegram", VOTER)
    assert answer_id is not None
    return answer_id


async def sealed(services, answer_id: str) -> int:
    """The number of the field key that sealed an answer's question."""
    [(blob,)] = await services.storage._rows("SELECT question FROM answers WHERE id = ?", answer_id)
    return sealed_with(blob).serial


async def test_new_keys_are_used_within_a_minute_and_old_rows_stay_the_voters(serving) -> None:
    services, passes = serving
    await passes(1)
    await give_consent(services, VOTER, "1")
    before = await asks(services, "barnehagene")
    # As the command does it: another process, another object.
    Keys.open(services.keys.directory, services.settings.data).rotate(services.clock())
    await passes(60)
    after = await asks(services, "sykehjemmene")
    assert (await sealed(services, before), await sealed(services, after)) == (0, 1)
    rows = {a.id: a for a in (await copy_of(services, VOTER))[0]}
    assert rows.keys() == {before, after}
    assert rows[before].question == "barnehagene"
    assert rows[before].person != rows[after].person  # the same day, another key
    assert await erase(services, VOTER) == 2
    assert await services.storage.answer_count() == 0


async def test_what_was_chosen_under_the_old_key_is_found_and_erased(serving) -> None:
    services, passes = serving
    await services.choices.keep(VOTER, Choice(municipality="Asker"))
    Keys.open(services.keys.directory, services.settings.data).rotate(services.clock())
    await passes(60)
    assert (await services.choices.of(VOTER)).municipality == "Asker"
    await erase(services, VOTER)
    assert (await services.choices.of(VOTER)).municipality is None


async def test_keys_that_cannot_be_read_are_told_and_the_old_go_on(serving, caplog) -> None:
    services, passes = serving
    await passes(1)
    await give_consent(services, VOTER, "1")
    services.keys.directory.chmod(0o755)
    with caplog.at_level(logging.ERROR):
        await passes(60)
    assert "keys not read: keys_mode" in caplog.text
    assert await asks(services, "skolene")
    away = services.keys.directory.rename(services.keys.directory.with_name("away"))
    services.keys.directory.mkdir(0o700)
    await passes(60)
    assert "keys not read: keys_missing" in caplog.text
    assert await asks(services, "veiene")
    assert away.exists()
