"""The order of work: one update after another inside a chat, chats in parallel."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.current_update import CURRENT_UPDATE
from bot.inbox import Inbox, Interrupted, Work

_WAITING = 4096  # updates taken in at once; the rest stays in the queue, in order
# Of what an earlier process left, worked on at a time. All at once would come to nothing where the
# process keeps ending soon after its start: each written down, none sent, and all of them suspect.
AGAIN = 4
GRACE = 1.0  # seconds that a call to Telegram may still take when we stop

CURRENT_WORK: ContextVar[Work | None] = ContextVar("work", default=None)
_PLACE: ContextVar[_Place | None] = ContextVar("place", default=None)


class ChatOrder(BaseUpdateProcessor):
    """Works on ``at_once`` updates at a time, and on one of each chat.

    A chat first waits for its own turn and only then takes one of the ``at_once`` places: a hundred
    messages of one chat hold one place, not a hundred. PTB's own limit is taken before this runs,
    so it is set far higher.

    Args:
        inbox: Says which updates are ours to work on, and is told when they are done. None: all.
    """

    __slots__ = ("_again", "_halted", "_inbox", "_places", "_running", "_turns")

    def __init__(self, at_once: int, inbox: Inbox | None = None) -> None:
        super().__init__(_WAITING)
        self._inbox = inbox
        self._places = asyncio.Semaphore(at_once)
        self._again = asyncio.Semaphore(AGAIN)
        self._turns: dict[int, _Turn] = {}
        self._running: dict[asyncio.Task[Any], bool] = {}  # task -> does it only wait?
        self._halted = False

    @property
    def chats(self) -> int:
        """Chats that have an update in work or waiting; idle ones are forgotten."""
        return len(self._turns)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn and a free place, then work on the update."""
        task = asyncio.current_task()
        assert task is not None, "a coroutine that runs is in a task"
        try:
            if self._halted or not self._ours(update):
                return
            self._running[task] = True
            await self._work(task, update, coroutine)
        except asyncio.CancelledError:
            if not self._halted:
                raise
            # Stopped by `halt`: the inbox still holds the update.
        finally:
            self._running.pop(task, None)
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # one whose wait was cancelled; does nothing to one that has run

    async def halt(self, grace: float = GRACE) -> None:
        """Begin nothing more, drop what only waits, and let what is under way end within ``grace``.

        Nothing is drained: the inbox holds it all, and the next start goes on with it.
        """
        self._halted = True
        for task, waits in list(self._running.items()):
            if waits:
                task.cancel()
        left = set(self._running)
        if left:
            _, late = await asyncio.wait(left, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=grace)

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Keep nothing."""

    def _ours(self, update: object) -> bool:
        if self._inbox is None or not isinstance(update, Update):
            return True
        return self._inbox.claim(update.update_id)

    async def _work(
        self, task: asyncio.Task[Any], update: object, coroutine: Awaitable[Any]
    ) -> None:
        work, left = None, False
        if self._inbox is not None and isinstance(update, Update):
            work, left = Work(self._inbox, update.update_id), self._inbox.is_left(update.update_id)
            # Of this task alone, and of those that its handlers start.
            CURRENT_UPDATE.set(update.update_id)
            CURRENT_WORK.set(work)
        key = _chat(update)
        turn = nullcontext() if key is None else _Turn.of(self._turns, key)
        place = _Place(self._places, self._running, task)
        again = self._again if left else nullcontext()
        _PLACE.set(place)
        async with turn, again, place:
            if work is not None and self._inbox is not None and isinstance(update, Update):
                await self._inbox.begin(update.update_id)
            await coroutine
            if work is not None and self._inbox is not None and isinstance(update, Update):
                # Inside the turn: what a chat did first is written down first.
                self._inbox.done(update.update_id)


@asynccontextmanager
async def resting() -> AsyncIterator[None]:
    """Leave the place to another chat while the block waits for time to pass."""
    place = _PLACE.get()
    if place is None or not place.held_by_this_task:
        yield
        return
    place.leave()
    try:
        yield
    finally:
        await place.take()


class _Place(AbstractAsyncContextManager[None]):
    """One of the places that ``at_once`` counts, held by one task."""

    def __init__(
        self,
        places: asyncio.Semaphore,
        running: dict[asyncio.Task[Any], bool],
        task: asyncio.Task[Any],
    ) -> None:
        self._places, self._running, self._task = places, running, task
        self._held = False

    @property
    def held_by_this_task(self) -> bool:
        # A task that a handler started (block=False) inherits the variable, but not the place.
        return self._held and asyncio.current_task() is self._task

    async def take(self) -> None:
        await self._places.acquire()
        self._held, self._running[self._task] = True, False

    def leave(self) -> None:
        self._held, self._running[self._task] = False, True
        self._places.release()

    async def __aenter__(self) -> None:
        await self.take()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._held:  # not where the wait in `resting` was cancelled
            self.leave()


class _Turn(AbstractAsyncContextManager[None]):
    """A chat's lock, kept only while someone holds it or waits for it."""

    def __init__(self, turns: dict[int, _Turn], key: int) -> None:
        self._turns, self._key = turns, key
        self._lock = asyncio.Lock()  # fair: those who wait get it in the order they came
        self._users = 0

    @staticmethod
    def of(turns: dict[int, _Turn], key: int) -> _Turn:
        return turns.setdefault(key, _Turn(turns, key))

    async def __aenter__(self) -> None:
        self._users += 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
        self._leave()

    def _leave(self) -> None:
        self._users -= 1
        if not self._users:
            del self._turns[self._key]


def _chat(update: object) -> int | None:
    if isinstance(update, Interrupted):
        update = update.update
    if not isinstance(update, Update):
        return None
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None
