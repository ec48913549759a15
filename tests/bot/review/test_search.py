"""Finding sealed questions by their words, without anybody waiting, and forgetting them again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.answering import Answer, Outcome
from bot.review import search as module
from bot.review.search import AWAY, QuestionSearch, folded
from bot.services import Services
from bot.storage import StorageError

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
async def search(services: Services, clock: Seconds):
    made = QuestionSearch(services.storage, clock)
    yield made
    made.forget()


async def log(services: Services, question: str, days: int = 0) -> str:
    asked = Answer(question=question, outcome=Outcome.NONE)
    return await services.storage.record_answer(asked, "telegram", NOON - timedelta(days))


async def found(search: QuestionSearch, words: str) -> set[str]:
    await search.warm()
    answer = await search.find(words)
    assert answer.read == 1
    return {case_id.removeprefix("a-") for case_id in answer.cases}


@pytest.mark.parametrize(
    ("text", "as_compared"),
    [
        ("Åpne søndager?", " apne sondager"),
        ("ÆRLIG talt, T-bane", " arlig talt t bane"),
        ("🙃", ""),
    ],
)
def test_words_are_compared_folded(text: str, as_compared: str) -> None:
    assert folded(text) == as_compared


async def test_a_question_is_found_by_the_beginnings_of_its_words(
    services: Services, search: QuestionSearch
) -> None:
    shops = await log(services, "Vil dere ha søndagsåpne butikker?")
    school = await log(services, "Skolemat på skolen, takk", days=5)
    assert await found(search, "sondagsap") == {shops}
    assert await found(search, "BUTIKKER søndag") == {shops}
    assert await found(search, "skole") == {school}
    assert await found(search, "mat") == set(), "not from the middle of a word"
    assert await found(search, "skole butikk") == set(), "all of the words"
    assert await found(search, " ?! ") == set()


async def test_what_came_and_went_meanwhile_is_seen(
    services: Services, search: QuestionSearch
) -> None:
    first = await log(services, "Skolemat?")
    assert await found(search, "skolemat") == {first}
    second = await log(services, "Gratis skolemat!")
    old = await log(services, "Skolemat nå", days=40)
    assert await found(search, "skolemat") == {first, second, old}
    await services.storage.erase_answers([first], NOON)
    third = await log(services, "Mer skolemat")  # as many as before: only the changes tell
    assert await found(search, "skolemat") == {second, old, third}
    await services.storage.purge((NOON - timedelta(30)).date(), NOON - timedelta(365))
    assert await found(search, "skolemat") == {second, third}
    assert len(search) == 2


async def test_an_erased_day_that_starts_over_is_read_anew(
    services: Services, search: QuestionSearch
) -> None:
    gone = await log(services, "Skolemat?")
    assert await found(search, "skolemat") == {gone}
    await services.storage.erase_answers([gone], NOON)
    await log(services, "Veier?")
    assert await found(search, "skolemat") == set()
    assert len(search) == 1


async def test_everything_is_forgotten_when_staff_have_been_away(
    services: Services, search: QuestionSearch, clock: Seconds
) -> None:
    await log(services, "Skolemat?")
    await found(search, "skolemat")
    clock.now += AWAY - 1
    search._tick()
    assert len(search) == 1, "not yet"
    clock.now += 2
    search._tick()
    assert len(search) == 0
    assert len(await found(search, "skolemat")) == 1, "and read again when asked"


async def test_a_search_does_not_wait_for_a_large_log_and_says_how_far_it_is(
    services: Services, search: QuestionSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = await log(services, "Skolemat i dag?")
    for n in range(1, 4):
        await log(services, "Skolemat da?", days=n)
    go_on, reached = asyncio.Event(), asyncio.Event()
    read = search._read_day

    async def held_up(on: str, day: object) -> object:
        if on != NOON.date().isoformat():
            reached.set()
            await go_on.wait()
        return await read(on, day)

    monkeypatch.setattr(search, "_read_day", held_up)
    monkeypatch.setattr(module, "_PATIENCE", 0.001)
    search.warm()
    await reached.wait()
    early = await search.find("skolemat")
    assert (early.cases, early.read) == ({f"a-{newest}"}, 0.25)
    go_on.set()
    assert len(await found(search, "skolemat")) == 4


async def test_no_more_is_held_than_there_is_room_for(
    services: Services, search: QuestionSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        await log(services, "skolemat " * 10, days=n)
    monkeypatch.setattr(module, "MOST_CHARACTERS", 150)
    await search.warm()
    assert len(search) == 2, "the newest days"
    assert (await search.find("skolemat")).read < 1


async def test_a_closed_log_is_an_error_and_not_nothing_found(
    services: Services, search: QuestionSearch
) -> None:
    await services.storage.close()
    with pytest.raises(StorageError):
        await search.find("skolemat")


async def test_a_row_that_does_not_open_costs_nobody_the_search(
    services: Services, search: QuestionSearch
) -> None:
    await log(services, "Skolemat?")
    broken = await log(services, "Skolemat igjen?")
    await services.storage.rows("UPDATE answers SET question = x'00' WHERE id = ?", broken)
    assert len(await found(search, "skolemat")) == 1
