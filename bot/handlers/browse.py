"""Without a question: topics, headings, one quote, and what a voter chooses."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from telegram import InlineKeyboardMarkup, Message, Update

from bot.answering import Outcome, answer
from bot.browsing import Shelf, page_of, place_of, pledge_of
from bot.callback_data import (
    AskExample,
    ChooseLanguage,
    ChoosePlace,
    OpenHeading,
    OpenTopic,
)
from bot.cards import PER_PAGE, context_card, quotes_card
from bot.config import Settings
from bot.context import BotContext
from bot.handlers.ask import ask_text, prepare, remember
from bot.handlers.people import Voice, voice_of
from bot.handlers.presses import acknowledge, redraw, rewrite, send_below
from bot.keyboards import (
    Links,
    engage,
    examples,
    heading_menu,
    languages,
    leaf,
    places,
    topic_menu,
    topics_row,
)
from bot.pages import example_question, example_questions, start
from bot.rendering import Line, listed, to_html
from bot.services import Services
from bot.storage import StorageError
from bot.storage_choices import Choice
from bot.texts import LANGUAGES

logger = logging.getLogger(__name__)
View = tuple[str, InlineKeyboardMarkup | None]


# ---- commands


async def start_here(update: Update, context: BotContext) -> None:
    """Greet with questions to try. A link into the bot chooses a place, or shows a quote or topic."""
    message = _message(update)
    payload = (context.args or [""])[0]
    voice = await voice_of(update, context)
    services = context.services
    if payload.startswith("k_"):
        place = place_of(payload[2:].lower(), services.index.snapshot.corpus.municipalities)
        if place is not None and await _keep(
            services, voice, replace(voice.choice, municipality=place)
        ):
            voice = replace(voice, municipality=place)
            await message.reply_text(voice.texts.place_set.format(place=place), parse_mode=None)
    elif payload.startswith("q_"):
        view = quote_view(services, voice, payload[2:])
        await message.reply_text(view[0], reply_markup=view[1])
        return
    elif payload.startswith("t_"):
        view = topic_view(services, voice, OpenTopic(_topic_id(payload[2:])))
        await message.reply_text(view[0], reply_markup=view[1])
        return
    snapshot, texts = services.index.snapshot, voice.texts
    tried = await _examples(services, voice)
    text = start(texts, services.settings, snapshot, below=True)
    await message.reply_text(text, parse_mode=None, reply_markup=examples(tried, texts))


async def spor(update: Update, context: BotContext) -> None:
    """Answer what stands after /spor, as if it had been written alone."""
    message = _message(update)
    voice = await voice_of(update, context)
    question = " ".join(context.args or ())
    if question:
        await ask_text(message, context, question, voice)
    else:
        await message.reply_text(voice.texts.group_usage, parse_mode=None)


async def kommune(update: Update, context: BotContext) -> None:
    """Choose a municipality: named after the command, or by its button."""
    message = _message(update)
    voice, services = await voice_of(update, context), context.services
    here = services.index.snapshot.corpus.municipalities
    named = " ".join(context.args or ())
    question = services.index.snapshot.searcher.reader.read(named)
    if question.municipalities:
        text = await _chosen(services, voice, question.municipalities[0])
        await message.reply_text(text, parse_mode=None)
        return
    text = voice.texts.place_ask
    if question.other_municipalities:
        text = voice.texts.none_other_municipality.format(
            names=listed(question.other_municipalities, voice.texts),
            places=listed(here, voice.texts),
        )
    markup = places(here, voice.municipality, voice.texts)
    await message.reply_text(text, parse_mode=None, reply_markup=markup)


async def sprak(update: Update, context: BotContext) -> None:
    """Choose a language by its button."""
    voice = await voice_of(update, context)
    await _message(update).reply_text(
        voice.texts.language_ask, parse_mode=None, reply_markup=languages(voice.texts)
    )


async def tema(update: Update, context: BotContext) -> None:
    """Show the topics, with how many pledges each leads to."""
    voice = await voice_of(update, context)
    html, markup = topic_view(context.services, voice, OpenTopic(""))
    await _message(update).reply_text(html, reply_markup=markup)


async def sitat(update: Update, context: BotContext) -> None:
    """Show the quote with this id among the lines around it."""
    voice = await voice_of(update, context)
    args = context.args or ()
    if args:
        html, markup = quote_view(context.services, voice, args[0])
    else:
        html, markup = voice.texts.quote_usage, None
    await _message(update).reply_text(html, reply_markup=markup)


async def engasjer(update: Update, context: BotContext) -> None:
    """Show the links for who wants to take part. Routed only where there are some."""
    voice = await voice_of(update, context)
    markup = engage(links_of(context.services.settings), voice.texts)
    await _message(update).reply_text(voice.texts.engage_head, parse_mode=None, reply_markup=markup)


def links_of(settings: Settings) -> Links:
    """Return the links that the settings name."""
    return Links(
        newsletter=settings.engage_newsletter,
        membership=settings.engage_membership,
        contact=settings.engage_contact,
    )


def has_links(settings: Settings) -> bool:
    """Tell whether there is anything to take part in."""
    return bool(links_of(settings))


# ---- presses


async def choose_place(update: Update, context: BotContext) -> None:
    """Keep the municipality and mark it."""
    query, voice = update.callback_query, await voice_of(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    assert query.data is not None, "promised by the pattern"
    services = context.services
    here = services.index.snapshot.corpus.municipalities
    place = place_of(ChoosePlace.decode(query.data).place, here)
    await acknowledge(query, await _chosen(services, voice, place))
    chosen = await voice_of(update, context)
    await redraw(query, context, places(here, chosen.municipality, voice.texts))


async def choose_language(update: Update, context: BotContext) -> None:
    """Keep the language and speak it at once."""
    query, voice = update.callback_query, await voice_of(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    assert query.data is not None, "promised by the pattern"
    texts = LANGUAGES[ChooseLanguage.decode(query.data).code]
    if not await _keep(context.services, voice, replace(voice.choice, language=texts.code)):
        await acknowledge(query, voice.texts.choice_failed)
        return
    await acknowledge(query, texts.language_set)
    await rewrite(query, context, texts.language_ask, languages(texts))


async def open_topic(update: Update, context: BotContext) -> None:
    """Show a topic in place; under an answer, as a message of its own."""
    await _open(update, context)


async def open_heading(update: Update, context: BotContext) -> None:
    """Show a heading in place."""
    await _open(update, context)


async def ask_example(update: Update, context: BotContext) -> None:
    """Ask an example question for the voter."""
    query, voice = update.callback_query, await voice_of(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    assert query.data is not None, "promised by the pattern"
    services = context.services
    key = AskExample.decode(query.data).example
    question = example_question(voice.texts, services.index.snapshot, key)
    if question is None:
        await acknowledge(query, voice.texts.question_gone)
        return
    await acknowledge(query)
    given = await prepare(services, question, voice)
    sent = await send_below(query, context, given.html, given.markup)
    if sent is not None:
        remember(services, sent.chat.id, given)


async def _open(update: Update, context: BotContext) -> None:
    query, voice = update.callback_query, await voice_of(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    assert query.data is not None, "promised by the pattern"
    await acknowledge(query)
    if OpenTopic.PATTERN.match(query.data):
        html, markup = topic_view(context.services, voice, OpenTopic.decode(query.data))
    else:
        html, markup = heading_view(context.services, voice, OpenHeading.decode(query.data))
    # A menu takes the place of a menu; an answer, a greeting or an offer stays to be read.
    if _is_menu(query.message):
        await rewrite(query, context, html, markup)
    else:
        await send_below(query, context, html, markup)


def _is_menu(message: object) -> bool:
    """Tell whether a message is a menu or a page of one: it has only ways to topics and headings.

    [Se temaer] alone stands under other messages; a way up or back («‹») only under menus.
    """
    if not isinstance(message, Message) or message.reply_markup is None:
        return False
    buttons = [
        button
        for row in message.reply_markup.inline_keyboard
        for button in row
        if isinstance(button.callback_data, str)
    ]
    ours = all(str(button.callback_data).startswith(("t1:", "h1:")) for button in buttons)
    return ours and (len(buttons) > 1 or any(b.text.startswith("‹") for b in buttons))


# ---- views


def topic_view(services: Services, voice: Voice, press: OpenTopic) -> View:
    """Return the topics below one, or a page of a leaf's pledges."""
    snapshot, texts = services.index.snapshot, voice.texts
    shelf = Shelf(snapshot, voice.municipality, texts.code)
    if not shelf.has_topics:
        return heading_view(services, voice, OpenHeading(""))
    topic = shelf.topic(press.topic) if press.topic else None
    if press.topic and topic is None:
        return texts.topic_gone, topics_row(texts)
    entries = shelf.topics(press.topic)
    if entries or not press.topic:
        head = texts.topics_head
        if voice.municipality:
            head = texts.topics_head_in.format(place=voice.municipality)
        lines = [Line("place", topic.name[texts.code])] if topic else []
        html = to_html([(*lines, Line("text", head))])
        up = topic.parent if topic else None
        return html, topic_menu(entries, texts, topic=press.topic, up=up, page=press.page)
    assert topic is not None, "an empty id has been dealt with"
    pledges, page, pages = page_of(shelf.on(topic.id), press.page, PER_PAGE)
    if not pledges:
        html = to_html([(Line("place", topic.name[texts.code]), Line("text", texts.topic_empty))])
    else:
        card = quotes_card(
            pledges,
            texts,
            snapshot.this_year,
            head=topic.name[texts.code],
            page=page,
            pages=pages,
        )
        html = to_html(card)
    share = pledges[0].id if pledges else ""
    press = OpenTopic(press.topic, page)
    return html, leaf(texts, press, OpenTopic(topic.parent), pages, share)


