from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.config import ConfigError, load_settings
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.storage import FILE, Storage
from tests.conftest import copy_corpus, make_keys, write_config


@pytest.fixture
def home(tmp_path: Path) -> Path:
    copy_corpus(tmp_path / "seeds")
    write_config(tmp_path)
    return tmp_path


def run(home: Path, *arguments: str, stdin: str = "", **environ: str) -> Result:
    clean = {name: None for name in os.environ if name.startswith(("LOFTEBOT_", "TELEGRAM_"))}
    return CliRunner().invoke(
        cli, ["--config", str(home / "config.toml"), *arguments], input=stdin, env=clean | environ
    )


def test_init_makes_keys_once_and_says_to_keep_them_apart(home: Path) -> None:
    done = run(home, "keys", "init")
    assert done.exit_code == 0, done.output
    assert "et annet sted" in done.stdout
    before = {f.name: f.read_bytes() for f in (home / "keys").iterdir()}
    again = run(home, "keys", "init")
    assert again.exit_code == 2
    assert "De er ikke rørt" in again.stderr
    assert {f.name: f.read_bytes() for f in (home / "keys").iterdir()} == before


def test_the_environment_says_where_and_never_among_the_data(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert run(home, "keys", "init", LOFTEBOT_KEYS=str(elsewhere)).exit_code == 0
    assert (elsewhere / "person-0.key").exists()
    among = run(home, "keys", "init", LOFTEBOT_KEYS=str(home / "data" / "keys"))
    assert (among.exit_code, len(among.stderr.splitlines())) == (2, 1)
    assert "datamappen" in among.stderr
    assert not (home / "data" / "keys").exists()


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda home: None, "loftebot keys init"),
        (
            lambda home: os.chmod(make_keys(home / "keys").directory / "audit.key", 0o644),
            "chmod 0600",
        ),
        (lambda home: os.chmod(make_keys(home / "keys").directory, 0o750), "chmod 0700"),
    ],
    ids=["no keys", "a key that others may read", "a directory that others may list"],
)
def test_the_bot_does_not_start_without_good_keys(home: Path, prepare, words: str) -> None:
    prepare(home)
    refused = run(home, "run", TELEGRAM_BOT_TOKEN="42:TEST-secret")
    assert refused.exit_code == 2, refused.output
    [line] = refused.stderr.strip().splitlines()
    assert words in line
    assert not (home / "data" / FILE).exists()


def test_chat_makes_its_own_keys_beside_the_data_and_says_so(home: Path) -> None:
    done = run(home, "chat", stdin="/slutt\n")
    assert done.exit_code == 0, done.output
    assert f"(Laget nøkler til spørsmålsloggen i {home / 'keys'}.)" in done.stdout
    assert (home / "keys").stat().st_mode & 0o777 == 0o700
    assert "Laget nøkler" not in run(home, "chat", stdin="/slutt\n").stdout


def test_chat_makes_none_among_the_data(home: Path) -> None:
    refused = run(home, "chat", LOFTEBOT_KEYS=str(home / "data"))
    assert refused.exit_code == 2
    assert not list((home / "data").glob("*.key")) if (home / "data").exists() else True


def test_rotating_is_audited_and_the_audit_verifies_until_someone_touches_it(home: Path) -> None:
    keys = make_keys(home / "keys")
    path = home / "data" / FILE

    async def one() -> None:
        async with Storage(path, FieldCipher(keys)) as storage:
            await storage.record_audit(keys, datetime.now(tz=UTC), "77", "reload")

    asyncio.run(one())
    assert run(home, "keys", "rotate").exit_code == 0
    assert len(Keys.open(home / "keys", home / "data").persons()) == 2
    whole = run(home, "verify-audit")
    assert (whole.exit_code, whole.stdout) == (0, "revisjonssporet er helt: 2 rader\n")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM audit WHERE seq = 2")
    broken = run(home, "verify-audit")
    assert broken.exit_code == 1
    assert "rad 2 i revisjonssporet mangler" in broken.stderr


