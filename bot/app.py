"""The Telegram bot: its composition root and its whole routing table."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot import logs, maintenance
from bot.backup import BackupError
from bot.callback_data import (
    AskAgain,
    AskExample,
    ChooseLanguage,
    ChoosePlace,
    Complain,
    OpenHeading,
    OpenTopic,
    ShowContext,
    TurnPage,
    Vote,
)
from bot.config import ConfigError, Settings
from bot.context import BotApplication, BotContext
from bot.handlers import (
    admin,
    ask,
    browse,
    errors,
    feedback,
    gates,
    groups,
    inline,
    pages,
    privacy,
    staff,
    staff_roles,
    status,
    weblogin,
)
from bot.handlers.staff_roles import only
from bot.inbox import Inbox, InboxBot, Interrupted
from bot.limits import PRESSES_A_MINUTE, QUESTIONS_A_MINUTE, Limiter
from bot.ordering import ChatOrder
from bot.pages import PAGES, help_
from bot.privacy import buttons
from bot.profile import set_profile
from bot.review.report import Reports
from bot.sending import PatientSender, Wire
from bot.services import Services, make_services
from bot.staff import unknown_places
from bot.storage import StorageError
from bot.storage_inbox import InboxStore
from bot.storage_staff import Role
from bot.texts.faults import explain
from bot.upkeep import Upkeep
from bot.weblinks import missing_packages

if TYPE_CHECKING:
    from bot.web.serving import WebServer

logger = logging.getLogger(__name__)

FAILED, BAD_SETTINGS, SCHEMA_NEWER, TOKEN_REFUSED = 1, 2, 3, 5  # exit codes
LEAVE = 4.0  # seconds from the stop signal to the end, whatever still runs
# Exactly what the table below handles.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query")

Handler = BaseHandler[Update, BotContext, None]


def routes(settings: Settings) -> Sequence[Handler]:
    """Return every handler, in order: the first that matches takes the update."""
    # Not edits: they have a route of their own. Not groups: what is said there is not said to us.
    here = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    in_group = filters.UpdateType.MESSAGE & filters.ChatType.GROUPS
    edit = filters.UpdateType.EDITED_MESSAGE & filters.ChatType.PRIVATE
    # Nobody else's words, nor another bot's.
    own_words = ~filters.FORWARDED & ~filters.VIA_BOT
    chosen = {
        "start": browse.start_here,
        "spor": browse.spor,
        "kommune": browse.kommune,
        "sprak": browse.sprak,
        "tema": browse.tema,
        "sitat": browse.sitat,
        **({"engasjer": browse.engasjer} if browse.has_links(settings) else {}),
    }
    pressed = (
        (Vote, feedback.vote),
        (Complain, feedback.complain),
        (TurnPage, feedback.turn_page),
        (ShowContext, feedback.show_context),
        (AskAgain, feedback.ask_again),
        (ChoosePlace, browse.choose_place),
        (ChooseLanguage, browse.choose_language),
        (OpenTopic, browse.open_topic),
        (OpenHeading, browse.open_heading),
        (AskExample, browse.ask_example),
    )
    # Who is staff is asked at each use: a role may have been given or taken away since.
    staff_only = {
        "reload": only(Role.ADMIN, admin.reload, beside=True),  # building takes seconds
        "oppdater": only(Role.ADMIN, admin.reload, beside=True),
        "status": only(Role.ADMIN, status.status),
        "rolle": only(Role.ADMIN, staff_roles.role),
        "vedlikehold": only(Role.ADMIN, staff_roles.switch_maintenance),
        **({"weblogin": weblogin.weblogin} if settings.review else {}),
    }
    for_reviewers = {
        "innboks": only(Role.REVIEWER, staff.inbox),
        "statistikk": only(Role.REVIEWER, staff.statistics, beside=True),  # a chart takes a second
        "eksport": only(Role.REVIEWER, staff.export, beside=True),
    }
    staff_only |= for_reviewers
    # An empty list matches no chat.
    staff_chat = filters.Chat(
        [settings.staff_chat] if settings.staff_chat else [], allow_empty=False
    )
    # From anybody else, from elsewhere, or in another's words: written down, and unknown.
    elsewhere = CommandHandler(sorted(staff_only), admin.refused, filters=filters.ALL)
    return (
        *(CommandHandler(name, handler, filters=here) for name, handler in chosen.items()),
        *(
            CommandHandler(name, pages.show(page), filters=here)
            for name, page in PAGES.items()
            if page is not help_
        ),
        CommandHandler(("hjelp", "help"), staff_roles.help_, filters=here),
        *(
            CommandHandler(name, handler, filters=here & own_words)
            for name, handler in staff_only.items()
        ),
        *(
            CommandHandler(name, handler, filters=in_group & staff_chat & own_words)
            for name, handler in for_reviewers.items()
        ),
        elsewhere,
        CommandHandler("slett", privacy.ask_erase, filters=here),
        CommandHandler("mine_data", privacy.my_data, filters=here),
        CommandHandler("samtykke", privacy.consent, filters=here),
        MessageHandler(here & filters.COMMAND, pages.unknown),
        # Not what others wrote: it is neither the voter's question nor theirs to store.
        MessageHandler(here & filters.FORWARDED, ask.not_text),
        MessageHandler(here & filters.TEXT & gates.TooLong(), gates.too_long),
        MessageHandler(here & filters.TEXT, ask.ask),
        MessageHandler(here & ~filters.StatusUpdate.ALL, ask.not_text),
        MessageHandler(edit & filters.TEXT & ~filters.COMMAND, ask.edited),
        CommandHandler("spor", groups.spor, filters=in_group),
        MessageHandler(
            in_group & filters.TEXT & ~filters.COMMAND & filters.REPLY & groups.ReplyToUs(),
            groups.reply,
        ),
        InlineQueryHandler(inline.inline),
        *(CallbackQueryHandler(handler, pattern=form.PATTERN) for form, handler in pressed),
        CallbackQueryHandler(privacy.erase_pressed, pattern=buttons.ERASE),
        CallbackQueryHandler(privacy.consent_pressed, pattern=buttons.CONSENT),
        CallbackQueryHandler(admin.pressed, pattern=admin.PRESS),
        CallbackQueryHandler(staff.pressed, pattern=staff.PRESS),
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
    application.add_handlers(list(routes(settings)))
    application.add_error_handler(errors.failed)
    return application


def _bot(settings: Settings, request: BaseRequest | None, inbox: Inbox | None) -> ExtBot[None]:
    more: dict[str, Any] = {
        "token": settings.token,
        "defaults": Defaults(
            parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        "rate_limiter": PatientSender(marks=request is not None),
        # As many connections as calls there can be at once, so that none waits for one.
        "request": request
        or HTTPXRequest(
            connection_pool_size=settings.concurrent_chats + 8,
            httpx_kwargs={"event_hooks": {"request": [Wire().watch]}},
        ),
        "get_updates_request": request or HTTPXRequest(connection_pool_size=1),
    }
    if settings.base_url:
        more["base_url"] = settings.base_url
    if settings.base_file_url:
        more["base_file_url"] = settings.base_file_url
    return ExtBot(**more) if inbox is None else InboxBot(inbox, **more)


class PromptApplication(BotApplication):
    """Stops at once: what has not been begun stays in the inbox for the next start."""

    __slots__ = ("_order", "stopping")

    def __init__(self, order: ChatOrder, **more: Any) -> None:
        super().__init__(**more)
        self._order = order
        self.stopping: Callable[[], None] | None = None  # told when the stop begins

    def _mark_for_persistence_update(
        self, *, update: object | None = None, job: object | None = None
    ) -> None:
        """Keep nothing: PTB remembers each voter's id for a persistence that there is not.

        A set that grows for as long as the process lives, and a list of who has asked.
        """

    async def stop(self) -> None:
        """Let the calls under way end, drop the rest."""
        if self.stopping is not None:
            self.stopping()
        await self._order.halt()
        await super().stop()


async def _begin(inbox: Inbox | None, application: BotApplication) -> None:
    """Queue what an earlier process left, before anything new is fetched.

    Raises:
        StorageError: If the log does not tell whether voters are answered.
    """
    await maintenance.load(application.bot_data)
    if inbox is not None:
        for left in await inbox.recover(application.bot):
            await application.update_queue.put(left)
    await set_profile(application, application.bot_data.settings)


def run(settings: Settings) -> int:
    """Answer on Telegram until SIGTERM or SIGINT, and return the exit code.

    Raises:
        CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend.
    """
    # PTB 22 warns at every 429 that retry_after will become a timedelta; `sending` takes both.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    logs.configure(settings.token)
    if settings.review and (missing := missing_packages()):
        fault = ConfigError("review_missing", path=settings.path, name=", ".join(missing))
        return _fail(explain(fault), BAD_SETTINGS)
    # Until polling has a handler of its own: building takes seconds, and nothing is under way yet.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    services = make_services(settings)
    gc.freeze()  # an index is millions of objects that live on: looking through them takes a second
    inbox = Inbox(
        InboxStore(services.storage), services.storage.cipher, services.clock,
        fetched=services.health.polled,
    )  # fmt: skip
    application = build_application(settings, services, inbox=inbox)
    assert isinstance(application, PromptApplication), "promised by build_application"
    # What is not on disk by then is as after kill -9: the next start goes on with it. A thread that
    # builds an index, or a Telegram that does not answer, shall not hold up the stop.
    application.stopping = partial(_leave_within, LEAVE)
    upkeep = Upkeep(services)
    # One loop for the log and the bot: the log's connection belongs to the loop that opened it.
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        try:
            time.sleep(upkeep.prepare())  # more than 0 only in a crash loop
            runner.run(services.storage.open())
            runner.run(upkeep.opened())
            keep_up(application, upkeep)
            web = runner.run(serve_pages(application, upkeep))
            try:
                logger.info(
                    "serving version=%s pledges=%d",
                    services.index.snapshot.fingerprint,
                    len(services.index.snapshot.corpus.pledges),
                )
                _warn_of_places(services)
                _poll(application, settings)
                upkeep.stopped()
            finally:
                if web is not None:
                    runner.run(web.stop())
                runner.run(inbox.close())
                runner.run(services.storage.close())
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

    services = application.bot_data
    reports = Reports(services, staff.send_reports(application.bot, services.settings))

    async def started(application: BotApplication) -> None:
        await upkeep.start(status.tell_present_admins(application.bot, application.bot_data))
        if before is not None:
            await before(application)
        reports.start()

    async def ended(application: BotApplication) -> None:
        await reports.stop()
        await upkeep.stop()
        if after is not None:
            await after(application)

    # Not post_stop: that is left out where the start was broken off.
    application.post_init, application.post_shutdown = started, ended


async def serve_pages(application: BotApplication, upkeep: Upkeep) -> WebServer | None:
    """Serve staff's pages where the settings say so. What fails there costs no voter an answer."""
    services = application.bot_data
    if not services.settings.review:
        return None
    # Here: its packages need not be installed where there are no pages.
    from bot.web.serving import PortTakenError, WebServer  # noqa: PLC0415

    failed = partial(upkeep.alerts.note, "pages")
    web = WebServer(
        services, status.tell_present_admins(application.bot, application.bot_data), failed
    )
    try:
        await web.start()
    except PortTakenError as exc:
        logger.warning("pages not served: %s", exc.values["reason"])
        failed(explain(exc))
    return web


def _warn_of_places(services: Services) -> None:
    """Say for which municipality a reviewer is named though it has no programme: they see nothing."""
    places = unknown_places(services.settings, services.index.snapshot.corpus.municipalities)
    for place in places:
        logger.warning("telegram.reviewers: no programme of %s", place)


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


__all__ = ["ALLOWED_UPDATES", "Application", "build_application", "routes", "run"]
