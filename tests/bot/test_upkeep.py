"""The housekeeping beside the bot, under clocks that the test turns."""

from __future__ import annotations

import asyncio
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import backup
from bot.answering import Answer, Outcome
from bot.backup import backups
from bot.health import Health
from bot.privacy.audit import Gap
from bot.privacy.keys import Keys
from bot.recovery import LOOP_STARTS, Memory
from bot.services import Services, audit
from bot.storage import Storage, StorageError, verify_audit
from bot.texts import NB
from bot.upkeep import Upkeep
from tests.bot.logs_on_disk import count, integrity, scribble

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOTHING = Answer(question="hei", outcome=Outcome.NONE)


class World:
    """A clock on the wall and one in the pocket, and the admins' inbox."""

    def __init__(self) -> None:
        self.seconds, self.told = 0.0, []

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    async def tell(self, text: str) -> None:
        self.told.append(text)

    async def parked(self, seconds: float) -> None:
        await asyncio.Event().wait()  # the test turns the loop itself


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def parts(services: Services, world: World, tmp_path: Path) -> AsyncIterator[SimpleNamespace]:
    services = replace(
        services,
        settings=replace(services.settings, backups=tmp_path / "backups", notify_socket=""),
        clock=world.wall,
        health=Health(world.monotonic),
    )
    upkeep = Upkeep(services, world.monotonic, world.parked)

    async def after(seconds: float) -> None:
        world.seconds += seconds
        for _ in range(2):  # what a job found out is told at the next look
            upkeep.tick()
            await upkeep.settle()

    yield SimpleNamespace(services=services, upkeep=upkeep, world=world, after=after)
    await upkeep.stop()


async def test_a_backup_is_made_at_the_start_and_then_every_hour(parts) -> None:
    await parts.services.storage.record_answer(NOTHING, "telegram", NOON)
    await parts.upkeep.start(parts.world.tell)
    folder = parts.services.settings.backups
    await parts.after(1)
    [first] = backups(folder)
    assert count(first.path) == 1
    await parts.after(3590)
    assert backups(folder) == [first]
    await parts.after(20)
    [second] = backups(folder)  # the same day: the newest of it is kept
    assert second.made_at > first.made_at
    assert parts.world.told == []


async def test_a_backup_beside_a_bot_that_never_rests_starts_over_at_no_write(
    parts, monkeypatch
) -> None:
    """By the connection that writes: any other would be thrown back by each of these."""
    monkeypatch.setattr("bot.storage_maintenance._PAGES", 4)
    storage, loop, written = parts.services.storage, asyncio.get_running_loop(), []
    for _ in range(100):
        await storage.record_answer(replace(NOTHING, question="lang " * 200), "telegram", NOON)

    def write_between(seconds: float) -> None:
        done = storage.record_answer(NOTHING, "telegram", NOON)
        written.append(asyncio.run_coroutine_threadsafe(done, loop).result(timeout=10))

    monkeypatch.setattr("bot.storage_maintenance.time.sleep", write_between)
    pages = storage.path.stat().st_size // 4096
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    assert len(backups(parts.services.settings.backups)) == 1
    # A step for each 4 pages, of which there are more as it goes on; starting over would be twice that.
    assert pages / 4 - 1 <= len(written) <= 1.2 * storage.path.stat().st_size // 4096 / 4 + 1


async def test_a_restart_makes_no_second_backup_within_the_hour(parts) -> None:
    backup.make(parts.services.storage.path, parts.services.settings.backups, NOON)
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1800)
    assert [each.made_at for each in backups(parts.services.settings.backups)] == [NOON]
    await parts.after(1800)
    assert [each.made_at for each in backups(parts.services.settings.backups)] != [NOON]


