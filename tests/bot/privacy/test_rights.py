"""Consent, a copy and erasure, as far as the services go; the log's files are read byte by byte."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answering import Answer, Outcome
from bot.callback_data import Verdict
from bot.privacy.crypto import FieldCipher
from bot.services import (
    copy_of,
    erase,
    give_consent,
    has_consent,
    log_answer,
    may_export,
    purge,
    store_vote,
    withdraw_consent,
)
from bot.storage import FILE, Storage
from bot.storage_choices import Choice

KARI, OLE = 11, 12


def asked(text: str, **more) -> Answer:
    return Answer(
        question=text,
        outcome=Outcome.NONE,
        evidence={"topic": "skole", "unmatched": [text]},
        **more,
    )


def on_disk(services) -> bytes:
    """Return every byte of the log's directory: the file, its journal and whatever else."""
    folder = services.storage.path.parent
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file())


# ---- logging modes


async def test_avidentifisert_keeps_the_words_and_nobody(in_mode) -> None:
    services = in_mode("avidentifisert")
    answer_id = await log_answer(
        services, asked("jeg heter Kari Nordmann, skole?"), "telegram", KARI
    )
    [logged] = await services.storage.answers()
    assert (logged.id, logged.person) == (answer_id, None)
    assert logged.question == "jeg heter [navn], skole?"
    assert logged.evidence == {"topic": "skole"}
    assert await copy_of(services, KARI) == ([], [], Choice())


async def test_samtykke_counts_until_a_yes_and_again_after_it_is_taken_back(in_mode) -> None:
    services = in_mode("samtykke")
    assert await log_answer(services, asked("skole"), "telegram", KARI) is None
    assert await log_answer(services, asked("skole"), "telegram", None) is None
    await give_consent(services, KARI, "v1")
    assert await has_consent(services, KARI)
    assert not await has_consent(services, OLE)
    assert await log_answer(services, asked("gate"), "telegram", KARI)
    assert await log_answer(services, asked("skole"), "telegram", OLE) is None
    [logged] = await services.storage.answers()
    assert logged.question == "gate"
    assert logged.person is not None
    assert await withdraw_consent(services, KARI) == 1
    assert await log_answer(services, asked("skole"), "telegram", KARI) is None
    assert await services.storage.answers() == []
    [consent] = (await copy_of(services, KARI))[1]
    assert consent.wording == "v1"
    assert consent.withdrawn_at is not None
    [(_, topic, outcome, count)] = await services.storage.counts(services.clock().date())
    assert (topic, outcome, count) == ("skole", "none", 5)


async def test_a_yes_ends_with_the_retention(in_mode, clock) -> None:
    services = in_mode("samtykke")
    await purge(services)
    await give_consent(services, KARI, "v1")
    clock.passes(timedelta(days=services.settings.retention_days))
    await purge(services)
    assert await has_consent(services, KARI)
    clock.passes(timedelta(days=1))
    await purge(services)
    assert not await has_consent(services, KARI)


async def test_av_only_counts(in_mode) -> None:
    services = in_mode("av")
    assert await log_answer(services, asked("zzkanari skole"), "telegram", KARI) is None
    assert await services.storage.answer_count() == 0
    assert [row[1:] for row in await services.storage.counts(services.clock().date())] == [
        ("skole", "none", 1)
    ]
    assert b"zzkanari" not in on_disk(services)


@pytest.mark.parametrize("mode", ["avidentifisert", "samtykke", "av"])
async def test_the_words_of_someone_in_need_are_stored_in_no_mode(in_mode, mode: str) -> None:
    services = in_mode(mode)
    await give_consent(services, KARI, "v1")
    need = asked("zzkanari orker ikke mer", is_crisis=True, fixed="crisis")
    await log_answer(services, need, "telegram", KARI)
    assert b"zzkanari" not in on_disk(services)
    assert all((a.question, a.person) == ("", None) for a in await services.storage.answers())


# ---- votes are the asker's


async def test_another_voters_press_does_not_count(in_mode) -> None:
    services = in_mode("samtykke")
    await give_consent(services, KARI, "v1")
    answer_id = await log_answer(services, asked("skole"), "telegram", KARI)
    assert answer_id is not None
    assert not await store_vote(services, answer_id, Verdict.HELPFUL, OLE)
    assert (await services.storage.answers())[0].verdict is None
    assert await store_vote(services, answer_id, Verdict.HELPFUL, KARI)
    assert (await services.storage.answers())[0].verdict is Verdict.HELPFUL


async def test_the_asker_may_vote_days_later_and_after_a_rotation(in_mode, clock) -> None:
    services = in_mode("samtykke")
    await give_consent(services, KARI, "v1")
    answer_id = await log_answer(services, asked("skole"), "telegram", KARI)
    services.keys.rotate(clock.now)
    clock.passes(timedelta(days=20))
    assert answer_id is not None
    assert await store_vote(services, answer_id, Verdict.HELPFUL, KARI)
    assert await erase(services, KARI) == 1


# ---- erasure


async def two_voters(services, clock) -> None:
    """Fifty questions of each, on days of their own."""
    await give_consent(services, KARI, "v1")
    await give_consent(services, OLE, "v1")
    for n in range(50):
        clock.passes(timedelta(hours=40))
        await log_answer(services, asked(f"karis zzkanari {n}"), "telegram", KARI)
        await log_answer(services, asked(f"oles {n}"), "telegram", OLE)
    await services.choices.keep(KARI, Choice("Asker", None))


