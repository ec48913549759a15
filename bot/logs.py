"""What is written to the operator's log, and what never is: the token, and what voters write."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

# httpx logs every URL at INFO, with the token in it; aiosqlite logs every value at DEBUG.
_QUIET = ("httpx", "httpcore", "aiosqlite")
_HIDDEN = "<token>"


class RedactingFormatter(logging.Formatter):
    """Replaces the token in everything that is written, tracebacks included.

    A logging.Filter would see the message but not the traceback, which is made after the filters.
    """

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        secret = token.partition(":")[2]
        # The secret half also alone: URLs may escape the colon.
        self._hidden = [part for part in (token, secret) if part]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without the token."""
        line = super().format(record)
        for part in self._hidden:
            line = line.replace(part, _HIDDEN)
        return line


def configure(token: str, stream: TextIO | None = None) -> None:
    """Send the log of the whole process to ``stream`` (default: standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(RedactingFormatter(token))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
