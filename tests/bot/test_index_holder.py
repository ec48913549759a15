from __future__ import annotations

import asyncio
import gc
import threading
from dataclasses import replace

import pytest

from bot.index_holder import Diff, IndexReader, ReloadRunning, compare
from bot.services import Services
from retrieval.build import Snapshot


@pytest.fixture
def snapshot(services: Services) -> Snapshot:
    return services.index.snapshot


def with_pledges(snapshot: Snapshot, pledges) -> Snapshot:
    corpus = replace(snapshot.corpus, pledges=tuple(pledges), fingerprint="new")
    return replace(snapshot, corpus=corpus, fingerprint="new")


async def test_the_new_version_is_served_and_compared(snapshot) -> None:
    fresh = with_pledges(snapshot, snapshot.corpus.pledges[1:])
    index = IndexReader(snapshot, lambda _: fresh)
    diff = await index.reload()
    total = len(snapshot.corpus.pledges) - 1
    assert diff == Diff(added=0, removed=1, changed=0, total=total, fingerprint="new", same=False)
    assert index.snapshot is fresh


async def test_an_error_leaves_the_old_version_and_the_next_reload_free(snapshot) -> None:
    results = [OSError("disk"), snapshot]

    def rebuild(_) -> Snapshot:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    index = IndexReader(snapshot, rebuild)
    with pytest.raises(OSError, match="disk"):
        await index.reload()
    assert index.snapshot is snapshot
    assert (await index.reload()).same


async def test_one_reload_at_a_time_and_the_old_version_serves_meanwhile(snapshot) -> None:
    go, built = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    fresh = with_pledges(snapshot, snapshot.corpus.pledges)

    def rebuild(_) -> Snapshot:
        loop.call_soon_threadsafe(built.set)
        assert go.wait(10)
        return fresh

    index = IndexReader(snapshot, rebuild)
    running = asyncio.create_task(index.reload())
    await built.wait()
    with pytest.raises(ReloadRunning):
        await index.reload()
    assert index.snapshot is snapshot
    go.set()
    await running
    assert index.snapshot is fresh


def test_a_mended_word_is_a_change_not_a_loss(snapshot) -> None:
    first, second, *rest = snapshot.corpus.pledges
    mended = replace(first, id="new-id", quote=first.quote.replace("e", "é", 1))
    moved = replace(second, headings=("Et annet sted",))
    invented = replace(first, id="other-id", quote="Noe helt annet, som ingen har lovet før")
    diff = compare(snapshot, with_pledges(snapshot, [mended, moved, invented, *rest]))
    assert (diff.added, diff.removed, diff.changed) == (1, 0, 2)


@pytest.mark.parametrize("frozen", [True, False])
async def test_what_was_frozen_is_seen_while_a_version_is_built_and_frozen_again(
    snapshot, frozen
) -> None:
    counts = []

    def rebuild(progress) -> Snapshot:
        counts.append(gc.get_freeze_count())
        return snapshot

    index = IndexReader(snapshot, rebuild)
    gc.unfreeze()
    if frozen:
        gc.freeze()
    try:
        await index.prepare(lambda base, fresh: None)
        assert counts == [0]
        assert (gc.get_freeze_count() > 0) is frozen
    finally:
        gc.unfreeze()
