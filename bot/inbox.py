"""The durable inbox: an update is on disk before Telegram is told that we have it.

PTB's Updater confirms a batch by asking for the next one, whether or not anybody has looked at it;
a process that is killed then has lost it. Here ``get_updates`` commits the batch before it returns.

Each update goes ``new`` -> ``sending`` -> done. ``sending`` is committed right before the first
message that answers it. At the next start, what is ``new`` is worked on; what is ``sending`` is
never sent again, for the voter may have the answer: it is counted as «ukjent levering», and if it
is recent the voter is told to ask again where none came. Telegram knows no idempotency key, so
exactly one answer cannot be promised: no lost question and no double answer can.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.current_update import CURRENT_UPDATE
from bot.storage import StorageError
from bot.storage_inbox import InboxStore, Kept, Step

logger = logging.getLogger(__name__)

CAPACITY = 1000  # updates in work, from which no more are fetched: Telegram keeps the rest
RECENT = timedelta(minutes=10)  # a question this old is worth a word after a restart
# Seconds from one batch to the next: each costs a request and a commit, whatever is in it. Who writes
# when nobody else does waits for nothing; who does not, for less than this.
GATHER = 0.1
_RETRY = 1.0  # seconds until what could not be written is tried again
_MOST_UPDATE_ID = 2**63 - 1  # what SQLite's INTEGER holds

JSON = dict[str, Any]


class Cipher(Protocol):
    """``bot.privacy.crypto.FieldCipher``, as far as it is needed here."""

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypt, bound to ``aad``."""

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Inverse of `seal`."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A voter whose answer may not have arrived, because the process ended while sending it."""

    update: Update