@pytest.mark.parametrize("jump", [-3650, -1, 1, 3650])
async def test_a_wall_clock_that_jumps_neither_stops_backups_nor_starts_a_storm(
    parts, jump
) -> None:
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    real = parts.world.wall
    parts.world.wall = lambda: real() + timedelta(days=jump)
    object.__setattr__(parts.services, "clock", parts.world.wall)
    made = []
    for _ in range(4):
        await parts.after(3600)
        made.append(backups(parts.services.settings.backups))
    assert all(made)
    assert max(each.made_at for each in made[-1]) >= NOON
    # The last hour's is there, though a backup «from the future» may be the newest by name.
    assert min(abs(each.made_at - parts.services.clock()) for each in made[-1]) < timedelta(hours=1)
    purge = NB.alert_purge_refused
    # The purge refuses to run by such a clock, and says so; the backups have nothing to say.
    assert [
        told
        for told in parts.world.told
        if not told.startswith((purge, "Feil i boten (bot.services: purge"))
    ] == []


async def test_backups_can_be_switched_off(parts) -> None:
    settings = replace(parts.services.settings, backup_hours=0)
    upkeep = Upkeep(
        replace(parts.services, settings=settings), parts.world.monotonic, parts.world.parked
    )
    await upkeep.start(parts.world.tell)
    upkeep.tick()
    await upkeep.settle()
    await upkeep.stop()
    assert backups(settings.backups) == []


async def test_a_backup_that_fails_is_told_and_tried_again_in_a_quarter(parts) -> None:
    folder = parts.services.settings.backups
    folder.write_text("in the way")
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    assert parts.world.told == [NB.alert_backup_failed]
    folder.unlink()
    await parts.after(800)
    assert backups(folder) == []
    await parts.after(200)
    assert len(backups(folder)) == 1
    assert len(parts.world.told) == 1


