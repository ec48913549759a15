"""What only admins may do. Who is one is decided in the routing table."""

from __future__ import annotations

import logging

from telegram import Update

from bot.context import BotContext
from bot.handlers.people import texts_of
from bot.index_holder import ReloadRunning
from bot.texts.faults import FAULTS, explain

logger = logging.getLogger(__name__)


async def reload(update: Update, context: BotContext) -> None:
    """Read the programmes anew and say what changed; on any fault the old ones go on answering."""
    message, texts = update.message, texts_of(update)
    assert message is not None, "promised by UpdateType.MESSAGE"
    await message.reply_text(texts.reload_started, parse_mode=None)
    try:
        diff = await context.services.index.reload()
    except ReloadRunning:
        text = texts.reload_running
    except Exception as exc:
        # Every error of the corpus folder names a fault and its place, whichever reader found it.
        if getattr(exc, "fault", None) not in FAULTS:
            raise
        logger.warning("reload refused: %s", exc)
        text = texts.reload_failed.format(fault=explain(exc))  # type: ignore[arg-type]
    else:
        logger.info("reloaded version=%s pledges=%d", diff.fingerprint, diff.total)
        template = texts.reload_unchanged if diff.same else texts.reload_done
        text = template.format(
            added=diff.added,
            removed=diff.removed,
            changed=diff.changed,
            total=diff.total,
            fingerprint=diff.fingerprint,
        )
    await message.reply_text(text, parse_mode=None)