def heading_view(services: Services, voice: Voice, press: OpenHeading) -> View:
    """Return the headings of the programmes, or a page of one's pledges."""
    snapshot, texts = services.index.snapshot, voice.texts
    shelf = Shelf(snapshot, voice.municipality, texts.code)
    under = shelf.under(press.key) if press.key else []
    if not under:  # also a heading of another municipality, or one that is gone
        html = to_html([(Line("text", texts.headings_head),)])
        menu = heading_menu(shelf.headings(), texts, page=press.page, with_topics=shelf.has_topics)
        return html, menu
    pledges, page, pages = page_of(under, press.page, PER_PAGE)
    head = " › ".join(pledges[0].headings) or pledges[0].programme.title
    card = quotes_card(pledges, texts, snapshot.this_year, head=head, page=page, pages=pages)
    press = OpenHeading(press.key, page)
    return to_html(card), leaf(texts, press, OpenHeading(""), pages, pledges[0].id)


def quote_view(services: Services, voice: Voice, pledge_id: str) -> View:
    """Return a quote among the lines around it."""
    snapshot = services.index.snapshot
    pledge = pledge_of(snapshot, pledge_id.strip().lower())
    if pledge is None:
        return voice.texts.quote_unknown, topics_row(voice.texts)
    card = context_card(pledge, voice.texts, snapshot.this_year)
    return to_html(card), topics_row(voice.texts, other=True)


