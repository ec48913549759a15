"""How calls to Telegram are spread in time and repeated: only those that surely did nothing.

PTB's AIORateLimiter is not used: after one chat's 429 it halts the answers to all the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.inbox import Work
from bot.limits import Pace
from bot.ordering import CURRENT_WORK, resting

JSON = dict[str, Any]
Answered = bool | JSON | list[JSON]
PATIENCE = 120.0  # seconds that one call may wait for Telegram in all


class PatientSender(BaseRateLimiter[None]):
    """Repeats a call that Telegram put off (429) or that never reached it.

    Only the call itself waits, and with it its chat (see ``ordering``); other chats go on. A call
    that timed out or lost its connection is *not* repeated: the voter may have the message already.

    Args:
        sleep: Waits for so many seconds.
        patience: Seconds that one call may wait for Telegram in all; then the error is the
            caller's.
        pace: Spreads new messages in time, so that Telegram seldom has to put one off.
        marks: Mark the update as ``sending`` before the call; False where a `Wire` does it later.
    """

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        patience: float = PATIENCE,
        pace: Pace | None = None,
        *,
        marks: bool = True,
    ) -> None:
        self._sleep, self._patience = sleep, patience
        self._pace, self._marks = pace or Pace(), marks

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Keep nothing."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answered]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Answered:
        """Make the call, waiting and repeating as described."""
        del rate_limit_args
        arrives = new_message(endpoint)
        work = CURRENT_WORK.get() if arrives else None
        if arrives:
            await self._rest(self._pace.chat_wait(data.get("chat_id")))
        left = self._patience
        while True:
            if arrives:
                await self._rest(self._pace.total_wait())
            if work is not None and self._marks:
                await work.sending()
            try:
                answered = await callback(*args, **kwargs)
            except (RetryAfter, NetworkError) as exc:
                wait = _wait(exc)
                # getMe has its own retries (bootstrap_retries), which also hear the stop signal.
                if wait is None or wait > left or endpoint == "getMe":
                    if work is not None and in_doubt(exc):
                        work.sent()
                    raise
            else:
                if work is not None:
                    work.sent()
                return answered
            if work is not None:
                work.refused()
            left -= wait
            await self._rest(wait)

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            async with resting():
                await self._sleep(seconds)


class Wire:
    """Marks an update at the last moment: when its message is written to an open connection.

    Until then nothing can have reached Telegram, so a process that is killed while it builds the
    request or connects leaves the question to the next one. Few are between mark and wire at a
    time; the wait for Telegram's answers is not part of it.

    Args:
        at_once: Messages that may be there; what they have to write to the inbox is one commit.
    """

    def __init__(self, at_once: int = 4) -> None:
        self._turn = asyncio.Semaphore(at_once)

    async def watch(self, request: httpx.Request) -> None:
        """Follow a request; httpx's event hook."""
        work = CURRENT_WORK.get()
        if work is not None and new_message(request.url.path.rpartition("/")[2]):
            request.extensions["trace"] = _Writing(self._turn, work).follow


class _Writing:
    def __init__(self, turn: asyncio.Semaphore, work: Work) -> None:
        self._turn, self._work, self._held = turn, work, False

    async def follow(self, event: str, info: dict[str, Any]) -> None:
        """Be told by httpcore how far the request is; it waits for us."""
        del info
        if event == "http11.send_request_headers.started":
            await self._turn.acquire()
            self._held = True
            try:
                await self._work.sending()
            except BaseException:  # stopped while the mark was being written: nothing went out
                self._work.refused()
                self._release()
                raise
        elif event in _WRITTEN:
            self._release()

    def _release(self) -> None:
        if self._held:
            self._held = False
            self._turn.release()


_WRITTEN = (
    "http11.send_request_body.complete",
    "http11.send_request_body.failed",
    "http11.send_request_headers.failed",
)


def new_message(endpoint: str) -> bool:
    """Return whether a call makes a message appear: doing it twice would show it twice."""
    return endpoint.startswith(("send", "copy", "forward")) and endpoint != "sendChatAction"


def in_doubt(error: BaseException | None) -> bool:
    """Return whether a call that failed so may have been carried out all the same."""
    if not isinstance(error, NetworkError) or isinstance(error, BadRequest):
        return False
    return _wait(error) is None


def _wait(error: RetryAfter | NetworkError) -> float | None:
    """Return the seconds to wait before the call may be repeated, or None where it must not be."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return after.total_seconds() if isinstance(after, timedelta) else float(after)
    # Never connected, so Telegram never saw it.
    unreached = isinstance(
        error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    )
    return 1.0 if unreached else None
