"""Signing in by a link that works once, and how long it lasts (TRUST S7, S8)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.limits import Limiter
from bot.staff import login_token
from bot.storage_staff import StaffStore
from bot.texts.staff import STAFF
from bot.web.login import ATTEMPTS_A_MINUTE
from bot.web.sessions import COOKIE, IDLE, LONGEST, MOST, Sessions
from tests.bot.web.conftest import ADMIN, REVIEWER


@pytest.fixture
async def nobody(services, browser_of):
    await StaffStore(services.storage).put(ADMIN, "a test", services.clock())
    return await browser_of(None)


async def token_of(services, name: str = ADMIN.name) -> str:
    return await login_token(services, name)


async def rows(services) -> int:
    return len(await services.storage.rows("SELECT * FROM logins"))


async def test_opening_the_link_uses_nothing_up(services, sessions, nobody) -> None:
    token = await token_of(services)
    for method in ("GET", "HEAD", "GET"):
        response = await nobody.client.request(method, f"/logg-inn?nokkel={token}")
        assert response.status_code == 200
        assert "set-cookie" not in response.headers
    assert f'value="{token}"' in response.text
    assert await rows(services) == 1
    assert len(sessions) == 0


async def test_the_button_signs_in_once(services, sessions, nobody) -> None:
    token = await token_of(services)
    response = await nobody.post("/logg-inn", {"nokkel": token})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    cookie = response.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == COOKIE == "__Host-loftebot"
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    # No lifetime: it goes with the browser. No domain: __Host- allows none.
    assert parts == {"path=/", "secure", "httponly", "samesite=strict"}
    nobody.key = rest.split(";")[0]
    assert re.fullmatch(r"[\w-]{43}", nobody.key)
    assert (await nobody.get("/programmer")).status_code == 200
    again = await nobody.client.post(
        "/logg-inn", data={"nokkel": token}, headers={"sec-fetch-site": "same-origin"}
    )
    assert again.status_code == 403
    assert len(sessions) == 1
    [entry] = await services.storage.rows("SELECT actor, action FROM audit WHERE action = 'login'")
    assert entry == (ADMIN.name, "login")


async def test_a_hundred_presses_at_once_make_one_session(services, web, sessions, nobody) -> None:
    web.state.attempts = Limiter(1000), Limiter(1000)  # the limit is another test's
    token = await token_of(services)
    answers = await asyncio.gather(
        *(nobody.post("/logg-inn", {"nokkel": token}) for _ in range(100))
    )
    assert sorted(a.status_code for a in answers) == [303] + [403] * 99
    assert len(sessions) == 1
    assert len({a.headers["set-cookie"] for a in answers if "set-cookie" in a.headers}) == 1


async def test_the_token_is_stored_hashed(services, nobody) -> None:
    token = await token_of(services)
    [(name, stored)] = await services.storage.rows("SELECT name, token_hash FROM logins")
    assert (name, len(stored)) == (ADMIN.name, 32)
    assert token.encode() not in stored
    assert token.encode() not in services.storage.path.read_bytes()


@pytest.mark.parametrize(
    "what", ["wrong", "used", "replaced", "too old", "removed", "empty", "strange"]
)
async def test_a_link_that_does_not_hold_is_one_plain_sentence(
    services, sessions, nobody, what: str
) -> None:
    token = await token_of(services)
    if what == "used":
        await nobody.post("/logg-inn", {"nokkel": token})
    elif what == "replaced":
        await token_of(services)
    elif what == "too old":
        early = replace(services, clock=lambda: services.clock() - timedelta(minutes=10, seconds=1))
        token = await login_token(early, ADMIN.name)
    elif what == "removed":
        await StaffStore(services.storage).remove(ADMIN.name)
    else:
        token = {"wrong": "A" * 43, "empty": "", "strange": "\x00<b>æ" * 20}[what]
    before = len(sessions)
    response = await nobody.post("/logg-inn", {"nokkel": token})
    assert response.status_code == 403
    assert STAFF.login_broken in response.text
    assert "set-cookie" not in response.headers
    assert len(sessions) == before


async def test_a_link_of_whom_the_settings_no_longer_name_signs_nobody_in(
    services, web, sessions, nobody
) -> None:
    token = await token_of(services, "77")
    web.state.services = replace(services, settings=replace(services.settings, admins=frozenset()))
    assert (await nobody.post("/logg-inn", {"nokkel": token})).status_code == 403
    assert len(sessions) == 0


async def test_a_link_holds_until_its_time_is_over(services, nobody) -> None:
    early = replace(services, clock=lambda: services.clock() - timedelta(minutes=9, seconds=50))
    token = await login_token(early, ADMIN.name)
    assert (await nobody.post("/logg-inn", {"nokkel": token})).status_code == 303


async def test_attempts_are_limited_before_the_log_is_asked(services, nobody) -> None:
    token = await token_of(services)
    for _ in range(ATTEMPTS_A_MINUTE):
        assert (await nobody.post("/logg-inn", {"nokkel": "A" * 43})).status_code == 403
    assert (await nobody.post("/logg-inn", {"nokkel": token})).status_code == 429
    assert await rows(services) == 1  # not used up
    # Whom the proxy names as another is not held up by it.
    other = {"x-forwarded-for": "198.51.100.7, 203.0.113.9"}
    assert (await nobody.post("/logg-inn", {"nokkel": token}, **other)).status_code == 303


async def test_signing_in_ends_the_session_the_browser_had(services, sessions, browser_of) -> None:
    browser = await browser_of(REVIEWER)
    await StaffStore(services.storage).put(ADMIN, "a test", services.clock())
    await browser.post("/logg-inn", {"nokkel": await token_of(services)})
    assert sessions.use(browser.key) is None
    assert len(sessions) == 1


async def test_signing_out_ends_it_on_the_server_too(sessions, admin) -> None:
    assert (await admin.get("/logg-ut")).status_code == 405  # by POST alone
    response = await admin.post("/logg-ut")
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/logg-inn?sagt=signed_out",
    )
    assert "max-age=0" in response.headers["set-cookie"].lower()
    assert len(sessions) == 0
    assert (await admin.get("/programmer")).status_code == 303
    assert STAFF.said["signed_out"] in (await admin.get("/logg-inn?sagt=signed_out")).text


async def test_half_an_hour_without_use_signs_out(seconds, admin) -> None:
    for _ in range(5):
        seconds.now += IDLE - 1
        assert (await admin.get("/programmer")).status_code == 200
    seconds.now += IDLE + 1
    assert (await admin.get("/programmer")).status_code == 303


async def test_eight_hours_sign_out_whatever_one_does(seconds, admin) -> None:
    began = seconds.now
    while seconds.now + IDLE - 1 - began <= LONGEST:
        seconds.now += IDLE - 1
        assert (await admin.get("/programmer")).status_code == 200
    seconds.now = began + LONGEST + 1
    assert (await admin.get("/programmer")).status_code == 303


def test_sessions_are_bounded_and_the_longest_idle_goes_first(seconds) -> None:
    sessions = Sessions(seconds)
    keys = [sessions.begin("x") for _ in range(MOST)]
    assert sessions.use(keys[0]) is not None
    sessions.begin("x")
    assert len(sessions) == MOST
    assert sessions.use(keys[1]) is None
    assert sessions.use(keys[0]) is not None


def test_ids_and_tokens_are_long_and_never_the_same(seconds) -> None:
    sessions = Sessions(seconds)
    keys = {sessions.begin("x") for _ in range(100)}
    csrf = {sessions.use(key).csrf for key in keys}
    assert len(keys) == len(csrf) == 100
    assert not keys & csrf
    assert min(map(len, keys | csrf)) == 43  # 256 bits
    assert next(iter(csrf)) not in repr(sessions.use(next(iter(keys))))


async def test_nothing_secret_is_logged(services, nobody, caplog) -> None:
    caplog.set_level(0)
    token = await token_of(services)
    await nobody.get(f"/logg-inn?nokkel={token}")
    response = await nobody.post("/logg-inn", {"nokkel": token})
    nobody.key = response.headers["set-cookie"].partition("=")[2].split(";")[0]
    await nobody.get("/programmer")
    await nobody.post("/prov", {"sporsmal": "canary"})
    own = [
        r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))
    ]  # the test's browser
    said = "\n".join(f"{r.getMessage()} {r.args}" for r in own)
    assert own
    for secret in (token, nobody.key, nobody.csrf, "canary"):
        assert secret not in said
