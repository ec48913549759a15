"""docs/drift.md and deploy/ against the code: what is there is described, and what is described is there."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from bot import config
from bot.cli import _COMMANDS
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "loftebot.service").read_text(encoding="utf-8")


def table(heading: str) -> set[str]:
    """Return what stands between ` in the first column of the table under a heading."""
    section = re.search(rf"(?ms)^## {heading}\n(.*?)(?=^## |\Z)", GUIDE)
    assert section, f"no section {heading}"
    found = re.findall(r"(?m)^\| `([^`]+)` \|", section[1])
    assert found, f"no table under {heading}"
    assert len(found) == len(set(found))
    return set(found)


def sources() -> list[Path]:
    found = [p for p in (ROOT / "bot").rglob("*.py") if "__pycache__" not in p.parts]
    assert len(found) > 20, "fix this test"
    return found


def test_every_command_is_described_and_no_other() -> None:
    assert table("Kommandoer") == {f"loftebot {name}" for name in _COMMANDS}


def test_every_setting_is_described_and_no_other() -> None:
    groups = [
        getattr(config, n)
        for n in ("_NUMBERS", "_TEXTS", "_FLAGS", "_LISTS", "_TEXT_LISTS", "_CHOICES")
    ]
    assert table("Innstillinger") == {key for group in groups for key in group}


def test_every_environment_variable_is_described_and_no_other() -> None:
    used = {
        name
        for path in sources()
        for name in re.findall(
            r'"(LOFTEBOT_[A-Z_]+|TELEGRAM_BOT_TOKEN|NOTIFY_SOCKET)"', path.read_text("utf-8")
        )
    }
    assert table("Miljøvariabler") == used


def exit_codes() -> set[int]:
    """Return what is given to fail(), _fail() and SystemExit(), by name or number."""
    codes = {0}
    for path in sources():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "SystemExit":
                given = node.args[:1]
            elif node.func.id in ("fail", "_fail"):
                given = node.args[1:2]
            else:
                continue
            for argument in given:
                for value in ast.walk(argument):
                    if isinstance(value, ast.Constant) and isinstance(value.value, int):
                        codes.add(int(value.value))
                    elif isinstance(value, ast.Name) and value.id.isupper():
                        codes.add(getattr(import_module(module), value.id))
    return codes | {1}  # what fail() leaves with by itself


def test_every_exit_code_is_described_and_no_other() -> None:
    found = exit_codes()
    assert {0, 1, 2, 3, 4, 5} <= found
    assert {int(code) for code in table("Sluttkoder")} == found


def test_every_alert_that_points_at_the_guide_has_a_runbook() -> None:
    for heading in (
        "Disken er full", "Loggen er skadet", "Loggen er låst", "To instanser", "Svarene er trege",
        "Tokenet er lekket", "Nøklene skal byttes", "Avvik", "Boten starter om", "Klokken er feil",
        "Hente tilbake",
    ):  # fmt: skip
        assert re.search(rf"(?m)^### {heading}", GUIDE), heading
    assert "72 timer" in GUIDE


def test_the_commands_that_the_guide_shows_exist() -> None:
    shown = set(re.findall(r"(?m)(?:^ {4}|`|/bin/|&& )loftebot ([a-z][a-z-]*)", GUIDE))
    assert len(shown) > 5
    assert shown <= _COMMANDS.keys()


def test_the_files_that_the_guide_names_exist() -> None:
    named = set(re.findall(r"deploy/[\w.]+", GUIDE)) - {"deploy/token"}
    assert {"deploy/loftebot.service", "deploy/compose.yaml"} <= named
    for name in named:
        assert (ROOT / name).exists(), name


# ---- deploy/


def test_the_unit_sets_only_variables_that_are_read() -> None:
    # Beside ours: what Python reads, and matplotlib.
    known = table("Miljøvariabler") | {"PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR"}
    used = set(re.findall(r"(?m)^Environment=(\w+)=", UNIT))
    assert used
    assert used <= known
    assert "TELEGRAM_BOT_TOKEN" not in UNIT


def test_the_unit_does_not_try_again_what_a_human_must_mend() -> None:
    assert "\nRestartPreventExitStatus=2 3 5\n" in UNIT


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_is_well_closed() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", "deploy/loftebot.service"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    score = re.search(r"Overall exposure level for loftebot.service: ([\d.]+)", done.stdout)
    assert score, done.stderr
    assert float(score[1]) <= 1.5


def test_the_container_is_closed_too() -> None:
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    for line in (
        "read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]',
        "mem_limit: 1g", "pids_limit: 64", "stop_grace_period: 30s", "secrets: [token]",
    ):  # fmt: skip
        assert line in compose
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"(?m)^USER 10001:10001$", image)
    assert "--require-hashes -r requirements.lock" in image
    assert "TELEGRAM_BOT_TOKEN" not in image + compose
    used = set(re.findall(r"LOFTEBOT_[A-Z_]+", image))
    assert used
    assert used <= table("Miljøvariabler")


def test_nothing_secret_is_sent_to_the_image_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines, "everything is left out first"
    assert not {"data", "keys", "backups", ".env", "deploy", ".git"} & set(allowed)
    copied = re.findall(
        r"(?m)^COPY (?!--from)(.+) \S+$", (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    )
    needed = {name for line in copied for name in line.split()}
    assert needed
    assert needed <= set(allowed)
