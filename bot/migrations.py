"""The schema of the question log, step by step. Append only: a step that has run is never changed.

No names, usernames or ids of voters: there is no column that could hold one. Every column is
described in ``docs/personvern.md``; a test fails on one that is not.
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
    (
        """
        CREATE TABLE choices (
          pseudonym    BLOB NOT NULL PRIMARY KEY,  -- of its own purpose: joins with nothing
          municipality TEXT,
          language     TEXT
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE complaints (
          answer_id TEXT NOT NULL PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
          complaint TEXT NOT NULL CHECK (
            complaint IN ('topic', 'meaning', 'place', 'outdated', 'other', 'missing')
          ),
          given_at  TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (  # Days instead of times, what was written sealed, and what the voter's rights need.
        # seal_question and seal_evidence are `storage.Database`'s own functions.
        """
        CREATE TABLE answers_2 (
          id           TEXT NOT NULL PRIMARY KEY,  -- random, 128 bits: not to be guessed or counted
          asked_on     TEXT NOT NULL,              -- UTC, 2026-01-31: no time that tells who asked
          person       BLOB CHECK (length(person) = 16),  -- the day's pseudonym; NULL: nobody's
          channel      TEXT NOT NULL,
          outcome      TEXT NOT NULL,
          reason       TEXT NOT NULL,
          municipality TEXT,                       -- asked about; NULL: all
          language     TEXT NOT NULL,
          fixed        TEXT NOT NULL,              -- topic of a fixed answer, or empty
          fingerprint  TEXT NOT NULL,              -- version of the index that answered
          question     BLOB NOT NULL,              -- sealed: its words, redacted
          evidence     BLOB NOT NULL               -- sealed: JSON object
        ) STRICT, WITHOUT ROWID
        """,
        """
        INSERT INTO answers_2
        SELECT id, substr(asked_at, 1, 10), NULL, channel, outcome, reason, municipality, language,
          fixed, fingerprint, seal_question(id, question), seal_evidence(id, question, evidence)
        FROM answers
        """,
        """
        CREATE TABLE votes_2 (
          answer_id TEXT NOT NULL PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
          verdict   TEXT NOT NULL CHECK (verdict IN ('helpful', 'not_helpful')),
          voted_on  TEXT NOT NULL                  -- UTC, 2026-01-31
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO votes_2 SELECT answer_id, verdict, substr(voted_at, 1, 10) FROM votes",
        "DROP TABLE votes",
        "DROP TABLE answers",
        "ALTER TABLE answers_2 RENAME TO answers",
        "ALTER TABLE votes_2 RENAME TO votes",
        "CREATE INDEX answers_by_day ON answers (asked_on)",
        "CREATE INDEX answers_by_person ON answers (person) WHERE person IS NOT NULL",
        """
        CREATE TABLE counts (
          day     TEXT NOT NULL,                   -- UTC, 2026-01-31
          topic   TEXT NOT NULL,                   -- of the topic tree; empty: none
          outcome TEXT NOT NULL,
          answers INTEGER NOT NULL CHECK (answers > 0),
          PRIMARY KEY (day, topic, outcome)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE consents (
          person       BLOB NOT NULL CHECK (length(person) = 16),  -- the pseudonym of that day
          given_at     TEXT NOT NULL,              -- UTC, 2026-01-31T12:00:00+00:00
          wording      TEXT NOT NULL,              -- version of the text that was agreed to
          withdrawn_at TEXT,
          PRIMARY KEY (person, given_at)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE erased (
          answer_id TEXT NOT NULL PRIMARY KEY,     -- erased again if a backup brings it back
          erased_on TEXT NOT NULL                  -- UTC, 2026-01-31
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
          seq    INTEGER NOT NULL PRIMARY KEY,
          at     TEXT NOT NULL,                    -- UTC, 2026-01-31T12:00:00+00:00
          actor  TEXT NOT NULL,                    -- a staff member's number, cli or system
          action TEXT NOT NULL,
          detail TEXT NOT NULL,
          rows   INTEGER NOT NULL,
          link   BLOB NOT NULL CHECK (length(link) = 32)  -- MAC over this row and the one before
        ) STRICT
        """,
        """
        CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit is append-only'); END
        """,
        """
        CREATE TABLE marks (
          mark  TEXT NOT NULL PRIMARY KEY,         -- clock, audit_start
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # the inbox (bot/storage_inbox.py)
    (
        """
        CREATE TABLE inbox (
          update_id   INTEGER NOT NULL PRIMARY KEY,  -- Telegram's; tells nothing of who wrote
          payload     BLOB NOT NULL,                 -- the update, sealed; the row goes when done
          state       TEXT NOT NULL CHECK (state IN ('new', 'sending')),
          tries       INTEGER NOT NULL DEFAULT 0,    -- starts that found it waiting
          answer_id   TEXT,                          -- what it was logged as, until it is done
          received_at TEXT NOT NULL                  -- UTC
        ) STRICT
        """,
        """
        CREATE TABLE inbox_seen (
          update_id INTEGER NOT NULL PRIMARY KEY,    -- against a second delivery
          seen_on   TEXT NOT NULL,                   -- UTC day; forgotten after two
          delivery  TEXT NOT NULL CHECK (delivery IN ('done', 'unknown'))
        ) STRICT
        """,
    ),
    # staff and what they do (bot/storage_staff.py, bot/storage_review.py, bot/storage_proposals.py)
    (
        """
        CREATE TABLE staff (
          name         TEXT NOT NULL PRIMARY KEY,  -- as history and audit show it
          telegram_id  INTEGER UNIQUE,             -- of staff and nobody else; NULL: web pages only
          role         TEXT NOT NULL CHECK (role IN ('admin', 'reviewer')),
          municipality TEXT,                       -- the one they review; NULL: all
          added_on     TEXT NOT NULL,              -- UTC, 2026-01-31
          added_by     TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE logins (
          name       TEXT NOT NULL PRIMARY KEY,    -- whose: a new link replaces the one before
          token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),  -- SHA-256
          expires_at TEXT NOT NULL                 -- UTC, 2026-01-31T12:00:00+00:00
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE answers ADD COLUMN likeness BLOB",  # keyed; alike questions share it
        "CREATE INDEX answers_by_likeness ON answers (likeness, asked_on)",
        """
        CREATE TABLE cases (
          id         TEXT NOT NULL PRIMARY KEY,    -- of alike questions: their likeness in hex
          status     TEXT NOT NULL CHECK (
            status IN ('new', 'taken', 'solved', 'silent', 'irrelevant', 'spam')
          ),
          owner      TEXT,                         -- which of the staff
          note       BLOB,                         -- sealed: staff's own words
          version    INTEGER NOT NULL,             -- who edits an older one is told
          changed_on TEXT NOT NULL                 -- UTC, 2026-01-31
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE case_changes (
          case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
          version INTEGER NOT NULL,                -- the one that this change made
          at      TEXT NOT NULL,                   -- UTC, 2026-01-31T12:00:00+00:00
          name    TEXT NOT NULL,                   -- of staff
          status  TEXT NOT NULL,                   -- as it became
          owner   TEXT,
          note    BLOB,                            -- sealed
          PRIMARY KEY (case_id, version)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE proposals (
          id         TEXT NOT NULL PRIMARY KEY,    -- random, 128 bits
          case_id    TEXT,                         -- what it mends; NULL: nothing asked
          kind       TEXT NOT NULL CHECK (kind IN ('example', 'outside', 'synonym')),
          body       BLOB NOT NULL,                -- sealed: JSON object
          state      TEXT NOT NULL CHECK (state IN ('waiting', 'published', 'refused')),
          made_by    TEXT NOT NULL,                -- which of the staff
          made_at    TEXT NOT NULL,                -- UTC, 2026-01-31T12:00:00+00:00
          decided_by TEXT,
          decided_at TEXT
        ) STRICT, WITHOUT ROWID
        """,
    ),
)
