"""The last handler: what nobody else could answer."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot.context import BotContext
from bot.handlers.people import texts_of

logger = logging.getLogger(__name__)


async def failed(update: object, context: BotContext) -> None:
    """Log the kind and place of the error, and tell the voter with a reference. Never raises.

    Neither the update nor the error's own words are logged: both may hold what a voter wrote.
    """
    error = context.error
    if isinstance(error, Forbidden):
        # The voter has blocked the bot: nobody to tell, nothing broken.
        logger.info("blocked by a voter")
        return
    ref = secrets.token_hex(3)
    logger.error("ref=%s error=%s at %s", ref, type(error).__name__, _place(error))
    if not isinstance(update, Update):
        return
    text = texts_of(update).went_wrong.format(ref=ref)
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(text)
        elif update.effective_message is not None:
            await update.effective_message.reply_text(text, parse_mode=None)
    except TelegramError as exc:
        logger.warning("ref=%s not told: %s", ref, type(exc).__name__)


def _place(error: BaseException | None) -> str:
    """Return file, line and function of each step to the error, outermost first; no source text."""
    if error is None:
        return "?"
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
