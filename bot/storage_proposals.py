"""The SQL of proposed corrections: what staff propose, who decides, and what to try them on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.storage import Storage
from bot.storage.database import stamp


class Kind(StrEnum):
    """What a correction is; the names of the tables in ``corrections.toml``."""

    EXAMPLE = "example"
    OUTSIDE = "outside"
    SYNONYM = "synonym"


class State(StrEnum):
    """Where a proposal stands. Only one that waits can come to another state."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A correction that somebody proposed.

    Attributes:
        case_id: The case that it mends; None: nothing that was asked.
        body: The keys of its entry, redacted: question, pledges, texts; question, topic; word, to, why.
        made_by: Name of the one who made it.
        decided_by: Of the one who published, refused or withdrew it; empty while it waits.
    """

    id: str
    case_id: str | None
    kind: Kind
    body: Mapping[str, object]
    state: State
    made_by: str
    made_on: date
    decided_by: str = ""
    decided_on: date | None = None

    @property
    def asks(self) -> str:
        """The question, or the word of a synonym."""
        return str(self.body.get("question") or self.body.get("word") or "")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of the body; empty where there is none."""
        found = self.body.get(key)
        return tuple(str(value) for value in found) if isinstance(found, list) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the log, redacted, and the municipality that it was asked about."""

    question: str
    municipality: str | None = field(default=None)


_COLUMNS = "id, case_id, kind, body, state, made_by, made_at, decided_by, decided_at"


class ProposalStore:
    """The table of proposals."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def put(
        self, kind: Kind, body: Mapping[str, object], case_id: str | None, name: str, at: datetime
    ) -> str:
        """Store a new proposal, sealed; return its id: 128 random bits in 22 URL-safe characters.

        Raises:
            StorageError: If it was not stored.
        """
        proposal_id = secrets.token_urlsafe(16)
        text = json.dumps(dict(body), ensure_ascii=False)
        sealed = self._storage.seal("proposal", proposal_id, text)
        async with self._storage.transaction() as db:
            await db.execute(
                "INSERT INTO proposals (id, case_id, kind, body, state, made_by, made_at)"
                " VALUES (?, ?, ?, ?, 'waiting', ?, ?)",
                (proposal_id, case_id, kind.value, sealed, name, stamp(at)),
            )
        return proposal_id

    async def get(self, proposal_id: str) -> Proposal | None:
        """Return one, or None where there is none, or it cannot be read. Raises StorageError."""
        rows = await self._storage.rows(
            f"SELECT {_COLUMNS} FROM proposals WHERE id = ?",  # noqa: S608  # our own columns
            proposal_id,
        )
        return self._proposal(rows[0]) if rows else None

    async def waiting(self) -> list[Proposal]:
        """Return those that nobody has decided, oldest first. Raises StorageError."""
        rows = await self._storage.rows(
            f"SELECT {_COLUMNS} FROM proposals"  # noqa: S608
            " WHERE state = 'waiting' ORDER BY made_at, id"
        )
        return [found for row in rows if (found := self._proposal(row)) is not None]

    async def decided(self, limit: int) -> list[Proposal]:
        """Return the last that were decided, newest first. Raises StorageError."""
        rows = await self._storage.rows(
            f"SELECT {_COLUMNS} FROM proposals"  # noqa: S608
            " WHERE state <> 'waiting' ORDER BY decided_at DESC, id LIMIT ?",
            limit,
        )
        return [found for row in rows if (found := self._proposal(row)) is not None]

    async def decide(self, proposal_id: str, state: State, name: str, at: datetime) -> bool:
        """Decide a proposal that waits; False where another has decided it. Raises StorageError."""
        async with self._storage.transaction() as db:
            cursor = await db.execute(
                "UPDATE proposals SET state = ?, decided_by = ?, decided_at = ?"
                " WHERE id = ? AND state = 'waiting'",
                (state.value, name, stamp(at), proposal_id),
            )
            return cursor.rowcount == 1

    async def asked_lately(self, limit: int) -> list[Asked]:
        """Return the last questions whose words were kept, newest day first. Raises StorageError."""
        rows = await self._storage.rows(
            "SELECT id, question, municipality FROM answers ORDER BY asked_on DESC, id LIMIT ?",
            limit,
        )
        found = [
            Asked(
                question=self._storage.unseal("question", str(answer_id), blob) or "",
                municipality=None if place is None else str(place),
            )
            for answer_id, blob, place in rows
        ]
        return [asked for asked in found if asked.question]

    def _proposal(self, row: tuple[object, ...]) -> Proposal | None:
        proposal_id, case_id, kind, sealed, state, made_by, made_at, decided_by, decided_at = row
        body = self._storage.unseal("proposal", str(proposal_id), sealed)
        if body is None:
            return None
        return Proposal(
            id=str(proposal_id),
            case_id=None if case_id is None else str(case_id),
            kind=Kind(str(kind)),
            body=json.loads(body),
            state=State(str(state)),
            made_by=str(made_by),
            made_on=date.fromisoformat(str(made_at)[:10]),
            decided_by=str(decided_by or ""),
            decided_on=date.fromisoformat(str(decided_at)[:10]) if decided_at else None,
        )
