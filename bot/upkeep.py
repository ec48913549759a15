"""The bot's own housekeeping while it serves: backups, alerts, the watchdog, a damaged log mended.

Knows no Telegram: what tells the admins is given to it. Nothing here blocks the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from bot import backup
from bot.alerts import EVERY, Alerts, Watch
from bot.health import notify, serve_health
from bot.privacy.keys import KeyFault
from bot.recovery import Memory, Recovery, pause, prepare
from bot.services import Services, purge
from bot.storage import StorageError
from bot.storage_maintenance import damage
from bot.texts import NB

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks
PURGE = 3600.0  # seconds between two looks for what is too old
BEAT = 60.0  # seconds between two signs of life on disk
KEYS = 30.0  # seconds between two looks for keys that `loftebot keys rotate` made; promised: 60
WIPE = 60.0  # seconds between two looks for something erased, to be wiped from the file as well
DAY = 24 * 3600.0  # seconds after which it is wiped in any case: the inbox erases all the time
RETRY_BACKUP = 15 * 60.0  # seconds after one that failed
LEAST_FREE = 200 * 2**20  # bytes of disk below which admins are told

Tell = Callable[[str], Awaitable[None]]


class Upkeep:
    """Runs beside the bot from start to stop.

    Args:
        clock: Seconds, never going back: the wall clock may jump.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        services: Services,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._services, self._clock, self._sleep = services, clock, sleep
        self.alerts = Alerts(clock)
        self.watch = Watch(self.alerts, services.health)
        self._memory = Memory(services.settings.data)
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._next = {name: clock() for name in ("beat", "keys", "purge", "wipe", "backup")}
        self._wipe_by = clock()
        self._loop: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self._tell: Tell | None = None
        self._recovered: tuple[Recovery, int] | None = None  # and the audit's newest row then

    @property
    def admins(self) -> frozenset[int]:
        """Who is told."""
        return self._services.settings.admins

    # ---- before the log is opened

    def prepare(self) -> float:
        """Mend a damaged log, back it up before a migration, and note the start. Blocks.

        Returns:
            Seconds to wait before serving: more than 0 only in a crash loop.

        Raises:
            StorageError: If the log can neither be read nor put right.
        """
        services = self._services
        path, now = services.storage.path, services.clock()
        starts = self._memory.started(now)
        try:
            recovery = prepare(path, services.settings.backups, now)
        except (OSError, sqlite3.Error) as exc:
            raise StorageError(path, "storage_failed", reason=str(exc)) from exc
        if recovery is not None:
            self.alerts.note("recovered", _recovered(recovery))
            self._remember(recovery)
        if pause(starts) and self._memory.tell_once():
            self.alerts.note("crash_loop", NB.alert_crash_loop.format(starts=starts))
        return pause(starts)

    async def opened(self) -> None:
        """Write into the audit of a log that was restored which rows it lacks: it is no tampering.

        To be called as soon as the log is open, after `prepare`.
        """
        if self._recovered is None:
            return
        (recovery, noted), self._recovered = self._recovered, None
        services, found = self._services, recovery.restored
        name = found.path.name if found is not None else "new"
        try:
            await services.storage.record_restore(
                services.keys, services.clock(), "system", name, noted
            )
        except StorageError as exc:
            logger.error("restore not recorded: %s", exc)  # noqa: TRY400  # the reason says it all

    def _remember(self, recovery: Recovery) -> None:
        try:
            self._recovered = recovery, self._services.storage.noted(self._services.keys)
        except StorageError as exc:
            # The log matters more. `verify-audit` will say that rows are missing.
            logger.error("restore not recorded: %s", exc)  # noqa: TRY400  # the reason says it all

    # ---- while the bot serves

    async def start(self, tell: Tell) -> None:
        """Begin; ``tell`` sends one text to every admin and never raises."""
        self._tell = tell
        settings = self._services.settings
        logging.getLogger().addHandler(self.watch)
        if settings.health_port:
            try:
                self._server = await serve_health(self._services.health, settings.health_port)
            except OSError as exc:
                logger.error("healthz not served: %s", exc.strerror)  # noqa: TRY400  # says it all
        notify("READY=1", settings.notify_socket)
        self._loop = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End, and wait until nothing of it runs any more."""
        settings = self._services.settings
        notify("STOPPING=1", settings.notify_socket)
        if self._server is not None:
            self._server.close()
        tasks = [task for task in (self._loop, *self._jobs.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        logging.getLogger().removeHandler(self.watch)
        self._loop, self._server = None, None
        self._jobs.clear()

    def stopped(self) -> None:
        """Note that the process stops because it was asked to."""
        self._memory.stopped()

    async def _run(self) -> None:
        while True:
            self.tick()
            await self._sleep(TICK)

    def tick(self) -> None:
        """Feed the watchdog, and start what is due. A job that still runs is not started again."""
        services = self._services
        services.health.ticked()
        services.health.serves(services.index.snapshot.fingerprint)
        # Only from here: a loop that hangs must not be kept alive by a thread.
        notify("WATCHDOG=1", services.settings.notify_socket)
        if self.watch.damaged:
            self._start("mend", self._mend())
        for name, job, seconds in (
            ("beat", self._beat, BEAT),
            ("keys", self._keys, KEYS),
            ("purge", self._purge, PURGE),
            ("wipe", self._wipe, WIPE),
            ("backup", self._backup, services.settings.backup_hours * 3600.0),
        ):
            if seconds and self._clock() >= self._next[name] and name not in self._jobs:
                self._next[name] = self._clock() + seconds
                self._start(name, job())
        if self._tell is not None and "alerts" not in self._jobs:
            due = self.alerts.due()
            if due:
                self._start("alerts", self._send(self._tell, due))

    async def settle(self) -> None:
        """Wait for the jobs that run now."""
        await asyncio.gather(*self._jobs.values(), return_exceptions=True)

    def _start(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        if name in self._jobs:
            job.close()
            return
        task = asyncio.create_task(job, name=f"upkeep {name}")
        self._jobs[name] = task
        task.add_done_callback(lambda done: self._done(name, done))

    def _done(self, name: str, task: asyncio.Task[None]) -> None:
        self._jobs.pop(name, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("upkeep %s failed: %s", name, type(error).__name__)

    # ---- the jobs

    async def _beat(self) -> None:
        services = self._services
        answers = None
        with contextlib.suppress(StorageError):
            answers = await services.storage.answer_count()
        await asyncio.to_thread(self._memory.beat, services.clock(), answers)
        try:
            await asyncio.to_thread(
                backup.note_graves, services.storage.path, services.settings.backups
            )
        except OSError as exc:
            logger.warning("%s not written: %s", backup.GRAVES, exc.strerror)
        usage = await asyncio.to_thread(shutil.disk_usage, services.settings.data)
        if usage.free < LEAST_FREE:
            free = f"{usage.free / 2**20:.0f} MiB"
            self.alerts.note("disk_low", NB.alert_disk_low.format(free=free))

    async def _keys(self) -> None:
        """Take in rotated keys: what is written from now on is sealed with the newest."""
        try:
            # In the loop, where all use them; a dozen files of 32 bytes.
            self._services.keys.reread()
        except KeyFault as exc:
            logger.error("keys not read: %s", exc.fault)  # noqa: TRY400  # the fault says it all

    async def _purge(self) -> None:
        """Remove what is too old; at the first tick already, to catch up with what was missed."""
        report = await purge(self._services)
        if report.doubt:
            self.alerts.note("purge_refused", NB.alert_purge_refused)

    async def _wipe(self) -> None:
        """Wipe what was erased; at the first tick already, as the last process may have been killed."""
        storage = self._services.storage
        if not storage.stale and self._clock() < self._wipe_by:
            return
        try:
            if await storage.wipe():
                self._wipe_by = self._clock() + DAY
        except StorageError as exc:
            logger.warning("log not wiped: %s", exc.values.get("reason"))

    async def _backup(self) -> None:
        services = self._services
        folder, now = services.settings.backups, services.clock()
        # The wall clock only decides whether the last process has just made one.
        newest = next((b for b in backup.backups(folder) if b.rotates), None)
        wanted = timedelta(hours=services.settings.backup_hours)
        if newest is not None and timedelta(0) <= now - newest.made_at < wanted:
            rest = (wanted - (now - newest.made_at)).total_seconds()
            self._next["backup"] = self._clock() + rest
            return
        started = time.perf_counter()
        try:
            made, rows = await asyncio.to_thread(
                partial(backup.make, copier=services.storage.copy_to),
                services.storage.path,
                folder,
                now,
            )
        except StorageError:
            self._next["backup"] = self._clock() + RETRY_BACKUP  # closed while it is mended
            return
        except backup.BackupError as exc:
            self._next["backup"] = self._clock() + RETRY_BACKUP
            logger.warning("backup failed: %s", exc.fault)
            self.alerts.note("backup_failed")
            if exc.fault == "backup_damaged":
                self.watch.damaged = True
            return
        seconds = time.perf_counter() - started
        logger.info("backup %s answers=%d s=%.2f", made.path.name, rows.get("answers", 0), seconds)

    async def _send(self, tell: Tell, due: list[tuple[str, int, str]]) -> None:
        for kind, count, sentence in due:
            await tell(alert_text(kind, count, sentence))

    async def _mend(self) -> None:
        """Put the newest backup in the place of a log that is damaged; voters are answered meanwhile."""
        services, self.watch.damaged = self._services, False
        path = services.storage.path
        try:
            reason = await asyncio.to_thread(damage, path)
        except sqlite3.Error as exc:
            logger.warning("log not checked: %s", type(exc).__name__)
            return
        if not reason:
            return
        # Closed, the log refuses with a StorageError, which every handler can bear.
        with contextlib.suppress(StorageError):
            await services.storage.close()
        await asyncio.to_thread(self._memory.beat, services.clock(), None)
        recovery = None
        try:
            recovery = await asyncio.to_thread(
                prepare, path, services.settings.backups, services.clock()
            )
        except backup.BackupError as exc:
            logger.warning("log not restored: %s", exc.fault)
        if recovery is not None:
            # Noted while the log is closed: what is recorded from now on comes after.
            self._remember(recovery)
        await services.storage.open()
        if recovery is not None:
            await self.opened()
            self.alerts.note("recovered", _recovered(recovery))


def alert_text(kind: str, count: int, sentence: str = "") -> str:
    """Return the message to admins; in bokmål, as the log is everybody's."""
    name, _, where = kind.partition(": ")
    known = {
        "backup_failed": NB.alert_backup_failed,
        "conflict": NB.alert_conflict,
        "corrupt": NB.alert_corrupt,
        "disk_full": NB.alert_disk_full,
        "locked": NB.alert_locked,
        "storage": NB.alert_storage,
        "telegram": NB.alert_telegram,
    }
    text = sentence or known.get(name) or NB.alert_error.format(where=where or name)
    return (
        text
        if count == 1
        else f"{text}\n{NB.alert_count.format(count=count, minutes=round(EVERY / 60))}"
    )


def _recovered(recovery: Recovery) -> str:
    unknown = NB.alert_unknown
    rows = unknown if recovery.lost_rows is None else str(recovery.lost_rows)
    hours = unknown if recovery.lost_hours is None else f"{recovery.lost_hours:.1f}"
    if recovery.restored is None:
        return NB.alert_recovered_empty.format(kept=recovery.kept.name, rows=rows)
    return NB.alert_recovered.format(
        kept=recovery.kept.name, backup=recovery.restored.path.name, rows=rows, hours=hours
    )
