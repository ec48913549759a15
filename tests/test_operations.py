"""The real bot process when its log is damaged, of a newer program, or somebody else's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.privacy.keys import Keys
from bot.storage import FILE
from bot.texts import NB
from tests.bot.logs_on_disk import LATEST, count, make_log, scribble
from tests.conftest import TOKEN
from tests.fake_telegram.client import FakeTelegramClient, running_server
from tests.test_end_to_end import CHIEF, KARI, SUNDAY, House

LOG = Path("data") / FILE


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server("--token", TOKEN) as root:
        yield root


@pytest.fixture
async def tg(server: str) -> AsyncIterator[FakeTelegramClient]:
    async with FakeTelegramClient(server, timeout=30, quiet=0.2) as client:
        await client.reset()
        yield client


@pytest.fixture
def house(tmp_path: Path, server: str) -> House:
    house = House(tmp_path, server)
    if not (tmp_path / "keys").exists():
        Keys.create(tmp_path / "keys", datetime.now(tz=UTC))
    return house


async def ended(house: House, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return await asyncio.to_thread(
        subprocess.run, house.command(*(arguments or ("run",))), cwd=house.folder,
        env=house.environment, capture_output=True, timeout=60,
    )  # fmt: skip


async def test_a_log_damaged_at_rest_is_restored_and_the_bot_answers(
    tg: FakeTelegramClient,
    house: House,
) -> None:
    with house.running():
        await tg.say(CHIEF, "/start")
        await tg.say(KARI, SUNDAY)
    assert (await ended(house, "backup")).returncode == 0
    log = house.folder / LOG
    scribble(log)
    damaged = log.read_bytes()
    started = time.monotonic()
    with house.running():
        [answer] = await tg.say(KARI, SUNDAY)
        assert "Si nei til flere søndagsåpne butikker" in answer.text
        assert time.monotonic() - started < 30
        *_, told = await tg.replies(CHIEF.id, count=1)
        assert told.text.startswith("Spørsmålsloggen var skadet")
    [kept] = log.parent.glob("*.corrupt.*")
    assert kept.read_bytes() == damaged
    assert count(log) == 2


async def test_a_log_damaged_while_serving_is_replaced_and_the_bot_goes_on(
    tg: FakeTelegramClient,
    house: House,
) -> None:
    with house.running():
        await tg.say(CHIEF, "/start")
        await tg.say(KARI, SUNDAY)
        assert (await ended(house, "backup")).returncode == 0
        scribble(house.folder / LOG)
        await tg.post(KARI, "/om")
        told = []
        while not any("Tapt:" in text for text in told):
            told += [reply.text for reply in await tg.replies(CHIEF.id, count=1)]
        [answer] = [r for r in await tg.say(KARI, SUNDAY) if "søndagsåpne" in r.text]
        assert answer.buttons
    assert list((house.folder / "data").glob("*.corrupt.*"))


async def test_a_log_of_a_newer_program_is_exit_code_3_and_not_touched(house: House) -> None:
    log = make_log(house.folder / LOG)
    with closing(sqlite3.connect(log)) as db:
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
    before = (log.read_bytes(), log.stat().st_mtime_ns)
    done = await ended(house)
    assert done.returncode == 3, done.stderr
    assert f"skjema {LATEST + 1}" in done.stderr.decode().splitlines()[-1]
    assert (log.read_bytes(), log.stat().st_mtime_ns) == before


async def test_one_connection_may_write_also_while_a_backup_is_made(
    tg: FakeTelegramClient, house: House
) -> None:
    def writable(pid: int) -> int:
        found = 0
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if Path(link.readlink()).name == FILE:
                    flags = Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().split()[3]
                    found += int(flags, 8) & os.O_ACCMODE != os.O_RDONLY
        return found

    with house.running() as process:
        await tg.say(KARI, SUNDAY)
        assert (await ended(house, "backup")).returncode == 0
        await tg.say(CHIEF, "/status")
        assert writable(process.pid) == 1


async def test_healthz_and_status_of_the_real_process(tg: FakeTelegramClient, house: House) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = house.config.read_text()
    house.config.write_text(text.replace("port = 0 ", f"port = {port} "))

    def get(path: str) -> tuple[int, dict]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as exc:
            return exc.code, json.load(exc)

    with house.running():
        await tg.say(KARI, SUNDAY)
        status, body = await asyncio.to_thread(get, "/healthz")
        assert (status, body["ok"]) == (200, True)
        assert body["last_update_age_s"] is not None
        assert (await asyncio.to_thread(get, "/status"))[0] == 404
        [page] = await tg.say(CHIEF, "/status")
        assert "Kø: " in page.text
        assert NB.status_never not in page.text.splitlines()[0]


@pytest.mark.parametrize("starts", [4])
async def test_a_crash_loop_is_slowed(house: House, starts: int) -> None:
    """The fifth start within ten minutes waits: seen from outside, it is still there."""
    memory = house.folder / "data" / "operations.json"
    memory.parent.mkdir()
    now = datetime.now(tz=UTC).isoformat()
    memory.write_text(json.dumps({"starts": [now] * starts}))
    process = subprocess.Popen(
        house.command("run"), cwd=house.folder, env=house.environment, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 30
        while len(json.loads(memory.read_text())["starts"]) != starts + 1:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert not (house.folder / LOG).exists()
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


async def test_the_terminal_too_leaves_the_log_of_a_newer_program_alone(house: House) -> None:
    log = make_log(house.folder / LOG)
    with closing(sqlite3.connect(log)) as db:
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
    before = log.read_bytes()
    assert (await ended(house, "chat")).returncode == 3
    assert log.read_bytes() == before
