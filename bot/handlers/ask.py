"""A question in, an answer out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot import maintenance
from bot.answering import Answer
from bot.cards import PER_PAGE, more_card, why_card
from bot.context import BotContext
from bot.followups import Answered, Kind, understand
from bot.handlers.people import Voice, voice_of
from bot.handlers.presses import swallow
from bot.keyboards import topics_row, under_answer
from bot.limits import LONGEST_QUESTION
from bot.rendering import render_html, to_html
from bot.services import Services, answer_question, follow_on, log_answer
from bot.storage import StorageError
from retrieval.build import Snapshot

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer ready to be sent.

    Attributes:
        answer_id: Empty where nothing was logged; then no button refers to it.
    """

    html: str
    markup: InlineKeyboardMarkup | None
    answer_id: str
    answer: Answer
    snapshot: Snapshot


async def ask(update: Update, context: BotContext) -> None:
    """Answer with quotes. A failing log costs the voter the buttons, never the answer."""
    message = update.message
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.text is not None, "promised by filters.TEXT"
    await ask_text(message, context, message.text, await voice_of(update, context))


async def ask_text(message: Message, context: BotContext, text: str, voice: Voice) -> None:
    """Answer a text as a message of its own, in the light of the question before it."""
    services, chat = context.services, message.chat.id
    before = services.recent.get(chat)
    reader = services.index.snapshot.searcher.reader
    understood = understand(text, before, reader)
    if services.health.maintenance:
        before = None  # «hvorfor det?» and «mer» are questions too
    if before is not None and understood.kind is Kind.WHY and before.pledge_ids:
        card = why_card(before, services.index.snapshot, voice.texts)
        if card is not None:
            await message.reply_text(to_html(card))
            return
    if before is not None and understood.kind is Kind.MORE and before.pledge_ids:
        further, after = more_card(before, services.index.snapshot, voice.texts)
        services.recent.remember(chat, after)
        await message.reply_text(to_html(further), reply_markup=topics_row(voice.texts))
        return
    given = await prepare(services, understood.text, voice, message.date)
    sent = await message.reply_text(given.html, reply_markup=given.markup)
    remember(services, chat, given)
    answered = Answered(sent.message_id, given.answer_id)
    services.answered.remember((chat, message.message_id), answered)


async def edited(update: Update, context: BotContext) -> None:
    """Answer an edited question in the bot's own message; the log keeps the last text.

    Only for minutes, and not after a restart: older edits change nothing.
    """
    message, services = update.edited_message, context.services
    assert message is not None, "promised by UpdateType.EDITED_MESSAGE"
    assert message.text is not None, "promised by filters.TEXT"
    chat = message.chat.id
    old = services.answered.get((chat, message.message_id))
    if old is None:
        return
    voice = await voice_of(update, context)
    if len(message.text) > LONGEST_QUESTION:
        html, markup, answer_id = voice.texts.too_long.format(limit=LONGEST_QUESTION), None, ""
    else:
        before = services.recent.get(chat)
        reader = services.index.snapshot.searcher.reader
        question = understand(message.text, before, reader).text
        given = await prepare(services, question, voice, message.edit_date)
        html, markup, answer_id = given.html, given.markup, given.answer_id
        remember(services, chat, given)
    services.drawn.forget((chat, old.message_id))
    try:
        await context.bot.edit_message_text(
            html, chat_id=chat, message_id=old.message_id, reply_markup=markup
        )
    except BadRequest as exc:
        swallow(exc)
    services.answered.remember((chat, message.message_id), replace(old, answer_id=answer_id))
    if old.answer_id:
        try:
            await services.storage.erase_answers([old.answer_id], services.clock())
        except StorageError:
            return  # the former text stays until its time is out


async def prepare(
    services: Services, question: str, voice: Voice, said_at: datetime | None = None
) -> Given:
    """Answer, log and render; nothing is sent.

    ``said_at`` is when Telegram had the question, by its own clock.
    """
    found = await answer_question(services, question, voice.texts, voice.municipality)
    reply = maintenance.instead(services, found, voice.texts)
    html = render_html(
        reply.answer,
        voice.texts,
        party=services.settings.party_name,
        this_year=reply.snapshot.this_year,
    )
    answer_id = ""
    if not maintenance.stands_in(reply.answer):
        with suppress(StorageError):  # the log's own line says so
            answer_id = (
                await log_answer(services, reply.answer, CHANNEL, voice.user_id, said_at) or ""
            )
    markup = under_answer(
        answer_id,
        reply.answer,
        voice.texts,
        pages=pages_of(reply.answer),
        share=reply.answer.hits[0].pledge.id if reply.answer.hits else "",
    )
    return Given(html, markup, answer_id, reply.answer, reply.snapshot)


def pages_of(answer: Answer) -> int:
    """Return how many pages of quotes there are: the answer, and what is left to show."""
    return 1 + -(-len(answer.more) // PER_PAGE)


def remember(services: Services, chat: int, given: Given) -> None:
    """Keep what was asked for a follow-up."""
    before = follow_on(given.answer, services.recent.get(chat))
    if before is None:
        services.recent.forget(chat)
    else:
        services.recent.remember(chat, before)


async def not_text(update: Update, context: BotContext) -> None:
    """Say in one line what is not read, once an album. Nothing is stored."""
    message = update.message
    assert message is not None, "promised by UpdateType.MESSAGE"
    texts = (await voice_of(update, context)).texts
    album = message.media_group_id
    if album is not None:
        if context.services.albums.get(album):
            return
        context.services.albums.remember(album, last=True)
    if message.forward_origin is not None:
        text = texts.not_forwarded
    elif message.voice or message.audio or message.video_note:
        text = texts.not_voice
    elif message.photo or message.video or message.animation:
        text = texts.not_picture
    elif message.contact or message.location or message.venue:
        text = texts.not_personal
    else:
        text = texts.not_text
    await message.reply_text(text, parse_mode=None)
