"""Work on chunks in other processes, in order, with few of them in memory at a time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

logger = logging.getLogger(__name__)

MOST = 2  # processes: each takes 200 MB, and with them the build must stay within the unit's 1 GB

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def mapped(
    function: Callable[[_In], _Out], chunks: Iterable[_In], *, processes: int = 0
) -> Iterator[_Out]:
    """Yield ``function(chunk)`` of each chunk, in order.

    Where a process cannot be started or dies (no memory, killed), that is logged and the rest is
    done here: it takes longer, and nothing is lost.

    Args:
        function: A pure function of a module, or a partial of one: it is sent to the processes.
        chunks: Taken one by one; at most two a process are under way.
        processes: Other processes to work in; 0: none, everything is done here.

    Raises:
        Exception: Whatever ``function`` raises.
    """
    rest = iter(chunks)
    waiting: deque[tuple[_In, Future[_Out] | None]] = deque()
    if processes:
        try:
            yield from _elsewhere(function, rest, processes, waiting)
        except (BrokenProcessPool, OSError, ImportError, NotImplementedError) as exc:
            # ImportError, NotImplementedError: a system without semaphores.
            logger.warning(
                "analysis: a worker process failed (%s): going on in this process",
                type(exc).__name__,
            )
    for chunk, _ in waiting:
        yield function(chunk)
    for chunk in rest:
        yield function(chunk)


def _elsewhere(
    function: Callable[[_In], _Out],
    chunks: Iterator[_In],
    processes: int,
    waiting: deque[tuple[_In, Future[_Out] | None]],
) -> Iterator[_Out]:
    """Yield in order; what was not yielded stays in ``waiting`` and ``chunks``."""
    # Not fork: the bot has threads, and a lock that one of them holds would stay held in the child.
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )
    try:
        for chunk in chunks:
            waiting.append((chunk, None))  # first: it is not lost where submitting fails
            waiting[-1] = (chunk, pool.submit(function, chunk))
            if len(waiting) >= 2 * processes:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _first(waiting: deque[tuple[_In, Future[_Out] | None]]) -> _Out:
    future = waiting[0][1]
    assert future is not None, "only the last one may be without, and only while it is submitted"
    result = future.result()
    waiting.popleft()
    return result


def _end_with_parent() -> None:
    """Leave nothing behind where the program is killed: its processes would wait for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "called in a worker process"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
