from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import backup
from bot.backup import BackupError
from bot.migrations import MIGRATIONS
from bot.recovery import LOOP_STARTS, MEMORY_FILE, Memory, pause, prepare
from bot.storage import FILE
from tests.bot.logs_on_disk import (
    LATEST,
    add_answers,
    connect,
    count,
    integrity,
    make_log,
    scribble,
)

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return make_log(tmp_path / "data" / FILE, answers=200)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_a_whole_log_is_left_alone(log: Path, folder: Path) -> None:
    before = log.read_bytes()
    assert prepare(log, folder, NOON) is None
    assert log.read_bytes() == before
    assert not folder.exists()


def test_no_log_and_an_empty_one_are_a_first_start(tmp_path: Path, folder: Path) -> None:
    assert prepare(tmp_path / FILE, folder, NOON) is None
    (tmp_path / FILE).touch()
    assert prepare(tmp_path / FILE, folder, NOON) is None
    assert (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda p: scribble(p), id="random bytes over the whole file"),
        pytest.param(lambda p: scribble(p, at=4096), id="all but the header"),
        pytest.param(lambda p: scribble(p, size=4000, at=100), id="the schema"),
        pytest.param(lambda p: os.truncate(p, p.stat().st_size // 2 // 4096 * 4096), id="half"),
        pytest.param(lambda p: p.write_bytes(b"\0" * 100_000), id="zeros"),
    ],
)
def test_a_damaged_log_is_kept_and_the_newest_backup_takes_its_place(
    log: Path, folder: Path, spoil
) -> None:
    backup.make(log, folder, NOON)
    with closing(connect(log)) as db:
        add_answers(db, 50, first=1000)
    Memory(log.parent).beat(NOON + timedelta(minutes=30), 250)
    spoil(log)
    damaged = log.read_bytes()
    found = prepare(log, folder, NOON + timedelta(hours=1))
    assert found is not None
    assert found.kept.name == f"{FILE}.corrupt.20261124T130000Z"
    assert found.kept.read_bytes() == damaged
    assert (found.lost_rows, found.lost_hours) == (50, 0.5)
    assert count(log) == 200
    assert integrity(log) == "ok"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert prepare(log, folder, NOON) is None


def test_without_a_backup_the_log_begins_anew(log: Path, folder: Path) -> None:
    scribble(log)
    found = prepare(log, folder, NOON)
    assert found is not None
    assert (found.restored, found.lost_rows, found.lost_hours) == (None, None, None)
    assert found.kept.exists()
    assert not log.exists()


def test_a_damaged_backup_is_passed_over(log: Path, folder: Path) -> None:
    good, _ = backup.make(log, folder, NOON)
    bad, _ = backup.make(log, folder, NOON + timedelta(days=1))
    scribble(bad.path, at=4096)
    scribble(log)
    found = prepare(log, folder, NOON + timedelta(days=2))
    assert found is not None
    assert found.restored == good


def test_a_recovery_that_was_killed_half_way_is_finished_at_the_next_start(
    log: Path, folder: Path
) -> None:
    backup.make(log, folder, NOON)
    backup.set_aside(log, "corrupt", NOON)  # killed here
    found = prepare(log, folder, NOON)
    assert found is not None
    assert found.reason == "interrupted"
    assert count(log) == 200


def test_a_log_of_a_newer_program_is_not_touched(log: Path, folder: Path) -> None:
    with closing(connect(log)) as db:
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
    before = (log.read_bytes(), log.stat().st_mtime_ns)
    assert prepare(log, folder, NOON) is None
    assert (log.read_bytes(), log.stat().st_mtime_ns) == before
    assert not folder.exists()


def test_a_log_of_a_newer_program_is_not_ours_to_mend_either(log: Path, folder: Path) -> None:
    with closing(connect(log)) as db:
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
    scribble(log, at=4096)
    before = log.read_bytes()
    assert prepare(log, folder, NOON) is None
    assert log.read_bytes() == before


@pytest.mark.parametrize("version", range(1, LATEST))
def test_a_migration_is_preceded_by_a_backup(tmp_path: Path, folder: Path, version: int) -> None:
    path = make_log(tmp_path / FILE, answers=20, version=version)
    assert prepare(path, folder, NOON) is None
    [made] = backup.backups(folder)
    assert made.path.name.endswith(f"-v{version}.sqlite3")
    assert count(made.path) == 20


def test_without_room_for_the_backup_there_is_no_migration(tmp_path: Path) -> None:
    path = make_log(tmp_path / FILE, version=1)
    (tmp_path / "file").touch()
    with pytest.raises(BackupError):
        prepare(path, tmp_path / "file", NOON)