class Inbox:
    """Takes updates in, and writes down how far each has come.

    Steps are committed together: while one transaction runs, the steps of other chats gather for
    the next.

    Args:
        clock: The present moment, aware.
        capacity: Updates in work, from which `room` waits.
        fetched: Called each time that Telegram has answered getUpdates.
        gather: Seconds after a batch for which no more are fetched.
    """

    def __init__(
        self,
        store: InboxStore,
        cipher: Cipher,
        clock: Callable[[], datetime],
        capacity: int = CAPACITY,
        fetched: Callable[[], object] = lambda: None,
        gather: float = GATHER,
    ) -> None:
        self._store, self._cipher, self._clock = store, cipher, clock
        self.fetched = fetched
        self._capacity, self._gather = capacity, gather
        self._next_at = float("-inf")  # by the monotonic clock
        self._unclaimed: set[int] = set()
        self._left: set[int] = set()  # by an earlier process, and not yet begun by this one
        self._open: set[int] = set()
        self._room = asyncio.Event()
        self._room.set()
        self._steps: list[tuple[int, Step, asyncio.Future[None] | None]] = []
        self._writer: asyncio.Task[None] | None = None

    @property
    def open(self) -> int:
        """Updates taken in and not yet done."""
        return len(self._open)

    async def room(self) -> None:
        """Wait until there are fewer updates in work than the capacity, and some may have gathered."""
        await self._room.wait()
        if (early := self._next_at - time.monotonic()) > 0:
            await asyncio.sleep(early)

    async def accept(self, batch: Iterable[JSON]) -> None:
        """Commit raw updates. When this returns, none of them can be lost.

        Raises:
            StorageError: If they are not on disk: Telegram must not be told that we have them.
        """
        sealed = []
        for raw in batch:
            plain = json.dumps(raw, separators=(",", ":")).encode()  # ASCII: lone surrogates too
            update_id = raw["update_id"]
            sealed.append((update_id, self._cipher.seal(plain, _aad(update_id))))
        if sealed:
            self._next_at = time.monotonic() + self._gather
            self._take(await self._store.put(sealed, self._clock()))

    def claim(self, update_id: int) -> bool:
        """Return whether to work on the update: once, however often Telegram delivers it."""
        if update_id not in self._unclaimed:
            return False
        self._unclaimed.discard(update_id)
        return True

    def is_left(self, update_id: int) -> bool:
        """Return whether an earlier process left the update, and this one has not begun it."""
        return update_id in self._left

    async def begin(self, update_id: int) -> None:
        """Commit that an update of an earlier process is worked on: it may be what ended that one.

        Only what is begun is counted. A process that ends before it comes so far, however often,
        is no fault of what waits.
        """
        if update_id not in self._left:
            return
        self._left.discard(update_id)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._step(update_id, Step.BEGUN, written)
        try:
            await written
        except StorageError:
            logger.warning("inbox: begun without a mark")

    async def sending(self, update_id: int) -> None:
        """Commit that the answer goes out now. Where that fails it goes out all the same.

        A full disk shall not keep the answer from the voter; the price is that a crash before the
        disk has room again may answer twice.
        """
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._step(update_id, Step.SENDING, written)
        try:
            await written
        except StorageError:
            logger.warning("inbox: sending without a mark")

    def unsent(self, update_id: int) -> None:
        """Write down that nothing went out after all: Telegram refused it, or was not reached."""
        self._step(update_id, Step.NEW)

    def done(self, update_id: int) -> None:
        """Write down that the update is over. A moment later only its id is left."""
        self._step(update_id, Step.DONE)

    async def recover(self, bot: ExtBot[None]) -> list[Update | Interrupted]:
        """Return what an earlier process left: the work to do, in order of arrival.

        Raises:
            StorageError: If the inbox cannot be read.
        """
        now = self._clock()
        left = await self._store.recover(now)
        work: list[Update | Interrupted] = []
        told: set[int] = set()
        for kept in left.unsure:
            logger.warning("ukjent levering: update_id=%d", kept.update_id)
            update = self._opened(kept, bot)
            chat = update.effective_chat if update else None
            # abs: a clock that was set back is no reason to write to people about last year.
            if (
                update and chat and chat.id not in told
                and abs(now - kept.received_at) < RECENT
            ):  # fmt: skip
                told.add(chat.id)
                work.append(Interrupted(update))
        for kept in left.waiting:
            self._take({kept.update_id})
            update = self._opened(kept, bot)
            if update:
                self._left.add(kept.update_id)
                work.append(update)
            else:
                self.claim(kept.update_id)
                self.done(kept.update_id)
        if left.waiting or left.unsure or left.given_up:
            logger.info(
                "inbox: waiting=%d ukjent_levering=%d given_up=%d",
                len(left.waiting), len(left.unsure), left.given_up,
            )  # fmt: skip
        return work

    async def close(self, patience: float = _RETRY) -> None:
        """Write the last steps, or give up after so many seconds: they are then done again."""
        if self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer], timeout=patience)
            self._writer.cancel()

    def _opened(self, kept: Kept, bot: ExtBot[None]) -> Update | None:
        try:
            raw = json.loads(self._cipher.open(kept.payload, _aad(kept.update_id)))
        except Exception as exc:  # noqa: BLE001  # a damaged row, or one whose key is gone
            logger.error("inbox: update_id=%d unreadable: %s", kept.update_id, type(exc).__name__)  # noqa: TRY400
            return None
        return parse(raw, bot)

    def _take(self, fresh: set[int]) -> None:
        self._unclaimed |= fresh
        self._open |= fresh
        if len(self._open) >= self._capacity:
            self._room.clear()

    def _step(
        self, update_id: int, step: Step, written: asyncio.Future[None] | None = None
    ) -> None:
        self._steps.append((update_id, step, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._steps:
            batch, self._steps = self._steps, []
            try:
                await self._store.apply([(key, step) for key, step, _ in batch], self._clock())
            except StorageError as exc:
                logger.error("inbox: steps not written: %s", exc)  # noqa: TRY400
                for _, _, written in batch:
                    if written is not None and not written.done():
                        written.set_exception(exc)
                self._steps = [(key, step, None) for key, step, _ in batch] + self._steps
                await asyncio.sleep(_RETRY)
                continue
            for key, step, written in batch:
                if written is not None and not written.done():
                    written.set_result(None)
                if step is Step.DONE:
                    self._open.discard(key)
            if len(self._open) < self._capacity:
                self._room.set()


class Work:
    """The work on one update, as far as the inbox cares: has anything gone out for it?"""

    def __init__(self, inbox: Inbox, update_id: int) -> None:
        self._inbox, self._update_id = inbox, update_id
        self._marked = self._delivered = False

    async def sending(self) -> None:
        """To be called right before a message goes out."""
        if not self._marked:
            self._marked = True
            await self._inbox.sending(self._update_id)

    def sent(self) -> None:
        """To be called when it went out, or may have."""
        self._delivered = True

    def refused(self) -> None:
        """To be called when it surely did not go out and will be tried again."""
        if self._marked and not self._delivered:
            self._marked = False
            self._inbox.unsent(self._update_id)


class InboxBot(ExtBot[None]):
    """A bot that has its updates on disk before it asks Telegram for the next.

    Args:
        inbox: Where they are kept.
        more: As for ExtBot.
    """

    __slots__ = ("_inbox",)

    def __init__(self, inbox: Inbox, **more: Any) -> None:
        super().__init__(**more)
        with self._unfrozen():
            self._inbox = inbox

    async def get_updates(
        self,
        offset: int | None = None,
        limit: int | None = None,
        timeout: int | timedelta | None = None,  # noqa: ASYNC109  # Telegram's parameter
        allowed_updates: Any = None,
        **more: Any,
    ) -> tuple[Update, ...]:
        """Fetch updates and commit them before returning.

        Raises:
            TelegramError: If they could not be fetched, or not be committed: PTB then asks for the
                same ones again, later and later, up to every 30 s.
        """
        wait = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout or 0)
        if wait == 0:
            return ()  # PTB's last call when it stops, to confirm: it would take more in
        await self._inbox.room()
        data = {
            "offset": offset,
            "limit": limit,
            "timeout": int(wait),
            "allowed_updates": allowed_updates,
        }
        more["read_timeout"] = (self._request[0].read_timeout or 0) + wait
        batch = _updates(await self._post("getUpdates", data, **more))
        self._inbox.fetched()
        try:
            await self._inbox.accept(batch)
        except Exception as exc:
            what = exc if isinstance(exc, StorageError) else type(exc).__name__
            logger.error("inbox: updates not written: %s", what)  # noqa: TRY400
            raise TelegramError("inbox not written") from exc
        return tuple(parse(raw, self) for raw in batch)


def parse(raw: JSON, bot: ExtBot[None]) -> Update:
    """Return the update; an empty one with its id where PTB cannot read it.

    One that cannot be read must not be fetched again and again, and hold up those behind it.
    """
    try:
        update = Update.de_json(raw, bot)
    except Exception as exc:  # noqa: BLE001  # whatever PTB trips over in what others wrote
        logger.warning("update_id=%d not understood: %s", raw["update_id"], type(exc).__name__)
        return Update(raw["update_id"])
    return update if update is not None else Update(raw["update_id"])


def _updates(result: Any) -> list[JSON]:
    """Return what can be an update at all: an object with an id."""
    if not isinstance(result, list):
        raise TelegramError("not a list of updates")
    return [
        raw
        for raw in result
        if isinstance(raw, dict)
        and type(raw.get("update_id")) is int
        and 0 <= raw["update_id"] <= _MOST_UPDATE_ID
    ]


def _aad(update_id: int) -> bytes:
    return f"inbox|{update_id}".encode()


__all__ = ["CURRENT_UPDATE", "Cipher", "Inbox", "InboxBot", "Interrupted", "Work", "parse"]
