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
        # Which case an answer belongs to: of all alike questions, or of its own.
        """
        ALTER TABLE answers ADD COLUMN case_id TEXT AS (
          CASE WHEN likeness IS NULL THEN 'a-' || id ELSE lower(hex(likeness)) END
        ) VIRTUAL
        """,
        "CREATE INDEX answers_by_case ON answers (case_id, asked_on)",
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
        # What was asked about by place as well; never beside a pseudonym (bot/storage/answers.py).
        """
        CREATE TABLE counts_2 (
          day          TEXT NOT NULL,              -- UTC, 2026-01-31
          municipality TEXT NOT NULL,              -- asked about; empty: none in particular
          topic        TEXT NOT NULL,              -- of the topic tree; empty: none
          outcome      TEXT NOT NULL,
          answers      INTEGER NOT NULL CHECK (answers > 0),
          PRIMARY KEY (day, municipality, topic, outcome)
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO counts_2 SELECT day, '', topic, outcome, answers FROM counts",
        "DROP TABLE counts",
        "ALTER TABLE counts_2 RENAME TO counts",
        "CREATE INDEX votes_by_day ON votes (voted_on, verdict)",
        "CREATE INDEX complaints_by_day ON complaints (given_at, complaint)",
        """
        CREATE TABLE proposals (
          id         TEXT NOT NULL PRIMARY KEY,    -- random, 128 bits
          case_id    TEXT,                         -- what it mends; NULL: nothing asked
          kind       TEXT NOT NULL CHECK (kind IN ('example', 'outside', 'synonym')),
          body       BLOB NOT NULL,                -- sealed: JSON object
          state      TEXT NOT NULL CHECK (state IN ('waiting', 'published', 'refused', 'withdrawn')),
          made_by    TEXT NOT NULL,                -- which of the staff
          made_at    TEXT NOT NULL,                -- UTC, 2026-01-31T12:00:00+00:00
          decided_by TEXT,
          decided_at TEXT
        ) STRICT, WITHOUT ROWID
        """,
        # The queue: what the tables above say of each case, summed up, so that no page that staff
        # open reads the whole log while a voter waits. Triggers keep it, in the transaction of
        # whatever changed: an answer, a vote, an erasure, a purge, a restore.
        """
        CREATE TABLE queue (
          case_id      TEXT NOT NULL UNIQUE,
          municipality TEXT,
          first_on     TEXT NOT NULL,              -- UTC, 2026-01-31
          newest_on    TEXT NOT NULL,
          answers      INTEGER NOT NULL,
          hit          INTEGER NOT NULL DEFAULT 0, -- answers by outcome
          weak         INTEGER NOT NULL DEFAULT 0,
          none         INTEGER NOT NULL DEFAULT 0,
          fixed        INTEGER NOT NULL DEFAULT 0,
          disliked     INTEGER NOT NULL DEFAULT 0, -- votes
          topic        INTEGER NOT NULL DEFAULT 0, -- complaints by kind
          meaning      INTEGER NOT NULL DEFAULT 0,
          place        INTEGER NOT NULL DEFAULT 0,
          outdated     INTEGER NOT NULL DEFAULT 0,
          other        INTEGER NOT NULL DEFAULT 0,
          missing      INTEGER NOT NULL DEFAULT 0,
          status       TEXT NOT NULL DEFAULT 'new', -- as in cases
          owner        TEXT,
          needy        INTEGER NOT NULL AS (
            weak + none + disliked + topic + meaning + place + outdated + other + missing > 0
          ) STORED,
          -- In the order in which staff see it, so that a page is one short scan. Newest day first;
          -- within a day by the case's id, which is random: not by time.
          PRIMARY KEY (newest_on DESC, case_id)
        ) STRICT, WITHOUT ROWID
        """,
        # How often a day's answers changed: what was read of a day holds while this stays.
        """
        CREATE TABLE answer_days (
          day     TEXT NOT NULL PRIMARY KEY,       -- UTC, 2026-01-31
          answers INTEGER NOT NULL,
          changes INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        INSERT INTO queue (case_id, municipality, first_on, newest_on, answers, hit, weak, none,
          fixed, disliked, topic, meaning, place, outdated, other, missing)
        SELECT case_id, min(municipality), min(asked_on), max(asked_on), count(*),
          sum(outcome = 'hit'), sum(outcome = 'weak'), sum(outcome = 'none'),
          sum(outcome = 'fixed'), total(verdict = 'not_helpful'), total(complaint = 'topic'),
          total(complaint = 'meaning'), total(complaint = 'place'), total(complaint = 'outdated'),
          total(complaint = 'other'), total(complaint = 'missing')
        FROM answers
          LEFT JOIN votes ON votes.answer_id = id
          LEFT JOIN complaints ON complaints.answer_id = id
        GROUP BY case_id
        """,
        "INSERT INTO answer_days SELECT asked_on, count(*), count(*) FROM answers GROUP BY asked_on",
        """
        CREATE TRIGGER queue_answer AFTER INSERT ON answers
        BEGIN
          INSERT INTO queue (case_id, municipality, first_on, newest_on, answers, hit, weak,
            none, fixed)
          VALUES (NEW.case_id, NEW.municipality, NEW.asked_on, NEW.asked_on, 1,
            NEW.outcome = 'hit', NEW.outcome = 'weak', NEW.outcome = 'none', NEW.outcome = 'fixed')
          ON CONFLICT (case_id) DO UPDATE SET
            first_on = min(first_on, excluded.first_on),
            newest_on = max(newest_on, excluded.newest_on),
            answers = answers + 1, hit = hit + excluded.hit, weak = weak + excluded.weak,
            none = none + excluded.none, fixed = fixed + excluded.fixed;
          INSERT INTO answer_days (day, answers, changes) VALUES (NEW.asked_on, 1, 1)
          ON CONFLICT (day) DO UPDATE SET answers = answers + 1, changes = changes + 1;
        END
        """,
        # Votes and complaints first, while the answer is still there to say whose they are.
        """
        CREATE TRIGGER queue_answer_leaves BEFORE DELETE ON answers
        BEGIN
          DELETE FROM votes WHERE answer_id = OLD.id;
          DELETE FROM complaints WHERE answer_id = OLD.id;
        END
        """,
        """
        CREATE TRIGGER queue_answer_left AFTER DELETE ON answers
        BEGIN
          UPDATE queue SET answers = answers - 1,
            hit = hit - (OLD.outcome = 'hit'), weak = weak - (OLD.outcome = 'weak'),
            none = none - (OLD.outcome = 'none'), fixed = fixed - (OLD.outcome = 'fixed'),
            first_on = coalesce(
              (SELECT min(asked_on) FROM answers WHERE case_id = OLD.case_id), first_on),
            newest_on = coalesce(
              (SELECT max(asked_on) FROM answers WHERE case_id = OLD.case_id), newest_on)
          WHERE case_id = OLD.case_id;
          DELETE FROM cases WHERE id = OLD.case_id
            AND NOT EXISTS (SELECT 1 FROM answers WHERE case_id = OLD.case_id);
          DELETE FROM queue WHERE case_id = OLD.case_id AND answers = 0;
          UPDATE answer_days SET answers = answers - 1, changes = changes + 1
          WHERE day = OLD.asked_on;
          -- The newest day's count goes on: a day that starts over would look unchanged.
          DELETE FROM answer_days
          WHERE day = OLD.asked_on AND answers = 0 AND day < (SELECT max(day) FROM answer_days);
        END
        """,
        """
        CREATE TRIGGER queue_vote AFTER INSERT ON votes
        BEGIN
          UPDATE queue SET disliked = disliked + (NEW.verdict = 'not_helpful')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = NEW.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_vote_changes AFTER UPDATE OF verdict ON votes
        BEGIN
          UPDATE queue SET disliked = disliked + (NEW.verdict = 'not_helpful')
            - (OLD.verdict = 'not_helpful')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = NEW.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_vote_left AFTER DELETE ON votes
        BEGIN
          UPDATE queue SET disliked = disliked - (OLD.verdict = 'not_helpful')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = OLD.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_complaint AFTER INSERT ON complaints
        BEGIN
          UPDATE queue SET topic = topic + (NEW.complaint = 'topic'),
            meaning = meaning + (NEW.complaint = 'meaning'),
            place = place + (NEW.complaint = 'place'),
            outdated = outdated + (NEW.complaint = 'outdated'),
            other = other + (NEW.complaint = 'other'),
            missing = missing + (NEW.complaint = 'missing')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = NEW.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_complaint_changes AFTER UPDATE OF complaint ON complaints
        BEGIN
          UPDATE queue SET
            topic = topic + (NEW.complaint = 'topic') - (OLD.complaint = 'topic'),
            meaning = meaning + (NEW.complaint = 'meaning') - (OLD.complaint = 'meaning'),
            place = place + (NEW.complaint = 'place') - (OLD.complaint = 'place'),
            outdated = outdated + (NEW.complaint = 'outdated') - (OLD.complaint = 'outdated'),
            other = other + (NEW.complaint = 'other') - (OLD.complaint = 'other'),
            missing = missing + (NEW.complaint = 'missing') - (OLD.complaint = 'missing')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = NEW.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_complaint_left AFTER DELETE ON complaints
        BEGIN
          UPDATE queue SET topic = topic - (OLD.complaint = 'topic'),
            meaning = meaning - (OLD.complaint = 'meaning'),
            place = place - (OLD.complaint = 'place'),
            outdated = outdated - (OLD.complaint = 'outdated'),
            other = other - (OLD.complaint = 'other'),
            missing = missing - (OLD.complaint = 'missing')
          WHERE case_id = (SELECT case_id FROM answers WHERE id = OLD.answer_id);
        END
        """,
        """
        CREATE TRIGGER queue_case AFTER INSERT ON cases
        BEGIN
          UPDATE queue SET status = NEW.status, owner = NEW.owner WHERE case_id = NEW.id;
        END
        """,
        """
        CREATE TRIGGER queue_case_changes AFTER UPDATE OF status, owner ON cases
        BEGIN
          UPDATE queue SET status = NEW.status, owner = NEW.owner WHERE case_id = NEW.id;
        END
        """,
        """
        CREATE TRIGGER queue_case_left AFTER DELETE ON cases
        BEGIN
          UPDATE queue SET status = 'new', owner = NULL WHERE case_id = OLD.id;
        END
        """,
    ),
    # A solved case that fails again comes back to the queue (bot/storage_review.py). It is not the
    # case's status that changes: that is what staff said last, with their note sealed for that change.
    # It is back while an answer of the day that it was solved, or later, has failed: days are all that
    # the log knows, so what failed on the day itself counts as well.
    (
        "ALTER TABLE queue ADD COLUMN again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1))",
        # Whether a change met the case so: for the history, and for who undoes the change.
        """
        ALTER TABLE case_changes ADD COLUMN again INTEGER NOT NULL DEFAULT 0
        CHECK (again IN (0, 1))
        """,
        # Of what came before this step, only what is sure: not what failed on the day itself.
        """
        UPDATE queue SET again = 1
        WHERE status = 'solved' AND EXISTS (
          SELECT 1 FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          LEFT JOIN votes AS v ON v.answer_id = a.id
          LEFT JOIN complaints AS s ON s.answer_id = a.id
          WHERE a.case_id = queue.case_id AND a.asked_on > c.changed_on
          AND (a.outcome IN ('weak', 'none') OR v.verdict = 'not_helpful' OR s.answer_id IS NOT NULL)
        )
        """,
        """
        CREATE TRIGGER again_answer AFTER INSERT ON answers WHEN NEW.outcome IN ('weak', 'none')
        BEGIN
        UPDATE queue SET again = 1 WHERE status = 'solved' AND case_id =
          (SELECT a.case_id FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          WHERE a.id = NEW.id AND a.asked_on >= c.changed_on);
        END
        """,
        """
        CREATE TRIGGER again_vote AFTER INSERT ON votes WHEN NEW.verdict = 'not_helpful'
        BEGIN
        UPDATE queue SET again = 1 WHERE status = 'solved' AND case_id =
          (SELECT a.case_id FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          WHERE a.id = NEW.answer_id AND a.asked_on >= c.changed_on);
        END
        """,
        """
        CREATE TRIGGER again_vote_changes AFTER UPDATE OF verdict ON votes
        WHEN NEW.verdict = 'not_helpful' AND OLD.verdict <> 'not_helpful'
        BEGIN
        UPDATE queue SET again = 1 WHERE status = 'solved' AND case_id =
          (SELECT a.case_id FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          WHERE a.id = NEW.answer_id AND a.asked_on >= c.changed_on);
        END
        """,
        """
        CREATE TRIGGER again_complaint AFTER INSERT ON complaints
        BEGIN
        UPDATE queue SET again = 1 WHERE status = 'solved' AND case_id =
          (SELECT a.case_id FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          WHERE a.id = NEW.answer_id AND a.asked_on >= c.changed_on);
        END
        """,
        # Staff have seen it, and said what it is.
        """
        CREATE TRIGGER again_case_changes AFTER UPDATE OF status, owner ON cases
        BEGIN UPDATE queue SET again = 0 WHERE case_id = NEW.id; END
        """,
        # What brought it back was taken back, erased, or has become too old.
        """
        CREATE TRIGGER again_answer_left AFTER DELETE ON answers
        WHEN OLD.outcome IN ('weak', 'none')
        BEGIN
        UPDATE queue SET again = EXISTS (
          SELECT 1 FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          LEFT JOIN votes AS v ON v.answer_id = a.id
          LEFT JOIN complaints AS s ON s.answer_id = a.id
          WHERE a.case_id = queue.case_id AND a.asked_on >= c.changed_on
          AND (a.outcome IN ('weak', 'none') OR v.verdict = 'not_helpful' OR s.answer_id IS NOT NULL)
        )
        WHERE again = 1 AND case_id = OLD.case_id
        AND OLD.asked_on >= (SELECT changed_on FROM cases WHERE id = case_id);
        END
        """,
        """
        CREATE TRIGGER again_vote_taken_back AFTER UPDATE OF verdict ON votes
        WHEN OLD.verdict = 'not_helpful' AND NEW.verdict <> 'not_helpful'
        BEGIN
        UPDATE queue SET again = EXISTS (
          SELECT 1 FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          LEFT JOIN votes AS v ON v.answer_id = a.id
          LEFT JOIN complaints AS s ON s.answer_id = a.id
          WHERE a.case_id = queue.case_id AND a.asked_on >= c.changed_on
          AND (a.outcome IN ('weak', 'none') OR v.verdict = 'not_helpful' OR s.answer_id IS NOT NULL)
        )
        WHERE again = 1 AND case_id = (SELECT case_id FROM answers WHERE id = OLD.answer_id)
        AND (SELECT asked_on FROM answers WHERE id = OLD.answer_id)
          >= (SELECT changed_on FROM cases WHERE id = case_id);
        END
        """,
        """
        CREATE TRIGGER again_vote_left AFTER DELETE ON votes WHEN OLD.verdict = 'not_helpful'
        BEGIN
        UPDATE queue SET again = EXISTS (
          SELECT 1 FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          LEFT JOIN votes AS v ON v.answer_id = a.id
          LEFT JOIN complaints AS s ON s.answer_id = a.id
          WHERE a.case_id = queue.case_id AND a.asked_on >= c.changed_on
          AND (a.outcome IN ('weak', 'none') OR v.verdict = 'not_helpful' OR s.answer_id IS NOT NULL)
        )
        WHERE again = 1 AND case_id = (SELECT case_id FROM answers WHERE id = OLD.answer_id)
        AND (SELECT asked_on FROM answers WHERE id = OLD.answer_id)
          >= (SELECT changed_on FROM cases WHERE id = case_id);
        END
        """,
        """
        CREATE TRIGGER again_complaint_left AFTER DELETE ON complaints
        BEGIN
        UPDATE queue SET again = EXISTS (
          SELECT 1 FROM answers AS a JOIN cases AS c ON c.id = a.case_id
          LEFT JOIN votes AS v ON v.answer_id = a.id
          LEFT JOIN complaints AS s ON s.answer_id = a.id
          WHERE a.case_id = queue.case_id AND a.asked_on >= c.changed_on
          AND (a.outcome IN ('weak', 'none') OR v.verdict = 'not_helpful' OR s.answer_id IS NOT NULL)
        )
        WHERE again = 1 AND case_id = (SELECT case_id FROM answers WHERE id = OLD.answer_id)
        AND (SELECT asked_on FROM answers WHERE id = OLD.answer_id)
          >= (SELECT changed_on FROM cases WHERE id = case_id);
        END
        """,
    ),
)
