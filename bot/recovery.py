"""Before the log is opened: is it whole? If not, keep it, restore the newest backup, say what is lost."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import backup
from bot.migrations import MIGRATIONS
from bot.storage_maintenance import damage, schema_version

logger = logging.getLogger(__name__)

MEMORY_FILE = "operations.json"
LOOP_STARTS, LOOP_WITHIN = 5, timedelta(minutes=10)  # so many starts in that time: a crash loop
LOOP_PAUSE = 60.0  # seconds from one start to the next in a crash loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was done about a damaged log.

    Attributes:
        kept: The damaged file; never deleted by the bot.
        restored: The backup that took its place; None: a new, empty log.
        lost_rows: Answers that were logged and are not in the restored log; None: not known.
        lost_hours: From the backup to the last sign of life; None: not known.
    """

    kept: Path
    reason: str
    restored: backup.Backup | None
    lost_rows: int | None
    lost_hours: float | None


def prepare(path: Path, folder: Path, now: datetime) -> Recovery | None:
    """Make sure that the log can be opened; back it up if its schema is about to change.

    A log of a newer program is not touched: opening it says so.

    Raises:
        BackupError: If a backup or a restore that is needed cannot be made.
        sqlite3.Error, OSError: If the log cannot be read though it is not damaged.
    """
    if not path.exists():
        if not _interrupted(path):
            return None
        return _mend(path, folder, now, "interrupted")
    if path.stat().st_size == 0:
        return None  # killed between creating the file and its first table: nothing was in it
    version = schema_version(path)
    if version is not None and version > len(MIGRATIONS):
        return None
    reason = damage(path)
    if reason:
        return _mend(path, folder, now, reason)
    if version is not None and 0 < version < len(MIGRATIONS):
        made, _ = backup.make(path, folder, now, tag=f"-v{version}")
        logger.info("backed up before migration: %s", made.path.name)
    return None


def _mend(path: Path, folder: Path, now: datetime, reason: str) -> Recovery:
    memory = Memory(path.parent)
    kept = backup.set_aside(path, "corrupt", now)
    if kept is None:
        kept = max(path.parent.glob(f"{path.name}.*.????????T*"), default=path)
    found = backup.newest_valid(folder)
    rows = 0
    if found is not None:
        rows = backup.restore(found.path, path, folder, now).rows.get("answers", 0)
    # A warning: admins are told in their own words, by the caller.
    logger.warning("log damaged: kept as %s, restored %s", kept.name, found and found.path.name)
    hours = None
    if found is not None and memory.alive is not None:
        hours = max(0.0, (memory.alive - found.made_at) / timedelta(hours=1))
    return Recovery(
        kept=kept,
        reason=reason,
        restored=found,
        lost_rows=None if memory.answers is None else max(0, memory.answers - rows),
        lost_hours=hours,
    )


def _interrupted(path: Path) -> bool:
    """Tell whether a restore was killed between setting the old file aside and the new one's name."""
    return any(path.parent.glob(f"{path.name}.corrupt.*")) or any(
        path.parent.glob(f"{path.name}.before-restore.*")
    )


class Memory:
    """What one process leaves for the next in ``operations.json``: starts, last sign of life, rows.

    Numbers and times only. A file that is missing or damaged is as good as an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MEMORY_FILE
        data = self._read()
        self._starts = [moment for each in _list(data, "starts") if (moment := _moment(each))]
        self.alive = _moment(data.get("alive"))
        self.answers = data["answers"] if isinstance(data.get("answers"), int) else None
        self._told = data.get("told") is True

    def started(self, now: datetime) -> int:
        """Note a start, and return how many there were lately without a clean stop, this one included."""
        # A clock that was set back would leave starts in the future: they are forgotten.
        self._starts = [each for each in self._starts if timedelta(0) <= now - each <= LOOP_WITHIN]
        self._starts.append(now)
        if len(self._starts) < LOOP_STARTS:
            self._told = False
        self._write()
        return len(self._starts)

    def stopped(self) -> None:
        """Note a clean stop: the start it belongs to is no crash."""
        del self._starts[-1:]
        self._write()

    def tell_once(self) -> bool:
        """Return True the first time in a crash loop, and remember it across starts."""
        first, self._told = not self._told, True
        self._write()
        return first

    def beat(self, now: datetime, answers: int | None) -> None:
        """Note that the process lives, and what its log holds (None: not known now)."""
        self.alive = now
        self.answers = self.answers if answers is None else answers
        self._write()

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _write(self) -> None:
        data = {
            "starts": [each.isoformat() for each in self._starts],
            "told": self._told,
            "alive": self.alive.isoformat() if self.alive else None,
            "answers": self.answers,
        }
        part = self._path.with_name(f".{MEMORY_FILE}.part")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # by handle
                json.dump(data, file)
            part.replace(self._path)
        except OSError as exc:
            # It only makes later reports better; a full disk must not stop the bot for it.
            logger.warning("%s not written: %s", MEMORY_FILE, exc.strerror)


def pause(starts: int) -> float:
    """Return how many seconds to wait before serving: 0, or in a crash loop LOOP_PAUSE."""
    return LOOP_PAUSE if starts >= LOOP_STARTS else 0.0


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