async def _examples(services: Services, voice: Voice) -> list[tuple[str, str]]:
    """Return example questions that hit; each version of the index is tried once a day."""
    snapshot, place = services.index.snapshot, voice.municipality
    key = (snapshot.fingerprint, place, voice.texts.code)
    known = services.examples.get(key)
    if known is None:

        def hits(question: str) -> bool:
            asked = answer(question, snapshot.searcher, services.policy, municipality=place)
            return asked.outcome is Outcome.HIT

        # In a thread: a dozen questions are asked.
        known = await asyncio.to_thread(example_questions, voice.texts, snapshot, place, hits)
        services.examples.remember(key, known)
    return known


# ---- choices


async def _chosen(services: Services, voice: Voice, place: str | None) -> str:
    """Keep a municipality, None for all, and return what to say."""
    texts = voice.texts
    if not await _keep(services, voice, replace(voice.choice, municipality=place)):
        return texts.choice_failed
    if place is None:
        here = services.index.snapshot.corpus.municipalities
        return texts.place_all_set.format(places=listed(here, texts))
    return texts.place_set.format(place=place)


async def _keep(services: Services, voice: Voice, choice: Choice) -> bool:
    if voice.user_id is None:
        return False
    try:
        await services.choices.keep(voice.user_id, choice)
    except StorageError as exc:
        logger.error("choice not kept: %s", exc)  # noqa: TRY400  # the trace would add nothing
        return False
    return True


def _topic_id(payload: str) -> str:
    """A link cannot hold dots: skole--mobbing -> skole.mobbing. Distrusted: "" where it is no id."""
    topic_id = payload.replace("--", ".")
    try:
        OpenTopic(topic_id).encode()
    except ValueError:
        return ""
    return topic_id


def _message(update: Update) -> Message:
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    return update.message
