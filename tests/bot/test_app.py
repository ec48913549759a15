from __future__ import annotations

import re

import pytest
from telegram.ext import CommandHandler

from bot.app import commands, routes, set_profile
from bot.pages import PAGES
from bot.texts import EN, LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_and_the_help_page_name_only_commands_that_exist(language: str) -> None:
    texts = LANGUAGES[language]
    known = {
        name
        for route in routes(frozenset({1}))
        if isinstance(route, CommandHandler)
        for name in route.commands
    }
    assert known == {*PAGES, "reload"}
    menu = [command.command for command in commands(texts)]
    assert menu
    assert set(menu) <= known
    for page in (texts.help, texts.start):
        named = re.findall(r"(?<![\w/])/([a-z]+)", page)
        assert named
        assert set(named) <= known


async def test_the_menu_is_set_in_every_language_and_as_the_default(application, telegram) -> None:
    await set_profile(application)
    codes = [call.get("language_code") for call in telegram.sent("setMyCommands")]
    assert codes == [None, "nb", "nn", "en"]
    english = telegram.sent("setMyCommands")[-1]["commands"]
    assert {"command": "help", "description": EN.command_help} in english


async def test_a_menu_that_cannot_be_set_does_not_stop_the_start(application, telegram) -> None:
    telegram.will_refuse("setMyCommands", 502, "Bad Gateway")
    await set_profile(application)
    assert len(telegram.sent("setMyCommands")) == 1
