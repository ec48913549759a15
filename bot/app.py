"""The Telegram bot: its composition root and its whole routing table."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence

from telegram import BotCommand, LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot import logs
from bot.callback_data import Vote
from bot.config import ConfigError, Settings
from bot.context import BotApplication, BotContext
from bot.handlers import admin, ask, errors, feedback, pages
from bot.ordering import ChatOrder
from bot.pages import PAGES
from bot.sending import PatientSender
from bot.services import Services, make_services
from bot.storage import StorageError
from bot.texts import EN, LANGUAGES, NB, Texts
from bot.texts.faults import explain

logger = logging.getLogger(__name__)

FAILED, TOKEN_REFUSED = 1, 5  # exit codes
# Exactly what the table below handles: edits are not even sent to us.
ALLOWED_UPDATES = ("message", "callback_query")

Handler = BaseHandler[Update, BotContext, None]


def routes(admins: frozenset[int]) -> Sequence[Handler]:
    """Return every handler, in order: the first that matches takes the update."""
    # Not edits: one answer a question. Not groups: what is said there is not said to us.
    here = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    # Names a set of ids, so that an empty one matches nobody.
    admin_here = here & filters.User(admins, allow_empty=False)
    return (
        *(CommandHandler(name, pages.show(page), filters=here) for name, page in PAGES.items()),
        # block=False: building takes seconds, and the admin's chat must not wait for it.
        CommandHandler("reload", admin.reload, filters=admin_here, block=False),
        MessageHandler(here & filters.COMMAND, pages.unknown),
        MessageHandler(here & filters.TEXT, ask.ask),
        MessageHandler(here & ~filters.StatusUpdate.ALL, ask.not_text),
        CallbackQueryHandler(feedback.vote, pattern=Vote.PATTERN),
        CallbackQueryHandler(feedback.foreign_button),
    )


def build_application(
    settings: Settings, services: Services, request: BaseRequest | None = None
) -> BotApplication:
    """Put the bot together. Neither opens the log nor touches the network.

    ``request`` is the way to Telegram, for polling too; None: HTTP.
    """
    builder = (
        ApplicationBuilder()
        .token(settings.token)
        .context_types(ContextTypes(context=BotContext, bot_data=lambda: services))  # type: ignore[call-overload]
        .defaults(
            Defaults(
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        .concurrent_updates(ChatOrder(settings.concurrent_chats))
        .rate_limiter(PatientSender())
        .job_queue(None)
        .post_init(set_profile)
    )
    if settings.base_url:
        builder = builder.base_url(settings.base_url)
    if settings.base_file_url:
        builder = builder.base_file_url(settings.base_file_url)
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    application: BotApplication = builder.build()
    application.add_handlers(list(routes(settings.admins)))
    application.add_error_handler(errors.failed)
    return application


async def set_profile(application: BotApplication) -> None:
    """Tell Telegram the commands, in each language. Without them the bot answers as well."""
    try:
        await application.bot.set_my_commands(commands(NB))
        for code, texts in LANGUAGES.items():
            await application.bot.set_my_commands(commands(texts), language_code=code)
    except TelegramError as exc:
        logger.warning("commands not set: %s", type(exc).__name__)


def commands(texts: Texts) -> list[BotCommand]:
    """Return the menu of commands in one language."""
    help_name, privacy_name = ("help", "privacy") if texts is EN else ("hjelp", "personvern")
    return [
        BotCommand("start", texts.command_start),
        BotCommand(help_name, texts.command_help),
        BotCommand("kilder", texts.command_sources),
        BotCommand("om", texts.command_about),
        BotCommand(privacy_name, texts.command_privacy),
    ]


def run(settings: Settings) -> int:
    """Answer on Telegram until SIGTERM or SIGINT, and return the exit code.

    Raises:
        CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend.
    """
    # PTB 22 warns at every 429 that retry_after will become a timedelta; `sending` takes both.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    logs.configure(settings.token)
    services = make_services(settings)
    application = build_application(settings, services)
    # One loop for the log and the bot: the log's connection belongs to the loop that opened it.
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        try:
            runner.run(services.storage.open())
            try:
                logger.info(
                    "serving version=%s pledges=%d",
                    services.index.snapshot.fingerprint,
                    len(services.index.snapshot.corpus.pledges),
                )
                _poll(application, settings)
            finally:
                runner.run(services.storage.close())
        except StorageError as exc:
            return _fail(explain(exc), FAILED)
        except InvalidToken:
            return _fail(explain(ConfigError("token_refused")), TOKEN_REFUSED)
        except NetworkError as exc:
            fault = ConfigError("telegram_unreachable", reason=type(exc).__name__)
            return _fail(explain(fault), FAILED)
    return 0


def _poll(application: BotApplication, settings: Settings) -> None:
    application.run_polling(
        allowed_updates=ALLOWED_UPDATES,
        bootstrap_retries=settings.bootstrap_retries,
        drop_pending_updates=False,  # what voters wrote while we restarted is answered
        close_loop=False,
    )


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


__all__ = ["ALLOWED_UPDATES", "Application", "build_application", "commands", "routes", "run"]
