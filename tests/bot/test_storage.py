from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.answering import Answer, Outcome, Reason
from bot.callback_data import Verdict
from bot.migrations import MIGRATIONS
from bot.privacy.crypto import FieldCipher
from bot.storage import FILE, Storage, StorageError, journal_mode

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOTHING = Answer(question="hei", outcome=Outcome.NONE, reason=Reason.EMPTY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "data" / FILE


@pytest.fixture
async def storage(path: Path, cipher: FieldCipher) -> AsyncIterator[Storage]:
    async with Storage(path, cipher) as opened:
        yield opened


def schema(path: Path) -> tuple[int, list[str]]:
    with sqlite3.connect(path) as db:
        [version] = db.execute("PRAGMA user_version").fetchone()
        tables = [
            sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'")
        ]
    db.close()
    return version, tables


async def test_an_answer_comes_back_as_it_was_shown(storage: Storage, answer_with) -> None:
    answer = answer_with(
        "Si nei til flere søndagsåpne",
        "Ha ambisiøse krav",
        question="Blåbær på øya? 🫐 \0 «'); DROP TABLE votes;--»",
        outcome=Outcome.WEAK,
        municipality="Bærum",
        language="nn",
        fingerprint="abc",
        evidence={"strength": 0.31, "unmatched": ["øya"]},
    )
    answer_id = await storage.record_answer(answer, "telegram", NOON)
    logged = await storage.answer(answer_id)
    assert logged is not None
    assert logged.question == answer.question
    assert logged.pledge_ids == tuple(hit.pledge.id for hit in answer.hits)
    assert (logged.outcome, logged.municipality, logged.language) == ("weak", "Bærum", "nn")
    assert (logged.channel, logged.fingerprint, logged.verdict) == ("telegram", "abc", None)
    assert logged.evidence == answer.evidence
    assert logged.asked_on == NOON.date()
    assert await storage.answers() == [logged]


async def test_only_the_day_is_kept_in_utc(storage: Storage, path: Path) -> None:
    summer = datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    logged = await storage.answer(await storage.record_answer(NOTHING, "terminal", summer))
    assert logged is not None
    assert logged.asked_on.isoformat() == "2026-06-30"
    assert b"23:30" not in path.read_bytes()
    with pytest.raises(ValueError, match="time zone"):
        await storage.record_answer(NOTHING, "terminal", datetime(2026, 7, 1))


async def test_half_a_character_does_not_cost_the_log_the_question(storage: Storage) -> None:
    broken = Answer(question="a\ud83d", outcome=Outcome.NONE, evidence={"unmatched": ["\ud83d"]})
    logged = await storage.answer(await storage.record_answer(broken, "telegram", NOON))
    assert logged is not None
    assert logged.question == "a?"


async def test_the_words_of_someone_in_need_are_not_kept(storage: Storage, path: Path) -> None:
    need = Answer(
        question="jeg orker ikke mer", outcome=Outcome.FIXED, fixed="crisis", is_crisis=True,
        evidence={"unmatched": ["orker"]},
    )  # fmt: skip
    logged = await storage.answer(await storage.record_answer(need, "telegram", NOON))
    assert logged is not None
    assert (logged.question, logged.evidence, logged.fixed) == ("", {}, "crisis")
    assert b"orker" not in path.read_bytes()


async def test_the_last_vote_wins(storage: Storage) -> None:
    first, second = [await storage.record_answer(NOTHING, "telegram", NOON) for _ in range(2)]
    assert await storage.record_vote(first, Verdict.HELPFUL, NOON)
    assert await storage.record_vote(first, Verdict.NOT_HELPFUL, NOON)
    assert [a.verdict for i in (first, second) if (a := await storage.answer(i))] == [
        Verdict.NOT_HELPFUL,
        None,
    ]


async def test_a_vote_on_no_answer_is_not_stored(storage: Storage) -> None:
    assert not await storage.record_vote("A" * 22, Verdict.HELPFUL, NOON)
    assert await storage.answer_count() == 0


async def test_votes_survive_a_restart(path: Path, cipher: FieldCipher) -> None:
    async with Storage(path, cipher) as storage:
        answer_id = await storage.record_answer(NOTHING, "telegram", NOON)
    async with Storage(path, cipher) as storage:
        assert await storage.record_vote(answer_id, Verdict.HELPFUL, NOON)


async def test_handlers_at_once_lose_nothing(storage: Storage, answer_with) -> None:
    answer = answer_with("Si nei til flere søndagsåpne", "Ha ambisiøse krav")

    async def one() -> str:
        answer_id = await storage.record_answer(answer, "telegram", NOON)
        assert await storage.record_vote(answer_id, Verdict.HELPFUL, NOON)
        return answer_id

    ids = await asyncio.gather(*(one() for _ in range(40)))
    assert len(set(ids)) == 40
    logged = await storage.answers()
    assert {(len(a.pledge_ids), a.verdict) for a in logged} == {(2, Verdict.HELPFUL)}
    assert len(logged) == 40


async def test_a_failed_write_leaves_nothing_and_blocks_nothing(
    storage: Storage, path: Path
) -> None:
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE answer_quotes RENAME TO gone")
    with pytest.raises(StorageError, match="answer_quotes"):
        await storage.record_answer(NOTHING, "telegram", NOON)
    assert await storage.answer_count() == 0
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE gone RENAME TO answer_quotes")
    db.close()
    assert await storage.record_answer(NOTHING, "telegram", NOON)


async def test_a_cancelled_handler_leaves_no_transaction_open(storage: Storage) -> None:
    task = asyncio.create_task(storage.record_answer(NOTHING, "telegram", NOON))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await storage.record_answer(NOTHING, "telegram", NOON)


async def traced(storage: Storage) -> list[str]:
    statements: list[str] = []
    await storage._db.set_trace_callback(statements.append)
    return statements


async def test_what_is_written_at_once_is_one_commit(storage: Storage, answer_with) -> None:
    """On a slow disk each commit costs the voters who wait some 20 ms."""
    statements = await traced(storage)
    ids = await asyncio.gather(
        *(
            storage.record_answer(answer_with("Si nei til flere søndagsåpne"), "telegram", NOON)
            for _ in range(20)
        )
    )
    # The first may have gone alone.
    assert 1 <= statements.count("COMMIT") <= 2
    assert await storage.answer_count() == len(set(ids)) == 20


async def test_of_what_is_written_together_only_what_fails_is_undone(
    storage: Storage, answer_with
) -> None:
    def half(db: sqlite3.Connection) -> None:
        db.execute("UPDATE counts SET answers = 99")
        db.execute("INSERT INTO answers (id) VALUES ('half')")  # NOT NULL elsewhere

    first, failed, last = await asyncio.gather(
        storage.record_answer(answer_with("Si nei til flere søndagsåpne"), "telegram", NOON),
        storage.write(half),
        storage.record_answer(answer_with("Ha ambisiøse krav"), "telegram", NOON),
        return_exceptions=True,
    )
    assert isinstance(failed, StorageError)
    assert {str(first), str(last)} == {answer.id for answer in await storage.answers()}
    assert await storage.counts(NOON.date()) == [(NOON.date(), "", "hit", 2)]


async def test_one_callers_end_is_not_the_others(storage: Storage, answer_with) -> None:
    tasks = [
        asyncio.create_task(
            storage.record_answer(answer_with("Si nei til flere søndagsåpne"), "telegram", NOON)
        )
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    tasks[0].cancel()
    ids = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(ids[0], asyncio.CancelledError)
    assert set(ids[1:]) <= {answer.id for answer in await storage.answers()}


async def test_a_commit_that_a_reader_holds_up_is_made_when_it_is_done(
    storage: Storage, path: Path
) -> None:
    """In DELETE mode a reader keeps the commit waiting, not the beginning: nothing is done anew."""
    await storage.record_answer(NOTHING, "telegram", NOON)
    await storage._db.execute("PRAGMA journal_mode = DELETE")
    await storage._db.execute("PRAGMA busy_timeout = 50")
    done: list[int] = []

    def work(db: sqlite3.Connection) -> int:
        done.append(1)
        return db.execute("UPDATE counts SET answers = answers + 1").rowcount

    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM counts").fetchall()
        statements = await traced(storage)
        written = asyncio.create_task(storage.write(work))
        async with asyncio.timeout(10):
            while "COMMIT" not in statements:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)  # longer than the commit waits by itself
        assert not written.done()
        reader.execute("ROLLBACK")
        assert await written == 1
    assert done == [1]
    assert await storage.counts(NOON.date()) == [(NOON.date(), "", "none", 2)]


async def test_a_log_that_closes_tells_who_waits_to_write(storage: Storage, path: Path) -> None:
    await storage._db.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        written = asyncio.create_task(storage.record_answer(NOTHING, "telegram", NOON))
        await asyncio.sleep(0)
        await storage.close()
        with pytest.raises(StorageError):
            await written
        other.execute("ROLLBACK")


async def test_every_earlier_schema_is_brought_up_to_date(
    tmp_path: Path, cipher: FieldCipher
) -> None:
    async with Storage(tmp_path / "fresh", cipher) as storage:
        assert await storage.answer_count() == 0
    assert MIGRATIONS
    for version in range(len(MIGRATIONS) + 1):
        path = tmp_path / f"v{version}"
        with sqlite3.connect(path) as db:
            db.create_function("seal_question", 2, lambda *_: b"")  # there are no rows
            db.create_function("seal_evidence", 3, lambda *_: b"")
            for step in MIGRATIONS[:version]:
                for statement in step:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {version}")
        db.close()
        async with Storage(path, cipher):
            pass
        assert schema(path) == schema(tmp_path / "fresh")


CHILDREN = ("answer_quotes", "votes", "complaints")


def filled_schema_2(path: Path) -> None:
    """A log of the second schema: three answers, each with two quotes, a vote and a complaint."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        for step in MIGRATIONS[:2]:
            for statement in step:
                db.execute(statement)
        for answer in ("a", "b", "c"):
            db.execute(
                "INSERT INTO answers VALUES (?, 'Hva med skolen?', '2026-01-31T12:00:00+00:00',"
                " 'telegram', 'hit', '', 'Asker', 'nb', '', 'f', '{}')",
                (answer,),
            )
            for rank in (1, 2):
                db.execute("INSERT INTO answer_quotes VALUES (?, ?, 'p')", (answer, rank))
            db.execute(
                "INSERT INTO votes VALUES (?, 'helpful', '2026-02-01T12:00:00+00:00')", answer
            )
            db.execute("INSERT INTO complaints VALUES (?, 'other', '2026-02-01')", answer)
        db.execute("INSERT INTO choices VALUES (x'00', 'Asker', 'nb')")
        db.execute("PRAGMA user_version = 2")


async def test_rebuilding_a_table_takes_none_of_its_children_along(
    tmp_path: Path, cipher: FieldCipher
) -> None:
    """The third step drops `answers` and `votes`, which others refer to with ON DELETE CASCADE."""
    path = tmp_path / FILE
    filled_schema_2(path)
    async with Storage(path, cipher) as storage:
        assert await storage._rows("PRAGMA foreign_key_check") == []
        for table, rows in {
            "answers": 3, "answer_quotes": 6, "votes": 3, "complaints": 3, "choices": 1,
        }.items():  # fmt: skip
            assert await storage._rows(f"SELECT count(*) FROM {table}") == [(rows,)], table
        logged = await storage.answer("b")
        assert logged is not None
        assert (logged.question, logged.pledge_ids, logged.asked_on) == (
            "Hva med skolen?", ("p", "p"), date(2026, 1, 31),
        )  # fmt: skip
        assert logged.verdict is Verdict.HELPFUL
        # And they are still its children: an erased answer takes them along, and only its own.
        await storage.erase_answers(["b"], NOON)
        for table in CHILDREN:
            left = await storage._rows(f"SELECT DISTINCT answer_id FROM {table} ORDER BY 1")
            assert left == [("a",), ("c",)], table


def test_every_child_of_answers_is_in_that_test(tmp_path: Path, cipher: FieldCipher) -> None:
    filled_schema_2(tmp_path / FILE)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {
            name
            for name in names
            for key in db.execute(f"PRAGMA foreign_key_list({name})")
            if key[2] == "answers"
        }
    assert found == set(CHILDREN)


def test_every_table_is_strict_and_none_can_hold_a_voter(
    tmp_path: Path, cipher: FieldCipher
) -> None:
    async def make() -> None:
        async with Storage(tmp_path / FILE, cipher):
            pass

    asyncio.run(make())
    _, tables = schema(tmp_path / FILE)
    assert len(tables) >= 5
    for sql in tables:
        assert ") STRICT" in sql
        words = ["user", "chat", "voter", "name", "phone"]
        if re.match(r"CREATE TABLE (staff|logins|case_changes) ", sql):
            words.remove("name")  # of staff: each is tied to no answer
            assert "answer" not in sql
        for word in words:
            assert word not in sql.lower()


async def test_a_newer_schema_is_left_alone(path: Path, cipher: FieldCipher) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE later (x)")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as caught:
        await Storage(path, cipher).open()
    assert caught.value.fault == "storage_newer"
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_named(path: Path, cipher: FieldCipher) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("not a database, but long enough to look like one " * 10)
    with pytest.raises(StorageError, match="not a database"):
        await Storage(path, cipher).open()


async def test_a_closed_log_says_so(storage: Storage) -> None:
    await storage.close()
    with pytest.raises(StorageError, match="closed"):
        await storage.record_answer(NOTHING, "telegram", NOON)


async def test_only_the_owner_may_read_the_log(storage: Storage, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


async def test_writes_are_safe_and_what_is_erased_is_gone(storage: Storage) -> None:
    db = storage._db

    async def pragma(name: str) -> object:
        [row] = await db.execute_fetchall(f"PRAGMA {name}")
        return row[0]

    assert await pragma("synchronous") == 2
    assert await pragma("foreign_keys") == 1
    assert await pragma("secure_delete") == 1
    assert str(await pragma("journal_mode")).upper() == journal_mode(sqlite3.sqlite_version_info)


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
    ],
)
def test_wal_only_where_sqlite_cannot_corrupt_it(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode
