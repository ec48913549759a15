"""Fill a log with many realistic answers, to measure on: real questions with noise, all sealed.

    python tests/load/fill_log.py FOLDER            # 100,000 answers over 90 days
    python tests/load/fill_log.py FOLDER -n 20000 --seed 7

FOLDER gets a config.toml, keys and a data directory of its own; the corpus is the shipped one,
without the sentence encoder. Then: ``loftebot --config FOLDER/config.toml review``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.answering import Answer, answer  # noqa: E402
from bot.callback_data import Complaint  # noqa: E402
from bot.config import load_settings  # noqa: E402
from bot.likeness import content_terms, likeness, likeness_key  # noqa: E402
from bot.privacy.keys import Keys  # noqa: E402
from bot.privacy.redaction import redact, redact_evidence  # noqa: E402
from bot.services import Services, make_services  # noqa: E402
from tests.conftest import write_config  # noqa: E402

DAYS = 90
PLACES = (None, None, "Asker", "Bærum", "Lørenskog")  # chosen beforehand; None: none
VOTED, DISLIKED, COMPLAINED = 0.15, 0.35, 0.5  # shares: of answers, of votes, of 👎
OWN_WORDS = 0.4  # share of questions that nobody asks twice
OPENINGS = ("", "", "", "hei! ", "Hei, ", "Lurer på: ", "Kan dere si meg: ")
ENDINGS = ("", "", "", "?", "??", " takk", "!")


def make(folder: Path, **config: str) -> Services:
    """Make settings, keys and the parts; the log is not open yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = write_config(folder, **config)
    settings = load_settings(path, {"LOFTEBOT_SEEDS": str(ROOT / "seeds")})
    settings = replace(settings, data=folder / "data")
    if not any(settings.keys.glob("*.key")):
        Keys.create(settings.keys, datetime.now(tz=UTC))
    return make_services(settings)


def questions() -> list[str]:
    """Return the judged questions."""
    return [
        json.loads(line)["question"]
        for name in ("questions", "judged")
        for line in (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def slip(text: str, rng: random.Random) -> str:
    """Exchange two letters in the middle of the text, or leave it."""
    at = rng.randrange(len(text)) if len(text) > 8 else 0
    if not (1 < at < len(text) - 2 and text[at : at + 2].isalpha()):
        return text
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def worded(given: list[Answer], rng: random.Random) -> Iterator[tuple[str, Answer]]:
    """Yield wordings without end, each with the answer that is logged for it."""
    weights = [1 / (rank + 3) for rank in range(len(given))]  # few are asked often, many seldom
    order = rng.sample(given, len(given))
    while True:
        first = rng.choices(order, weights)[0]
        text = first.question
        if rng.random() < OWN_WORDS:
            other = rng.choice(order).question
            text = " ".join(
                (*text.split()[:6], *other.split()[-5:], *rng.choice(order).question.split()[:3])
            )
        elif rng.random() < 0.15:
            text = slip(text, rng)
        yield f"{rng.choice(OPENINGS)}{text}{rng.choice(ENDINGS)}", first


def fill(services: Services, count: int, seed: int) -> float:
    """Write ``count`` answers of the last 90 days into the log, and return the seconds it took."""
    rng, searcher = random.Random(seed), services.index.snapshot.searcher
    fingerprint = services.index.snapshot.fingerprint
    given = [answer(q, searcher, services.policy, fingerprint=fingerprint) for q in questions()]
    key, seal = likeness_key(services.keys.audit), services.storage.seal
    today = datetime.now(tz=UTC).date()
    terms: dict[str, tuple[str, ...]] = {}
    complaints = [complaint.value for complaint in Complaint]
    started = time.perf_counter()
    with closing(sqlite3.connect(services.storage.path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN IMMEDIATE")
        for (text, shown), _ in zip(worded(given, rng), range(count)):
            answer_id, kept = secrets.token_urlsafe(16), redact(text)
            place = shown.municipality or rng.choice(PLACES)
            on = (today - timedelta(int(DAYS * rng.random() ** 1.5))).isoformat()
            alike = None
            if shown.is_crisis:
                kept = ""
            else:
                if kept not in terms:
                    terms[kept] = content_terms(kept, searcher.reader)
                alike = likeness(key, terms[kept], place)
            why = redact_evidence(shown.evidence, text, kept) if kept else {}
            db.execute(
                "INSERT INTO answers (id, asked_on, channel, outcome, reason, municipality,"
                " language, fixed, fingerprint, question, evidence, likeness)"
                " VALUES (?, ?, 'telegram', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    answer_id,
                    on,
                    shown.outcome.value,
                    shown.reason.value,
                    place,
                    shown.language,
                    shown.fixed,
                    shown.fingerprint,
                    seal("question", answer_id, kept),
                    seal("evidence", answer_id, json.dumps(why, ensure_ascii=False, default=str)),
                    alike,
                ),
            )
            db.executemany(
                "INSERT INTO answer_quotes (answer_id, rank, pledge_id) VALUES (?, ?, ?)",
                [(answer_id, i, hit.pledge.id) for i, hit in enumerate(shown.hits, 1)],
            )
            topic = shown.fixed or str(shown.evidence.get("topic") or "")
            db.execute(
                "INSERT INTO counts (day, municipality, topic, outcome, answers)"
                " VALUES (?, ?, ?, ?, 1) ON CONFLICT (day, municipality, topic, outcome)"
                " DO UPDATE SET answers = answers + 1",
                (on, place or "", topic, shown.outcome.value),
            )
            if rng.random() < VOTED:
                disliked = rng.random() < DISLIKED
                verdict = "not_helpful" if disliked else "helpful"
                db.execute("INSERT INTO votes VALUES (?, ?, ?)", (answer_id, verdict, on))
                if disliked and rng.random() < COMPLAINED:
                    said = rng.choice(complaints)
                    db.execute("INSERT INTO complaints VALUES (?, ?, ?)", (answer_id, said, on))
        db.execute("COMMIT")
    return time.perf_counter() - started


async def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=100_000, help="answers, 1 or more")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.n < 1:
        parser.error("-n must be 1 or more")
    services = make(given.folder)
    async with services.storage:
        pass  # the schema
    seconds = fill(services, given.n, given.seed)
    async with services.storage as storage:
        [(cases,)] = await storage.rows("SELECT count(*) FROM queue")
        size = storage.path.stat().st_size / 1e6
    print(f"{given.n} answers in {cases} cases, {size:.0f} MB, {seconds:.1f} s: {given.folder}")


if __name__ == "__main__":
    asyncio.run(main())
