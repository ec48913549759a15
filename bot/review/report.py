"""The week's report to the staff: when it is due, and that it is sent once.

Knows no Telegram: what sends it is given to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.review.charts import DAYS, chart_of
from bot.review.drawing import picture_of
from bot.review.statistics import in_words, overview_of, tree_of
from bot.services import Services, audit
from bot.texts.overview import OVERVIEW as T

logger = logging.getLogger(__name__)

LOOK = 60.0  # seconds between two looks at the calendar
DAYS_TOLD = 7
_MARK = "reports"
_SET_BACK = 14  # days
_REMEMBERED = 10  # days of reports

# (text, picture or None) -> whether it went out, or may have
Send = Callable[[str, bytes | None], Awaitable[bool]]


def due(now: datetime, settings: Settings, sent: Collection[str]) -> str | None:
    """Return the day, 2026-01-31, whose report is to be sent now; None: none is.

    From the hour on until that day ends where staff live, so that one that was missed is caught up.
    """
    here = now.astimezone(ZoneInfo(settings.time_zone))
    if here.isoweekday() != settings.report_day or here.hour < settings.report_hour:
        return None
    today = here.date()
    # A clock that was set back sends nothing again; a day far ahead was a fault and counts for nothing.
    ahead = [(date.fromisoformat(day) - today).days for day in sent]
    return None if any(0 <= days <= _SET_BACK for days in ahead) else today.isoformat()


class Reports:
    """Sends the reports from start to stop.

    Args:
        send: Sends one text, and a picture where there is one.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        services: Services,
        send: Send,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._services, self._send, self._sleep = services, send, sleep
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, where the settings want reports."""
        if self._services.settings.report_day:
            self._loop = asyncio.create_task(self._run(), name="reports")

    async def stop(self) -> None:
        """End."""
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                # One report less; the bot and the next report go on.
                logger.exception("report not sent")
            await self._sleep(LOOK)

    async def look(self) -> bool:
        """Send what is due, and return whether something was. Raises StorageError."""
        services, now = self._services, self._services.clock()
        # Not while nobody knows what day it is.
        if services.trusted.doubt(now):
            return False
        sent = (await services.storage.mark(_MARK) or "").split()
        today = due(now, services.settings, sent)
        if today is None:
            return False
        page = await overview_of(services, DAYS_TOLD)
        if not page.questions.total:
            return False  # nobody asked, or too few to tell of
        tree = tree_of(services.index.snapshot)
        text = T.report.format(statistics=in_words(page, tree))
        picture = await picture_of(chart_of(DAYS, page, tree))
        await audit(services, "system", "report", today, page.questions.total)
        # First: a crash between the two costs a report. The other way round it would come twice.
        await services.storage.set_mark(_MARK, " ".join([*sent, today][-_REMEMBERED:]))
        if await self._send(text, picture):
            logger.info("report sent day=%s", today)
            return True
        await services.storage.set_mark(_MARK, " ".join(sent))
        return False
