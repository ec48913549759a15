"""`/weblogin`: a one-time link to staff's pages, for staff in their own chat with the bot."""

from __future__ import annotations

import logging

from telegram import LinkPreviewOptions, Update

from bot.context import BotContext
from bot.handlers import admin
from bot.handlers.staff_roles import present
from bot.services import audit
from bot.staff import LINK_MINUTES, login_token
from bot.storage import StorageError
from bot.texts.staff import STAFF
from bot.weblinks import login_link

logger = logging.getLogger(__name__)


async def weblogin(update: Update, context: BotContext) -> None:
    """Send a link that works once; the one before no longer does. To others the command is unknown."""
    assert update.message is not None, "promised by UpdateType.MESSAGE"
    services, member = context.services, await present(update, context)
    if member is None:
        await admin.refused(update, context)
        return
    try:
        await audit(services, member.name, "weblogin")
        token = await login_token(services, member.name)
    except StorageError as exc:
        logger.error("no login link: %s", exc)  # noqa: TRY400  # the reason says it all
        await update.message.reply_text(STAFF.weblogin_failed, parse_mode=None)
        return
    link = login_link(services.settings, token)
    await update.message.reply_text(
        STAFF.weblogin.format(minutes=LINK_MINUTES, link=link),
        parse_mode=None,
        # A preview would open the link. That uses nothing up, but nobody else should see it.
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        protect_content=True,
    )
