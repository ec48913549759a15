"""The question log. The only module that knows SQL.

One connection writes; it is opened in the event loop that uses it. Errors are ``StorageError``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import aiosqlite

from bot.answering import Answer
from bot.callback_data import Verdict
from bot.migrations import MIGRATIONS

FILE = "loftebot.sqlite3"
_BUSY_MS = 5000  # how long to wait for another process (`loftebot chat` beside `run`)


class StorageError(Exception):
    """The log cannot be used. ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, fault: str, **values: object) -> None:
        self.path, self.fault, self.values = path, fault, values
        super().__init__(f"{path}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAnswer:
    """An answer as the log holds it.

    Attributes:
        asked_at: In UTC, whole seconds.
        pledge_ids: Of the quotes shown, best first.
        verdict: None where nobody voted.
    """

    id: str
    question: str
    asked_at: datetime
    channel: str
    outcome: str
    reason: str
    municipality: str | None
    language: str
    fixed: str
    fingerprint: str
    evidence: Mapping[str, object]
    pledge_ids: tuple[str, ...]
    verdict: Verdict | None


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return WAL where SQLite is free of the WAL-reset corruption bug, else DELETE.

    Fixed in 3.51.3 and in the backports 3.50.7 and 3.44.6 (sqlite.org/wal.html, «WAL-reset bug»).
    """
    fixed = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )
    return "WAL" if fixed else "DELETE"


class Storage:
    """The log in one file; an asynchronous context manager that opens and closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: aiosqlite.Connection | None = None
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Create the file where it is missing, and bring its schema up to date.

        Raises:
            StorageError: If it cannot be used, or its schema is newer than this program's.
        """
        with self._errors():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            # isolation_level=None: sqlite3 opens no transactions of its own; `_transaction` does.
            self._connection = await aiosqlite.connect(self.path, isolation_level=None)
        try:
            await self._prepare()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the file; a closed log refuses all else with a StorageError."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with self._errors():
                await connection.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    # ---- what is logged

    async def record_answer(self, answer: Answer, channel: str, asked_at: datetime) -> str:
        """Store an answer and the pledges it showed.

        ``asked_at`` is aware; it is stored in UTC to the second. Of a message that sounds like
        acute need only that there was one: not its words, nor the evidence, which repeats some.

        Returns:
            The answer's id: 128 random bits in 22 URL-safe characters.

        Raises:
            StorageError: If nothing was stored.
        """
        answer_id = secrets.token_urlsafe(16)
        question, evidence = ("", {}) if answer.is_crisis else (answer.question, answer.evidence)
        row = (
            answer_id,
            _clean(question),
            _stamp(asked_at),
            channel,
            answer.outcome.value,
            answer.reason.value,
            answer.municipality,
            answer.language,
            answer.fixed,
            answer.fingerprint,
            _clean(json.dumps(dict(evidence), ensure_ascii=False, default=str)),
        )
        quotes = [(answer_id, i, hit.pledge.id) for i, hit in enumerate(answer.hits, 1)]
        async with self._transaction() as db:
            await db.execute(
                "INSERT INTO answers (id, question, asked_at, channel, outcome, reason,"
                " municipality, language, fixed, fingerprint, evidence)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            await db.executemany(
                "INSERT INTO answer_quotes (answer_id, rank, pledge_id) VALUES (?, ?, ?)", quotes
            )
        return answer_id

    async def record_vote(self, answer_id: str, verdict: Verdict, voted_at: datetime) -> bool:
        """Store a vote; a later vote on the same answer replaces it.

        Returns:
            False, and nothing stored, where there is no such answer (any more).

        Raises:
            StorageError: If it could not be stored.
        """
        async with self._transaction() as db:
            cursor = await db.execute(
                "INSERT INTO votes (answer_id, verdict, voted_at)"
                " SELECT id, ?, ? FROM answers WHERE id = ?"
                " ON CONFLICT (answer_id) DO UPDATE"
                " SET verdict = excluded.verdict, voted_at = excluded.voted_at",
                (verdict.value, _stamp(voted_at), answer_id),
            )
            return cursor.rowcount == 1

    # ---- what was logged

    async def answer_count(self) -> int:
        """Return how many answers the log holds."""
        [(count,)] = await self._rows("SELECT count(*) FROM answers")
        return int(str(count))

    async def answers(self) -> list[LoggedAnswer]:
        """Return every answer of the log, oldest first."""
        ids = await self._rows("SELECT id FROM answers ORDER BY asked_at, id")
        found = [await self.answer(str(answer_id)) for (answer_id,) in ids]
        return [answer for answer in found if answer is not None]

    async def answer(self, answer_id: str) -> LoggedAnswer | None:
        """Return one answer, or None where the log has none of that id."""
        rows = await self._rows(
            "SELECT question, asked_at, channel, outcome, reason, municipality, language, fixed,"
            " fingerprint, evidence, verdict"
            " FROM answers LEFT JOIN votes ON answer_id = id WHERE id = ?",
            answer_id,
        )
        if not rows:
            return None
        quotes = await self._rows(
            "SELECT pledge_id FROM answer_quotes WHERE answer_id = ? ORDER BY rank", answer_id
        )
        question, asked_at, channel, outcome, reason, place, *rest = rows[0]
        language, fixed, version, why, verdict = rest
        return LoggedAnswer(
            id=answer_id,
            question=str(question),
            asked_at=datetime.fromisoformat(str(asked_at)),
            channel=str(channel),
            outcome=str(outcome),
            reason=str(reason),
            municipality=None if place is None else str(place),
            language=str(language),
            fixed=str(fixed),
            fingerprint=str(version),
            evidence=json.loads(str(why)),
            pledge_ids=tuple(str(pledge_id) for (pledge_id,) in quotes),
            verdict=None if verdict is None else Verdict(str(verdict)),
        )

    # ---- the connection

    @property
    def _db(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise StorageError(self.path, "storage_failed", reason="closed")
        return self._connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            raise StorageError(self.path, "storage_failed", reason=str(exc)) from exc

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        # One connection serves every handler, and SQLite's transaction belongs to the connection:
        # without the lock one handler's rollback discards another's insert.
        async with self._lock:
            db = self._db
            with self._errors():
                try:
                    # Inside the try: a handler cancelled here has still begun, in SQLite's thread.
                    await db.execute("BEGIN IMMEDIATE")
                    yield db
                    await db.execute("COMMIT")
                except BaseException:
                    await db.rollback()  # does nothing where nothing was begun
                    raise

    async def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        # Under the lock: a read between another handler's BEGIN and COMMIT would see half of it.
        async with self._lock:
            with self._errors():
                return [tuple(row) for row in await self._db.execute_fetchall(sql, values)]

    async def _prepare(self) -> None:
        # The version first: a file of a newer program must not be touched, not even by a pragma.
        await self._version()
        mode = journal_mode(sqlite3.sqlite_version_info)
        with self._errors():
            for pragma in (
                f"busy_timeout = {_BUSY_MS}",
                f"journal_mode = {mode}",
                "synchronous = FULL",
                "foreign_keys = ON",
                "secure_delete = ON",  # what is deleted must not stay readable in the file
            ):
                await self._db.execute(f"PRAGMA {pragma}")
        done = False
        while not done:
            async with self._transaction() as db:
                # Read inside the transaction: two processes may be starting at once.
                version = await self._version()
                done = version == len(MIGRATIONS)
                if not done:
                    for statement in MIGRATIONS[version]:
                        await db.execute(statement)
                    await db.execute(f"PRAGMA user_version = {version + 1}")

    async def _version(self) -> int:
        with self._errors():
            [row] = await self._db.execute_fetchall("PRAGMA user_version")
        version = int(row[0])
        if version > len(MIGRATIONS):
            raise StorageError(self.path, "storage_newer", found=version, known=len(MIGRATIONS))
        return version


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _clean(text: str) -> str:
    """Replace lone surrogates, which Telegram can send and SQLite's UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
