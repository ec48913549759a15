"""What a voter may ask for: erasure, a copy, and in mode «samtykke» a say in what is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot.context import BotContext
from bot.handlers.people import voice_of
from bot.privacy import buttons
from bot.services import (
    copy_of,
    erase,
    give_consent,
    has_consent,
    may_export,
    persons_of,
    withdraw_consent,
)
from bot.storage import Consent, LoggedAnswer, StorageError
from bot.storage_choices import Choice
from bot.texts import Texts

logger = logging.getLogger(__name__)

WORDING = "2026-11-24"  # of consent_ask; a new wording is a new version
EXPORT_FILE = "mine_data.json"


async def ask_erase(update: Update, context: BotContext) -> None:
    """Ask for a confirmation; as a reply to an answer it is about that answer alone."""
    message, services, texts = update.message, context.services, await _texts(update, context)
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.from_user is not None, "promised by ChatType.PRIVATE"
    answer_id = _answer_of(message.reply_to_message)
    if answer_id is not None:
        await message.reply_text(
            texts.erase_one_confirm,
            reply_markup=_keyboard(
                (texts.erase_yes, buttons.erase_one(answer_id)),
                (texts.erase_no, buttons.ERASE_NOTHING),
            ),
            parse_mode=None,
        )
        return
    try:
        answers, _, choice = await copy_of(services, message.from_user.id)
    except StorageError as exc:
        await _failed(message, texts, exc)
        return
    if answers or choice != Choice():
        text, markup = (
            texts.erase_confirm.format(count=len(answers)),
            _keyboard(
                (texts.erase_yes, buttons.ERASE_ALL), (texts.erase_no, buttons.ERASE_NOTHING)
            ),
        )
    else:
        anonymous = services.settings.logging == "avidentifisert"
        text, markup = (texts.erase_anonymous if anonymous else texts.erase_nothing), None
    await message.reply_text(text, reply_markup=markup, parse_mode=None)


async def erase_pressed(update: Update, context: BotContext) -> None:
    """Erase what was confirmed, and say how much; the buttons go."""
    query, services, texts = update.callback_query, context.services, await _texts(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    found = buttons.ERASE.match(query.data or "")
    assert found is not None, "promised by the pattern"
    try:
        if query.data == buttons.ERASE_NOTHING:
            text = texts.erase_kept
        elif query.data == buttons.ERASE_ALL:
            text = texts.erase_done.format(count=await erase(services, query.from_user.id))
        else:
            answer = await services.storage.answer(found[1])
            # In mode «avidentifisert» the id alone is the right to it: nobody else was told.
            if answer is None or (
                answer.person is not None
                and answer.person not in persons_of(services, query.from_user.id)
            ):
                text = texts.erase_gone
            else:
                await services.storage.erase_answers([answer.id], services.clock())
                text = texts.erase_one_done
    except StorageError as exc:
        logger.error("not erased: %s", exc)  # noqa: TRY400
        text = texts.privacy_failed
    await _answered(query, text)


async def my_data(update: Update, context: BotContext) -> None:
    """Send one JSON file with all that is kept of the voter, and nothing of anybody else."""
    message, services, texts = update.message, context.services, await _texts(update, context)
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.from_user is not None, "promised by ChatType.PRIVATE"
    if not may_export(services, message.from_user.id):
        await message.reply_text(texts.export_limit, parse_mode=None)
        return
    try:
        answers, consents, choice = await copy_of(services, message.from_user.id)
    except StorageError as exc:
        await _failed(message, texts, exc)
        return
    document = as_document(answers, consents, choice)
    anonymous = services.settings.logging == "avidentifisert"
    await message.reply_document(
        json.dumps(document, ensure_ascii=False, indent=1).encode(),
        filename=EXPORT_FILE,
        caption=texts.export_anonymous if anonymous else texts.export_caption,
        parse_mode=None,
    )


async def consent(update: Update, context: BotContext) -> None:
    """Say what a yes means and offer it, or the way back for who has said yes."""
    message, services, texts = update.message, context.services, await _texts(update, context)
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.from_user is not None, "promised by ChatType.PRIVATE"
    if services.settings.logging != "samtykke":
        await message.reply_text(texts.consent_not_needed, parse_mode=None)
        return
    try:
        given = await has_consent(services, message.from_user.id)
    except StorageError as exc:
        await _failed(message, texts, exc)
        return
    if given:
        text, markup = texts.consent_have, _keyboard((texts.consent_withdraw, buttons.WITHDRAW))
    else:
        text = texts.consent_ask.format(days=services.settings.retention_days)
        markup = _keyboard(
            (texts.consent_yes, buttons.consent_to(WORDING)),
            (texts.consent_no, buttons.CONSENT_LATER),
        )
    await message.reply_text(text, reply_markup=markup, parse_mode=None)


async def consent_pressed(update: Update, context: BotContext) -> None:
    """Store a yes, or take it back and erase what it allowed. A no stores nothing."""
    query, services, texts = update.callback_query, context.services, await _texts(update, context)
    assert query is not None, "promised by CallbackQueryHandler"
    try:
        if query.data == buttons.WITHDRAW:
            count = await withdraw_consent(services, query.from_user.id)
            text = texts.consent_withdrawn.format(count=count)
        elif query.data == buttons.consent_to(WORDING) and services.settings.logging == "samtykke":
            await give_consent(services, query.from_user.id, WORDING)
            text = texts.consent_given
        else:  # a no; or a yes to words that are no longer ours
            text = texts.consent_kept_off
    except StorageError as exc:
        logger.error("consent not stored: %s", exc)  # noqa: TRY400
        text = texts.privacy_failed
    await _answered(query, text)


def as_document(
    answers: Sequence[LoggedAnswer], consents: Sequence[Consent], choice: Choice
) -> dict[str, object]:
    """Return the copy as it is sent: keys in Norwegian, for people."""
    return {
        "spørsmål": [
            {
                "dag": answer.asked_on.isoformat(),
                "tekst": answer.question,
                "kommune": answer.municipality,
                "språk": answer.language,
                "svar": answer.outcome,
                "løfter": list(answer.pledge_ids),
                "tilbakemelding": answer.verdict.value if answer.verdict else None,
                "id": answer.id,
            }
            for answer in answers
        ],
        "samtykker": [
            {
                "gitt": consent.given_at.isoformat(),
                "tekstversjon": consent.wording,
                "trukket": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
            }
            for consent in consents
        ],
        "valg": {"kommune": choice.municipality, "språk": choice.language},
    }


async def _texts(update: Update, context: BotContext) -> Texts:
    return (await voice_of(update, context)).texts


def _answer_of(message: Message | None) -> str | None:
    """Return the id of the answer that a message of ours shows, from its buttons."""
    markup = message.reply_markup if message else None
    for row in markup.inline_keyboard if markup else ():
        for button in row:
            if isinstance(button.callback_data, str):
                answer_id = buttons.answer_in(button.callback_data)
                if answer_id is not None:
                    return answer_id
    return None


def _keyboard(*rows: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data)] for text, data in rows]
    )


async def _answered(query: CallbackQuery, text: str) -> None:
    await query.answer()
    await query.edit_message_text(text, parse_mode=None)


async def _failed(message: Message, texts: Texts, error: StorageError) -> None:
    logger.error("log not read: %s", error)
    await message.reply_text(texts.privacy_failed, parse_mode=None)
