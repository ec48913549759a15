"""What staff do without the web pages: /innboks, /statistikk, /eksport, and the week's report.

In a private chat or in the configured staff chat; who is staff is looked up at each use, for
commands and presses alike.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, TelegramError

from bot.config import Settings
from bot.context import BotContext
from bot.handlers import admin
from bot.handlers.people import texts_of
from bot.handlers.presses import acknowledge, swallow
from bot.handlers.staff_roles import present
from bot.review.cases import Conflict, save
from bot.review.charts import DAYS, chart_of
from bot.review.drawing import picture_of
from bot.review.export import Export
from bot.review.overview import PERIODS
from bot.review.queue import described, restricted
from bot.review.report import Send
from bot.review.statistics import in_words, overview_of, tree_of
from bot.sending import in_doubt
from bot.services import Services, audit
from bot.storage import StorageError
from bot.storage_review import OPEN, CaseGone, Filter, QueueCase, ReviewStore, Status
from bot.storage_staff import Member
from bot.texts.inbox import INBOX
from bot.texts.overview import OVERVIEW as T

logger = logging.getLogger(__name__)

DAYS_SHOWN = 28  # where nobody asks for others
MOST_BYTES = 45 * 2**20  # of a file: Telegram takes 50 MB from a bot
_LONGEST = 3000  # characters of a question on a card: what fits into a message with the rest
# What a button does with a case: the version that was shown, the place in the queue, the case.
PRESS = re.compile(
    r"s1:([tsfipn]):(\d{1,6}):(\d{1,6}):([0-9a-f]{32}|a-[A-Za-z0-9_-]{22})\Z", re.ASCII
)
_STATUSES = {
    "t": (Status.TAKEN, T.button_take),
    "s": (Status.SOLVED, T.button_solved),
    "f": (Status.SILENT, T.button_silent),
    "i": (Status.IRRELEVANT, T.button_irrelevant),
    "p": (Status.SPAM, T.button_spam),
}
_QUEUE = Filter(needy=True, status=OPEN)
_Card = tuple[str, InlineKeyboardMarkup | None]


async def inbox(update: Update, context: BotContext) -> None:
    """Show the first card of the queue."""
    message, services = update.message, context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    member = await present(update, context)
    if member is None:  # taken away this very moment
        await admin.refused(update, context)
        return
    try:
        text, markup = await _card(services, member, 0)
    except StorageError as exc:
        text, markup = _failed("inbox", exc), None
    # parse_mode=None: a voter's words have no markup.
    await message.reply_text(text, parse_mode=None, reply_markup=markup)


async def pressed(update: Update, context: BotContext) -> None:
    """Do what a card's button says, if who presses is staff now and the chat is theirs."""
    query, services = update.callback_query, context.services
    assert query is not None, "promised by CallbackQueryHandler"
    found = PRESS.match(query.data or "")
    assert found is not None, "promised by PRESS"
    member = await present(update, context)
    # Buttons come from the client: a card may have been forwarded, or its holder sent away.
    if member is None or not _is_theirs(query, services.settings):
        await acknowledge(query, texts_of(update).vote_expired)
        return
    action, version, place, case_id = found[1], int(found[2]), int(found[3]), found[4]
    try:
        if action == "n":
            said, (text, markup) = None, await _next(services, member, place, case_id)
        else:
            status = _STATUSES[action][0]
            said = await _change(services, member, case_id, version, status)
            text, markup = await _same(services, member, place, case_id)
    except StorageError as exc:
        await acknowledge(query, _failed("press", exc))
        return
    await acknowledge(query, said)
    try:
        await query.edit_message_text(text, parse_mode=None, reply_markup=markup)
    except BadRequest as exc:
        swallow(exc)  # pressed twice


async def statistics(update: Update, context: BotContext) -> None:
    """Send the figures of some days: a chart, and all of it in words."""
    message, services = update.message, context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    member = await present(update, context)
    if member is None:
        await admin.refused(update, context)
        return
    days = _days(context.args)
    try:
        await audit(services, member.name, "statistics", f"days={days}")
        page = await overview_of(services, days, member.municipality)
    except StorageError as exc:
        await message.reply_text(_failed("statistics", exc), parse_mode=None)
        return
    tree = tree_of(services.index.snapshot)
    text, picture = in_words(page, tree), await picture_of(chart_of(DAYS, page, tree))
    if picture is None:
        await message.reply_text(text, parse_mode=None)
    else:
        await message.reply_photo(picture, caption=text, parse_mode=None)


async def export(update: Update, context: BotContext) -> None:
    """Send the queue of some days as a file, after writing down that it was taken."""
    message, services = update.message, context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    member = await present(update, context)
    if member is None:
        await admin.refused(update, context)
        return
    days = _days(context.args)
    taken, size, parts = Export(services, member, days), 0, []
    try:
        count = await taken.count("csv")
        async for part in taken.csv():
            size += len(part)
            if size > MOST_BYTES:
                break
            parts.append(part)
    except StorageError as exc:
        await message.reply_text(_failed("export", exc), parse_mode=None)
        return
    if not count or size > MOST_BYTES:
        text = T.export_empty.format(days=days) if not count else T.export_too_large
        await message.reply_text(text, parse_mode=None)
        return
    await message.reply_document(
        b"".join(parts),
        filename=f"{taken.name}.csv",
        caption=T.export_caption.format(count=count, days=days),
        parse_mode=None,
    )


