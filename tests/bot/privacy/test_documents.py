"""What is written about privacy is true of the code."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from bot.privacy.crypto import FieldCipher
from bot.privacy.retention import AUDIT
from bot.storage import FILE, Storage
from bot.storage.rights import BACKUP_DAYS
from tests.conftest import ROOT

DOCS = ROOT / "docs"
NAMES = ("personvern.md", "dpia.md", "behandlingsprotokoll.md")


async def schema(path: Path, cipher: FieldCipher) -> dict[str, list[str]]:
    async with Storage(path, cipher):
        pass
    with closing(sqlite3.connect(path)) as db:
        tables = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            table: [c for (c,) in db.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))]
            for table in tables
        }


def described() -> dict[str, list[str]]:
    text = (DOCS / "personvern.md").read_text(encoding="utf-8").split("\n## Kolonnene\n")[1]
    found: dict[str, list[str]] = {}
    for block in text.split("\n### ")[1:]:
        table = block.split(":")[0]
        found[table] = re.findall(r"^\| `(\w+)` \| \S", block, re.MULTILINE)
    return found


async def test_every_column_is_described_and_every_description_is_of_a_column(
    tmp_path: Path, cipher: FieldCipher
) -> None:
    live = await schema(tmp_path / FILE, cipher)
    assert len(live) >= 8, "no schema found: fix this test"
    assert {t: sorted(c) for t, c in described().items()} == {t: sorted(c) for t, c in live.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_documents_carry_the_version(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Versjon {project['version']} ·" in (DOCS / name).read_text(encoding="utf-8")


def test_the_periods_are_those_of_the_code() -> None:
    text = (DOCS / "personvern.md").read_text(encoding="utf-8")
    config = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    assert f"standard {config['storage']['retention_days']})" in text
    assert f"{AUDIT.days} dager. Id-en til slettede svar: {BACKUP_DAYS} dager" in text
    assert f"`{config['privacy']['logging']}` (standard)" in text
