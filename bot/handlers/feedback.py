"""The buttons under an answer. Each works without memory: the answer's id finds it in the log."""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import CallbackQuery, Update

from bot.browsing import Shelf, place_of, pledge_of
from bot.callback_data import AskAgain, Complain, Complaint, ShowContext, TurnPage, Verdict, Vote
from bot.cards import PER_PAGE, context_card, quotes_card
from bot.context import BotContext
from bot.followups import without_places
from bot.handlers.ask import prepare, remember
from bot.handlers.people import Voice, voice_of
from bot.handlers.presses import acknowledge, keyboard_under, redraw, rewrite, send_below
from bot.keyboards import (
    closed,
    contexts,
    marked,
    neighbours,
    topics_row,
    under_answer,
    votes,
)
from bot.rendering import render_html, to_html
from bot.services import answer_question, store_vote
from bot.storage import LoggedAnswer, StorageError

logger = logging.getLogger(__name__)
NEIGHBOURS = 4  # topics offered to who agrees


async def vote(update: Update, context: BotContext) -> None:
    """Store the press, say so after the commit, mark the chosen button. The last press wins.

    Who agrees is offered topics next to this one, once; who does not is asked what was wrong.
    """
    query, services = _pressed(update), context.services
    texts = (voice := await voice_of(update, context)).texts
    pressed = Vote.decode(_data(query))
    try:
        before = await services.storage.answer(pressed.answer_id)
        known = before is not None and await store_vote(
            services, pressed.answer_id, pressed.verdict, voice.user_id
        )
    except StorageError as exc:
        logger.error("vote not stored: %s", exc)  # noqa: TRY400  # the trace would add nothing
        await acknowledge(query, texts.vote_failed)
        return
    if before is None or not known:
        await acknowledge(query, texts.vote_expired)
        return
    liked = pressed.verdict is Verdict.HELPFUL
    await acknowledge(query, texts.vote_stored if liked else texts.ask_why)
    shown = keyboard_under(query) or votes(pressed.answer_id, texts)
    await redraw(query, context, marked(shown, pressed, texts))
    if liked and before.verdict is not Verdict.HELPFUL:
        await _offer_more(query, context, before, voice)


async def _offer_more(
    query: CallbackQuery, context: BotContext, answer: LoggedAnswer, voice: Voice
) -> None:
    if not answer.pledge_ids:
        return  # nothing was shown that one could agree with
    shelf = Shelf(context.services.index.snapshot, voice.municipality, voice.texts.code)
    near = shelf.neighbours(answer.pledge_ids, NEIGHBOURS)
    markup = neighbours(near, voice.texts, by_topic=shelf.has_topics)
    await send_below(query, context, voice.texts.thanks_agree, markup)


async def complain(update: Update, context: BotContext) -> None:
    """Store what was wrong, or that the programme is missed on this, and offer other topics."""
    query, services = _pressed(update), context.services
    texts = (await voice_of(update, context)).texts
    pressed = Complain.decode(_data(query))
    try:
        before = await services.complaints.of(pressed.answer_id)
        known = await services.complaints.record(
            pressed.answer_id, pressed.complaint, services.clock()
        )
    except StorageError as exc:
        logger.error("complaint not stored: %s", exc)  # noqa: TRY400  # the trace would add nothing
        await acknowledge(query, texts.vote_failed)
        return
    if not known:
        await acknowledge(query, texts.vote_expired)
        return
    missing = pressed.complaint is Complaint.MISSING
    await acknowledge(query, texts.missing_stored if missing else texts.complaint_stored)
    shown = keyboard_under(query)
    if shown is not None:
        await redraw(query, context, closed(shown, pressed))
    if before is None and not missing:
        await send_below(query, context, texts.see_other, topics_row(texts, other=True))


