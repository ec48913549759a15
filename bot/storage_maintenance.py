"""The SQL of operations: is the file whole, what does it hold, a copy of it while it is written to.

Every function opens a connection of its own for a moment and blocks: while the bot serves, call it
in a worker thread. The connection only reads, so the bot's own stays the one that writes.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

_MAGIC = b"SQLite format 3\0"
_USER_VERSION = slice(60, 64)  # of the file's header: sqlite.org/fileformat.html, 1.3
_WAIT = 15.0  # seconds to wait for a lock: nobody is kept waiting by it
_PAGES = 256  # copied at a time: 1 MiB, some 2 ms in which a writer waits
_BREATH = 0.002  # seconds between two such steps, for the writer
_BURST = 2048  # pages, 8 MiB: so much of a copy goes to disk at a time
_PATIENCE = 5  # restarts of a copy by writers, before it is made in one step
# What SQLite says of a damaged file. ERROR: a header whose numbers make no sense.
_DAMAGED = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_ERROR,
)

# Each table of the schema, so that no statement is built from strings. See test_backup.py.
COUNTS = {
    "answers": "SELECT count(*) FROM answers",
    "answer_quotes": "SELECT count(*) FROM answer_quotes",
    "votes": "SELECT count(*) FROM votes",
    "choices": "SELECT count(*) FROM choices",
    "complaints": "SELECT count(*) FROM complaints",
    "counts": "SELECT count(*) FROM counts",
    "consents": "SELECT count(*) FROM consents",
    "erased": "SELECT count(*) FROM erased",
    "audit": "SELECT count(*) FROM audit",
    "marks": "SELECT count(*) FROM marks",
    "staff": "SELECT count(*) FROM staff",
    "logins": "SELECT count(*) FROM logins",
    "cases": "SELECT count(*) FROM cases",
    "case_changes": "SELECT count(*) FROM case_changes",
    "proposals": "SELECT count(*) FROM proposals",
    "queue": "SELECT count(*) FROM queue",
    "answer_days": "SELECT count(*) FROM answer_days",
    "inbox": "SELECT count(*) FROM inbox",
    "inbox_seen": "SELECT count(*) FROM inbox_seen",
}


class _Restless(Exception):  # noqa: N818  # a state, not a fault
    """Writers keep starting the copy over."""


def schema_version(path: Path) -> int | None:
    """Read the schema's version from the file's header without opening it as a database.

    None: there is no file, it is empty, or it is no SQLite file.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return None
    if len(header) < 100 or not header.startswith(_MAGIC):
        return None
    return int.from_bytes(header[_USER_VERSION], "big")


def damage(path: Path, *, thorough: bool = False) -> str:
    """Return what is wrong with a database file, or "" where it is whole.

    ``thorough`` also compares each index with its table.

    Raises:
        sqlite3.Error: If it cannot be read for another reason: locked, not allowed.
    """
    pragma = "PRAGMA integrity_check(1)" if thorough else "PRAGMA quick_check(1)"
    try:
        with reading(path) as db:
            [(said,)] = db.execute(pragma)
    except sqlite3.DatabaseError as exc:
        if (exc.sqlite_errorcode & 0xFF) in _DAMAGED:
            return str(exc)
        raise
    return "" if said == "ok" else str(said)


def row_counts(path: Path) -> dict[str, int]:
    """Return how many rows each table holds, in the order of their names."""
    with reading(path) as db:
        return {
            name: db.execute(COUNTS[name]).fetchone()[0]
            for name in sorted(tables(db) & COUNTS.keys())
        }


