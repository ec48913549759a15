"""The connection: opening, transactions, the schema's version, and sealing of fields."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiosqlite

from bot.migrations import MIGRATIONS
from bot.privacy.crypto import CipherError, FieldCipher
from bot.privacy.keys import KeyFault
from bot.privacy.redaction import redact, redact_evidence
from bot.storage_maintenance import copy_while_writing

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

FILE = "loftebot.sqlite3"
_BUSY_MS = 5000  # how long to wait for another process (`loftebot chat` beside `run`)
_BUSY_TRIES = 12  # so often: a minute in all, cut up so that the program can be stopped meanwhile


class StorageError(Exception):
    """The log cannot be used. ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, fault: str, **values: object) -> None:
        self.path, self.fault, self.values = path, fault, values
        super().__init__(f"{path}: {fault} {values}")


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


class Database:
    """The file, open in one loop. ``cipher`` seals what voters wrote; nothing is stored without."""

    def __init__(self, path: Path, cipher: FieldCipher) -> None:
        self.path = path
        self.cipher = cipher
        self._connection: _Connection | None = None
        self._writer: sqlite3.Connection | None = None  # what `_connection` wraps
        self._lock = asyncio.Lock()
        self._copying = threading.Lock()  # a copy is being made, or the file is written anew
        self._stale = False
        self._works: list[_Work] = []  # to be done in the next transaction of `_write_all`
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Create the file where it is missing, and bring its schema up to date.

        Raises:
            StorageError: If it cannot be used, or its schema is newer than this program's.
        """
        with self._errors():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.path.exists():  # a newer program's file must keep even its time
                self.path.touch(mode=0o600)
            # Not awaited in one: what awaits it is typed as aiosqlite's own class.
            connection = _Connection(self._connect, 64)
            await connection
            self._connection = connection
        try:
            await self._prepare()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the file; a closed log refuses all else with a StorageError.

        What was erased is wiped before, where that can be done.
        """
        if self._writing is not None and not self._writing.done():
            self._writing.cancel()
            await asyncio.wait([self._writing])
        works, self._works = self._works, []
        for work in works:
            work.tell(self._closed())
        if self._stale and self._connection is not None:
            try:
                await self.wipe()
            except StorageError as exc:
                logger.warning("log not wiped: %s", exc.values.get("reason"))
        connection, self._connection, self._writer = self._connection, None, None
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

    # ---- sealed fields

    def _seal(self, field: str, row: str, text: str) -> bytes:
        # A blob opens only in its own row and column: two rows' texts cannot be exchanged.
        return self.cipher.seal(clean(text).encode(), f"{field}|{row}".encode())

    def _unseal(self, field: str, row: str, blob: object) -> str | None:
        """Return the text, or None, and a line in the log, where the blob does not open."""
        try:
            return self.cipher.open(
                blob if isinstance(blob, bytes) else b"", f"{field}|{row}".encode()
            ).decode()
        except (CipherError, KeyFault) as exc:
            # Not the whole id: who knows it may vote on the answer.
            logger.error("row not readable %s=%s…: %s", field, row[:6], exc)  # noqa: TRY400
            return None

    # ---- the connection

    def copy_to(self, target: Path) -> None:
        """Copy the log, while it is written to, into a file that is empty or missing.

        Blocks: call it in a worker thread. A transaction waits for one step, some milliseconds.

        Raises:
            StorageError: If the log is closed.
            sqlite3.Error, OSError: If there is no whole copy.
        """
        writer = self._writer
        if writer is None:
            raise self._closed()
        with self._copying:
            copy_while_writing(writer, target, lambda: self._writer is writer)

    def _connect(self) -> sqlite3.Connection:
        # isolation_level=None: sqlite3 opens no transactions of its own; `_transaction` does.
        # Other threads than aiosqlite's: `copy_to`, and SQLite's own lock keeps them apart.
        self._writer = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=sqlite3.threadsafety < 3
        )
        return self._writer

    @property
    def _db(self) -> _Connection:
        if self._connection is None:
            raise self._closed()
        return self._connection

    def _closed(self) -> StorageError:
        return StorageError(self.path, "storage_failed", reason="closed")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            raise StorageError(self.path, "storage_failed", reason=str(exc)) from exc
        except KeyFault as exc:
            raise StorageError(exc.path, exc.fault, **exc.values) from exc

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        # One connection serves every handler, and SQLite's transaction belongs to the connection:
        # without the lock one handler's rollback discards another's insert.
        async with self._lock:
            db = self._db
            with self._errors():
                try:
                    # Inside the try: a handler cancelled here has still begun, in SQLite's thread.
                    await _patiently(lambda: db.execute("BEGIN IMMEDIATE"))
                    yield db
                    await _patiently(lambda: db.execute("COMMIT"))
                except BaseException:
                    await db.rollback()  # does nothing where nothing was begun
                    raise

    async def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do ``work`` in a transaction and return its result once that is on disk.

        For what every message needs. Works that come while a transaction runs are done in the next
        one, all of them: on a slow disk what counts is how often it is waited for. One that fails is
        undone alone. Where the caller is cancelled, the work may be stored all the same.

        Args:
            work: Executes statements in SQLite's thread. It is done anew where another process held
                up the transaction.

        Raises:
            StorageError: If nothing of it was stored.
        """
        mine = _Work(work, asyncio.get_running_loop().create_future())
        self._works.append(mine)
        if self._writing is None or self._writing.done():
            # A task of its own: one caller's end must not be the others'.
            self._writing = asyncio.create_task(self._write_all())
        with self._errors():
            result: _T = await mine.written
        return result

    async def _write_all(self) -> None:
        while self._works:
            async with self._lock:
                batch, self._works = self._works, []
                try:
                    outcomes = await self._write_batch(batch)
                except Exception as exc:  # noqa: BLE001  # whatever it is: theirs who wait
                    outcomes = [exc] * len(batch)
                except asyncio.CancelledError:  # by `close`
                    for work in batch:
                        work.tell(self._closed())
                    raise
                for work, outcome in zip(batch, outcomes, strict=True):
                    work.tell(outcome)

    async def _write_batch(self, batch: Sequence[_Work]) -> list[object]:
        db = self._db
        try:
            outcomes, committed = await _patiently(lambda: db.run(partial(_transact, batch)))
            if not committed:
                await _patiently(lambda: db.execute("COMMIT"))
        except BaseException:
            await db.rollback()  # does nothing where nothing was begun
            raise
        return outcomes

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """One transaction for another storage module (``storage_*``), on the one connection.

        Raises:
            StorageError: If nothing was stored.
        """
        async with self._transaction() as db:
            yield db

    async def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        # Under the lock: a read between another handler's BEGIN and COMMIT would see half of it.
        async with self._lock:
            with self._errors():
                db = self._db
                found = await _patiently(lambda: db.execute_fetchall(sql, values))
                return [tuple(row) for row in found]

    async def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Read for another storage module (``storage_*``), on the one connection.

        Raises:
            StorageError: If it cannot be read.
        """
        return await self._rows(sql, *values)

    def seal(self, field: str, row: str, text: str) -> bytes:
        """Seal a text for its row and field only. Raises KeyFault."""
        return self._seal(field, row, text)

    def unseal(self, field: str, row: str, blob: object) -> str | None:
        """Return a sealed text; None, and a line in the log, where it does not open."""
        return self._unseal(field, row, blob)

    # ---- what was erased

    @property
    def stale(self) -> bool:
        """Whether something was erased since the file was last wiped."""
        return self._stale

    async def wipe(self) -> bool:
        """Write the file anew, so that no byte of what was erased is left in it.

        SQLite overwrites a row that is deleted (``secure_delete``), but not the places where that row
        had been before: it moves rows between pages, and leaves what stood there in the page's unused
        part. Every other use of the log waits meanwhile, some 6 ms for each MiB.

        Returns:
            False if it is being copied: to be tried again.

        Raises:
            StorageError: If nothing was changed: no room on the disk, or another process reads.
        """
        async with self._lock:
            # Between two steps of a copy the file may be written to, but not put in another order.
            if not self._copying.acquire(blocking=False):
                return False
            try:
                with self._errors():
                    await self._db.execute_fetchall("VACUUM")
                    await self._db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._copying.release()
            self._stale = False
        return True

    async def _forget(self) -> None:
        """Leave nothing of what was deleted in the write-ahead log; call after the commit."""
        self._stale = True
        await self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _prepare(self) -> None:
        # The version first: a file of a newer program must not be touched, not even by a pragma.
        await self._version()
        mode = journal_mode(sqlite3.sqlite_version_info)
        with self._errors():
            for pragma in (
                f"busy_timeout = {_BUSY_MS}",
                f"journal_mode = {mode}",
                "synchronous = FULL",
                # Off while tables are rebuilt: dropping the old one would take its children along.
                "foreign_keys = OFF",
                "secure_delete = ON",  # what is deleted must not stay readable in the file
            ):
                await self._db.execute(f"PRAGMA {pragma}")
            # Read back: a file system or a build of SQLite may refuse without a word.
            for name, wanted in (("journal_mode", mode.lower()), ("synchronous", 2)):
                [row] = await self._db.execute_fetchall(f"PRAGMA {name}")
                if row[0] != wanted:
                    raise StorageError(
                        self.path, "storage_pragma", name=name, found=row[0], wanted=wanted
                    )
            await self._db.create_function("seal_question", 2, self._seal_question)
            await self._db.create_function("seal_evidence", 3, self._seal_evidence)
        done = False
        while not done:
            async with self._transaction() as db:
                # Read inside the transaction: two processes may be starting at once.
                version = await self._version()
                done = version == len(MIGRATIONS)
                if not done:
                    # Of a log from before they were sealed, words must not stay in the file.
                    self._stale = self._stale or version > 0
                    for statement in MIGRATIONS[version]:
                        await db.execute(statement)
                    await db.execute(f"PRAGMA user_version = {version + 1}")
        await self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        await self._rows("PRAGMA foreign_keys = ON")

    def _seal_question(self, row: str, question: str) -> bytes:
        return self._seal("question", row, redact(question))

    def _seal_evidence(self, row: str, question: str, evidence: str) -> bytes:
        kept = redact_evidence(json.loads(evidence), question, redact(question))
        return self._seal("evidence", row, json.dumps(kept, ensure_ascii=False, default=str))

    async def _version(self) -> int:
        with self._errors():
            [row] = await self._db.execute_fetchall("PRAGMA user_version")
        version = int(row[0])
        if version > len(MIGRATIONS):
            raise StorageError(self.path, "storage_newer", found=version, known=len(MIGRATIONS))
        return version


