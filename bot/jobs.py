"""Long work that a page starts and later looks back at. In memory: what was running at a stop is gone."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.semantic import Progress

logger = logging.getLogger(__name__)

KEPT = 64  # finished jobs that are remembered; the oldest goes first


@dataclass(slots=True)
class Job:
    """One piece of work. A worker thread writes how far it has come, the pages read.

    Attributes:
        done, of: How far: of 0 means not known yet.
        result: What the work returned; None until then.
        error: What it raised instead.
    """

    done: int = 0
    of: int = 0
    result: object = None
    error: Exception | None = None
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def running(self) -> bool:
        """It has neither returned nor raised yet."""
        return not self.finished.is_set()

    def progress(self, done: int, of: int) -> None:
        """Take up how far it has come; from any thread."""
        self.done, self.of = done, of


class Jobs:
    """Jobs by key: one at a time of each, and the last of each to look back at."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself keeps only weak references

    def get(self, key: Hashable) -> Job | None:
        """Return the job of a key, running or finished; None where there was none lately."""
        return self._jobs.get(key)

    def start(self, key: Hashable, work: Callable[[Progress], Awaitable[object]]) -> Job:
        """Start a job, or return the one of that key that is running.

        Args:
            work: Called with what is to be told (done, all).
        """
        held = self._jobs.get(key)
        if held is not None and held.running:
            return held
        job = self._jobs[key] = Job()
        self._jobs.move_to_end(key)
        task = asyncio.create_task(self._run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        for old in [name for name, kept in self._jobs.items() if not kept.running][:-KEPT]:
            del self._jobs[old]
        return job

    def forget(self, key: Hashable) -> None:
        """Forget a finished job: its outcome was seen, or no longer holds."""
        job = self._jobs.get(key)
        if job is not None and not job.running:
            del self._jobs[key]

    async def stop(self) -> None:
        """Break off what is running. A worker thread that has begun goes on to its end, unheard."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @staticmethod
    async def _run(job: Job, work: Callable[[Progress], Awaitable[object]]) -> None:
        try:
            job.result = await work(job.progress)
        except Exception as exc:  # noqa: BLE001  # whoever looks back decides what it means
            job.error = exc
            # The place, not the words: an error may hold a question.
            at = traceback.extract_tb(exc.__traceback__)[-1]
            logger.warning(
                "job ended: %s %s:%s", type(exc).__name__, Path(at.filename).name, at.lineno
            )
        finally:
            job.finished.set()
