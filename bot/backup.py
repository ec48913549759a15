"""Backups of the log: made while it is written to, proved before they count, rotated, restored."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.migrations import MIGRATIONS
from bot.storage_maintenance import (
    beside,
    copy,
    damage,
    erase_again,
    row_counts,
    schema_version,
    tombstones,
)

GRAVES = "erased.json"  # beside the backups: what voters had erased, also since the newest of them
KEEP_DAYS = 14  # also how long an erased voter's words may live on in a backup: docs/drift.md
_ABANDONED = 3600.0  # seconds: no backup takes that long
_NAME = re.compile(r"loftebot-(\d{8}T\d{6}Z)(-v\d+)?\.sqlite3")
_STAMP = "%Y%m%dT%H%M%SZ"


class BackupError(Exception):
    """No backup was made or restored: ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, fault: str, **values: object) -> None:
        self.path, self.fault, self.values = path, fault, values
        super().__init__(f"{path}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup on disk.

    Attributes:
        made_at: In UTC, from its name.
        rotates: False for the one that a migration makes: it stays until it is too old.
    """

    path: Path
    made_at: datetime
    rotates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did.

    Attributes:
        rows: Of each table, as restored.
        erased: Answers that voters had erased after the backup was made; they are erased again.
        aside: Where the file that was there before is kept, or None where there was none.
    """

    rows: Mapping[str, int]
    erased: int
    aside: Path | None


def stamp(moment: datetime) -> str:
    """2026-11-24 22:30:05+00:00 -> 20261124T223005Z."""
    return moment.astimezone(UTC).strftime(_STAMP)


def backups(folder: Path) -> list[Backup]:
    """Return the backups of a folder, newest first."""
    found = []
    for path in folder.glob("loftebot-*.sqlite3"):
        if match := _NAME.fullmatch(path.name):
            made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
            found.append(Backup(path=path, made_at=made_at, rotates=match[2] is None))
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def make(
    source: Path,
    folder: Path,
    now: datetime,
    *,
    tag: str = "",
    copier: Callable[[Path], None] | None = None,
) -> tuple[Backup, Mapping[str, int]]:
    """Back up a log that may be in use, and rotate.

    The copy gets its name only when it is whole, on disk and proved; until then it is no backup.

    Args:
        source: The log.
        folder: Of the backups.
        now: Aware.
        tag: Added to the name; such a backup is not one of the rotating.
        copier: Copies the log into a file: `Storage.copy_to` in the process that writes to it. None:
            by a connection of its own, which a writer that never rests makes start over.

    Returns:
        The backup, and how many rows each of its tables holds.

    Raises:
        BackupError: If none was made; the earlier ones are untouched.
    """
    if not source.exists():
        raise BackupError(source, "backup_nothing")
    path = folder / f"loftebot-{stamp(now)}{tag}.sqlite3"
    part = folder / f".{path.name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        # SQLite would make it readable for all.
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            if copier is None:
                copy(source, part)
            else:
                copier(part)
            reason = damage(part, thorough=True)
            if reason:
                raise BackupError(source, "backup_damaged", reason=reason)
            rows = row_counts(part)
            part.replace(path)
        finally:
            _remove(part)
        _sync(folder)
        prune(folder, now)
    except (OSError, sqlite3.Error) as exc:
        raise BackupError(path, "backup_failed", reason=_reason(exc)) from exc
    return Backup(path=path, made_at=now.astimezone(UTC), rotates=not tag), rows


def prune(folder: Path, now: datetime) -> list[Path]:
    """Remove what is too old, and all but the newest of each day: at most one a day stays.

    Returns:
        What was removed. The newest of all stays, however old: better an old backup than none.
    """
    found = backups(folder)
    oldest = now.astimezone(UTC) - timedelta(days=KEEP_DAYS)
    days, gone = set(), []
    for i, backup in enumerate(found):
        old = backup.made_at <= oldest and i > 0
        if old or (backup.rotates and backup.made_at.date() in days):
            backup.path.unlink(missing_ok=True)
            gone.append(backup.path)
        elif backup.rotates:
            days.add(backup.made_at.date())
    for backup in [b for b in backups(folder) if b.rotates][KEEP_DAYS:]:
        backup.path.unlink(missing_ok=True)
        gone.append(backup.path)
    return gone


def newest_valid(folder: Path) -> Backup | None:
    """Return the newest backup that is whole and that this program can read."""
    return next((backup for backup in backups(folder) if not unfit(backup.path)), None)


def unfit(path: Path) -> str:
    """Return why a file cannot be restored, or "" where it can."""
    version = schema_version(path)
    if version is None:
        return "ikke en SQLite-fil"
    if version > len(MIGRATIONS):
        return f"skjema {version} er nyere enn {len(MIGRATIONS)}"
    try:
        return damage(path, thorough=True)
    except (sqlite3.Error, OSError) as exc:
        return _reason(exc)


def restore(
    backup: Path, path: Path, folder: Path, now: datetime, *, aside: str = "before-restore"
) -> Restored:
    """Put a backup in the log's place. Nobody may have the log open.

    What voters had erased since, as far as the log, the backups in ``folder`` and those beside this
    one know, is erased again. What was there is never deleted: it is kept beside, under a name that
    ends in ``.before-restore.<UTC>``.

    Raises:
        BackupError: If the log was left as it was.
    """
    reason = unfit(backup) if backup.exists() else "filen finnes ikke"
    if reason:
        raise BackupError(backup, "restore_unfit", reason=reason)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove(part)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            copy(backup, part)
            erased = erase_again(part, _graves(path, backup.parent, folder))
            _sync_file(part)
            rows = row_counts(part)
            kept = set_aside(path, aside, now)
            part.replace(path)
        finally:
            _remove(part)
        _sync(path.parent)
    except (OSError, sqlite3.Error) as exc:
        raise BackupError(path, "backup_failed", reason=_reason(exc)) from exc
    return Restored(rows=rows, erased=erased, aside=kept)


def note_graves(path: Path, folder: Path) -> None:
    """Write beside the backups what voters had erased: the log may be lost with the newest of it.

    Raises:
        OSError: If it cannot be written.
    """
    graves = tombstones(path)
    known = _noted(folder)
    if graves == known or (not graves and not folder.exists()):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{GRAVES}.part"
    handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # by handle
        json.dump(graves, file)
    _sync_file(part)
    part.replace(folder / GRAVES)


def _graves(path: Path, *folders: Path) -> dict[str, str]:
    found: dict[str, str] = tombstones(path) if path.exists() else {}
    for folder in dict.fromkeys(folders):
        found |= _noted(folder)
        for backup in backups(folder):
            found |= tombstones(backup.path)
    return found


def _noted(folder: Path) -> dict[str, str]:
    try:
        data = json.loads((folder / GRAVES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def set_aside(path: Path, why: str, now: datetime) -> Path | None:
    """Rename a log and what SQLite keeps beside it; None where there is none.

    The journal goes along: left behind, SQLite would play it into the file that comes next.
    """
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.{why}.{stamp(now)}")
    number = 1
    while aside.exists():  # twice in a second: neither may replace the other
        number += 1
        aside = path.with_name(f"{path.name}.{why}.{stamp(now)}-{number}")
    for old, new in zip((*beside(path), path), (*beside(aside), aside), strict=True):
        if old.exists():
            old.replace(new)
    _sync(path.parent)
    return aside


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed left behind; one that is being made is younger."""
    for part in folder.glob(".loftebot-*.part*"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink()


def _remove(part: Path) -> None:
    for each in (part, *beside(part)):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(exc: OSError | sqlite3.Error) -> str:
    return exc.strerror or str(exc) if isinstance(exc, OSError) else str(exc)
