"""What only admins may do. Who is one is checked here for buttons, in the routing table for commands."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot import staff
from bot.context import BotContext
from bot.handlers import pages
from bot.handlers.people import texts_of, voice_of
from bot.handlers.presses import acknowledge
from bot.index_holder import Candidate, NotWaiting, ReloadRunning
from bot.reload import Golden, Report, examine, read_goldens
from bot.services import Services, audit
from bot.storage import StorageError
from bot.storage_staff import Member, Role
from bot.texts import Texts
from bot.texts.faults import FAULTS, explain
from retrieval.build import Snapshot

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two edits that show how far a reload has come
# p publish, f asked to confirm fewer, c cancel, u undo; and what the IndexReader calls it.
PRESS = re.compile(r"u1:([pfcu]):([A-Za-z0-9_-]{12}):(\d{1,3})\Z", re.ASCII)


async def reload(update: Update, context: BotContext) -> None:
    """Build a new version beside the live one, try it, and show what publishing would change.

    On any fault the old one goes on answering, and the admin is told the file and line.
    """
    message, texts, services = update.message, texts_of(update), context.services
    assert message is not None, "promised by UpdateType.MESSAGE"
    assert message.from_user is not None, "promised by filters.User"
    if not await _recorded(services, message.from_user.id, "reload"):
        await message.reply_text(texts.privacy_failed, parse_mode=None)
        return
    told = await message.reply_text(texts.reload_started, parse_mode=None)
    state, finished = _State(), asyncio.Event()
    live = asyncio.create_task(_show_progress(told, texts, state, finished))
    try:
        text, markup = await _prepare(services, texts, state)
    finally:
        finished.set()
        await live
    await told.edit_text(text, parse_mode=None, reply_markup=markup)


async def refused(update: Update, context: BotContext) -> None:
    """Do nothing; write down that it was tried, and answer as to a command that does not exist.

    The row says what was tried and how, never by whom: that would be a fact about a voter.
    """
    message = update.effective_message
    assert message is not None, "promised by CommandHandler"
    assert message.text is not None, "promised by CommandHandler"
    command = message.text.split()[0][1:].partition("@")[0].lower()
    await _write_down(context.services, f"{command} {_way(update, message)}")
    if update.message is not None and message.chat.type == ChatType.PRIVATE:
        await pages.unknown(update, context)


def _way(update: Update, message: Message) -> str:
    if update.edited_message is not None:
        return "edited"
    if message.chat.type != ChatType.PRIVATE:
        return "anonymous" if message.sender_chat is not None else message.chat.type
    if message.forward_origin is not None:
        return "forwarded"
    return "via bot" if message.via_bot is not None else "other id"


async def _write_down(services: Services, what: str) -> None:
    """Add a row for an attempt, or for many. A failing log lets nobody in, and says no more."""
    attempts = services.refusals.attempt()
    if not attempts:
        return
    try:
        await audit(services, "", "refused", what, attempts)
    except StorageError as exc:
        logger.error("refusal not recorded: %s", exc)  # noqa: TRY400  # the reason says it all


async def _member(services: Services, telegram_id: int) -> Member | None:
    try:
        return await staff.member_with_id(services, telegram_id)
    except StorageError as exc:
        logger.error("role not read: %s", exc)  # noqa: TRY400  # the reason says it all
        return None


async def pressed(update: Update, context: BotContext) -> None:
    """Publish, cancel or undo, if the one who pressed is an admin and the button still holds."""
    query, texts, services = update.callback_query, texts_of(update), context.services
    assert query is not None, "promised by CallbackQueryHandler"
    found = PRESS.match(query.data or "")
    assert found is not None, "promised by PRESS"
    action, token, percent = found[1], found[2], int(found[3])
    # Buttons come from the client; only the numeric id tells who presses.
    if not staff.may(await _member(services, query.from_user.id), Role.ADMIN):
        await _write_down(services, f"reload_{_NAMES[action]} button")
        await acknowledge(query, (await voice_of(update, context)).texts.vote_expired)
        return
    if action == "f":
        await query.answer()
        await _edit(query, None, _keyboard(texts, token, percent, confirmed=True))
        return
    if not await _recorded(services, query.from_user.id, f"reload_{_NAMES[action]}"):
        await query.answer(texts.privacy_failed)
        return
    try:
        said, markup = _act(services, texts, action, token)
    except NotWaiting:
        await query.answer(texts.reload_expired)
        await _edit(query, None, None)
        return
    logger.info("reload %s version=%s", _NAMES[action], services.index.snapshot.fingerprint)
    await query.answer(said)
    await _edit(query, said, markup)


_NAMES = {"p": "publish", "f": "confirm", "c": "cancel", "u": "undo"}


def _act(
    services: Services, texts: Texts, action: str, token: str
) -> tuple[str, InlineKeyboardMarkup | None]:
    """Do what the button says; raises NotWaiting where it no longer holds."""
    if action == "c":
        services.index.cancel(token)
        return texts.reload_cancelled, None
    if action == "u":
        services.index.undo(token)
        return texts.reload_undone, None
    back = services.index.publish(token)
    button = InlineKeyboardButton(texts.reload_undo, callback_data=f"u1:u:{back}:0")
    return texts.reload_published, InlineKeyboardMarkup([[button]])


async def _recorded(services: Services, actor: int, action: str) -> bool:
    """Write down what is about to be done: what cannot be written down is not done."""
    try:
        await audit(services, str(actor), action)
    except StorageError as exc:
        logger.error("%s not recorded: %s", action, exc)  # noqa: TRY400
        return False
    return True


async def _prepare(
    services: Services, texts: Texts, state: _State
) -> tuple[str, InlineKeyboardMarkup | None]:
    """Return what to tell, and the buttons where there is something to publish."""
    try:
        goldens = await asyncio.to_thread(read_goldens, services.settings.seeds)
        state.goldens = len(goldens)
        candidate, report = await services.index.prepare(
            partial(_examined, state, goldens, services.settings.least_pledges), state.progress
        )
    except ReloadRunning:
        return texts.reload_running, None
    except Exception as exc:
        # Every error of the corpus folder names a fault and its place, whichever reader found it.
        if getattr(exc, "fault", None) not in FAULTS:
            raise
        logger.warning("reload refused: %s", exc)
        return texts.reload_failed.format(fault=explain(exc)), None  # type: ignore[arg-type]
    return _told(services, texts, candidate, report)


def _examined(
    state: _State, goldens: tuple[Golden, ...], least: int, old: Snapshot, new: Snapshot
) -> Report:
    state.trying = True
    return examine(old, new, goldens, least)


def _told(
    services: Services, texts: Texts, candidate: Candidate, report: Report
) -> tuple[str, InlineKeyboardMarkup | None]:
    diff = report.diff
    logger.info(
        "reload tried version=%s pledges=%d refusals=%s",
        diff.fingerprint, diff.total, ",".join(r.gate for r in report.refusals) or "-",
    )  # fmt: skip
    if report.refusals:
        services.index.cancel(candidate.token)
        reasons = "\n".join(
            reason(texts, refusal.gate, dict(refusal.values)) for refusal in report.refusals
        )
        return texts.reload_refused.format(reasons=reasons), None
    if diff.same:
        services.index.cancel(candidate.token)
        same = texts.reload_unchanged.format(total=diff.total, fingerprint=diff.fingerprint)
        return same, None
    lines = [
        texts.reload_ready.format(
            added=diff.added, removed=diff.removed, changed=diff.changed, total=diff.total,
            passed=report.passed, goldens=report.goldens, before=report.passed_before,
            answers=report.changed_answers, fingerprint=diff.fingerprint,
        )
    ]  # fmt: skip
    if report.moot:
        lines.append(texts.reload_moot.format(count=report.moot))
    if report.corrections:
        lines.append(
            texts.reload_corrected.format(
                passed=report.corrections_passed, total=report.corrections
            )
        )
    if report.needs_confirmation:
        lines.append(texts.reload_fewer.format(percent=report.fewer))
    percent = report.fewer if report.needs_confirmation else 0
    return "\n".join(lines), _keyboard(texts, candidate.token, percent, confirmed=False)


def reason(texts: Texts, gate: str, values: dict[str, object]) -> str:
    """Return why a gate refuses, in one line."""
    sentence: str = getattr(texts, f"reload_{gate}")
    return sentence.format(**values)


def _keyboard(texts: Texts, token: str, percent: int, *, confirmed: bool) -> InlineKeyboardMarkup:
    """[Publiser] [Avbryt]; where much is gone, publishing takes a second press."""
    asks = percent > 0 and not confirmed
    label = (
        texts.reload_publish_fewer.format(percent=percent) if confirmed else texts.reload_publish
    )
    return InlineKeyboardMarkup([[
        InlineKeyboardButton(label, callback_data=f"u1:{'f' if asks else 'p'}:{token}:{percent}"),
        InlineKeyboardButton(texts.reload_cancel, callback_data=f"u1:c:{token}:0"),
    ]])  # fmt: skip


@dataclass(slots=True)
class _State:
    """How far a reload has come; the worker thread writes, the event loop reads."""

    encoded: tuple[int, int] = (0, 0)
    trying: bool = False
    goldens: int = 0

    def progress(self, done: int, total: int) -> None:
        """Take up how many sentences are encoded."""
        self.encoded = (done, total)

    def text(self, texts: Texts) -> str:
        """Say it."""
        if self.trying:
            return texts.reload_trying.format(count=self.goldens)
        done, total = self.encoded
        if total:
            return texts.reload_encoding.format(done=done, total=total)
        return texts.reload_started


async def _show_progress(
    told: Message, texts: Texts, state: _State, finished: asyncio.Event
) -> None:
    """Edit the message while the reload goes on. Failing at it costs nothing but the sight."""
    shown = texts.reload_started
    while True:
        try:
            async with asyncio.timeout(EVERY):
                await finished.wait()
        except TimeoutError:
            text = state.text(texts)
            if text != shown:
                shown = text
                try:
                    await told.edit_text(text, parse_mode=None)
                except TelegramError as exc:
                    logger.warning("progress not shown: %s", type(exc).__name__)
        else:
            return


async def _edit(
    query: CallbackQuery, said: str | None, markup: InlineKeyboardMarkup | None
) -> None:
    """Add a line to the message, and change its buttons."""
    message = query.message
    try:
        if said is not None and isinstance(message, Message):
            text = f"{message.text or ''}\n\n{said}".strip()
            await query.edit_message_text(text, parse_mode=None, reply_markup=markup)
        else:
            await query.edit_message_reply_markup(markup)
    except BadRequest as exc:
        # Pressed twice, or the message is gone: what was done is done.
        logger.info("message not edited: %s", type(exc).__name__)
