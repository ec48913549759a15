"""The commands that show a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.pages import Page

Handler = Callable[[Update, BotContext], Coroutine[Any, Any, None]]


def show(page: Page) -> Handler:
    """Return a handler that replies with the page, in the voter's language."""

    async def handler(update: Update, context: BotContext) -> None:
        assert update.message is not None, "promised by UpdateType.MESSAGE"
        services = context.services
        text = page(texts_of(update), services.settings, services.index.snapshot)
        # parse_mode=None: titles and names come from files, and a page has no markup.
        await update.message.reply_text(text, parse_mode=None)

    return handler


async def unknown(update: Update, context: BotContext) -> None:
    """Say that there is no such command. Also the answer to /reload from who may not use it."""
    del context
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    await update.message.reply_text(texts_of(update).unknown_command, parse_mode=None)
