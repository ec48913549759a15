"""In groups: only /spor and replies to the bot. One quote; nothing is kept of or about members."""

from __future__ import annotations

from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext.filters import MessageFilter
from telegram.helpers import create_deep_linked_url

from bot import maintenance
from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.limits import LONGEST_QUESTION
from bot.rendering import render_html
from bot.services import answer_question
from bot.texts import Texts


class ReplyToUs(MessageFilter):
    """Replies to a message of this bot; what members say to each other is none of its business."""

    __slots__ = ()

    def filter(self, message: Message) -> bool:
        """Return whether the message answers one that this bot sent."""
        replied = message.reply_to_message
        author = replied.from_user if replied is not None else None
        return author is not None and author.id == message.get_bot().id


async def spor(update: Update, context: BotContext) -> None:
    """Answer what stands after /spor."""
    message = update.message
    assert message is not None, "promised by UpdateType.MESSAGE"
    await _answer(message, context, " ".join(context.args or ()), texts_of(update))


async def reply(update: Update, context: BotContext) -> None:
    """Answer a reply to the bot."""
    message = update.message
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.text is not None, "promised by filters.TEXT"
    await _answer(message, context, message.text, texts_of(update))


async def _answer(message: Message, context: BotContext, question: str, texts: Texts) -> None:
    """Send one quote, and a button to the private chat. Not logged: a group has not asked for it."""
    services = context.services
    if not question.strip():
        await message.reply_text(texts.group_usage, parse_mode=None)
        return
    if len(question) > LONGEST_QUESTION:
        text = texts.too_long.format(limit=LONGEST_QUESTION)
        await message.reply_text(text, parse_mode=None)
        return
    alone = replace(services, policy=replace(services.policy, max_quotes=1))
    given = maintenance.instead(services, await answer_question(alone, question, texts), texts)
    html = render_html(
        given.answer,
        texts,
        party=services.settings.party_name,
        this_year=given.snapshot.this_year,
    )
    markup = None
    if not given.answer.is_crisis:
        hits = given.answer.hits
        payload = f"q_{hits[0].pledge.id}" if hits else "gruppe"
        url = create_deep_linked_url(context.bot.username, payload)
        markup = InlineKeyboardMarkup([[InlineKeyboardButton(texts.button_private, url=url)]])
    await message.reply_text(html, reply_markup=markup)
