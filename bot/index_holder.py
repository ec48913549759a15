"""Lends the current version of the index, and replaces it whole. Knows no channel."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from rapidfuzz import fuzz

from retrieval.build import Snapshot
from retrieval.document import Pledge
from retrieval.semantic import Progress

Examined = TypeVar("Examined")

_REWORDED = 80.0  # percent of equal characters from which a lost and a new pledge are one, reworded


class Rebuild(Protocol):
    """Builds a version of the corpus folder, or of ``folder``: a copy where something was changed."""

    def __call__(self, progress: Progress | None, folder: Path = ..., /) -> Snapshot:
        """Call ``progress`` with (done, all) while sentences are encoded."""
        ...


class ReloadRunning(Exception):  # noqa: N818  # a state, not a fault
    """A reload is running; there is never more than one."""


class NotWaiting(Exception):  # noqa: N818  # a state, not a fault
    """There is nothing (any more) to publish, cancel or undo by that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What a reload changed, in pledges.

    Attributes:
        changed: The same pledge in other words, or under another heading, lead-in or period.
        total: Pledges that are served now.
        fingerprint: Of the version that is served now.
        same: The new version is the old one.
    """

    added: int
    removed: int
    changed: int
    total: int
    fingerprint: str
    same: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that was built and tried, and waits to be published.

    Attributes:
        token: Names it on a button.
        back: Names the undoing of it. Made beforehand: asking the system for random bits lets
            other threads in, and a swap that waits for them stalls every answer.
        base: The version it was compared with.
    """

    token: str
    back: str
    base: Snapshot
    snapshot: Snapshot


@contextmanager
def _thawed() -> Iterator[None]:
    """Let the garbage collector see what was frozen at the start while a version is built.

    What an earlier version left behind is then freed; the new one is frozen in its turn.
    """
    frozen = gc.get_freeze_count() > 0
    gc.unfreeze()
    try:
        yield
    finally:
        if frozen:
            gc.freeze()


class IndexReader:
    """Lends a Snapshot. Take it once a question, so that nothing in it sees another version."""

    def __init__(self, snapshot: Snapshot, rebuild: Rebuild) -> None:
        self._snapshot, self._rebuild = snapshot, rebuild
        self._reloading = False
        self._candidate: Candidate | None = None
        self._former: Snapshot | None = None
        self._undo_token = ""

    @property
    def snapshot(self) -> Snapshot:
        """The version in service."""
        return self._snapshot

    async def prepare(
        self,
        examine: Callable[[Snapshot, Snapshot], Examined],
        progress: Progress | None = None,
        changed: Callable[[], AbstractContextManager[Path]] | None = None,
    ) -> tuple[Candidate, Examined]:
        """Build beside the live index in a worker thread, and have it examined there.

        The live index is not touched. What waited to be published before gives way.

        Args:
            examine: Called with the version in service and the new one.
            progress: Called from the worker thread.
            changed: Lends, in that thread, the folder to build from; None: the corpus folder.

        Raises:
            ReloadRunning: If another one has not finished.
            CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend.
        """
        if self._reloading:
            raise ReloadRunning
        self._reloading, self._candidate = True, None
        base = self._snapshot

        def work() -> tuple[Snapshot, Examined]:
            with _thawed():
                if changed is None:
                    fresh = self._rebuild(progress)
                else:
                    with changed() as folder:
                        fresh = self._rebuild(progress, folder)
            return fresh, examine(base, fresh)

        try:
            fresh, examined = await asyncio.to_thread(work)
        finally:
            self._reloading = False
        token, back = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
        self._candidate = Candidate(token, back, base, fresh)
        return self._candidate, examined

    def publish(self, token: str) -> str:
        """Serve the version that waits, in one assignment; return the token that undoes it.

        Raises:
            NotWaiting: If another version waits, or the one in service is no longer the one that
                this was compared with.
        """
        waiting = self._candidate
        if waiting is None or waiting.token != token or waiting.base is not self._snapshot:
            raise NotWaiting
        self._candidate, self._former = None, self._snapshot
        self._undo_token = waiting.back
        self._snapshot = waiting.snapshot
        return self._undo_token

    def cancel(self, token: str) -> None:
        """Let go of the version that waits. Raises NotWaiting if it does not (any more)."""
        if self._candidate is None or self._candidate.token != token:
            raise NotWaiting
        self._candidate = None

    def undo(self, token: str) -> None:
        """Serve the former version again, once. Raises NotWaiting if there is none to go back to."""
        if self._former is None or self._undo_token != token:
            raise NotWaiting
        self._snapshot, self._former, self._undo_token = self._former, None, ""
        self._candidate = None

    async def reload(self) -> Diff:
        """Build and serve at once, without gates: for those that have checked beforehand.

        Raises:
            ReloadRunning: If another reload has not finished.
            CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend;
                as after any other error, the old version stays in service.
        """
        candidate, diff = await self.prepare(compare)
        self.publish(candidate.token)
        return diff


def compare(old: Snapshot, new: Snapshot) -> Diff:
    """Count what came, went and changed from one version to the next."""
    before = {pledge.id: pledge for pledge in old.corpus.pledges}
    after = {pledge.id: pledge for pledge in new.corpus.pledges}
    removed = [pledge for key, pledge in before.items() if key not in after]
    added = [pledge for key, pledge in after.items() if key not in before]
    moved = sum(
        _setting(before[key]) != _setting(after[key]) for key in before.keys() & after.keys()
    )
    reworded = _reworded(removed, added)
    return Diff(
        added=len(added) - reworded,
        removed=len(removed) - reworded,
        changed=moved + reworded,
        total=len(after),
        fingerprint=new.fingerprint,
        same=old.fingerprint == new.fingerprint,
    )


def _reworded(removed: Iterable[Pledge], added: Iterable[Pledge]) -> int:
    """Pair old and new: an id follows the words, so a pledge with a mended word has a new one."""
    left, count = list(added), 0
    for old in removed:
        for new in left:
            if old.programme.file == new.programme.file and (
                fuzz.ratio(old.quote, new.quote, score_cutoff=_REWORDED) > 0
            ):
                left.remove(new)
                count += 1
                break
    return count


def _setting(pledge: Pledge) -> tuple[object, ...]:
    """All that a voter sees of a pledge, and the searcher uses, besides its id."""
    programme = pledge.programme
    return (
        pledge.quote,
        pledge.headings,
        pledge.lead_in,
        pledge.parent,
        pledge.kind,
        programme.party,
        programme.municipality,
        programme.period,
        programme.title,
    )
