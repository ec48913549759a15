"""What was answered, and what voters thought of it."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.answering import Answer
from bot.callback_data import Verdict
from bot.current_update import CURRENT_UPDATE
from bot.privacy.redaction import redact, redact_evidence
from bot.storage.database import Database, day


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAnswer:
    """An answer as the log holds it.

    Attributes:
        question: Redacted; empty where it was not to be kept, or ``damaged``.
        asked_on: The day, in UTC. Nothing finer is stored: a time would tell who asked.
        person: The pseudonym of that day; None where it is nobody's, as in «avidentifisert».
        pledge_ids: Of the quotes shown, best first.
        verdict: None where nobody voted.
        damaged: The sealed fields do not open: changed on disk, or their key is gone.
    """

    id: str
    question: str
    asked_on: date
    person: bytes | None
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
    damaged: bool = False


class AnswerLog(Database):
    """Answers, the quotes they showed, votes on them, and how many there were."""

    async def record_answer(
        self,
        answer: Answer,
        channel: str,
        asked_at: datetime,
        person: bytes | None = None,
        likeness: bytes | None = None,
    ) -> str:
        """Store an answer and the pledges it showed; redact first, seal, and count it.

        ``asked_at`` is aware; its day in UTC is stored. Of a message that sounds like acute need
        only that there was one is kept: not its words, nor the evidence, which repeats some, nor
        its ``likeness``, which alike questions share (bot/likeness.py; None: alike to none).

        Returns:
            The answer's id: 128 random bits in 22 URL-safe characters.

        Raises:
            StorageError: If nothing was stored.
        """
        answer_id = secrets.token_urlsafe(16)
        question = "" if answer.is_crisis else redact(answer.question)
        evidence = (
            {} if answer.is_crisis else redact_evidence(answer.evidence, answer.question, question)
        )
        with self._errors():
            sealed = (
                self._seal("question", answer_id, question),
                self._seal("evidence", answer_id, _json(evidence)),
            )
        row = (
            answer_id,
            day(asked_at),
            None if answer.is_crisis else person,
            channel,
            answer.outcome.value,
            answer.reason.value,
            answer.municipality,
            answer.language,
            answer.fixed,
            answer.fingerprint,
            *sealed,
            None if answer.is_crisis else likeness,
        )
        quotes = [(answer_id, i, hit.pledge.id) for i, hit in enumerate(answer.hits, 1)]
        counted, update_id = _counted(answer, asked_at, person), CURRENT_UPDATE.get()

        def store(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO answers (id, asked_on, person, channel, outcome, reason,"
                " municipality, language, fixed, fingerprint, question, evidence, likeness)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            db.executemany(
                "INSERT INTO answer_quotes (answer_id, rank, pledge_id) VALUES (?, ?, ?)", quotes
            )
            db.execute(_COUNT, counted)
            # So that a question that is answered again after a crash is not logged twice.
            db.execute("UPDATE inbox SET answer_id = ? WHERE update_id = ?", (answer_id, update_id))

        await self.write(store)
        return answer_id

    async def count_answer(self, answer: Answer, asked_at: datetime) -> None:
        """Count an answer and store nothing else: for voters who keep their words to themselves.

        Raises:
            StorageError: If it was not counted.
        """
        counted = _counted(answer, asked_at)

        def store(db: sqlite3.Connection) -> None:
            db.execute(_COUNT, counted)

        await self.write(store)

    async def record_vote(
        self,
        answer_id: str,
        verdict: Verdict,
        voted_at: datetime,
        persons: Collection[bytes] | None = None,
    ) -> bool:
        """Store a vote; a later vote on the same answer replaces it.

        Args:
            answer_id: As it came from the button: anyone's words.
            verdict: What was pressed.
            voted_at: Aware.
            persons: The presser's pseudonyms; an answer that has a person takes no other's vote.
                None: a channel with one voter.

        Returns:
            False, and nothing stored, where there is no such answer (any more), or it is another's.

        Raises:
            StorageError: If it could not be stored.
        """
        vote = (answer_id, verdict.value, day(voted_at))

        def store(db: sqlite3.Connection) -> bool:
            found = db.execute("SELECT person FROM answers WHERE id = ?", (answer_id,)).fetchone()
            if found is None:
                return False
            person = found[0]
            if persons is not None and person is not None and person not in persons:
                return False
            db.execute(
                "INSERT INTO votes (answer_id, verdict, voted_on) VALUES (?, ?, ?)"
                " ON CONFLICT (answer_id) DO UPDATE"
                " SET verdict = excluded.verdict, voted_on = excluded.voted_on",
                vote,
            )
            return True

        return await self.write(store)

    # ---- what was logged

    async def answer_count(self) -> int:
        """Return how many answers the log holds."""
        [(count,)] = await self._rows("SELECT count(*) FROM answers")
        return int(str(count))

    async def answers(self) -> list[LoggedAnswer]:
        """Return every answer of the log, by day; within a day in no order that tells anything."""
        ids = await self._rows("SELECT id FROM answers ORDER BY asked_on, id")
        found = [await self.answer(str(answer_id)) for (answer_id,) in ids]
        return [answer for answer in found if answer is not None]

    async def answer(self, answer_id: str) -> LoggedAnswer | None:
        """Return one answer, or None where the log has none of that id."""
        rows = await self._rows(
            "SELECT question, evidence, asked_on, person, channel, outcome, reason, municipality,"
            " language, fixed, fingerprint, verdict"
            " FROM answers LEFT JOIN votes ON answer_id = id WHERE id = ?",
            answer_id,
        )
        if not rows:
            return None
        quotes = await self._rows(
            "SELECT pledge_id FROM answer_quotes WHERE answer_id = ? ORDER BY rank", answer_id
        )
        sealed, why, asked_on, person, channel, outcome, reason, place, *rest = rows[0]
        language, fixed, version, verdict = rest
        question = self._unseal("question", answer_id, sealed)
        evidence = self._unseal("evidence", answer_id, why)
        return LoggedAnswer(
            id=answer_id,
            question=question or "",
            asked_on=date.fromisoformat(str(asked_on)),
            person=person if isinstance(person, bytes) else None,
            channel=str(channel),
            outcome=str(outcome),
            reason=str(reason),
            municipality=None if place is None else str(place),
            language=str(language),
            fixed=str(fixed),
            fingerprint=str(version),
            evidence=json.loads(evidence) if evidence else {},
            pledge_ids=tuple(str(pledge_id) for (pledge_id,) in quotes),
            verdict=None if verdict is None else Verdict(str(verdict)),
            damaged=question is None or evidence is None,
        )

    async def counts(self, since: date) -> list[tuple[date, str, str, int]]:
        """Return day, topic, outcome and number of answers, oldest first.

        For people only through `privacy.aggregates.suppressed`: a small number tells of someone.
        """
        rows = await self._rows(
            "SELECT day, topic, outcome, sum(answers) FROM counts WHERE day >= ?"
            " GROUP BY day, topic, outcome ORDER BY day, topic, outcome",
            since.isoformat(),
        )
        return [(date.fromisoformat(str(d)), str(t), str(o), int(str(n))) for d, t, o, n in rows]


_COUNT = (
    "INSERT INTO counts (day, municipality, topic, outcome, answers) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (day, municipality, topic, outcome) DO UPDATE SET answers = answers + 1"
)


def _counted(
    answer: Answer, asked_at: datetime, person: bytes | None = None
) -> tuple[str, str, str, str]:
    topic = answer.fixed or answer.evidence.get("topic") or ""
    # Not the place of who has a row with a pseudonym: on a quiet day it would tell the row's topic.
    place = "" if answer.is_crisis or person is not None else answer.municipality or ""
    return day(asked_at), place, str(topic), answer.outcome.value


def _json(evidence: Mapping[str, object]) -> str:
    return json.dumps(dict(evidence), ensure_ascii=False, default=str)
