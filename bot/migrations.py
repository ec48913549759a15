"""The schema of the question log, step by step. Append only: a step that has run is never changed.

No names, usernames or ids of voters: there is no column that could hold one.
"""

from __future__ import annotations

# MIGRATIONS[n] takes a database from ``PRAGMA user_version`` n to n + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE answers (
          id           TEXT NOT NULL PRIMARY KEY,  -- random, 128 bits: not to be guessed or counted
          question     TEXT NOT NULL,
          asked_at     TEXT NOT NULL,              -- UTC, 2026-01-31T12:00:00+00:00
          channel      TEXT NOT NULL,
          outcome      TEXT NOT NULL,
          reason       TEXT NOT NULL,
          municipality TEXT,                       -- asked about; NULL: all
          language     TEXT NOT NULL,
          fixed        TEXT NOT NULL,              -- topic of a fixed answer, or empty
          fingerprint  TEXT NOT NULL,              -- version of the index that answered
          evidence     TEXT NOT NULL               -- JSON object
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX answers_by_time ON answers (asked_at)",
        """
        CREATE TABLE answer_quotes (
          answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
          rank      INTEGER NOT NULL CHECK (rank >= 1),  -- 1: best
          pledge_id TEXT NOT NULL,
          PRIMARY KEY (answer_id, rank)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE votes (
          answer_id TEXT NOT NULL PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
          verdict   TEXT NOT NULL CHECK (verdict IN ('helpful', 'not_helpful')),
          voted_at  TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
)
