"""`@bot sykkel` in any chat: whole quotes with their source, to be sent by who asked."""

from __future__ import annotations

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot import maintenance
from bot.browsing import pledge_of
from bot.cards import inline_card
from bot.context import BotContext
from bot.handlers.people import Voice, voice_of
from bot.handlers.presses import swallow
from bot.limits import LONGEST_QUESTION
from bot.rendering import LIMIT, length, period_label, place_line, to_html
from bot.services import Services, answer_question
from retrieval.document import Pledge

MOST = 10  # cards
SECONDS = 30  # that Telegram may answer the same words by itself


async def inline(update: Update, context: BotContext) -> None:
    """Answer with cards. Nothing is logged: these are keystrokes, not questions.

    A quote's id gives that quote: it is what [Del] puts in. Where there is nothing to show, a
    button leads to the private chat.
    """
    query = update.inline_query
    assert query is not None, "promised by InlineQueryHandler"
    voice = await voice_of(update, context)
    pledges = await _found(context.services, query.query.strip(), voice)
    this_year = context.services.index.snapshot.this_year
    cards = [_card(pledge, voice, this_year) for pledge in pledges]
    button = None
    if not cards:
        paused = context.services.health.maintenance
        label = voice.texts.maintenance_short if paused else voice.texts.button_private
        button = InlineQueryResultsButton(label, start_parameter="inline")
    try:
        # Personal: the language and the municipality are this voter's.
        await query.answer(cards, cache_time=SECONDS, is_personal=True, button=button)
    except BadRequest as exc:
        swallow(exc)


async def _found(services: Services, text: str, voice: Voice) -> list[Pledge]:
    snapshot = services.index.snapshot
    shared = pledge_of(snapshot, text)
    if shared is not None:
        return [shared]
    if len(text) < 2 or len(text) > LONGEST_QUESTION:
        return []
    found = await answer_question(services, text, voice.texts, voice.municipality)
    reply = maintenance.instead(services, found, voice.texts)
    hits = (*reply.answer.hits, *reply.answer.more)[:MOST]
    fits = (h.pledge for h in hits)
    return [p for p in fits if length(inline_card(p, voice.texts, snapshot.this_year)) <= LIMIT]


def _card(pledge: Pledge, voice: Voice, this_year: int) -> InlineQueryResultArticle:
    period = period_label(pledge.programme, voice.texts, this_year)
    return InlineQueryResultArticle(
        id=pledge.id,
        title=voice.texts.inline_title.format(place=place_line(pledge), period=period),
        description=pledge.quote,
        input_message_content=InputTextMessageContent(
            to_html(inline_card(pledge, voice.texts, this_year)), parse_mode=ParseMode.HTML
        ),
    )
