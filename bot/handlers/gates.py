"""What stands before the handlers: too many messages, too long ones, and a restart."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import ApplicationHandlerStop
from telegram.ext.filters import MessageFilter

from bot.context import BotContext
from bot.handlers import ask
from bot.handlers.people import texts_of
from bot.inbox import Interrupted
from bot.limits import LONGEST_QUESTION, Admission, Limiter
from bot.services import answer_question

Gate = Callable[[Update, BotContext], Coroutine[Any, Any, None]]


class TooLong(MessageFilter):
    """Messages with more text than a question may have."""

    __slots__ = ()

    def filter(self, message: Message) -> bool:
        """Return whether the text is too long."""
        return len(message.text or "") > LONGEST_QUESTION


def limits(messages: Limiter, presses: Limiter) -> Gate:
    """Return a handler that lets through what one user, and one chat, may ask in a minute.

    Above that, one notice a flood; a press is always acknowledged. The rest goes no further.
    """

    async def gate(update: Update, context: BotContext) -> None:
        del context
        query = update.callback_query
        if query is not None and not query.data:
            # PTB gives a press without data to the first handler there is, whatever its pattern.
            await _acknowledge(query, texts_of(update).vote_expired)
            raise ApplicationHandlerStop
        asked = update.message or update.edited_message
        limiter = messages if asked else presses  # inline: a query for each letter typed
        # A private chat has its user's id. No key: what is counted to nobody is not limited.
        keys = {who.id for who in (update.effective_user, update.effective_chat) if who}
        admissions = [limiter.admit(key) for key in keys]
        if all(admission is Admission.WELCOME for admission in admissions):
            return
        text = texts_of(update).too_many
        if query is not None:
            await _acknowledge(query, text)
        elif Admission.NOTICE in admissions and _private(update):
            assert update.message is not None, "promised by _private"
            await update.message.reply_text(text, parse_mode=None)
        raise ApplicationHandlerStop

    return gate


async def too_long(update: Update, context: BotContext) -> None:
    """Ask to shorten, and store nothing. Who needs help at once gets it, however long the cry."""
    message = update.message
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.text is not None, "promised by filters.TEXT"
    texts = texts_of(update)
    reply = await answer_question(context.services, message.text, texts)
    if reply.answer.is_crisis:
        await ask.ask(update, context)
    else:
        text = texts.too_long.format(limit=LONGEST_QUESTION)
        await message.reply_text(text, parse_mode=None)


async def restarted(interrupted: Interrupted, context: BotContext) -> None:
    """Tell a voter, whose answer may have been cut off, to ask again where none came."""
    update = interrupted.update
    chat = update.effective_chat
    if chat is not None and chat.type == "private":
        await context.bot.send_message(chat.id, texts_of(update).restarted, parse_mode=None)


async def _acknowledge(query: CallbackQuery, text: str) -> None:
    with suppress(BadRequest):  # too old by now
        await query.answer(text)


def _private(update: Update) -> bool:
    return update.message is not None and update.message.chat.type == "private"
