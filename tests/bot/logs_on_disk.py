"""Question logs made without the bot: of any schema, with rows, damaged."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.migrations import MIGRATIONS

LATEST = len(MIGRATIONS)


def connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    # Migrations call these; storage defines them. Here nothing is sealed.
    db.create_function("seal_question", 2, lambda row, text: text.encode())
    db.create_function("seal_evidence", 3, lambda row, question, text: text.encode())
    return db


def make_log(path: Path, answers: int = 0, version: int = LATEST, words: str = "ord") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(path)) as db:
        db.execute("BEGIN")
        for step in MIGRATIONS[:version]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
        add_answers(db, answers, words=words)
        db.execute("COMMIT")
    path.chmod(0o600)
    return path


def add_answers(db: sqlite3.Connection, count: int, first: int = 0, words: str = "ord") -> None:
    """Add answers with one quote each, by whatever columns this schema has."""
    columns = db.execute("PRAGMA table_info(answers)").fetchall()
    values = {"id": None, "asked_at": "2026-01-31T12:00:00+00:00", "asked_on": "2026-01-31"}
    for number in range(first, first + count):
        row = {}
        for _, name, kind, required, default, _ in columns:
            if name == "id":
                row[name] = f"answer-{number:06}"
            elif name in values:
                row[name] = values[name]
            elif required and default is None:
                text = "{}" if name == "evidence" else f"{words} {number} " * 8
                row[name] = text.encode() if kind == "BLOB" else text
        marks = ", ".join("?" * len(row))
        db.execute(f"INSERT INTO answers ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        db.execute("INSERT INTO answer_quotes VALUES (?, 1, 'p')", (row["id"],))


def count(path: Path, table: str = "answers") -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA integrity_check").fetchone()[0]


def scribble(path: Path, size: int = 500_000, at: int = 0) -> None:
    """Write random bytes over the file, as a dying disk would."""
    noise = random.Random(7).randbytes(min(size, path.stat().st_size - at))
    with path.open("r+b") as file:
        file.seek(at)
        file.write(noise)