async def turn_page(update: Update, context: BotContext) -> None:
    """Show other quotes to the same question in the same message."""
    query, services = _pressed(update), context.services
    texts = (voice := await voice_of(update, context)).texts
    pressed = TurnPage.decode(_data(query))
    logged = await _logged(query, context, pressed.answer_id, voice)
    if logged is None:
        return
    await acknowledge(query)
    # The log knows what was shown, and the question finds the rest again.
    reply = await answer_question(services, logged.question, texts, logged.municipality)
    snapshot = reply.snapshot
    found = [*reply.answer.hits, *reply.answer.more]
    first = [hit for hit in found if hit.pledge.id in logged.pledge_ids]
    rest = [hit for hit in found if hit.pledge.id not in logged.pledge_ids]
    pages = 1 + -(-len(rest) // PER_PAGE)
    page = min(pressed.page, pages - 1)
    answer = replace(reply.answer, hits=tuple(first), more=tuple(rest))
    if page == 0:
        party = services.settings.party_name
        html = render_html(answer, texts, party=party, this_year=snapshot.this_year)
        shown = first
    else:
        shown = rest[(page - 1) * PER_PAGE : page * PER_PAGE]
        card = quotes_card(
            [hit.pledge for hit in shown],
            texts,
            snapshot.this_year,
            head=texts.more_head,
            page=page,
            pages=pages,
        )
        html = to_html(card)
    markup = under_answer(
        pressed.answer_id,
        answer,
        texts,
        verdict=logged.verdict,
        page=page,
        pages=pages,
        share=shown[0].pledge.id if shown else "",
    )
    await rewrite(query, context, html, markup)


async def show_context(update: Update, context: BotContext) -> None:
    """Show a quote of the answer among the lines around it.

    From the answer as a message of its own; from there the other quotes take its place.
    """
    query, services = _pressed(update), context.services
    texts = (voice := await voice_of(update, context)).texts
    pressed = ShowContext.decode(_data(query))
    logged = await _logged(query, context, pressed.answer_id, voice)
    if logged is None:
        return
    snapshot = services.index.snapshot
    found = [pledge_of(snapshot, i) for i in logged.pledge_ids]
    pledges = [pledge for pledge in found if pledge is not None]
    if not pledges:
        await acknowledge(query, texts.quote_unknown)
        return
    await acknowledge(query)
    number = min(pressed.number, len(pledges) - 1)
    html = to_html(context_card(pledges[number], texts, snapshot.this_year))
    markup = contexts(pressed.answer_id, texts, len(pledges), number)
    under = keyboard_under(query)
    # Only an answer has a vote under it; anything else of ours with this button is a context.
    if under is not None and not _has_vote(under.to_dict()):
        await rewrite(query, context, html, markup)
    else:
        await send_below(query, context, html, markup)


async def ask_again(update: Update, context: BotContext) -> None:
    """Ask the same question about another municipality, or about all, in a new message."""
    query, services = _pressed(update), context.services
    voice = await voice_of(update, context)
    pressed = AskAgain.decode(_data(query))
    logged = await _logged(query, context, pressed.answer_id, voice)
    if logged is None:
        return
    await acknowledge(query)
    snapshot = services.index.snapshot
    place = place_of(pressed.place, snapshot.corpus.municipalities)
    question = without_places(logged.question, snapshot.searcher.reader)
    given = await prepare(services, question, replace(voice, municipality=place))
    sent = await send_below(query, context, given.html, given.markup)
    if sent is not None:
        remember(services, sent.chat.id, given)


async def foreign_button(update: Update, context: BotContext) -> None:
    """Acknowledge a button that is not ours, or no longer: its progress bar must not hang."""
    await acknowledge(_pressed(update), (await voice_of(update, context)).texts.vote_expired)


async def _logged(
    query: CallbackQuery, context: BotContext, answer_id: str, voice: Voice
) -> LoggedAnswer | None:
    """Return the answer with its question, or tell the voter that it is gone."""
    try:
        logged = await context.services.storage.answer(answer_id)
    except StorageError as exc:
        logger.error("answer not read: %s", exc)  # noqa: TRY400  # the trace would add nothing
        logged = None
    if logged is None or not logged.question:
        await acknowledge(query, voice.texts.question_gone)
        return None
    return logged


def _has_vote(markup: object) -> bool:
    return "v1:" in str(markup)


def _pressed(update: Update) -> CallbackQuery:
    assert update.callback_query is not None, "promised by CallbackQueryHandler"
    return update.callback_query


def _data(query: CallbackQuery) -> str:
    assert query.data is not None, "promised by the pattern"
    return query.data


__all__ = [
    "ask_again",
    "complain",
    "foreign_button",
    "show_context",
    "turn_page",
    "vote",
]