# ---- kill -9 during the migration

_KILL = """
import asyncio, os, signal, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
import aiosqlite
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.storage import Storage

path, keys, points = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
made = Keys.create(keys, datetime.now(tz=UTC))
original = path.read_bytes()

def attempt(kill_at):
    # In a child of its own: the process dies at its n-th statement, before or after it.
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    execute, seen = aiosqlite.Connection.execute, 0
    async def counting(self, sql, parameters=None):
        nonlocal seen
        seen += 1
        if seen == kill_at // 2 and kill_at % 2 == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        done = await execute(self, sql, parameters)
        if seen == kill_at // 2 and kill_at % 2 == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    aiosqlite.Connection.execute = counting
    async def go():
        storage = Storage(path, FieldCipher(made))
        await storage.open()
        await storage.close()
    asyncio.run(go())
    os._exit(0)

for point in range(2, 2 + points):
    for each in path.parent.glob(path.name + "*"):
        each.unlink()
    path.write_bytes(original)
    killed = attempt(point)
    # what the kill left, then a start that is not disturbed
    for name in (path.name, path.name + "-journal", path.name + "-wal"):
        left = path.with_name(name)
        if left.exists():
            (path.parent / f"point-{point}{name[len(path.name):]}").write_bytes(left.read_bytes())
    print(point, int(killed), flush=True)
    if not killed:
        break
"""


def test_kill_nine_during_a_migration_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Each point is a statement, killed before or after it; `make torture` takes them all."""
    points = int(os.environ.get("LOFTEBOT_TORTURE_KILLS", "200"))
    path = make_log(tmp_path / "work" / FILE, answers=5, version=1)
    done = subprocess.run(
        [sys.executable, "-c", _KILL, str(path), str(tmp_path / "keys"), str(points)],
        capture_output=True, text=True, timeout=110, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    killed = [
        int(p) for p, dead in (line.split() for line in done.stdout.splitlines()) if dead == "1"
    ]
    assert len(killed) >= 50, "too few points: fix this test"
    versions = set()
    for point in killed:
        left = path.parent / f"point-{point}"
        with closing(sqlite3.connect(left)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            [version] = db.execute("PRAGMA user_version").fetchone()
            assert db.execute("SELECT count(*) FROM answers").fetchone() == (5,)
            versions.add(version)
            shape = db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        with closing(sqlite3.connect(":memory:")) as fresh:
            fresh.create_function("seal_question", 2, lambda *a: b"")
            fresh.create_function("seal_evidence", 3, lambda *a: b"")
            for step in MIGRATIONS[:version]:
                for statement in step:
                    fresh.execute(statement)
            wanted = fresh.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        assert shape == wanted, f"killed at {point}: neither old nor new"
    assert versions == set(range(1, LATEST + 1))


# ---- what one process leaves for the next


def test_five_starts_in_ten_minutes_are_a_crash_loop_told_once(tmp_path: Path) -> None:
    told = []
    for i in range(LOOP_STARTS + 3):
        memory = Memory(tmp_path)
        starts = memory.started(NOON + timedelta(seconds=20 * i))
        if pause(starts):
            told.append(memory.tell_once())
    assert starts == LOOP_STARTS + 3
    assert told == [True, False, False, False]
    memory = Memory(tmp_path)
    assert memory.started(NOON + timedelta(hours=1)) == 1
    assert pause(1) == 0
    assert memory.tell_once()  # another crash loop is told again


def test_a_start_that_was_stopped_in_peace_is_no_crash(tmp_path: Path) -> None:
    for i in range(20):
        memory = Memory(tmp_path)
        assert memory.started(NOON + timedelta(seconds=i)) == 1
        memory.stopped()


def test_a_clock_that_jumps_makes_no_crash_loop(tmp_path: Path) -> None:
    for jump in (0, 3650, -3650, 1, 0, -1, 2):
        assert Memory(tmp_path).started(NOON + timedelta(days=jump)) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"starts": 7, "alive": "x", "answers": "y"}'])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / MEMORY_FILE).write_text(text)
    memory = Memory(tmp_path)
    assert (memory.alive, memory.answers) == (None, None)
    assert memory.started(NOON) == 1
    memory.beat(NOON, 7)
    again = Memory(tmp_path)
    assert (again.alive, again.answers) == (NOON, 7)


def test_the_memory_is_private_and_holds_numbers_and_times_only(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.started(NOON)
    memory.beat(NOON, 7)
    path = tmp_path / MEMORY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()).keys() == {"starts", "told", "alive", "answers"}


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Memory(tmp_path / "file").started(NOON) == 1