def audited(home: Path, keys: Keys, *actions: str) -> None:
    async def add() -> None:
        async with Storage(home / "data" / FILE, FieldCipher(keys)) as storage:
            for action in actions:
                await storage.record_audit(keys, datetime.now(tz=UTC), "77", action)

    asyncio.run(add())


def test_a_restore_is_no_tampering_and_says_what_is_missing(home: Path) -> None:
    keys = make_keys(home / "keys")
    audited(home, keys, "reload")
    assert run(home, "backup").exit_code == 0
    audited(home, keys, "export", "search")
    [made] = (home / "data" / "backups").glob("*.sqlite3")
    done = run(home, "restore", str(made), "--yes")
    assert done.exit_code == 0, done.output
    assert "revisjonssporet mangler rad 2 til 3" in done.stdout
    whole = run(home, "verify-audit")
    assert whole.exit_code == 0, whole.output
    assert whole.stdout.splitlines() == [
        "revisjonssporet er helt: 2 rader",
        "hull etter gjenoppretting, godtatt: rad 2 til 3 mangler",
    ]


def test_a_copy_put_in_by_hand_is_a_fault_until_someone_with_the_keys_accepts_it(
    home: Path,
) -> None:
    keys = make_keys(home / "keys")
    path = home / "data" / FILE
    audited(home, keys, "reload")
    older = path.read_bytes()
    audited(home, keys, "export", "search")
    path.write_bytes(older)
    refused = run(home, "verify-audit")
    assert refused.exit_code == 1
    assert "rad 2 i revisjonssporet mangler" in refused.stderr
    assert "--accept-gap" in refused.stderr
    accepted = run(home, "verify-audit", "--accept-gap")
    assert accepted.exit_code == 0, accepted.output
    assert "godtatt: rad 2 til 3 mangler" in accepted.stdout
    assert run(home, "verify-audit", "--accept-gap").stdout == accepted.stdout  # nothing to add


def test_a_changed_row_cannot_be_accepted(home: Path) -> None:
    keys = make_keys(home / "keys")
    audited(home, keys, "reload", "export")
    with closing(sqlite3.connect(home / "data" / FILE)) as db, db:
        db.execute("DELETE FROM audit WHERE seq = 1")
    before = (home / "data" / FILE).read_bytes()
    refused = run(home, "verify-audit", "--accept-gap")
    assert refused.exit_code == 1
    assert "--accept-gap" not in refused.stderr
    assert (home / "data" / FILE).read_bytes() == before


def test_a_restore_without_the_keys_says_what_is_left_to_do(home: Path) -> None:
    keys = make_keys(home / "keys")
    audited(home, keys, "reload")
    assert run(home, "backup").exit_code == 0
    [made] = (home / "data" / "backups").glob("*.sqlite3")
    (home / "keys").rename(home / "keys-away")
    done = run(home, "restore", str(made), "--yes")
    assert done.exit_code == 0, done.output
    assert "verify-audit --accept-gap" in done.stdout


def test_without_a_log_there_is_nothing_to_verify(home: Path) -> None:
    make_keys(home / "keys")
    assert run(home, "verify-audit").exit_code == 1


@pytest.mark.parametrize("mode", ["avidentifisert", "samtykke", "av"])
def test_every_logging_mode_is_a_setting(tmp_path: Path, mode: str) -> None:
    settings = load_settings(write_config(tmp_path, logging=f'"{mode}"'), {})
    assert settings.logging == mode
    assert settings.keys == tmp_path / "keys"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"logging": '"alt"'}, "not_choice"),
        ({"logging": "true"}, "not_choice"),
        ({"logging": "[]"}, "not_choice"),
        ({"keys": '""'}, "empty"),
        ({"keys": "3"}, "not_text"),
        ({"retention_days": "181"}, "out_of_range"),
        ({"retention_days": "0"}, "out_of_range"),
    ],
)
def test_a_setting_that_breaks_the_rule_is_refused(tmp_path: Path, values, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write_config(tmp_path, **values), {})
    assert caught.value.fault == fault
