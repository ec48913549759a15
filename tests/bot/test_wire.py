"""The mark is written when the message is: over real HTTP, with httpx as PTB uses it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from aiohttp import web

from bot.ordering import CURRENT_WORK
from bot.sending import Wire


class Work:
    """What happened to an update, in order."""

    def __init__(self, seen: list[str]) -> None:
        self.seen, self.gate = seen, asyncio.Event()
        self.gate.set()

    async def sending(self) -> None:
        await self.gate.wait()
        self.seen.append("marked")

    def refused(self) -> None:
        self.seen.append("unmarked")


@pytest.fixture
async def server():
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path.rpartition("/")[2])
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield seen, f"http://127.0.0.1:{port}/bot42:x/"
    await runner.cleanup()


def client(wire: Wire) -> httpx.AsyncClient:
    return httpx.AsyncClient(event_hooks={"request": [wire.watch]}, trust_env=False)


async def test_the_mark_comes_after_the_connection_and_before_the_message(server) -> None:
    seen, url = server
    CURRENT_WORK.set(Work(seen))
    async with client(Wire()) as http:
        await http.post(url + "sendChatAction")
        await http.post(url + "sendMessage")
        with pytest.raises(httpx.ConnectError):
            await http.post("http://127.0.0.1:1/bot42:x/sendMessage")
    assert seen == ["sendChatAction", "marked", "sendMessage"]


async def test_a_stop_while_the_mark_is_written_takes_it_back_and_frees_the_wire(server) -> None:
    seen, url = server
    wire, work = Wire(at_once=1), Work(seen)
    CURRENT_WORK.set(work)
    work.gate.clear()
    async with client(wire) as http:
        task = asyncio.create_task(http.post(url + "sendMessage"))
        async with asyncio.timeout(5):
            while not wire._turn.locked():
                await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["unmarked"]
        work.gate.set()
        await asyncio.wait_for(http.post(url + "sendMessage"), 5)
    assert seen == ["unmarked", "marked", "sendMessage"]


async def test_what_belongs_to_no_update_is_not_watched(server) -> None:
    seen, url = server
    async with client(Wire()) as http:
        await http.post(url + "sendMessage")
    assert seen == ["sendMessage"]