async def test_erasure_takes_all_of_one_voter_and_nothing_of_another(in_mode, clock) -> None:
    services = in_mode("samtykke")
    await two_voters(services, clock)
    sealed = _blobs(services.storage.path)
    before = (await copy_of(services, OLE))[0]
    assert len(before) == 50
    persons = {a.person for a in (await copy_of(services, KARI))[0]}
    assert len(persons) >= 49  # another pseudonym each day
    assert await erase(services, KARI) == 50
    answers, _, choice = await copy_of(services, KARI)
    assert (answers, choice) == ([], Choice())
    assert (await copy_of(services, OLE))[0] == before
    assert len(sealed - _blobs(services.storage.path)) == 100
    assert await erase(services, KARI) == 0
    assert len(await services.storage.tombstones()) == 50


async def test_not_even_what_was_sealed_stays_in_the_file(in_mode, clock) -> None:
    """With the key it could be opened. (Where SQLite moves rows, see test_wiping.)"""
    services = in_mode("samtykke")
    await two_voters(services, clock)
    sealed = _blobs(services.storage.path)
    persons = {a.person for a in (await copy_of(services, KARI))[0]}
    assert await erase(services, KARI) == 50
    assert services.storage.stale  # so that the housekeeping does it within a minute
    assert await services.storage.wipe()
    raw = on_disk(services)
    gone = sealed - _blobs(services.storage.path)
    assert not [blob for blob in gone if blob[17:] in raw]
    assert not [person for person in persons if person and person in raw.replace(b"v1", b"")]


def _blobs(path: Path) -> set[bytes]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return {
            blob for row in db.execute("SELECT question, evidence FROM answers") for blob in row
        }
    finally:
        db.close()


async def test_erasing_one_answer_leaves_the_others(in_mode) -> None:
    services = in_mode("avidentifisert")
    first = await log_answer(services, asked("a"), "telegram", KARI)
    second = await log_answer(services, asked("b"), "telegram", KARI)
    assert first and second
    assert await services.storage.erase_answers([first, "A" * 22], services.clock()) == 1
    assert [a.id for a in await services.storage.answers()] == [second]


# ---- a copy


async def test_a_copy_never_holds_another_voters_words(in_mode) -> None:
    services, random_ = in_mode("samtykke"), random.Random(8)
    for voter in range(20):
        await give_consent(services, voter, "v1")
        for n in range(3):
            await log_answer(services, asked(f"ord{voter}x{n}"), "telegram", voter)
    for _ in range(200):
        voter = random_.randrange(20)
        answers, consents, _ = await copy_of(services, voter)
        assert {a.question for a in answers} == {f"ord{voter}x{n}" for n in range(3)}
        assert len(consents) == 1
    assert (await copy_of(services, 999))[:2] == ([], [])


def test_three_copies_a_day(in_mode, clock) -> None:
    services = in_mode("samtykke")
    assert [may_export(services, KARI) for _ in range(5)] == [True] * 3 + [False] * 2
    assert may_export(services, OLE)
    clock.passes(timedelta(days=1))
    assert may_export(services, KARI)


def test_who_had_copies_is_forgotten_when_there_are_many(in_mode) -> None:
    services = in_mode("samtykke")
    for voter in range(10_050):
        may_export(services, voter)
    assert len(services.exports) == 10_000


# ---- damage


async def test_a_flipped_byte_is_reported_and_the_rest_goes_on(in_mode, caplog) -> None:
    services = in_mode("avidentifisert")
    ids = [await log_answer(services, asked(f"spørsmål {n}"), "telegram", KARI) for n in range(3)]
    db = sqlite3.connect(services.storage.path)
    with db:
        [(blob,)] = db.execute("SELECT question FROM answers WHERE id = ?", (ids[1],))
        changed = blob[:30] + bytes((blob[30] ^ 1,)) + blob[31:]
        db.execute("UPDATE answers SET question = ? WHERE id = ?", (changed, ids[1]))
    db.close()
    by_id = {a.id: a for a in await services.storage.answers()}
    assert [by_id[i].damaged for i in ids] == [False, True, False]
    assert by_id[ids[1]].question == ""
    assert "row not readable question=" in caplog.text
    assert ids[1] not in caplog.text
    assert await log_answer(services, asked("videre"), "telegram", KARI)


async def test_two_rows_texts_cannot_be_exchanged(in_mode) -> None:
    services = in_mode("avidentifisert")
    for text in ("ja", "nei"):
        await log_answer(services, asked(text), "telegram", KARI)
    db = sqlite3.connect(services.storage.path)
    with db:
        (a, x), (b, y) = db.execute("SELECT id, question FROM answers")
        db.executemany("UPDATE answers SET question = ? WHERE id = ?", [(y, a), (x, b)])
    db.close()
    assert all(a.damaged for a in await services.storage.answers())


async def test_the_write_ahead_log_keeps_nothing_either(
    tmp_path: Path, cipher: FieldCipher, clock, monkeypatch
) -> None:
    monkeypatch.setattr("bot.storage.database.journal_mode", lambda version: "WAL")
    async with Storage(tmp_path / "wal" / FILE, cipher) as storage:
        ids = [
            await storage.record_answer(asked(f"nr {n}"), "telegram", clock.now) for n in range(100)
        ]
        sealed = _blobs(storage.path)
        wal = storage.path.with_name(storage.path.name + "-wal")
        assert any(blob[17:] in wal.read_bytes() for blob in sealed), "no WAL: fix this test"
        assert await storage.erase_answers(ids, clock.now) == 100
        raw = b"".join(f.read_bytes() for f in storage.path.parent.iterdir())
        assert not [blob for blob in sealed if blob[17:] in raw]
