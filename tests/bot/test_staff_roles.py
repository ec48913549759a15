"""Roles: given and taken away by admins, and asked for anew at every command and press."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import build_application
from bot.config import ConfigError, load_settings
from bot.profile import STAFF_COMMANDS, set_profile, staff_commands
from bot.services import Services
from bot.staff import MOST_ID, RoleError, configured, everybody, fulfil, member_with_id, read_wish
from bot.storage import StorageError
from bot.storage_staff import LastAdmin, Member, Role, StaffStore
from bot.texts import LANGUAGES, NB
from bot.texts.faults import explain
from tests.bot.telegram_transport import FakeTelegram, Voter
from tests.conftest import ADMIN, write_config

PLACES = ("Asker", "Bærum", "Lørenskog", "Nordre Follo")
KARI, OLE = 500, 600
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def chief(application) -> Voter:
    return Voter(application.bot, user_id=ADMIN)


@pytest.fixture
def kari(application) -> Voter:
    return Voter(application.bot, user_id=KARI)


@pytest.fixture
def asks(process, telegram: FakeTelegram):
    """Return a function: a person, their words -> what the bot says to them."""

    async def ask(person: Voter, text: str) -> str:
        await process(person.says(text))
        return telegram.texts[-1]

    return ask


async def roles(services: Services) -> dict[int | None, tuple[str, str, str | None]]:
    return {
        m.telegram_id: (m.name, m.role.value, m.municipality)
        for m in await StaffStore(services.storage).members()
    }


# ---- what an admin writes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12345 admin", ("12345", Role.ADMIN, None, "")),
        ("12345 Admin, Kari Nord", ("12345", Role.ADMIN, None, "Kari Nord")),
        ("12345 gransker", ("12345", Role.REVIEWER, None, "")),
        ("12345 gransker asker", ("12345", Role.REVIEWER, "Asker", "")),
        ("12345 gransker Nordre Follo, Kari", ("12345", Role.REVIEWER, "Nordre Follo", "Kari")),
        ("12345 granskar, Kari", ("12345", Role.REVIEWER, None, "Kari")),
        ("12345 reviewer Bærum", ("12345", Role.REVIEWER, "Bærum", "")),
        ("12345 fjern", ("12345", None, None, "")),
        ("Kari Nord fjern", ("Kari Nord", None, None, "")),
        ("12345 remove", ("12345", None, None, "")),
    ],
)
def test_a_wish_is_read(text: str, wanted: tuple) -> None:
    wish = read_wish(text, PLACES)
    assert (wish.who, wish.role, wish.municipality, wish.name) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12345", "usage"), ("fjern", "usage"), ("admin", "usage"), (",", "usage"),
        ("@kari admin", "bad_id"), ("0 admin", "bad_id"), ("-5 admin", "bad_id"),
        ("٣ admin", "bad_id"), (f"{MOST_ID} admin", "bad_id"), ("123:ABC admin", "bad_id"),
        ("12345 sjef", "unknown_role"), ("12345 gransker Oslo", "unknown_place"),
        ("12345 gransker Kari", "unknown_place"), ("12345 admin Asker", "admin_everywhere"),
        ("12345 admin,", "bad_name"), ("12345 admin, 777", "bad_name"),
        ("12345 admin, system", "bad_name"), ("12345 admin, CLI", "bad_name"),
        ("12345 admin, " + "k" * 61, "bad_name"), ("12345 admin, Ka\u202eri", "bad_name"),
    ],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_told_why(text: str, reason: str) -> None:
    with pytest.raises(RoleError) as caught:
        read_wish(text, PLACES)
    assert caught.value.reason == reason
    for texts in LANGUAGES.values():
        told = getattr(texts, f"role_{reason}").format(**caught.value.values)
        assert told and "{" not in told


# ---- giving and taking away, in a private chat


def _buttons(telegram: FakeTelegram) -> list[tuple[str, str]]:
    call = telegram.sent("editMessageText")[-1]
    return [
        (b["text"], b["callback_data"])
        for row in call["reply_markup"]["inline_keyboard"]
        for b in row
    ]


async def test_a_role_works_at_once_and_is_gone_at_once(asks, chief, kari, services) -> None:
    assert await asks(kari, "/status") == NB.unknown_command
    said = await asks(chief, f"/rolle {KARI} admin, Kari")
    assert said == NB.role_given.format(who=f"Kari ({KARI})", role=NB.role_admin)
    assert "SQLite" in await asks(kari, "/status")
    assert await asks(kari, f"/rolle {OLE} gransker Asker") == f"{OLE} er nå gransker for Asker."
    assert await roles(services) == {
        KARI: ("Kari", "admin", None), OLE: (str(OLE), "reviewer", "Asker"),
    }  # fmt: skip
    assert await asks(chief, f"/rolle {KARI} fjern") == NB.role_removed.format(who="Kari")
    assert await asks(kari, "/status") == NB.unknown_command
    assert await asks(kari, f"/rolle {KARI} admin") == NB.unknown_command
    assert set(await roles(services)) == {OLE}


@pytest.mark.parametrize(
    "command", [name for name, least, _ in STAFF_COMMANDS if least is Role.ADMIN]
)
async def test_a_reviewer_may_nothing_that_only_admins_may(
    asks, services, application, command
) -> None:
    store = StaffStore(services.storage)
    await store.put(Member(name="Ole", role=Role.REVIEWER, telegram_id=OLE), "x", NOW)
    assert await asks(Voter(application.bot, OLE), f"/{command}") == NB.unknown_command


def test_the_menus_of_the_roles_differ_by_what_they_may(settings) -> None:
    whole = replace(settings, review=True)
    shown = {role: [entry.command for entry in staff_commands(NB, whole, role)] for role in Role}
    assert shown[Role.ADMIN] == [name for name, _, _ in STAFF_COMMANDS]
    assert set(shown[Role.ADMIN]) - set(shown[Role.REVIEWER]) >= {
        "status", "reload", "rolle", "vedlikehold",
    }  # fmt: skip
    assert "weblogin" in shown[Role.REVIEWER]
    off = staff_commands(NB, replace(settings, review=False), Role.ADMIN)
    assert "weblogin" not in [entry.command for entry in off]


async def test_buttons_ask_for_the_role_at_each_press(
    process, services, application, telegram
) -> None:
    """The same press, by the same person: refused, then taken, then refused."""
    kari, store = Voter(application.bot, KARI), StaffStore(services.storage)
    fresh = replace(
        services.index.snapshot,
        corpus=replace(services.index.snapshot.corpus, fingerprint="new"),
        fingerprint="new",
    )
    services.index._rebuild = lambda _: fresh
    candidate, _ = await services.index.prepare(lambda _old, _new: None)
    press = f"u1:p:{candidate.token}:0"
    await process(kari.presses(press))
    assert services.index.snapshot is not fresh
    await store.put(Member(name="Kari", role=Role.REVIEWER, telegram_id=KARI), "x", NOW)
    await process(kari.presses(press))
    assert services.index.snapshot is not fresh, "a reviewer publishes nothing"
    await store.put(Member(name="Kari", role=Role.ADMIN, telegram_id=KARI), "x", NOW)
    await process(kari.presses(press))
    assert services.index.snapshot is fresh
    await store.remove("Kari")
    [(undo, back)] = [(t, d) for t, d in _buttons(telegram) if d.startswith("u1:u:")]
    await process(kari.presses(back))
    assert services.index.snapshot is fresh, undo


async def test_the_list_shows_everybody_and_how_to_change(asks, chief, services) -> None:
    await asks(chief, f"/rolle {KARI} gransker Asker, Kari")
    await StaffStore(services.storage).put(Member(name="Ola", role=Role.REVIEWER), "cli", NOW)
    listing = await asks(chief, "/rolle")
    assert f"• {ADMIN}: admin, fra innstillingene" in listing
    assert f"• Kari ({KARI}): gransker for Asker" in listing
    assert "• Ola (bare nettsidene): gransker" in listing
    assert NB.role_usage in listing


async def test_a_change_keeps_the_name_and_a_new_name_is_the_same_person(
    asks, chief, services
) -> None:
    await asks(chief, f"/rolle {KARI} admin, Kari")
    await StaffStore(services.storage).put_login("Kari", "t", datetime(2099, 1, 1, tzinfo=UTC))
    await asks(chief, f"/rolle {KARI} gransker Bærum")
    assert await roles(services) == {KARI: ("Kari", "reviewer", "Bærum")}
    await asks(chief, f"/rolle {KARI} gransker, Kari Nord")
    assert await roles(services) == {KARI: ("Kari Nord", "reviewer", None)}
    assert await StaffStore(services.storage).take_login("t", NOW) is None, "the old name's link"


async def test_a_name_is_one_persons_and_the_settings_are_not_overruled(
    asks, chief, services
) -> None:
    await asks(chief, f"/rolle {KARI} gransker, Kari")
    taken = NB.role_name_taken.format(name="Kari")
    assert await asks(chief, f"/rolle {OLE} admin, Kari") == taken
    assert await asks(chief, f"/rolle {ADMIN} fjern") == NB.role_configured.format(who=ADMIN)
    assert await asks(chief, f"/rolle {ADMIN} gransker") == NB.role_configured.format(who=ADMIN)
    assert await asks(chief, "/rolle Per fjern") == NB.role_nobody.format(who="Per")
    assert await asks(chief, f"/rolle {OLE} gransker Oslo") == NB.role_unknown_place.format(
        place="Oslo", known="Asker, Bærum, Lørenskog"
    )
    assert await roles(services) == {KARI: ("Kari", "reviewer", None)}


async def test_the_last_admin_stays(services, telegram) -> None:
    alone = replace(services, settings=replace(services.settings, admins=frozenset()))
    store = StaffStore(services.storage)
    await store.put(Member(name="Kari", role=Role.ADMIN, telegram_id=KARI), "cli", NOW)
    async with build_application(alone.settings, alone, telegram) as application:
        kari = Voter(application.bot, KARI)
        only = NB.role_last_admin.format(who="Kari")
        for wish in (f"{KARI} fjern", "Kari fjern", f"{KARI} gransker", f"{KARI} gransker, K"):
            await application.process_update(kari.says(f"/rolle {wish}"))
            assert telegram.texts[-1] == only, wish
        assert await roles(services) == {KARI: ("Kari", "admin", None)}
        await application.process_update(kari.says(f"/rolle {OLE} admin, Ole"))
        await application.process_update(kari.says("/rolle Kari fjern"))
        assert await roles(services) == {OLE: ("Ole", "admin", None)}


async def test_two_admins_cannot_remove_each_other_at_once(services) -> None:
    store = StaffStore(services.storage)
    for name, number in (("Kari", KARI), ("Ole", OLE)):
        await store.put(Member(name=name, role=Role.ADMIN, telegram_id=number), "cli", NOW)
    assert await store.remove("Kari", keep_admin=True)
    with pytest.raises(LastAdmin):
        await store.remove("Ole", keep_admin=True)
    with pytest.raises(LastAdmin):
        await store.put(
            Member(name="Ole", role=Role.REVIEWER, telegram_id=OLE), "x", NOW, keep_admin=True
        )
    assert await roles(services) == {OLE: ("Ole", "admin", None)}


async def test_each_change_is_in_the_audit_and_none_that_was_refused(asks, chief, services) -> None:
    await asks(chief, f"/rolle {KARI} gransker Asker, Kari")
    await asks(chief, f"/rolle {KARI} gransker Oslo")
    await asks(chief, f"/rolle {KARI} fjern")
    rows = [(r.actor, r.action, r.detail) for r in await services.storage.audit()]
    detail = f"{KARI} reviewer Asker Kari"
    assert rows == [
        (str(ADMIN), "role_given", detail), (str(ADMIN), "role_removed", detail),
    ]  # fmt: skip


async def test_what_cannot_be_written_down_is_not_done(services) -> None:
    actor = Member(name=str(ADMIN), role=Role.ADMIN, telegram_id=ADMIN)
    await services.storage.close()
    with pytest.raises(StorageError):
        await fulfil(services, actor, read_wish(f"{KARI} admin", PLACES))
    await services.storage.open()
    assert await roles(services) == {}


async def test_a_log_that_fails_lets_the_settings_admins_in_and_nobody_else(
    asks, chief, kari, services
) -> None:
    await asks(chief, f"/rolle {KARI} admin, Kari")
    await services.storage.close()
    assert await asks(kari, "/status") == NB.unknown_command
    assert "SQLite" in await asks(chief, "/status")
    assert await asks(chief, "/rolle") == NB.role_failed
    assert await asks(chief, f"/rolle {OLE} admin") == NB.role_failed
    await services.storage.open()


async def test_reload_runs_beside_and_who_is_refused_is_answered_in_turn(
    application, process, chief, kari, telegram
) -> None:
    await process(kari.says("/reload"))
    assert telegram.texts == [NB.unknown_command]
    await process(chief.says("/reload"), chief.says("/status"))
    await application.stop()
    assert telegram.sent("editMessageText")[-1]["text"].startswith("Ingenting er endret.")


# ---- help and menus


@pytest.mark.parametrize("command", ["/hjelp", "/help"])
async def test_help_shows_staff_their_own_commands(asks, chief, kari, services, command) -> None:
    plain = await asks(kari, command)
    assert NB.staff_help not in plain and "/status" not in plain
    await asks(chief, f"/rolle {KARI} gransker, Kari")
    shown = await asks(kari, command)
    assert "/status" not in shown and "/rolle" not in shown
    whole = await asks(chief, command)
    assert whole.startswith(plain)
    for entry in staff_commands(NB, services.settings, Role.ADMIN):
        assert f"/{entry.command} – {entry.description}" in whole
    await asks(chief, f"/rolle {KARI} fjern")
    assert await asks(kari, command) == plain


def menus(telegram: FakeTelegram, number: int) -> list[set[str]]:
    return [
        {entry["command"] for entry in call["commands"]}
        for call in telegram.sent("setMyCommands")
        if (call.get("scope") or {}).get("chat_id") == number
    ]


async def test_the_menu_follows_the_role(asks, chief, telegram) -> None:
    await asks(chief, f"/rolle {KARI} admin, Kari")
    await asks(chief, f"/rolle {KARI} gransker")
    first, second = menus(telegram, KARI)
    assert {"status", "rolle", "tema"} <= first
    assert "tema" in second and "status" not in second
    await asks(chief, f"/rolle {KARI} fjern")
    [gone] = telegram.sent("deleteMyCommands")
    assert gone["scope"]["chat_id"] == KARI


async def test_a_menu_that_cannot_be_set_does_not_undo_the_role(
    asks, chief, telegram, services
) -> None:
    telegram.will_refuse("setMyCommands", 400, "Bad Request: chat not found")
    assert "er nå admin" in await asks(chief, f"/rolle {KARI} admin, Kari")
    assert KARI in await roles(services)


async def test_the_profile_gives_the_logs_staff_their_menus(
    application, telegram, services
) -> None:
    store = StaffStore(services.storage)
    await store.put(Member(name="Ole", role=Role.REVIEWER, telegram_id=OLE), "cli", NOW)
    await store.put(Member(name="Per", role=Role.REVIEWER), "cli", NOW)
    await set_profile(application, services.settings)
    assert len(menus(telegram, ADMIN)) == len(menus(telegram, OLE)) == 1
    assert "status" in menus(telegram, ADMIN)[0]
    assert "status" not in menus(telegram, OLE)[0]


async def test_a_profile_without_a_log_has_the_settings_staff(
    application, telegram, services
) -> None:
    await services.storage.close()
    await set_profile(application, services.settings)
    assert len(menus(telegram, ADMIN)) == 1
    await services.storage.open()


# ---- the settings


async def test_the_settings_name_admins_and_reviewers(tmp_path, services) -> None:
    config = write_config(tmp_path, admins="[77]", reviewers='["500", "600 Nordre Follo", "77"]')
    settings = load_settings(config, {})
    found = {m.telegram_id: (m.role, m.municipality) for m in configured(settings)}
    assert found == {
        77: (Role.ADMIN, None), 500: (Role.REVIEWER, None), 600: (Role.REVIEWER, "Nordre Follo"),
    }  # fmt: skip
    own = replace(services, settings=settings)
    await StaffStore(services.storage).put(
        Member(name="Ole", role=Role.ADMIN, telegram_id=600), "x", NOW
    )
    member = await member_with_id(own, 600)
    assert member is not None and member.role is Role.REVIEWER, "the settings win"
    assert [m.telegram_id for m in await everybody(own)] == [77, 500, 600]


@pytest.mark.parametrize(
    "entry",
    ["kari", "42:TEST-secret", "500,Asker", "0500", " 500", "500 ", "-5", "12345678901234567", ""],
)
def test_a_reviewer_of_another_form_is_refused_without_being_repeated(tmp_path, entry) -> None:
    config = write_config(tmp_path, reviewers=f'["{entry}"]')
    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    line = explain(caught.value)
    assert "telegram.reviewers" in line and '"12345 Asker"' in line
    assert "secret" not in line and "kari" not in line and "\n" not in line
