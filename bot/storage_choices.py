"""What a voter chose (municipality, language), and what voters say is wrong with answers: its SQL.

A choice is kept under a pseudonym of its own purpose. It has no column in common with the log, so
that nobody, not even with the key, can tell from it what someone asked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.callback_data import Complaint
from bot.storage import Storage

_PURPOSE = "choice-v1"


class Pseudonymizer(Protocol):
    """Tells a voter's pseudonyms for choices: the one to write first, then those of older keys."""

    def __call__(self, user_id: int, /) -> Sequence[bytes]:
        """Return at least one pseudonym."""
        ...


def choice_names(keys: Sequence[bytes], user_id: int) -> tuple[bytes, ...]:
    """Return a voter's pseudonyms for choices, one a key, in the order of the keys (newest first).

    >>> choice_names([b"k"], 7) == choice_names([b"k"], 8)
    False
    """
    message = f"{_PURPOSE}|{user_id}".encode()
    return tuple(hmac.digest(key, message, hashlib.sha256)[:16] for key in keys)


class ForgetfulNames:
    """Pseudonyms by a key that is gone when the process ends; then every choice is orphaned."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def __call__(self, user_id: int, /) -> Sequence[bytes]:
        """Return the one pseudonym."""
        return choice_names([self._key], user_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a voter chose; None where they did not."""

    municipality: str | None = None
    language: str | None = None


class Choices:
    """What voters chose, kept until they take it back."""

    def __init__(self, storage: Storage, names: Pseudonymizer) -> None:
        self._storage, self._names = storage, names

    async def of(self, user_id: int) -> Choice:
        """Return what the voter chose.

        Raises:
            StorageError: If it cannot be read.
        """
        for name in self._names(user_id):
            rows = await self._storage._rows(  # noqa: SLF001  # SQL's other half
                "SELECT municipality, language FROM choices WHERE pseudonym = ?", name
            )
            for place, language in rows:
                return Choice(
                    None if place is None else str(place),
                    None if language is None else str(language),
                )
        return Choice()

    async def keep(self, user_id: int, choice: Choice) -> None:
        """Keep the voter's choice in place of the former one; an empty choice leaves no row.

        Raises:
            StorageError: If it was not kept.
        """
        newest, *_ = names = self._names(user_id)
        async with self._storage.transaction() as db:
            await db.executemany(
                "DELETE FROM choices WHERE pseudonym = ?", [(name,) for name in names]
            )
            if choice != Choice():
                await db.execute(
                    "INSERT INTO choices (pseudonym, municipality, language) VALUES (?, ?, ?)",
                    (newest, choice.municipality, choice.language),
                )

    async def forget(self, user_id: int) -> None:
        """Delete what the voter chose: a part of /slett.

        Raises:
            StorageError: If it could not be deleted.
        """
        await self.keep(user_id, Choice())


class Complaints:
    """What voters say is wrong with an answer: for those who mend it, never for the ranking."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def record(self, answer_id: str, complaint: Complaint, given_at: datetime) -> bool:
        """Store a complaint; a later one on the same answer replaces it.

        Returns:
            False, and nothing stored, where there is no such answer (any more).

        Raises:
            StorageError: If it could not be stored.
            ValueError: If ``given_at`` has no time zone.
        """
        if given_at.tzinfo is None:
            raise ValueError("a moment without a time zone is not a moment")
        # The day only: a time would tell who complained.
        day = given_at.astimezone(UTC).date().isoformat()
        async with self._storage.transaction() as db:
            cursor = await db.execute(
                "INSERT INTO complaints (answer_id, complaint, given_at)"
                " SELECT id, ?, ? FROM answers WHERE id = ?"
                " ON CONFLICT (answer_id) DO UPDATE"
                " SET complaint = excluded.complaint, given_at = excluded.given_at",
                (complaint.value, day, answer_id),
            )
            return cursor.rowcount == 1

    async def of(self, answer_id: str) -> Complaint | None:
        """Return the complaint about an answer, or None.

        Raises:
            StorageError: If it cannot be read.
        """
        rows = await self._storage._rows(  # noqa: SLF001
            "SELECT complaint FROM complaints WHERE answer_id = ?", answer_id
        )
        return Complaint(str(rows[0][0])) if rows else None
