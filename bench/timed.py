"""`python -m bench.timed FILE`: the bot, with a stopwatch of processor time in each of its parts.

A part's time is its own: what it calls in another part counts there, and while it waits nothing counts.
Signal 10 (SIGUSR1) writes what was used since the one before to FILE.
"""

from __future__ import annotations

import functools
import inspect
import json
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

REST = "dispatch, handlers, event loop"
# What is measured, and where it is defined. Read from bottom to top where one calls the other.
PARTS = {
    "understand, search, decide": (("bot.answering", "answer"),),
    "render": (("bot.rendering", "fit"), ("bot.rendering", "render_html")),
    "take in and seal": (("bot.inbox", "InboxBot.get_updates"), ("bot.inbox", "Inbox.accept")),
    "inbox steps": (("bot.storage_inbox", "InboxStore.put"), ("bot.storage_inbox", "InboxStore.apply")),
    "log the answer": (("bot.services", "log_answer"),),
    "send (library, HTTP)": (("bot.sending", "PatientSender.process_request"),),
    "log lines": (("logging", "Logger.handle"),),
}  # fmt: skip


class Stopwatch(threading.local):
    """One a thread: what it is in, and since when."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.since = time.thread_time()

    def turn(self, spent: dict[str, float]) -> None:
        """Charge what was used to the part that we are in."""
        now = time.thread_time()
        spent[self.inside[-1] if self.inside else REST] += now - self.since
        self.since = now


WATCH = Stopwatch()
spent: dict[str, float] = defaultdict(float)
calls: dict[str, int] = defaultdict(int)


class _Steps:
    """A coroutine whose steps are timed."""

    def __init__(self, part: str, inner: Any) -> None:
        self._part, self._inner = part, inner

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._inner.__await__()
        step: Callable[[], Any] = functools.partial(steps.send, None)
        while True:
            _enter(self._part)
            try:
                waits_for = step()
            except StopIteration as end:
                return end.value
            finally:
                _leave()
            try:
                got = yield waits_for
                step = functools.partial(steps.send, got)
            except BaseException as error:  # noqa: BLE001  # whatever it is: the coroutine's
                step = functools.partial(steps.throw, error)


def _enter(part: str) -> None:
    WATCH.turn(spent)
    WATCH.inside.append(part)


def _leave() -> None:
    WATCH.turn(spent)
    WATCH.inside.pop()


def timed(part: str, function: Any) -> Any:
    """Return the function, with its time charged to a part."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def slow(*args: Any, **more: Any) -> Any:
            calls[part] += 1
            return await _Steps(part, function(*args, **more))

        return slow

    @functools.wraps(function)
    def quick(*args: Any, **more: Any) -> Any:
        calls[part] += 1
        _enter(part)
        try:
            return function(*args, **more)
        finally:
            _leave()

    return quick


def install() -> None:
    """Put the stopwatches in, wherever a name was imported to."""
    import bot.app  # noqa: F401  # all that answers

    for part, places in PARTS.items():
        for module, path in places:
            owner: Any = sys.modules[module]
            *outer, name = path.split(".")
            for step in outer:
                owner = getattr(owner, step)
            original = getattr(owner, name)
            instead = timed(part, original)
            setattr(owner, name, instead)
            if outer:
                continue
            for other in list(sys.modules.values()):
                if getattr(other, name, None) is original:
                    setattr(other, name, instead)


def main() -> None:
    target = Path(sys.argv.pop(1))
    install()
    began = [time.process_time()]

    def tell(*_: object) -> None:
        WATCH.turn(spent)
        whole = time.process_time() - began[0]
        # Threads without a stopwatch are SQLite's, and those that ask it.
        figures = {**spent, "SQLite's thread and others": whole - sum(spent.values())}
        aside = target.with_suffix(".new")
        aside.write_text(json.dumps({"whole": whole, "parts": figures, "calls": calls}))
        aside.replace(target)
        spent.clear()
        calls.clear()
        began[0] = time.process_time()

    signal.signal(signal.SIGUSR1, tell)
    from bot.cli import main as loftebot

    sys.argv = ["loftebot", "run"]
    loftebot()


if __name__ == "__main__":
    main()
