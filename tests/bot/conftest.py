"""The real Application over a fake transport, and a voter who writes to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Update

from bot.app import build_application
from bot.context import BotApplication, BotContext
from bot.limits import Pace
from bot.services import Services
from tests.bot.telegram_transport import FakeTelegram, Voter


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as bot.app.run does


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def expected_errors() -> list[str]:
    """Names of the errors that handlers may raise in this test; a test adds its own.

    PTB catches what a handler raises, so without this a test passes with a handler that fails.
    """
    return []


@pytest.fixture
async def application(
    services: Services, telegram: FakeTelegram, expected_errors: list[str]
) -> AsyncIterator[BotApplication]:
    application = build_application(services.settings, services, telegram)
    # Nobody waits here for one message a second and chat; the real process keeps to it, in
    # test_end_to_end, and `Pace` has tests of its own.
    application.bot.rate_limiter._pace = Pace(burst=10**9, total=10**9)
    errors: list[BaseException] = []

    async def collect(update: object, context: BotContext) -> None:
        assert context.error is not None
        errors.append(context.error)

    application.add_error_handler(collect)
    async with application:
        await application.start()
        yield application
        if application.running:
            await application.stop()
    assert [type(error).__name__ for error in errors] == expected_errors


@pytest.fixture
def voter(application: BotApplication) -> Voter:
    return Voter(application.bot)


@pytest.fixture
def process(application: BotApplication):
    """Return a function that has updates worked on, one after another, block=False ones too."""

    async def go(*updates: Update) -> None:
        for update in updates:
            await application.process_update(update)

    return go
