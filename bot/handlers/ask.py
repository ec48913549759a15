"""A question in, an answer out."""

from __future__ import annotations

from telegram import Update

from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.rendering import keyboard, render_html
from bot.services import answer_question, log_answer
from bot.storage import StorageError

CHANNEL = "telegram"


async def ask(update: Update, context: BotContext) -> None:
    """Answer with quotes. A failing log costs the voter the buttons, never the answer."""
    message, services = update.message, context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.text is not None, "promised by filters.TEXT"
    texts = texts_of(update)
    reply = await answer_question(services, message.text, texts)
    html = render_html(
        reply.answer,
        texts,
        party=services.settings.party_name,
        this_year=reply.snapshot.this_year,
    )
    try:
        answer_id = await log_answer(services, reply.answer, CHANNEL)
    except StorageError:
        await message.reply_text(html)
    else:
        # Help in acute need comes alone: it is not the moment to ask for a thumb.
        markup = None if reply.answer.is_crisis else keyboard(answer_id, texts)
        await message.reply_text(html, reply_markup=markup)


async def not_text(update: Update, context: BotContext) -> None:
    """Say in one line that photos, voice messages and the like are not read. Nothing is stored."""
    del context
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    await update.message.reply_text(texts_of(update).not_text, parse_mode=None)
