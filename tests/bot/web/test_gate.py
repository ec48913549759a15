"""What holds for every answer and every request, on every route that there is (TRUST S5, S8)."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.storage_staff import StaffStore
from bot.web.security import HEADERS, LONGEST_URL, MOST_BYTES, MOST_FIELDS, OPEN
from bot.web.sessions import COOKIE
from bot.weblinks import hosts, login_link, origins
from tests.bot.web.conftest import ADDRESS, ADMIN, sample_paths

CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def has_headers(response) -> bool:
    assert response.headers["content-security-policy"] == CSP
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "private, no-store"
    assert all(response.headers[name] == value for name, value in HEADERS.items())
    return True


async def test_every_answer_of_every_route_has_the_headers(
    web, services, admin, browser_of
) -> None:
    nobody = await browser_of(None)
    for browser in (admin, nobody):
        for method, path in sample_paths(web, services):
            response = await (
                browser.post(path)
                if method == "POST"
                else browser.client.request(method, path, headers=browser.cookies)
            )
            assert has_headers(response), (method, path)
            assert response.status_code < 500, (method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/finnes/ikke"), ("GET", "/programmer/finnes-ikke.txt"), ("GET", "/lofte/finnes-ikke"),
     ("POST", "/programmer"), ("PUT", "/"), ("DELETE", "/"), ("TRACE", "/"), ("OPTIONS", "/"), ("GET", "/" + "a" * 5000)],
)  # fmt: skip
async def test_refusals_and_faults_have_the_headers_too(admin, method: str, path: str) -> None:
    sent = {"data": {"csrf": admin.csrf}} if method == "POST" else {}
    own = {"sec-fetch-site": "same-origin", **admin.cookies}
    response = await admin.client.request(method, path, headers=own, **sent)
    assert response.status_code in (404, 405, 414)
    assert has_headers(response)


async def test_a_page_that_fails_is_a_page_with_headers_and_none_of_its_reason(
    web, admin, caplog
) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError("a voter's words")

    web.router.routes.append(Route("/broken", broken))
    response = await admin.get("/broken")
    assert response.status_code == 500
    assert has_headers(response)
    assert "a voter" not in response.text
    assert [r.levelname for r in caplog.records if r.name == "bot.web.security"] == ["ERROR"]


async def test_a_log_that_cannot_be_read_is_said_so(services, admin) -> None:
    await services.storage.close()
    response = await admin.get("/programmer")
    assert response.status_code == 503
    assert has_headers(response)
    await services.storage.open()
    assert (await admin.get("/programmer")).status_code == 200


@pytest.mark.parametrize(
    "word", ["<b>canary</b>", "canary%3Cscript%3E", "canary", "..%2f..%2fcanary"]
)
async def test_an_unknown_page_repeats_nothing_of_the_address(admin, browser_of, word: str) -> None:
    for browser in (admin, await browser_of(None)):
        for path in (
            f"/{word}",
            f"/programmer/{word}",
            f"/lofte/{word}",
            f"/{word}?{word}={word}&sagt={word}",
        ):
            response = await browser.get(path)
            assert "canary" not in response.text
            assert "canary" not in response.headers.get("location", "")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/%2f..",
        "/\\evil.example",
        "/programmer/",
        "//evil.example/programmer/",
        "/%2f/evil.example",
    ],
)
async def test_no_address_leads_elsewhere(admin, browser_of, path: str) -> None:
    for browser in (admin, await browser_of(None)):
        # httpx would take the first part for a host.
        request = browser.client.build_request("GET", ADDRESS, headers=browser.cookies)
        request.url = request.url.copy_with(raw_path=path.encode())
        response = await browser.client.send(request)
        assert response.headers.get("location", "/logg-inn") == "/logg-inn"


async def test_the_icon_is_a_drawing_with_the_headers_for_everybody(browser_of, caplog) -> None:
    nobody = await browser_of(None)
    for path in ("/static/icon.svg", "/favicon.ico"):
        response = await nobody.get(path)
        assert has_headers(response)
        assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
        assert not re.search(r"<(script|style)|href|\son", response.text)
    assert 'rel="icon" href="/static/icon.svg"' in (await nobody.get("/logg-inn")).text
    assert [r for r in caplog.records if r.name.startswith("bot")] == []


async def test_who_is_not_signed_in_sees_the_login_and_the_looks_only(
    web, services, browser_of
) -> None:
    nobody = await browser_of(None)
    for method, path in [*sample_paths(web, services), ("GET", "/finnes-ikke")]:
        response = await (nobody.post(path) if method == "POST" else nobody.get(path))
        if path in OPEN:
            assert response.status_code in (200, 403), path
        elif method == "POST":
            assert response.status_code == 401, path
        else:
            assert (response.status_code, response.headers["location"]) == (303, "/logg-inn"), path


def posts(web, services) -> list[str]:
    found = [path for method, path in sample_paths(web, services) if method == "POST"]
    assert len(found) >= 6, "fix this test"
    return found


async def test_no_post_goes_through_without_its_token(web, services, admin) -> None:
    csrf = admin.csrf
    for path in posts(web, services):
        for wrong in ("", "x", csrf[:-1], csrf + "x", csrf.swapcase(), "æ" * 43):
            response = await admin.post(path, {"csrf": wrong})
            assert response.status_code == 403, (path, wrong)
    # One that is another session's is no better.
    other = admin.sessions.begin(ADMIN.name)
    foreign = admin.sessions.use(other).csrf
    assert (await admin.post("/prov", {"csrf": foreign})).status_code == 403
    assert (await admin.post("/prov")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8766"},
        {"origin": "http://localhost:8765.evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": ADDRESS, "sec-fetch-site": "same-site"},
        {"origin": ADDRESS, "sec-fetch-site": "none"},
        {"origin": "null"},
        {},
    ],
)
async def test_no_post_goes_through_from_elsewhere(
    web, services, admin, headers: dict[str, str]
) -> None:
    for path in posts(web, services):
        sent = {"csrf": admin.csrf}
        response = await admin.client.post(path, data=sent, headers=headers | admin.cookies)
        assert response.status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [{"origin": "null", "sec-fetch-site": "same-origin"}, {"origin": ADDRESS}, {"sec-fetch-site": "same-origin"},
     {"origin": ADDRESS.upper(), "sec-fetch-site": "same-origin"}],
)  # fmt: skip
async def test_our_own_forms_go_through(admin, headers: dict[str, str]) -> None:
    sent = {"csrf": admin.csrf, "sporsmal": "Hva mener dere om skole?"}
    response = await admin.client.post("/prov", data=sent, headers=headers | admin.cookies)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost",
        "localhost:8766",
        "",
        "127.0.0.1:8765.evil.example",
        "localhost:8765@evil.example",
    ],
)
async def test_another_name_is_not_answered_to(admin, host: str) -> None:
    response = await admin.get("/programmer", host=host)
    assert response.status_code == 421
    assert has_headers(response)


async def test_forms_have_a_size(admin) -> None:
    assert (await admin.post("/prov", {"sporsmal": "a" * MOST_BYTES})).status_code == 413
    assert (
        await admin.post("/prov", {f"f{i}": "" for i in range(MOST_FIELDS + 1)})
    ).status_code == 400
    own = {"sec-fetch-site": "same-origin", **admin.cookies}
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", ""):
        response = await admin.client.post(
            "/prov", content=b"{}", headers=own | {"content-type": kind}
        )
        assert response.status_code == 415, kind
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (
        await admin.client.post("/prov", content=b"csrf=%ff\xff", headers=own | kind)
    ).status_code == 400
    assert (await admin.get("/programmer?" + "a" * LONGEST_URL)).status_code == 414


async def test_a_body_is_counted_as_it_comes_whatever_it_says_of_itself(admin) -> None:
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 4096
            yield b"a" * 4096

    own = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
    response = await admin.client.post("/logg-inn", content=endless(), headers=own)
    assert response.status_code == 413
    assert taken <= 2 * MOST_BYTES


async def test_only_admins_open_what_is_theirs(reviewer, from_asker) -> None:
    for browser in (reviewer, from_asker):
        assert (await browser.get("/medarbeidere")).status_code == 403
        for path in ("/medarbeidere", "/medarbeidere/fjern", "/medarbeidere/lenke"):
            assert (await browser.post(path, {"navn": "x"})).status_code == 403
        assert "/medarbeidere" not in (await browser.get("/programmer")).text


async def test_a_role_that_is_taken_away_is_gone_at_the_next_request(services, admin) -> None:
    assert (await admin.get("/programmer")).status_code == 200
    await StaffStore(services.storage).remove(ADMIN.name)
    assert (await admin.get("/programmer")).status_code == 303
    # And the session with it: being named again does not bring it back.
    await StaffStore(services.storage).put(ADMIN, "a test", services.clock())
    assert (await admin.get("/programmer")).status_code == 303


async def test_a_cookie_that_is_nobodys_opens_nothing(admin) -> None:
    for key in ("", "x", admin.key[:-1], admin.key + "x", "æ"):
        headers = {"cookie": f"{COOKIE}={key}".encode()}
        assert (await admin.client.get("/programmer", headers=headers)).status_code == 303


def test_the_address_of_the_settings_is_ours_and_no_other(settings) -> None:
    from dataclasses import replace

    own = replace(settings, review_url="https://stab.example.org")
    assert origins(own) == {
        "https://stab.example.org",
        "http://localhost:8765",
        "http://127.0.0.1:8765",
    }
    assert hosts(own) == {"stab.example.org", "localhost:8765", "127.0.0.1:8765"}
    assert login_link(own, "t").startswith("https://stab.example.org/logg-inn?nokkel=t")
    assert re.match(r"http://localhost:8765/", login_link(settings, "t"))


async def test_pages_are_open_to_the_machine_itself_only_by_default(settings) -> None:
    assert settings.review_host == "127.0.0.1"
    assert not settings.review
