"""The audit of what staff and admins do: rows are added, never changed, and each is chained on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import aiosqlite

from bot.privacy.audit import START, Entry, broken, link, note_head, read_head
from bot.privacy.keys import Keys
from bot.storage.database import Database, StorageError, stamp

_START = "audit_start"
_ALL = "SELECT seq, at, actor, action, detail, rows, link FROM audit ORDER BY seq"


class AuditLog(Database):
    """Adds rows and removes what is older than the audit's own time."""

    async def record_audit(
        self, keys: Keys, at: datetime, actor: str, action: str, detail: str = "", rows: int = 0
    ) -> None:
        """Add a row, to be called before acting: what cannot be recorded must not be done.

        Args:
            keys: With the audit's key, and where its newest row is noted.
            at: Aware.
            actor: A staff member's numeric id, "cli" or "system"; "" where it is nobody of ours.
            action: One word.
            detail: On what; never what a voter wrote.
            rows: How many rows it concerns, where that is known.

        Raises:
            StorageError: If it was not recorded.
        """
        async with self._transaction() as db:
            found = list(
                await db.execute_fetchall("SELECT seq, link FROM audit ORDER BY seq DESC LIMIT 1")
            )
            seq, previous = found[0] if found else await self._audit_start(db)
            mac = link(keys.audit, previous, seq + 1, stamp(at), actor, action, detail, rows)
            await db.execute(
                "INSERT INTO audit (seq, at, actor, action, detail, rows, link)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (seq + 1, stamp(at), actor, action, detail, rows, mac),
            )
        with self._errors():
            note_head(keys.audit_head, seq + 1, mac)

    async def audit(self) -> list[Entry]:
        """Return the rows, oldest first."""
        return [_entry(row) for row in await self._rows(_ALL)]

    async def _purge_audit(self, db: aiosqlite.Connection, before: str) -> int:
        found = list(
            await db.execute_fetchall(
                "SELECT seq, link FROM audit WHERE at < ? ORDER BY seq DESC LIMIT 1", (before,)
            )
        )
        if not found:
            return 0
        seq, mac = found[0]
        # What the first row that stays follows: without it the chain could not be verified.
        await db.execute(
            "INSERT INTO marks (mark, value) VALUES (?, ?)"
            " ON CONFLICT (mark) DO UPDATE SET value = excluded.value",
            (_START, f"{seq} {mac.hex()}"),
        )
        return (await db.execute("DELETE FROM audit WHERE seq <= ?", (seq,))).rowcount

    async def _audit_start(self, db: aiosqlite.Connection) -> tuple[int, bytes]:
        found = list(await db.execute_fetchall("SELECT value FROM marks WHERE mark = ?", (_START,)))
        return _start(found[0][0] if found else None)


def audit_fault(path: Path, keys: Keys) -> tuple[int, str]:
    """Verify the audit of a log, which may be in use.

    Returns:
        How many rows there are, and what is wrong with them: «gap 7», «changed 3» or "".

    Raises:
        StorageError: If the log cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            entries = [_entry(row) for row in db.execute(_ALL)]
            found = db.execute("SELECT value FROM marks WHERE mark = ?", (_START,)).fetchone()
        head = read_head(keys.audit_head)
        first = _start(found[0] if found else None)
    except (sqlite3.Error, OSError, ValueError) as exc:
        raise StorageError(path, "storage_failed", reason=str(exc)) from exc
    return len(entries), broken(keys.audit, entries, first, head)


def _entry(row: tuple[object, ...]) -> Entry:
    seq, at, actor, action, detail, rows, mac = row
    return Entry(
        seq=int(str(seq)),
        at=str(at),
        actor=str(actor),
        action=str(action),
        detail=str(detail),
        rows=int(str(rows)),
        link=mac if isinstance(mac, bytes) else b"",
    )


def _start(value: object) -> tuple[int, bytes]:
    if value is None:
        return 0, START
    seq, mac = str(value).split()
    return int(seq), bytes.fromhex(mac)
