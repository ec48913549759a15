"""Of what was erased no byte stays in the log's file, wherever SQLite had put it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import storage_maintenance
from bot.answering import Answer, Outcome
from bot.storage import FILE, Storage, StorageError
from tests.bot.logs_on_disk import count, integrity, make_log

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEFT = b"left behind by SQLite"
# The first byte of a page that holds rows: of a table, of an index or a table without row ids
# (sqlite.org/fileformat.html, 1.6). Then, at 3 and at 5: how many cells, and where they begin.
_LEAVES = (0x0D, 0x0A)
_PAGE = 4096


def leave_behind(path: Path, words: bytes = LEFT) -> int:
    """Write into the unused part of each page with rows, as SQLite does where it moves rows.

    Returns:
        Into how many pages.
    """
    data = bytearray(path.read_bytes())
    pages = 0
    for page in range(_PAGE, len(data), _PAGE):
        if data[page] not in _LEAVES:
            continue
        cells = int.from_bytes(data[page + 3 : page + 5])
        begin, end = page + 8 + 2 * cells, page + int.from_bytes(data[page + 5 : page + 7])
        if cells and end - begin > len(words):
            data[end - len(words) : end] = words
            pages += 1
    path.write_bytes(data)
    return pages


def on_disk(path: Path) -> bytes:
    return b"".join(f.read_bytes() for f in path.parent.iterdir() if f.is_file())


def nothing(number: int) -> Answer:
    return Answer(question=f"spørsmål {number}", outcome=Outcome.NONE)


async def grown(storage: Storage, answers: int) -> list[str]:
    """Log answers, and erase every other one; return the ids of those that stay."""
    ids = [await storage.record_answer(nothing(n), "telegram", NOON) for n in range(answers)]
    await storage.erase_answers(ids[::2], NOON)
    return ids[1::2]


@pytest.fixture
async def path(tmp_path: Path, cipher) -> Path:
    """A log with 60 answers in which SQLite left something behind."""
    path = tmp_path / "data" / FILE
    async with Storage(path, cipher) as storage:
        await grown(storage, 120)
    assert leave_behind(path) > 3
    assert integrity(path) == "ok"  # to SQLite there is nothing to see
    assert LEFT in on_disk(path)
    return path


async def test_what_sqlite_left_behind_is_wiped_and_the_rest_stays(path: Path, cipher) -> None:
    async with Storage(path, cipher) as storage:
        before = await storage.answers()
        assert not storage.stale
        await storage.erase_answers([before[0].id], NOON)
        assert storage.stale
        assert LEFT in on_disk(path)
        assert await storage.wipe()
        assert not storage.stale
        assert LEFT not in on_disk(path)
        assert await storage.answers() == before[1:]
        assert integrity(path) == "ok"


async def test_closing_wipes_what_was_erased_and_else_touches_nothing(path: Path, cipher) -> None:
    was = path.read_bytes()
    async with Storage(path, cipher):
        pass
    assert path.read_bytes() == was
    async with Storage(path, cipher) as storage:
        assert (await storage.purge((NOON + timedelta(1)).date(), NOON)).answers == 60
    assert LEFT not in on_disk(path)
    assert count(path) == 0


async def test_a_purge_that_finds_nothing_old_leaves_nothing_to_wipe(path: Path, cipher) -> None:
    async with Storage(path, cipher) as storage:
        await storage.purge(NOON.date(), NOON)
        assert not storage.stale


async def test_a_log_brought_up_to_date_is_wiped(tmp_path: Path, cipher) -> None:
    path = make_log(tmp_path / "data" / FILE, answers=40, version=1)
    leave_behind(path)
    async with Storage(path, cipher) as storage:
        assert storage.stale
    assert LEFT not in on_disk(path)


async def test_a_restored_log_is_wiped_when_it_is_erased_from_again(path: Path, cipher) -> None:
    async with Storage(path, cipher) as storage:
        [first, *_] = [a.id for a in await storage.answers()]
    assert storage_maintenance.erase_again(path, {first: "2026-11-24"}) == 1
    assert LEFT not in on_disk(path)


async def test_a_restore_without_room_to_wipe_is_a_restore(path: Path, cipher, monkeypatch) -> None:
    async with Storage(path, cipher) as storage:
        [first, *_] = [a.id for a in await storage.answers()]
    real, refused = storage_maintenance._connect, []

    def refuse(action: int, *_: object) -> int:  # VACUUM attaches the file that it writes
        if action == sqlite3.SQLITE_ATTACH:
            refused.append(action)
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def connect(path: Path, mode: str) -> sqlite3.Connection:
        db = real(path, mode)
        db.set_authorizer(refuse)
        return db

    monkeypatch.setattr(storage_maintenance, "_connect", connect)
    assert storage_maintenance.erase_again(path, {first: "2026-11-24"}) == 1
    assert refused
    assert (count(path), integrity(path)) == (59, "ok")


async def test_a_log_that_is_being_copied_is_wiped_afterwards(
    path: Path, cipher, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("bot.storage_maintenance._PAGES", 4)
    async with Storage(path, cipher) as storage:
        loop, said = asyncio.get_running_loop(), []

        def between(_: float) -> None:
            said.append(asyncio.run_coroutine_threadsafe(storage.wipe(), loop).result(timeout=10))

        monkeypatch.setattr("bot.storage_maintenance.time.sleep", between)
        copy = tmp_path / "copy"
        await asyncio.to_thread(storage.copy_to, copy)
        assert len(said) > 3
        assert not any(said)
        assert (integrity(copy), count(copy)) == ("ok", 60)
        assert await storage.wipe()


async def test_a_failed_wipe_loses_nothing_and_is_still_due(path: Path, cipher, caplog) -> None:
    async with Storage(path, cipher) as storage:
        await storage.rows("PRAGMA busy_timeout = 0")
        await storage.erase_answers([(await storage.answers())[0].id], NOON)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="locked"):
                await storage.wipe()
            assert storage.stale
            assert len(await storage.answers()) == 59
            # Closing does not wait for somebody who never ends.
            await storage.close()
            assert "log not wiped: database is locked" in caplog.text
    assert count(path) == 59
    assert integrity(path) == "ok"


async def test_who_writes_and_reads_meanwhile_loses_nothing(path: Path, cipher) -> None:
    """In an order that is another each time."""
    order = random.Random(4)
    async with Storage(path, cipher) as storage:
        jobs = [storage.record_answer(nothing(n), "telegram", NOON) for n in range(60)]
        jobs += [storage.wipe() for _ in range(5)] + [storage.answers() for _ in range(5)]
        order.shuffle(jobs)
        done = await asyncio.gather(*jobs)
        ids = {each for each in done if isinstance(each, str)}
        assert len(ids) == 60
        assert done.count(True) == 5
        assert ids <= {a.id for a in await storage.answers()}
    assert (count(path), integrity(path)) == (120, "ok")
