"""Lends the current version of the index, and replaces it whole. Knows no channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from retrieval.build import Snapshot
from retrieval.document import Pledge

_REWORDED = 80.0  # percent of equal characters from which a lost and a new pledge are one, reworded


class ReloadRunning(Exception):  # noqa: N818  # a state, not a fault
    """A reload is running; there is never more than one."""


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


class IndexReader:
    """Lends a Snapshot. Take it once a question, so that nothing in it sees another version."""

    def __init__(self, snapshot: Snapshot, rebuild: Callable[[], Snapshot]) -> None:
        self._snapshot, self._rebuild = snapshot, rebuild
        self._reloading = False

    @property
    def snapshot(self) -> Snapshot:
        """The version in service."""
        return self._snapshot

    async def reload(self) -> Diff:
        """Build beside the live index in a worker thread, and swap in one assignment.

        Raises:
            ReloadRunning: If another reload has not finished.
            CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend;
                as after any other error, the old version stays in service.
        """
        if self._reloading:
            raise ReloadRunning
        self._reloading = True
        try:
            fresh, diff = await asyncio.to_thread(self._build)
        finally:
            self._reloading = False
        self._snapshot = fresh
        return diff

    def _build(self) -> tuple[Snapshot, Diff]:
        fresh = self._rebuild()
        return fresh, compare(self._snapshot, fresh)


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
