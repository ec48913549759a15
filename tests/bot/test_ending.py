"""`loftebot avslutt`: all that is ours goes, nothing else does, and only after a typed yes."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import backup
from bot.answering import Answer, Outcome
from bot.cli import cli
from bot.config import Settings, load_settings
from bot.ending import remains, remove
from bot.lock import FILE as LOCK
from bot.lock import only_instance
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.recovery import Memory, prepare
from bot.review import publishing
from bot.services import audit
from bot.setup import index_file
from bot.storage import FILE, Storage
from tests.bot.logs_on_disk import scribble
from tests.conftest import write_config, write_programmes
from tests.word_encoder import WordEncoder

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VILLAGE = (
    "Bygda",
    "2023-2027",
    "Program for bygda\n\nVei\n\nVi vil:\n• asfaltere veien til kirka\n",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_programmes(tmp_path / "seeds", VILLAGE)
    write_config(tmp_path)
    return tmp_path


@pytest.fixture
def configured(home: Path) -> Settings:
    return load_settings(home / "config.toml", {})


async def lived_in(settings: Settings, services) -> None:
    """A service that has run: log, a damaged and a restored one, backups, keys, drift."""
    keys = Keys.create(settings.keys, NOW)
    for lock in (LOCK, publishing.LOCK):
        with only_instance(settings.data, lock):
            pass
    for encoder in (None, WordEncoder()):
        index_file(settings, encoder).write_bytes(b"saved")
    path = settings.data / FILE
    async with Storage(path, FieldCipher(keys)) as storage:
        used = replace(services, settings=settings, storage=storage, keys=keys)
        await audit(used, "77", "reload")
        answer_id = await storage.record_answer(
            Answer(question="hei", outcome=Outcome.NONE), "telegram", NOW
        )
        await storage.erase_answers([answer_id], NOW)
    keys.rotate(NOW)
    made, _ = backup.make(path, settings.backups, NOW)
    backup.make(path, settings.backups, NOW + timedelta(hours=1), tag="-v1")
    backup.note_graves(path, settings.backups)
    backup.restore(made.path, path, settings.backups, NOW)
    scribble(path)
    prepare(path, settings.backups, NOW)
    Memory(settings.data).started(NOW)
    # What a kill leaves.
    (settings.data / f".{FILE}.part-journal").write_bytes(b"x")
    (settings.keys / ".audit.head.0123456789abcdef").write_bytes(b"x")
    (settings.backups / ".loftebot-20261124T120000Z.sqlite3.part").write_bytes(b"x")


def run(home: Path, *arguments: str, stdin: str = "") -> Result:
    clean = {name: None for name in os.environ if name.startswith(("LOFTEBOT_", "TELEGRAM_"))}
    return CliRunner().invoke(
        cli, ["--config", str(home / "config.toml"), "avslutt", *arguments],
        input=stdin, env=clean, catch_exceptions=False,
    )  # fmt: skip


def files(*folders: Path) -> set[Path]:
    return {p for folder in folders for p in folder.rglob("*") if not p.is_dir()}


async def test_every_file_that_the_bot_makes_is_known(configured, services) -> None:
    await lived_in(configured, services)
    found = remains(configured)
    assert found.unknown == ()
    assert {p.path for p in found.ours} == files(configured.data, configured.keys)
    assert {p.kind for p in found.ours} == {"keys", "backup", "log", "aside", "operations"}
    assert found.ours[0].kind == "keys"  # broken off, what is left cannot be read
    assert found.ours[-1].path.name == "loftebot.lock"


async def test_it_removes_all_and_finds_nothing_the_second_time(home, configured, services) -> None:
    await lived_in(configured, services)
    count = len(files(configured.data, configured.keys))
    done = run(home, "--slett-alt", stdin="SLETT ALT\n")
    assert done.exit_code == 0, done.output
    assert f"slettet {count} filer" in done.stdout
    assert "BotFather" in done.stdout
    assert not configured.data.exists() and not configured.keys.exists()
    assert (home / "seeds").exists() and (home / "config.toml").exists()
    again = run(home, "--slett-alt")
    assert again.exit_code == 0
    assert again.stdout.startswith("fant ingenting å slette")
    assert not configured.data.exists(), "looking makes nothing"


async def test_what_it_shows_is_what_lies_there(home, configured, services) -> None:
    await lived_in(configured, services)
    before = files(configured.data, configured.keys)
    shown = run(home)
    assert shown.exit_code == 0
    assert "Ingenting er slettet" in shown.stdout
    for path in before:
        assert re.search(rf"(?m) {path.stat().st_size}  {re.escape(str(path))}$", shown.stdout), (
            path
        )
    listed = json.loads(run(home, "--json").stdout)
    assert listed["removed"] is False
    assert {Path(f["path"]) for f in listed["files"]} == before
    assert listed["bytes"] == sum(p.stat().st_size for p in before)
    assert files(configured.data, configured.keys) == before


@pytest.mark.parametrize("typed", ["", "ja\n", "slett alt\n", "SLETT\n", "SLETT ALT nå\n"])
async def test_anything_but_the_words_removes_nothing(home, configured, services, typed) -> None:
    await lived_in(configured, services)
    before = files(configured.data, configured.keys)
    refused = run(home, "--slett-alt", stdin=typed)
    assert refused.exit_code == 1
    assert "ingenting er slettet" in refused.stderr
    assert files(configured.data, configured.keys) == before


def test_there_is_no_way_around_the_question(home: Path) -> None:
    assert run(home, "--slett-alt", "--yes").exit_code == 2


async def test_it_refuses_while_the_bot_runs(home, configured, services) -> None:
    await lived_in(configured, services)
    before = files(configured.data, configured.keys)
    with only_instance(configured.data):
        refused = run(home, "--slett-alt", stdin="SLETT ALT\n")
    assert refused.exit_code == 4
    assert "Stopp den først" in refused.stderr
    assert files(configured.data, configured.keys) == before


async def test_what_it_does_not_know_stays_and_is_told(home, configured, services) -> None:
    await lived_in(configured, services)
    outside = home / "regnskap.sqlite3"
    outside.write_text("1")
    (configured.data / "notater.txt").write_text("x")
    (configured.keys / "andres.key").write_text("x")
    (configured.backups / "mappe").mkdir()
    (configured.backups / "mappe" / "audit.key").write_text("x")  # ours by name, not by place
    link = configured.data / f"{FILE}.corrupt.20261124T120000Z-9"
    link.symlink_to(outside)
    done = run(home, "--slett-alt", "--json", stdin="SLETT ALT\n")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["removed"] is True and said["failed"] == {}
    left = {configured.data / "notater.txt", configured.keys / "andres.key", link}
    assert {Path(each) for each in said["unknown"]} == left | {configured.backups / "mappe"}
    assert files(configured.data, configured.keys) == left | {
        configured.backups / "mappe" / "audit.key"
    }
    assert outside.read_text() == "1"


async def test_a_key_is_overwritten_before_its_name_goes(configured, services) -> None:
    await lived_in(configured, services)
    key = configured.keys / "person-0.key"
    before = key.read_bytes()
    with key.open("rb") as still_open:  # as whoever reads the disk's blocks would
        remove(configured)
        assert still_open.read() != before
    assert not key.exists()


async def test_a_file_that_cannot_go_keeps_none_of_the_others(
    home, configured, services, monkeypatch
) -> None:
    await lived_in(configured, services)
    stubborn = configured.data / "operations.json"
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self == stubborn:
            raise OSError(1, "Operation not permitted", str(self))
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    done = run(home, "--slett-alt", stdin="SLETT ALT\n")
    assert done.exit_code == 1
    assert f"ikke slettet: {stubborn} (Operation not permitted)" in done.stdout
    assert files(configured.data, configured.keys) == {stubborn}
    monkeypatch.undo()
    assert run(home, "--slett-alt", stdin="SLETT ALT\n").exit_code == 0
    assert not configured.data.exists()
