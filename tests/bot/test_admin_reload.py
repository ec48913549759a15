"""What an admin goes through: /reload, the buttons, the second press, and undo."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace

import pytest

from bot.context import BotApplication
from bot.handlers import admin as handler
from bot.handlers.admin import PRESS
from bot.index_holder import NotWaiting
from bot.services import Services
from bot.texts import NB
from retrieval.build import Options, Snapshot, build
from tests.bot.telegram_transport import FakeTelegram, Voter
from tests.conftest import ADMIN


@pytest.fixture
def chief(application: BotApplication) -> Voter:
    return Voter(application.bot, user_id=ADMIN)


def fewer(snapshot: Snapshot, keep: float) -> Snapshot:
    """Another version, that serves only the first of the pledges of each municipality."""
    kept = []
    for place in snapshot.corpus.municipalities:
        theirs = [p for p in snapshot.corpus.pledges if p.municipality == place]
        kept += theirs[: max(5, round(len(theirs) * keep))]
    corpus = replace(snapshot.corpus, pledges=tuple(kept), fingerprint="new")
    return replace(snapshot, corpus=corpus, fingerprint="new")


def buttons(call: dict) -> list[tuple[str, str]]:
    rows = (
        json.loads(call["reply_markup"])["inline_keyboard"]
        if isinstance(call["reply_markup"], str)
        else call["reply_markup"]["inline_keyboard"]
    )
    return [(b["text"], b["callback_data"]) for row in rows for b in row]


@pytest.fixture
async def offered(
    application, process, chief, telegram: FakeTelegram, services: Services, monkeypatch
):
    """Return a function: a new version -> the buttons that /reload offers for it."""
    monkeypatch.setattr(handler, "EVERY", 60)  # so that the first edit is the last word

    async def offer(fresh: Snapshot, command: str = "/reload") -> list[tuple[str, str]]:
        services.index._rebuild = lambda _: fresh
        seen = len(telegram.sent("editMessageText"))
        await process(chief.says(command))
        async with asyncio.timeout(30):
            while len(telegram.sent("editMessageText")) == seen:
                await asyncio.sleep(0)  # until the handler beside has told
        last = telegram.sent("editMessageText")[-1]
        return buttons(last) if "reply_markup" in last else []

    return offer


async def test_nothing_is_served_before_publish_and_undo_brings_the_old_one_back(
    offered, process, chief, telegram, services
) -> None:
    old = services.index.snapshot
    fresh = fewer(old, 0.9)
    (publish, data), (cancel, _) = await offered(fresh)
    assert (publish, cancel) == (NB.reload_publish, NB.reload_cancel)
    assert services.index.snapshot is old
    assert "−" in telegram.sent("editMessageText")[-1]["text"]
    await process(chief.presses(data))
    assert services.index.snapshot is fresh
    last = telegram.sent("editMessageText")[-1]
    assert last["text"].endswith(NB.reload_published)
    [(undo, back)] = buttons(last)
    assert undo == NB.reload_undo
    started = time.perf_counter()
    await process(chief.presses(back))
    assert time.perf_counter() - started <= 2
    assert services.index.snapshot is old
    await process(chief.presses(back))  # once only
    assert services.index.snapshot is old
    assert telegram.sent("answerCallbackQuery")[-1]["text"] == NB.reload_expired


async def test_the_other_name_of_the_command(offered, services) -> None:
    assert await offered(fewer(services.index.snapshot, 0.9), "/oppdater")


async def test_cancel_leaves_all_as_it_was_and_its_publish_no_longer_holds(
    offered, process, chief, telegram, services
) -> None:
    old = services.index.snapshot
    (_, publish), (_, cancel) = await offered(fewer(old, 0.9))
    await process(chief.presses(cancel), chief.presses(publish))
    assert services.index.snapshot is old
    assert telegram.sent("answerCallbackQuery")[-1]["text"] == NB.reload_expired


async def test_a_fifth_fewer_takes_a_second_press(
    offered, process, chief, telegram, services
) -> None:
    old = services.index.snapshot
    fresh = fewer(old, 0.5)
    (label, first), _ = await offered(fresh)
    assert label == NB.reload_publish
    assert "færre løfter enn nå" in telegram.sent("editMessageText")[-1]["text"]
    await process(chief.presses(first))
    assert services.index.snapshot is old, "one press is not enough"
    (label, second), _ = buttons(telegram.sent("editMessageReplyMarkup")[-1])
    assert label.startswith("Ja, publiser ")
    await process(chief.presses(second))
    assert services.index.snapshot is fresh


async def test_a_version_that_fails_a_gate_has_no_button(offered, telegram, services) -> None:
    old = services.index.snapshot
    kept = [p for p in old.corpus.pledges if p.municipality != "Asker"]
    corpus = replace(old.corpus, pledges=tuple(kept), fingerprint="new")
    assert await offered(replace(old, corpus=corpus, fingerprint="new")) == []
    text = telegram.sent("editMessageText")[-1]["text"]
    assert text.startswith("Kan ikke publiseres.")
    assert "Asker har 0 løfter" in text
    assert services.index.snapshot is old


async def test_who_is_no_admin_cannot_press(offered, process, voter, telegram, services) -> None:
    old = services.index.snapshot
    (_, publish), (_, cancel) = await offered(fewer(old, 0.9))
    await process(voter.presses(publish), voter.presses(cancel))
    assert services.index.snapshot is old
    assert [c["text"] for c in telegram.sent("answerCallbackQuery")] == [NB.vote_expired] * 2
    services.index.publish(PRESS.match(publish)[2])  # and it still waits


async def test_what_is_done_is_in_the_audit(offered, process, chief, services) -> None:
    (_, publish), _ = await offered(fewer(services.index.snapshot, 0.9))
    await process(chief.presses(publish))
    rows = [(row.actor, row.action) for row in await services.storage.audit()]
    assert rows == [(str(ADMIN), "reload"), (str(ADMIN), "reload_publish")]


async def test_a_newer_reload_takes_the_older_ones_buttons(
    offered, process, chief, services
) -> None:
    old = services.index.snapshot
    (_, first), _ = await offered(fewer(old, 0.9))
    (_, second), _ = await offered(fewer(old, 0.95))
    await process(chief.presses(first))
    assert services.index.snapshot is old
    await process(chief.presses(second))
    assert services.index.snapshot is not old


async def test_how_far_it_has_come_is_shown_meanwhile(
    application, process, chief, telegram, services, monkeypatch
) -> None:
    monkeypatch.setattr(handler, "EVERY", 0.01)
    go, snapshot = threading.Event(), services.index.snapshot

    def rebuild(progress) -> Snapshot:
        progress(30, 200)
        assert go.wait(20)
        return snapshot

    services.index._rebuild = rebuild
    await process(chief.says("/reload"))
    shown = NB.reload_encoding.format(done=30, total=200)
    async with asyncio.timeout(20):
        while shown not in [c["text"] for c in telegram.sent("editMessageText")]:
            await asyncio.sleep(0)
    await process(chief.says("/reload"))  # while it runs
    async with asyncio.timeout(20):
        while NB.reload_running not in [c["text"] for c in telegram.sent("editMessageText")]:
            await asyncio.sleep(0)
    go.set()
    await application.stop()
    assert telegram.sent("editMessageText")[-1]["text"].startswith("Ingenting er endret.")


@pytest.mark.parametrize(
    "data", ["u1:p::0", "u1:z:abcdefghijkl:0", "u1:p:abcdefghijkl:1000", "u1:p:abcdefghijkl:0\n"]
)
def test_only_our_own_forms_are_buttons(data: str) -> None:
    assert not PRESS.match(data)


async def test_two_hundred_questions_during_fifty_reloads(services: Services) -> None:
    """R9: no error, each answer wholly of one version, and a swap that nobody notices."""
    from bot.services import answer_question

    first = services.index.snapshot
    built = build(
        services.settings.seeds, options=Options(without="Asker", this_year=first.this_year)
    )
    other = replace(built, fingerprint="new")
    ids = {s.fingerprint: {p.id for p in s.corpus.pledges} for s in (first, other)}
    assert len(ids) == 2
    stalls: list[float] = []
    served: set[str] = set()

    async def ask(i: int) -> None:
        question = ("lærlinger", "næringsvennlig i Asker", "skole", "T-banen i Bærum")[i % 4]
        # In a thread of its own, as with the sentence encoder: the swap comes in the middle of it.
        reply = await asyncio.to_thread(asyncio.run, answer_question(services, question, NB))
        assert reply.answer.fingerprint == reply.snapshot.fingerprint
        shown = {hit.pledge.id for hit in reply.answer.hits}
        assert shown <= ids[reply.answer.fingerprint]
        served.add(reply.answer.fingerprint)

    async def reloads() -> None:
        for n in range(50):
            fresh = (other, first)[n % 2]
            services.index._rebuild = lambda _, fresh=fresh: fresh
            candidate, _ = await services.index.prepare(lambda _old, _new: None)
            started = time.perf_counter()
            services.index.publish(candidate.token)
            stalls.append(time.perf_counter() - started)
            await asyncio.sleep(0)

    await asyncio.gather(reloads(), *(ask(n) for n in range(200)))
    assert len(stalls) == 50
    assert max(stalls) <= 0.010, f"{max(stalls) * 1000:.2f} ms"
    assert served == {first.fingerprint, other.fingerprint}


async def test_undo_of_what_was_never_published_is_refused(services: Services) -> None:
    with pytest.raises(NotWaiting):
        services.index.undo("")
