"""How much one person may ask, and how fast we may answer. Pure, in memory only, and bounded.

Intervals are of the monotonic clock: a clock that is set back or forth changes nothing.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, TypeVar

LONGEST_QUESTION = 500  # characters; longer ones are asked to be shortened
QUESTIONS_A_MINUTE = 20  # of one user, and of one chat
PRESSES_A_MINUTE = 60
REMEMBERED = 10_000  # users or chats; the longest silent are forgotten first
_MINUTE = 60.0

_V = TypeVar("_V")
Clock = Callable[[], float]


class Admission(Enum):
    """What to do with a message."""

    WELCOME = auto()
    NOTICE = auto()  # too many: say so, once
    SILENCE = auto()  # too many, and told already


class Recent(Generic[_V]):
    """A mapping that forgets the least recently used entry beyond ``capacity``."""

    def __init__(self, make: Callable[[], _V], capacity: int = REMEMBERED) -> None:
        self._make, self._capacity = make, capacity
        self._entries: OrderedDict[Hashable, _V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, key: Hashable) -> _V:
        entry = self._entries.pop(key, None)
        if entry is None:
            entry = self._make()
        self._entries[key] = entry
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
        return entry


@dataclass(slots=True)
class _Visitor:
    times: deque[float] = field(default_factory=deque)  # of what was admitted, in the last minute
    told_at: float | None = None
    refused_at: float = 0.0


class Limiter:
    """Admits so many messages of one key in any minute."""

    def __init__(
        self, per_minute: int, clock: Clock = time.monotonic, capacity: int = REMEMBERED
    ) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._visitors = Recent(_Visitor, capacity)

    @property
    def remembered(self) -> int:
        """How many keys are in memory."""
        return len(self._visitors)

    def admit(self, key: Hashable) -> Admission:
        """Count a message, and say whether it is one too many.

        One notice a flood: the next one only after a minute without a refusal.
        """
        now, visitor = self._clock(), self._visitors[key]
        while visitor.times and now - visitor.times[0] >= _MINUTE:
            visitor.times.popleft()
        if len(visitor.times) < self._per_minute:
            visitor.times.append(now)
            return Admission.WELCOME
        quiet = visitor.told_at is None or now - visitor.refused_at >= _MINUTE
        visitor.refused_at = now
        if quiet:
            visitor.told_at = now
            return Admission.NOTICE
        return Admission.SILENCE


@dataclass(slots=True)
class _Bucket:
    free_at: float = float("-inf")  # when the chat's allowance will be whole again


class Pace:
    """Spreads what is sent as Telegram asks: one message a second and chat, some 30 in all.

    "avoid sending more than one message per second [in a chat]. We may allow short bursts …
    bulk: ~30 messages per second" (core.telegram.org/bots/faq).

    Args:
        burst: Messages that a chat may get at once after a pause.
        total: Messages to all chats together in any second.
    """

    def __init__(
        self,
        *,
        burst: int = 4,
        total: int = 28,
        clock: Clock = time.monotonic,
        capacity: int = REMEMBERED,
    ) -> None:
        self._burst, self._clock = burst, clock
        self._chats = Recent(_Bucket, capacity)
        self._sent: deque[float] = deque(maxlen=total)

    @property
    def remembered(self) -> int:
        """How many chats are in memory."""
        return len(self._chats)

    def chat_wait(self, chat: Hashable) -> float:
        """Reserve the chat's next message and return in how many seconds it may go."""
        now, bucket = self._clock(), self._chats[chat]
        bucket.free_at = max(bucket.free_at, now) + 1.0
        return max(0.0, bucket.free_at - now - self._burst)

    def total_wait(self) -> float:
        """Reserve a message to anybody and return in how many seconds it may go."""
        now = self._clock()
        full = len(self._sent) == self._sent.maxlen
        due = max(now, self._sent[0] + 1.0) if full else now
        self._sent.append(due)
        return due - now
