"""Who speaks: only as far as to choose the language and the municipality."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import Update

from bot.context import BotContext
from bot.storage import StorageError
from bot.storage_choices import Choice
from bot.texts import LANGUAGES, Texts, texts_for

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak to a voter.

    Attributes:
        municipality: The one they chose, if it has a programme here; None: all.
        choice: What they chose, as it is kept.
        user_id: None where nobody in particular speaks, as in a channel.
    """

    texts: Texts
    municipality: str | None = None
    choice: Choice = Choice()
    user_id: int | None = None


def texts_of(update: Update) -> Texts:
    """Return the sentences in the language of the voter's Telegram; bokmål when it is not ours."""
    user = update.effective_user
    return texts_for(user.language_code if user else None)


async def voice_of(update: Update, context: BotContext) -> Voice:
    """Return how the voter wants to be spoken to. A failing log costs the choices, not the answer."""
    services, user = context.services, update.effective_user
    choice = Choice()
    if user is not None:
        try:
            choice = await services.choices.of(user.id)
        except StorageError as exc:
            logger.warning("choice not read: %s", exc)
    texts = LANGUAGES.get(choice.language or "") or texts_of(update)
    here = services.index.snapshot.corpus.municipalities
    # A programme may have gone in a reload: then all are searched, as if nothing was chosen.
    place = choice.municipality if choice.municipality in here else None
    return Voice(texts, place, choice, user.id if user else None)
