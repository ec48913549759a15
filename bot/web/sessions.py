"""Who is signed in. In memory only: a restart signs everybody out. Never logged."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# The prefix makes browsers refuse it without Secure, with a domain, or from another path.
COOKIE = "__Host-loftebot"
IDLE = 30 * 60.0  # seconds without a request, then one is signed out
LONGEST = 8 * 3600.0  # seconds from signing in, whatever one does
MOST = 500  # sessions; the longest idle is ended first


@dataclass(slots=True)
class Session:
    """One browser of one of the staff.

    Attributes:
        name: Whose. What they may is looked up at each request, never remembered.
        csrf: 256 random bits that every form of the session must bring along.
        began: Seconds by the sessions' clock.
        used: The same, of the last request.
    """

    name: str
    began: float
    used: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def sent(self, csrf: str) -> bool:
        """Is this the session's own? Takes as long whatever is wrong with it."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "replace"))


class Sessions:
    """The sessions of this process.

    Args:
        clock: Seconds, never going back: a clock that is set must not keep anybody signed in.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, Session] = {}  # the longest idle first

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, name: str) -> str:
        """Sign a member in and return the id for the cookie: 256 random bits."""
        now = self._clock()
        key = secrets.token_urlsafe(32)
        self._open[key] = Session(name=name, began=now, used=now)
        while len(self._open) > MOST:
            self._open.pop(next(iter(self._open)))
        return key

    def use(self, key: str | None) -> Session | None:
        """Return the session of a cookie, and note that it was used; None: there is none, or no more."""
        session = self._open.pop(key, None) if key else None
        if session is None or key is None:
            return None
        now = self._clock()
        if now - session.used > IDLE or now - session.began > LONGEST:
            return None
        session.used = now
        self._open[key] = session
        return session

    def end(self, key: str | None) -> None:
        """Sign out."""
        if key:
            self._open.pop(key, None)

    def end_all_of(self, name: str) -> None:
        """Sign a member out everywhere."""
        for key in [key for key, session in self._open.items() if session.name == name]:
            del self._open[key]
