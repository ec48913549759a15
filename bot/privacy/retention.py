"""What is too old, and whether the clock that says so can be believed. Pure but for the clocks.

A wrong clock could make everything look old. So the wall clock is compared with a time that is
trusted: the newest that was seen before, moved on by the monotonic clock, which never jumps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

BUILT = datetime(2026, 11, 24, tzinfo=UTC)  # this program did not exist before
AHEAD = timedelta(hours=48)  # further ahead of the trusted time the wall clock is not believed
AUDIT = timedelta(days=365)  # how long audit rows and counts are kept


class TrustedTime:
    """The newest moment known for sure, moving on by itself.

    Args:
        monotonic: Seconds, never going back.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._base: datetime | None = None
        self._since = 0.0

    @property
    def now(self) -> datetime | None:
        """The trusted time; None before anything was seen."""
        if self._base is None:
            return None
        return self._base + timedelta(seconds=self._monotonic() - self._since)

    def saw(self, moment: datetime) -> None:
        """Take a moment that is known to have been: an earlier purge's, or one of Telegram's.

        Telegram stamps each message by its own clock: after days of being off, the first message
        shows that the wall clock is right.
        """
        now = self.now
        if now is None or moment > now:
            self._base, self._since = moment, self._monotonic()

    def doubt(self, now: datetime) -> str:
        """Return why the wall clock is not believed, «before built» or «ahead», or ""."""
        trusted = self.now
        if now < BUILT:
            return "before built"
        if trusted is not None and now - trusted > AHEAD:
            return "ahead"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a purge removes: all that is from before.

    Attributes:
        answers: The first day that stays.
        audit: The first moment that stays.
    """

    answers: date
    audit: datetime


def limits(now: datetime, retention_days: int) -> Limits:
    """Return what is too old now. A question of today is kept for ``retention_days`` days."""
    today = now.astimezone(UTC).date()
    return Limits(answers=today - timedelta(days=retention_days), audit=now - AUDIT)
