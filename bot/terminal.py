"""The bot as a conversation in the terminal: the same answers, log and feedback as on Telegram."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable

from bot.callback_data import Verdict
from bot.cards import more_card, why_card
from bot.config import Settings
from bot.followups import Before, Kind, understand
from bot.pages import PAGES
from bot.rendering import render_text, to_text
from bot.services import Services, answer_question, follow_on, log_answer, make_services
from bot.storage import StorageError
from bot.texts import NB
from bot.texts.faults import explain

CHANNEL = "terminal"
VERDICTS = {"+": Verdict.HELPFUL, "-": Verdict.NOT_HELPFUL}
END = "/slutt"
FAILED, SCHEMA_NEWER = 1, 3  # exit codes

Read = Callable[[str], str]
Write = Callable[[str], None]


async def chat(settings: Settings, services: Services, read: Read, write: Write) -> None:
    """Answer until ``/slutt`` or the end of the input. The log is open.

    ``read`` shows a prompt and returns a line without its end, or raises EOFError; it may block,
    for nothing else runs meanwhile. ``write`` shows some lines.
    """
    texts = NB
    write(PAGES["start"](texts, settings, services.index.snapshot))
    write(texts.chat_intro)
    last: str | None = None
    before: Before | None = None
    while (line := _line(read, texts.chat_prompt)) is not None and line != END:
        if not line:
            continue
        if line in VERDICTS:
            write(await _vote(services, last, VERDICTS[line]))
        elif line.startswith("/"):
            page = PAGES.get(line[1:].lower())
            if page:
                write(page(texts, settings, services.index.snapshot))
            else:
                write(texts.unknown_command)
        else:
            reader = services.index.snapshot.searcher.reader
            understood = understand(line, before, reader)
            card = _follow(services, before, understood.kind)
            if card is not None:
                text, before = card
                write(text)
            else:
                last, before = await _answer(services, understood.text, before, write)
    write(texts.chat_bye)


async def main(settings: Settings) -> int:
    """Talk on standard input and output, and return the exit code.

    Raises:
        CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend.
    """
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415  # arrow keys and history in `input`
    # asyncio would turn Ctrl-C into a cancellation that a blocking `input` never hears.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    services = make_services(settings)
    try:
        async with services.storage:
            await chat(settings, services, input, _print)
    except StorageError as exc:
        sys.stderr.write(explain(exc) + "\n")
        return SCHEMA_NEWER if exc.fault == "storage_newer" else FAILED
    return 0


async def _answer(
    services: Services, question: str, before: Before | None, write: Write
) -> tuple[str | None, Before | None]:
    """Show an answer; return its id, None where there is nothing to vote on, and what to follow on."""
    reply = await answer_question(services, question, NB)
    write(
        render_text(
            reply.answer,
            NB,
            party=services.settings.party_name,
            this_year=reply.snapshot.this_year,
        )
    )
    before = follow_on(reply.answer, before)
    try:
        answer_id = await log_answer(services, reply.answer, CHANNEL)
    except StorageError as exc:
        write(NB.chat_not_logged.format(reason=explain(exc)))
        return None, before
    if reply.answer.is_crisis or answer_id is None:
        return None, before
    write(NB.chat_vote_hint)
    return answer_id, before


def _follow(services: Services, before: Before | None, kind: Kind) -> tuple[str, Before] | None:
    """Answer «hvorfor det?» and «mer»; None where the message is a question."""
    if before is None or not before.pledge_ids:
        return None
    snapshot = services.index.snapshot
    if kind is Kind.WHY:
        card = why_card(before, snapshot, NB)
        return None if card is None else (to_text(card), before)
    if kind is Kind.MORE:
        further, after = more_card(before, snapshot, NB)
        return to_text(further), after
    return None


async def _vote(services: Services, answer_id: str | None, verdict: Verdict) -> str:
    if answer_id is None:
        return NB.chat_no_answer_yet
    try:
        known = await services.storage.record_vote(answer_id, verdict, services.clock())
    except StorageError:
        return NB.vote_failed
    return NB.vote_stored if known else NB.vote_expired


def _line(read: Read, prompt: str) -> str | None:
    try:
        return read(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        return None


def _print(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()
