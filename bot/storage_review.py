"""The SQL of staff's queue: cases of alike questions, what is in one, and what staff did with it.

Every read is short, and none reads the whole log. They go over the log's one connection: where
SQLite has no write-ahead log, a reader on a connection of its own holds up the commits as well, and
measured at 100,000 answers the voters' writes were no faster for it. So staff wait their turn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.callback_data import Complaint, Verdict
from bot.storage import Storage
from bot.storage.database import day, stamp

OUTCOMES = ("hit", "weak", "none", "fixed")
DISLIKED = "disliked"  # as a reason: somebody pressed 👎


class Status(StrEnum):
    """What staff have come to with a case."""

    NEW = "new"
    TAKEN = "taken"
    SOLVED = "solved"
    SILENT = "silent"
    """The programme does not speak of it."""
    IRRELEVANT = "irrelevant"
    SPAM = "spam"


OPEN = "open"  # as a filter: new, taken, or back
AGAIN = "again"  # as a filter: only what is back


class CaseGone(Exception):  # noqa: N818  # a state, not a fault
    """All answers of the case were erased or have become too old."""


class Stale(Exception):  # noqa: N818  # a state, not a fault
    """The case was changed by another since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases to show. What is empty lets all through.

    Attributes:
        municipality: None: any; "": asked about none in particular.
        outcome: A case with an answer of that outcome.
        reason: A case with a complaint of that kind, or ``DISLIKED``.
        status: A ``Status``, ``OPEN``, or ``AGAIN``.
        since, until: A case asked on one of these days, both of them included.
        needy: Only what needs eyes: not (surely) found, disliked, or complained of.
        found: Only these cases; None: any.
    """

    municipality: str | None = None
    outcome: str = ""
    reason: str = ""
    status: str = ""
    owner: str = ""
    since: date | None = None
    until: date | None = None
    needy: bool = False
    found: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCase:
    """A case as the queue shows it.

    Attributes:
        question: As it was last worded; "" where the words were not kept.
        answers: How many times it was asked.
        outcomes: Answers by outcome; only those there are.
        complaints: By kind; only those there are.
        again: It was solved and is back: since then it failed again, and no staff have changed it.
    """

    id: str
    question: str
    municipality: str | None
    first_on: date
    newest_on: date
    answers: int
    outcomes: Mapping[str, int]
    disliked: int
    complaints: Mapping[str, int]
    status: Status
    owner: str
    again: bool = False

    @property
    def is_open(self) -> bool:
        """Does it wait for staff?"""
        return self.again or self.status in (Status.NEW, Status.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    """An answer of a case, without anything that tells whose it was.

    Attributes:
        id: Of the answer; for no page: who knows it may vote on the answer.
        question: Redacted; "" where it was not kept.
        pledge_ids: Of the quotes shown, best first.
        evidence: Why it was answered so; empty until `ReviewStore.explained` fills it in.
    """

    question: str
    asked_on: date
    outcome: str
    reason: str
    municipality: str | None
    language: str
    fixed: str
    fingerprint: str
    id: str = field(default="", repr=False)
    evidence: Mapping[str, object] = field(default_factory=dict)
    pledge_ids: tuple[str, ...] = ()
    verdict: Verdict | None = None
    complaint: Complaint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """Where a case stands. ``version`` 0: nobody has touched it."""

    status: Status = Status.NEW
    owner: str = ""
    note: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What one of the staff made of a case; ``state`` is as it became, ``again``: it was back."""

    state: CaseState
    name: str
    on: date
    again: bool = False


_COLUMNS = (
    "SELECT q.case_id, q.municipality, q.first_on, q.newest_on, q.answers, q.hit, q.weak, q.none,"
    " q.fixed, q.disliked, q.topic, q.meaning, q.place, q.outdated, q.other, q.missing, q.status,"
    " q.owner, q.again, a.id, a.question"
)
# The wording of a case is that of one of its newest answers.
_NEWEST = (
    " JOIN answers AS a ON a.id ="
    " (SELECT id FROM answers WHERE case_id = q.case_id ORDER BY asked_on DESC, id DESC LIMIT 1)"
)
_FILTER = (
    " WHERE (?9 = 0 OR needy = 1)"
    " AND (?4 = '' OR status = ?4 OR (?4 = 'open' AND status IN ('new', 'taken'))"
    "   OR (?4 IN ('open', 'again') AND again = 1))"
    " AND (?1 IS NULL OR municipality IS nullif(?1, ''))"
    " AND (?2 = '' OR CASE ?2 WHEN 'hit' THEN hit WHEN 'weak' THEN weak WHEN 'none' THEN none"
    "   WHEN 'fixed' THEN fixed ELSE 0 END > 0)"
    " AND (?3 = '' OR CASE ?3 WHEN 'disliked' THEN disliked WHEN 'topic' THEN topic"
    "   WHEN 'meaning' THEN meaning WHEN 'place' THEN place WHEN 'outdated' THEN outdated"
    "   WHEN 'other' THEN other WHEN 'missing' THEN missing ELSE 0 END > 0)"
    " AND (?5 = '' OR owner = ?5)"
    " AND (?6 = '' OR newest_on >= ?6)"
    " AND (?7 = '' OR first_on <= ?7)"
    # Asked before and after the period: was it in the period, too?
    " AND (?6 = '' OR ?7 = '' OR newest_on <= ?7 OR first_on >= ?6 OR EXISTS (SELECT 1 FROM answers"
    "   WHERE answers.case_id = queue.case_id AND asked_on BETWEEN ?6 AND ?7))"
    " AND (?8 IS NULL OR case_id IN (SELECT value FROM json_each(?8)))"
)
_ORDER = " ORDER BY newest_on DESC, case_id LIMIT ?10 OFFSET ?11"


