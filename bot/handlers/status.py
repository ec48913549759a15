"""`/status`: how the bot is, for admins. Numbers and versions, nothing about anyone."""

from __future__ import annotations

import asyncio
import logging
import platform
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version

import telegram
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.backup import backups
from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.services import Services
from bot.staff import admins_now
from bot.storage_maintenance import live_journal_mode, open_updates, size
from bot.texts import Texts

logger = logging.getLogger(__name__)


async def status(update: Update, context: BotContext) -> None:
    """Show the state of operations."""
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    text = await status_text(context.services, texts_of(update))
    await update.message.reply_text(text, parse_mode=None)


async def status_text(services: Services, texts: Texts) -> str:
    """Return the page. A log that cannot be read costs its numbers, not the page."""
    settings, health, now = services.settings, services.health, services.clock()
    path = services.storage.path
    unknown = texts.alert_unknown
    answers, misses = health.answers
    queue: tuple[object, object] = (unknown, unknown)
    journal = unknown
    try:
        queue = await asyncio.to_thread(open_updates, path)
        journal = await asyncio.to_thread(live_journal_mode, path)
    except (sqlite3.Error, OSError) as exc:
        logger.warning("log not read for /status: %s", type(exc).__name__)
    found = await asyncio.to_thread(backups, settings.backups)
    pledges = Counter(p.municipality for p in services.index.snapshot.corpus.pledges)
    age = health.poll_age
    text = texts.status.format(
        answers=answers,
        misses=misses,
        queued=queue[0],
        unknown=queue[1],
        journal=journal,
        size=size_text(size(path)),
        uptime=duration(health.uptime),
        poll_age=texts.status_never if age is None else duration(age),
        errors=health.errors,
        p95=unknown if health.p95 is None else round(health.p95),
        fingerprint=services.index.snapshot.fingerprint,
        version_age=duration(health.version_age),
        pledges=", ".join(f"{place} {count}" for place, count in sorted(pledges.items())),
        backup_age=duration((now - found[0].made_at).total_seconds())
        if found
        else texts.status_never,
        backups=len(found),
        free=size_text(shutil.disk_usage(settings.data).free),
        version=_own_version(),
        python=platform.python_version(),
        ptb=telegram.__version__,
        sqlite=sqlite3.sqlite_version,
    )
    return f"{texts.status_maintenance}\n{text}" if health.maintenance else text


def tell_present_admins(bot: Bot, services: Services) -> Callable[[str], Awaitable[None]]:
    """Return what sends one text to each who is an admin by then, and never raises."""

    async def tell(text: str) -> None:
        await tell_admins(bot, await admins_now(services))(text)

    return tell


def tell_admins(bot: Bot, admins: frozenset[int]) -> Callable[[str], Awaitable[None]]:
    """Return what sends one text to each admin, and never raises."""

    async def tell(text: str) -> None:
        for admin in sorted(admins):
            try:
                await bot.send_message(admin, text, parse_mode=None)
            except TelegramError as exc:
                # A warning, not an error: an error would be one more alert that cannot be sent.
                logger.warning("an admin was not told: %s", type(exc).__name__)

    return tell


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: 42 s, 5 min, 3 h 07 min, 2 d 4 h."""
    total = max(0, round(seconds))
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {rest // 60:02} min"
    return f"{rest // 60} min" if rest >= 60 else f"{rest} s"


def size_text(count: int) -> str:
    """Return a number of bytes in a unit people read: 812 KiB, 3.4 MiB, 20.1 GiB."""
    if count < 2**20:
        return f"{count / 2**10:.0f} KiB"
    return f"{count / 2**20:.1f} MiB" if count < 2**30 else f"{count / 2**30:.1f} GiB"


def _own_version() -> str:
    try:
        return version("loftebot")
    except PackageNotFoundError:
        return "?"
