"""The order of work: one update after another inside a chat, chats in parallel."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager, nullcontext
from types import TracebackType
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

_WAITING = 4096  # updates taken in at once; the rest stays in the queue, in order


class ChatOrder(BaseUpdateProcessor):
    """Works on ``at_once`` updates at a time, and on one of each chat.

    A chat first waits for its own turn and only then takes one of the ``at_once`` places: a hundred
    messages of one chat hold one place, not a hundred. PTB's own limit is taken before this runs,
    so it is set far higher.
    """

    __slots__ = ("_places", "_turns")

    def __init__(self, at_once: int) -> None:
        super().__init__(_WAITING)
        self._places = asyncio.Semaphore(at_once)
        self._turns: dict[int, _Turn] = {}

    @property
    def chats(self) -> int:
        """Chats that have an update in work or waiting; idle ones are forgotten."""
        return len(self._turns)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn and a free place, then work on the update."""
        key = _chat(update)
        turn = nullcontext() if key is None else _Turn.of(self._turns, key)
        try:
            async with turn, self._places:
                await coroutine
        finally:
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # one whose wait was cancelled; does nothing to one that has run

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Keep nothing."""


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
    if not isinstance(update, Update):
        return None
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None
