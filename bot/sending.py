"""How calls to Telegram are repeated: only those that surely did nothing, and not for ever.

PTB's AIORateLimiter is not used: after one chat's 429 it halts the answers to all the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

JSON = dict[str, Any]
Answered = bool | JSON | list[JSON]
PATIENCE = 60.0  # seconds that one call may wait in all


class PatientSender(BaseRateLimiter[None]):
    """Repeats a call that Telegram put off (429) or that never reached it.

    Only the call itself waits, and with it its chat (see ``ordering``); other chats go on. A call
    that timed out or lost its connection is *not* repeated: the voter may have the message already.

    Args:
        sleep: Waits for so many seconds.
        patience: Seconds that one call may wait in all; then the error is the caller's.
    """

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self._sleep, self._patience = sleep, patience

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
        del data, rate_limit_args
        left = self._patience
        while True:
            try:
                return await callback(*args, **kwargs)
            except (RetryAfter, NetworkError) as exc:
                wait = _wait(exc)
                # getMe has its own retries (bootstrap_retries), which also hear the stop signal.
                if wait is None or wait > left or endpoint == "getMe":
                    raise
            left -= wait
            await self._sleep(wait)


def _wait(error: RetryAfter | NetworkError) -> float | None:
    """Return the seconds to wait before the call may be repeated, or None where it must not be."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return after.total_seconds() if isinstance(after, timedelta) else float(after)
    # Never connected, so Telegram never saw it.
    unreached = isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout))
    return 1.0 if unreached else None
