"""How often an attempt at what only admins may do is written down. Pure, in memory, and bounded.

The audit is kept for a year: whoever sends thousands of commands must not fill it, nor hide among
them that there were thousands.
"""

from __future__ import annotations

import time
from collections.abc import Callable

EACH = 40  # attempts an hour that get a row of their own
_HOUR = 3600.0  # seconds


class Refusals:
    """Says of each attempt whether a row is due, and for how many attempts it stands.

    The first ``EACH`` of an hour get one each, then each doubling: 80, 160, … So a million an hour
    make 54 rows, which tell of at least half of them; the rest stands in the next hour's first row.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._seen = 0
        self._untold = 0

    def attempt(self) -> int:
        """Count an attempt; return how many a row written now stands for, 0: write none.

        >>> refusals = Refusals(lambda: 0.0)
        >>> [row for _ in range(160) if (row := refusals.attempt())][EACH - 1 :]
        [1, 40, 80]
        """
        now = self._clock()
        if self._began is None or now - self._began >= _HOUR:
            self._began, self._seen = now, 0
        self._seen += 1
        self._untold += 1
        times, rest = divmod(self._seen, EACH)
        if self._seen > EACH and (rest or times & (times - 1)):  # not a doubling
            return 0
        told, self._untold = self._untold, 0
        return told
