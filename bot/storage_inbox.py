"""The SQL of the inbox: which updates wait, which are being answered, which are over."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.storage import Storage

_REMEMBERED = timedelta(days=2)  # ids, against a second delivery: Telegram keeps updates 24 hours
_MOST_TRIES = 20  # ends of the process that an update may be at work in: it may be what ends it


class Step(StrEnum):
    """What happened to an update."""

    BEGUN = "begun"  # an update that an earlier process left is worked on again
    NEW = "new"  # nothing of the answer has gone out (again, after a refusal)
    SENDING = "sending"  # from here on the voter may have the answer
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Kept:
    """An update as the inbox holds it. ``payload`` is sealed."""

    update_id: int
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """What an earlier process left behind.

    Attributes:
        waiting: Not answered: work on them, in this order.
        unsure: The answer was under way: never sent again.
        given_up: How many were tried so often that they may be what ends the process.
    """

    waiting: tuple[Kept, ...]
    unsure: tuple[Kept, ...]
    given_up: int


class InboxStore:
    """The inbox's two tables: updates in work, and the bare ids of those that are over."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def put(self, batch: Sequence[tuple[int, bytes]], at: datetime) -> set[int]:
        """Store sealed updates, all or none, and return the ids that had not been seen before.

        An id is compared with the very ids seen: after a quiet week Telegram chooses a new
        sequence at random, so a lower one is as new as a higher.

        Raises:
            StorageError: If nothing was stored.
        """

        def insert(db: sqlite3.Connection) -> set[int]:
            fresh = set()
            for update_id, payload in batch:
                cursor = db.execute(
                    "INSERT INTO inbox (update_id, payload, state, received_at)"
                    " SELECT ?, ?, 'new', ?"
                    " WHERE NOT EXISTS (SELECT 1 FROM inbox_seen WHERE update_id = ?)"
                    " ON CONFLICT (update_id) DO NOTHING",
                    (update_id, payload, _stamp(at), update_id),
                )
                if cursor.rowcount == 1:
                    fresh.add(update_id)
            return fresh

        return await self._storage.write(insert)

    async def apply(self, steps: Sequence[tuple[int, Step]], at: datetime) -> None:
        """Store steps, in order, in one transaction. What is done is deleted but for its id.

        Raises:
            StorageError: If nothing was stored.
        """

        def update(db: sqlite3.Connection) -> None:
            for update_id, step in steps:
                if step is Step.DONE:
                    db.execute(
                        "INSERT INTO inbox_seen (update_id, seen_on, delivery)"
                        " SELECT update_id, ?, 'done' FROM inbox WHERE update_id = ?"
                        " ON CONFLICT (update_id) DO NOTHING",
                        (_day(at), update_id),
                    )
                    db.execute("DELETE FROM inbox WHERE update_id = ?", (update_id,))
                elif step is Step.BEGUN:
                    db.execute(
                        "UPDATE inbox SET tries = tries + 1 WHERE update_id = ?", (update_id,)
                    )
                else:
                    db.execute(
                        "UPDATE inbox SET state = ? WHERE update_id = ?", (step.value, update_id)
                    )

        await self._storage.write(update)

    async def recover(self, at: datetime) -> Left:
        """Take over what an earlier process left, and forget ids older than two days.

        An update that was logged but not answered will be logged again: its first row goes.

        Raises:
            StorageError: If nothing was changed.
        """
        async with self._storage.transaction() as db:
            await db.execute(
                "DELETE FROM answers WHERE id IN"
                " (SELECT answer_id FROM inbox WHERE state = 'new' AND answer_id IS NOT NULL)"
            )
            await db.execute("UPDATE inbox SET answer_id = NULL WHERE state = 'new'")
            await db.execute(
                "INSERT OR IGNORE INTO inbox_seen (update_id, seen_on, delivery)"
                " SELECT update_id, ?, 'unknown' FROM inbox WHERE state = 'sending' OR tries > ?",
                (_day(at), _MOST_TRIES),
            )
            rows = await db.execute_fetchall(
                "SELECT update_id, payload, received_at, state, tries FROM inbox"
                " ORDER BY received_at, update_id"
            )
            await db.execute(
                "DELETE FROM inbox WHERE state = 'sending' OR tries > ?", (_MOST_TRIES,)
            )
            await db.execute("DELETE FROM inbox_seen WHERE seen_on < ?", (_day(at - _REMEMBERED),))
        waiting, unsure, given_up = [], [], 0
        for update_id, payload, received_at, state, tries in rows:
            kept = Kept(int(update_id), bytes(payload), datetime.fromisoformat(str(received_at)))
            if state == Step.SENDING:
                unsure.append(kept)
            elif int(tries) > _MOST_TRIES:
                given_up += 1
            else:
                waiting.append(kept)
        return Left(tuple(waiting), tuple(unsure), given_up)

    async def open_count(self) -> int:
        """Return how many updates are waiting or being answered."""
        async with self._storage.transaction() as db:
            [row] = await db.execute_fetchall("SELECT count(*) FROM inbox")
        return int(row[0])

    async def unknown_deliveries(self) -> tuple[int, ...]:
        """Return the update ids of the last two days whose answer may or may not have arrived."""
        async with self._storage.transaction() as db:
            rows = await db.execute_fetchall(
                "SELECT update_id FROM inbox_seen WHERE delivery = 'unknown' ORDER BY update_id"
            )
        return tuple(int(row[0]) for row in rows)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
