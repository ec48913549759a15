"""A press of 👍 or 👎 under an answer."""

from __future__ import annotations

import logging

from telegram import CallbackQuery, Update
from telegram.error import BadRequest

from bot.callback_data import Vote
from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.rendering import keyboard
from bot.storage import StorageError

logger = logging.getLogger(__name__)

# Telegram's words for what a voter can do without harm: press twice, press late, or on a message
# that is gone. Compared in lower case: PTB capitalises them.
_HARMLESS = (
    "message is not modified",
    "query is too old",
    "message to edit not found",
    "message can't be edited",
)


async def vote(update: Update, context: BotContext) -> None:
    """Store the press, say so after the commit, mark the chosen button. The last press wins."""
    query, services, texts = update.callback_query, context.services, texts_of(update)
    assert query is not None, "promised by CallbackQueryHandler"
    assert query.data is not None, "promised by Vote.PATTERN"
    pressed = Vote.decode(query.data)
    try:
        known = await services.storage.record_vote(
            pressed.answer_id, pressed.verdict, services.clock()
        )
    except StorageError as exc:
        logger.error("vote not stored: %s", exc)  # noqa: TRY400  # the trace would add nothing
        await _say(query, texts.vote_failed)
        return
    if not known:
        await _say(query, texts.vote_expired)
        return
    await _say(query, texts.vote_stored)
    try:
        await query.edit_message_reply_markup(keyboard(pressed.answer_id, texts, pressed.verdict))
    except BadRequest as exc:
        _swallow(exc)


async def foreign_button(update: Update, context: BotContext) -> None:
    """Acknowledge a button that is not ours, or no longer: its progress bar must not hang."""
    del context
    assert update.callback_query is not None, "promised by CallbackQueryHandler"
    await _say(update.callback_query, texts_of(update).vote_expired)


async def _say(query: CallbackQuery, text: str) -> None:
    try:
        await query.answer(text)
    except BadRequest as exc:
        _swallow(exc)


def _swallow(error: BadRequest) -> None:
    if not any(words in error.message.lower() for words in _HARMLESS):
        raise error
