"""Naming staff, and links for those without Telegram."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from bot.storage_staff import Member, Role, StaffStore
from bot.texts.staff import STAFF
from tests.bot.web.conftest import ADMIN, REVIEWER


async def audit_rows(services) -> list[tuple[object, ...]]:
    return await services.storage.rows("SELECT actor, action, detail FROM audit ORDER BY seq")


async def test_a_member_is_added_changed_and_removed(services, admin) -> None:
    store = StaffStore(services.storage)
    new = {"navn": "ny", "rolle": "reviewer", "kommune": "Asker", "telegram": "123"}
    response = await admin.post("/medarbeidere", new)
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/medarbeidere?sagt=member_saved",
    )
    assert await store.named("ny") == Member(
        name="ny", role=Role.REVIEWER, telegram_id=123, municipality="Asker"
    )
    form = (await admin.get("/medarbeidere?navn=ny")).text
    assert re.search(r'id="f-navn"[^>]* value="ny"', form)
    assert re.search(r'value="Asker" selected', form)
    await admin.post("/medarbeidere", {"navn": "ny", "rolle": "admin"})
    assert await store.named("ny") == Member(name="ny", role=Role.ADMIN)
    assert (await admin.post("/medarbeidere/fjern", {"navn": "ny"})).status_code == 303
    assert await store.named("ny") is None
    assert [row[:2] for row in await audit_rows(services)] == [
        (ADMIN.name, "role_given"), (ADMIN.name, "role_given"), (ADMIN.name, "role_removed"),
    ]  # fmt: skip


async def test_who_is_removed_is_out_at_once_and_so_is_their_link(
    services, sessions, admin, reviewer
) -> None:
    link = await admin.post("/medarbeidere/lenke", {"navn": REVIEWER.name})
    token = re.search(r"nokkel=([\w-]{43})", link.text)[1]
    await admin.post("/medarbeidere/fjern", {"navn": REVIEWER.name})
    assert sessions.use(reviewer.key) is None
    assert (await reviewer.get("/programmer")).status_code == 303
    reviewer.key = ""
    assert (await reviewer.post("/logg-inn", {"nokkel": token})).status_code == 403


async def test_a_link_is_shown_once_and_signs_in_whom_it_is_for(
    services, sessions, admin, reviewer
) -> None:
    shown = await admin.post("/medarbeidere/lenke", {"navn": REVIEWER.name})
    token = re.search(r"http://localhost:8765/logg-inn\?nokkel=([\w-]{43})", shown.text)[1]
    assert token not in (await admin.get("/medarbeidere")).text
    reviewer.key = ""
    response = await reviewer.post("/logg-inn", {"nokkel": token})
    key = response.headers["set-cookie"].partition("=")[2].split(";")[0]
    assert sessions.use(key).name == REVIEWER.name
    assert (await audit_rows(services))[0] == (ADMIN.name, "invite", REVIEWER.name)
    assert token not in str(await audit_rows(services))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"navn": ""}, "staff_bad_name"),
        ({"navn": "a" * 61}, "staff_bad_name"),
        ({"navn": "a\nb"}, "staff_bad_name"),
        ({"navn": "12345"}, "staff_bad_name"),
        ({"navn": "cli"}, "staff_bad_name"),
        ({"rolle": ""}, "staff_bad_role"),
        ({"rolle": "owner"}, "staff_bad_role"),
        ({"kommune": "Atlantis"}, "staff_bad_place"),
        ({"rolle": "admin", "kommune": "Asker"}, "staff_admin_place"),
        ({"telegram": "@name"}, "staff_bad_id"),
        ({"telegram": "-5"}, "staff_bad_id"),
        ({"telegram": "9" * 19}, "staff_bad_id"),
        ({"telegram": "77"}, "staff_id_taken"),
        ({"navn": ADMIN.name}, "staff_not_self"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_changed(
    services, admin, wrong: dict[str, str], said: str
) -> None:
    before = await StaffStore(services.storage).members()
    good = {"navn": "ny", "rolle": "reviewer", "kommune": "", "telegram": ""}
    response = await admin.post("/medarbeidere", good | wrong)
    assert response.status_code == 422
    assert getattr(STAFF, said).format(most=60) in unescape(response.text)
    assert await StaffStore(services.storage).members() == before
    assert await audit_rows(services) == []


async def test_the_settings_staff_are_shown_and_not_changed_here(services, admin) -> None:
    assert "77" in (await admin.get("/medarbeidere")).text
    for path in ("/medarbeidere", "/medarbeidere/fjern"):
        response = await admin.post(path, {"navn": "77", "rolle": "reviewer"})
        assert response.status_code == 422
    assert [m.name for m in await StaffStore(services.storage).members()] == [ADMIN.name]


async def test_nobody_removes_themselves_or_who_is_not_there(services, admin) -> None:
    assert (
        STAFF.staff_not_self in (await admin.post("/medarbeidere/fjern", {"navn": ADMIN.name})).text
    )
    assert STAFF.staff_unknown in (await admin.post("/medarbeidere/fjern", {"navn": "hvem"})).text
    assert (await admin.post("/medarbeidere/lenke", {"navn": "hvem"})).status_code == 404


async def test_two_admins_cannot_remove_each_other(services, web, admin, browser_of) -> None:
    web.state.services = replace(services, settings=replace(services.settings, admins=frozenset()))
    other = await browser_of(Member(name="den andre", role=Role.ADMIN))
    await StaffStore(services.storage).remove(ADMIN.name)
    await StaffStore(services.storage).put(REVIEWER, "a test", services.clock())
    # The first one's request was let in a moment before; what counts is the table.
    assert (await other.post("/medarbeidere/fjern", {"navn": REVIEWER.name})).status_code == 303
    assert [m.name for m in await StaffStore(services.storage).members()] == ["den andre"]
