"""The pages in the bot's own process: on their port, and no trouble to anybody."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import build_application, serve_pages
from bot.jobs import Jobs
from bot.services import Services
from bot.texts.staff import STAFF
from bot.upkeep import Upkeep
from bot.web import serving
from bot.web.serving import PortTakenError, WebServer
from tests.bot.telegram_transport import FakeTelegram, Voter


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def own(services: Services) -> Services:
    """Return services whose pages are on a port of the test's own."""
    settings = replace(services.settings, review=True, review_port=free_port())
    return replace(services, settings=settings)


def address(services: Services) -> str:
    return f"http://127.0.0.1:{services.settings.review_port}"


async def test_pages_are_served_and_the_port_is_free_afterwards(own) -> None:
    handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    for _ in range(2):
        server = WebServer(own)
        await server.start()
        async with httpx.AsyncClient() as client:
            response = await client.get(f"{address(own)}/logg-inn")
        assert response.status_code == 200
        assert "server" not in response.headers
        assert "content-security-policy" in response.headers
        assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
        await server.stop()
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "web"]
    await server.stop()  # twice is no fault


async def test_a_stop_waits_for_no_page(own, monkeypatch) -> None:
    monkeypatch.setattr(serving, "GRACE", 0.05)
    begun = asyncio.Event()

    async def endless(request: Request) -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    server = WebServer(own)
    server._server.config.app.router.routes.append(Route("/static/style.css", endless))
    server._server.config.app.router.routes.reverse()
    await server.start()
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"{address(own)}/static/style.css", timeout=None))
        await begun.wait()
        await server.stop()
        # Broken off: with an error of the server's, or in the middle.
        [ended] = await asyncio.gather(asking, return_exceptions=True)
    assert isinstance(ended, httpx.HTTPError) or ended.status_code == 500
    assert not [task for task in asyncio.all_tasks() if "run_asgi" in repr(task)]


async def test_a_stop_breaks_off_what_a_page_began(own) -> None:
    own = replace(own, jobs=Jobs())
    server = WebServer(own)
    await server.start()

    async def endless(progress: object) -> None:
        await asyncio.Event().wait()

    job = own.jobs.start("x", endless)
    await asyncio.sleep(0)
    await server.stop()
    assert job.finished.is_set()


async def test_a_port_that_is_taken_is_said_so(own) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", own.settings.review_port))
        other.listen()
        with pytest.raises(PortTakenError) as raised:
            await WebServer(own).start()
    assert raised.value.values["port"] == own.settings.review_port


@pytest.fixture
def pages_of(telegram: FakeTelegram) -> Callable[[Services], object]:
    """Return a function: services -> the bot's application, its upkeep and its pages."""

    async def make(services: Services):
        application = build_application(services.settings, services, telegram)
        upkeep = Upkeep(services)
        return application, upkeep, await serve_pages(application, upkeep)

    return make


async def answers(application, telegram: FakeTelegram) -> bool:
    async with application:
        await application.process_update(Voter(application.bot).says("Hva mener dere om skole?"))
    return bool(telegram.texts)


async def test_the_bot_answers_where_its_pages_cannot_be(own, pages_of, telegram) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", own.settings.review_port))
        other.listen()
        application, upkeep, pages = await pages_of(own)
    assert await answers(application, telegram)
    [(kind, _, sentence)] = upkeep.alerts.due()
    assert kind == "pages"
    assert str(own.settings.review_port) in sentence
    await pages.stop()


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
async def test_the_bot_answers_when_its_pages_fall_and_admins_are_told(
    own, pages_of, telegram, monkeypatch, error
) -> None:
    async def falls(self) -> None:
        raise error

    monkeypatch.setattr("uvicorn.Server.main_loop", falls)
    application, upkeep, pages = await pages_of(own)
    await pages.wait()
    assert await answers(application, telegram)
    assert [(kind, sentence) for kind, _, sentence in upkeep.alerts.due()] == [
        ("pages", STAFF.alert_pages)
    ]
    await pages.stop()
    with socket.socket() as other:  # and the port is given back
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", own.settings.review_port))


async def test_a_voter_is_answered_while_pages_are_served(own, pages_of, telegram) -> None:
    application, upkeep, pages = await pages_of(own)
    async with httpx.AsyncClient() as client:
        page, answered = await asyncio.gather(
            client.get(f"{address(own)}/logg-inn"), answers(application, telegram)
        )
    assert page.status_code == 200
    assert answered
    await pages.stop()
    assert upkeep.alerts.due() == []


async def test_where_they_are_off_nothing_is_served(services, pages_of) -> None:
    _, _, pages = await pages_of(services)
    assert pages is None
