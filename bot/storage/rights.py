"""What a voter may ask for: consent, a copy, erasure; and what goes by itself when it is old."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.privacy.crypto import CipherError, sealed_with
from bot.privacy.keys import KeyId
from bot.storage.answers import AnswerLog, LoggedAnswer
from bot.storage.audit import AuditLog
from bot.storage.database import day, stamp

BACKUP_DAYS = 14  # how long a backup can bring back what was erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent as it was given: UTC moments, the version of the wording."""

    given_at: datetime
    wording: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many rows a purge removed, of each kind."""

    answers: int
    consents: int
    counts: int
    audit: int


class RightsLog(AnswerLog, AuditLog):
    """``persons`` are always all the pseudonyms a voter had in the days that are kept."""

    # ---- consent

    async def give_consent(self, person: bytes, wording: str, at: datetime) -> None:
        """Store that the voter of today's pseudonym said yes. Raises StorageError."""
        async with self._transaction() as db:
            await db.execute(
                "INSERT INTO consents (person, given_at, wording) VALUES (?, ?, ?)"
                " ON CONFLICT (person, given_at) DO UPDATE SET withdrawn_at = NULL",
                (person, stamp(at), wording),
            )

    async def withdraw_consent(self, persons: Collection[bytes], at: datetime) -> bool:
        """Mark every consent of a voter as withdrawn; False if there was none. Raises StorageError."""
        withdrawn = 0
        async with self._transaction() as db:
            for person in persons:
                cursor = await db.execute(
                    "UPDATE consents SET withdrawn_at = ?"
                    " WHERE person = ? AND withdrawn_at IS NULL",
                    (stamp(at), person),
                )
                withdrawn += cursor.rowcount
        return withdrawn > 0

    async def consents(self, persons: Collection[bytes]) -> list[Consent]:
        """Return a voter's consents, withdrawn ones too, oldest first. Raises StorageError."""
        found = await self._of(
            "SELECT given_at, wording, withdrawn_at FROM consents WHERE person = ?", persons
        )
        return sorted(
            (
                Consent(
                    given_at=datetime.fromisoformat(str(given)),
                    wording=str(wording),
                    withdrawn_at=None if end is None else datetime.fromisoformat(str(end)),
                )
                for given, wording, end in found
            ),
            key=lambda consent: consent.given_at,
        )

    # ---- a copy, and erasure

    async def answers_of(self, persons: Collection[bytes]) -> list[LoggedAnswer]:
        """Return a voter's answers by day. Raises StorageError."""
        ids = await self._of("SELECT id FROM answers WHERE person = ?", persons)
        found = [await self.answer(str(answer_id)) for (answer_id,) in ids]
        return sorted((a for a in found if a is not None), key=lambda a: (a.asked_on, a.id))

    async def erase(self, persons: Collection[bytes], at: datetime) -> int:
        """Erase a voter's answers and votes for good, and return how many. Raises StorageError.

        The consents stay, as proof of what was allowed, until they are as old as the answers.
        """
        ids = [
            str(i) for (i,) in await self._of("SELECT id FROM answers WHERE person = ?", persons)
        ]
        return await self.erase_answers(ids, at)

    async def erase_answers(self, ids: Iterable[str], at: datetime) -> int:
        """Erase answers for good, and return how many there were. Raises StorageError.

        Their ids are kept for as long as a backup may hold the rows, to erase them there as well.
        """
        erased = 0
        async with self._transaction() as db:
            for answer_id in ids:
                cursor = await db.execute("DELETE FROM answers WHERE id = ?", (answer_id,))
                if cursor.rowcount:
                    erased += 1
                    await db.execute(
                        "INSERT INTO erased (answer_id, erased_on) VALUES (?, ?)"
                        " ON CONFLICT (answer_id) DO NOTHING",
                        (answer_id, day(at)),
                    )
        if erased:
            await self._forget()
        return erased

    async def tombstones(self) -> list[tuple[str, date]]:
        """Return the ids of erased answers and the day of erasure, for a restore to erase again."""
        rows = await self._rows("SELECT answer_id, erased_on FROM erased ORDER BY answer_id")
        return [(str(answer_id), date.fromisoformat(str(on))) for answer_id, on in rows]

    # ---- old age

    async def newest_day(self) -> date | None:
        """Return the day of the newest answer, or None where there is none. Raises StorageError."""
        [(newest,)] = await self._rows("SELECT max(asked_on) FROM answers")
        return None if newest is None else date.fromisoformat(str(newest))

    async def purge(self, before: date, audit_before: datetime) -> Purged:
        """Remove for good what is older: answers, votes and consents from days before ``before``.

        Audit rows from before ``audit_before`` go too, and counts from before its day.

        Raises:
            StorageError: If nothing was removed.
        """
        gone = 0
        async with self._transaction() as db:

            async def remove(sql: str, *values: object) -> int:
                nonlocal gone
                removed = (await db.execute(sql, values)).rowcount
                gone += removed
                return removed

            old = before.isoformat()
            purged = Purged(
                answers=await remove("DELETE FROM answers WHERE asked_on < ?", old),
                consents=await remove("DELETE FROM consents WHERE given_at < ?", old),
                counts=await remove("DELETE FROM counts WHERE day < ?", day(audit_before)),
                audit=await self._purge_audit(db, stamp(audit_before)),
            )
            # A case goes with the last of its answers (a trigger); what staff did with those that
            # stay is kept no longer than the answers are.
            await remove("DELETE FROM case_changes WHERE at < ?", old)
            # What was published stands in the corpus folder; the rest is words of voters.
            await remove("DELETE FROM proposals WHERE made_at < ?", old)
        if gone:
            await self._forget()
        return purged

    async def purge_tombstones(self, today: date) -> None:
        """Forget the ids of what was erased so long ago that no backup has it."""
        async with self._transaction() as db:
            await db.execute(
                "DELETE FROM erased WHERE julianday(erased_on) < julianday(?) - ?",
                (today.isoformat(), BACKUP_DAYS),
            )

    async def keys_in_use(self) -> set[KeyId]:
        """Return the keys that sealed what is still here. Raises StorageError."""
        found = set()
        for sql in (
            "SELECT DISTINCT substr(question, 1, 5) FROM answers",
            "SELECT DISTINCT substr(evidence, 1, 5) FROM answers",
            "SELECT DISTINCT substr(note, 1, 5) FROM cases WHERE note IS NOT NULL",
            "SELECT DISTINCT substr(note, 1, 5) FROM case_changes WHERE note IS NOT NULL",
            "SELECT DISTINCT substr(body, 1, 5) FROM proposals",
        ):
            for (head,) in await self._rows(sql):
                try:
                    found.add(sealed_with(bytes(head) + bytes(28)))  # type: ignore[call-overload]
                except CipherError:
                    continue  # a damaged row needs no key
        return found

    async def mark(self, name: str) -> str | None:
        """Return what was last noted under a name. Raises StorageError."""
        rows = await self._rows("SELECT value FROM marks WHERE mark = ?", name)
        return str(rows[0][0]) if rows else None

    async def set_mark(self, name: str, value: str) -> None:
        """Note something of the bot's own under a name. Raises StorageError."""
        async with self._transaction() as db:
            await db.execute(
                "INSERT INTO marks (mark, value) VALUES (?, ?)"
                " ON CONFLICT (mark) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    async def _of(self, sql: str, persons: Collection[bytes]) -> list[tuple[object, ...]]:
        # One by one: all are looked up in an index, and no SQL is put together from strings.
        return [row for person in persons for row in await self._rows(sql, person)]
