from __future__ import annotations

import re
from dataclasses import replace

import pytest
from telegram.ext import CommandHandler

from bot.app import routes
from bot.pages import PAGES
from bot.profile import CODES, admin_commands, commands, group_commands, set_profile
from bot.texts import EN, LANGUAGES, NB


def known(settings) -> set[str]:
    return {
        name
        for route in routes(settings)
        if isinstance(route, CommandHandler)
        for name in route.commands
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menus_and_the_pages_name_only_commands_that_exist(settings, language: str) -> None:
    texts = LANGUAGES[language]
    full = replace(settings, engage_contact="https://example.org", logging="samtykke")
    names = known(full)
    assert set(PAGES) <= names
    for entries in (commands(texts, full), admin_commands(texts, full), group_commands(texts)):
        menu = [command.command for command in entries]
        assert menu
        assert len(set(menu)) == len(menu)
        assert set(menu) <= names
    for page in (texts.help, texts.start, texts.place_set, texts.group_usage, texts.quote_usage):
        named = re.findall(r"(?<![\w/])/([a-z_]+)", page)
        assert named
        assert set(named) <= names


def test_engasjer_is_hidden_where_there_are_no_links(settings) -> None:
    assert "engasjer" not in known(settings)
    assert "engasjer" not in {c.command for c in commands(NB, settings)}
    linked = replace(settings, engage_newsletter="https://example.org")
    assert "engasjer" in known(linked)
    assert "engasjer" in {c.command for c in commands(NB, linked)}


async def test_the_profile_is_set_once_and_then_only_where_it_differs(
    application, telegram, settings
) -> None:
    await set_profile(application, settings)
    menus = telegram.sent("setMyCommands")
    assert {call.get("language_code") for call in menus} == {None, "no", "nb", "nn", "en"}
    assert len(telegram.sent("setMyDescription")) == len(CODES)
    english = [call["commands"] for call in menus if call.get("language_code") == "en"]
    assert {"command": "help", "description": EN.command_help} in english[0]
    telegram.calls.clear()
    await set_profile(application, settings)
    assert telegram.calls
    assert [name for name, _ in telegram.calls if name.startswith("set")] == []
    await set_profile(application, replace(settings, party_name="Bygdelista"))
    changed = {name for name, _ in telegram.calls if name.startswith("set")}
    assert changed == {"setMyDescription", "setMyShortDescription"}


async def test_only_admins_are_shown_what_admins_may(application, telegram, settings) -> None:
    await set_profile(application, settings)
    for call in telegram.sent("setMyCommands"):
        names = {entry["command"] for entry in call["commands"]}
        scope = call.get("scope", {"type": "default"})
        assert ("reload" in names) == (scope["type"] == "chat")
        assert (names == {"spor"}) == (scope["type"] == "all_group_chats")


@pytest.mark.parametrize("language", LANGUAGES)
def test_descriptions_are_within_telegrams_limits(settings, language: str) -> None:
    texts = LANGUAGES[language]
    name = "Et parti med et ganske langt navn"
    assert 0 < len(texts.profile_short.format(party=name)) <= 120
    assert 0 < len(texts.profile_description.format(party=name)) <= 512
    for command in admin_commands(texts, settings):
        assert 0 < len(command.description) <= 256


async def test_what_cannot_be_set_holds_up_neither_the_rest_nor_the_start(
    application, telegram, settings
) -> None:
    telegram.will_refuse("getMyCommands", 502, "Bad Gateway")
    telegram.will_refuse("setMyCommands", 400, "Bad Request: chat not found")
    await set_profile(application, settings)
    assert len(telegram.sent("setMyCommands")) > 2
