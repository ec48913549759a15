"""Which of Telegram's updates this task works on: what it writes and sends belongs to that one."""

from __future__ import annotations

from contextvars import ContextVar

# Its update_id; None outside the inbox (terminal, tests, work that no update asked for).
CURRENT_UPDATE: ContextVar[int | None] = ContextVar("update_id", default=None)
