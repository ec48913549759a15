from __future__ import annotations

import io
import logging

import pytest

from bot import logs

TOKEN = "42:AAsecret-part_x"


@pytest.fixture
def written():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(TOKEN, stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_the_token_is_hidden_in_messages_values_and_tracebacks(written) -> None:
    logging.getLogger("any").info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger("any").info("POST bot42%%3AAAsecret-part_x")
    try:
        raise RuntimeError(f"url /bot{TOKEN}/x")
    except RuntimeError:
        logging.getLogger("any").exception("failed")
    text = written.getvalue()
    assert text.count("<token>") == 3
    assert "secret" not in text


def test_http_requests_are_not_logged(written) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST …")
    logging.getLogger("aiosqlite").debug("executing …")
    assert written.getvalue() == ""


def test_without_a_token_nothing_is_hidden() -> None:
    record = logging.LogRecord("n", logging.INFO, "f", 1, "abc", None, None)
    assert logs.RedactingFormatter("").format(record).endswith("n: abc")
