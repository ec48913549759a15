"""The SQL of a breach: how many rows of which days a log, or a copy of it, holds. Reads only."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

from bot.privacy.crypto import CipherError, sealed_with
from bot.privacy.keys import KeyId
from bot.storage_maintenance import COUNTS, reading, tables

# Each table whose rows have a day. A table that is not here is counted as a whole: so are staff and
# logins, whoever was added when, and the queue, which only sums up the others.
_BY_DAY = {
    "answers": (
        "SELECT asked_on, count(*) FROM answers WHERE asked_on BETWEEN ? AND ? GROUP BY asked_on"
    ),
    "answer_quotes": (
        "SELECT asked_on, count(*) FROM answers JOIN answer_quotes ON answer_id = id"
        " WHERE asked_on BETWEEN ? AND ? GROUP BY asked_on"
    ),
    "votes": (
        "SELECT voted_on, count(*) FROM votes WHERE voted_on BETWEEN ? AND ? GROUP BY voted_on"
    ),
    "complaints": (
        "SELECT substr(given_at, 1, 10), count(*) FROM complaints"
        " WHERE substr(given_at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "consents": (
        "SELECT substr(given_at, 1, 10), count(*) FROM consents"
        " WHERE substr(given_at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "counts": "SELECT day, count(*) FROM counts WHERE day BETWEEN ? AND ? GROUP BY day",
    "answer_days": ("SELECT day, count(*) FROM answer_days WHERE day BETWEEN ? AND ? GROUP BY day"),
    "erased": (
        "SELECT erased_on, count(*) FROM erased WHERE erased_on BETWEEN ? AND ? GROUP BY erased_on"
    ),
    "audit": (
        "SELECT substr(at, 1, 10), count(*) FROM audit"
        " WHERE substr(at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "cases": (
        "SELECT changed_on, count(*) FROM cases WHERE changed_on BETWEEN ? AND ? GROUP BY changed_on"
    ),
    "case_changes": (
        "SELECT substr(at, 1, 10), count(*) FROM case_changes"
        " WHERE substr(at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "proposals": (
        "SELECT substr(made_at, 1, 10), count(*) FROM proposals"
        " WHERE substr(made_at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "inbox": (
        "SELECT substr(received_at, 1, 10), count(*) FROM inbox"
        " WHERE substr(received_at, 1, 10) BETWEEN ? AND ? GROUP BY 1"
    ),
    "inbox_seen": (
        "SELECT seen_on, count(*) FROM inbox_seen WHERE seen_on BETWEEN ? AND ? GROUP BY seen_on"
    ),
}
_SEALED = (
    "SELECT substr(question, 1, 5), count(*) FROM answers WHERE asked_on BETWEEN ? AND ? GROUP BY 1"
)
_HELD = "SELECT count(*), min(asked_on), max(asked_on) FROM answers WHERE asked_on BETWEEN ? AND ?"


def rows_by_day(path: Path, since: date, until: date) -> dict[str, dict[str, int]]:
    """Return table -> day (UTC, 2026-11-01) -> rows, both days included. Raises sqlite3.Error."""
    with reading(path) as db:
        return {
            name: {
                str(day): int(rows) for day, rows in db.execute(_BY_DAY[name], _span(since, until))
            }
            for name in sorted(tables(db) & _BY_DAY.keys())
        }


def rows_without_day(path: Path) -> dict[str, int]:
    """Return table -> rows of the tables that have no day. Raises sqlite3.Error."""
    with reading(path) as db:
        return {
            name: int(db.execute(COUNTS[name]).fetchone()[0])
            for name in sorted(tables(db) & (COUNTS.keys() - _BY_DAY.keys()))
        }


def sealing_keys(path: Path, since: date, until: date) -> dict[KeyId, int]:
    """Return which keys sealed the questions of these days, and how many. Raises sqlite3.Error."""
    found: dict[KeyId, int] = {}
    with reading(path) as db:
        for head, rows in db.execute(_SEALED, _span(since, until)):
            try:
                key_id = sealed_with(bytes(head) + bytes(28))
            except CipherError:
                continue  # a damaged row tells nobody anything
            found[key_id] = found.get(key_id, 0) + int(rows)
    return found


def answers_held(path: Path, since: date, until: date) -> tuple[int, str | None, str | None] | None:
    """Return how many answers of these days a copy holds, their first day and their last.

    None: it cannot be told, as the file is damaged or of a schema without days. Treat it as if it
    held them all.
    """
    try:
        with reading(path) as db:
            count, first, last = db.execute(_HELD, _span(since, until)).fetchone()
    except sqlite3.Error:
        return None
    return int(count), first, last


def _span(since: date, until: date) -> tuple[str, str]:
    return since.isoformat(), until.isoformat()
