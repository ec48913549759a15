"""The SQL of staff: who they are, and their one-time links to the web pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import aiosqlite

from bot.storage import Storage
from bot.storage.database import day, stamp


class Role(StrEnum):
    """What staff may do: reviewers read and mend, admins also publish programmes and name staff."""

    ADMIN = "admin"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the staff.

    Attributes:
        name: As history and audit show it.
        telegram_id: None: opens the web pages only.
        municipality: The only one they review; None: all.
    """

    name: str
    role: Role
    telegram_id: int | None = None
    municipality: str | None = None


class LastAdmin(Exception):  # noqa: N818  # a state, not a fault
    """No admin would be left."""


class StaffStore:
    """The tables of staff and of their links."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def members(self) -> list[Member]:
        """Return all staff, by name. Raises StorageError."""
        rows = await self._storage.rows(
            "SELECT name, telegram_id, role, municipality FROM staff ORDER BY name"
        )
        return [_member(row) for row in rows]

    async def named(self, name: str) -> Member | None:
        """Return the member of a name, or None. Raises StorageError."""
        rows = await self._storage.rows(
            "SELECT name, telegram_id, role, municipality FROM staff WHERE name = ?", name
        )
        return _member(rows[0]) if rows else None

    async def with_id(self, telegram_id: int) -> Member | None:
        """Return the member of a Telegram id, or None. Raises StorageError."""
        rows = await self._storage.rows(
            "SELECT name, telegram_id, role, municipality FROM staff WHERE telegram_id = ?",
            telegram_id,
        )
        return _member(rows[0]) if rows else None

    async def put(
        self, member: Member, added_by: str, at: datetime, *, keep_admin: bool = False
    ) -> None:
        """Add a member, or change the one of that name or id.

        Args:
            member: As they shall be.
            added_by: Which of the staff.
            at: Aware.
            keep_admin: At least one admin must be left in this table.

        Raises:
            LastAdmin: If none would be; nothing is changed.
            StorageError: If nothing was stored.
        """
        async with self._storage.transaction() as db:
            if member.telegram_id is not None:
                # The same person under another name: one id has one role, and no link from before.
                former = (member.telegram_id, member.name)
                await db.execute(
                    "DELETE FROM logins WHERE name IN"
                    " (SELECT name FROM staff WHERE telegram_id = ? AND name <> ?)",
                    former,
                )
                await db.execute("DELETE FROM staff WHERE telegram_id = ? AND name <> ?", former)
            await db.execute(
                "INSERT INTO staff (name, telegram_id, role, municipality, added_on, added_by)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " telegram_id = excluded.telegram_id, role = excluded.role,"
                " municipality = excluded.municipality,"
                " added_on = excluded.added_on, added_by = excluded.added_by",
                (
                    member.name,
                    member.telegram_id,
                    member.role.value,
                    member.municipality,
                    day(at),
                    added_by,
                ),
            )
            if keep_admin:
                await _keep_admin(db)

    async def remove(self, name: str, *, keep_admin: bool = False) -> bool:
        """Remove a member and their link; False where there is none.

        Raises:
            LastAdmin: As `put`.
            StorageError: If nothing was stored.
        """
        async with self._storage.transaction() as db:
            await db.execute("DELETE FROM logins WHERE name = ?", (name,))
            found = (await db.execute("DELETE FROM staff WHERE name = ?", (name,))).rowcount == 1
            if keep_admin:
                await _keep_admin(db)
            return found

    # ---- one-time links

    async def put_login(self, name: str, token: str, expires_at: datetime) -> None:
        """Keep a link's token, hashed; the one before of that name no longer works."""
        async with self._storage.transaction() as db:
            await db.execute("DELETE FROM logins WHERE name = ?", (name,))
            await db.execute(
                "INSERT INTO logins (name, token_hash, expires_at) VALUES (?, ?, ?)",
                (name, _hash(token), stamp(expires_at)),
            )

    async def take_login(self, token: str, now: datetime) -> str | None:
        """Use a token up, and return whose it was; None where it holds no longer, or never did."""
        async with self._storage.transaction() as db:
            found = list(
                await db.execute_fetchall(
                    "DELETE FROM logins WHERE token_hash = ? RETURNING name, expires_at",
                    (_hash(token),),
                )
            )
            await db.execute("DELETE FROM logins WHERE expires_at < ?", (stamp(now),))
        if not found or datetime.fromisoformat(str(found[0][1])) < now:
            return None
        return str(found[0][0])


async def _keep_admin(db: aiosqlite.Connection) -> None:
    # In the transaction: two admins who remove each other at once must not both succeed.
    if not await db.execute_fetchall("SELECT 1 FROM staff WHERE role = 'admin' LIMIT 1"):
        raise LastAdmin


def _hash(token: str) -> bytes:
    # Unsalted: a token is 256 random bits, not a password.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _member(row: tuple[object, ...]) -> Member:
    name, telegram_id, role, municipality = row
    return Member(
        name=str(name),
        telegram_id=None if telegram_id is None else int(str(telegram_id)),
        role=Role(str(role)),
        municipality=None if municipality is None else str(municipality),
    )
