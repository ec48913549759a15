"""The Telegram bot: its composition root and its whole routing table."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

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
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot import logs
from bot.backup import BackupError
from bot.callback_data import Vote
from bot.config import ConfigError, Settings
from bot.context import BotApplication, BotContext
from bot.handlers import admin, ask, errors, feedback, gates, pages, status
from bot.inbox import Inbox, InboxBot, Interrupted
from bot.limits import PRESSES_A_MINUTE, QUESTIONS_A_MINUTE, Limiter
from bot.lock import AlreadyRunningError, only_instance
from bot.ordering import ChatOrder
from bot.pages import PAGES
from bot.sending import PatientSender
from bot.services import Services, make_services
from bot.storage import StorageError
from bot.storage_inbox import InboxStore
from bot.texts import EN, LANGUAGES, NB, Texts
from bot.texts.faults import explain
from bot.upkeep import Upkeep

logger = logging.getLogger(__name__)

FAILED, SCHEMA_NEWER, ALREADY_RUNNING, TOKEN_REFUSED = 1, 3, 4, 5  # exit codes
LEAVE = 1.0  # seconds that threads may still take once all is on disk
# Exactly what the table below handles: edits are not even sent to us.
ALLOWED_UPDATES = ("message", "callback_query")

Handler = BaseHandler[Update, BotContext, None]


def routes(admins: frozenset[int]) -> Sequence[Handler]:
    """Return every handler, in order: the first that matches takes the update."""
    # Not edits: one answer a question. Not groups: what is said there is not said to us.
    here = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    # Names a set of ids, so that an empty one matches nobody.
    # By the numeric id alone: a username can be taken over. Nobody else's words, nor another bot's.
    own_words = ~filters.FORWARDED & ~filters.VIA_BOT
    admin_here = here & own_words & filters.User(admins, allow_empty=False)
    return (
        *(CommandHandler(name, pages.show(page), filters=here) for name, page in PAGES.items()),
        # block=False: building takes seconds, and the admin's chat must not wait for it.
        CommandHandler("reload", admin.reload, filters=admin_here, block=False),
        CommandHandler("status", status.status, filters=admin_here),
        MessageHandler(here & filters.COMMAND, pages.unknown),
        MessageHandler(here & filters.TEXT & gates.TooLong(), gates.too_long),
        MessageHandler(here & filters.TEXT, ask.ask),
        MessageHandler(here & ~filters.StatusUpdate.ALL, ask.not_text),
        CallbackQueryHandler(feedback.vote, pattern=Vote.PATTERN),
        CallbackQueryHandler(feedback.foreign_button),
    )


def build_application(
    settings: Settings,
    services: Services,
    request: BaseRequest | None = None,
    inbox: Inbox | None = None,
) -> BotApplication:
    """Put the bot together. Neither opens the log nor touches the network.

    Args:
        request: The way to Telegram, for polling too; None: HTTP.
        inbox: Where updates are kept until they are answered; None: nowhere.
    """
    order = ChatOrder(settings.concurrent_chats, inbox)
    builder = (
        ApplicationBuilder()
        .application_class(PromptApplication, {"order": order})
        .bot(_bot(settings, request, inbox))
        .context_types(ContextTypes(context=BotContext, bot_data=lambda: services))  # type: ignore[call-overload]
        .concurrent_updates(order)
        .job_queue(None)
        .post_init(partial(_begin, inbox))
    )
    application: BotApplication = builder.build()
    # Before all others, in a group of its own: what it stops goes no further.
    gate = gates.limits(Limiter(QUESTIONS_A_MINUTE), Limiter(PRESSES_A_MINUTE))
    application.add_handler(TypeHandler(Update, gate), group=-1)
    application.add_handler(TypeHandler(Interrupted, gates.restarted), group=-1)
    application.add_handlers(list(routes(settings.admins)))
    application.add_error_handler(errors.failed)
    return application


def _bot(settings: Settings, request: BaseRequest | None, inbox: Inbox | None) -> ExtBot[None]:
    more: dict[str, Any] = {
        "token": settings.token,
        "defaults": Defaults(
            parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        "rate_limiter": PatientSender(),
        # As many connections as calls there can be at once, so that none waits for one.
        "request": request or HTTPXRequest(connection_pool_size=settings.concurrent_chats + 8),
        "get_updates_request": request or HTTPXRequest(connection_pool_size=1),
    }
    if settings.base_url:
        more["base_url"] = settings.base_url
    if settings.base_file_url:
        more["base_file_url"] = settings.base_file_url
    return ExtBot(**more) if inbox is None else InboxBot(inbox, **more)


class PromptApplication(BotApplication):
    """Stops at once: what has not been begun stays in the inbox for the next start."""

    __slots__ = ("_order",)

    def __init__(self, order: ChatOrder, **more: Any) -> None:
        super().__init__(**more)
        self._order = order

    async def stop(self) -> None:
        """Let the calls under way end, drop the rest."""
        await self._order.halt()
        await super().stop()


async def _begin(inbox: Inbox | None, application: BotApplication) -> None:
    """Queue what an earlier process left, before anything new is fetched."""
    if inbox is not None:
        for left in await inbox.recover(application.bot):
            await application.update_queue.put(left)
    await set_profile(application)


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
    # Until polling has a handler of its own: building takes seconds, and nothing is under way yet.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with only_instance(settings.data):
            code = _serve(settings)
    except AlreadyRunningError as exc:
        return _fail(explain(exc), ALREADY_RUNNING)
    except OSError as exc:
        fault = ConfigError("storage_failed", path=settings.data, reason=exc.strerror)
        return _fail(explain(fault), FAILED)
    return code


def _serve(settings: Settings) -> int:
    services = make_services(settings)
    inbox = Inbox(InboxStore(services.storage), services.storage.cipher, services.clock)
    application = build_application(settings, services, inbox=inbox)
    upkeep = Upkeep(services)
    # One loop for the log and the bot: the log's connection belongs to the loop that opened it.
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        try:
            time.sleep(upkeep.prepare())  # more than 0 only in a crash loop
            runner.run(services.storage.open())
            keep_up(application, upkeep)
            try:
                logger.info(
                    "serving version=%s pledges=%d",
                    services.index.snapshot.fingerprint,
                    len(services.index.snapshot.corpus.pledges),
                )
                _poll(application, settings)
                upkeep.stopped()
            finally:
                runner.run(inbox.close())
                runner.run(services.storage.close())
                # All is on disk: a thread that still builds an index shall not hold up the stop.
                _leave_within(LEAVE)
        except StorageError as exc:
            return _fail(explain(exc), SCHEMA_NEWER if exc.fault == "storage_newer" else FAILED)
        except BackupError as exc:
            return _fail(explain(exc), FAILED)
        except InvalidToken:
            return _fail(explain(ConfigError("token_refused")), TOKEN_REFUSED)
        except NetworkError as exc:
            fault = ConfigError("telegram_unreachable", reason=type(exc).__name__)
            return _fail(explain(fault), FAILED)
    return 0


def keep_up(application: BotApplication, upkeep: Upkeep) -> None:
    """Have the upkeep run from the moment that Telegram has accepted the token until the end."""
    before, after = application.post_init, application.post_shutdown

    async def started(application: BotApplication) -> None:
        await upkeep.start(status.tell_admins(application.bot, upkeep.admins))
        if before is not None:
            await before(application)

    async def ended(application: BotApplication) -> None:
        await upkeep.stop()
        if after is not None:
            await after(application)

    # Not post_stop: that is left out where the start was broken off.
    application.post_init, application.post_shutdown = started, ended


def _poll(application: BotApplication, settings: Settings) -> None:
    application.run_polling(
        allowed_updates=ALLOWED_UPDATES,
        bootstrap_retries=settings.bootstrap_retries,
        drop_pending_updates=False,  # what voters wrote while we restarted is answered
        close_loop=False,
    )


def _leave_within(seconds: float) -> None:
    def leave() -> None:
        os._exit(0)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


__all__ = ["ALLOWED_UPDATES", "Application", "build_application", "commands", "routes", "run"]
