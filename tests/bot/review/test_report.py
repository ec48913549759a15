"""The week's report: due once a week where staff live, whatever the clock does (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from telegram.error import Forbidden, TimedOut

from bot.answering import Answer, Outcome
from bot.handlers.staff import send_reports
from bot.privacy.retention import TrustedTime
from bot.review.report import Reports, due
from bot.review.statistics import in_words, overview_of, tree_of
from bot.texts.overview import OVERVIEW
from tests.conftest import ADMIN

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = datetime(2027, 3, 22, 8, 0, tzinfo=OSLO)  # the week before summer time begins


class Clock:
    """A wall clock that is set, and seconds that go on by themselves."""

    def __init__(self, now: datetime) -> None:
        self.now, self.seconds = now, 0.0

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)

    def passes(self, time: timedelta) -> None:
        self.now = (self.now.astimezone(UTC) + time).astimezone(OSLO)
        self.seconds += time.total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY - timedelta(days=3))


@pytest.fixture
async def services(services, clock):
    mine = replace(
        services, clock=clock, trusted=TrustedTime(lambda: clock.seconds),
        settings=replace(services.settings, report_day=1, report_hour=8, time_zone="Europe/Oslo"),
    )  # fmt: skip
    mine.trusted.saw(clock())
    # Somebody asks all the time, so that there is something to tell.
    days = [(MONDAY + timedelta(weeks=week - 6, days=-2)).date() for week in range(60)]
    async with mine.storage.transaction() as db:
        await db.executemany(
            "INSERT INTO counts (day, municipality, topic, outcome, answers)"
            " VALUES (?, '', 'skole', 'hit', 9)",
            [(day.isoformat(),) for day in days],
        )
    return mine


@pytest.fixture
def sent() -> list[tuple[datetime, str]]:
    return []


@pytest.fixture
def reports(services, clock, sent) -> Reports:
    async def send(text: str, picture: bytes | None) -> bool:
        assert picture is None or picture.startswith(b"\x89PNG")
        sent.append((clock.now, text))
        return True

    return Reports(services, send)


async def runs(reports: Reports, clock: Clock, hours: float, step: float = 1.0) -> None:
    for _ in range(int(hours / step)):
        clock.passes(timedelta(hours=step))
        await reports.look()


async def test_a_year_has_a_report_a_week_on_monday_at_eight_summer_and_winter(
    reports, clock, sent
) -> None:
    await runs(reports, clock, 52 * 7 * 24)
    days = [when.date() for when, _ in sent]
    assert len(days) == len(set(days)) == 52
    assert {when.isoweekday() for when, _ in sent} == {1}
    assert {when.hour for when, _ in sent} == {8}
    assert {when.utcoffset() for when, _ in sent} == {timedelta(hours=1), timedelta(hours=2)}


async def test_the_night_of_the_clock_change_doubles_and_drops_nothing(
    reports, services, clock, sent
) -> None:
    """At half past two on a Sunday: once that does not exist, once that comes twice."""
    nights = replace(services, settings=replace(services.settings, report_day=7, report_hour=2))
    reports = Reports(nights, reports._send)
    for sunday in (date(2027, 3, 28), date(2027, 10, 31)):
        clock.now = datetime(sunday.year, sunday.month, sunday.day, 0, 30, tzinfo=OSLO)
        clock.seconds += 10**7
        services.trusted.saw(clock())
        sent.clear()
        await runs(reports, clock, 20, 0.25)
        assert [when.date() for when, _ in sent] == [sunday]


async def test_one_that_was_missed_is_caught_up_the_same_day_and_not_the_next(
    reports, clock, sent
) -> None:
    clock.passes(MONDAY + timedelta(hours=13) - clock.now)
    assert await reports.look()
    clock.passes(timedelta(days=7, hours=12))  # off all Monday
    assert clock.now.isoweekday() == 2
    assert not await reports.look()
    assert len(sent) == 1


@pytest.mark.parametrize(
    "jump",
    [timedelta(hours=1), timedelta(hours=-1), timedelta(days=-1), timedelta(days=-7)],
    ids=str,
)
async def test_a_clock_that_jumps_and_is_set_back_doubles_nothing(
    reports, clock, sent, jump
) -> None:
    clock.passes(MONDAY + timedelta(minutes=5) - clock.now)
    assert await reports.look()
    right = clock.now
    for _ in range(3):
        clock.now = right + jump
        await reports.look()
        clock.now = right
        await reports.look()
    assert len(sent) == 1
    clock.passes(timedelta(days=7))
    assert await reports.look()


def test_a_day_that_a_wrong_clock_has_written_down_keeps_no_report_back(services) -> None:
    assert due(MONDAY, services.settings, ("2036-01-07",)) == "2027-03-22"


async def test_a_clock_that_is_far_ahead_is_not_believed(reports, clock, sent) -> None:
    right = clock.now
    for ahead in (timedelta(weeks=2) + timedelta(days=3, hours=1), timedelta(days=3650)):
        clock.now = MONDAY + ahead
        clock.now += timedelta(days=(1 - clock.now.isoweekday()) % 7)
        assert clock.now.isoweekday() == 1
        assert not await reports.look()
    clock.now = right
    await runs(reports, clock, 4 * 24)
    assert [when.date() for when, _ in sent] == [MONDAY.date()]


async def test_a_restart_sends_no_second_one(reports, services, clock, sent) -> None:
    clock.passes(MONDAY - clock.now)
    await reports.look()
    await Reports(services, reports._send).look()
    assert len(sent) == 1


async def test_what_surely_did_not_go_out_is_tried_again(services, clock) -> None:
    tries = []

    async def send(text: str, picture: bytes | None) -> bool:
        tries.append(text)
        return len(tries) == 3

    reports = Reports(services, send)
    clock.passes(MONDAY - clock.now)
    assert [await reports.look() for _ in range(5)] == [False, False, True, False, False]
    assert len(tries) == 3


async def test_nobody_is_written_to_of_nothing(services, clock, reports, sent) -> None:
    async with services.storage.transaction() as db:
        await db.execute("DELETE FROM counts")
    clock.passes(MONDAY - clock.now)
    assert not await reports.look()
    assert sent == []


def test_day_and_hour_are_those_of_the_settings(services) -> None:
    settings = replace(services.settings, report_day=4, report_hour=15)
    thursday = datetime(2027, 3, 25, 15, 0, tzinfo=OSLO)
    assert due(thursday, settings, ()) == "2027-03-25"
    assert due(thursday - timedelta(minutes=1), settings, ()) is None
    assert due(thursday, settings, ("2027-03-25",)) is None
    assert due(thursday, replace(settings, report_day=0), ()) is None
    assert due(thursday, replace(settings, time_zone="America/New_York"), ()) is None
    assert due(thursday, replace(settings, time_zone="UTC", report_hour=14), ()) == "2027-03-25"


async def test_it_goes_to_the_staffs_chat_or_else_to_the_admins(
    application, telegram, services
) -> None:
    for settings, chats in (
        (replace(services.settings, staff_chat=-100), [-100]),
        (replace(services.settings, staff_chat=0), [ADMIN]),
    ):
        telegram.calls.clear()
        assert await send_reports(application.bot, settings)("Uken", None)
        assert await send_reports(application.bot, settings)("Uken", b"\x89PNG")
        assert [int(c["chat_id"]) for c in telegram.sent()] == chats
        assert [int(c["chat_id"]) for c in telegram.sent("sendPhoto")] == chats


@pytest.mark.parametrize(("error", "out"), [(Forbidden("blocked"), False), (TimedOut(), True)])
async def test_what_may_have_arrived_counts_as_sent(services, error, out) -> None:
    class Lost:
        async def send_message(self, *args, **more):
            raise error

    assert await send_reports(Lost(), services.settings)("Uken", None) is out


async def test_the_report_tells_no_small_count_and_fits_a_caption(services, clock, lexical) -> None:
    from bot.index_holder import IndexReader

    mine = replace(services, index=IndexReader(lexical, lambda _: lexical))
    clock.passes(MONDAY - clock.now)
    tree = tree_of(lexical)
    for number, leaf in enumerate(leaf for leaf in tree.leaves if leaf.is_politics):
        answer = Answer(
            question="?", outcome=Outcome.NONE, municipality="Bærum", evidence={"topic": leaf.id}
        )
        for _ in range(3 if number % 2 else 7):
            await mine.storage.count_answer(answer, clock() - timedelta(days=2))
    text = OVERVIEW.report.format(statistics=in_words(await overview_of(mine, 7), tree))
    assert len(text) <= 1024
    assert ": 7" in text
    assert ": 3" not in text.replace(": 3\N{NO-BREAK SPACE}", "")
    assert "{" not in text