async def test_the_watchdog_is_fed_by_the_loop(parts, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        settings = replace(parts.services.settings, notify_socket=str(tmp_path / "notify"))
        services = replace(parts.services, settings=settings)
        woken = asyncio.Event()

        async def nap(seconds: float) -> None:
            await woken.wait()
            woken.clear()

        upkeep = Upkeep(services, parts.world.monotonic, nap)
        await upkeep.start(parts.world.tell)
        assert systemd.recv(100) == b"READY=1"
        with pytest.raises(BlockingIOError):  # no tick yet
            systemd.recv(100)
        for _ in range(3):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert systemd.recv(100) == b"WATCHDOG=1"
            woken.set()
        await upkeep.stop()


async def test_a_sign_of_life_is_left_for_the_next_process(parts) -> None:
    await parts.services.storage.record_answer(NOTHING, "telegram", NOON)
    await parts.upkeep.start(parts.world.tell)
    await parts.after(61)
    memory = Memory(parts.services.settings.data)
    assert memory.answers == 1
    assert memory.alive == parts.world.wall()


async def test_what_voters_erase_is_noted_beside_the_backups(parts) -> None:
    storage = parts.services.storage
    answer_id = await storage.record_answer(NOTHING, "telegram", NOON)
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    [made] = backups(parts.services.settings.backups)
    await storage.erase_answers([answer_id], NOON)
    await parts.after(61)
    await storage.close()
    storage.path.unlink()  # the whole log is lost after the erasure
    done = backup.restore(made.path, storage.path, parts.services.settings.backups, NOON)
    assert done.erased == 1
    assert done.rows["answers"] == 0


async def test_little_disk_is_told(parts, monkeypatch) -> None:
    usage = SimpleNamespace(free=100 * 2**20)
    monkeypatch.setattr("bot.upkeep.shutil.disk_usage", lambda path: usage)
    await parts.upkeep.start(parts.world.tell)
    await parts.after(61)
    assert parts.world.told == [NB.alert_disk_low.format(free="100 MiB")]


async def test_a_job_that_fails_ends_nothing(parts, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("bot.upkeep.shutil.disk_usage", broken)
    await parts.upkeep.start(parts.world.tell)
    await parts.after(61)
    await parts.after(61)
    assert len(backups(parts.services.settings.backups)) == 1
    [told, *_] = parts.world.told
    assert "upkeep … failed" in told
    assert "secret" not in told


# ---- R5: a full disk


async def test_a_full_disk_costs_the_log_and_is_told_once(parts, caplog) -> None:
    storage = parts.services.storage
    await parts.upkeep.start(parts.world.tell)
    [row] = await storage._db.execute_fetchall("PRAGMA page_count")
    await storage._db.execute(f"PRAGMA max_page_count = {row[0]}")
    big = replace(NOTHING, question="lang " * 2000)
    log = logging.getLogger("bot.services")
    refused = 0
    for _ in range(100):
        try:
            await storage.record_answer(big, "telegram", NOON)
        except StorageError as exc:
            refused += 1
            log.error("answer not stored: %s", exc)  # as bot.services does
        await parts.after(1)
    assert refused >= 99
    assert parts.world.told == [NB.alert_disk_full]
    await storage._db.execute("PRAGMA max_page_count = 1000000")
    assert await storage.record_answer(big, "telegram", NOON)
    await parts.after(900)
    assert len(parts.world.told) == 2
    assert f"{refused - 1} ganger" in parts.world.told[1]
    assert integrity(storage.path) == "ok"


# ---- R6: another process keeps the log locked


async def test_a_locked_log_is_waited_for_while_the_loop_turns(parts) -> None:
    storage = parts.services.storage
    await storage._db.execute("PRAGMA busy_timeout = 20")
    tries: list[str] = []
    await storage._db.set_trace_callback(tries.append)
    with closing(sqlite3.connect(storage.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        tasks = [
            asyncio.create_task(storage.record_answer(NOTHING, "telegram", NOON)) for _ in range(10)
        ]
        worst, loop = 0.0, asyncio.get_running_loop()
        while tries.count("BEGIN IMMEDIATE") < 4:
            before = loop.time()
            await asyncio.sleep(0.001)
            worst = max(worst, loop.time() - before)
        assert not any(task.done() for task in tasks)
        other.execute("ROLLBACK")
    await asyncio.gather(*tasks)
    assert await storage.answer_count() == 10
    assert worst < 0.2


async def test_a_log_that_stays_locked_is_given_up_in_the_end(parts, monkeypatch) -> None:
    storage = parts.services.storage
    await storage._db.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(storage.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="locked"):
            await storage.record_answer(NOTHING, "telegram", NOON)
        other.execute("ROLLBACK")
    assert await storage.record_answer(NOTHING, "telegram", NOON)


# ---- R7: damaged while running


async def test_a_log_damaged_while_it_serves_is_replaced_and_the_bot_goes_on(parts) -> None:
    services, world = parts.services, parts.world
    storage: Storage = services.storage
    for _ in range(200):
        await storage.record_answer(replace(NOTHING, question="lang " * 200), "telegram", NOON)
    await parts.upkeep.start(world.tell)
    await parts.after(1)
    for _ in range(3):
        await storage.record_answer(NOTHING, "telegram", NOON)
    await parts.after(1800)
    scribble(storage.path)
    damaged = storage.path.read_bytes()
    with pytest.raises(StorageError) as caught:
        await storage.record_answer(NOTHING, "telegram", NOON)
    logging.getLogger("bot.services").error("answer not stored: %s", caught.value)
    await parts.after(1)
    assert await storage.answer_count() == 200
    assert await storage.record_answer(NOTHING, "telegram", NOON)
    [kept] = storage.path.parent.glob("*.corrupt.*")
    assert kept.read_bytes() == damaged
    [_, recovered] = world.told
    assert "3 svar, 0.5 timer" in recovered
    assert kept.name in recovered


async def test_a_false_alarm_changes_nothing(parts) -> None:
    await parts.services.storage.record_answer(NOTHING, "telegram", NOON)
    parts.upkeep.watch.damaged = True
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    assert await parts.services.storage.answer_count() == 1
    assert list(parts.services.storage.path.parent.glob("*.corrupt.*")) == []
    assert not parts.upkeep.watch.damaged


async def test_a_log_damaged_at_rest_is_replaced_before_it_is_opened(parts) -> None:
    storage = parts.services.storage
    await storage.record_answer(NOTHING, "telegram", NOON)
    backup.make(storage.path, parts.services.settings.backups, NOON)
    await storage.close()
    scribble(storage.path)
    assert parts.upkeep.prepare() == 0
    await storage.open()
    assert await storage.answer_count() == 1
    await parts.upkeep.start(parts.world.tell)
    await parts.after(1)
    [told] = parts.world.told
    assert told.startswith("Spørsmålsloggen var skadet")


async def test_what_a_replaced_log_lacks_of_the_audit_is_explained_in_it(parts, tmp_path) -> None:
    """At rest, and while it serves: `verify-audit` calls neither a tampering."""
    services = replace(parts.services, keys=Keys.create(tmp_path / "own", NOON))
    upkeep = Upkeep(services, parts.world.monotonic, parts.world.parked)
    storage, folder = services.storage, services.settings.backups
    await audit(services, "77", "reload")
    made, _ = backup.make(storage.path, folder, NOON)
    await audit(services, "77", "export")
    await storage.close()
    scribble(storage.path)
    upkeep.prepare()
    await storage.open()
    await upkeep.opened()
    rows, chain = verify_audit(storage.path, services.keys)
    assert (rows, chain.fault, chain.accepted) == (2, "", (Gap(first=2, last=2),))
    await upkeep.opened()  # once is enough
    assert verify_audit(storage.path, services.keys)[0] == 2
    scribble(storage.path)
    upkeep.watch.damaged = True
    upkeep.tick()
    await upkeep.settle()
    rows, chain = verify_audit(storage.path, services.keys)
    assert (rows, chain.fault, chain.accepted) == (2, "", (Gap(first=2, last=3),))
    [_, last] = await storage.audit()
    assert (last.seq, last.actor, last.detail) == (4, "system", f"2-3 {made.path.name}")
    await upkeep.stop()


async def test_a_crash_loop_slows_the_start_and_is_told_once(parts) -> None:
    pauses = [
        Upkeep(parts.services, parts.world.monotonic, parts.world.parked).prepare()
        for _ in range(LOOP_STARTS - 1)
    ]
    assert pauses == [0] * (LOOP_STARTS - 1)
    assert parts.upkeep.prepare() == 0  # made before the others: its memory was read before
    looping = Upkeep(parts.services, parts.world.monotonic, parts.world.parked)
    for _ in range(LOOP_STARTS):
        last = looping.prepare()
    assert last == 60
    await looping.start(parts.world.tell)
    looping.tick()
    await looping.settle()
    await looping.stop()
    assert [
        told for told in parts.world.told if "ganger på ti minutter" in told
    ] == parts.world.told
    assert len(parts.world.told) == 1


# ---- what was erased


async def test_what_was_erased_is_wiped_within_a_minute_and_once_a_day(parts, monkeypatch) -> None:
    storage, wiped = parts.services.storage, []
    real = storage.wipe

    async def wipe() -> bool:
        wiped.append(parts.world.seconds)
        return await real()

    monkeypatch.setattr(storage, "wipe", wipe)
    # A backup is made in a thread: while it runs, wiping waits for the next look.
    monkeypatch.setitem(parts.upkeep._next, "backup", float("inf"))
    await parts.upkeep.start(parts.world.tell)
    await parts.after(0)
    assert wiped == [0]  # the last process may have been killed before it could
    answer_id = await storage.record_answer(NOTHING, "telegram", NOON)
    await parts.after(100)
    assert wiped == [0]
    assert await storage.erase_answers([answer_id], NOON) == 1
    await parts.after(60)
    await parts.after(60)
    assert wiped == [0, 160]
    assert not storage.stale
    await parts.after(24 * 3600 - 100)
    assert wiped == [0, 160]
    await parts.after(100)
    assert wiped == [0, 160, 24 * 3600 + 220]


async def test_a_log_that_cannot_be_wiped_now_is_wiped_later(parts, caplog) -> None:
    storage = parts.services.storage
    await parts.upkeep.start(parts.world.tell)
    await parts.after(0)
    answer_id = await storage.record_answer(NOTHING, "telegram", NOON)
    await storage.erase_answers([answer_id], NOON)
    await storage.rows("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(storage.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await parts.after(60)
        assert "log not wiped: database is locked" in caplog.text
        assert storage.stale
    await parts.after(60)
    assert not storage.stale
