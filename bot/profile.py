"""What Telegram shows of the bot before anyone writes: commands, descriptions, the menu button.

Each is read first and set only where it differs: a restart then costs some reads and no change.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    MenuButtonCommands,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.config import Settings
from bot.context import BotApplication
from bot.services import Services
from bot.staff import configured, everybody
from bot.storage import StorageError
from bot.storage_staff import Member, Role
from bot.texts import EN, LANGUAGES, NB, Texts

logger = logging.getLogger(__name__)

# Telegram knows Norwegian as «no» too; None is for every language that is not ours.
CODES: tuple[tuple[str | None, Texts], ...] = ((None, NB), ("no", NB), *LANGUAGES.items())


def commands(texts: Texts, settings: Settings) -> list[BotCommand]:
    """Return the menu of a private chat, in the order of how often it is wanted."""
    help_name, privacy_name = ("help", "privacy") if texts is EN else ("hjelp", "personvern")
    links = settings.engage_newsletter or settings.engage_membership or settings.engage_contact
    return [
        BotCommand("start", texts.command_start),
        BotCommand("tema", texts.command_topics),
        BotCommand("kommune", texts.command_place),
        BotCommand(help_name, texts.command_help),
        BotCommand("kilder", texts.command_sources),
        BotCommand("sitat", texts.command_quote),
        *([BotCommand("engasjer", texts.command_engage)] if links else []),
        BotCommand("sprak", texts.command_language),
        BotCommand("om", texts.command_about),
        BotCommand(privacy_name, texts.command_privacy),
        *(
            [BotCommand("samtykke", texts.command_consent)]
            if settings.logging == "samtykke"
            else []
        ),
        BotCommand("mine_data", texts.command_export),
        BotCommand("slett", texts.command_erase),
    ]


# What only staff may: command, the least role, and its sentence in the catalogue.
STAFF_COMMANDS: tuple[tuple[str, Role, str], ...] = (
    ("status", Role.ADMIN, "command_status"),
    ("reload", Role.ADMIN, "command_reload"),
    ("rolle", Role.ADMIN, "command_role"),
    ("vedlikehold", Role.ADMIN, "command_maintenance"),
    ("weblogin", Role.REVIEWER, "command_weblogin"),
    ("innboks", Role.REVIEWER, "command_inbox"),
    ("statistikk", Role.REVIEWER, "command_statistics"),
    ("eksport", Role.REVIEWER, "command_take_along"),
)


def staff_commands(texts: Texts, settings: Settings, role: Role) -> list[BotCommand]:
    """Return what a role may besides the voters' commands."""
    return [
        BotCommand(name, getattr(texts, sentence))
        for name, least, sentence in STAFF_COMMANDS
        if role in (least, Role.ADMIN) and (name != "weblogin" or settings.review)
    ]


def admin_commands(texts: Texts, settings: Settings) -> list[BotCommand]:
    """Return the menu of an admin's private chat. A display only: who may is checked at each use."""
    return [*commands(texts, settings), *staff_commands(texts, settings, Role.ADMIN)]


async def set_staff_menu(
    bot: ExtBot[None], settings: Settings, telegram_id: int, role: Role | None
) -> None:
    """Show one of the staff what they may now; None: what every voter sees. Never raises."""
    scope = BotCommandScopeChat(telegram_id)
    try:
        if role is None:
            await bot.delete_my_commands(scope)
        else:
            await bot.set_my_commands(
                [*commands(NB, settings), *staff_commands(NB, settings, role)], scope
            )  # fmt: skip
    except TelegramError as exc:
        logger.warning("profile: menu of staff not set: %s", type(exc).__name__)


def group_commands(texts: Texts) -> list[BotCommand]:
    """Return the menu of a group."""
    return [BotCommand("spor", texts.command_ask)]


async def _staff(services: Services) -> list[Member]:
    try:
        return await everybody(services)
    except StorageError as exc:
        logger.warning("profile: staff not read: %s", exc)
        return configured(services.settings)


async def set_profile(application: BotApplication, settings: Settings) -> None:
    """Bring the profile up to date. Without it the bot answers as well, so no error stops the start."""
    bot = application.bot
    wanted: list[tuple[str, Callable[[], Awaitable[bool]]]] = []

    def menu(scope: BotCommandScope, code: str | None, entries: Sequence[BotCommand]) -> None:
        async def bring_up() -> bool:
            if tuple(await bot.get_my_commands(scope, code)) == tuple(entries):
                return False
            return await bot.set_my_commands(entries, scope, code)

        wanted.append((f"commands {scope.type} {code}", bring_up))

    def description(code: str | None, text: str) -> None:
        async def bring_up() -> bool:
            if (await bot.get_my_description(code)).description == text:
                return False
            return await bot.set_my_description(text, code)

        wanted.append((f"description {code}", bring_up))

    def short(code: str | None, text: str) -> None:
        async def bring_up() -> bool:
            if (await bot.get_my_short_description(code)).short_description == text:
                return False
            return await bot.set_my_short_description(text, code)

        wanted.append((f"short description {code}", bring_up))

    async def button() -> bool:
        if (await bot.get_chat_menu_button()).type == MenuButtonCommands().type:
            return False
        return await bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    for code, texts in CODES:
        # The default too, for what is neither: it must not show what an older version had set.
        for scope in (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats()):
            menu(scope, code, commands(texts, settings))
        menu(BotCommandScopeAllGroupChats(), code, group_commands(texts))
        description(code, texts.profile_description.format(party=settings.party_name))
        short(code, texts.profile_short.format(party=settings.party_name))
    for member in await _staff(application.bot_data):
        if member.telegram_id is not None:
            entries = [*commands(NB, settings), *staff_commands(NB, settings, member.role)]
            menu(BotCommandScopeChat(member.telegram_id), None, entries)
    wanted.append(("menu button", button))
    for name, bring_up in wanted:
        try:
            await bring_up()
        except TelegramError as exc:
            # An admin who never wrote to the bot has no chat; the rest is not held up by it.
            logger.warning("profile: %s not set: %s", name, type(exc).__name__)
