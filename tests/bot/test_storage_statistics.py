from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.answering import Answer, Outcome
from bot.callback_data import Complaint, Verdict
from bot.services import Services
from bot.storage_statistics import Statistics, Window

PERSON = bytes(16)


@pytest.fixture
def today(services: Services) -> date:
    return services.clock().date()


@pytest.fixture
async def figures(services: Services, today) -> Statistics:
    """Sixty days with one answer a day on each of three places, each voted on and complained of."""
    at = services.clock()
    for days in range(60):
        for place in (None, "Asker", "Bærum"):
            answer = Answer(
                question="?", outcome=Outcome.NONE if days % 2 else Outcome.HIT, municipality=place,
                evidence={"topic": "skole" if days % 3 else "eldre"},
            )  # fmt: skip
            when = at - timedelta(days)
            answer_id = await services.storage.record_answer(answer, "telegram", when)
            await services.storage.record_vote(answer_id, Verdict.HELPFUL, when)
            await services.complaints.record(answer_id, Complaint.PLACE, when)
    return Statistics(services.storage)


@pytest.mark.parametrize(("place", "places"), [(None, 3), ("Asker", 1), ("Oslo", 0)])
async def test_each_answer_of_a_window_is_counted_once_wherever_the_window_is_cut(
    figures, today, place, places
) -> None:
    for days in (1, 4, 5, 14, 15, 31):
        window = Window(today - timedelta(days + 3), today - timedelta(4))
        for rows in (
            await figures.by_day(window, place), await figures.by_topic(window, place),
            await figures.votes(window, place), await figures.complaints(window, place),
        ):  # fmt: skip
            assert sum(row[-1] for row in rows) == days * places
        assert await figures.queue_size(window, place) == days * places


async def test_topics_come_with_place_and_outcome(figures, today) -> None:
    rows = await figures.by_topic(Window(today - timedelta(5), today))
    assert sorted(rows) == sorted(
        (topic, place, outcome, count)
        for place in ("", "Asker", "Bærum")
        for topic, outcome, count in (
            ("eldre", "hit", 1),
            ("eldre", "none", 1),
            ("skole", "hit", 2),
            ("skole", "none", 2),
        )
    )


async def test_the_place_of_an_answer_with_a_pseudonym_is_not_counted(services, today) -> None:
    """Beside the row with the pseudonym a count by place would tell its topic."""
    answer = Answer(
        question="?", outcome=Outcome.NONE, municipality="Asker", evidence={"topic": "skole"}
    )
    await services.storage.record_answer(answer, "telegram", services.clock(), PERSON)
    crisis = Answer(
        question="?", outcome=Outcome.FIXED, municipality="Asker", fixed="krise", is_crisis=True
    )
    await services.storage.record_answer(crisis, "telegram", services.clock())
    await services.storage.count_answer(answer, services.clock())
    rows = await Statistics(services.storage).by_topic(Window(today, today))
    assert sorted(rows) == [
        ("krise", "", "fixed", 1),
        ("skole", "", "none", 1),
        ("skole", "Asker", "none", 1),
    ]


async def test_counts_of_an_older_schema_keep_their_numbers(tmp_path, cipher) -> None:
    import sqlite3
    from contextlib import closing

    from bot.migrations import MIGRATIONS
    from bot.storage import Storage

    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.create_function("seal_question", 2, lambda *_: b"")
        db.create_function("seal_evidence", 3, lambda *_: b"")
        for step in MIGRATIONS[:4]:
            for statement in step:
                db.execute(statement)
        db.execute("INSERT INTO counts VALUES ('2026-11-01', 'skole', 'hit', 7)")
        db.execute("PRAGMA user_version = 4")
        db.commit()
    async with Storage(path, cipher) as storage:
        day = date(2026, 11, 1)
        assert await Statistics(storage).by_topic(Window(day, day)) == [("skole", "", "hit", 7)]
        assert await storage.counts(day) == [(day, "skole", "hit", 7)]