def tables(db: sqlite3.Connection) -> set[str]:
    """Return the names of the tables."""
    return {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def open_updates(path: Path) -> tuple[int, int]:
    """Return how many updates wait or are being answered, and of how many the delivery is unknown."""
    with reading(path) as db:
        [waiting] = db.execute("SELECT count(*) FROM inbox").fetchone()
        [unknown] = db.execute(
            "SELECT count(*) FROM inbox_seen WHERE delivery = 'unknown'"
        ).fetchone()
    return int(waiting), int(unknown)


def live_journal_mode(path: Path) -> str:
    """Return the journal mode that the file is in, read from it: WAL or DELETE."""
    with reading(path) as db:
        [mode] = db.execute("PRAGMA journal_mode").fetchone()
    return str(mode).upper()


def size(path: Path) -> int:
    """Return how many bytes the log takes, with what SQLite keeps beside it."""
    return sum(each.stat().st_size for each in (path, *beside(path)) if each.exists())


def tombstones(path: Path) -> dict[str, str]:
    """Return what voters had erased, id -> day, as far as the file can be read."""
    try:
        with reading(path) as db:
            if "erased" not in tables(db):
                return {}
            return dict(db.execute("SELECT answer_id, erased_on FROM erased").fetchall())
    except sqlite3.Error:
        return {}  # damaged: what it had erased is in the newer backups, and in erased.json


def erase_again(path: Path, graves: Mapping[str, str]) -> int:
    """Erase from a restored log what voters had erased after the backup, and return how many."""
    with closing(_connect(path, "rw")) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        if "erased" not in tables(db):
            # A schema from before erasure: nobody's answers were erased, and none can be named.
            return 0
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO erased (answer_id, erased_on) VALUES (?, ?)"
            " ON CONFLICT (answer_id) DO NOTHING",
            graves.items(),
        )
        gone = db.execute("DELETE FROM answers WHERE id IN (SELECT answer_id FROM erased)").rowcount
        db.execute("COMMIT")
        if gone:
            # For what had been moved, as `Database.wipe`. The bot does so at each start: a disk that
            # has no room for it now must not cost the whole log.
            with suppress(sqlite3.Error):
                db.execute("VACUUM")
    return gone


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be written to meanwhile; ``target`` must be an empty file or missing.

    The copy is one moment's state and needs no other file beside it. `cp` gives neither.
    What waits in the inbox is left out: a restore must not answer it a second time, and who wrote
    it (sealed) must not live on in backups.
    """
    with reading(source) as old:
        _copy(old, target)


def copy_while_writing(
    writer: sqlite3.Connection, target: Path, is_open: Callable[[], bool]
) -> None:
    """As `copy`, by the connection that writes, from another thread than the one that uses it.

    What the connection itself writes between two steps, SQLite puts into the copy as well: it never
    starts over, however much is written, and nobody waits longer than one step. (Of what another
    connection writes it knows nothing, and would have to start over.)

    Args:
        writer: Opened with ``check_same_thread=False``; SQLite guards it by a lock of its own.
        target: As above.
        is_open: Asked between steps; the copying ends where the writer has been closed.

    Raises:
        sqlite3.Error, OSError: If there is no whole copy.
    """
    _copy(writer, target, is_open)


def _copy(
    old: sqlite3.Connection, target: Path, is_open: Callable[[], bool] = lambda: True
) -> None:
    try:
        _steps(old, target, _PAGES, is_open)
    except _Restless:
        # Writers that never rest: one step, in which they wait for as long as the copying takes.
        _steps(old, target, -1, is_open)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _steps(old: sqlite3.Connection, target: Path, pages: int, is_open: Callable[[], bool]) -> None:
    restarts, before, synced = 0, 0, 0

    def progress(status: int, remaining: int, total: int) -> None:
        nonlocal restarts, before, synced
        copied = total - remaining  # not what remains: that also grows with the log itself
        if not is_open():
            raise sqlite3.OperationalError("the log was closed meanwhile")
        if status == sqlite3.SQLITE_OK and copied <= before:
            restarts += 1
            if restarts > _PATIENCE:
                raise _Restless
        before = copied
        if copied - synced >= _BURST:
            # Bit by bit: where all goes to disk at the end, the writer's own syncing waits for it.
            os.fdatasync(file.fileno())
            synced = copied
        time.sleep(_BREATH)

    target.touch(mode=0o600)
    with (
        target.open("rb+") as file,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        # SQLite need not order its writes: until the copy is whole and synced, nobody uses it.
        new.execute("PRAGMA synchronous = OFF")
        old.backup(new, pages=pages, progress=progress if pages > 0 else None, sleep=0.01)
        new.execute("PRAGMA secure_delete = ON")
        if "inbox" in tables(new):
            new.execute("DELETE FROM inbox")
        new.execute(
            "PRAGMA journal_mode = DELETE"
        )  # a copy in WAL mode could not be read on its own


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to read it."""
    db = _connect(path, "ro")
    try:
        try:
            db.execute("SELECT 1 FROM sqlite_schema")
        except sqlite3.OperationalError as exc:
            if (exc.sqlite_errorcode & 0xFF) not in (
                sqlite3.SQLITE_READONLY,
                sqlite3.SQLITE_CANTOPEN,
            ):
                raise
            # A crash left half a transaction beside the file: only who may write can take it back.
            db.close()
            db = _connect(path, "rw")
        yield db
    finally:
        db.close()


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None, timeout=_WAIT
    )


def beside(path: Path) -> tuple[Path, ...]:
    """Return the files that SQLite keeps beside a database; they belong to it alone."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))
