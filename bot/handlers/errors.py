"""The last handler: what nobody else could answer."""

from __future__ import annotations

import logging
import secrets

from telegram import Update
from telegram.error import Conflict, Forbidden, NetworkError, TelegramError

from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.logs import place
from bot.sending import in_doubt

logger = logging.getLogger(__name__)

_LONG = 60.0  # seconds without Telegram that are more than a hiccup


async def failed(update: object, context: BotContext) -> None:
    """Log the kind and place of the error, and tell the voter with a reference. Never raises.

    Neither the update nor the error's own words are logged: both may hold what a voter wrote.
    """
    error = context.error
    if isinstance(error, Forbidden):
        # The voter has blocked the bot: nobody to tell, nothing broken.
        logger.info("blocked by a voter")
        return
    if update is None and isinstance(error, TelegramError):
        _polling_failed(error, context.services.health.poll_age)
        return
    ref = secrets.token_hex(3)
    logger.error("ref=%s error=%s at %s", ref, type(error).__name__, place(error))
    if not isinstance(update, Update):
        return
    texts = texts_of(update)
    # After a lost connection the voter may well have the answer: it is not sent again.
    text = texts.maybe_lost if in_doubt(error) else texts.went_wrong.format(ref=ref)
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(text)
        elif update.message is not None and update.message.chat.type == "private":
            await update.message.reply_text(text, parse_mode=None)
    except TelegramError as exc:
        logger.warning("ref=%s not told: %s", ref, type(exc).__name__)


def _polling_failed(error: TelegramError, silent: float | None) -> None:
    if isinstance(error, Conflict):
        logger.error("another process fetches this bot's updates", exc_info=error)
    elif isinstance(error, NetworkError) and (silent or 0.0) < _LONG:
        logger.warning("no updates fetched: %s", type(error).__name__)
    else:
        logger.error("no updates fetched", exc_info=error)
