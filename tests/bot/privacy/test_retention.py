from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.answering import Answer, Outcome
from bot.privacy.crypto import CipherError
from bot.privacy.keys import KeyId
from bot.privacy.retention import BUILT, TrustedTime
from bot.services import log_answer, purge

KARI = 11


def asked(text: str) -> Answer:
    return Answer(question=text, outcome=Outcome.NONE)


async def texts(services) -> list[str]:
    return [a.question for a in await services.storage.answers()]


async def test_a_question_is_kept_for_ninety_days_and_gone_on_the_ninety_first(
    in_mode, clock
) -> None:
    services = in_mode("avidentifisert")
    await purge(services)
    await log_answer(services, asked("gammel"), "telegram", KARI)
    clock.passes(timedelta(days=90))
    await log_answer(services, asked("ny"), "telegram", KARI)
    assert (await purge(services)).purged.answers == 0
    clock.passes(timedelta(days=1))
    assert (await purge(services)).purged.answers == 1
    assert await texts(services) == ["ny"]


async def test_what_was_missed_is_caught_up_with(in_mode, clock) -> None:
    services = in_mode("avidentifisert")
    await purge(services)
    for n in range(4):
        await log_answer(services, asked(f"dag {n}"), "telegram", KARI)
        clock.passes(timedelta(days=1))
    clock.passes(timedelta(days=89))  # the process ran, its purges did not
    await log_answer(services, asked("ny"), "telegram", KARI)
    assert (await purge(services)).purged.answers == 3
    assert await texts(services) == ["dag 3", "ny"]


async def test_a_months_key_goes_with_the_last_of_its_rows(in_mode, clock, keys) -> None:
    services = in_mode("avidentifisert")
    await purge(services)
    await log_answer(services, asked("mars"), "telegram", KARI)
    blob = services.storage.cipher.seal(b"i en sikkerhetskopi", b"")
    clock.passes(timedelta(days=60))
    await log_answer(services, asked("mai"), "telegram", KARI)
    await purge(services)
    assert keys.field_ids() == (KeyId(2027, 3, 0), KeyId(2027, 5, 0))
    clock.passes(timedelta(days=52))  # the end of June: March is 90 days past
    report = await purge(services)
    assert report.keys == (KeyId(2027, 3, 0),)
    assert [f.name for f in keys.directory.glob("field-*")] == ["field-2027-05-0.key"]
    with pytest.raises(CipherError):
        services.storage.cipher.open(blob, b"")
    assert await texts(services) == ["mai"]


@pytest.mark.parametrize("jump", [timedelta(hours=49), timedelta(days=3653)], ids=["49 h", "10 y"])
async def test_a_clock_that_jumped_ahead_deletes_nothing(in_mode, clock, caplog, jump) -> None:
    services = in_mode("avidentifisert")
    await log_answer(services, asked("gammel"), "telegram", KARI)
    await purge(services)
    clock.passes(timedelta(days=91))
    clock.now += jump  # the monotonic clock did not move
    report = await purge(services)
    assert (report.doubt, report.purged.answers, report.keys) == ("ahead", 0, ())
    assert await texts(services) == ["gammel"]
    assert "purge refused" in caplog.text
    clock.now -= jump
    assert (await purge(services)).purged.answers == 1


async def test_a_clock_before_this_program_was_built_deletes_nothing(in_mode, clock) -> None:
    services = in_mode("avidentifisert")
    clock.now = BUILT - timedelta(days=1)
    assert (await purge(services)).doubt == "before built"


async def test_after_days_of_being_off_telegrams_clock_settles_it(in_mode, clock) -> None:
    first = in_mode("avidentifisert")
    await log_answer(first, asked("gammel"), "telegram", KARI)
    await purge(first)
    clock.now += timedelta(days=100)
    again = in_mode("avidentifisert")  # a new process: it has only the mark of the last purge
    assert (await purge(again)).doubt == "ahead"
    await log_answer(again, asked("ny"), "telegram", KARI, clock.now - timedelta(seconds=2))
    assert (await purge(again)).purged.answers == 1
    assert await texts(again) == ["ny"]


async def test_a_short_pause_needs_nobody(in_mode, clock) -> None:
    first = in_mode("avidentifisert")
    await purge(first)
    await log_answer(first, asked("gammel"), "telegram", KARI)
    clock.now += timedelta(hours=40)
    assert (await purge(in_mode("avidentifisert"))).doubt == ""


async def test_a_log_from_before_there_were_marks_is_guarded_by_its_newest_row(
    in_mode, clock
) -> None:
    services = in_mode("avidentifisert")
    await log_answer(services, asked("gammel"), "telegram", KARI)
    clock.now += timedelta(days=200)
    assert (await purge(services)).doubt == "ahead"


def test_the_trusted_time_moves_by_itself_and_never_back() -> None:
    seconds = [0.0]
    trusted = TrustedTime(lambda: seconds[0])
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    assert trusted.now is None
    trusted.saw(moment)
    seconds[0] = 3600
    assert trusted.now == moment + timedelta(hours=1)
    trusted.saw(moment)
    assert trusted.now == moment + timedelta(hours=1)


async def test_ids_of_the_erased_are_forgotten_when_no_backup_has_them(in_mode, clock) -> None:
    services = in_mode("avidentifisert")
    await purge(services)
    answer_id = await log_answer(services, asked("x"), "telegram", KARI)
    await services.storage.erase_answers([answer_id], clock.now)
    clock.passes(timedelta(days=14))
    await purge(services)
    assert len(await services.storage.tombstones()) == 1
    clock.passes(timedelta(days=1))
    await purge(services)
    assert await services.storage.tombstones() == []
