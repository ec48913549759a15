"""The SQL of figures: how many questions, how they were answered, and what was thought of it.

All of it small numbers of single days: for people only through ``bot.review.overview``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.storage import Storage

# Days that are read at a time, of the counts and of what lies in single rows; at 100,000 questions
# the longest statement then takes some 20 ms.
_COUNTED, _SINGLE = 14, 4
_ROWS = 100  # of an export that are read at a time


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC, both ends included."""

    first: date
    last: date

    def parts(self, days: int) -> Iterator[Window]:
        """Give the window in parts of so many days; the last may have fewer."""
        first = self.first
        while first <= self.last:
            yield Window(first, min(first + timedelta(days - 1), self.last))
            first += timedelta(days)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A question that needs eyes, as staff may see it: no pseudonym, no time.

    Attributes:
        question: Redacted; empty where it was not kept, or does not open.
        status: Of its case; "new" where nobody touched it.
        again: Its case was solved and is back, as in ``bot.storage_review.QueueCase``.
    """

    asked_on: date
    question: str
    outcome: str
    reason: str
    municipality: str | None
    verdict: str
    complaint: str
    status: str
    again: bool = False


class Statistics:
    """Counts over a window of days. ``municipality``: asked about that one only; None: all.

    Read a few days at a time: the log has one connection, and voters wait for no long statement.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def by_day(
        self, window: Window, municipality: str | None = None
    ) -> list[tuple[date, str, int]]:
        """Return (day, outcome, answers). Raises StorageError."""
        found = await self._summed(
            "SELECT day, outcome, sum(answers) FROM counts WHERE day BETWEEN ?1 AND ?2"
            " AND (?3 IS NULL OR municipality = ?3) GROUP BY day, outcome",
            window,
            municipality,
            _COUNTED,
        )
        return [(date.fromisoformat(d), outcome, n) for (d, outcome), n in found.items()]

    async def by_topic(
        self, window: Window, municipality: str | None = None
    ) -> list[tuple[str, str, str, int]]:
        """Return (topic, municipality, outcome, answers); empty: none. Raises StorageError."""
        found = await self._summed(
            "SELECT topic, municipality, outcome, sum(answers) FROM counts"
            " WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR municipality = ?3)"
            " GROUP BY topic, municipality, outcome",
            window,
            municipality,
            _COUNTED,
        )
        return [(topic, place, outcome, n) for (topic, place, outcome), n in found.items()]

    async def votes(
        self, window: Window, municipality: str | None = None
    ) -> list[tuple[date, str, int]]:
        """Return (day of the vote, verdict, votes). Raises StorageError."""
        found = await self._summed(
            "SELECT voted_on, verdict, count(*) FROM votes WHERE voted_on BETWEEN ?1 AND ?2"
            " AND (?3 IS NULL OR ?3 = (SELECT municipality FROM answers WHERE id = answer_id))"
            " GROUP BY voted_on, verdict",
            window,
            municipality,
        )
        return [(date.fromisoformat(d), verdict, n) for (d, verdict), n in found.items()]

    async def complaints(
        self, window: Window, municipality: str | None = None
    ) -> list[tuple[str, int]]:
        """Return (complaint, how many). Raises StorageError."""
        found = await self._summed(
            "SELECT complaint, count(*) FROM complaints WHERE given_at BETWEEN ?1 AND ?2"
            " AND (?3 IS NULL OR ?3 = (SELECT municipality FROM answers WHERE id = answer_id))"
            " GROUP BY complaint",
            window,
            municipality,
        )
        return [(complaint, n) for (complaint,), n in found.items()]

    async def _summed(
        self, sql: str, window: Window, municipality: str | None, days: int = _SINGLE
    ) -> dict[tuple[str, ...], int]:
        """Return the last column, a count, by the others."""
        found: Counter[tuple[str, ...]] = Counter()
        for part in window.parts(days):
            for *key, count in await self._storage.rows(sql, *_values(part), municipality):
                found[tuple(map(str, key))] += int(str(count))
        return found

    # ---- the queue, to be taken along

    async def queue_size(self, window: Window, municipality: str | None = None) -> int:
        """Return how many rows `queue` gives. Raises StorageError."""
        found = await self._summed(
            "SELECT count(*) FROM answers LEFT JOIN votes ON votes.answer_id = id"
            " LEFT JOIN complaints ON complaints.answer_id = id"
            " WHERE asked_on BETWEEN ?1 AND ?2 AND (?3 IS NULL OR municipality = ?3)"
            " AND (outcome NOT IN ('hit', 'fixed') OR verdict = 'not_helpful'"
            " OR complaint IS NOT NULL)",
            window,
            municipality,
        )
        return found[()]

    async def queue(
        self, window: Window, municipality: str | None = None
    ) -> AsyncIterator[list[QueueRow]]:
        """Give what needs eyes in parts: none, weak, failed, voted down or complained about.

        Newest day first; within a day in no order that tells anything. Others write in between the
        parts, so a row may be missing or new; none comes twice. Raises StorageError.
        """
        first, day = _values(window)
        answer_id = "~"  # after every id
        while True:
            rows = await self._storage.rows(
                "SELECT answers.id, asked_on, question, outcome, reason, answers.municipality,"
                " verdict, complaint, status, again FROM answers"
                " LEFT JOIN votes ON votes.answer_id = answers.id"
                " LEFT JOIN complaints ON complaints.answer_id = answers.id"
                " LEFT JOIN queue ON queue.case_id = answers.case_id"
                " WHERE asked_on >= ? AND (asked_on, answers.id) < (?, ?)"
                " AND (? IS NULL OR answers.municipality = ?)"
                " AND (outcome NOT IN ('hit', 'fixed') OR verdict = 'not_helpful'"
                " OR complaint IS NOT NULL)"
                " ORDER BY asked_on DESC, answers.id DESC LIMIT ?",
                first,
                day,
                answer_id,
                municipality,
                municipality,
                _ROWS,
            )
            if not rows:
                return
            yield [self._row(row) for row in rows]
            answer_id, day = str(rows[-1][0]), str(rows[-1][1])

    def _row(self, row: tuple[object, ...]) -> QueueRow:
        answer_id, asked_on, sealed, outcome, reason, place, *rest = row
        verdict, complaint, status, again = rest
        return QueueRow(
            asked_on=date.fromisoformat(str(asked_on)),
            question=self._storage.unseal("question", str(answer_id), sealed) or "",
            outcome=str(outcome),
            reason=str(reason),
            municipality=None if place is None else str(place),
            verdict=str(verdict or ""),
            complaint=str(complaint or ""),
            status=str(status or "new"),
            again=bool(again),
        )


def _values(window: Window) -> tuple[str, str]:
    return window.first.isoformat(), window.last.isoformat()
