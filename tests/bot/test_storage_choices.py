from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering import Answer, Outcome
from bot.callback_data import Complaint
from bot.privacy.crypto import FieldCipher
from bot.storage import FILE, Storage
from bot.storage_choices import Choice, Choices, Complaints, ForgetfulNames, choice_names

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOTHING = Answer(question="hei", outcome=Outcome.NONE)
KARI, OLE = 11, 12


@pytest.fixture
async def storage(tmp_path: Path, cipher: FieldCipher) -> AsyncIterator[Storage]:
    async with Storage(tmp_path / FILE, cipher) as opened:
        yield opened


def named(*keys: bytes):
    return lambda user_id: choice_names(keys, user_id)


async def test_a_choice_is_kept_until_it_is_taken_back(storage: Storage) -> None:
    choices = Choices(storage, named(b"k"))
    assert await choices.of(KARI) == Choice()
    await choices.keep(KARI, Choice("Asker", "nn"))
    await choices.keep(KARI, Choice("Bærum", None))
    assert await choices.of(KARI) == Choice("Bærum", None)
    assert await choices.of(OLE) == Choice()
    await choices.forget(KARI)
    assert await choices.of(KARI) == Choice()


async def test_it_survives_a_new_key_and_is_forgotten_under_every_key(storage: Storage) -> None:
    old, new = Choices(storage, named(b"old")), Choices(storage, named(b"new", b"old"))
    await old.keep(KARI, Choice("Asker"))
    assert await new.of(KARI) == Choice("Asker")
    await new.forget(KARI)
    assert await old.of(KARI) == Choice()


async def test_nothing_of_the_voter_is_in_the_file_and_an_empty_choice_leaves_no_row(
    storage: Storage,
) -> None:
    choices = Choices(storage, ForgetfulNames())
    await choices.keep(KARI, Choice("Asker"))
    rows = await storage._rows("SELECT * FROM choices")
    assert len(rows) == 1
    assert rows[0][1:] == ("Asker", None)
    assert len(rows[0][0]) == 16
    await choices.keep(KARI, Choice())
    assert await storage._rows("SELECT * FROM choices") == []


async def test_the_last_complaint_counts_and_goes_with_its_answer(storage: Storage) -> None:
    complaints = Complaints(storage)
    answer_id = await storage.record_answer(NOTHING, "telegram", NOON)
    assert await complaints.of(answer_id) is None
    for complaint in Complaint:
        assert await complaints.record(answer_id, complaint, NOON)
        assert await complaints.of(answer_id) is complaint
    assert await storage.erase_answers([answer_id], NOON) == 1
    assert await storage.answer_count() == 0
    assert await complaints.of(answer_id) is None
    assert not await complaints.record(answer_id, Complaint.OTHER, NOON)
    with pytest.raises(ValueError, match="time zone"):
        await complaints.record(answer_id, Complaint.OTHER, datetime(2026, 1, 1))
