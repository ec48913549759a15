"""A breach: what of which days lay there, who of ours looked, and which copies hold it. Reads only.

Numbers, days and files; never a question's words, never a voter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.backup import backups
from bot.config import Settings
from bot.privacy.audit import Chain, Entry
from bot.privacy.keys import KeyFault, Keys
from bot.storage import FILE, StorageError, audit_entries, verify_audit
from bot.storage_incident import answers_held, rows_by_day, rows_without_day, sealing_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A backup, or a log that was set aside.

    Attributes:
        answers: Of the days asked about; None: not known, and to be taken for all.
    """

    path: Path
    answers: int | None
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a breach of these days (UTC, both included) may have touched.

    Attributes:
        rows: Table -> day -> rows.
        undated: Table -> rows, of tables that keep no day.
        first: The first day with answers; None: there are none.
        last: The last.
        keys: File of a month's key -> (rows it sealed, is it still there?).
        audit: What staff, admins and commands did on these days.
        chain: Of the whole audit; None where the keys cannot be used.
        copies: Newest first.
    """

    since: date
    until: date
    rows: Mapping[str, Mapping[str, int]]
    undated: Mapping[str, int]
    first: str | None
    last: str | None
    keys: Mapping[str, tuple[int, bool]]
    audit: tuple[Entry, ...]
    chain: Chain | None
    copies: tuple[Copy, ...]


def examine(settings: Settings, since: date, until: date) -> Incident:
    """Gather it all; also while the bot runs.

    Raises:
        StorageError: If the log cannot be read.
    """
    path = settings.data / FILE
    try:
        rows = rows_by_day(path, since, until)
        undated = rows_without_day(path)
        sealed = sealing_keys(path, since, until)
    except sqlite3.Error as exc:
        raise StorageError(path, "storage_failed", reason=str(exc)) from exc
    chain, there = None, frozenset[str]()
    try:
        keys = Keys.open(settings.keys, settings.data)
        there = frozenset(key_id.file for key_id in keys.field_ids())
        chain = verify_audit(path, keys)[1]
    except KeyFault:
        pass  # a breach may well have begun there: the rest must still be told
    days = sorted(rows.get("answers", {}))
    span = since.isoformat(), until.isoformat()
    return Incident(
        since=since,
        until=until,
        rows=rows,
        undated=undated,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        keys={k.file: (count, k.file in there) for k, count in sorted(sealed.items())},
        audit=tuple(e for e in audit_entries(path) if span[0] <= e.at[:10] <= span[1]),
        chain=chain,
        copies=tuple(_copies(settings, since, until)),
    )


def _copies(settings: Settings, since: date, until: date) -> list[Copy]:
    found = [each.path for each in backups(settings.backups)]
    for why in ("corrupt", "before-restore"):
        aside = settings.data.glob(f"{FILE}.{why}.*")
        found += sorted(p for p in aside if not p.name.endswith(("-wal", "-shm", "-journal")))
    copies = []
    for path in found:
        held = answers_held(path, since, until)
        if held is None:
            copies.append(Copy(path=path, answers=None, first=None, last=None))
        elif held[0]:
            copies.append(Copy(path=path, answers=held[0], first=held[1], last=held[2]))
    return copies
