"""Is the process well? What it counts about itself, /healthz, and systemd's watchdog.

Numbers, nothing about anyone.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections import deque
from collections.abc import Callable
from math import ceil

DAY = 86_400.0
MOST_SECONDS_WITHOUT_TELEGRAM = 120.0
MOST_SECONDS_WITHOUT_TICK = 30.0
_REMEMBERED = 1000  # answer times: enough for a 95th percentile
_MOST = 100_000  # events remembered of a day
_REQUEST = 5.0  # seconds that a request to /healthz may take


class Health:
    """Counts and times of this process, by a clock that nobody sets.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.maintenance = False  # staff have stopped the answers: bot.maintenance
        self._clock = clock
        self._started = clock()
        self._polled: float | None = None
        self._ticked = self._started
        self._version, self._version_since = "", self._started
        self._took: deque[float] = deque(maxlen=_REMEMBERED)
        self._answers: deque[tuple[float, bool]] = deque(maxlen=_MOST)
        self._errors: deque[float] = deque(maxlen=_MOST)

    def polled(self) -> None:
        """Telegram answered getUpdates."""
        self._polled = self._clock()

    def ticked(self) -> None:
        """The event loop came round."""
        self._ticked = self._clock()

    def answered(self, milliseconds: float, *, found: bool) -> None:
        """A question was answered in so many milliseconds, with quotes or without."""
        self._took.append(milliseconds)
        self._answers.append((self._clock(), found))

    def failed(self) -> None:
        """Something was logged as an error."""
        self._errors.append(self._clock())

    def serves(self, version: str) -> None:
        """Such a version of the index is in service."""
        if version != self._version:
            self._version, self._version_since = version, self._clock()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @property
    def poll_age(self) -> float | None:
        """Seconds since Telegram last answered getUpdates; None: never."""
        return None if self._polled is None else self._clock() - self._polled

    @property
    def version_age(self) -> float:
        """Seconds that the present version of the index has been in service."""
        return self._clock() - self._version_since

    @property
    def p95(self) -> float | None:
        """Milliseconds that 95 of 100 of the last answers took at most; None: no answer yet."""
        took = sorted(self._took)
        return took[ceil(0.95 * len(took)) - 1] if took else None

    @property
    def answers(self) -> tuple[int, int]:
        """Answers in the last 24 hours, and how many of them found nothing."""
        since = self._clock() - DAY
        lately = [found for moment, found in list(self._answers) if moment >= since]
        return len(lately), lately.count(False)

    @property
    def errors(self) -> int:
        """Errors in the last 24 hours."""
        since = self._clock() - DAY
        return sum(moment >= since for moment in list(self._errors))

    @property
    def trouble(self) -> str:
        """Why the process is not well, in a word, or ""."""
        now = self._clock()
        if now - self._ticked > MOST_SECONDS_WITHOUT_TICK:
            return "loop"
        # A process that has just started has had no time to ask Telegram.
        if now - (self._started if self._polled is None else self._polled) > (
            MOST_SECONDS_WITHOUT_TELEGRAM
        ):
            return "telegram"
        return ""


async def serve_health(health: Health, port: int) -> asyncio.Server:
    """Answer ``GET /healthz`` on this machine only: 200 when well, 503 when not."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_REQUEST):
                request = await reader.readline()
                # Read the headers too: closing with unread bytes would reset the connection.
                while await reader.readline() not in (b"\r\n", b"\n", b""):
                    pass
                writer.write(response(health, request))
                await writer.drain()
        except (TimeoutError, ValueError, OSError):
            pass  # slow, senseless or gone: nobody to answer
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port, limit=4096)


def response(health: Health, request: bytes) -> bytes:
    """Return the whole HTTP response to a request line."""
    match request.split():
        case [b"GET" | b"HEAD" as method, b"/healthz", _]:
            trouble, age = health.trouble, health.poll_age
            status = "503 Service Unavailable" if trouble else "200 OK"
            body = json.dumps(
                {
                    "ok": not trouble,
                    "trouble": trouble,
                    "uptime_s": round(health.uptime),
                    "last_update_age_s": None if age is None else round(age, 1),
                    "errors_24h": health.errors,
                    "maintenance": health.maintenance,
                }
            ).encode()
        case _:
            method, status, body = b"GET", "404 Not Found", b"{}"
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == b"HEAD" else body)


def notify(message: str, address: str) -> bool:
    """Tell systemd, which listens at ``NOTIFY_SOCKET``: READY=1, WATCHDOG=1, STOPPING=1.

    Returns:
        False where nobody listens.
    """
    if not address or not hasattr(socket, "AF_UNIX"):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            # "@": a name in the kernel, not a file.
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.send(message.encode())
    except OSError:
        return False
    return True
