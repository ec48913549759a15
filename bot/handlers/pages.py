"""The commands that show a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot.context import BotContext
from bot.handlers.people import voice_of
from bot.pages import Page

Handler = Callable[[Update, BotContext], Coroutine[Any, Any, None]]


def show(page: Page) -> Handler:
    """Return a handler that replies with the page, in the voter's language."""

    async def handler(update: Update, context: BotContext) -> None:
        assert update.message is not None, "promised by UpdateType.MESSAGE"
        services = context.services
        texts = (await voice_of(update, context)).texts
        text = page(texts, services.settings, services.index.snapshot)
        # parse_mode=None: titles and names come from files, and a page has no markup.
        await update.message.reply_text(text, parse_mode=None)

    return handler


async def unknown(update: Update, context: BotContext) -> None:
    """Say that there is no such command. Also the answer to /reload from who may not use it."""
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    texts = (await voice_of(update, context)).texts
    await update.message.reply_text(texts.unknown_command, parse_mode=None)
