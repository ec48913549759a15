"""Whoever takes a full copy of the data, but not the keys, reads nothing and knows nobody."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

from bot import backup
from bot.answering import Answer, Outcome
from bot.migrations import MIGRATIONS
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.services import give_consent, log_answer
from bot.storage import FILE, Storage
from bot.storage_choices import Choice


async def test_a_thousand_questions_in_a_seized_copy(in_mode, clock, tmp_path: Path) -> None:
    services = in_mode("samtykke")
    folder = services.settings.data
    # Canaries: a word of its own for each question, and an id of its own for each voter.
    asked = [(7_000_000_000 + n, f"kanari{n:04}zq skolemat") for n in range(1000)]
    day = clock.now.date()
    for n, (user, text) in enumerate(asked):
        if n % 100 == 0:
            clock.passes(timedelta(days=1))
        await give_consent(services, user, "v1")
        answer = Answer(
            question=f"{text}, jeg heter Kari Nordmann, ring 912 34 567",
            outcome=Outcome.NONE,
            evidence={"unmatched": [text]},
        )
        assert await log_answer(services, answer, "telegram", user)
    await services.choices.keep(asked[0][0], Choice("Asker", None))
    backup.make(services.storage.path, folder / "backups", clock.now)

    copy = tmp_path / "seized"
    shutil.copytree(folder, copy)
    files = [f for f in copy.rglob("*") if f.is_file()]
    assert len(files) >= 2, "no backup in the copy: fix this test"
    raw = b"".join(f.read_bytes() for f in files)
    read = [text for _, text in asked if text.split()[0].encode() in raw]
    assert read == []
    assert [user for user, _ in asked if str(user).encode() in raw] == []
    for canary in (b"Nordmann", b"912 34 567", b"91234567"):
        assert canary not in raw

    # The known pairs cannot be told by any unkeyed name for a voter, on any of the days.
    persons = _column(copy / FILE, "SELECT person FROM answers")
    assert len(persons) == 1000
    guessed = {
        digest(f"{prefix}{user}".encode()).digest()[:16]
        for user, _ in asked
        for prefix in ("", *(f"v1|{day + timedelta(days=d)}|" for d in range(12)))
        for digest in (hashlib.sha256, hashlib.md5, hashlib.sha1)
    }
    assert not guessed & persons
    # Nor by the order of rows: they lie in the order of random ids.
    assert (
        _column(copy / FILE, "SELECT name FROM pragma_table_info('answers') WHERE name LIKE '%at'")
        == set()
    )

    # With other keys nothing opens either, and with the right ones all does: the test can fail.
    other = Keys.create(tmp_path / "other-keys", clock.now)
    async with Storage(copy / FILE, FieldCipher(other)) as stolen:
        assert {a.damaged for a in await stolen.answers()} == {True}
    async with Storage(copy / FILE, FieldCipher(services.keys)) as own:
        opened = await own.answers()
    assert {a.question.split()[0] for a in opened} == {text.split()[0] for _, text in asked}
    assert "Nordmann" not in json.dumps([a.question for a in opened])


def _column(path: Path, sql: str) -> set[bytes]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return {value for (value,) in db.execute(sql)}
    finally:
        db.close()


async def test_what_an_older_log_held_in_clear_is_sealed_and_gone(
    tmp_path: Path, cipher: FieldCipher
) -> None:
    path = tmp_path / "old" / FILE
    path.parent.mkdir()
    db = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        db.execute(statement)
    for n in range(200):
        db.execute(
            "INSERT INTO answers VALUES (?, ?, '2026-10-01T12:34:56+00:00', 'telegram', 'none', '',"
            " NULL, 'nb', '', 'f', ?)",
            (f"id{n}", f"kanari{n}zq ring 91234567", json.dumps({"unmatched": [f"kanari{n}zq"]})),
        )
        db.execute(
            "INSERT INTO votes VALUES (?, 'helpful', '2026-10-01T12:34:59+00:00')", (f"id{n}",)
        )
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    assert b"kanari7zq" in path.read_bytes()
    async with Storage(path, cipher) as storage:
        answers = await storage.answers()
    assert len(answers) == 200
    assert {a.question for a in answers} == {f"kanari{n}zq ring [nummer]" for n in range(200)}
    assert {(a.asked_on.isoformat(), a.verdict) for a in answers} == {("2026-10-01", "helpful")}
    raw = b"".join(f.read_bytes() for f in path.parent.iterdir())
    assert not re.findall(rb"kanari|12:34|9123", raw)