def send_reports(bot: Bot, settings: Settings) -> Send:
    """Return what sends a report to the staff's chat, or to every admin where there is none."""
    chats = [settings.staff_chat] if settings.staff_chat else sorted(settings.admins)

    async def send(text: str, picture: bytes | None) -> bool:
        out = False
        for chat in chats:
            try:
                if picture is None:
                    await bot.send_message(chat, text, parse_mode=None)
                else:
                    await bot.send_photo(chat, picture, caption=text, parse_mode=None)
                out = True
            except TelegramError as exc:
                logger.warning("report not sent: %s", type(exc).__name__)
                out = out or in_doubt(exc)
        return out

    return send


# ---- cards


async def _change(
    services: Services, member: Member, case_id: str, version: int, status: Status
) -> str:
    """Give a case a status, and return what to say of it."""
    state = await ReviewStore(services.storage).state(case_id)
    owner = member.name if status is Status.TAKEN else state.owner or member.name
    wanted = replace(state, status=status, owner=owner, version=version)
    try:
        await save(services, member, case_id, wanted)
    except CaseGone:
        return T.gone
    except Conflict as exc:
        return T.conflict.format(name=exc.others[0].name if exc.others else T.somebody)
    return T.done.format(status=INBOX.statuses[status])


async def _next(services: Services, member: Member, place: int, case_id: str) -> _Card:
    """Return the card after a place, or the one that has moved up to it."""
    store = ReviewStore(services.storage)
    here = await store.page(restricted(_QUEUE, member), 1, place)
    moved_up = not here or here[0].id != case_id
    return await _card(services, member, place if moved_up else place + 1)


async def _same(services: Services, member: Member, place: int, case_id: str) -> _Card:
    """Return the card of a case as it is now."""
    store = ReviewStore(services.storage)
    total, _ = await store.count(restricted(_QUEUE, member))
    case = await store.case(case_id)
    if case is None or member.municipality not in (None, case.municipality):
        return T.gone, None
    await audit(services, member.name, "case", case_id, 1)
    return await _drawn(store, case, place, total)


async def _card(services: Services, member: Member, place: int) -> _Card:
    """Return the card at a place of the queue; behind its end comes the first again."""
    chosen, store = restricted(_QUEUE, member), ReviewStore(services.storage)
    total, _ = await store.count(chosen)
    if not total:
        return T.inbox_empty, None
    place = place if place < total else 0
    await audit(services, member.name, "inbox", described(chosen, searched=False), 1)
    cases = await store.page(chosen, 1, place)
    if not cases:  # gone between the two reads
        return T.inbox_empty, None
    return await _drawn(store, cases[0], place, total)


async def _drawn(store: ReviewStore, case: QueueCase, place: int, total: int) -> _Card:
    """Return a case's card, with buttons for the version that is stored now."""
    state = await store.state(case.id)
    return _text(case, place, total), _buttons(case, state.version, place)


def _text(case: QueueCase, place: int, total: int) -> str:
    parts = [T.card_outcome.format(name=T.outcomes[o], count=n) for o, n in case.outcomes.items()]
    if case.disliked:
        parts.append(T.card_disliked.format(count=case.disliked))
    parts += [
        T.card_outcome.format(name=T.complaints[kind], count=n)
        for kind, n in case.complaints.items()
    ]
    day = case.newest_on
    card = T.card.format(
        question=case.question[:_LONGEST] or T.card_no_words,
        outcomes=", ".join(parts),
        place=T.card_place.format(place=case.municipality) if case.municipality else "",
        times=T.card_once if case.answers == 1 else T.card_times.format(count=case.answers),
        day=f"{day.day}. {T.months[day.month - 1]}",
        status=INBOX.again if case.again else INBOX.statuses[case.status],
        owner=T.card_owner.format(owner=case.owner) if case.owner else "",
    )
    left = T.card_left.format(number=min(place + 1, total), total=total)
    return f"{card}\n\n{left}" if case.is_open else card


def _buttons(case: QueueCase, version: int, place: int) -> InlineKeyboardMarkup:
    def button(action: str, label: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=f"s1:{action}:{version}:{place}:{case.id}")

    row = [button(action, label) for action, (_, label) in _STATUSES.items()]
    return InlineKeyboardMarkup([row[:2], row[2:], [button("n", T.button_next)]])


# ---- where, and how many days


def _is_theirs(query: CallbackQuery, settings: Settings) -> bool:
    """Is the button in the presser's own chat, or in the staff's?"""
    chat = query.message.chat if query.message is not None else None
    return chat is not None and chat.id in (
        query.from_user.id,
        *([settings.staff_chat] if settings.staff_chat else []),
    )


def _days(words: Sequence[str] | None) -> int:
    """Return how many days were asked for; only those that the page offers as well."""
    asked = words[0] if words else ""
    return int(asked) if asked in {str(days) for days in PERIODS} else DAYS_SHOWN


def _failed(what: str, error: StorageError) -> str:
    logger.error("%s failed: %s", what, error)
    return T.failed