# Put together from the constants above alone; every value is bound.
_COUNT = "SELECT count(*), total(answers) FROM queue" + _FILTER  # noqa: S608
_PAGE = (
    _COLUMNS + " FROM (SELECT * FROM queue" + _FILTER  # noqa: S608
    + _ORDER + ") AS q" + _NEWEST
    + " ORDER BY q.newest_on DESC, q.case_id"
)  # fmt: skip


class ReviewStore:
    """The queue, its cases, and staff's changes to them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    # ---- the queue

    async def count(self, chosen: Filter) -> tuple[int, int]:
        """Return how many cases a filter lets through, and how many answers they are."""
        [(cases, answers)] = await self._storage.rows(_COUNT, *_values(chosen))
        return int(str(cases)), int(float(str(answers)))

    async def page(self, chosen: Filter, limit: int, offset: int = 0) -> list[QueueCase]:
        """Return ``limit`` cases, newest day first; within a day in an order that is not time's."""
        rows = await self._storage.rows(_PAGE, *_values(chosen), limit, offset)
        return [self._case(row) for row in rows]

    async def case(self, case_id: str) -> QueueCase | None:
        """Return one case, or None where the log has none of that id (any more)."""
        rows = await self._storage.rows(
            _COLUMNS + " FROM queue AS q" + _NEWEST + " WHERE q.case_id = ?", case_id
        )
        return self._case(rows[0]) if rows else None

    async def answers(self, case_id: str, limit: int) -> list[CaseAnswer]:
        """Return the newest ``limit`` answers of a case, newest day first, then in no telling order."""
        rows = await self._storage.rows(
            "SELECT id, question, asked_on, outcome, reason, municipality, language,"
            " fixed, fingerprint, verdict, complaint,"
            # Sorted in the inner query, for group_concat takes them as they come.
            " (SELECT group_concat(pledge_id) FROM (SELECT pledge_id FROM answer_quotes"
            "   WHERE answer_id = id ORDER BY rank))"
            " FROM answers LEFT JOIN votes ON votes.answer_id = id"
            " LEFT JOIN complaints ON complaints.answer_id = id"
            " WHERE case_id = ? ORDER BY asked_on DESC, id DESC LIMIT ?",
            case_id, limit,
        )  # fmt: skip
        return [self._answer(row) for row in rows]

    async def explained(self, answers: Collection[CaseAnswer]) -> list[CaseAnswer]:
        """Return the answers with their evidence. Apart, for opening it takes longer than all else."""
        rows = await self._storage.rows(
            "SELECT id, evidence FROM answers WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps([answer.id for answer in answers]),
        )
        opened = {i: self._storage.unseal("evidence", str(i), blob) for i, blob in rows}
        return [
            replace(answer, evidence=json.loads(opened.get(answer.id) or "{}"))
            for answer in answers
        ]

    # ---- what staff did

    async def state(self, case_id: str) -> CaseState:
        """Return where a case stands; untouched where nobody has changed it."""
        rows = await self._storage.rows(
            "SELECT status, owner, note, version FROM cases WHERE id = ?", case_id
        )
        return self._state(case_id, *rows[0]) if rows else CaseState()

    async def history(self, case_id: str) -> list[CaseChange]:
        """Return what was done with a case, newest first."""
        rows = await self._storage.rows(
            "SELECT status, owner, note, version, name, at, again FROM case_changes"
            " WHERE case_id = ? ORDER BY version DESC",
            case_id,
        )
        return [
            CaseChange(
                state=self._state(case_id, *row[:4]),
                name=str(row[4]),
                on=date.fromisoformat(str(row[5])[:10]),
                again=bool(row[6]),
            )
            for row in rows
        ]

    async def change(
        self,
        case_id: str,
        state: CaseState,
        name: str,
        at: datetime,
        *,
        back_since: date | None = None,
    ) -> CaseState:
        """Store a case's new state, and who made it so. A case that was back is so no longer.

        ``state.version`` is the one that was read; the one returned is the next.

        Args:
            back_since: It is back after all: what staff made of that is undone, and what failed from
                the day on which it was solved is there to be seen again.

        Raises:
            CaseGone: If there is no such case (any more).
            Stale: If another changed it since.
            StorageError: If it was not stored.
        """
        version = state.version + 1
        note = None
        if state.note:
            # The same blob in both tables: it belongs to this version of this case.
            note = self._storage.seal("note", _of(case_id, version), state.note)
        async with self._storage.transaction() as db:
            known = await db.execute_fetchall(
                "SELECT (SELECT version FROM cases WHERE id = case_id), again FROM queue"
                " WHERE case_id = ?",
                (case_id,),
            )
            if not known:
                raise CaseGone
            [(before, was_back)] = known
            if (before or 0) != state.version:
                raise Stale
            values = (case_id, state.status.value, state.owner or None, note, version)
            await db.execute(
                "INSERT INTO cases (id, status, owner, note, version, changed_on)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " status = excluded.status, owner = excluded.owner, note = excluded.note,"
                " version = excluded.version, changed_on = excluded.changed_on",
                (*values, back_since.isoformat() if back_since else day(at)),
            )
            await db.execute(
                "INSERT INTO case_changes (case_id, status, owner, note, version, name, at, again)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, name, stamp(at), was_back),
            )
            if back_since:
                await db.execute(
                    "UPDATE queue SET again = 1 WHERE case_id = ? AND status = 'solved'", (case_id,)
                )
        return CaseState(status=state.status, owner=state.owner, note=state.note, version=version)

    # ---- for the search

    async def days(self) -> dict[str, int]:
        """Return how often the answers of each day changed, newest day first."""
        rows = await self._storage.rows("SELECT day, changes FROM answer_days ORDER BY day DESC")
        return {str(on): int(str(changes)) for on, changes in rows}

    async def ids_of(self, on: str, after: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, case id) of a day's answers, by id from behind ``after``."""
        rows = await self._storage.rows(
            "SELECT id, case_id FROM answers WHERE asked_on = ? AND id > ? ORDER BY id LIMIT ?",
            on, after, limit,
        )  # fmt: skip
        return [(str(answer_id), str(case_id)) for answer_id, case_id in rows]

    async def sealed(self, ids: Collection[str]) -> list[tuple[str, object]]:
        """Return (id, sealed question) of answers, as far as they are still there."""
        rows = await self._storage.rows(
            "SELECT id, question FROM answers WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps(list(ids)),
        )
        return [(str(answer_id), blob) for answer_id, blob in rows]

    # ---- rows to objects

    def _case(self, row: tuple[object, ...]) -> QueueCase:
        case_id, place, first, newest, answers, *numbers = row[:16]
        status, owner, again, answer_id, sealed = row[16:]
        counts = [int(str(number)) for number in numbers]
        return QueueCase(
            id=str(case_id),
            question=self._storage.unseal("question", str(answer_id), sealed) or "",
            municipality=None if place is None else str(place),
            first_on=date.fromisoformat(str(first)),
            newest_on=date.fromisoformat(str(newest)),
            answers=int(str(answers)),
            outcomes=_some(OUTCOMES, counts[:4]),
            disliked=counts[4],
            complaints=_some([kind.value for kind in Complaint], counts[5:]),
            status=Status(str(status)),
            owner=str(owner or ""),
            again=bool(again),
        )

    def _answer(self, row: tuple[object, ...]) -> CaseAnswer:
        answer_id, question, asked_on, outcome, reason, place, *rest = row
        language, fixed, fingerprint, verdict, complaint, pledges = rest
        return CaseAnswer(
            id=str(answer_id),
            question=self._storage.unseal("question", str(answer_id), question) or "",
            asked_on=date.fromisoformat(str(asked_on)),
            outcome=str(outcome),
            reason=str(reason),
            municipality=None if place is None else str(place),
            language=str(language),
            fixed=str(fixed),
            fingerprint=str(fingerprint),
            pledge_ids=tuple(str(pledges).split(",")) if pledges else (),
            verdict=None if verdict is None else Verdict(str(verdict)),
            complaint=None if complaint is None else Complaint(str(complaint)),
        )

    def _state(self, case_id: str, *row: object) -> CaseState:
        status, owner, note, version = row
        number = int(str(version))
        words = self._storage.unseal("note", _of(case_id, number), note) if note else ""
        return CaseState(
            status=Status(str(status)), owner=str(owner or ""), note=words or "", version=number
        )


def _of(case_id: str, version: int) -> str:
    return f"{case_id}:{version}"


def _some(names: Collection[str], counts: Collection[int]) -> dict[str, int]:
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def _values(chosen: Filter) -> tuple[object, ...]:
    return (
        chosen.municipality,
        chosen.outcome,
        chosen.reason,
        chosen.status,
        chosen.owner,
        chosen.since.isoformat() if chosen.since else "",
        chosen.until.isoformat() if chosen.until else "",
        None if chosen.found is None else json.dumps(list(chosen.found)),
        int(chosen.needy),
    )
