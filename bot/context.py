"""What a handler is given: the typed context, and through it the services."""

from __future__ import annotations

from typing import Any

from telegram.ext import Application, CallbackContext, ExtBot

from bot.services import Services

_Nothing = dict[Any, Any]


class BotContext(CallbackContext[ExtBot[None], _Nothing, _Nothing, Services]):
    """PTB's context. ``bot_data`` is the Services; nothing is kept per user or chat."""

    @property
    def services(self) -> Services:
        """The parts that handlers share."""
        return self.bot_data


BotApplication = Application[ExtBot[None], BotContext, _Nothing, _Nothing, Services, None]
