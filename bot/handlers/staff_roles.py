"""Who of the staff may what, checked at each command; /rolle and /vedlikehold; /hjelp for staff."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot import maintenance, staff
from bot.context import BotContext
from bot.handlers import admin
from bot.handlers.people import texts_of, voice_of
from bot.pages import help_ as help_page
from bot.profile import set_staff_menu, staff_commands
from bot.services import Services
from bot.staff import RoleError
from bot.storage import StorageError
from bot.storage_staff import Member, Role
from bot.texts import Texts

logger = logging.getLogger(__name__)
Handler = Callable[[Update, BotContext], Coroutine[Any, Any, None]]

_ON, _OFF = frozenset(("på", "pa", "on")), frozenset(("av", "off"))


def only(role: Role, handler: Handler, *, beside: bool = False) -> Handler:
    """Return a handler that lets through who has the role now; others get what `admin.refused` says.

    Args:
        role: The least that is needed.
        handler: What they may.
        beside: It takes seconds, and the chat must not wait for it.
    """

    async def checked(update: Update, context: BotContext) -> None:
        if not staff.may(await present(update, context), role):
            await admin.refused(update, context)
        elif beside:
            # Not block=False in the routing table: who is refused is answered in turn.
            context.application.create_task(handler(update, context), update=update)
        else:
            await handler(update, context)

    return checked


async def present(update: Update, context: BotContext) -> Member | None:
    """Return which of the staff this is from, by the numeric id alone, as the roles are now."""
    user = update.effective_user
    if user is None:
        return None
    try:
        return await staff.member_with_id(context.services, user.id)
    except StorageError as exc:
        # The settings were asked first, so this is none of theirs.
        logger.error("role not read: %s", exc)  # noqa: TRY400  # the reason says it all
        return None


async def role(update: Update, context: BotContext) -> None:
    """List the staff, or give and take away roles."""
    message, texts, services = update.message, texts_of(update), context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    actor = await present(update, context)
    if actor is None:  # taken away this very moment
        await admin.refused(update, context)
        return
    words = " ".join(context.args or ())
    try:
        said = (
            await _changed(services, context, actor, words, texts)
            if words
            else await _listing(services, texts)
        )
    except StorageError as exc:
        logger.error("role not changed: %s", exc)  # noqa: TRY400  # the reason says it all
        said = texts.role_failed
    await message.reply_text(said, parse_mode=None)


async def _changed(
    services: Services, context: BotContext, actor: Member, words: str, texts: Texts
) -> str:
    try:
        wish = staff.read_wish(words, services.index.snapshot.corpus.municipalities)
        member = await staff.fulfil(services, actor, wish)
    except RoleError as exc:
        sentence: str = getattr(texts, f"role_{exc.reason}")
        return sentence.format(**exc.values)
    logger.info("role changed: %s", wish.role or "none")
    if member.telegram_id is not None:
        await set_staff_menu(context.bot, services.settings, member.telegram_id, wish.role)
    if wish.role is None:
        return texts.role_removed.format(who=member.name)
    return texts.role_given.format(who=_who(member, texts), role=_role_name(member, texts))


async def _listing(services: Services, texts: Texts) -> str:
    fixed = {member.name for member in staff.configured(services.settings)}
    lines = [
        texts.role_line.format(
            who=_who(member, texts),
            role=_role_name(member, texts),
            where=texts.role_in_settings if member.name in fixed else "",
        )
        for member in await staff.everybody(services)
    ]
    return "\n".join((texts.role_list, *lines, "", texts.role_usage))


def _who(member: Member, texts: Texts) -> str:
    number = str(member.telegram_id or texts.role_web_only)
    return number if member.name == number else f"{member.name} ({number})"


def _role_name(member: Member, texts: Texts) -> str:
    if member.role is Role.ADMIN:
        return texts.role_admin
    if member.municipality is None:
        return texts.role_reviewer
    return texts.role_reviewer_of.format(place=member.municipality)


async def switch_maintenance(update: Update, context: BotContext) -> None:
    """Stop or start the answers to voters, or say which it is."""
    message, texts, services = update.message, texts_of(update), context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    wanted = " ".join(context.args or ()).casefold()
    if wanted and wanted not in _ON | _OFF:
        await message.reply_text(texts.maintenance_usage, parse_mode=None)
        return
    if wanted:
        actor = await present(update, context)
        if actor is None:  # taken away this very moment
            await admin.refused(update, context)
            return
        try:
            await maintenance.switch(services, actor, on=wanted in _ON)
        except StorageError as exc:
            logger.error("maintenance not switched: %s", exc)  # noqa: TRY400  # it says it all
            await message.reply_text(texts.privacy_failed, parse_mode=None)
            return
        logger.info("maintenance %s", "on" if services.health.maintenance else "off")
    on = services.health.maintenance
    said = texts.maintenance_is_on if on else texts.maintenance_is_off
    await message.reply_text(
        said if wanted else f"{said}\n{texts.maintenance_usage}", parse_mode=None
    )


async def help_(update: Update, context: BotContext) -> None:
    """Show how to ask; to staff also, in the same message, what only they may."""
    message, services = update.message, context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    texts = (await voice_of(update, context)).texts
    text = help_page(texts, services.settings, services.index.snapshot)
    member = await present(update, context)
    if member is not None:
        entries = staff_commands(texts, services.settings, member.role)
        lines = [f"/{entry.command} – {entry.description}" for entry in entries]
        text = "\n".join((text, "", texts.staff_help, *lines))
    await message.reply_text(text, parse_mode=None)
