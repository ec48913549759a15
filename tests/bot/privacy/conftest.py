"""A log with keys, and services in each logging mode with a clock that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.privacy.retention import TrustedTime
from bot.services import Services
from bot.storage import FILE, Storage

NOW = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


class Clock:
    """A wall clock and a monotonic one, which a test moves together or apart."""

    def __init__(self) -> None:
        self.now, self.seconds = NOW, 0.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def passes(self, length: timedelta) -> None:
        self.now += length
        self.seconds += length.total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.create(tmp_path / "the-keys", NOW)


@pytest.fixture
async def in_mode(
    services: Services, keys: Keys, clock: Clock, tmp_path: Path
) -> AsyncIterator[Callable[[str], Services]]:
    """Return a function: logging mode -> services with a log, keys and clock of their own."""
    async with Storage(tmp_path / "log" / FILE, FieldCipher(keys, clock)) as storage:

        def make(mode: str) -> Services:
            return replace(
                services,
                settings=replace(
                    services.settings, logging=mode, data=tmp_path / "log", keys=keys.directory
                ),
                storage=storage,
                keys=keys,
                clock=clock,
                trusted=TrustedTime(clock.monotonic),
                exports={},
            )

        yield make
