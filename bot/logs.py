"""What is written to the operator's log, and what never is: the token, and what voters write.

Whatever the levels are set to: our own lines are written as they are (they name ids and counts,
never words). Of a library's line only its fixed part is: PTB logs whole updates, httpx whole URLs
and aiosqlite every value. Of an error, its kind and place, never its own words.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

_OURS = ("bot", "retrieval")
_HIDDEN = "<token>"
_LEFT_OUT = "…"
_KEPT = (bool, int, float, type(None))  # values that hold no words


class PrivateFormatter(logging.Formatter):
    """Writes a line without the token, without a library's values and without an error's words."""

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        secret = token.partition(":")[2]
        # The secret half also alone: URLs may escape the colon.
        self._hidden = [part for part in (token, secret) if part]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        # A copy: other handlers of the process may want the record as it was.
        line = logging.makeLogRecord(record.__dict__)
        line.exc_text = line.stack_info = None
        if not _is_ours(record.name):
            line.msg, line.args = _fixed_part(record), None
        written = super().format(line)
        for part in self._hidden:
            written = written.replace(part, _HIDDEN)
        return written

    def formatException(  # noqa: N802  # logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return kind and place of the error and of what caused it."""
        return "  " + describe(ei[1])


class _Quiet(logging.Filter):
    """Lets a library speak from WARNING on only, whatever level its logger was set to."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or _is_ours(record.name)


def configure(token: str, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send the log of the whole process to ``stream`` (default: standard error).

    Also what ends the process is written so, in place of Python's traceback.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(PrivateFormatter(token))
    handler.addFilter(_Quiet())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    # logging prints a broken line's values on standard error; what is broken is ours to test.
    logging.raiseExceptions = False
    sys.excepthook = _ended


def describe(error: BaseException | None) -> str:
    """Return kind and place of an error and its causes, outermost first; none of its words."""
    parts, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append(f"{type(error).__name__} at {place(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " < ".join(parts) or "?"


def place(error: BaseException | None) -> str:
    """Return file, line and function of each step to the error, outermost first; no source text."""
    if error is None:
        return "?"
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames) or "?"


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in _OURS


def _fixed_part(record: logging.LogRecord) -> str:
    # asyncio builds its lines by hand: the first says what happened, the next ones hold values.
    words = str(record.msg).partition("\n")[0]
    if record.name == "py.warnings":
        return "a warning"
    if not record.args:
        return words if record.name.partition(".")[0] in ("telegram", "asyncio") else _LEFT_OUT
    args = record.args if isinstance(record.args, tuple) else (record.args,)
    try:
        return words % tuple(a if isinstance(a, _KEPT) else _LEFT_OUT for a in args)
    except (TypeError, ValueError):
        return words


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("bot").critical("ended by %s", describe(error))