async def _patiently(call: Callable[[], Awaitable[_T]]) -> _T:
    """Make a call that another process may hold up, and make it again while it does."""
    for _ in range(_BUSY_TRIES - 1):
        try:
            return await call()
        except sqlite3.OperationalError as exc:
            # Busy: nothing was done, and what was begun is still open.
            if not _is_busy(exc):
                raise
    return await call()


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_BUSY


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be written for somebody who waits for it."""

    do: Callable[[sqlite3.Connection], Any]
    written: asyncio.Future[Any]

    def tell(self, outcome: object) -> None:
        """Give them the result, or the error."""
        if self.written.done():  # cancelled
            return
        if isinstance(outcome, Exception):
            self.written.set_exception(outcome)
        else:
            self.written.set_result(outcome)


def _transact(works: Sequence[_Work], db: sqlite3.Connection) -> tuple[list[object], bool]:
    """Do works in one transaction: each one's result or error, and whether it is committed.

    If not, another process is reading: the transaction is open, and only the commit is left to do.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_do(work, db, alone=len(works) == 1) for work in works]
        try:
            db.execute("COMMIT")
        except sqlite3.OperationalError as exc:
            if not _is_busy(exc):
                raise
            return outcomes, False
    except BaseException:
        db.rollback()
        raise
    return outcomes, True


def _do(work: _Work, db: sqlite3.Connection, *, alone: bool) -> object:
    if alone:
        return work.do(db)
    db.execute("SAVEPOINT work")
    try:
        result: object = work.do(db)
    except Exception as exc:
        # Some errors (a full disk) end the whole transaction: then nobody's work is in it.
        if not db.in_transaction:
            raise
        db.execute("ROLLBACK TO work")
        result = exc
    db.execute("RELEASE work")
    return result


class _Connection(aiosqlite.Connection):
    """One that also runs a whole function in SQLite's thread."""

    async def run(self, function: Callable[[sqlite3.Connection], _T]) -> _T:
        """Return what the function returns, after all that was asked for before."""
        result: _T = await self._execute(function, self._conn)  # type: ignore[no-untyped-call]
        return result


def stamp(moment: datetime) -> str:
    """Return 2026-01-31T12:00:00+00:00, in UTC. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def day(moment: datetime) -> str:
    """Return 2026-01-31, in UTC. Raises ValueError without a time zone."""
    return stamp(moment)[:10]


def clean(text: str) -> str:
    """Replace lone surrogates, which Telegram can send and SQLite's UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
