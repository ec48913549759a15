"""The audit of what staff and admins do: rows are added, never changed, and each is chained on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import aiosqlite

from bot.privacy.audit import (
    RESTORED,
    Chain,
    Entry,
    Gap,
    explanation,
    link,
    note_head,
    read_head,
    read_start,
    verify,
    write_start,
)
from bot.privacy.keys import Keys
from bot.storage.database import Database, StorageError, stamp

_START = "audit_start"
_MARK = "SELECT value FROM marks WHERE mark = ?"
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
        assert action != RESTORED, "only `explain_gap` may say so"
        await self._record(keys, at, actor, action, detail, rows)

    async def record_restore(
        self, keys: Keys, at: datetime, actor: str, why: str, noted: int | None = None
    ) -> Gap | None:
        """Add the row that explains which rows the log lacks since a backup took its place.

        Args:
            keys: As above.
            at: Aware.
            actor: "cli" or "system".
            why: The backup's name.
            noted: The newest row's number when the backup took the log's place; None: as noted now,
                nothing having been added since.

        Returns:
            Which rows are missing; None where none is.

        Raises:
            StorageError: If it was not recorded.
        """
        noted = self.noted(keys) if noted is None else noted
        found = await self._rows("SELECT max(seq) FROM audit WHERE seq <= ?", noted)
        note = await self._rows(_MARK, _START)
        start, _ = read_start(keys.audit, str(note[0][0]) if note else None)
        last = int(str(found[0][0] or start))
        missing = Gap(first=last + 1, last=noted) if last < noted else None
        await self.explain_gap(keys, at, actor, why, missing)
        return missing

    async def explain_gap(
        self, keys: Keys, at: datetime, actor: str, why: str, gap: Gap | None
    ) -> None:
        """Add a row that explains a gap. Raises StorageError."""
        detail = explanation(gap, why)
        await self._record(keys, at, actor, RESTORED, detail, len(gap) if gap else 0)

    def noted(self, keys: Keys) -> int:
        """Return the number of the newest row, as noted beside the keys. Raises StorageError."""
        with self._errors():
            try:
                return read_head(keys.audit_head)[0]
            except ValueError as exc:
                raise StorageError(keys.audit_head, "storage_failed", reason=str(exc)) from exc

    async def _record(
        self, keys: Keys, at: datetime, actor: str, action: str, detail: str, rows: int
    ) -> None:
        async with self._transaction() as db:
            found = list(
                await db.execute_fetchall("SELECT seq, link FROM audit ORDER BY seq DESC LIMIT 1")
            )
            last, previous = found[0] if found else await self._audit_start(db, keys)
            # Never a number that was used before: a log that was cut off would look whole again.
            seq = max(last, self.noted(keys)) + 1
            mac = link(keys.audit, previous, seq, stamp(at), actor, action, detail, rows)
            await db.execute(
                "INSERT INTO audit (seq, at, actor, action, detail, rows, link)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (seq, stamp(at), actor, action, detail, rows, mac),
            )
        with self._errors():
            note_head(keys.audit_head, seq, mac)

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
            (_START, write_start(self.cipher.keys.audit, seq, mac)),
        )
        return (await db.execute("DELETE FROM audit WHERE seq <= ?", (seq,))).rowcount

    async def _audit_start(self, db: aiosqlite.Connection, keys: Keys) -> tuple[int, bytes]:
        found = list(await db.execute_fetchall(_MARK, (_START,)))
        return read_start(keys.audit, str(found[0][0]) if found else None)


def verify_audit(path: Path, keys: Keys) -> tuple[int, Chain]:
    """Verify the audit of a log, which may be in use, and return how many rows it has.

    Raises:
        StorageError: If the log cannot be read.
    """
    entries, note = _read(path)
    try:
        head = read_head(keys.audit_head)
    except (OSError, ValueError) as exc:
        raise StorageError(keys.audit_head, "storage_failed", reason=str(exc)) from exc
    return len(entries), verify(keys.audit, entries, read_start(keys.audit, note), head)


def audit_entries(path: Path) -> list[Entry]:
    """Return the rows of a log that may be in use, oldest first, unverified. Raises StorageError."""
    return _read(path)[0]


def audit_fault(path: Path, keys: Keys) -> tuple[int, str]:
    """As `verify_audit`, but only the fault: «gap 7», «changed 3» or ""."""
    count, chain = verify_audit(path, keys)
    return count, chain.fault


def _read(path: Path) -> tuple[list[Entry], str | None]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            entries = [_entry(row) for row in db.execute(_ALL)]
            found = db.execute(_MARK, (_START,)).fetchone()
            return entries, str(found[0]) if found else None
    except (sqlite3.Error, OSError, ValueError) as exc:
        raise StorageError(path, "storage_failed", reason=str(exc)) from exc


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
