"""What admins are told unasked: one message a kind a quarter of an hour, with a count.

Nothing about anyone: no voter's words, no ids.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.health import Health
from bot.storage import StorageError

EVERY = 15 * 60.0  # seconds between two messages of one kind
_MOST_KINDS = 50
_FIELDS = re.compile(r"%[-+ #0]{0,5}\d{0,4}(?:\.\d{1,4})?[a-zA-Z]")


@dataclass(slots=True)
class _Kind:
    count: int = 0
    told: float | None = None
    sentence: str = ""


class Alerts:
    """Collects what happened, and hands out what is due.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kinds: dict[str, _Kind] = {}
        self._lock = threading.Lock()  # log records come from every thread

    def note(self, kind: str, sentence: str = "") -> None:
        """Count one event. ``kind`` names a sentence of the texts, or an ``error: where``.

        ``sentence`` is sent instead of the kind's own.
        """
        with self._lock:
            if kind not in self._kinds and len(self._kinds) >= _MOST_KINDS:
                kind = "error"
            entry = self._kinds.setdefault(kind, _Kind())
            entry.count += 1
            entry.sentence = sentence or entry.sentence

    def due(self) -> list[tuple[str, int, str]]:
        """Return (kind, count, sentence) of what to tell now; each is told once."""
        now, found = self._clock(), []
        with self._lock:
            for kind, entry in self._kinds.items():
                if entry.count and (entry.told is None or now - entry.told >= EVERY):
                    found.append((kind, entry.count, entry.sentence))
                    entry.count, entry.told, entry.sentence = 0, now, ""
        return found


class Watch(logging.Handler):
    """Turns what is logged as an error into alerts, and a damaged log into a call for help.

    Only the words of our own source are used, never the values put into them: an error's text may
    hold what a voter wrote.

    Attributes:
        damaged: The log was found damaged while it served.
    """

    def __init__(self, alerts: Alerts, health: Health) -> None:
        super().__init__(logging.ERROR)
        self._alerts, self._health = alerts, health
        self.damaged = False

    def emit(self, record: logging.LogRecord) -> None:
        """Count the record."""
        kind = kind_of(record)
        self._health.failed()
        self._alerts.note(kind)
        if kind == "corrupt":
            self.damaged = True


def kind_of(record: logging.LogRecord) -> str:
    """Return what a record is about.

    One of the kinds in ``upkeep.alert_text``, or ``error: `` and where it was logged.
    """
    error = record.exc_info[1] if record.exc_info else None
    values = record.args if isinstance(record.args, tuple) else ()
    for each in (error, *values):
        if isinstance(each, StorageError):
            return _storage_kind(str(each.values.get("reason", "")))
    name = type(error).__name__ if error else ""
    if name == "Conflict":
        return "conflict"
    if name in ("NetworkError", "TimedOut", "RetryAfter"):
        return "telegram"
    words = _FIELDS.sub("…", str(record.msg))[:80]
    if record.name.startswith("bot."):
        return f"error: {record.name}: {words}"
    # Of other people's code not even the words: they may be built from values.
    return f"error: {record.name} {name}".strip()


def _storage_kind(reason: str) -> str:
    if "full" in reason or "No space left" in reason:
        return "disk_full"
    if "locked" in reason or "busy" in reason:
        return "locked"
    if "malformed" in reason or "not a database" in reason or "unsupported file format" in reason:
        return "corrupt"
    return "storage"
