"""`loftebot review`: who is staff, from the command line, and the pages without the bot."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from bot import weblinks
from bot.cli import cli
from bot.storage import FILE
from tests.conftest import ROOT, copy_corpus, make_keys, write_config

LINK = re.compile(r"http://localhost:8765/logg-inn\?nokkel=[\w-]{43}\n")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_corpus(tmp_path_factory.mktemp("review") / "seeds")


@pytest.fixture
def folder(tmp_path: Path, seeds: Path) -> Path:
    """Return a folder with settings, keys and a log that the bot has made."""
    write_config(tmp_path)
    make_keys(tmp_path / "keys")
    run(tmp_path, seeds, "chat", stdin="/avslutt\n")
    assert (tmp_path / "data" / FILE).exists()
    return tmp_path


def run(folder: Path, seeds: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner(env={"LOFTEBOT_SEEDS": str(seeds)}).invoke(
        cli, ["--config", str(folder / "config.toml"), *arguments], input=stdin
    )


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "data" / FILE)) as db:
        return db.execute(sql).fetchall()


def test_a_member_is_invited_listed_and_removed(folder, seeds) -> None:
    invited = run(folder, seeds, "review", "invite", "ny", "--role", "reviewer", "-m", "Asker")
    assert invited.exit_code == 0
    assert LINK.fullmatch(invited.stdout)  # alone, so that it can be piped on
    listed = run(folder, seeds, "review", "staff", "--json")
    assert json.loads(listed.stdout) == [
        {
            "name": "77",
            "role": "admin",
            "municipality": None,
            "telegram_id": 77,
            "source": "settings",
        },
        {
            "name": "ny",
            "role": "reviewer",
            "municipality": "Asker",
            "telegram_id": None,
            "source": "log",
        },
    ]
    assert "ny" in run(folder, seeds, "review", "staff").stdout
    assert run(folder, seeds, "review", "remove", "ny").exit_code == 0
    assert rows(folder, "SELECT count(*) FROM logins") == [(0,)]
    again = run(folder, seeds, "review", "remove", "ny")
    assert again.exit_code == 1
    assert "ny" in again.stderr
    done = rows(folder, "SELECT actor, action FROM audit ORDER BY seq")
    assert done == [
        ("cli", name) for name in ("role_given", "invite", "staff", "staff", "role_removed")
    ]
    assert run(folder, seeds, "verify-audit").exit_code == 0


def test_a_second_link_needs_no_role_and_ends_the_first(folder, seeds) -> None:
    first = run(folder, seeds, "review", "invite", "ny", "--role", "admin").stdout
    second = run(folder, seeds, "review", "invite", "ny").stdout
    assert LINK.fullmatch(second)
    assert first != second
    assert rows(folder, "SELECT count(*) FROM logins") == [(1,)]
    assert LINK.fullmatch(run(folder, seeds, "review", "invite", "77").stdout)  # of the settings


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ny"], "--role admin"),
        (["ny", "--role", "owner"], "owner"),
        (["ny", "--role", "reviewer", "-m", "Atlantis"], "Asker, Bærum, Lørenskog"),
        (["ny", "--role", "admin", "-m", "Asker"], "--role reviewer"),
        (["ny", "-m", "Asker"], "--role reviewer"),
        (["", "--role", "admin"], "1 til 60 tegn"),
        (["a" * 61, "--role", "admin"], "1 til 60 tegn"),
        (["123", "--role", "admin"], "bare tall"),
        (["77", "--role", "admin"], "telegram.admins"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(
    folder, seeds, arguments: list[str], words: str
) -> None:
    result = run(folder, seeds, "review", "invite", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr.splitlines()[-1]
    assert (
        rows(folder, "SELECT count(*) FROM staff")
        == rows(folder, "SELECT count(*) FROM audit")
        == [(0,)]
    )


def test_what_the_settings_say_is_not_removed_here(folder, seeds) -> None:
    result = run(folder, seeds, "review", "remove", "77")
    assert result.exit_code == 2
    assert "telegram.admins" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["staff"], ["invite", "ny", "--role", "admin"], ["remove", "ny"], []]
)
def test_a_mistyped_folder_does_not_become_an_empty_log(
    tmp_path, seeds, arguments: list[str]
) -> None:
    write_config(tmp_path)
    make_keys(tmp_path / "keys")
    result = run(tmp_path, seeds, "review", *arguments)
    assert result.exit_code == 1
    assert FILE in result.stderr
    assert not (tmp_path / "data" / FILE).exists()


def test_check_says_where_the_pages_will_be(folder, seeds) -> None:
    assert "slått av" in run(folder, seeds, "check").stdout
    config = folder / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace("enabled = false", "enabled = true"), "utf-8"
    )
    assert "nettsider       http://localhost:8765" in run(folder, seeds, "check").stdout


@pytest.mark.parametrize("command", ["review", "run", "check"])
def test_a_missing_package_is_named_before_anything_takes_time(
    folder, seeds, monkeypatch, command: str
) -> None:
    monkeypatch.setattr(weblinks, "_PACKAGES", ("jinja2", "not_there"))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "42:TEST-secret")
    config = folder / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace("enabled = false", "enabled = true"), "utf-8"
    )
    result = run(folder, seeds, command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "not_there" in result.stderr
    assert "loftebot[review]" in result.stderr


def served(folder: Path, seeds: Path, port: int) -> subprocess.Popen[str]:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("port = 8765", f"port = {port}"), "utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "--config", str(config), "review"],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "LOFTEBOT_SEEDS": str(seeds)},
    )  # fmt: skip


def test_the_pages_are_served_alone_until_stopped_and_by_one_process(folder, seeds) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = served(folder, seeds, port)
    try:
        assert f"http://localhost:{port}" in process.stdout.readline()
        # Invited while they are served, as beside a bot that runs.
        link = run(folder, seeds, "review", "invite", "ny", "--role", "admin").stdout.strip()
        with httpx.Client() as client:
            token = link.rpartition("=")[2]
            answer = client.post(
                f"http://localhost:{port}/logg-inn",
                data={"nokkel": token},
                headers={"origin": f"http://localhost:{port}"},
            )
            assert answer.status_code == 303
            cookie = answer.headers["set-cookie"].split(";")[0]
            page = client.get(f"http://localhost:{port}/programmer", headers={"cookie": cookie})
            assert page.status_code == 200
        second = run(folder, seeds, "review")
        assert second.exit_code == 4
        assert "review.enabled" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        _, said = process.communicate()
    assert token not in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_one_line(folder, seeds) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = served(folder, seeds, other.getsockname()[1])
        out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert "review.port" in said.splitlines()[-1]
    assert "Traceback" not in said
