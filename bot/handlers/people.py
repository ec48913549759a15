"""Who speaks: only as far as to choose the language."""

from __future__ import annotations

from telegram import Update

from bot.texts import Texts, texts_for


def texts_of(update: Update) -> Texts:
    """Return the sentences in the language of the voter's Telegram; bokmål when it is not ours."""
    user = update.effective_user
    return texts_for(user.language_code if user else None)
