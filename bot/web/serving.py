"""The pages served: uvicorn in the loop that is already running, without its hands on the process.

A fault here costs staff their pages, and nobody their answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator

import uvicorn

from bot.services import Services
from bot.texts.staff import STAFF
from bot.web.app import Tell, build_web

logger = logging.getLogger(__name__)

GRACE = 0.4  # seconds for pages that are nearly done, at the stop; as long again for their end
_KEEP_ALIVE = 5  # seconds that an idle connection is kept


class PortTakenError(Exception):
    """Nothing can be served there. ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.fault = "review_port"
        self.values: dict[str, object] = {"host": host, "port": port, "reason": reason}
        super().__init__(f"{host}:{port}: {reason}")


class _Server(uvicorn.Server):
    """Signals are the bot's, or the command's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Staff's pages on their port, from start to stop.

    Args:
        services: With an opened log.
        tell: Sends one text to the admins; None: there is no way to them.
        failed: Called with a sentence when the pages end by themselves.
    """

    def __init__(
        self,
        services: Services,
        tell: Tell | None = None,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings, self._jobs, self._failed = services.settings, services.jobs, failed
        config = uvicorn.Config(
            build_web(services, tell=tell),
            http="h11",
            loop="none",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # a line would hold the address, and with it a one-time link
            proxy_headers=False,  # anybody could write them
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve. Raises PortTakenError if that cannot be."""
        host, port = self._settings.review_host, self._settings.review_port
        # Bound here: uvicorn would end the process where it cannot.
        bound = _bind(host, port)
        self._task = asyncio.create_task(self._serve(bound), name="web")
        logger.info("pages served on port %d", port)

    async def wait(self) -> None:
        """Wait until it has ended."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """End, whatever is under way."""
        task, self._task = self._task, None
        if task is None:
            return
        self._server.should_exit = True
        await asyncio.wait((task,), timeout=GRACE)
        for page in list(self._server.server_state.tasks):
            page.cancel()
        await asyncio.wait((task,), timeout=GRACE)
        task.cancel()  # does nothing where it has ended
        await asyncio.gather(task, return_exceptions=True)
        await self._jobs.stop()

    async def _serve(self, bound: socket.socket) -> None:
        try:
            await self._server.serve([bound])
        except (Exception, SystemExit):  # uvicorn ends processes; this one is not its own
            # A warning: what it is told below is the alert.
            logger.warning("pages failed", exc_info=True)
            self._failed(STAFF.alert_pages)
        finally:
            bound.close()


def _bind(host: str, port: int) -> socket.socket:
    try:
        [(family, kind, proto, _, place), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        bound = socket.socket(family, kind, proto)
    except OSError as exc:
        raise PortTakenError(host, port, exc.strerror or "?") from exc
    try:
        # So that a restart need not wait for the last connections of the process before.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
        bound.listen(128)
    except OSError as exc:
        bound.close()
        raise PortTakenError(host, port, exc.strerror or "?") from exc
    bound.setblocking(False)  # the library's signature
    return bound
