"""What every button needs: an answer to the press, and edits that may come too late."""

from __future__ import annotations

from telegram import CallbackQuery, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.context import BotContext

# Telegram's words for what a voter can do without harm: press twice, press late, or on a message
# that is gone. Compared in lower case: PTB capitalises them.
_HARMLESS = (
    "message is not modified",
    "query is too old",
    "message to edit not found",
    "message can't be edited",
)


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press, however late: until then the client shows a progress bar."""
    try:
        await query.answer(text)
    except BadRequest as exc:
        swallow(exc)


def swallow(error: BadRequest) -> None:
    """Let pass what does no harm; raise the rest."""
    if not any(words in error.message.lower() for words in _HARMLESS):
        raise error


def keyboard_under(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    """Return the buttons that the message shows; None where it is too old to be read."""
    message = query.message
    return message.reply_markup if isinstance(message, Message) else None


async def redraw(
    query: CallbackQuery, context: BotContext, markup: InlineKeyboardMarkup | None
) -> None:
    """Change the buttons under the message, unless it shows them already."""
    drawn, key = context.services.drawn, _key(query)
    html, shown = drawn.get(key) or ("", _json(keyboard_under(query)))
    if shown == _json(markup):
        return  # pressed twice
    try:
        await query.edit_message_reply_markup(markup)
    except BadRequest as exc:
        swallow(exc)
    drawn.remember(key, (html, _json(markup)))


async def rewrite(
    query: CallbackQuery, context: BotContext, html: str, markup: InlineKeyboardMarkup | None
) -> None:
    """Change the message in place, unless it was changed to this already."""
    drawn, key = context.services.drawn, _key(query)
    if drawn.get(key) == (html, _json(markup)):
        return
    try:
        await query.edit_message_text(html, parse_mode=ParseMode.HTML, reply_markup=markup)
    except BadRequest as exc:
        swallow(exc)
    drawn.remember(key, (html, _json(markup)))


def _key(query: CallbackQuery) -> tuple[int, int] | str:
    """Name the message of a button: by chat and number, or by its inline id."""
    message = query.message
    if message is None:
        return query.inline_message_id or ""
    return message.chat.id, message.message_id


def _json(markup: InlineKeyboardMarkup | None) -> str:
    return markup.to_json() if markup is not None else ""


async def send_below(
    query: CallbackQuery,
    context: BotContext,
    html: str,
    markup: InlineKeyboardMarkup | None = None,
) -> Message | None:
    """Send a new message to the chat of the button; None where a button has no chat (inline)."""
    if query.message is None:
        return None
    return await context.bot.send_message(
        query.message.chat.id, html, parse_mode=ParseMode.HTML, reply_markup=markup
    )
