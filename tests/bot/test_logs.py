from __future__ import annotations

import asyncio
import io
import itertools
import logging
import sys
import warnings
from dataclasses import replace

import pytest

from bot import logs
from tests.bot.telegram_transport import Voter

TOKEN = "42:AAsecret-part_x"
CANARY = "kanarifugl-i-gruven"


@pytest.fixture(params=[logging.INFO, logging.DEBUG], ids=["INFO", "DEBUG"])
def written(request):
    """What is written, with every logger there is at the level."""
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, sys.excepthook
    levels = {name: logging.getLogger(name).level for name in root.manager.loggerDict}
    stream = io.StringIO()
    logs.configure(TOKEN, stream, request.param)
    for name in levels:
        logging.getLogger(name).setLevel(request.param)
    yield stream
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    root.handlers[:], sys.excepthook = before, hook
    root.setLevel(level)


def test_the_token_is_hidden_in_our_own_lines(written) -> None:
    logging.getLogger("bot.x").warning("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger("bot.x").warning("POST bot42%%3AAAsecret-part_x")
    assert written.getvalue().count("<token>") == 2
    assert "secret" not in written.getvalue()


def test_an_error_tells_its_kind_and_place_and_not_its_words(written) -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as exc:
            raise RuntimeError(f"{CANARY} {TOKEN}") from exc
    except RuntimeError:
        for name in ("bot.x", "telegram.ext"):
            logging.getLogger(name).exception("failed")
    text = written.getvalue()
    assert text.count("RuntimeError at test_logs.py:") == 2
    assert text.count(" < ValueError at test_logs.py:") == 2
    assert CANARY not in text and "secret" not in text and "raise " not in text


def test_of_a_librarys_line_only_the_fixed_part_and_numbers_are_written(written) -> None:
    logging.getLogger("telegram.ext.Updater").critical("update %s no. %d", {"text": CANARY}, 7)
    logging.getLogger("telegram.ext.Updater").error("%(a)s", {"a": CANARY})
    logging.getLogger("httpx").warning(f"POST {TOKEN} {CANARY}")  # noqa: G004
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: {CANARY}")  # noqa: G004
    logging.getLogger("telegram").error("%d", CANARY)  # a broken line is no reason to print more
    text = written.getvalue()
    assert "update … no. 7" in text
    assert "never retrieved" in text
    assert CANARY not in text and "secret" not in text


def test_what_libraries_say_below_a_warning_is_not_written(written) -> None:
    for name in (
        "httpx",
        "httpcore.connection",
        "aiosqlite",
        "telegram.ext.Application",
        "asyncio",
    ):
        logging.getLogger(name).info("HTTP Request: %s", CANARY)
        logging.getLogger(name).debug("executing %s", CANARY)
    assert written.getvalue() == ""


def test_what_ends_the_process_and_warnings_are_told_without_words(written) -> None:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    text = written.getvalue()
    assert "ended by RuntimeError at test_logs.py" in text
    assert "a warning" in text
    assert CANARY not in text


def test_a_record_is_left_as_it_was_for_other_handlers(written) -> None:
    seen = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    logging.getLogger().addHandler(Other())
    logging.getLogger("telegram").error("about %s", CANARY)
    assert seen == [f"about {CANARY}"]


def test_causes_end_even_where_they_go_round() -> None:
    one, two = ValueError("a"), ValueError("b")
    one.__cause__, two.__cause__ = two, one
    assert logs.describe(one) == "ValueError at ? < ValueError at ?"
    assert logs.describe(None) == "?"


def test_without_a_token_nothing_is_hidden() -> None:
    record = logging.LogRecord("bot", logging.INFO, "f", 1, "abc", None, None)
    assert logs.PrivateFormatter("").format(record).endswith("bot: abc")


# ---- S1: a whole day's worth, through the real Application


async def test_neither_token_nor_words_are_ever_in_the_log(
    written, application, process, telegram, services, expected_errors
) -> None:
    people = (Voter(application.bot, number) for number in itertools.count(500))
    for i in range(60):
        voter = next(people)
        await process(voter.says(f"{CANARY} {i}"), voter.edits(CANARY), voter.presses(CANARY))
        await process(voter.says(f"/start {CANARY}"))
    for status in (400, 403, 500, 502) * 5:
        voter = next(people)
        telegram.will_refuse("sendMessage", status, f"Bad Request: {CANARY} {TOKEN}")
        await process(voter.says(f"{CANARY} {status}"))
        expected_errors.append({400: "BadRequest", 403: "Forbidden"}.get(status, "NetworkError"))

    class Broken:
        encoder = None

        @property
        def reader(self):
            raise RuntimeError(f"{CANARY} {TOKEN}")

    services.index._snapshot = replace(services.index.snapshot, searcher=Broken())
    for _ in range(5):
        voter = next(people)
        await process(voter.says(CANARY))
        expected_errors.append("RuntimeError")
    await asyncio.sleep(0)
    text = written.getvalue()
    assert "error=RuntimeError" in text and "error=BadRequest" in text and "blocked" in text
    assert CANARY not in text
    assert TOKEN not in text and "secret" not in text
    assert not any(CANARY in reply for reply in telegram.texts)
