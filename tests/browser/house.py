"""The real pages on a port of their own, over a log and a corpus of their own."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.answering import Answer
from bot.callback_data import Verdict
from bot.config import load_settings
from bot.services import Services, answer_question, log_answer, make_services, store_vote, utc_now
from bot.staff import login_token
from bot.storage_staff import Member, StaffStore
from bot.texts import NB
from bot.web.serving import WebServer
from bot.weblinks import address, login_link
from tests.conftest import make_keys, write_config


@dataclass(frozen=True)
class House:
    """What a test has: the parts, the pages and their address."""

    services: Services
    config: Path
    web: Starlette
    ids: dict[str, str] = field(default_factory=dict)  # question -> its last answer

    @property
    def address(self) -> str:
        return address(self.services.settings)

    async def link(self, member: Member) -> str:
        """Make them staff, and return a one-time link, as /weblogin does."""
        await StaffStore(self.services.storage).put(member, "a test", self.services.clock())
        return login_link(self.services.settings, await login_token(self.services, member.name))

    async def ask(self, question: str, municipality: str | None = None) -> Answer:
        """Ask as a voter does: answered and logged."""
        reply = await answer_question(self.services, question, NB, municipality)
        answer_id = await log_answer(self.services, reply.answer, "telegram", 5)
        assert answer_id is not None, "promised by the logging mode of the settings"
        self.ids[question] = answer_id
        return reply.answer

    async def vote(self, question: str, verdict: Verdict) -> None:
        """Vote on the last answer to a question."""
        assert await store_vote(self.services, self.ids[question], verdict)

    async def case_of(self, question: str) -> str:
        """Return the case that the last answer to a question belongs to."""
        [(case_id,)] = await self.services.storage.rows(
            "SELECT case_id FROM answers WHERE id = ?", self.ids[question]
        )
        return str(case_id)


@asynccontextmanager
async def open_house(
    folder: Path, seeds: Path, clock: Callable[[], datetime] = utc_now, **config: str
) -> AsyncIterator[House]:
    """Serve the pages on a free port until the block ends.

    Args:
        folder: For settings, keys and log.
        seeds: The corpus; publishing writes into it.
        clock: The present moment, aware.
        config: Values of config.toml that differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = write_config(folder, **{"admins": "[]", "least_pledges": "1", **config})
    settings = replace(
        load_settings(path, {"LOFTEBOT_SEEDS": str(seeds)}), review=True, review_port=free_port()
    )
    make_keys(settings.keys)
    services = replace(make_services(settings), clock=clock)
    async with services.storage:
        server = WebServer(services)
        await server.start()
        try:
            yield House(services, path, server._server.config.app)
        finally:
            await server.stop()
            await services.jobs.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
