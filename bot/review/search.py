"""Searching the words of sealed questions: opened once, folded, held in memory while staff work.

Opening all of a large log takes seconds of work. It is done in small pieces with pauses, newest
days first, so that no voter waits for it; until it is done a search tells how far it has come.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from bot.storage import Storage
from bot.storage_review import ReviewStore
from retrieval import words

AWAY = 30 * 60.0  # seconds without a search after which everything is forgotten
MOST_CHARACTERS = 40_000_000  # of folded words held: some 500,000 questions
_IDS = 1000  # read at a time: some 2 ms on the one connection
_PIECE = 200  # questions opened at a time: some 4 ms of a worker thread
_PAUSE = 0.02  # seconds between two pieces, for voters
_PATIENCE = 0.1  # seconds that a search waits for what is not read yet
_FRESH = (
    10.0  # seconds in which what was asked meanwhile is not looked for: voters ask all the time
)
_WORD = re.compile(r"[^\W_]+")
# Not through its cache: that would keep what voters wrote, and is never cleared.
_fold: Callable[[str], str] = words.fold.__wrapped__


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: ids of cases, and the share of the log that was gone through, 0 to 1."""

    cases: frozenset[str]
    read: float


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as it was read.

    One string of all its questions, so that looking through it is one call and not thousands.

    Attributes:
        changes: How often the day had changed when it was read.
        ids, cases: Of its answers, in the order in which their words stand in the text.
        starts: Where the words of each begin in ``text``; each ends in a line feed.
    """

    changes: int
    ids: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    text: str = ""

    @classmethod
    def of(cls, changes: int, questions: Sequence[tuple[str, str, str]]) -> Self:
        """Put a day together from (answer id, case id, folded words)."""
        lengths = (len(text) + 1 for _, _, text in questions)
        return cls(
            changes=changes,
            ids=tuple(answer_id for answer_id, _, _ in questions),
            cases=tuple(case_id for _, case_id, _ in questions),
            starts=tuple(accumulate(lengths, initial=0)),
            text="".join(f"{text}\n" for _, _, text in questions),
        )

    def words(self) -> dict[str, str]:
        """Return the folded words by answer id."""
        return dict(zip(self.ids, self.text.split("\n"), strict=False))

    def matching(self, parts: Sequence[str]) -> Iterator[str]:
        """Yield the cases of the questions that hold all of the parts."""
        first, *others = sorted(parts, key=len, reverse=True)  # the longest: likely the rarest
        at = self.text.find(first)
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            start, end = self.starts[number], self.starts[number + 1]
            if all(self.text.find(part, start, end) >= 0 for part in others):
                yield self.cases[number]
            at = self.text.find(first, end)


def folded(text: str) -> str:
    """Return the words of a text as they are compared, each behind a space: Åpne? -> `` apne``"""
    text = _fold(unicodedata.normalize("NFC", text).lower())
    return "".join(f" {word}" for word in _WORD.findall(text))


class QuestionSearch:
    """Finds cases by the words of their questions. One for all pages; lives in one event loop."""

    def __init__(self, storage: Storage, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage, self._store, self._clock = storage, ReviewStore(storage), clock
        self._days: dict[str, _Day] = {}
        self._used = clock()
        self._read_at = -math.inf  # when the last reading came to its end
        self._reading: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(len(day.ids) for day in self._days.values())

    async def find(self, text: str) -> Found:
        """Return the cases with a question that has words beginning like each of the text's.

        What is erased meanwhile may still be named; the queue has it no longer.

        Raises:
            StorageError: If the log cannot be read.
        """
        self._used = self._clock()
        if self._used - self._read_at >= _FRESH:
            reading = self.warm()
            await asyncio.wait([reading], timeout=_PATIENCE)
            if reading.done() and not reading.cancelled():
                reading.result()  # raises what it raised
        wanted = folded(text).split()
        days = await self._store.days()
        current = [self._days[on] for on in days if on in self._days]
        cases = await asyncio.to_thread(_matching, current, wanted)
        return Found(cases, len(current) / len(days) if days else 1.0)

    def warm(self) -> asyncio.Task[None]:
        """Begin to read what is not read yet, or go on with it. The task ends when all is read."""
        self._used = self._clock()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(AWAY, self._tick)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            # A failure is told to who searches next; nobody may ever do so.
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._reading

    def warm_up(self) -> None:
        """Begin to read for a search that may come; does nothing where that has been done."""
        if self._timer is None:
            self.warm()

    def forget(self) -> None:
        """Forget everything, and stop reading."""
        if self._reading is not None:
            self._reading.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self._reading = self._timer = None
        self._days, self._read_at = {}, -math.inf

    def _tick(self) -> None:
        """Forget everything if staff have been away for long enough; else look again then."""
        left = self._used + AWAY - self._clock()
        self._timer = None
        if left <= 0:
            self.forget()
        else:
            self._timer = asyncio.get_running_loop().call_later(left, self._tick)

    # ---- reading

    async def _read(self) -> None:
        days = await self._store.days()
        for gone in self._days.keys() - days.keys():
            del self._days[gone]
        for on, changes in days.items():
            day = self._days.get(on, _Day(-1))
            others = sum(len(each.text) for name, each in self._days.items() if name != on)
            if day.changes != changes and others < MOST_CHARACTERS:
                # Counted before it is read: a change meanwhile is found the next time.
                self._days[on] = _Day.of(changes, await self._read_day(on, day))
        self._read_at = self._clock()

    async def _read_day(self, on: str, day: _Day) -> list[tuple[str, str, str]]:
        cases: dict[str, str] = {}
        after = ""
        while found := await self._store.ids_of(on, after, _IDS):
            cases.update(found)
            after = found[-1][0]
        known = day.words()
        fresh = [answer_id for answer_id in cases if answer_id not in known]
        for at in range(0, len(fresh), _PIECE):
            sealed = await self._store.sealed(fresh[at : at + _PIECE])
            known.update(await asyncio.to_thread(self._open, sealed))
            await asyncio.sleep(_PAUSE)
        return [(i, case_id, known[i]) for i, case_id in cases.items() if i in known]

    def _open(self, sealed: Sequence[tuple[str, object]]) -> list[tuple[str, str]]:
        unseal = self._storage.unseal
        return [(i, folded(unseal("question", i, blob) or "")) for i, blob in sealed]


def _matching(days: Sequence[_Day], wanted: Sequence[str]) -> frozenset[str]:
    parts = [f" {word}" for word in wanted]
    if not parts:
        return frozenset()
    return frozenset(case_id for day in days for case_id in day.matching(parts))
